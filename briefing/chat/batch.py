"""The batch interface of the OpenAI API: many requests handed in at once and answered within a day, at half the price. What comes
back goes into the cache of replies, where the ordinary reading finds it; so nothing else has to know of it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from briefing.chat.client import Chat, ReplyCache
from briefing.chat.dialect import read
from briefing.settings import ModelSettings
from index.errors import Misuse, ModelUnavailable

ENDPOINT, WINDOW = "/v1/chat/completions", "24h"
MOST_REQUESTS = 50_000  # of one batch, as the API documents it
ENDED = frozenset({"failed", "expired", "cancelled"})
_PENDING = "batch under way at "


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a batch: everything that a call by itself would send."""

    system: str
    user: str
    schema: dict[str, Any]
    room: int


@dataclass(slots=True)
class Collected:
    """What became of a batch: its state as the API names it, how many replies are kept, and what could not be read."""

    state: str
    kept: int = 0
    failed: list[str] = field(default_factory=list)
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Batches:
    """The one batch under way of a data folder and an endpoint."""

    def __init__(self, settings: ModelSettings, cache: ReplyCache) -> None:
        if settings.provider != "openai":
            raise Misuse(f"the provider {settings.provider!r} has no batch interface that is known here")
        self._settings, self._cache = settings, cache
        self._chat = Chat(settings, cache=cache)

    @property
    def pending(self) -> str | None:
        """The id of the batch under way; None where there is none."""
        kept = self._cache.get(self._place)
        return str(kept["id"]) if kept and kept.get("id") else None

    def missing(self, asked: Sequence[Asked]) -> list[Asked]:
        """Those whose replies are not kept yet, as many as one batch may hold."""
        return [one for one in asked if self._cache.get(self._key(one)) is None][:MOST_REQUESTS]

    def submit(self, asked: Sequence[Asked]) -> str:
        """Hand in requests; the id of the batch. Raises Misuse where one is under way, ModelUnavailable where it is not taken."""
        if self.pending is not None:
            raise Misuse(f"the batch {self.pending} is under way: collect it first")
        lines = [
            json.dumps(
                {
                    "custom_id": self._key(one),
                    "method": "POST",
                    "url": ENDPOINT,
                    "body": self._chat.dialect.request(self._settings, one.system, one.user, one.schema, one.room),
                },
                ensure_ascii=False,
            )
            for one in asked
        ]
        file = io.BytesIO("\n".join(lines).encode())
        file.name = "requests.jsonl"
        with self._explained("takes no batch"):
            uploaded = self._client.files.create(file=file, purpose="batch")
            batch = self._client.batches.create(input_file_id=uploaded.id, endpoint=ENDPOINT, completion_window=WINDOW)
        self._keep({"id": batch.id})
        return str(batch.id)

    def collect(self, schema: dict[str, Any]) -> Collected:
        """What became of the batch under way; its replies are kept as soon as it is completed. Raises Misuse where there is none,
        ModelUnavailable where it cannot be asked after."""
        if (batch_id := self.pending) is None:
            raise Misuse("no batch is under way")
        with self._explained("does not tell of its batch"):
            batch = self._client.batches.retrieve(batch_id)
            out = Collected(state=str(batch.status))
            if batch.status == "completed" and batch.output_file_id:
                for line in self._client.files.content(batch.output_file_id).text.splitlines():
                    self._take(line, schema, out)
        if out.state == "completed" or out.state in ENDED:
            self._keep({})
        return out

    def _take(self, line: str, schema: dict[str, Any], out: Collected) -> None:
        try:
            row = json.loads(line)
            body = row["response"]["body"]
            choice, usage = body["choices"][0], body.get("usage") or {}
            parsed = read(choice["message"]["content"] or "", schema) if choice.get("finish_reason") != "length" else None
        except (ValueError, KeyError, TypeError, IndexError):
            out.failed.append("a line of the batch is no completion")
            return
        if parsed is None:
            out.failed.append("a reply was cut, or is not the JSON that was asked for")
            return
        self._cache.put(row["custom_id"], parsed, self._settings.name)
        out.kept += 1
        out.prompt_tokens += int(usage.get("prompt_tokens", 0))
        out.completion_tokens += int(usage.get("completion_tokens", 0))

    # ----

    def _key(self, one: Asked) -> str:
        return self._chat.key(one.system, one.user, one.schema)

    @property
    def _place(self) -> str:
        return hashlib.sha256(f"{_PENDING}{self._settings.where}".encode()).hexdigest()

    def _keep(self, told: dict[str, Any]) -> None:
        self._cache.replace(self._place, told, self._settings.name)

    @property
    def _client(self) -> Any:
        import openai

        chosen = self._settings
        return openai.OpenAI(
            api_key=chosen.api_key, base_url=chosen.base_url, timeout=chosen.timeout_seconds, max_retries=chosen.retries
        )

    def _explained(self, told: str) -> Any:
        return _Explained(f"{self._settings.where} {told}")


class _Explained:
    """Whatever the client raises, as one sentence."""

    def __init__(self, told: str) -> None:
        self._told = told

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        import openai

        if isinstance(error, openai.OpenAIError):
            status = getattr(error, "status_code", None)
            raise ModelUnavailable(self._told + (f": status {status}" if status else ": it cannot be reached")) from error
