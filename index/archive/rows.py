"""The index's rows in the archive: which articles wait, which passages exist, which terms they hold."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index import terms
from index.archive.engine import explained, writing
from index.archive.store import Archive, bump
from index.archive.tables import article, counter, passage, posting, recent_posting
from index.article import ArticleId, Passage, PassageId
from index.passages import SPLITTER, stands_for

NEVER = np.iinfo(np.int64).max
TERMS = f"{SPLITTER}+{terms.RULES}"  # how passages and terms are made
_REBUILDING = "rebuilding"  # a counter that is there while a rebuild is under way
MERGE_ROWS = 4_096  # passages whose postings are kept by batch before they are merged by term


@dataclass(frozen=True)
class PassageTable:
    """Every passage of the archive at a place of its own, in the order of its row number, articles one after another.

    Arrays over passages [P]: `rows`, `starts`, `ends`, `lengths` (terms), `article` (the article's place), `stands` (the
    place of the passage whose vector stands for it). Arrays over articles [A]: `first` (the place of its first passage),
    `ids`, `origin` (a number), `knowable`, `superseded` (epoch seconds, NEVER where there is none), `outlets`,
    `languages`, `oldest_first` (the articles by origin, and of one origin by when they could be read)."""

    generation: int
    rows: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    lengths: NDArray[np.int32]
    article: NDArray[np.int32]
    stands: NDArray[np.int32]
    first: NDArray[np.int32]
    ids: list[ArticleId]
    origins: list[str]
    origin: NDArray[np.int32]
    knowable: NDArray[np.int64]
    superseded: NDArray[np.int64]
    outlets: list[str]
    languages: list[str | None]
    oldest_first: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def article_lengths(self) -> NDArray[np.int32]:
        """Terms of each article [A]."""
        return np.add.reduceat(self.lengths, self.first).astype(np.int32)

    @cached_property
    def place_of(self) -> NDArray[np.int32]:
        """Row number -> place, -1 for a row that is gone."""
        places = np.full(int(self.rows[-1]) + 1 if len(self) else 0, -1, np.int32)
        places[self.rows] = np.arange(len(self), dtype=np.int32)
        return places

    def visible(self, *, as_of: datetime | None, since: datetime | None, until: datetime | None = None) -> NDArray[np.bool_]:
        """The articles [A] a question may see. Without an as-of: every current version, undated ones too."""
        seen: NDArray[np.bool_] = self.superseded == NEVER
        if as_of is not None:
            at = epoch(as_of)
            seen = (self.knowable <= at) & (self.superseded > at)
        if since is not None:
            seen &= self.knowable >= epoch(since)
        if until is not None:
            seen &= self.knowable <= epoch(until)
        return seen

    def standing(self, visible: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Of the visible articles [A] the one that stands for its origin: the first that could be read."""
        ordered = self.oldest_first[visible[self.oldest_first]]
        found = np.zeros(len(visible), bool)
        if len(ordered):
            found[ordered[np.diff(self.origin[ordered], prepend=-1) != 0]] = True
        return found


def epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def epoch_or_never(instant: datetime | None) -> int:
    """Epoch seconds, rounded up: nothing is knowable before its instant."""
    return NEVER if instant is None else math.ceil(instant.timestamp())


# ---- what waits


def unread(archive: Archive, *, limit: int) -> list[ArticleId]:
    """Articles whose passages and terms are not made yet, oldest arrivals first."""
    return _waiting(archive, _stale(article.c.indexed_as, TERMS), limit)


def unembedded(archive: Archive, identity: str, *, limit: int | None = None) -> list[ArticleId]:
    """Articles that are cut into passages and whose vectors this index does not hold yet, oldest arrivals first. One that
    another process has archived and not yet cut has nothing to embed: marked now, its vectors would be missing for good."""
    return _waiting(archive, (article.c.indexed_as == TERMS) & _stale(article.c.embedded_as, identity), limit)


def _waiting(archive: Archive, condition: sa.ColumnElement[bool], limit: int | None) -> list[ArticleId]:
    query = sa.select(article.c.id).where(condition).order_by(article.c.first_seen, article.c.id)
    with explained(archive.engine), archive.engine.connect() as connection:
        return list(connection.scalars(query.limit(limit)))


def count_unembedded(archive: Archive, identity: str) -> int:
    query = sa.select(sa.func.count()).select_from(article).where(_stale(article.c.embedded_as, identity))
    with explained(archive.engine), archive.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def identities(archive: Archive) -> set[str]:
    """The embedding identities that articles are marked with."""
    query = sa.select(article.c.embedded_as).where(article.c.embedded_as.is_not(None)).distinct()
    with explained(archive.engine), archive.engine.connect() as connection:
        return set(connection.scalars(query))


def _stale(column: sa.Column[str | None], current: str) -> sa.ColumnElement[bool]:
    return sa.or_(column.is_(None), column != current)


# ---- in


