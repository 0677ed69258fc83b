"""Pairs of statements that cannot both hold, or one government in two voices. Never with a winner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from briefing.ledger.book import AGAINST, FOR, Entry, Ledger
from index.terms import terms

ContradictionType = Literal[
    "denial-of-report", "two-voices", "two-governments", "simultaneous", "superseded", "numeric", "timing"
]
WINDOW = timedelta(days=2)  # between two statements that stand against each other
REPORT_WINDOW = timedelta(days=4)  # between a report and its denial
SHARED = 0.35  # of the terms of the shorter of two sentences that count the same thing
_FIGURE = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(?![\w%]|[.:]\d|-(?:day|week|month|hour|year))\s+(?P<of>(?:[a-z]+ ){0,2}?(?:people|civilians|soldiers|fighters|villagers|residents|children|prisoners|hostages|homes|houses|strikes|shells|rockets|trucks|dead|killed|wounded|families|workers|detainees|captives))")
_DENIES = re.compile(r"\b(?:den(?:y|ies|ied)|not true|false|untrue|no truth|incorrect|never|did not|rejected)\b", re.IGNORECASE)
_STARTS = re.compile(r"\b(?:begin|began|start\w*|take effect|took effect|came into force|end\w*|expire\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two entries against each other; `first` is the older."""

    type: ContradictionType
    first: Entry
    second: Entry

    @property
    def key(self) -> tuple[str, ...]:
        return (self.type, *sorted((self.first.who, self.second.who)))


def contradictions(ledger: Ledger) -> list[Contradiction]:
    """The newest pair of each type and two voices, the newest first; origins that only carry one another never stand
    against each other."""
    found: dict[tuple[str, ...], Contradiction] = {}
    for pair in _pairs(ledger):
        if pair.first.article.origin_id != pair.second.article.origin_id or pair.first.article.id == pair.second.article.id:
            found[pair.key] = pair  # a later one replaces it
    return sorted(found.values(), key=lambda c: c.second.order, reverse=True)


def _pairs(ledger: Ledger) -> Iterator[Contradiction]:
    stances = [e for e in ledger.entries if e.statement.stance is not None]
    for n, later in enumerate(stances):
        for earlier in stances[:n]:
            if later.day - earlier.day <= REPORT_WINDOW or earlier.who == later.who:
                kind = _kind(earlier, later)
                if kind is not None:
                    yield Contradiction(kind, earlier, later)
    yield from _numeric(ledger)


def _whose(entry: Entry) -> str | None:
    return entry.statement.stance_of or entry.party


def _kind(earlier: Entry, later: Entry) -> ContradictionType | None:
    """Of two statements in the order of their days."""
    close = later.day - earlier.day <= WINDOW
    relayed = [e for e in (earlier, later) if e.statement.stance_of not in {None, e.party}]
    if later.statement.stance == "denies-report" and later.party is not None:
        told_of = _whose(earlier) == later.party or earlier.party is None or earlier.statement.speaker is None
        asserted = earlier.statement.stance in FOR | {"conditions", "reverses"} and earlier.who != later.who
        return "denial-of-report" if told_of and asserted and earlier in relayed + [e for e in (earlier,) if e.party is None] else None
    if not _opposed(earlier, later):
        return None
    if len(relayed) == 1 and _whose(earlier) == _whose(later) and earlier.party != later.party and close:
        return "two-governments"
    if relayed or earlier.party is None or earlier.party != later.party:
        return None
    if earlier.who.casefold() == later.who.casefold():
        return "superseded" if later.day > earlier.day or later.knowable > earlier.knowable else "simultaneous"
    if not close:
        return None
    deeds = "acts-against" in {earlier.statement.stance, later.statement.stance}
    return "simultaneous" if deeds and later.day == earlier.day else "two-voices"


def _opposed(one: Entry, other: Entry) -> bool:
    both = one.statement.stance, other.statement.stance
    return (both[0] in FOR and both[1] in AGAINST) or (both[0] in AGAINST and both[1] in FOR) or "reverses" in both


def _numeric(ledger: Ledger) -> Iterator[Contradiction]:
    """Two who count the same thing differently within the window."""
    counted = [(e, m) for e in ledger.entries for m in _FIGURE.finditer(e.statement.text)]
    for n, (later, match) in enumerate(counted):
        for earlier, other in counted[:n]:
            if later.day - earlier.day > WINDOW or earlier.who == later.who or match["of"].split()[-1] != other["of"].split()[-1]:
                continue
            if match.group(1) != other.group(1) and _alike(earlier.statement.text, later.statement.text):
                yield Contradiction("numeric", earlier, later)


def _alike(one: str, other: str) -> bool:
    a, b = set(terms(one)), set(terms(other))
    return len(a & b) >= SHARED * min(len(a), len(b))
