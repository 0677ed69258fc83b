"""The entries of a ledger, and the positions that follow from them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from math import log

from briefing.claims import Speaker, Stance, Statement
from briefing.topics import Topic
from index.article import Article
from index.terms import terms

HISTORY = timedelta(days=180)  # how far back a ledger goes: what is older is another negotiation
AGEING = timedelta(days=7)  # a position that nobody has repeated for so long is marked as ageing
FOR: frozenset[Stance] = frozenset({"proposes", "endorses", "welcomes"})
AGAINST: frozenset[Stance] = frozenset({"rejects", "acts-against"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement on the talks with the article it stands in. `day`: of saying or doing it, as its text gives it, else
    of publication."""

    statement: Statement
    article: Article
    day: date
    knowable: datetime

    @property
    def speaker(self) -> Speaker | None:
        return self.statement.speaker

    @property
    def party(self) -> str | None:
        return self.statement.speaker.party if self.statement.speaker else None

    @property
    def who(self) -> str:
        """By which name its positions are kept."""
        return self.statement.speaker.known_as if self.statement.speaker else ""

    @property
    def order(self) -> tuple[date, datetime, str, int]:
        return self.day, self.knowable, self.article.id, self.statement.start


@dataclass(frozen=True)
class Counted:
    """Who says how many of what."""

    entry: Entry
    number: int
    of: str  # what is counted

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(terms(self.entry.statement.text))


@dataclass(frozen=True, slots=True)
class Position:
    """Where one speaker stands: the newest stance taken, since when, in which words, and what came before."""

    party: str
    who: str
    office: str | None
    stance: Stance
    about: str | None
    entry: Entry  # the newest with this stance
    since: date  # of the first with it, without another in between
    origins: int  # how many carry it
    history: tuple[tuple[date, Stance], ...]  # every change, the oldest first, this one last
    ageing: bool

    @property
    def previous(self) -> Stance | None:
        return self.history[-2][1] if len(self.history) > 1 else None


