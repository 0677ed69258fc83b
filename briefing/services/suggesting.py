"""A topic proposed from what was read: who takes part, who speaks for them and since when, what the proposals are called. A
person goes over it; nothing is used that nobody has looked at."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from itertools import combinations

from briefing import topics
from briefing.claims import Statement
from briefing.reading import Reading
from briefing.talks.cast import Cast
from briefing.talks.statements import Talks
from briefing.talks.world import open_topic, world
from briefing.topics import Party
from index.article import Article
from index.errors import Misuse

LEAST = 3  # statements that name a party which takes part
MOST_PARTIES, MOST_PEOPLE, MOST_PROPOSALS = 12, 12, 8
_PROPOSAL = re.compile(
    r"\b(?:\d{1,3}|two|three|four|five|six|seven|ten|twelve)-(?:point|day|week|month|phase|stage|year)(?: [a-z]+)?"
    r" (?:plan|proposal|ceasefire|cease-fire|truce|deal|roadmap|pause|framework)\b"
)
_OFFICE = re.compile(
    r"\b(?:minister|president|premier|chancellor|secretary|spokes\w+|envoy|ambassador|speaker|chief|advis[eo]r|leader|commander|general|"
    r"king|prince|emir|negotiator)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:mediat|broker|host|facilitat)\w*", re.IGNORECASE)


@dataclass(slots=True)
class Told:
    """What was read of one party."""

    party: Party
    statements: int = 0
    between: int = 0  # of them in a sentence on mediation that names it
    people: dict[str, tuple[str, date | None]] = field(default_factory=dict)  # name: office, the day of the first mention


@dataclass(slots=True)
class Suggested:
    """A topic's file, and on how much it stands."""

    text: str
    articles: int
    statements: int


def suggest(read: Iterable[tuple[Article, Reading]], name: str, between: tuple[str, str] | None = None) -> Suggested:
    """A topic between the two parties that statements name together most often, or between these. Raises Misuse where nothing
    that was read is on talks between two parties."""
    talks = Talks(open_topic())
    found = [(article, reading, talks.see(article, reading).statements) for article, reading in read if reading.tellings]
    named = [(article, reading, [(s, _parties(s, Cast(open_topic(), None))) for s in some]) for article, reading, some in found]
    pair = _pair(named) if between is None else _known(between)
    own = [one for one in named if set(pair) <= {p for _, parties in one[2] for p in parties}]
    if not own:
        raise Misuse(f"no article that was read is on talks between {pair[0]} and {pair[1]}")
    told, proposals = _told(own)
    text = _file(name, pair, told, proposals)
    topics.parse(text, f"{name}.toml")
    return Suggested(text, len(own), sum(len(some) for *_, some in own))


Named = list[tuple[Article, Reading, list[tuple[Statement, set[str]]]]]


def _parties(statement: Statement, cast: Cast) -> set[str]:
    held = {p for p in (statement.speaker.party if statement.speaker else None, statement.stance_of) if p}
    return held | set(cast.parties_in(statement.text))


def _pair(named: Named) -> tuple[str, str]:
    together: Counter[tuple[str, str]] = Counter()
    for *_, some in named:
        for _, parties in some:
            together.update(combinations(sorted(parties), 2))
    if not together:
        raise Misuse("nothing that was read is on talks between two parties: ingest articles first, or name the two sides")
    return together.most_common(1)[0][0]


def _known(between: tuple[str, str]) -> tuple[str, str]:
    """The two sides by the names that parties go by."""
    called = {n.casefold(): p.name for p in world() for n in (*p.names, *p.adjectives)}
    first, second = (called.get(side.casefold(), side) for side in between)
    return first, second


def _told(own: Named) -> tuple[dict[str, Told], list[tuple[str, date | None]]]:
    parties = {p.name: p for p in world()}
    told: dict[str, Told] = {}
    proposals: defaultdict[str, list[date | None]] = defaultdict(list)
    for article, reading, some in own:
        cast = Cast(open_topic(), article.local_day, reading.introductions)
        for statement, held in some:
            for party in held & parties.keys():
                one = told.setdefault(party, Told(parties[party]))
                one.statements += 1
                one.between += bool(_BETWEEN.search(statement.text))
            for match in _PROPOSAL.finditer(statement.text):
                proposals[match.group()].append(article.local_day)
        for introduction in reading.introductions:
            speaker = cast.person(introduction.name)
            if speaker is not None and speaker.party in told and speaker.name and _OFFICE.search(speaker.office or ""):
                known = told[speaker.party].people.get(speaker.name)
                days = [d for d in (known[1] if known else None, article.local_day) if d]
                told[speaker.party].people[speaker.name] = (str(speaker.office), min(days, default=None))
    ranked = sorted(proposals.items(), key=lambda pair: -len(pair[1]))[:MOST_PROPOSALS]
    return told, [(words, min((d for d in days if d), default=None)) for words, days in ranked if len(days) > 1]


def _file(name: str, pair: tuple[str, str], told: dict[str, Told], proposals: Sequence[tuple[str, date | None]]) -> str:
    shipped = {p.name.removesuffix(".toml") for p in (files("briefing.topics") / "parties").iterdir()}
    others = sorted((t for p, t in told.items() if p not in pair and t.statements >= LEAST), key=lambda t: -t.statements)
    by_name = {p.name: p for p in world()}
    lines = [_party(told.get(party) or Told(by_name.get(party) or _unknown(party)), "principal", shipped) for party in pair]
    lines += [
        _party(one, "mediator" if 2 * one.between >= one.statements else "observer", shipped)
        for one in others[: MOST_PARTIES - 2]
    ]
    head = (
        topics.template(name, pair)
        .split("# Proposals by the names they go by.")[0]
        .replace(
            f"front = [{', '.join(_quoted(p) for p in pair)}]",
            f"front = [{', '.join(_quoted(w) for w in _front(pair, by_name))}]",
        )
    )
    told_of = "".join(
        f"[[proposals]]\nname = {_quoted(words)}\naliases = [{_quoted(words)}]\n" + (f"from = {day}\n" if day else "") + "\n"
        for words, day in proposals
    )
    heading = "# Proposals by the names they go by.\n"
    offices = "# Offices are as articles give them, from the day of the first.\n"
    return f"{head}{heading}{told_of}\n{offices}{''.join(lines)}"


def _front(pair: Sequence[str], by_name: dict[str, Party]) -> list[str]:
    return [
        w for p in pair for w in (*(by_name[p].names if p in by_name else (p,)), *(by_name[p].adjectives if p in by_name else ()))
    ]


def _unknown(name: str) -> Party:
    return Party(name=name, role="observer", names=(name,), possessive=f"{name}’s", government=False)


def _party(one: Told, role: str, shipped: set[str]) -> str:
    party, file = one.party, one.party.name.casefold().replace(" ", "-")
    if file in shipped:
        return f'[[parties]]\nuse = "{file}"\nrole = "{role}"\n\n'
    people = "".join(
        f"  {{ name = {_quoted(name)}, office = {_quoted(office)}{f', from = {day}' if day else ''} }},\n"
        for name, (office, day) in list(one.people.items())[:MOST_PEOPLE]
    )
    return (
        f'[[parties]]\nname = {_quoted(party.name)}\nrole = "{role}"\npossessive = {_quoted(party.possessive)}\n'
        f"names = [{', '.join(map(_quoted, party.names))}]\nadjectives = [{', '.join(map(_quoted, party.adjectives))}]\n"
        f"government = {str(party.government).lower()}\noffices = []\npeople = [\n{people}]\n\n"
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
