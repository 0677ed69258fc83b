"""What was read: of each article once for each version of the reader, and what each topic sees in it, once for each version of
the topic. What was not read is kept too, with the reason."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from briefing.claims import Count, Said, Seen, Statement
from briefing.reading.nouns import ModelReading, Read, Reading, Unread
from briefing.store.schema import SCHEMA
from briefing.talks.statements import SEEN
from briefing.topics import Topic
from index.archive.engine import explained, migrate, writing
from index.article import ArticleId

_metadata = sa.MetaData()
_read = sa.Table(
    "read",
    _metadata,
    sa.Column("article_id", sa.String(20), primary_key=True),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary),
    sa.Column("reason", sa.Text),
    sa.Column("language", sa.Text),
)
_seen = sa.Table(
    "seen",
    _metadata,
    sa.Column("article_id", sa.String(20), primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("said", sa.LargeBinary),
    sa.Column("statements", sa.LargeBinary, nullable=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)
_read_by_model = sa.Table(
    "read_by_model",
    _metadata,
    sa.Column("article_id", sa.String(20), primary_key=True),
    sa.Column("reader", sa.Text, primary_key=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
)
_model_reading: TypeAdapter[ModelReading] = TypeAdapter(ModelReading)
_reading: TypeAdapter[Reading] = TypeAdapter(Reading)
_said: TypeAdapter[tuple[Said, ...]] = TypeAdapter(tuple[Said, ...])
_statements: TypeAdapter[tuple[Statement, ...]] = TypeAdapter(tuple[Statement, ...])
_counts: TypeAdapter[tuple[Count, ...]] = TypeAdapter(tuple[Count, ...])
_SLICE = 500
_FAST = 1  # of zlib: half the size for a tenth of the time that reading takes


@lru_cache(maxsize=64)
def version(topic: Topic, reader: str) -> str:
    """Of what is seen: another reader, another rule, another word of the topic, and an article is seen again."""
    return f"{reader}+{SEEN}+{hashlib.sha256(topic.model_dump_json().encode()).hexdigest()[:12]}"


class Readings:
    """The readings of one data folder."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        migrate(engine, SCHEMA)

    # ---- what stands in an article

    def unread(self, ids: Iterable[ArticleId], reader: str) -> list[ArticleId]:
        """Those that this reader has not looked at yet, in the order given."""
        query = sa.select(_read.c.article_id).where(_read.c.reader == reader)
        with explained(self._engine), self._engine.connect() as connection:
            known = set(connection.scalars(query))
        return [i for i in ids if i not in known]

    def keep(self, found: Sequence[Read]) -> None:
        """Keep what was read of these articles in place of what was read before; safe to repeat."""
        rows = [_row(one) for one in found]
        with writing(self._engine) as connection:
            _forgotten(connection, _read, [row["article_id"] for row in rows])
            if rows:
                connection.execute(sa.insert(_read), rows)

    def of(self, ids: Sequence[ArticleId], reader: str) -> Iterator[Reading]:
        """What this reader read of these articles; those that it did not read left out."""
        with explained(self._engine), self._engine.connect() as connection:
            for some in _slices(ids):
                query = sa.select(_read.c.document).where(
                    _read.c.article_id.in_(some), _read.c.reader == reader, _read.c.document.is_not(None)
                )
                for packed in connection.scalars(query):
                    yield _reading.validate_json(zlib.decompress(packed))

    def refused(self, reader: str) -> list[Unread]:
        """Every article that this reader looked at and did not read."""
        query = sa.select(_read).where(_read.c.reader == reader, _read.c.document.is_(None))
        with explained(self._engine), self._engine.connect() as connection:
            return [
                Unread(article_id=row.article_id, reader=row.reader, reason=row.reason, language=row.language)
                for row in connection.execute(query)
            ]

    def older(self, reader: str) -> int:
        """How many articles only another version of the reader has read."""
        query = sa.select(sa.func.count()).select_from(_read).where(_read.c.reader != reader)
        with explained(self._engine), self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    # ---- what a language model read

    def keep_by_model(self, one: ModelReading) -> None:
        """Keep what a model read of an article; safe to repeat."""
        row = {
            "article_id": one.article_id,
            "reader": one.reader,
            "document": zlib.compress(_model_reading.dump_json(one), _FAST),
        }
        with writing(self._engine) as connection:
            _forgotten(connection, _read_by_model, [one.article_id], _read_by_model.c.reader == one.reader)
            connection.execute(sa.insert(_read_by_model), [row])

    def by_model(self, ids: Sequence[ArticleId], reader: str) -> dict[ArticleId, ModelReading]:
        """What this model read, of those of these articles that it has read."""
        found: dict[ArticleId, ModelReading] = {}
        with explained(self._engine), self._engine.connect() as connection:
            for some in _slices(ids):
                query = sa.select(_read_by_model.c.article_id, _read_by_model.c.document).where(
                    _read_by_model.c.article_id.in_(some), _read_by_model.c.reader == reader
                )
                for article_id, packed in connection.execute(query):
                    found[article_id] = _model_reading.validate_json(zlib.decompress(packed))
        return found

    # ---- what a topic sees in it

    def unseen(self, ids: Iterable[ArticleId], topic: Topic, version: str) -> list[ArticleId]:
        """Those that this version of the topic has not seen yet, in the order given."""
        query = sa.select(_seen.c.article_id).where(_seen.c.topic == topic.name, _seen.c.version == version)
        with explained(self._engine), self._engine.connect() as connection:
            known = set(connection.scalars(query))
        return [i for i in ids if i not in known]

    def keep_seen(self, found: Mapping[ArticleId, Seen | None], topic: Topic, version: str) -> None:
        """Keep what the topic sees in these articles (None: nothing of it stands there) in place of what it saw before."""
        rows = [_seen_row(i, one, topic, version) for i, one in found.items()]
        with writing(self._engine) as connection:
            _forgotten(connection, _seen, list(found), _seen.c.topic == topic.name)
            if rows:
                connection.execute(sa.insert(_seen), rows)

    def statements(
        self, ids: Sequence[ArticleId], topic: Topic, versions: Iterable[str]
    ) -> Iterator[tuple[ArticleId, tuple[Statement, ...], tuple[Count, ...]]]:
        """The statements and counts of these articles, of those where there are any."""
        with explained(self._engine), self._engine.connect() as connection:
            for some in _slices(ids):
                query = sa.select(_seen.c.article_id, _seen.c.statements, _seen.c.counts).where(
                    _seen.c.article_id.in_(some),
                    _seen.c.topic == topic.name,
                    _seen.c.version.in_(set(versions)),
                    sa.or_(_seen.c.statements != b"", _seen.c.counts != b""),
                )
                for article_id, statements, counts in connection.execute(query):
                    yield article_id, _unpacked(_statements, statements), _unpacked(_counts, counts)

    def seen(self, ids: Sequence[ArticleId], topic: Topic, versions: Iterable[str]) -> Iterator[Seen]:
        """All that the topic sees in these articles; those in which nothing of it stands left out."""
        with explained(self._engine), self._engine.connect() as connection:
            for some in _slices(ids):
                query = sa.select(_seen).where(
                    _seen.c.article_id.in_(some),
                    _seen.c.topic == topic.name,
                    _seen.c.version.in_(set(versions)),
                    _seen.c.said.is_not(None),
                )
                for row in connection.execute(query):
                    yield Seen(
                        article_id=row.article_id,
                        said=_unpacked(_said, row.said),
                        statements=_unpacked(_statements, row.statements),
                        counts=_unpacked(_counts, row.counts),
                    )

    def forget(self, article_id: ArticleId) -> None:
        """Drop what was read of an article that is deleted."""
        with writing(self._engine) as connection:
            for table in (_read, _seen, _read_by_model):
                _forgotten(connection, table, [article_id])


