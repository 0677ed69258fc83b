"""What a question asks for: its parts, the phrases that must match, its terms with the other ways of writing them.

Deterministic: the same question asks for the same things on any machine."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.sentences import sentences
from index.terms import terms

Names = Sequence[Sequence[str]]  # groups of names for one thing: (("Hezbollah", "Hizbullah", "Party of God"), …)
Run = tuple[str, ...]  # terms that stand together

MOST_PARTS = 8
MOST_BESIDE = 12  # terms beside a quoted phrase that must match
LEAST_PART = 3  # terms; less is not a question
# A term said twice counts for more than once and less than twice (BM25's k3, as Okapi has it).
SATURATION = 2.0
_PHRASE = re.compile(r"[“\"]([^”\"]{2,200})[”\"]")
_CLAUSES = re.compile(
    r";\s+|,? and (?=(?:what|who|whom|how|which|when|where|why|did|does|do|is|was|are|were|has|have)\b)|, while ",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_DAYS_IN = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is asked for, in any of its forms."""

    forms: tuple[Run, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood."""

    text: str
    parts: tuple[str, ...]  # where it asks several things: each of them; empty for a plain question
    phrases: tuple[str, ...]  # quoted, folded: each must stand in a passage or its headline
    wanted: tuple[Wanted, ...]

    @property
    def terms(self) -> set[str]:
        """Every term that may match."""
        return {term for wanted in self.wanted for form in wanted.forms for term in form}


def understood(text: str, names: Names = ()) -> Question:
    """The question's parts, phrases and terms; `names` are the groups of names that mean the same."""
    said = terms(text)
    counts = Counter(said)
    weights = {term: n * (SATURATION + 1) / (n + SATURATION) for term, n in counts.items()}
    others: dict[str, list[Run]] = {term: [] for term in counts}
    beside: list[Wanted] = []
    for run, alternatives in [*_named(said, names), *_durations(said)]:
        if len(run) == 1:
            others[run[0]] += alternatives
        else:
            beside.append(Wanted(tuple(alternatives), 1.0))
    wanted = [Wanted(((term,), *dict.fromkeys(others[term])), weight) for term, weight in weights.items()]
    return Question(
        text=text,
        parts=_parts(text),
        phrases=_phrases(text),
        wanted=(*wanted, *beside),
    )


def holds(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text holds every one of these folded phrases."""
    plain = folded(text)
    return all(phrase in plain for phrase in phrases)


def folded(text: str) -> str:
    """Text as phrases are compared: case, spaces, quote marks and dashes make no difference."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[‘’ʼ]", "'", re.sub(r"[“”„«»]", '"', re.sub(r"[‐‑‒–—―]", "-", text)))
    return _SPACE.sub(" ", text).strip()


def _phrases(text: str) -> tuple[str, ...]:
    """What is quoted and must match: two words or more, in a question of few other words. A long sentence that happens
    to quote a title asks for more than the passages that hold it."""
    found = [p for p in _PHRASE.findall(text) if len(p.split()) > 1]
    return tuple(map(folded, found)) if len(terms(_PHRASE.sub(" ", text))) <= MOST_BESIDE else ()


def _parts(text: str) -> tuple[str, ...]:
    found = [part.strip() for start, end in sentences(text) for part in _CLAUSES.split(text[start:end])]
    found = [part for part in found if len(terms(part)) >= LEAST_PART][:MOST_PARTS]
    return tuple(found) if len(found) > 1 else ()


def _named(said: Sequence[str], names: Names) -> Iterator[tuple[Run, list[Run]]]:
    """The names in a question, each with the other names of the same thing."""
    for group in names:
        runs = [run for name in group if (run := tuple(terms(name)))]
        for run in dict.fromkeys(runs):
            if _holds(said, run):
                yield run, [other for other in dict.fromkeys(runs) if other != run and not _holds(said, other)]


def _holds(said: Sequence[str], run: Run) -> bool:
    return any(tuple(said[at : at + len(run)]) == run for at in range(len(said) - len(run) + 1))


def _durations(said: Sequence[str]) -> Iterator[tuple[Run, list[Run]]]:
    """`21 days` is `3 weeks`, `two months` are `60 days`, and the other way round."""
    for count, unit in pairwise(said):
        if count.isdecimal() and len(count) <= 3 and unit in _DAYS_IN:
            days = int(count) * _DAYS_IN[unit]
            same: list[Run] = [(str(days // n), u) for u, n in _DAYS_IN.items() if u != unit and days % n == 0 and days >= n]
            if same:
                yield (count, unit), same
