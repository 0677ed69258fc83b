"""Stand-ins for the servers that people really have: what each refuses, in its own words, and how it dresses a reply. Written
after their documentation and reports; `python -m evals.dialects` drafts one brief with each and prints what works, at how many
calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Refusal = tuple[int, str]


@dataclass(frozen=True)
class Endpoint:
    """One kind of server. `refusal`: status and reason for a request it does not take. `dressed`: what stands around a reply.
    `least_room`: tokens below which a reply is cut, as reasoning has eaten them."""

    name: str
    refusal: Callable[[Json], Refusal | None] = field(default=lambda request: None)
    dressed: Callable[[str], str] = field(default=lambda content: content)
    least_room: int = 0


def _form(request: Json) -> str:
    return str(request.get("response_format", {}).get("type", ""))


def _openai(request: Json) -> Refusal | None:
    """Takes a strict schema only where it is one: every property required, nothing beside them."""
    asked = request.get("response_format", {}).get("json_schema", {})
    if "max_tokens" in request:
        return 400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    if asked.get("strict") and (wrong := not_strict(asked["schema"])):
        return 400, f"Invalid schema for response_format '{asked['name']}': In context=(), {wrong}."
    return None


def not_strict(schema: Any) -> str | None:
    """What keeps a schema from being one that OpenAI's strict form takes; None where nothing does."""
    if isinstance(schema, list):
        return next((wrong for one in schema if (wrong := not_strict(one))), None)
    if not isinstance(schema, dict):
        return None
    if isinstance(held := schema.get("properties"), dict):
        if schema.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false"
        if set(schema.get("required", [])) != set(held):
            return "'required' is required to be supplied and to be an array including every key in properties"
        if any("default" in one for one in held.values() if isinstance(one, dict)):
            return "'default' is not permitted"
    return next((wrong for one in schema.values() if (wrong := not_strict(one))), None)


def _reasoning(request: Json) -> Refusal | None:
    if request.get("temperature", 1) != 1:
        return (
            400,
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
        )
    if "seed" in request:
        return 400, "Unsupported parameter: 'seed' is not supported with this model."
    return _openai(request)


def _llama_python(request: Json) -> Refusal | None:
    return (500, "Internal Server Error") if _form(request) == "json_schema" else None


def _lm_studio(request: Json) -> Refusal | None:
    if _form(request) == "json_object":
        return 400, "'response_format.type' must be 'json_schema' or 'text'"
    return None


def _old_local(request: Json) -> Refusal | None:
    if _form(request):
        return 400, "response_format json_schema and tools are not supported"
    if any(message["role"] == "system" for message in request["messages"]):
        return 400, "Conversation roles must alternate user/assistant; system role not supported"
    return None


def _strict_server(request: Json) -> Refusal | None:
    known = {"model", "messages", "temperature", "max_tokens", "response_format"}
    unknown = sorted(set(request) - known)
    return (422, f"[{{'loc': ['body', '{unknown[0]}'], 'msg': 'extra fields not permitted: {unknown[0]}'}}]") if unknown else None


def _thinking(content: str) -> str:
    return f'<think>\nThe list {{"claims": []}} would be empty, so no.\n</think>\n\n```json\n{content}\n```'


def _prose(content: str) -> str:
    return f"Sure! Here is the JSON that you asked for:\n\n{content}\n\nLet me know if you need anything else."


def _bare_list(content: str) -> str:
    value = json.loads(content)
    return json.dumps(next(iter(value.values()))) if len(value) == 1 else content


def _more_keys(content: str) -> str:
    value = json.loads(content)
    for held in value.values():
        for one in held if isinstance(held, list) else []:
            if isinstance(one, dict):
                one["confidence"] = 0.9
    return json.dumps({"reasoning": "as the evidence says", **value})


ENDPOINTS = (
    Endpoint("OpenAI, chat model", _openai),
    Endpoint("OpenAI, reasoning model", _reasoning, least_room=4_000),
    Endpoint("Azure OpenAI (v1)", _openai),
    Endpoint("Ollama, a model that thinks aloud", dressed=_thinking),
    Endpoint("vLLM", dressed=lambda content: f"\n{content}\n"),
    Endpoint("llama.cpp server", dressed=lambda content: f"```json\n{content}\n```"),
    Endpoint("llama-cpp-python server", _llama_python),
    Endpoint("LM Studio", _lm_studio, dressed=_prose),
    Endpoint("an old local server: text alone, no system role", _old_local, dressed=_thinking),
    Endpoint("a server that refuses what it does not know", _strict_server),
    Endpoint("a model that answers with a bare list", dressed=_bare_list),
    Endpoint("a model that adds keys", dressed=_more_keys),
)
