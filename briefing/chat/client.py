"""One call to a chat model: budget, cache, breaker, retries, deadline, and every way in which it can go wrong as one sentence.
The one place that knows the client."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from briefing.chat.breaker import breaker
from briefing.chat.budget import Budget
from briefing.chat.tokens import MARGIN, count_tokens
from briefing.settings import ModelSettings
from index.errors import Misuse, ModelUnavailable, UnreadableReply

MOST_BYTES = 2_000_000  # of one reply as it comes over the wire
MOST_WAIT = 20.0  # seconds that a server may ask to be left alone; one that asks for more has failed
FIRST_WAIT = 0.5  # seconds before the second try, then twice that
TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the object asked for, not yet trusted, and what it cost as the server counted it."""

    parsed: dict[str, Any]
    prompt_tokens: int
    completion_tokens: int
    cached: bool = False


class ReplyCache(Protocol):
    """Replies by content: the hash of everything that was sent."""

    def get(self, key: str) -> dict[str, Any] | None: ...

    def put(self, key: str, parsed: dict[str, Any], model: str) -> None: ...


class _Transient(Exception):
    """A failure that may pass: tried again."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after  # seconds, as the server asks


class _TooLong(Exception):
    """More than MOST_BYTES of reply."""


class Chat:
    """A model under one budget. `ask` is the whole of it."""

    def __init__(self, settings: ModelSettings, *, budget: Budget | None = None, cache: ReplyCache | None = None) -> None:
        self.settings = settings
        self.budget = budget or Budget(settings)
        self._cache = cache

    async def ask(
        self, system: str, user: str, schema: dict[str, Any], accepted: Callable[[dict[str, Any]], object] = dict
    ) -> Reply:
        """The model's answer in a JSON Schema; kept where `accepted` raises no ValidationError. Raises ModelUnavailable or
        UnreadableReply, nothing else."""
        key = self._key(system, user, schema)
        if self._cache is not None and (kept := self._cache.get(key)) is not None:
            self.budget.spent.cached += 1
            return Reply(kept, 0, 0, cached=True)
        guard = breaker(self.settings.where)
        guard.check()
        reserved = self._estimated(system, user, schema), self.settings.most_completion_tokens
        self.budget.reserve(*reserved)
        used: tuple[int, int] | None = None
        try:
            reply = await self._tried(system, user, schema)
            used = reply.prompt_tokens, reply.completion_tokens
            try:
                accepted(reply.parsed)
            except ValidationError as error:
                raise UnreadableReply(f"{self.settings.where}: the reply is not in the shape that was asked for") from error
        except (ModelUnavailable, UnreadableReply):
            guard.failed()
            raise
        finally:
            self.budget.settle(reserved, used)
        guard.succeeded()
        if self._cache is not None:
            self._cache.put(key, reply.parsed, self.settings.name)
        return reply

    def _key(self, system: str, user: str, schema: dict[str, Any]) -> str:
        """Everything the answer depends on."""
        sent = [
            self.settings.provider,
            self.settings.name,
            self.settings.base_url,
            self.settings.parameters,
            system,
            user,
            schema,
        ]
        return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()

    def _estimated(self, system: str, user: str, schema: dict[str, Any]) -> int:
        count = count_tokens("\n".join((system, user, json.dumps(schema))), self.settings.name)
        return count.n if count.exact else int(count.n * MARGIN)

    async def _tried(self, system: str, user: str, schema: dict[str, Any]) -> Reply:
        """The call, tried again where the failure may pass: the one layer of retries."""
        from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

        def wait(state: RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            asked = failure.after if isinstance(failure, _Transient) else None
            pause = FIRST_WAIT * 2 ** (state.attempt_number - 1) if asked is None else asked
            return float(min(pause, self.budget.remaining_seconds))

        tries = AsyncRetrying(
            stop=stop_after_attempt(self.settings.retries + 1), wait=wait, retry=retry_if_exception_type(_Transient), reraise=True
        )
        try:
            async for attempt in tries:
                with attempt:
                    return await self._once(system, user, schema)
        except _Transient as error:
            raise ModelUnavailable(str(error)) from error
        raise AssertionError("a loop of tries ends in a reply or an error")

    async def _once(self, system: str, user: str, schema: dict[str, Any]) -> Reply:
        """One request, its failures told apart. Raises _Transient, ModelUnavailable, UnreadableReply."""
        import openai
        from langchain_core.exceptions import OutputParserException
        from langchain_core.messages import HumanMessage, SystemMessage

        where = self.settings.where
        seconds = min(self.settings.timeout_seconds, self.budget.remaining_seconds)
        chain = self._model.with_structured_output(schema, include_raw=True, **self._method)
        try:
            async with asyncio.timeout(seconds):  # of the whole reply: a byte a second is not an answer
                answer = await chain.ainvoke([SystemMessage(system), HumanMessage(user)])
        except _TooLong as error:
            raise UnreadableReply(f"{where}: the reply is longer than {MOST_BYTES:,} bytes") from error
        except (TimeoutError, openai.APITimeoutError) as error:
            raise ModelUnavailable(f"{where} did not answer within {seconds:.3g} s") from error
        except openai.APIConnectionError as error:
            raise _Transient(f"{where} cannot be reached, or broke off its answer") from error
        except openai.APIStatusError as error:
            raise self._refused(error.status_code, error.response.headers.get("retry-after")) from error
        except (openai.OpenAIError, OutputParserException, ValidationError) as error:
            raise UnreadableReply(f"{where}: the reply cannot be used ({type(error).__name__})") from error
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            # a body that is no completion (an HTML page with status 200, empty choices) fails inside the client like this
            raise UnreadableReply(f"{where}: the reply is not a chat completion") from error
        except Exception as error:  # another provider's client has errors of its own, of which nothing is known here
            raise ModelUnavailable(f"{where}: {type(error).__name__}: {str(error)[:200]}") from error
        return _reply(answer, where)

    def _refused(self, status: int, retry_after: str | None) -> Exception:
        told = f"{self.settings.where} answered with status {status}"
        if status not in TRANSIENT:
            return ModelUnavailable(told)
        after = _seconds(retry_after)
        if after is not None and after > min(MOST_WAIT, self.budget.remaining_seconds):
            return ModelUnavailable(f"{told} and asks to be left alone for {after:.0f} s")
        return _Transient(told, after)

    @cached_property
    def _model(self) -> Any:
        """The chat model of the provider that the settings name. Raises Misuse where its package is missing."""
        from langchain.chat_models import init_chat_model

        chosen = self.settings
        told: dict[str, Any] = {
            "temperature": 0,
            "timeout": chosen.timeout_seconds,
            "max_retries": 0,  # retries are made here
            "max_tokens": chosen.most_completion_tokens,
        }
        if chosen.base_url is not None:
            told["base_url"] = chosen.base_url
        if chosen.provider == "openai":
            import openai

            told |= {"api_key": chosen.api_key, "seed": chosen.seed}
            told["http_async_client"] = openai.DefaultAsyncHttpxClient(event_hooks={"response": [_limited]})
        elif chosen.api_key != "none":
            told["api_key"] = chosen.api_key
        try:
            return init_chat_model(chosen.name, model_provider=chosen.provider, **told)
        except (ImportError, ValueError) as error:
            raise Misuse(f"the model provider {chosen.provider!r} cannot be used: {error}") from error

    @property
    def _method(self) -> dict[str, str]:
        return {"method": "json_schema"} if self.settings.provider == "openai" else {}


def structured(settings: ModelSettings, system: str, user: str, schema: dict[str, Any]) -> Reply:
    """One call by itself, without a cache. Raises ModelUnavailable or UnreadableReply, nothing else."""
    return run(Chat(settings).ask(system, user, schema))


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of asynchronous work for a caller that is not; in a thread of its own where a loop runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _limited(response: Any) -> None:
    """Let no more of a reply in than MOST_BYTES."""
    inner = response.stream

    class Limited(type(inner)):  # type: ignore[misc]
        def __init__(self) -> None:
            pass

        async def __aiter__(self) -> AsyncIterator[bytes]:
            taken = 0
            async for chunk in inner:
                taken += len(chunk)
                if taken > MOST_BYTES:
                    raise _TooLong
                yield chunk

        async def aclose(self) -> None:
            await inner.aclose()

    response.stream = Limited()


def _seconds(retry_after: str | None) -> float | None:
    """What a Retry-After asks for; None where it is no number of seconds."""
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def _reply(answer: Any, where: str) -> Reply:
    raw, parsed = answer["raw"], answer["parsed"]
    if raw.additional_kwargs.get("refusal"):
        raise UnreadableReply(f"{where}: the model refused")
    if not isinstance(parsed, dict):
        raise UnreadableReply(f"{where}: the reply is not the JSON that was asked for: {raw.text[:80]!r}")
    usage = raw.usage_metadata or {}
    return Reply(parsed, int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0)))
