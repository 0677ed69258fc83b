"""What happened when: entries merged across articles and origins, by the day of the event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from briefing.ledger.book import Entry, Ledger
from index.terms import terms

SAME = 0.5  # share of the terms of the shorter of two sentences of one day that tell the same


@dataclass(frozen=True, slots=True)
class Event:
    """One event: the day it took place, from when it could be known, the entry that tells it first, who else does."""

    day: date
    knowable: datetime
    entry: Entry
    entries: tuple[Entry, ...]

    @property
    def origins(self) -> int:
        return len({e.article.origin_id for e in self.entries})


def timeline(ledger: Ledger, *, since: date | None = None) -> list[Event]:
    """The oldest first. Of one day, sentences that share most of their words are one event."""
    groups: list[tuple[date, set[str], list[Entry]]] = []
    for entry in _told(ledger.entries):
        if since is not None and entry.day < since:
            continue
        held = set(terms(entry.statement.text))
        for day, words, entries in groups:
            if day == entry.day and len(words & held) >= SAME * max(1, min(len(words), len(held))):
                entries.append(entry)
                break
        else:
            groups.append((entry.day, held, [entry]))
    events = [
        Event(day, min(e.knowable for e in some), min(some, key=lambda e: e.knowable), tuple(some)) for day, _, some in groups
    ]
    return sorted(events, key=lambda e: (e.day, e.knowable, e.entry.statement.start))


def _told(entries: Iterable[Entry]) -> list[Entry]:
    """Entries that tell an event: a stance taken, or a state of the talks on a day that the words give."""
    return [e for e in entries if e.statement.stance is not None or e.statement.said.event_date is not None]