class Ledger:
    """What was said and done about one topic's talks, as far as it could be known at an instant."""

    def __init__(
        self, topic: Topic, as_of: datetime, entries: Iterable[Entry], counts: Iterable[tuple[Entry, int, str]] = ()
    ) -> None:
        self.topic, self.as_of = topic, as_of
        first = as_of.date() - HISTORY

        def counts_here(entry: Entry) -> bool:
            return entry.knowable <= as_of and entry.day >= first and self._here(entry)

        self.entries = tuple(sorted((e for e in entries if counts_here(e)), key=lambda e: e.order))
        kept = (Counted(e, number, of) for e, number, of in counts if counts_here(e))
        self.counts = tuple(sorted(kept, key=lambda c: c.entry.order))

    def weight(self, words: Iterable[str]) -> float:
        """How much terms tell: each by the logarithm of how few of the entries have it."""
        return sum(log(1 + len(self.entries) / (1 + self._having[word])) for word in words)

    @cached_property
    def _having(self) -> Counter[str]:
        return Counter(term for entry in self.entries for term in set(terms(entry.statement.text)))

    def voice(self, entry: Entry) -> str:
        """One key for one voice: its name, or the first of the names that the topic takes for the same."""
        return self._alias.get(entry.who.casefold(), entry.who.casefold())

    @cached_property
    def _alias(self) -> dict[str, str]:
        return {name.casefold(): group[0].casefold() for group in self.topic.aliases for name in group[1:]}

    def _here(self, entry: Entry) -> bool:
        """On this front: a statement that speaks of two counts where it names a proposal of this one."""
        statement = entry.statement
        if statement.about is not None and all(statement.about != p.name for p in self.topic.proposals):
            return False  # about something else that was said to be so
        return statement.front == self.topic.name or (statement.front == "both" and statement.about is not None)

    def at(self, instant: datetime) -> Ledger:
        """The same ledger as it could be known earlier."""
        return self._of(instant, lambda entry: True)

    def since(self, instant: datetime) -> Ledger:
        """The same ledger without what was known before."""
        return self._of(self.as_of, lambda entry: entry.knowable >= instant)

    def mapped(self, change: Callable[[Entry], Entry]) -> Ledger:
        """The same ledger with every entry changed."""
        counts = ((change(c.entry), c.number, c.of) for c in self.counts)
        return Ledger(self.topic, self.as_of, map(change, self.entries), counts)

    def where(self, wanted: Callable[[Entry], bool]) -> Ledger:
        """The same ledger with some of its entries."""
        return self._of(self.as_of, wanted)

    def _of(self, as_of: datetime, wanted: Callable[[Entry], bool]) -> Ledger:
        counts = ((c.entry, c.number, c.of) for c in self.counts if wanted(c.entry))
        return Ledger(self.topic, as_of, (e for e in self.entries if wanted(e)), counts)

    @cached_property
    def own(self) -> tuple[Entry, ...]:
        """Entries in which a party's speaker takes a position of his own, one an origin: the plainest of what he says there.
        A denial is about a report and no position; declining to comment is none either; what a reporter tells of a party
        moves nobody's."""
        plainest: dict[tuple[str, str, str], Entry] = {}
        sponsors = {party.name for party in self.topic.parties if party.role == "mediator"}
        for entry in self.entries:
            if entry.party in sponsors and entry.statement.stance == "no-response":
                continue  # nobody waits for an answer of who mediates
            if _takes_position(entry):
                key = entry.party or "", self.voice(entry), f"{entry.article.origin_id} {entry.day}"
                before = plainest.get(key)
                if before is None or _PLAIN.index(_stance(entry)) < _PLAIN.index(_stance(before)):
                    plainest[key] = entry
        return tuple(sorted(plainest.values(), key=lambda e: e.order))

    @cached_property
    def told(self) -> tuple[Entry, ...]:
        """Entries in which the reporter tells a party's position or deed."""
        return tuple(e for e in self.entries if e.party and e.statement.stance and e.statement.narrated)

    @cached_property
    def relayed(self) -> tuple[Entry, ...]:
        """Entries in which somebody tells the stance of another's party: never that party's own word."""
        return tuple(e for e in self.entries if e.statement.stance and e.statement.stance_of not in {None, e.party})

    @cached_property
    def positions(self) -> tuple[Position, ...]:
        """One a party and speaker, in the order of the topic's parties, the newest first."""
        by_speaker: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.own:
            by_speaker[entry.party or "", self.voice(entry)].append(entry)
        order = {party.name: n for n, party in enumerate(self.topic.parties)}
        found = [p for entries in by_speaker.values() if (p := self._position(entries)) is not None]
        return tuple(sorted(found, key=lambda p: (order.get(p.party, len(order)), -p.entry.day.toordinal(), p.who)))

    def _position(self, entries: Sequence[Entry]) -> Position | None:
        """None where the newest was taken back or has passed its own deadline."""
        runs = self._runs(entries)
        newest = runs[-1]
        last = newest[-1]
        if withdrawn(last) or self.expired(last):
            return None
        assert last.statement.stance is not None and last.speaker is not None
        stance = last.statement.stance
        if stance == "welcomes":  # who has accepted and is pleased with another's step has still accepted
            stance = next(
                (e.statement.stance for e in reversed(newest) if e.statement.stance in {"endorses", "reverses"}), stance
            )
        return Position(
            party=last.party or "",
            who=last.who,
            office=next((e.speaker.office for e in reversed(entries) if e.speaker and e.speaker.office), None),
            stance=stance,
            about=next((e.statement.about for e in reversed(newest) if e.statement.about), None),
            entry=last,
            since=newest[0].day,
            origins=len({e.article.origin_id for e in newest}),
            history=tuple((run[0].day, run[0].statement.stance) for run in runs if run[0].statement.stance),
            ageing=self.as_of.date() - last.day > AGEING,
        )

    def _runs(self, entries: Sequence[Entry]) -> list[list[Entry]]:
        """The entries of one speaker by stance, as one followed on another."""
        runs: list[list[Entry]] = []
        for entry in entries:
            if runs and self.same(_held(runs[-1]), entry):
                runs[-1].append(entry)
            else:
                runs.append([entry])
        return runs

    def same(self, one: Entry, other: Entry) -> bool:
        """Whether two of a speaker's entries are one stance. Of a mediator to propose, to back and to welcome its own plan
        are one; what is taken back in favour of the plan is acceptance."""
        a, b = _stance(one), _stance(other)
        party = self.topic.party(one.party)
        if party is not None and party.role == "mediator" and {a, b} <= FOR:
            return True
        glad = (a, b) in {("endorses", "welcomes"), ("reverses", "welcomes")}  # who has accepted may be pleased too
        return a == b or {a, b} == {"reverses", "endorses"} or glad

    @cached_property
    def _deadlines(self) -> dict[str, tuple[datetime, datetime]]:
        """The newest deadline that a party put to its own conditions: when it was set, when it passes."""
        found: dict[str, tuple[datetime, datetime]] = {}
        for entry in self.entries:
            theirs = entry.party and entry.statement.stance_of in {None, entry.party} and entry.statement.stance in _OFFERS
            if theirs and entry.party and (ends := _deadline(entry)) is not None:
                found[entry.party] = entry.knowable, ends
        return found

    def expired(self, entry: Entry) -> bool:
        """Whether a position of conditions has passed a deadline that its party set and has not been renewed since."""
        if _stance(entry) != "conditions" or entry.party not in self._deadlines:
            return False
        _, ends = self._deadlines[entry.party]
        return entry.knowable <= ends <= self.as_of


