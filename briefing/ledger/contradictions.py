"""Pairs of statements that cannot both hold, or one government in two voices. Never with a winner.

Only what is new makes a pair: a voice that takes another stance than before, set against where the other voices of its
party stand; a denial, set against the report it answers. What is merely repeated makes none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from briefing.claims import Stance
from briefing.ledger.book import AGAINST, FOR, Entry, Ledger, withdrawn
from briefing.ledger.figures import counts, same
from briefing.ledger.starts import Start, starts
from index.terms import terms

ContradictionType = Literal[
    "denial-of-report", "two-voices", "two-governments", "simultaneous", "superseded", "numeric", "timing"
]
WINDOW = timedelta(days=2)  # between two statements that stand against each other
SHARED = 0.2  # of the terms of the shorter of two sentences: a denial and what it may deny


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two entries against each other; `first` is the older."""

    type: ContradictionType
    first: Entry
    second: Entry


def contradictions(ledger: Ledger) -> list[Contradiction]:
    """The newest first. Origins that only carry one another never stand against each other."""
    found = [*_turns(ledger), *_denials(ledger), *_numeric(ledger), *_timing(ledger)]
    return sorted(found, key=lambda c: c.second.order, reverse=True)


# ---- voices of one party, and one voice at two times


def _turns(ledger: Ledger) -> Iterator[Contradiction]:
    """Every turn of a named voice against its own word before, and against what the other voices of its party hold."""
    told: set[tuple[str, Stance | None, date]] = set()  # the same word of the same day, told again later
    stand: defaultdict[str, dict[str, Entry]] = defaultdict(dict)  # party -> voice -> its newest entry
    for entry in ledger.own:
        if entry.party is None:
            continue
        voices, who = stand[entry.party], entry.who.casefold()
        if (who, _stance(entry), entry.day) in told or not _in_office(ledger, entry, entry):
            continue
        told.add((who, _stance(entry), entry.day))
        before = voices.get(who)
        turned = before is None or not ledger.same(before, entry)
        if before is not None and turned and _flat(before, entry):
            yield Contradiction("superseded", before, entry)
        against = [
            held
            for other, held in voices.items()
            if other != who
            and entry.day - held.day <= WINDOW
            and _apart(_stance(held), _stance(entry))
            and _in_office(ledger, held, entry)
        ]
        if turned and against and not withdrawn(entry):
            held = max(against, key=lambda e: e.order)  # who spoke last
            yield Contradiction(_kind(held, entry), held, entry)
        voices[who] = entry


def _in_office(ledger: Ledger, entry: Entry, when: Entry) -> bool:
    """Whether a person whom the topic knows speaks for the party on that day."""
    known = [p for party in ledger.topic.parties for p in party.people if p.name == entry.who]
    return not known or any(p.holds_office(when.day) for p in known)


def _stance(entry: Entry) -> Stance | None:
    return entry.statement.stance


def _kind(one: Entry, other: Entry) -> ContradictionType:
    turns = {_stance(one), _stance(other)} & {"reverses", "acts-against"}
    return "simultaneous" if turns and one.day == other.day else "two-voices"


def _apart(one: Stance | None, other: Stance | None) -> bool:
    """Whether two voices of one party cannot both be its word: for and against, or with a condition and without."""
    held: frozenset[Stance] = FOR | {"reverses"}
    pairs = ((one, other), (other, one))
    return any(
        (a in held | {"conditions"} and b in AGAINST) or (a in {"endorses", "reverses"} and b == "conditions") for a, b in pairs
    )


def _flat(before: Entry, after: Entry) -> bool:
    """Whether a voice has turned round, not only moved on."""
    old, new = _stance(before), "withdrawn" if withdrawn(after) else _stance(after)
    return (
        (old in AGAINST and new in FOR | {"reverses"})
        or (old in {"endorses", "reverses"} and new in AGAINST | {"conditions"})
        or (old == "conditions" and new in {"reverses", "endorses", "withdrawn"})
    )


# ---- denials


def _denials(ledger: Ledger) -> Iterator[Contradiction]:
    """Every denial against the report it fits best, each report once."""
    answered: set[tuple[str, int]] = set()
    for denial in ledger.entries:
        if _stance(denial) != "denies-report" or denial.party is None or denial.statement.narrated:
            continue
        best = max(_reports(ledger.entries, denial), key=lambda pair: pair[0], default=None)
        if best is None:
            continue
        _, report = best
        key = report.article.origin_id, report.statement.start
        if key not in answered:
            answered.add(key)
            yield Contradiction(_of_whom(ledger, report, denial), report, denial)


def _reports(entries: Sequence[Entry], denial: Entry) -> Iterator[tuple[float, Entry]]:
    """What a denial may answer, with how well it fits: told of its party by somebody else, shortly before."""
    held = set(terms(denial.statement.text))
    for entry in entries:
        if entry.article.id == denial.article.id and entry.statement.start == denial.statement.start:
            continue
        apart = denial.day - entry.day
        if entry.knowable > denial.knowable or not timedelta() <= apart <= WINDOW or entry.party == denial.party:
            continue
        own = set(terms(entry.statement.text))
        fit = len(held & own) / max(1, min(len(held), len(own)))
        told = entry.statement.stance_of == denial.party and entry.statement.stance is not None
        if told or (fit >= SHARED and entry.statement.stance != "denies-report"):
            yield fit + told - 0.1 * apart.days, entry


def _of_whom(ledger: Ledger, report: Entry, denial: Entry) -> ContradictionType:
    """Two governments where one tells of the other; of a newspaper, an unnamed source or a movement it is a report."""
    teller, denier = (ledger.topic.party(entry.party) for entry in (report, denial))
    named = report.speaker is not None and not report.speaker.anonymous and not report.statement.narrated
    both = teller is not None and denier is not None and teller.government and denier.government
    return "two-governments" if named and both else "denial-of-report"


# ---- figures


def _numeric(ledger: Ledger) -> Iterator[Contradiction]:
    """Two who count the same thing differently within the window; each pair of voices once for one thing."""
    told: set[tuple[str, ...]] = set()
    found = list(counts(ledger.all))
    for n, later in enumerate(found):
        for earlier in found[:n]:
            voices = earlier.entry.who, later.entry.who
            key = (*sorted(voices), later.of)
            if (
                voices[0] != voices[1]
                and all(voices)
                and later.number != earlier.number
                and key not in told
                and same(earlier, later)
            ):
                told.add(key)
                yield Contradiction("numeric", earlier.entry, later.entry)


# ---- when it starts


def _timing(ledger: Ledger) -> Iterator[Contradiction]:
    """Two voices that let one truce start at different times; each against the newest word of the other, once."""
    said: dict[str, Start] = {}
    told: set[frozenset[str]] = set()
    for start in starts(ledger.entries):
        who = start.entry.who or start.entry.article.outlet
        for other, before in said.items():
            near = start.entry.day - before.entry.day <= WINDOW
            if other != who and near and start.differs(before) and frozenset((who, other)) not in told:
                told.add(frozenset((who, other)))
                yield Contradiction("timing", before.entry, start.entry)
        said[who] = start
