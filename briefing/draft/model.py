"""The language model: any OpenAI-compatible endpoint, through langchain. The one place that knows that client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from briefing.settings import ModelSettings
from index.errors import ModelUnavailable, UnreadableReply


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the object asked for, not yet trusted, and what it cost as the server counted it."""

    parsed: dict[str, Any]
    prompt_tokens: int
    completion_tokens: int


def structured(settings: ModelSettings, system: str, user: str, schema: dict[str, Any]) -> Reply:
    """One call that must answer in a JSON Schema. Raises ModelUnavailable or UnreadableReply, nothing else."""
    import openai
    from langchain_core.exceptions import OutputParserException
    from langchain_core.messages import HumanMessage, SystemMessage
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr, ValidationError

    chat = ChatOpenAI(
        model=settings.name,
        base_url=settings.base_url,
        api_key=SecretStr(settings.api_key),
        temperature=0,
        seed=settings.seed,
        timeout=settings.timeout_seconds,
        max_retries=settings.retries,
        max_tokens=settings.most_completion_tokens,  # type: ignore[call-arg]
    )
    chain = chat.with_structured_output(schema, method="json_schema", include_raw=True)
    try:
        answer = chain.invoke([SystemMessage(system), HumanMessage(user)])
    except openai.APITimeoutError as error:
        raise ModelUnavailable(f"{settings.where} did not answer within {settings.timeout_seconds:g} s") from error
    except openai.APIConnectionError as error:
        raise ModelUnavailable(f"{settings.where} cannot be reached") from error
    except openai.APIStatusError as error:
        raise ModelUnavailable(f"{settings.where} answered with status {error.status_code}") from error
    except (openai.OpenAIError, OutputParserException, ValidationError) as error:
        raise UnreadableReply(f"{settings.where}: the reply cannot be used ({type(error).__name__})") from error
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        # a body that is no completion (an HTML page with status 200, empty choices) fails inside the client like this
        raise UnreadableReply(f"{settings.where}: the reply is not a chat completion") from error
    return _reply(answer, settings)


def _reply(answer: Any, settings: ModelSettings) -> Reply:
    raw, parsed = answer["raw"], answer["parsed"]
    if raw.additional_kwargs.get("refusal"):
        raise UnreadableReply(f"{settings.where}: the model refused")
    if not isinstance(parsed, dict):
        raise UnreadableReply(f"{settings.where}: the reply is not the JSON that was asked for: {raw.text[:80]!r}")
    usage = raw.usage_metadata or {}
    return Reply(parsed, int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0)))