def _held(run: Sequence[Entry]) -> Entry:
    """Of a speaker's entries of one stance the one that it is: who has accepted and is pleased with another's step has still
    accepted."""
    accepted = (e for e in reversed(run) if _stance(e) in {"endorses", "reverses"})
    return next(accepted, run[-1]) if _stance(run[-1]) == "welcomes" else run[-1]


_PLAIN: tuple[Stance, ...] = (
    "reverses", "rejects", "acts-against", "conditions", "endorses", "proposes", "welcomes", "no-response", "denies-report",
)  # fmt: skip
_DECISION = re.compile(r"\b(?:voted|approved|adopted|ratified|signed)\b")
_PARLIAMENT = re.compile(r"\b(?:parliament|congress|senate|knesset|duma|rada|diet)\b", re.IGNORECASE)
_OFFERS: frozenset[Stance | None] = frozenset({"conditions", "endorses", "proposes", None})  # what may set a deadline
_ONLY_SILENT = re.compile(r"comment|elaborat|discuss|get into|drawn|speculat|going to say|say whether", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"\b(?:withdr(?:ew|aws?|awn|awing)\b[^.]{0,30}\b(?:recommendation|offer|proposal|support|acceptance|consent)|"
    r"tak(?:e|es|ing) (?:that|it) back)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:until|by|lapses?(?: at)?|expires?(?: at| on)?|runs? out(?: at)?|ends? at)\s+(?:(?P<hour>noon|midnight|"
    r"\d{1,2}(?:[.:]\d\d)? ?[ap]\.?m\.?)\s+)?(?:on\s+)?"
    r"(?P<day>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\d{1,2} \w+|\w+ \d{1,2})\b"
)
_OFFER = re.compile(
    r"\b(?:offer|good|open|stands?|valid|deadline|lapses?|expires?|runs? out|conditions?|accept\w*)\b", re.IGNORECASE
)


def _stance(entry: Entry) -> Stance:
    """Its stance; of one that only takes a position back, that."""
    return entry.statement.stance or "reverses"


def withdrawn(entry: Entry) -> bool:
    """Whether it takes a position back and puts none in its place."""
    return _TAKEN_BACK.search(entry.statement.text) is not None


def _takes_position(entry: Entry) -> bool:
    statement = entry.statement
    if not entry.party or statement.stance_of not in {None, entry.party} or (statement.narrated and not _decides(entry)):
        return False
    if entry.speaker is None or entry.speaker.anonymous or _PARLIAMENT.search(entry.who):
        return False  # nobody knows whether two unnamed officials are one; a parliament is no government
    if statement.stance == "no-response":
        words = statement.text[slice(*statement.stance_words)] if statement.stance_words else statement.text
        return _ONLY_SILENT.search(words) is None
    return withdrawn(entry) if statement.stance is None else statement.stance != "denies-report"


def _decides(entry: Entry) -> bool:
    """Whether a body decides by what the reporter tells of it: "the cabinet voted to accept"."""
    statement = entry.statement
    before = statement.text[: statement.stance_words[1]] if statement.stance_words else ""
    return entry.who != entry.party and _DECISION.search(before) is not None


def _deadline(entry: Entry) -> datetime | None:
    """When an offer says of itself that it ends."""
    from index.calendar.timeml import times

    text = entry.statement.text
    match = _UNTIL.search(text)
    if match is None or not _OFFER.search(text):
        return None
    named = next((t.day for t in times(f"it will end on {match['day']}", entry.day) if t.day is not None), None)
    if named is None or named < entry.day:
        return None
    hour = 12 if (match["hour"] or "").startswith("noon") else 23
    return datetime.combine(named, time(hour, 0 if hour == 12 else 59), UTC)


def entry_of(statement: Statement, article: Article) -> Entry | None:
    """The entry of what is certain in a statement; None where its article has no date."""
    if article.knowable_from is None:
        return None
    said, statement = statement.said, statement.certain
    if not said.sure("speaker"):
        statement = replace(statement, speaker=None)
    knowable = max(article.knowable_from, said.knowable) if said.knowable is not None else article.knowable_from
    # a day in what is said is not its own, unless a party's voice tells what the party did
    told = None if said.cue and said.kind == "reported" and statement.speaker == said.speaker else said.event_date
    day = said.said_on or told or article.local_day
    return Entry(statement, article, min(day or knowable.date(), knowable.date()), knowable)
