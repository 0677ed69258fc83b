"""What moved between two instants: typed changes of positions, each with the statement that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Literal

from briefing.claims import Stance
from briefing.ledger.book import Entry, Ledger, Position, withdrawn
from briefing.ledger.contradictions import one_matter

ChangeType = Literal["new", "changed", "withdrawn", "expired", "reconfirmed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One speaker's position at the later instant against the earlier one."""

    type: ChangeType
    party: str
    who: str
    office: str | None
    old: Stance | None
    new: Stance | None
    entry: Entry  # what makes it: the first statement of the new stance, or of its repetition


def changes(ledger: Ledger, since: datetime) -> list[Change]:
    """Of every position that a statement knowable only after `since` bears on, what became of it. A position counts as
    reconfirmed where another origin has it again; repeated by a carrier of the same it does not."""
    earlier = ledger.at(since)
    before = {(p.party, ledger.voice(p.entry)): p for p in earlier.positions}
    now = {(p.party, ledger.voice(p.entry)): p for p in ledger.positions}
    found = []
    for position in ledger.positions:
        key = position.party, ledger.voice(position.entry)
        own = [e for e in ledger.own if (e.party, ledger.voice(e)) == key]
        fresh = [e for e in own if e.knowable > since]
        if fresh:
            change = _change(ledger, since, before.get(key), position, own, fresh)
            if change is not None:
                found.append(change)
    return found + [_gone(ledger, p) for key, p in before.items() if key not in now]


def _gone(ledger: Ledger, old: Position) -> Change:
    """A position that was there and is not: taken back, or past its deadline."""
    own = [e for e in ledger.own if (e.party, ledger.voice(e)) == (old.party, ledger.voice(old.entry))]
    kind: ChangeType = "withdrawn" if withdrawn(own[-1]) else "expired"
    return Change(kind, old.party, old.who, old.office, old.stance, None, own[-1])


def _told_again(entry: Entry, since: datetime) -> bool:
    """Whether it only tells what was said before: that confirms nothing."""
    said = entry.statement.said.said_on
    return said is not None and datetime.combine(said, time(23, 59), UTC) <= since


def _change(
    ledger: Ledger, since: datetime, old: Position | None, new: Position, own: list[Entry], fresh: list[Entry]
) -> Change | None:
    def made(kind: ChangeType, entry: Entry) -> Change:
        return Change(kind, new.party, new.who, new.office, old.stance if old else None, new.stance, entry)

    first = next((e for e in fresh if e.statement.stance == new.stance), fresh[-1])
    if old is None and len(fresh) == len(own):
        return made("new", first)
    if old is None or not (old.stance == new.stance or ledger.same(old.entry, new.entry)):
        if old is not None and not one_matter(ledger, old.entry, first):
            return None  # two stances on two questions are no turn
        return made("changed", first)
    known = {e.article.origin_id for e in own if e not in fresh}
    again = next(
        (
            e
            for e in fresh
            if (e.statement.stance == new.stance or ledger.same(old.entry, e))
            and e.article.origin_id not in known
            and not _told_again(e, since)
        ),
        None,
    )
    return made("reconfirmed", again) if again is not None else None