def record(archive: Archive, passages: Mapping[ArticleId, Sequence[tuple[Passage, str]]]) -> None:
    """Write the passages of articles, each with the text its terms come from, and mark the articles, in one transaction.

    Articles that another process recorded meanwhile are left as they are."""
    counts = {p.id: terms.counted(text) for some in passages.values() for p, text in some}
    with writing(archive.engine) as connection:
        waiting = set(
            connection.scalars(
                sa.select(article.c.id).where(article.c.id.in_(list(passages)), _stale(article.c.indexed_as, TERMS))
            )
        )
        connection.execute(sa.delete(passage).where(passage.c.article_id.in_(waiting)))
        fresh = [p for owner, some in passages.items() if owner in waiting for p, _ in some]
        first = _take_rows(connection, len(fresh))
        if fresh:
            connection.execute(
                sa.insert(passage),
                [
                    {"row": first + n, "article_id": p.article_id, "start": p.start, "end": p.end, "terms": counts[p.id].total()}
                    for n, p in enumerate(fresh)
                ],
            )
            connection.execute(sa.insert(recent_posting), _postings((counts[p.id] for p in fresh), first))
            if first // MERGE_ROWS != (first + len(fresh)) // MERGE_ROWS:
                _merge(connection)
        connection.execute(sa.update(article).where(article.c.id.in_(waiting)).values(indexed_as=TERMS, embedded_as=None))
        bump(connection)


def _take_rows(connection: sa.Connection, count: int) -> int:
    """The first of so many row numbers; a number is never given twice, not even after a deletion."""
    taken = connection.scalar(sa.select(counter.c.value).where(counter.c.name == "rows"))
    if taken is None:
        connection.execute(sa.insert(counter).values(name="rows", value=count))
        return 0
    connection.execute(sa.update(counter).where(counter.c.name == "rows").values(value=taken + count))
    return int(taken)


def _postings(counts: Iterable[Mapping[str, int]], first: int) -> list[dict[str, object]]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    frequencies: defaultdict[str, list[int]] = defaultdict(list)
    for n, count in enumerate(counts):
        for term, times in count.items():
            rows[term].append(first + n)
            frequencies[term].append(times)
    return [{"term": term, "first_row": first, "packed": terms.packed(rows[term], frequencies[term])} for term in rows]


def _merge(connection: sa.Connection) -> None:
    """Postings kept by batch become one blob a term: a search reads few of them, and none is written more than twice."""
    blobs: defaultdict[str, list[bytes]] = defaultdict(list)
    firsts: dict[str, int] = {}
    query = sa.select(recent_posting).order_by(recent_posting.c.term, recent_posting.c.first_row)
    for term, first, packed in connection.execute(query):
        firsts.setdefault(term, first)
        blobs[term].append(packed)
    merged = [(term, terms.unpacked(found)) for term, found in blobs.items()]
    connection.execute(
        sa.insert(posting),
        [
            {"term": term, "first_row": firsts[term], "packed": np.array([p.rows, p.frequencies], np.int32).tobytes()}
            for term, p in merged
        ],
    )
    connection.execute(sa.delete(recent_posting))


def mark_embedded(archive: Archive, ids: Sequence[ArticleId], identity: str) -> None:
    """Say that the index holds the vectors of these articles."""
    with writing(archive.engine) as connection:
        connection.execute(sa.update(article).where(article.c.id.in_(ids)).values(embedded_as=identity))
        bump(connection)


def forget_vectors(archive: Archive, ids: Sequence[ArticleId] | None = None) -> None:
    """These articles (None: all) wait for their vectors again."""
    chosen = sa.true() if ids is None else article.c.id.in_(ids)
    with writing(archive.engine) as connection:
        connection.execute(sa.update(article).where(chosen).values(embedded_as=None))
        bump(connection)


def start_rebuild(archive: Archive) -> None:
    """Drop all passages and terms, so that every article waits again, and note that a rebuild is under way."""
    with writing(archive.engine) as connection:
        connection.execute(sa.delete(counter).where(counter.c.name == _REBUILDING))
        connection.execute(sa.insert(counter).values(name=_REBUILDING, value=1))
        for table in (posting, recent_posting, passage):
            connection.execute(sa.delete(table))
        connection.execute(sa.update(article).values(indexed_as=None, embedded_as=None))
        bump(connection)


def rebuilding(archive: Archive) -> bool:
    """Whether a rebuild was started and has not ended."""
    with explained(archive.engine), archive.engine.connect() as connection:
        return bool(connection.scalar(sa.select(counter.c.value).where(counter.c.name == _REBUILDING)))


def end_rebuild(archive: Archive) -> None:
    """Note that a rebuild has ended, if one was under way."""
    if rebuilding(archive):
        with writing(archive.engine) as connection:
            connection.execute(sa.delete(counter).where(counter.c.name == _REBUILDING))


# ---- out


