"""One call to a chat model: budget, cache, breaker, retries, deadline, and every way in which it can go wrong as one sentence.
The one place that knows the client."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from briefing.chat import dialect
from briefing.chat.breaker import breaker
from briefing.chat.budget import Budget
from briefing.chat.dialect import Dialect
from briefing.chat.tokens import MARGIN, count_tokens
from briefing.settings import ModelSettings
from index.errors import Misuse, ModelUnavailable, UnreadableReply

MOST_BYTES = 2_000_000  # of one reply as it comes over the wire
MOST_WAIT = 20.0  # seconds that a server may ask to be left alone; one that asks for more has failed
FIRST_WAIT = 0.5  # seconds before the second try, then twice that
MOST_ROOM, MORE_ROOM = 32_000, 4  # tokens of one reply, and how much more one gets that was cut short
MOST_REASON = 200  # characters of a server's own reason
FORMAL = frozenset({400, 415, 422, 501})  # a server that does not take the form of a request
FAILED = frozenset({500})  # so do some that do not know a schema
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

    def replace(self, key: str, parsed: dict[str, Any], model: str) -> None: ...


class _Transient(Exception):
    """A failure that may pass: tried again."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after  # seconds, as the server asks


class _Refused(Exception):
    """The server does not take what it was sent."""

    def __init__(self, told: str, reason: str, *, failed: bool = False) -> None:
        super().__init__(told)
        self.reason = reason
        self.failed = failed  # it broke down, as some do that know no schemas, and gave no reason


class _Cut(Exception):
    """The reply ended at its limit."""

    def __init__(self, used: tuple[int, int]) -> None:
        super().__init__()
        self.used = used


class _TooLong(Exception):
    """More than MOST_BYTES of reply."""


