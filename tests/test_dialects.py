"""Endpoints that people really have take different things: each gets the brief, and is asked as it likes from then on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from test_llm import SCHEMA, drafted, model

from briefing.chat import Chat, dialect
from briefing.chat.dialect import Dialect, read, strict
from evals.endpoints import ENDPOINTS, Endpoint
from evals.model_server import model_server
from index.errors import ModelUnavailable, UnreadableReply


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.name)
def test_every_kind_of_endpoint_writes_the_brief(sample_folder: Path, endpoint: Endpoint) -> None:
    with model_server(endpoint=endpoint) as server:
        brief = drafted(sample_folder, server.url)
        refused = server.refused
        drafted(sample_folder, server.url, seed=1)  # another question to the same server
    assert brief.disclosure.drafter.startswith("llm/"), brief.disclosure.fallback
    assert brief.disclosure.fallback is None
    assert server.refused - refused <= refused // 2, "what an endpoint does not take is not tried on it again"


def test_a_dialect_is_kept_with_the_data(sample_folder: Path) -> None:
    endpoint = next(e for e in ENDPOINTS if "old local" in e.name)
    with model_server(endpoint=endpoint) as server:
        drafted(sample_folder, server.url)
        refused = server.refused
        dialect.forget()  # another process
        drafted(sample_folder, server.url, seed=1)
    assert refused > 0
    assert server.refused == refused


def test_the_servers_own_reason_is_shown() -> None:
    refuses = Endpoint("no credit", lambda request: (402, "You exceeded your current quota\nplease check your plan"))
    with (
        model_server(endpoint=refuses) as server,
        pytest.raises(ModelUnavailable, match="402: You exceeded your current quota please"),
    ):
        asyncio.run(Chat(model(server.url)).ask("system", "user", SCHEMA))


def test_evidence_past_the_context_is_said_at_once() -> None:
    small = Endpoint("small", lambda request: (400, "This model's maximum context length is 4096 tokens"))
    with model_server(endpoint=small) as server, pytest.raises(ModelUnavailable, match="maximum context length is 4096"):
        asyncio.run(Chat(model(server.url)).ask("system", "user", SCHEMA))
    assert len(server.requests) == 1


def test_a_reply_that_stays_cut_is_no_reply() -> None:
    endless = Endpoint("endless", least_room=10**9)
    with model_server(endpoint=endless) as server, pytest.raises(UnreadableReply, match="cut at 32,000 tokens"):
        asyncio.run(Chat(model(server.url)).ask("system", "user", SCHEMA))
    assert [r["max_completion_tokens"] for r in server.requests] == [2_000, 8_000, 32_000]


@pytest.mark.parametrize(
    "text",
    [
        '{"sentences": ["a"]}',
        '<think>maybe {"sentences": []}?</think>{"sentences": ["a"]}',
        'Here:\n```json\n{"sentences": ["a"], "note": 1}\n```\nDone.',
        '["a"]',
        '{"sentences": []}\nNo, better:\n{"sentences": ["a"]}',
    ],
)
def test_a_reply_is_read_whatever_stands_around_it(text: str) -> None:
    assert read(text, SCHEMA) == {"sentences": ["a"]}


@pytest.mark.parametrize("text", ["", "I cannot.", "<think>{", "{" * 5_000, '{"sentences": ["a"'])
def test_what_holds_no_object_is_no_reply(text: str) -> None:
    assert read(text, SCHEMA) is None


def test_a_schema_is_made_strict() -> None:
    inner = {
        "type": "object",
        "properties": {"default": {"type": "string", "default": "x", "maxLength": 3}, "b": {"type": "null"}},
    }
    assert strict({"title": "t", "type": "object", "properties": {"a": inner}}) == {
        "type": "object",
        "additionalProperties": False,
        "required": ["a"],
        "properties": {
            "a": {
                "type": "object",
                "additionalProperties": False,
                "required": ["default", "b"],
                "properties": {"default": {"type": "string"}, "b": {"type": "null"}},
            }
        },
    }


def test_what_a_reason_names_is_left_out_first() -> None:
    settings = model("http://x")
    assert not Dialect().without("Unsupported value: 'temperature'", settings).temperature  # type: ignore[union-attr]
    assert Dialect().without("no such field", settings) == Dialect(form="schema")
    assert Dialect(form="text", limit="", temperature=False, seed=False, system=False).without("no", settings) is None
