"""Pairs of statements that cannot both hold, or one government in two voices. Never with a winner.

Only what is new makes a pair: a voice that takes another stance than before, set against where the other voices of its
party stand; a denial, set against the report it answers. What is merely repeated makes none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from briefing.claims import Stance
from briefing.ledger.book import AGAINST, FOR, Entry, Ledger, withdrawn
from briefing.ledger.figures import same
from briefing.ledger.starts import Start, starts
from briefing.talks.fronts import any_of
from briefing.talks.stance import judged_all
from index.calendar.days import MONTHS, WEEKDAYS
from index.terms import terms

ContradictionType = Literal[
    "denial-of-report", "two-voices", "two-governments", "simultaneous", "superseded", "numeric", "timing"
]
WINDOW = timedelta(days=2)  # between two statements that stand against each other
NAMED = 0.2  # what a report gains whose party the denial names
TOLD = 0.2  # what a report gains that tells the denier's own stance
LEAST_SHARED = 2  # terms: fewer make no one matter
SHARED = 0.2  # of the terms of the shorter of two sentences: a denial and what it may deny

ACCEPTED: frozenset[Stance] = frozenset({"endorses", "reverses"})
OWNED_UP = timedelta(days=14)  # between a denial and what takes it back
_ADMITS = re.compile(
    r"\b(?:acknowledg|admit|conced|own(?:s|ed) up)\w*|\b(?:was|is|turned out to be|been) (?:accurate|genuine|authentic)\b",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"\b(?:accept|agree|consent|sign|reject|refus|approv|vot|promis|report|answer)\w*", re.IGNORECASE
)  # what a stance is told of
_WHEN = frozenset(
    t for word in (*WEEKDAYS, *MONTHS, "noon", "midnight", "morning", "evening", "day", "time", "hour") for t in terms(word)
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two entries against each other; `first` is the older."""

    type: ContradictionType
    first: Entry
    second: Entry


def contradictions(ledger: Ledger) -> list[Contradiction]:
    """The newest first, one of a type between two articles. Origins that only carry one another never stand against each
    other."""
    found = [*_turns(ledger), *_denials(ledger), *_admissions(ledger), *_numeric(ledger), *_timing(ledger)]
    once = {(c.type, c.first.article.origin_id, c.second.article.origin_id): c for c in reversed(found)}
    return sorted(once.values(), key=lambda c: c.second.order, reverse=True)


# ---- voices of one party, and one voice at two times


def _turns(ledger: Ledger) -> Iterator[Contradiction]:
    """Every turn of a named voice against its own first word of the stance it leaves, and against another voice of its
    party: one that answers it the same day, else whoever spoke last. Two voices that have been set apart are set apart
    again only when one has changed its side."""
    told: set[tuple[str, Stance | None, date]] = set()  # the same word of the same day, told again later
    apart: set[tuple[frozenset[str], bool]] = set()  # two voices, and whether one of them had refused
    answered: set[tuple[str, int, date]] = set()  # what another voice has been set against that day
    taken: dict[str, Entry] = {}  # voice -> the first entry of the stance it holds
    newest: defaultdict[str, dict[str, Entry]] = defaultdict(dict)  # party -> voice -> its newest entry
    own = [e for e in ledger.own if e.party is not None and _in_office(ledger, e, e)]
    for n, entry in enumerate(own):
        voices, who = newest[entry.party or ""], ledger.voice(entry)
        if (who, _stance(entry), entry.day) in told:
            continue
        told.add((who, _stance(entry), entry.day))
        before = taken.get(who) or _of_its_bodies(ledger, taken, entry)
        turned = before is None or withdrawn(entry) or not ledger.same(before, entry)
        if before is not None and turned and _flat(before, entry) and one_matter(ledger, before, entry):
            yield Contradiction("superseded", before, entry)
        if turned:
            taken[who] = entry
        if turned and not withdrawn(entry):
            later = (e for e in own[n + 1 :] if e.day == entry.day and not e.statement.narrated)
            answers = [e for e in later if _against(ledger, entry, e)][:1]
            held = [e for e in voices.values() if entry.day - e.day <= WINDOW and _against(ledger, e, entry)]
            against = answers or sorted(held, key=lambda e: e.order)[-1:]
            for one in against:
                pair = frozenset((who, ledger.voice(one))), bool({_stance(one), _stance(entry)} & AGAINST)
                place = one.article.id, one.statement.start, entry.day
                if pair not in apart and place not in answered:
                    apart.add(pair)
                    answered.add(place)
                    first, second = sorted((one, entry), key=lambda e: e.order)
                    yield Contradiction(_kind(first, second), first, second)
        voices[who] = entry


def _of_its_bodies(ledger: Ledger, taken: Mapping[str, Entry], entry: Entry) -> Entry | None:
    """What a party says as such takes the place of what its cabinet or ministry said last."""
    party = ledger.topic.party(entry.party)
    if party is None or entry.who != party.name:
        return None
    bodies = {office.casefold() for office in party.offices}
    said = [e for e in taken.values() if e.party == party.name and e.who.casefold() in bodies]
    return max(said, key=lambda e: e.order, default=None)


