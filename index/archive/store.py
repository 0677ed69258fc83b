"""Articles in and out of the archive. A call that returns has committed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from index import origins
from index.archive import engine as opening
from index.archive.relations import related
from index.archive.tables import article, counter, fingerprint, original
from index.article import Article, ArticleId, article_id, text_key
from index.calendar.instants import END_OF_DAY, Stamp
from index.errors import Misuse
from index.language import detect
from index.rewritten import Rewritten, rewritten
from index.urls import canonical

Clock = Literal["import", "published", "live"]
CarriersOf = dict[str, list[tuple[Article, str | None]]]  # origin -> its articles, oldest first, and why each is there
OutcomeKind = Literal["new", "version", "unchanged"]
_INNER = {"text", "text_key", "marks", "indexed_as", "embedded_as", "address", "original", "credited"}
_LISTED = [column for column in article.c if column.name not in _INNER]
SYNDICATED = "says that it carries a syndicated text, and not whose"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """What a reader of some source found; not yet in the archive."""

    outlet: str
    text: str
    title: str | None = None
    url: str | None = None
    external_id: str | None = None
    published: Stamp | None = None
    updated: Stamp | None = None
    notes: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    published_how: str | None = None
    page_starts: tuple[int, ...] = ()
    original: bytes | None = field(default=None, repr=False)  # what it was read from, to be kept beside it

    @property
    def address(self) -> str | None:
        """What versions of one item share; None where nothing tells them apart from any other text."""
        if self.url:
            return f"{canonical(self.url)} {origins.family(self.outlet)}"
        return f"{self.outlet}#{self.external_id}" if self.external_id else None

    @property
    def id(self) -> ArticleId:
        return article_id(self.outlet, self.address or "", self.text)

    def knowable_from(self, clock: Clock, first_seen: datetime) -> datetime | None:
        """When this text could first be read, by the clock in use; None for an undated one."""
        if self.published is None:
            return None
        told = [self.published.knowable]
        if clock != "published" and self.updated is not None:
            told.append(self.updated.knowable)
        if clock == "live":
            told.append(first_seen)
        return max(told)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one article: new, a version of one we had, or known already."""

    id: ArticleId
    kind: OutcomeKind
    carrier: bool


