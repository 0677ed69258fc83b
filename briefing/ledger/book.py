"""The entries of a ledger, and the positions that follow from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from briefing.claims import Speaker, Stance, Statement
from briefing.topics import Topic
from index.article import Article

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
    anonymous: bool

    @property
    def previous(self) -> Stance | None:
        return self.history[-2][1] if len(self.history) > 1 else None


class Ledger:
    """What was said and done about one topic's talks, as far as it could be known at an instant."""

    def __init__(self, topic: Topic, as_of: datetime, entries: Iterable[Entry]) -> None:
        self.topic, self.as_of = topic, as_of
        self.entries = tuple(sorted((e for e in entries if e.knowable <= as_of and self._here(e)), key=lambda e: e.order))

    def _here(self, entry: Entry) -> bool:
        """On this front: a statement that speaks of two counts where it names a proposal of this one."""
        statement = entry.statement
        return statement.front == self.topic.name or (statement.front == "both" and statement.about is not None)

    def at(self, instant: datetime) -> Ledger:
        """The same ledger as it could be known earlier."""
        return Ledger(self.topic, instant, self.entries)

    @cached_property
    def own(self) -> tuple[Entry, ...]:
        """Entries in which a party's speaker takes a stance of his own."""
        return tuple(e for e in self.entries if e.party and e.statement.stance and e.statement.stance_of in {None, e.party})

    @cached_property
    def relayed(self) -> tuple[Entry, ...]:
        """Entries in which somebody tells the stance of another's party: never that party's own word."""
        return tuple(e for e in self.entries if e.statement.stance and e.statement.stance_of not in {None, e.party})

    @cached_property
    def positions(self) -> tuple[Position, ...]:
        """One a party and speaker, in the order of the topic's parties, the newest first."""
        by_speaker: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.own:
            by_speaker[entry.party or "", entry.who.casefold()].append(entry)
        order = {party.name: n for n, party in enumerate(self.topic.parties)}
        found = [self._position(entries) for entries in by_speaker.values()]
        return tuple(sorted(found, key=lambda p: (order.get(p.party, len(order)), -p.entry.day.toordinal(), p.who)))

    def _position(self, entries: Sequence[Entry]) -> Position:
        runs = _runs(entries)
        newest = runs[-1]
        last = newest[-1]
        assert last.statement.stance is not None and last.speaker is not None
        return Position(
            party=last.party or "",
            who=last.who,
            office=next((e.speaker.office for e in reversed(entries) if e.speaker and e.speaker.office), None),
            stance=last.statement.stance,
            about=next((e.statement.about for e in reversed(newest) if e.statement.about), None),
            entry=last,
            since=newest[0].day,
            origins=len({e.article.origin_id for e in newest}),
            history=tuple((run[0].day, run[0].statement.stance) for run in runs if run[0].statement.stance),
            ageing=self.as_of.date() - last.day > AGEING,
            anonymous=last.speaker.anonymous is not None,
        )


def _runs(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The entries of one speaker by stance, as it followed on another; of two stances of one article the one that says
    more about the plan itself comes last."""
    runs: list[list[Entry]] = []
    for entry in entries:
        if runs and runs[-1][-1].statement.stance == entry.statement.stance:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def entry_of(statement: Statement, article: Article) -> Entry | None:
    """The entry of a statement; None where its article has no date."""
    if article.knowable_from is None:
        return None
    day = statement.said_on or statement.event_date or article.local_day
    return Entry(statement, article, min(day or article.knowable_from.date(), article.knowable_from.date()), article.knowable_from)