def _against(ledger: Ledger, one: Entry, other: Entry) -> bool:
    """Whether two voices of one party cannot both be its word."""
    return (
        one.party == other.party
        and ledger.voice(one) != ledger.voice(other)
        and _apart(_stance(one), _stance(other))
        and _in_office(ledger, one, other)
        and one_matter(ledger, one, other)
    )


def one_matter(ledger: Ledger, one: Entry, other: Entry) -> bool:
    """Whether two statements are of one thing: one proposal that both name, or words enough in common. Two stances of one
    party alone contradict nothing: they may be on two questions."""
    about = {e.statement.about for e in (one, other)}
    if len(about) == 1 and None not in about:
        return True
    fit, shared = _fit(ledger, one, other)
    return fit >= SHARED and shared >= LEAST_SHARED


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
    """Whether two voices of one party cannot both be its word: for and against, or with a condition and without. Who fights
    on contradicts only whoever has accepted."""
    pairs = ((one, other), (other, one))
    return any(
        (a in FOR | {"reverses", "conditions"} and b == "rejects")
        or (a in ACCEPTED and b == "acts-against")
        or (a in ACCEPTED and b == "conditions")
        for a, b in pairs
    )


def _flat(before: Entry, after: Entry) -> bool:
    """Whether a voice has turned round, not only moved on."""
    old, new = ("withdrawn" if withdrawn(e) else _stance(e) for e in (before, after))
    return (
        (old == "rejects" and new in FOR | {"reverses"})
        or (old in ACCEPTED and new in AGAINST | {"conditions"})
        or (old == "conditions" and new in ACCEPTED | {"withdrawn"})
    )


# ---- denials


def _denials(ledger: Ledger) -> Iterator[Contradiction]:
    """Every denial against the report it fits best, each article's once for the party that denies."""
    answered: set[tuple[str, str]] = set()
    for denial in ledger.entries:
        if _stance(denial) != "denies-report" or denial.party is None or denial.statement.narrated:
            continue
        best = max(_reports(ledger, denial), key=lambda pair: pair[0], default=None)
        if best is None:
            continue
        _, report = best
        key = report.article.origin_id, denial.party
        if key not in answered:
            answered.add(key)
            yield Contradiction(_of_whom(ledger, report, denial), report, denial)


def _reports(ledger: Ledger, denial: Entry) -> Iterator[tuple[float, Entry]]:
    """What a denial may answer, with how well it fits: told of its party by somebody else, shortly before."""
    for entry in ledger.entries:
        if entry.article.id == denial.article.id and entry.statement.start == denial.statement.start:
            continue
        apart = denial.day - entry.day
        if entry.knowable > denial.knowable or not timedelta() <= apart <= WINDOW or entry.party == denial.party:
            continue
        fit, shared = _fit(ledger, denial, entry)
        of_them = entry.statement.stance_of == denial.party and entry.statement.stance is not None
        told = of_them and (shared > 0 or _ANSWERED.search(denial.statement.text) is not None)
        answers = _names(ledger, entry.party, denial.statement.text)  # whom the denial answers
        enough = shared >= LEAST_SHARED or (shared and answers)
        if any(judged.stance == "denies-report" for judged in judged_all(entry.statement.text)):
            continue  # it tells the denial, not what is denied
        if told or (fit >= SHARED and enough):
            yield fit + (TOLD if told else 0) + (NAMED if answers else 0) - 0.1 * apart.days, entry


def _fit(ledger: Ledger, one: Entry, other: Entry) -> tuple[float, int]:
    """The share of the shorter sentence's terms that the other has too, each by how rare it is in the ledger, hours and days
    and the denier's own names aside; and how many those are."""
    party = ledger.topic.party(one.party)
    names = {t for name in (*party.names, *party.adjectives) for t in terms(name)} if party else set()
    held, own = ({t for t in terms(e.statement.text) if t not in _WHEN | names and not t[0].isdigit()} for e in (one, other))
    shorter = min(held, own, key=len)
    return ledger.weight(held & own) / max(ledger.weight(shorter), 1e-9), len(held & own)


def _names(ledger: Ledger, party: str | None, text: str) -> bool:
    known = ledger.topic.party(party)
    return known is not None and any_of([*known.names, *known.adjectives]).search(text) is not None


def _admissions(ledger: Ledger) -> Iterator[Contradiction]:
    """What a party denied and later owns up to: superseded where it is the same voice or the party itself, else two voices."""
    for n, entry in enumerate(ledger.entries):
        if entry.party is None or _stance(entry) == "denies-report" or not _ADMITS.search(entry.statement.text):
            continue
        denials = [
            (fit[0], e)
            for e in ledger.entries[:n]
            if e.party == entry.party
            and _stance(e) == "denies-report"
            and entry.day - e.day <= OWNED_UP
            and (fit := _fit(ledger, e, entry))[0] >= SHARED
            and fit[1] >= LEAST_SHARED
        ]
        if denials:
            _, denial = max(denials, key=lambda pair: pair[0])
            same = ledger.voice(entry) in {ledger.voice(denial), entry.party.casefold()}
            yield Contradiction("superseded" if same else "two-voices", denial, entry)


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
    found = ledger.counts
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
