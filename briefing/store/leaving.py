"""What is kept on this machine, by marks, and what left it."""

from __future__ import annotations

import sqlalchemy as sa

from briefing.privacy import KINDS, Left
from briefing.store.schema import SCHEMA
from index.archive.engine import explained, migrate, writing
from index.archive.tables import Utc
from index.errors import Misuse

_metadata = sa.MetaData()
_mark = sa.Table(
    "local_only", _metadata, sa.Column("kind", sa.Text, primary_key=True), sa.Column("value", sa.Text, primary_key=True)
)
_left = sa.Table(
    "left_here",
    _metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("articles", sa.JSON, nullable=False),
)


class Leaving:
    """The marks and the table of one data folder."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        migrate(engine, SCHEMA)

    def mark(self, kind: str, value: str) -> bool:
        """Keep it here from now on; False where it was kept already. Raises Misuse."""
        if kind not in KINDS or not value.strip():
            raise Misuse(f"what can be kept here is named by one of {', '.join(KINDS)}, and a value")
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(_mark.c.kind).where(_mark.c.kind == kind, _mark.c.value == value)):
                return False
            connection.execute(sa.insert(_mark).values(kind=kind, value=value))
        return True

    def unmark(self, kind: str, value: str) -> None:
        """Let it leave again. Raises Misuse where it was not kept."""
        with writing(self._engine) as connection:
            if not connection.execute(sa.delete(_mark).where(_mark.c.kind == kind, _mark.c.value == value)).rowcount:
                raise Misuse(f"no {kind} {value!r} is kept here")

    def marks(self) -> frozenset[tuple[str, str]]:
        with explained(self._engine), self._engine.connect() as connection:
            return frozenset((row.kind, row.value) for row in connection.execute(sa.select(_mark)))

    def write_down(self, left: Left) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                sa.insert(_left).values(at=left.at, endpoint=left.where, purpose=left.purpose, articles=list(left.articles))
            )

    def listed(self) -> list[Left]:
        """What left, the newest first."""
        with explained(self._engine), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_left).order_by(_left.c.n.desc()))
            return [Left(row.at, row.endpoint, row.purpose, tuple(row.articles)) for row in rows]
