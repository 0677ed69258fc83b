"""The index's rows in the archive: which articles wait, which passages exist, which terms they hold."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index import terms
from index.archive.engine import explained, writing
from index.archive.store import Archive, bump
from index.archive.tables import article, counter, passage, posting
from index.article import ArticleId, Passage

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class PassageTable:
    """Every passage of the archive, by its row number; arrays have one element a row (gaps have length 0).

    `knowable` and `superseded` are epoch seconds, NEVER where there is none."""

    generation: int
    article_ids: NDArray[np.object_]
    origins: NDArray[np.object_]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    lengths: NDArray[np.int32]  # terms
    knowable: NDArray[np.int64]
    superseded: NDArray[np.int64]
    row_of: dict[str, int]  # passage id -> row

    def visible(self, *, as_of: datetime | None, since: datetime | None) -> NDArray[np.bool_]:
        """The rows a question may see. Without an as-of: every current version, undated ones too."""
        exists = self.ends > 0
        if as_of is None:
            exists &= self.superseded == NEVER
        else:
            at = epoch(as_of)
            exists &= (self.knowable <= at) & (self.superseded > at)
        if since is not None:
            exists &= self.knowable >= epoch(since)
        return exists


def epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def epoch_or_never(instant: datetime | None) -> int:
    """Epoch seconds, rounded up: nothing is knowable before its instant."""
    return NEVER if instant is None else math.ceil(instant.timestamp())


def pending(archive: Archive, identity: str, *, limit: int) -> list[ArticleId]:
    """Articles whose passages this index does not hold yet, oldest arrivals first."""
    query = sa.select(article.c.id).where(_waits(identity)).order_by(article.c.first_seen, article.c.id)
    with explained(archive.engine), archive.engine.connect() as connection:
        return list(connection.scalars(query.limit(limit)))


def count_pending(archive: Archive, identity: str) -> int:
    query = sa.select(sa.func.count()).select_from(article).where(_waits(identity))
    with explained(archive.engine), archive.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def identities(archive: Archive) -> set[str]:
    """The index identities that articles are marked with."""
    query = sa.select(article.c.indexed_as).where(article.c.indexed_as.is_not(None)).distinct()
    with explained(archive.engine), archive.engine.connect() as connection:
        return set(connection.scalars(query))


def _waits(identity: str) -> sa.ColumnElement[bool]:
    return sa.or_(article.c.indexed_as.is_(None), article.c.indexed_as != identity)


def record(archive: Archive, ids: Sequence[ArticleId], passages: Sequence[Passage], identity: str) -> None:
    """Write passages and their terms, and mark the articles as indexed, in one transaction.

    Articles that another process recorded meanwhile are left as they are."""
    held = {p.id: terms.counted(p.text) for p in passages}
    with writing(archive.engine) as connection:
        waiting = set(connection.scalars(sa.select(article.c.id).where(article.c.id.in_(ids), _waits(identity))))
        fresh = [p for p in passages if p.article_id in waiting]
        first = int(connection.scalar(sa.select(sa.func.max(passage.c.row))) or 0) + 1
        if fresh:
            connection.execute(
                sa.insert(passage),
                [
                    {
                        "row": first + n,
                        "article_id": p.article_id,
                        "start": p.start,
                        "end": p.end,
                        "terms": held[p.id].total(),
                    }
                    for n, p in enumerate(fresh)
                ],
            )
            connection.execute(sa.insert(posting), _postings((held[p.id] for p in fresh), first))
        connection.execute(sa.update(article).where(article.c.id.in_(waiting)).values(indexed_as=identity))
        bump(connection)


def _postings(counts: Iterable[dict[str, int]], first: int) -> list[dict[str, object]]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    frequencies: defaultdict[str, list[int]] = defaultdict(list)
    for n, count in enumerate(counts):
        for term, times in count.items():
            rows[term].append(first + n)
            frequencies[term].append(times)
    return [{"term": term, "first_row": first, "packed": terms.packed(rows[term], frequencies[term])} for term in rows]


def forget(archive: Archive) -> None:
    """Drop all passages and terms; every article waits again."""
    with writing(archive.engine) as connection:
        connection.execute(sa.delete(posting))
        connection.execute(sa.delete(passage))
        connection.execute(sa.update(article).values(indexed_as=None))
        bump(connection)


def generation(archive: Archive) -> int:
    with explained(archive.engine), archive.engine.connect() as connection:
        return int(connection.scalar(sa.select(counter.c.value).where(counter.c.name == "generation")) or 0)


def passage_ids(archive: Archive) -> set[str]:
    """The ids of all passages the archive says it indexed."""
    query = sa.select(passage.c.article_id, passage.c.start, passage.c.end)
    with explained(archive.engine), archive.engine.connect() as connection:
        return {f"{a}:{start}-{end}" for a, start, end in connection.execute(query)}


def load(archive: Archive) -> PassageTable:
    """All passages with what decides whether a question may see them."""
    at = generation(archive)
    columns = (passage.c.row, passage.c.start, passage.c.end, passage.c.terms, passage.c.article_id)
    clocks = (article.c.knowable_from, article.c.superseded_from, article.c.origin_id)
    with explained(archive.engine), archive.engine.connect() as connection:
        by_article = {row.id: row for row in connection.execute(sa.select(article.c.id, *clocks))}
        rows = connection.execute(sa.select(*columns)).all()
    size = max((row.row for row in rows), default=0) + 1
    knowable_of = {i: epoch_or_never(r.knowable_from) for i, r in by_article.items()}
    superseded_of = {i: epoch_or_never(r.superseded_from) for i, r in by_article.items()}
    table = PassageTable(
        generation=at,
        article_ids=np.full(size, "", object),
        origins=np.full(size, "", object),
        starts=np.zeros(size, np.int32),
        ends=np.zeros(size, np.int32),
        lengths=np.zeros(size, np.int32),
        knowable=np.full(size, NEVER, np.int64),
        superseded=np.zeros(size, np.int64),
        row_of={},
    )
    for number, start, end, length, owner in rows:
        table.article_ids[number] = owner
        table.origins[number] = by_article[owner].origin_id
        table.starts[number], table.ends[number], table.lengths[number] = start, end, length
        table.knowable[number], table.superseded[number] = knowable_of[owner], superseded_of[owner]
        table.row_of[f"{owner}:{start}-{end}"] = number
    return table


def postings(archive: Archive, wanted: Iterable[str], *, below: int) -> dict[str, terms.Postings]:
    """The postings of each term that occurs anywhere, in rows under `below`: what another process has added since the
    table was loaded is not looked at yet."""
    blobs: defaultdict[str, list[bytes]] = defaultdict(list)
    query = sa.select(posting.c.term, posting.c.packed).where(posting.c.term.in_(sorted(set(wanted))))
    with explained(archive.engine), archive.engine.connect() as connection:
        for term, packed in connection.execute(query.order_by(posting.c.term, posting.c.first_row)):
            blobs[term].append(packed)
    return {term: terms.unpacked(found).below(below) for term, found in blobs.items()}