class Archive:
    """The archive in one data folder."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Open or create the SQLite file. Raises Unusable, NewerSchema, Damaged."""
        engine = opening.sqlite_engine(path)
        opening.migrate(engine, opening.ARCHIVE)
        return cls(engine)

    def close(self) -> None:
        self.engine.dispose()

    # ---- in

    def add(self, batch: Sequence[NewArticle], *, now: datetime, clock: Clock = "import") -> list[Added]:
        """Archive a batch in one transaction; one outcome each, in order. The same batch again: all unchanged."""
        ids = [new.id for new in batch]
        with opening.explained(self.engine), self.engine.connect() as connection:
            before = _known(connection, ids)
        ready = {i: _prepared(new) for new, i in zip(batch, ids, strict=True) if i not in before}  # nothing is read below
        with opening.writing(self.engine) as connection:
            known = _known(connection, ids)
            outcomes = []
            for new, own_id in zip(batch, ids, strict=True):
                if own_id in known:
                    dated = _dated_at_last(connection, new, own_id, now=now, clock=clock)
                    outcomes.append(Added(own_id, "version" if dated else "unchanged", carrier=False))
                    continue
                known.add(own_id)
                prepared = ready.get(own_id) or _prepared(new)  # deleted by another since we looked
                outcomes.append(_insert(connection, prepared, own_id, now=now, clock=clock))
            if any(outcome.kind != "unchanged" for outcome in outcomes):
                bump(connection)
        return outcomes

    def delete(self, article_id: ArticleId) -> None:
        """Take an article out, with its passages, fingerprints and original bytes; versions close the gap, and of a group
        of carriers the others stay together."""
        with opening.writing(self.engine) as connection:
            address = connection.scalar(sa.select(article.c.address).where(article.c.id == article_id))
            connection.execute(sa.delete(article).where(article.c.id == article_id))
            kept = sa.select(article.c.original).where(article.c.original.is_not(None))
            connection.execute(sa.delete(original).where(original.c.sha256.not_in(kept)))
            if address is not None:
                _chain_versions(connection, address)
            bump(connection)

    # ---- out

    def get(self, ref: str) -> Article:
        """The article with this id, or with this external id (its newest version). Raises Misuse."""
        query = sa.select(*_LISTED, article.c.text)
        with opening.explained(self.engine), self.engine.connect() as connection:
            row = connection.execute(query.where(article.c.id == ref)).first()
            if row is None:
                by_external = query.where(article.c.external_id == ref)
                row = connection.execute(by_external.order_by(article.c.superseded_from.is_not(None))).first()
        if row is None:
            raise Misuse(f"no article has the id {ref!r}")
        return _article(row)

    def at_address(self, address: str) -> Article | None:
        """The newest version of the article at this canonical address, whatever its outlet is called."""
        query = sa.select(*_LISTED, article.c.text).where(article.c.address.startswith(f"{address} ", autoescape=True))
        newest = query.order_by(article.c.superseded_from.is_not(None), article.c.first_seen.desc())
        with opening.explained(self.engine), self.engine.connect() as connection:
            row = connection.execute(newest).first()
        return None if row is None else _article(row)

    def original(self, article_id: ArticleId) -> bytes | None:
        """The bytes an article was read from, where they were kept."""
        query = sa.select(original.c.packed).join(article, article.c.original == original.c.sha256)
        with opening.explained(self.engine), self.engine.connect() as connection:
            packed = connection.scalar(query.where(article.c.id == article_id))
        return None if packed is None else zlib.decompress(packed)

    def many(self, ids: Iterable[ArticleId]) -> dict[ArticleId, Article]:
        """The articles of these ids; unknown ones are left out."""
        wanted, found = list(dict.fromkeys(ids)), {}
        with opening.explained(self.engine), self.engine.connect() as connection:
            for some in _slices(wanted, 500):
                query = sa.select(*_LISTED, article.c.text).where(article.c.id.in_(some))
                found.update({row.id: _article(row) for row in connection.execute(query)})
        return found

    def listed(self, *, as_of: datetime | None = None) -> list[Article]:
        """Every article, newest first, with an empty text; under an as-of only what was knowable and current."""
        query = sa.select(*_LISTED, sa.literal("").label("text"))
        if as_of is not None:
            query = query.where(_current(as_of))
        query = query.order_by(article.c.published.desc().nulls_last(), article.c.id)
        with opening.explained(self.engine), self.engine.connect() as connection:
            return [_article(row) for row in connection.execute(query)]

    def carriers(self, wanted: Iterable[str], *, as_of: datetime | None = None) -> CarriersOf:
        """The articles of each origin, oldest first, each with why it counts as a carrier (None for the first)."""
        query = sa.select(*_LISTED, sa.literal("").label("text"))
        if as_of is not None:
            query = query.where(_current(as_of))
        query = query.order_by(article.c.knowable_from, article.c.first_seen, article.c.id)
        found: CarriersOf = {origin: [] for origin in wanted}
        with opening.explained(self.engine), self.engine.connect() as connection:
            for some in _slices(list(found), 500):
                for row in connection.execute(query.where(article.c.origin_id.in_(some))):
                    found[row.origin_id].append((_article(row), row.origin_reason))
        return found

    def same_page(self, one: ArticleId, other: ArticleId) -> bool:
        """Whether two articles are versions of one page."""
        query = sa.select(article.c.address).where(article.c.id.in_([one, other]))
        with opening.explained(self.engine), self.engine.connect() as connection:
            addresses = list(connection.scalars(query))
        return len(addresses) == 2 and addresses[0] is not None and addresses[0] == addresses[1]

    def has_address(self, address: str) -> bool:
        """Whether any article has this canonical address, whatever its outlet is called."""
        return self._count(article.c.address.startswith(f"{address} ", autoescape=True)) > 0

    def undated(self) -> int:
        """How many articles have no date."""
        return self._count(article.c.knowable_from.is_(None))

    def count(self) -> int:
        return self._count(sa.true())

    def _count(self, condition: sa.ColumnElement[bool]) -> int:
        with opening.explained(self.engine), self.engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(article).where(condition)) or 0)


