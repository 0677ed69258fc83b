"""Which archived article a new one belongs to: the few worth comparing, and the closest of them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from index import origins
from index.archive.tables import article, fingerprint
from index.calendar.instants import local_day

MOST_MARKS = 20_000  # of one article, looked up at once
NEAREST = 8  # articles with the largest share of word runs in common that are compared
LEAST_SHARE = 0.15  # of the shorter one's sampled runs


def related(connection: sa.Connection, new: origins.Described, marks: list[int]) -> tuple[origins.Relation | None, Any]:
    """What the article is to one that is archived already, and that one's row: a version before a carrier, the larger
    share before the smaller."""
    best: tuple[origins.Relation | None, Any] = (None, None)
    for other in _near(connection, new, marks):
        found = origins.relation(new, _described_row(other))
        if found is None:
            continue
        if best[0] is None or (found.kind == "version", found.score) > (best[0].kind == "version", best[0].score):
            best = (found, other)
    return best


def _near(connection: sa.Connection, new: origins.Described, marks: list[int]) -> list[Any]:
    """The articles worth comparing: at the same address, put out at the same instant, or sharing runs of words."""
    shared = sa.func.count().label("shared")
    close = (
        sa.select(fingerprint.c.article_id, shared)
        .where(fingerprint.c.hash.in_(marks[:MOST_MARKS]))
        .group_by(fingerprint.c.article_id)
        .having(shared >= origins.LEAST_SHARED)
        .subquery()
    )
    share = close.c.shared * 1.0 / sa.case((article.c.marks < len(marks), article.c.marks), else_=len(marks))
    by_words = sa.select(article).join(close, close.c.article_id == article.c.id).where(share >= LEAST_SHARE)
    nearest = by_words.order_by(share.desc(), article.c.id).limit(NEAREST)
    found = list(connection.execute(nearest)) if marks else []
    if marks and new.day is not None:  # old forms filled in anew crowd out today's second form of one document
        start = datetime.combine(new.day, time(), UTC) - timedelta(days=1)
        same_days = sa.and_(article.c.outlet == new.outlet, article.c.published.between(start, start + timedelta(days=3)))
        found += list(connection.execute(nearest.where(same_days)))
    exact = [article.c.address == new.address] if new.address is not None else []
    if new.stamp is not None:
        exact.append(sa.and_(article.c.published == new.stamp, article.c.outlet == new.outlet))
    if exact:
        found += list(connection.execute(sa.select(article).where(sa.or_(*exact)).limit(NEAREST)))
    return found


def _described_row(row: Any) -> origins.Described:
    return origins.Described(
        outlet=row.outlet,
        address=row.address,
        title=row.title,
        day=row.published and local_day(row.published, row.published_offset),
        stamp=None if row.published_is_day else row.published,
        text=row.text,
        credited=row.credited,
    )
