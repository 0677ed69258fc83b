"""Proposals as records: by which names, whose, with which terms from when, and how each stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from briefing.claims import Stance
from briefing.ledger.book import AGAINST, Entry, Ledger
from briefing.talks.fronts import any_of
from briefing.topics import Proposal
from index.calendar.numbers import NUMBER, number

_TERMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "duration",
        re.compile(
            rf"(?<!past )(?<!last )(?<!next )(?<!within )(?<!every )(?<!in )\b(?:{NUMBER})[- ](?:day|week|month|hour)s?\b"
            r"(?! (?:after|before|ago|later|earlier|since|old|on\b|of (?:talks|fighting|war|mourning|negotiation)))|"
            r"\b(?:permanent|indefinite|open-ended)\b"
            r"(?=(?: \w+){0,2} (?:truce|cease-?fire|cessation|halt|end|pause))",
            re.IGNORECASE,
        ),
    ),
    (
        "start",
        re.compile(
            r"\b(?:begin|start|take effect|took effect|come into (?:force|effect)|came into (?:force|effect)|"
            r"went into (?:force|effect)|"
            r"enter into force)\w*(?: \w+){0,2}? (?:at|on|from|within) [\w:., ]{2,40}?(?=[,.;”]|\Z)|"
            r"\bimmediate(?= (?:\w+ )?(?:truce|cease-?fire|halt|pause|\d+[- ]day))|\b(?:begin|start|effective|"
            r"effect) immediately\b",
            re.IGNORECASE,
        ),
    ),
    (
        "geography",
        re.compile(
            r"\b(?:north|south|east|west) of the [A-Z]\w+(?: \w+)?|"
            r"\b(?:across|along) the [\w’ –-]{3,40}?(?:[Bb]order|[Ll]ine|front|[Rr]iver)\b|"
            r"\b(?:southern|northern|eastern|western) [A-Z]\w+|\bbuffer zone\b|\bdemilitari[sz]ed\b",
        ),
    ),
    (
        "linkage",
        re.compile(
            r"\b(?:linked to|tied to|together with|in parallel with|separate from|"
            r"without (?:any )?link(?:age)? to)\s[^,.;“”]{4,60}",
            re.IGNORECASE,
        ),
    ),
    (
        "monitoring",
        re.compile(
            r"\b(?:monitor(?:s|ed|ing)?|observers?|verification|inspectors?|peacekeep\w+|oversight|supervis\w+)\b"
            r"(?: (?:by|from|of|under) [^,.;“”]{3,50})?",
            re.IGNORECASE,
        ),
    ),
    (
        "conditions",
        re.compile(
            r"\b(?:only if|unless|provided(?: that)?|on (?:the )?condition(?: that)?(?! of anonymity)|as long as|so long as|"
            r"in exchange for|in return for)\s[^,.;“”]{6,90}",
            re.IGNORECASE,
        ),
    ),
)
BESIDE = 40  # characters on both sides of a duration in which the truce itself is spoken of
EARLIER = timedelta(days=3)  # a proposal may be spoken of before the day that its topic gives
_DAYS = {"day": 1, "week": 7, "month": 30, "hour": 0}
_IN_FORCE = re.compile(
    r"\b(?:took effect|taken effect|came into (?:force|effect)|went into (?:force|effect)|(?:is|was|remains?|"
    r"are) (?:now )?in (?:force|effect|place)|"
    r"(?:truce|ceasefire|cease-fire|pause) (?:began|started|has begun|is holding|appear\w+ to (?:be )?hold\w*|held))\b",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\b(?:collapsed|broke down|fell apart|ended (?:without|after)|expired|(?:truce|ceasefire|cease-fire) (?:is|was) over)\b",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile(
    r"\b(?:proposals?|plan|deal|truce|ceasefire|cease-fire|agreement|offer|text|draft|pause|arrangement)\b", re.IGNORECASE
)
_MAKES = re.compile(
    r"\b(?:propos\w+|put(?:s|ting)? forward|present(?:s|ed|ing)|unveil\w*|tabled?|offer(?:s|ed|ing)?|submit\w*|draft(?:s|ed|ing)|"
    r"drew up|initiative|plan)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a proposal in a source's words, from the day they were said."""

    kind: str  # duration, start, geography, linkage, monitoring, conditions
    words: str
    value: str  # what makes two wordings the same: days for a duration
    since: date
    entry: Entry


@dataclass(frozen=True, slots=True)
class Record:
    """One proposal as it was known: who made it, its terms now and before, who stands where, its status with the statement
    that says so."""

    name: str
    names_used: tuple[str, ...]
    since: date
    sponsors: tuple[str, ...]
    signatories: tuple[str, ...]
    terms: tuple[Term, ...]  # the newest wording of each value, the oldest first; a changed term is there with every value
    status: str
    status_since: date
    entries: tuple[Entry, ...]


def proposals(ledger: Ledger) -> list[Record]:
    """The topic's proposals that the entries speak of, the oldest first."""
    by_proposal: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in ledger.entries:
        proposal = of(entry, ledger.topic.proposals)
        if proposal is not None and (proposal.since is None or entry.day >= proposal.since - EARLIER):
            by_proposal[proposal.name].append(entry)
    known = {p.name: p for p in ledger.topic.proposals}
    found = [_record(known[name], entries, ledger) for name, entries in by_proposal.items()]
    return sorted(found, key=lambda r: (r.since, r.name))