def bump(connection: sa.Connection) -> None:
    """Say that something changed, so that readers in other processes reload what they keep."""
    changed = connection.execute(sa.update(counter).where(counter.c.name == "generation").values(value=counter.c.value + 1))
    if not changed.rowcount:
        connection.execute(sa.insert(counter).values(name="generation", value=1))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All that is found by reading an article's text, before anything is written."""

    new: NewArticle
    described: origins.Described
    marks: list[int]
    key: str
    rewriting: Rewritten | None
    language: str | None


def _prepared(new: NewArticle) -> _Prepared:
    described = _described(new)
    return _Prepared(
        new,
        described,
        sorted(origins.fingerprint(new.text)),
        text_key(new.text),
        rewritten(new.text, new.title, described.day),
        new.language or detect(new.text),
    )


def _insert(connection: sa.Connection, ready: _Prepared, own_id: ArticleId, *, now: datetime, clock: Clock) -> Added:
    new, described, marks, key, rewriting = ready.new, ready.described, ready.marks, ready.key, ready.rewriting
    address = new.address
    if address is not None and (same := _same_words(connection, address, key)) is not None:
        return Added(same, "unchanged", carrier=False)  # only spaces, quote marks or the like differ
    found, other = related(connection, described, marks)
    if found is not None and found.kind == "version" and other.address != address:
        address = _one_address(connection, other, address)
    origin = other.origin_id if found is not None else origins.origin_id(own_id)
    reason = other.origin_reason if found is not None and found.kind == "version" else found and found.reason
    connection.execute(
        sa.insert(article).values(
            id=own_id,
            outlet=new.outlet,
            title=new.title,
            url=new.url,
            address=address,
            external_id=new.external_id,
            published=new.published and new.published.instant,
            published_is_day=bool(new.published and new.published.is_day),
            published_offset=new.published and new.published.offset,
            updated=new.updated and new.updated.instant,
            first_seen=now,
            arrival=_next_arrival(connection),
            knowable_from=_knowable(new, clock, now, rewriting),
            origin_id=origin,
            origin_reason=reason,
            credited=described.credited,
            text=new.text,
            text_key=key,
            marks=len(marks),
            notes=[*new.notes, *_origin_notes(new, described), *_rewriting_notes(rewriting)],
            authors=list(new.authors),
            language=ready.language,
            published_how=new.published_how,
            page_starts=list(new.page_starts),
            original=_keep(connection, new.original),
        )
    )
    if marks:
        connection.execute(sa.insert(fingerprint), [{"hash": m, "article_id": own_id} for m in marks])
    is_version = address is not None and _chain_versions(connection, address)
    return Added(own_id, "version" if is_version else "new", carrier=reason is not None and not is_version)


def _next_arrival(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.select(sa.func.max(article.c.arrival))) or 0) + 1


def _knowable(new: NewArticle, clock: Clock, now: datetime, rewriting: Rewritten | None) -> datetime | None:
    """By the clock in use; a page rewritten under its first date, not before the end of the latest day it tells of."""
    knowable = new.knowable_from(clock, now)
    if knowable is None or rewriting is None:
        return knowable
    return max(knowable, datetime.combine(rewriting.until, time(), UTC) + END_OF_DAY)


def _rewriting_notes(rewriting: Rewritten | None) -> list[str]:
    return [f"rewritten under its first date: {rewriting.reason}"] if rewriting else []


def _described(new: NewArticle) -> origins.Described:
    stamp = new.published
    return origins.Described(
        outlet=new.outlet,
        address=new.address,
        title=new.title,
        day=stamp.local_day if stamp else None,
        stamp=stamp.instant if stamp and not stamp.is_day else None,
        text=new.text,
        credited=origins.credit(new.text)[0],
    )