class Chat:
    """A model under one budget. `ask` is the whole of it."""

    def __init__(
        self,
        settings: ModelSettings,
        *,
        budget: Budget | None = None,
        cache: ReplyCache | None = None,
        leaves: Callable[[Sequence[str]], None] | None = None,
    ) -> None:
        """`leaves`: is told, before each request, the ids of the articles whose words it holds."""
        self.settings, self._leaves = settings, leaves
        self.budget = budget or Budget(settings)
        self._cache = cache

    async def ask(
        self,
        system: str,
        user: str,
        schema: dict[str, Any],
        accepted: Callable[[dict[str, Any]], object] = dict,
        *,
        room: int | None = None,
        articles: Sequence[str] = (),
    ) -> Reply:
        """The model's answer in a JSON Schema; kept where `accepted` raises no ValidationError. `room`: tokens that the reply
        may take, where the settings give fewer; `articles`: whose words are in it. Raises ModelUnavailable or UnreadableReply,
        nothing else."""
        key = self.key(system, user, schema)
        if self._cache is not None and (kept := self._cache.get(key)) is not None:
            self.budget.spent.cached += 1
            return Reply(kept, 0, 0, cached=True)
        guard = breaker(self.settings.where)
        guard.check()
        room = max(room or 0, self.settings.most_completion_tokens)
        reserved = self._estimated(system, user, schema), room
        self.budget.reserve(*reserved)
        used: tuple[int, int] | None = None
        if self._leaves is not None:
            self._leaves(articles)
        try:
            reply = await self._tried(system, user, schema, room)
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

    def key(self, system: str, user: str, schema: dict[str, Any]) -> str:
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

    async def _tried(self, system: str, user: str, schema: dict[str, Any], room: int) -> Reply:
        """The call in the best form that the endpoint takes: what it refuses is said otherwise, what it cuts short is asked
        for again with more room."""
        if self.settings.provider != "openai":
            return await self._repeated(lambda: self._by_langchain(system, user, schema))
        if self.dialect == Dialect() and dialect.known(self.settings.where) is None:
            async with self._meeting:  # of calls made at once, one finds out how the endpoint is spoken to
                if dialect.known(self.settings.where) is None:
                    return await self._adapting(system, user, schema, room)
        return await self._adapting(system, user, schema, room)

    async def _adapting(self, system: str, user: str, schema: dict[str, Any], room: int) -> Reply:
        spoken = self.dialect
        room = max(spoken.room, room)
        used = [0, 0]
        for _ in range(dialect.MOST_TRIED):
            body = spoken.request(self.settings, system, user, schema, room)
            try:
                reply = await self._repeated(lambda body=body: self._once(body, schema))  # type: ignore[misc]
            except _Refused as error:
                changed = spoken.schemaless if error.failed else spoken.without(error.reason, self.settings)
                if changed is None or dialect.TOO_LONG.search(error.reason.casefold()):
                    raise ModelUnavailable(str(error)) from error
                spoken = changed
            except _Cut as error:
                used = [a + b for a, b in zip(used, error.used, strict=True)]
                if not spoken.limit or room >= MOST_ROOM:
                    raise UnreadableReply(f"{self.settings.where}: the reply was cut at {room:,} tokens") from error
                room = min(MOST_ROOM, room * MORE_ROOM)
                spoken = replace(spoken, room=room)
            else:
                self._remember(spoken)
                return replace(
                    reply, prompt_tokens=reply.prompt_tokens + used[0], completion_tokens=reply.completion_tokens + used[1]
                )
        raise ModelUnavailable(f"{self.settings.where} takes no form of request that is known here")

    @cached_property
    def _meeting(self) -> asyncio.Lock:
        return asyncio.Lock()

    @property
    def dialect(self) -> Dialect:
        """How this endpoint is spoken to, as far as that is known."""
        if (spoken := dialect.known(self.settings.where)) is not None:
            return spoken
        kept = self._cache.get(self._dialect_key) if self._cache is not None else None
        if (spoken := dialect.from_kept(kept)) is None:
            return Dialect()
        dialect.remember(self.settings.where, spoken)
        return spoken

    def _remember(self, spoken: Dialect) -> None:
        if dialect.known(self.settings.where) != spoken:
            dialect.remember(self.settings.where, spoken)
            if self._cache is not None:
                self._cache.replace(self._dialect_key, asdict(spoken), self.settings.name)

    @property
    def _dialect_key(self) -> str:
        return hashlib.sha256(f"dialect {asdict(Dialect())} {self.settings.where}".encode()).hexdigest()

    async def _repeated(self, call: Callable[[], Coroutine[Any, Any, Reply]]) -> Reply:
        """A call, made again where its failure may pass: the one layer of retries."""
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
                    return await call()
        except _Transient as error:
            raise ModelUnavailable(str(error)) from error
        raise AssertionError("a loop of tries ends in a reply or an error")

    async def _once(self, body: dict[str, Any], schema: dict[str, Any]) -> Reply:
        """One request, its failures told apart. Raises _Transient, _Refused, _Cut, ModelUnavailable, UnreadableReply."""
        import openai

        where = self.settings.where
        seconds = min(self.settings.timeout_seconds, self.budget.remaining_seconds)
        try:
            async with asyncio.timeout(seconds):  # of the whole reply: a byte a second is not an answer
                answer = await self._client.chat.completions.create(**body)
        except _TooLong as error:
            raise UnreadableReply(f"{where}: the reply is longer than {MOST_BYTES:,} bytes") from error
        except (TimeoutError, openai.APITimeoutError) as error:
            raise ModelUnavailable(f"{where} did not answer within {seconds:.3g} s") from error
        except openai.APIConnectionError as error:
            raise _Transient(f"{where} cannot be reached, or broke off its answer") from error
        except openai.APIStatusError as error:
            formal = body.get("response_format", {}).get("type") == "json_schema" and dialect.known(where) is None
            raise self._refused(error.status_code, error.response.headers.get("retry-after"), _why(error), formal) from error
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            # a body that is no completion (an HTML page with status 200) fails inside the client like this
            raise UnreadableReply(f"{where}: the reply is not a chat completion") from error
        return _reply(answer, schema, where)

    async def _by_langchain(self, system: str, user: str, schema: dict[str, Any]) -> Reply:
        """One request to another provider, whose client has errors of its own, of which nothing is known here."""
        from langchain_core.messages import HumanMessage, SystemMessage

        where = self.settings.where
        seconds = min(self.settings.timeout_seconds, self.budget.remaining_seconds)
        chain = self._model.with_structured_output(schema, include_raw=True)
        try:
            async with asyncio.timeout(seconds):
                answer = await chain.ainvoke([SystemMessage(system), HumanMessage(user)])
        except TimeoutError as error:
            raise ModelUnavailable(f"{where} did not answer within {seconds:.3g} s") from error
        except Exception as error:
            raise ModelUnavailable(f"{where}: {type(error).__name__}: {str(error)[:MOST_REASON]}") from error
        raw, parsed = answer["raw"], answer["parsed"]
        if not isinstance(parsed, dict):
            raise UnreadableReply(f"{where}: the reply is not the JSON that was asked for: {raw.text[:80]!r}")
        usage = raw.usage_metadata or {}
        return Reply(parsed, int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0)))

    def _refused(self, status: int, retry_after: str | None, why: str, formal: bool) -> Exception:
        told = f"{self.settings.where} answered with status {status}" + (f": {why}" if why else "")
        if status in FORMAL or (formal and status in FAILED):
            return _Refused(told, why, failed=status in FAILED)
        if status not in TRANSIENT:
            return ModelUnavailable(told)
        after = _seconds(retry_after)
        if after is not None and after > min(MOST_WAIT, self.budget.remaining_seconds):
            return ModelUnavailable(f"{told} and asks to be left alone for {after:.0f} s")
        return _Transient(told, after)

    @cached_property
    def _client(self) -> Any:
        import openai

        chosen = self.settings
        return openai.AsyncOpenAI(
            api_key=chosen.api_key,
            base_url=chosen.base_url,
            timeout=chosen.timeout_seconds,
            max_retries=0,  # retries are made here
            http_client=openai.DefaultAsyncHttpxClient(event_hooks={"response": [_limited]}),
        )

    @cached_property
    def _model(self) -> Any:
        """The chat model of another provider that the settings name. Raises Misuse where its package is missing."""
        from langchain.chat_models import init_chat_model

        chosen = self.settings
        told: dict[str, Any] = {
            "temperature": 0,
            "timeout": chosen.timeout_seconds,
            "max_retries": 0,
            "max_tokens": chosen.most_completion_tokens,
        }
        if chosen.base_url is not None:
            told["base_url"] = chosen.base_url
        if chosen.api_key != "none":
            told["api_key"] = chosen.api_key
        try:
            return init_chat_model(chosen.name, model_provider=chosen.provider, **told)
        except (ImportError, ValueError) as error:
            raise Misuse(f"the model provider {chosen.provider!r} cannot be used: {error}") from error


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


def _why(error: Any) -> str:
    """The server's own reason, in one line."""
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error", body)
    told = inner.get("message") if isinstance(inner, dict) else inner
    told = told or body.get("message") or body.get("detail") or ""
    return " ".join("".join(c if c.isprintable() else " " for c in str(told)).split())[:MOST_REASON]


def _reply(answer: Any, schema: dict[str, Any], where: str) -> Reply:
    """What a completion holds. Raises _Cut, UnreadableReply."""
    choices = getattr(answer, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise UnreadableReply(f"{where}: the reply is not a chat completion")
    message, usage = choices[0].message, answer.usage
    used = (int(usage.prompt_tokens or 0), int(usage.completion_tokens or 0)) if usage else (0, 0)
    if getattr(message, "refusal", None):
        raise UnreadableReply(f"{where}: the model refused")
    text = message.content if isinstance(message.content, str) else ""
    if choices[0].finish_reason == "length":
        raise _Cut(used)
    parsed = dialect.read(text, schema)
    if parsed is None:
        raise UnreadableReply(f"{where}: the reply is not the JSON that was asked for: {text[:80]!r}")
    return Reply(parsed, *used)
