"""What was read of each article for each topic, kept: an article is read once for each version of the reader and the topic."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import sqlalchemy as sa
from pydantic import TypeAdapter

from briefing.claims import Statement
from briefing.reading.version import READING
from briefing.store.schema import SCHEMA
from briefing.topics import Topic
from index.archive.engine import explained, migrate, writing
from index.article import ArticleId

_metadata = sa.MetaData()
_reading = sa.Table(
    "reading",
    _metadata,
    sa.Column("article_id", sa.String(20), primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("statements", sa.LargeBinary, nullable=False),
)
_packed: TypeAdapter[tuple[Statement, ...]] = TypeAdapter(tuple[Statement, ...])
_SLICE = 500


@lru_cache(maxsize=64)
def version(topic: Topic) -> str:
    """Of the reader and of all the topic says: with another of either an article is read again."""
    return f"{READING}+{hashlib.sha256(topic.model_dump_json().encode()).hexdigest()[:12]}"


def _by(topic: Topic, model: str | None) -> str:
    return f"{version(topic)}+{model}" if model else version(topic)


class Readings:
    """The readings of one data folder."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        migrate(engine, SCHEMA)

    def missing(self, ids: Iterable[ArticleId], topic: Topic, model: str | None = None) -> list[ArticleId]:
        """Those not read yet by this reader (and, where named, that language model) for this topic, in the order given."""
        own = _reading.c.version == _by(topic, model)
        query = sa.select(_reading.c.article_id).where(_reading.c.topic == topic.name, own)
        with explained(self._engine), self._engine.connect() as connection:
            known = set(connection.scalars(query))
        return [i for i in ids if i not in known]

    def keep(self, read: Mapping[ArticleId, Sequence[Statement]], topic: Topic, model: str | None = None) -> None:
        """Keep what was read of these articles in place of what was read before; safe to repeat."""
        rows = [
            {"article_id": i, "topic": topic.name, "version": _by(topic, model), "statements": _packed.dump_json(tuple(found))}
            for i, found in read.items()
        ]
        with writing(self._engine) as connection:
            for row in rows:
                same = sa.and_(_reading.c.article_id == row["article_id"], _reading.c.topic == topic.name)
                connection.execute(sa.delete(_reading).where(same))
            if rows:
                connection.execute(sa.insert(_reading), rows)

    def of(
        self, ids: Sequence[ArticleId], topic: Topic, model: str | None = None
    ) -> Iterator[tuple[ArticleId, tuple[Statement, ...]]]:
        """What was read of these articles by this reader, with the language model or (while that fails) without; those of
        which nothing was read left out."""
        with explained(self._engine), self._engine.connect() as connection:
            for at in range(0, len(ids), _SLICE):
                query = sa.select(_reading.c.article_id, _reading.c.statements).where(
                    _reading.c.article_id.in_(ids[at : at + _SLICE]),
                    _reading.c.topic == topic.name,
                    _reading.c.version.in_({version(topic), _by(topic, model)}),
                )
                for article_id, packed in connection.execute(query):
                    yield article_id, _packed.validate_json(packed)

    def forget(self, article_id: ArticleId) -> None:
        """Drop what was read of an article that is deleted."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(_reading).where(_reading.c.article_id == article_id))