def _origin_notes(new: NewArticle, described: origins.Described) -> list[str]:
    if described.credited and origins.family(described.credited) != origins.family(new.outlet):
        return [f"credits {described.credited}"]
    return [SYNDICATED] if origins.credit(new.text)[1] and not described.credited else []


def _same_words(connection: sa.Connection, address: str, key: str) -> ArticleId | None:
    """The version at this address that has the very same words."""
    query = sa.select(article.c.id).where(article.c.address == address, article.c.text_key == key)
    return connection.scalar(query.limit(1))


def _one_address(connection: sa.Connection, other: Any, address: str | None) -> str:
    """Versions share one address: the other's, or where it has none this one's, or a name of their own."""
    if other.address is not None:
        return str(other.address)
    shared = address or f"#{other.id}"
    connection.execute(sa.update(article).where(article.c.id == other.id).values(address=shared))
    return shared


def _dated_at_last(connection: sa.Connection, new: NewArticle, own_id: ArticleId, *, now: datetime, clock: Clock) -> bool:
    """A text that was archived without a date and comes again with one gets it, and is indexed anew."""
    if new.published is None:
        return False
    undated = sa.and_(article.c.id == own_id, article.c.published.is_(None))
    stored = connection.execute(sa.select(article.c.notes).where(undated)).first()
    if stored is None:
        return False
    connection.execute(
        sa.update(article)
        .where(undated)
        .values(
            published=new.published.instant,
            published_is_day=new.published.is_day,
            published_offset=new.published.offset,
            published_how=new.published_how,
            knowable_from=new.knowable_from(clock, now),
            notes=[note for note in stored.notes if not note.startswith("no date of publication")],
            embedded_as=None,
        )
    )
    if new.address is not None:
        _chain_versions(connection, new.address)
    return True


def _keep(connection: sa.Connection, content: bytes | None) -> str | None:
    """Keep original bytes once; their sha256."""
    if content is None:
        return None
    digest = hashlib.sha256(content).hexdigest()
    if connection.scalar(sa.select(original.c.sha256).where(original.c.sha256 == digest)) is None:
        connection.execute(sa.insert(original).values(sha256=digest, packed=zlib.compress(content)))
    return digest


def _known(connection: sa.Connection, ids: list[ArticleId]) -> set[ArticleId]:
    return set(connection.scalars(sa.select(article.c.id).where(article.c.id.in_(ids))))


def _chain_versions(connection: sa.Connection, address: str) -> bool:
    """Link the versions at one address in the order in which they could be read; True where there is more than one.
    Undated ones come first and give way to the first that has a date."""
    rows = connection.execute(
        sa.select(article.c.id, article.c.knowable_from, article.c.version_of, article.c.superseded_from)
        .where(article.c.address == address)
        .order_by(article.c.knowable_from.nulls_first(), article.c.arrival)
    ).all()
    for at, row in enumerate(rows):
        following = next((r.knowable_from for r in rows[at + 1 :] if r.knowable_from is not None), None)
        before = rows[at - 1].id if at else None
        if (row.version_of, row.superseded_from) != (before, following):
            values = {"version_of": before, "superseded_from": following}
            connection.execute(sa.update(article).where(article.c.id == row.id).values(**values))
    return len(rows) > 1


def _current(as_of: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        article.c.knowable_from <= as_of,
        sa.or_(article.c.superseded_from.is_(None), article.c.superseded_from > as_of),
    )


def _article(row: Any) -> Article:
    return Article(
        id=row.id,
        outlet=row.outlet,
        text=row.text,
        title=row.title,
        url=row.url,
        external_id=row.external_id,
        published=row.published,
        published_is_day=row.published_is_day,
        published_offset=row.published_offset,
        updated=row.updated,
        first_seen=row.first_seen,
        knowable_from=row.knowable_from,
        superseded_from=row.superseded_from,
        version_of=row.version_of,
        origin_id=row.origin_id,
        notes=tuple(row.notes),
        authors=tuple(row.authors),
        language=row.language,
        published_how=row.published_how,
        page_starts=tuple(row.page_starts),
    )


def _slices(items: list[str], size: int) -> Iterator[list[str]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]
