"""Figures as ranges, by who counts: nobody's number is the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from briefing.ledger.book import Counted, Ledger

WINDOW = timedelta(days=2)  # between two counts of one thing
SHARED = 0.35  # of the terms of the shorter of two sentences that count the same thing


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that is counted, from the least to the most that anybody says; the newest count of each who counts."""

    of: str
    day: date
    counts: tuple[Counted, ...]

    @property
    def least(self) -> int:
        return min(c.number for c in self.counts)

    @property
    def most(self) -> int:
        return max(c.number for c in self.counts)


def figures(ledger: Ledger) -> list[Figure]:
    """What the entries count, the newest first; counts of one thing by several stand together."""
    groups: list[list[Counted]] = []
    for count in ledger.counts:
        near = next((g for g in groups if same(g[-1], count)), None)
        groups.append([count]) if near is None else near.append(count)
    return sorted((_figure(group) for group in groups), key=lambda f: (-f.day.toordinal(), f.of))


def _figure(group: Sequence[Counted]) -> Figure:
    newest: defaultdict[str, list[Counted]] = defaultdict(list)
    for count in group:
        newest[count.entry.who or count.entry.article.outlet].append(count)
    kept = tuple(some[-1] for some in newest.values())
    return Figure(group[0].of, max(c.entry.day for c in group), kept)


def same(one: Counted, other: Counted) -> bool:
    """Whether two count the same thing: like words, within the window."""
    if one.of != other.of or abs(other.entry.day - one.entry.day) > WINDOW:
        return False
    return len(one.terms & other.terms) >= SHARED * max(1, min(len(one.terms), len(other.terms)))