def generation(archive: Archive) -> int:
    with explained(archive.engine), archive.engine.connect() as connection:
        return int(connection.scalar(sa.select(counter.c.value).where(counter.c.name == "generation")) or 0)


def passage_rows(archive: Archive, ids: Sequence[ArticleId]) -> dict[ArticleId, list[tuple[int, Passage]]]:
    """The row number and bounds of each passage of these articles, in order; the passages' text is left empty."""
    query = sa.select(passage).where(passage.c.article_id.in_(ids)).order_by(passage.c.row)
    found: dict[ArticleId, list[tuple[int, Passage]]] = {i: [] for i in ids}
    with explained(archive.engine), archive.engine.connect() as connection:
        for row in connection.execute(query):
            own = Passage(article_id=row.article_id, start=row.start, end=row.end, text="")
            found[row.article_id].append((row.row, own))
    return found


def embedded_passages(archive: Archive, identity: str) -> set[PassageId]:
    """The ids of all passages whose vectors the index should hold."""
    query = sa.select(passage.c.article_id, passage.c.start, passage.c.end).order_by(passage.c.row)
    query = query.join(article, article.c.id == passage.c.article_id).where(article.c.embedded_as == identity)
    found: set[PassageId] = set()
    with explained(archive.engine), archive.engine.connect() as connection:
        for owner, some in groupby(connection.execute(query), key=lambda row: row[0]):
            bounds = [(start, end) for _, start, end in some]
            own = set(stands_for(np.arange(len(bounds), dtype=np.int32)).tolist())
            found |= {f"{owner}:{bounds[n][0]}-{bounds[n][1]}" for n in own}
    return found


def load(archive: Archive) -> PassageTable:
    """All passages with what decides whether a question may see them."""
    clocks = sa.select(
        article.c.id,
        article.c.knowable_from,
        article.c.superseded_from,
        article.c.origin_id,
        article.c.arrival,
        article.c.outlet,
        article.c.language,
    ).where(article.c.indexed_as == TERMS)
    passages = sa.select(passage.c.row, passage.c.start, passage.c.end, passage.c.terms, passage.c.article_id)
    with explained(archive.engine), archive.engine.begin() as connection:  # one transaction: one state of the archive
        at = int(connection.scalar(sa.select(counter.c.value).where(counter.c.name == "generation")) or 0)
        by_article = {row.id: row for row in connection.execute(clocks)}
        found = connection.execute(passages.order_by(passage.c.row)).all()
    found = [row for row in found if row[4] in by_article]
    numbers = np.array([row[:4] for row in found], np.int32).reshape(-1, 4).T
    owners = [row[4] for row in found]
    starts = [n for n, owner in enumerate(owners) if n == 0 or owner != owners[n - 1]]
    first = np.array(starts, np.int32)
    per_article = np.diff(first, append=len(owners))
    article_of = np.repeat(np.arange(len(first), dtype=np.int32), per_article)
    listed = [by_article[owners[n]] for n in starts]
    origin_names = list(dict.fromkeys(row.origin_id for row in listed))
    origin_numbers = {name: n for n, name in enumerate(origin_names)}
    origin = np.array([origin_numbers[row.origin_id] for row in listed], np.int32)
    knowable = np.array([epoch_or_never(row.knowable_from) for row in listed], np.int64)
    arrival = np.array([row.arrival for row in listed], np.int64)
    position = np.arange(len(owners), dtype=np.int32) - np.repeat(first, per_article)
    return PassageTable(
        generation=at,
        rows=numbers[0],
        starts=numbers[1],
        ends=numbers[2],
        lengths=numbers[3],
        article=article_of,
        stands=np.repeat(first, per_article) + stands_for(position),
        first=first,
        ids=[row.id for row in listed],
        origins=origin_names,
        origin=origin,
        knowable=knowable,
        superseded=np.array([epoch_or_never(row.superseded_from) for row in listed], np.int64),
        outlets=[row.outlet for row in listed],
        languages=[row.language for row in listed],
        oldest_first=np.lexsort((arrival, knowable, origin)).astype(np.int32),
    )


def postings(archive: Archive, wanted: Iterable[str], table: PassageTable) -> dict[str, terms.Postings]:
    """The postings of each term that occurs anywhere, at the table's places: what another process has added since the
    table was loaded is not looked at yet."""
    blobs: defaultdict[str, list[bytes]] = defaultdict(list)
    asked = sorted(set(wanted))
    if not asked:
        return {}
    with explained(archive.engine), archive.engine.begin() as connection:  # one state, even while a merge moves blobs
        for kept in (posting, recent_posting):
            query = sa.select(kept.c.term, kept.c.packed).where(kept.c.term.in_(asked))
            for term, packed in connection.execute(query.order_by(kept.c.term, kept.c.first_row)):
                blobs[term].append(packed)
    return {term: terms.unpacked(found).moved(table.place_of) for term, found in blobs.items()}
