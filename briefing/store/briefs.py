"""Briefs in SQL: written once under an id that their content decides, never changed; decisions are added, never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from briefing.claims import Brief
from briefing.contract import brief_from_json, brief_json
from briefing.store.schema import SCHEMA
from index.archive.engine import explained, migrate, writing
from index.archive.tables import Utc
from index.errors import Misuse

Action = Literal["accept", "reject"]

_metadata = sa.MetaData()
_brief = sa.Table(
    "brief",
    _metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("as_of", Utc, nullable=False),
    sa.Column("issued", Utc, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("drafter", sa.Text, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
)
_decision = sa.Table(
    "decision",
    _metadata,
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("brief_id", sa.String(20), sa.ForeignKey("brief.id"), nullable=False),
    sa.Column("claim_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A brief as a list shows it."""

    id: str
    topic: str
    as_of: datetime
    issued: datetime
    version: int
    title: str
    drafter: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided about one sentence."""

    claim_id: str
    action: Action
    person: str
    at: datetime


class Briefs:
    """The briefs of one data folder."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        migrate(engine, SCHEMA)

    def save(self, brief: Brief) -> Brief:
        """Keep a brief; one of the same id is already this one, and comes back as it was first kept."""
        with writing(self._engine) as connection:
            kept = connection.scalar(sa.select(_brief.c.document).where(_brief.c.id == brief.id))
            if kept is not None:
                return brief_from_json(kept)
            connection.execute(
                sa.insert(_brief).values(
                    id=brief.id,
                    topic=brief.topic,
                    as_of=brief.as_of,
                    issued=brief.issued,
                    version=brief.version,
                    title=brief.title,
                    drafter=brief.disclosure.drafter,
                    document=brief_json(brief),
                )
            )
        return brief

    def get(self, brief_id: str) -> Brief:
        """The brief of this id. Raises Misuse."""
        with explained(self._engine), self._engine.connect() as connection:
            document = connection.scalar(sa.select(_brief.c.document).where(_brief.c.id == brief_id))
        if document is None:
            raise Misuse(f"there is no brief {brief_id!r}; `briefing draft` makes one")
        return brief_from_json(document)

    def listed(self) -> list[Listed]:
        """All briefs, newest as-of first."""
        columns = [_brief.c[f] for f in ("id", "topic", "as_of", "issued", "version", "title", "drafter")]
        query = sa.select(*columns).order_by(_brief.c.as_of.desc(), _brief.c.version.desc())
        with explained(self._engine), self._engine.connect() as connection:
            return [Listed(*row) for row in connection.execute(query)]

    def previous(self, topic: str, as_of: datetime) -> tuple[str, datetime] | None:
        """The newest brief on the topic as of an earlier instant: its id, its as-of."""
        query = (
            sa.select(_brief.c.id, _brief.c.as_of)
            .where(_brief.c.topic == topic, _brief.c.as_of < as_of)
            .order_by(_brief.c.as_of.desc(), _brief.c.version.desc())
        )
        with explained(self._engine), self._engine.connect() as connection:
            row = connection.execute(query.limit(1)).first()
        return None if row is None else (row.id, row.as_of)

    def next_version(self, topic: str, as_of: datetime) -> int:
        """1 for the first brief on the topic as of that instant."""
        query = sa.select(sa.func.max(_brief.c.version)).where(_brief.c.topic == topic, _brief.c.as_of == as_of)
        with explained(self._engine), self._engine.connect() as connection:
            return int(connection.scalar(query) or 0) + 1

    def decide(self, brief_id: str, claim_id: str, action: Action, *, person: str, at: datetime) -> None:
        """Add a decision. Raises Misuse for a sentence that is not in the brief, or nobody's decision."""
        if not person.strip():
            raise Misuse("a decision needs the name of whoever makes it")
        if claim_id not in {claim.id for claim in self.get(brief_id).claims}:
            raise Misuse(f"brief {brief_id} has no sentence {claim_id!r}")
        with writing(self._engine) as connection:
            connection.execute(
                sa.insert(_decision).values(brief_id=brief_id, claim_id=claim_id, action=action, person=person.strip(), at=at)
            )

    def decisions(self, brief_id: str) -> dict[str, Decision]:
        """The latest decision on each sentence of a brief."""
        columns = (_decision.c.claim_id, _decision.c.action, _decision.c.person, _decision.c.at)
        query = sa.select(*columns).where(_decision.c.brief_id == brief_id).order_by(_decision.c.row)
        with explained(self._engine), self._engine.connect() as connection:
            return {row.claim_id: Decision(*row) for row in connection.execute(query)}