def _row(one: Read) -> dict[str, Any]:
    row: dict[str, Any] = {"article_id": one.article_id, "reader": one.reader, "document": None, "reason": None, "language": None}
    if isinstance(one, Unread):
        return {**row, "reason": one.reason, "language": one.language}
    return {**row, "document": zlib.compress(_reading.dump_json(one), _FAST)}


def _seen_row(article_id: ArticleId, one: Seen | None, topic: Topic, version: str) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "topic": topic.name,
        "version": version,
        "said": None if one is None else _packed(_said, one.said),
        "statements": b"" if one is None else _packed(_statements, one.statements),
        "counts": b"" if one is None else _packed(_counts, one.counts),
    }


def _packed(form: TypeAdapter[Any], found: tuple[Any, ...]) -> bytes:
    return zlib.compress(form.dump_json(found, exclude_defaults=True), _FAST) if found else b""


def _unpacked(form: TypeAdapter[Any], packed: bytes) -> Any:
    return form.validate_json(zlib.decompress(packed)) if packed else ()


def _forgotten(connection: sa.Connection, table: sa.Table, ids: Sequence[ArticleId], *also: sa.ColumnElement[bool]) -> None:
    for some in _slices(ids):
        connection.execute(sa.delete(table).where(table.c.article_id.in_(some), *also))


def _slices(ids: Sequence[ArticleId]) -> Iterator[Sequence[ArticleId]]:
    for at in range(0, len(ids), _SLICE):
        yield ids[at : at + _SLICE]
