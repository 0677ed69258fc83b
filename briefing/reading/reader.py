"""An article is read once, without a topic. Who reads is a port: the built-in reader here, a language model beside it; both
give the same nouns, and both pass the same conformance tests."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from briefing.reading.data import table
from briefing.reading.introductions import introduced
from briefing.reading.layout import LONGEST, Layout, layout
from briefing.reading.learned import shipped
from briefing.reading.marks import marked
from briefing.reading.nouns import Day, Read, Reading, Telling, Unread
from briefing.reading.sayings import Sayings
from index.article import Article
from index.calendar.days import all_days

BUILT_IN = "built-in/2"  # change what is read, and every article is read again
SECONDS = 10.0  # for one article; reading takes a few milliseconds a thousand characters
LOOK = 3_000  # characters in which a language shows
LEAST_KNOWN = 0.12  # share of English small words under which a text is in another language; news in English has .30 and more
_WORD = re.compile(r"[^\W\d_]+")


class Reader(Protocol):
    """Reads one article. The same article gives the same reading; every span lies inside its text."""

    @property
    def name(self) -> str:
        """With its version: what it has read is kept under this name."""
        ...

    def read(self, article: Article) -> Read:
        """What stands in the article, or why it was not read. Raises nothing for any text."""
        ...


class _TooLongError(Exception):
    """Reading one article passed its bound of time."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """The reader that needs nothing. An article that takes longer than `seconds` is left unread, with that reason."""

    seconds: float = SECONDS
    clock: Callable[[], float] = time.thread_time  # of the processor: other work beside it makes no article too long

    @property
    def name(self) -> str:
        return BUILT_IN

    def read(self, article: Article) -> Read:
        if (language := foreign(article.text, article.language)) is not None:
            told = table("languages")["names"].get(language, language)
            reason = f"it is in {told}, which the built-in reader does not read"
            return Unread(article_id=article.id, reader=self.name, reason=reason, language=language)
        until = self.clock() + self.seconds

        def waits() -> None:
            if self.clock() > until:
                raise _TooLongError

        try:
            return self._read(article, waits)
        except _TooLongError:
            reason = f"reading it took longer than {self.seconds:g} s"
            return Unread(article_id=article.id, reader=self.name, reason=reason)

    def _read(self, article: Article, waits: Callable[[], None]) -> Reading:
        text, found = article.text, layout(article.text, article.local_day)
        waits()
        quotations = marked(text)
        sayings = Sayings(text, found.sentences, quotations, waits).read()
        introductions = []
        for sentence in found.sentences:
            if sentence.end - sentence.start <= LONGEST:
                waits()
                introductions += introduced(text[sentence.start : sentence.end], sentence.start)
        return Reading(
            article_id=article.id,
            reader=self.name,
            sentences=found.sentences,
            quotations=tuple(quotations),
            sayings=tuple(sayings),
            introductions=tuple(introductions),
            days=tuple(_days(article, found, waits)),
            parts=found.parts,
            turns=found.turns,
            tellings=tuple(_with_bound(shipped().tellings(text, found.sentences), waits)),
        )


def _with_bound(tellings: Iterator[Telling], waits: Callable[[], None]) -> Iterator[Telling]:
    for telling in tellings:
        waits()
        yield telling


def _days(article: Article, found: Layout, waits: Callable[[], None]) -> list[Day]:
    days: list[Day] = []
    for sentence in found.sentences:
        if sentence.kind == "prose":
            waits()
            at = sentence.start
            days += [
                Day(at + m.start, at + m.end, m.day, m.relative, m.part, m.chance, m.event)
                for m in all_days(article.text[at : sentence.end], _today(article, found, sentence.part))
            ]
    return days


def _today(article: Article, found: Layout, part: int | None) -> date | None:
    """The day from which a sentence counts: that of its entry of a live page, else of publication."""
    written = found.parts[part].time if part is not None else None
    return written.date() if written is not None else article.local_day


def foreign(text: str, language: str | None) -> str | None:
    """The code of a text's language where that is not English: what it says of itself (or what its letters told when it was
    archived), unless its words are English."""
    if language in {None, "en"}:
        return None
    words = [w.casefold() for w in _WORD.findall(text[:LOOK])]
    known = sum(word in _small() for word in words) / max(1, len(words))
    return None if known >= LEAST_KNOWN else language


@cache
def _small() -> frozenset[str]:
    return frozenset(str(table("languages")["english"]).split())
