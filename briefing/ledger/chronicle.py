"""A timeline of any collection of dated articles: which days matter, and the sentences that tell them best.

A day matters that is still spoken of later, on many days (Gholipour Ghalandari and Ifrim 2020,
https://aclanthology.org/2020.acl-main.122, found such mentions to be what decides); its sentences are those nearest to what
is said of that day as a whole, none that says again what one before it says."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.calendar.timeml import times
from index.sentences import sentences
from index.terms import terms

LEAD = 5  # sentences of an article that tell of its own day without naming it
LONGEST, SHORTEST = 60, 6  # words of a sentence that is worth showing
SAME = 0.6  # share of the terms of the shorter of two sentences that say the same
AFTER = timedelta(days=1)  # news of a day is published up to then
COMMON = 30  # terms that most sentences of a collection share: what it is about
NAMED = 0.1  # what a sentence that names the day gains, in cosine to all that is said of it
ENOUGH = 3  # of them in a sentence that is wholly on the matter
LATER = 3.0  # weight of the days on which a day is spoken of again, against how often it is named


@dataclass(frozen=True, slots=True)
class Dated:
    """One sentence of an article, the day it tells of, and the day it was published."""

    text: str
    day: date
    published: date
    named: bool  # the day stands in the sentence
    place: int  # of the sentence in its article
    terms: tuple[str, ...]


def dated_sentences(articles: Iterable[tuple[date, str]]) -> list[Dated]:
    """The sentences of articles (day of publication, text) that tell of a day."""
    found: list[Dated] = []
    for published, text in articles:
        for place, (start, end) in enumerate(sentences(text)):
            sentence = text[start:end]
            days = {t.day for t in times(sentence, published) if t.day is not None and t.day <= published}
            held = tuple(terms(sentence)) if days or place < LEAD else ()
            found += [Dated(sentence, day, published, True, place, held) for day in sorted(days)]
            if not days and place < LEAD:
                found.append(Dated(sentence, published, published, False, place, held))
    return found


class Chronicle:
    """The days of a collection by how much they matter, and what is said of each."""

    def __init__(self, told: Sequence[Dated]) -> None:
        self._by_day: defaultdict[date, list[Dated]] = defaultdict(list)
        spread: Counter[str] = Counter()
        for one in told:
            self._by_day[one.day].append(one)
            spread.update(set(one.terms))
        self._common = {term for term, _ in spread.most_common(COMMON)}
        self._count = len(told)
        self._spread = spread

    def days(self, most: int, *, first: date | None = None, last: date | None = None) -> list[date]:
        """The days that matter most, at most so many, in order."""
        within = [d for d in self._by_day if (first is None or d >= first) and (last is None or d <= last)]
        return sorted(sorted(within, key=lambda d: (-self._matters(d), d))[:most])

    def _matters(self, day: date) -> float:
        named = [one for one in self._by_day[day] if one.named]
        later = {one.published for one in named if one.published > day}
        often = sum(len(self._common & set(one.terms)) / ENOUGH for one in named)
        return math.log1p(often) + LATER * math.log1p(len(later))

    def summary(self, day: date, most: int) -> list[str]:
        """The sentences that tell the day best, at most so many."""
        own = self._by_day[day] + [one for one in self._by_day[day + AFTER] if not one.named]
        own = [one for one in own if SHORTEST <= len(one.text.split()) <= LONGEST and one.terms]
        if not own:
            return []
        weights = [self._weights(one) for one in own]
        centre: defaultdict[str, float] = defaultdict(float)
        for one, weight in zip(own, weights, strict=True):
            for term, value in weight.items():
                centre[term] += value * (2.0 if one.named else 1.0)
        length = math.sqrt(sum(v * v for v in centre.values())) or 1.0
        near = [_cosine(weight, centre) / length + NAMED * one.named for one, weight in zip(own, weights, strict=True)]
        order = sorted(range(len(own)), key=lambda n: (-near[n], own[n].place))
        chosen: list[Dated] = []
        for n in order:
            held = set(own[n].terms)
            if all(len(held & set(c.terms)) < SAME * min(len(held), len(set(c.terms))) for c in chosen):
                chosen.append(own[n])
            if len(chosen) == most:
                break
        return [one.text for one in chosen]

    def _weights(self, one: Dated) -> dict[str, float]:
        return {
            term: (1 + math.log(n)) * math.log(1 + self._count / (1 + self._spread[term]))
            for term, n in Counter(one.terms).items()
        }


def _cosine(weights: dict[str, float], centre: dict[str, float]) -> float:
    dot = sum(value * centre.get(term, 0.0) for term, value in weights.items())
    own = math.sqrt(sum(v * v for v in weights.values()))
    return dot / own if own else 0.0
