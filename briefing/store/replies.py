"""Replies of language models, kept by the hash of all that was sent: what was asked once is not paid for twice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from briefing.store.schema import SCHEMA
from index.archive.engine import explained, migrate, writing

_metadata = sa.MetaData()
_reply = sa.Table(
    "reply",
    _metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("parsed", sa.JSON, nullable=False),
)


class Replies:
    """The replies of one data folder."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        migrate(engine, SCHEMA)

    def get(self, key: str) -> dict[str, Any] | None:
        with explained(self._engine), self._engine.connect() as connection:
            found = connection.scalar(sa.select(_reply.c.parsed).where(_reply.c.key == key))
        return found if isinstance(found, dict) else None

    def put(self, key: str, parsed: dict[str, Any], model: str) -> None:
        """Keep a reply; of two that raced the first stays."""
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(_reply.c.key).where(_reply.c.key == key)) is None:
                connection.execute(sa.insert(_reply).values(key=key, model=model, parsed=parsed))

    def replace(self, key: str, parsed: dict[str, Any], model: str) -> None:
        """Keep what is no reply and may change: how an endpoint is spoken to, a batch under way."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(_reply).where(_reply.c.key == key))
            connection.execute(sa.insert(_reply).values(key=key, model=model, parsed=parsed))