def of(entry: Entry, known: Sequence[Proposal]) -> Proposal | None:
    """Which proposal an entry is about: the one it names, or, speaking of "the plan", the newest that was there by then."""
    if entry.statement.about is not None:
        return next((p for p in known if p.name == entry.statement.about), None)
    if not _SPOKEN_OF.search(entry.statement.text):
        return None
    there = [p for p in known if p.since is None or p.since <= entry.day]
    return max(there, key=lambda p: p.since or date.min, default=None)


def makes(entry: Entry) -> bool:
    """Whether it puts a proposal forward: in words for that, or in a statement of its makers. To call for a truce makes none."""
    speaker = entry.statement.speaker
    own = speaker is not None and speaker.medium is not None
    return entry.statement.stance == "proposes" and (own or _MAKES.search(entry.statement.text) is not None)


def _record(proposal: Proposal, entries: list[Entry], ledger: Ledger) -> Record:
    named = any_of(proposal.aliases)
    used = dict.fromkeys(m.group() for e in entries for m in named.finditer(e.statement.text))
    made = [e for e in entries if makes(e) and e.party and e.statement.stance_of in {None, e.party}]
    backed = [e for e in entries if e.statement.stance == "endorses" and e.party and e.statement.stance_of in {None, e.party}]
    sponsors = dict.fromkeys(e.party for e in made if e.party)
    status, since = _status(entries, ledger)
    return Record(
        name=proposal.name,
        names_used=tuple(used),
        since=min(entries[0].day, proposal.since or entries[0].day),
        sponsors=tuple(sponsors),
        signatories=tuple(dict.fromkeys(e.party for e in backed if e.party and e.party not in sponsors)),
        terms=tuple(_terms(entries)),
        status=status,
        status_since=since,
        entries=tuple(entries),
    )


def _terms(entries: Sequence[Entry]) -> Iterator[Term]:
    """Every value of every term once, with the words that first gave it."""
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        for kind, pattern in _TERMS:
            for match in pattern.finditer(entry.statement.text):
                value = _value(kind, match.group())
                beside = entry.statement.text[max(0, match.start() - BESIDE) : match.end() + BESIDE]
                if kind == "duration" and not _SPOKEN_OF.search(beside):
                    continue
                if value and (kind, value) not in seen:
                    seen.add((kind, value))
                    yield Term(kind, match.group().strip(), value, entry.day, entry)


def _value(kind: str, words: str) -> str:
    folded = re.sub(r"\s+", " ", words.casefold()).strip()
    if kind == "duration":
        match = re.fullmatch(r"([\w-]+)[- ](day|week|month|hour)s?", folded)
        if match is None:
            return folded
        count = number(match[1])
        return f"{count * _DAYS[match[2]]} days" if count and _DAYS[match[2]] else ""
    if kind == "monitoring":
        return "monitoring"
    return folded


def _status(entries: Sequence[Entry], ledger: Ledger) -> tuple[str, date]:
    """The newest thing that says how it stands, in words that claim no more than the sources do: of a principal's own word,
    "accepted by"; of what another tells of it, "said by … to be accepted by"."""
    principals = {p.name for p in ledger.topic.named("principal")}
    stands: dict[str, tuple[Stance, str]] = {}  # of a principal: its newest stance, and who tells it ("": its own word)
    told: tuple[str, date] = ("spoken of", entries[0].day)
    for entry in entries:
        stance, text = entry.statement.stance, entry.statement.text
        whose = entry.statement.stance_of or entry.party
        if _IN_FORCE.search(text):
            told = ("in force", entry.day)
        elif _BROKEN.search(text):
            told = ("ended", entry.day)
        elif whose in principals and stance is not None and stance in _SAYS:
            teller = _teller(entry, whose)
            if teller and whose in stands and not stands[whose][1]:
                continue  # its own word stands
            stands[whose] = stance, teller
            if told[0] != "in force" or stance in AGAINST:
                told = (_told(stands, principals), entry.day)
        elif stance == "proposes" and told[0] == "spoken of":
            told = ("proposed", entry.day)
    return told


def _teller(entry: Entry, whose: str) -> str:
    """Who tells of a stance that is not the speaker's own: another party, somebody unnamed, or the outlet."""
    if entry.statement.narrated:
        return entry.article.outlet
    return "" if entry.party == whose else entry.party or entry.who


_SAYS: dict[Stance, str] = {
    "endorses": "accepted by",
    "proposes": "proposed by",
    "welcomes": "welcomed by",
    "conditions": "conditions set by",
    "no-response": "not answered by",
    "rejects": "rejected by",
    "acts-against": "acted against by",
}


def _told(stands: dict[str, tuple[Stance, str]], principals: set[str]) -> str:
    if principals and all(stands.get(p) == ("endorses", "") for p in principals):
        return "accepted by all principals"
    by: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for party, (stance, teller) in stands.items():
        by[_SAYS[stance], f", as {teller} says" if teller else ""].append(party)
    return "; ".join(f"{words} {', '.join(parties)}{told}" for (words, told), parties in by.items())
