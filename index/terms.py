"""Terms: how text becomes them, and BM25 over them with statistics exact as of an instant.

The scoring is our own because no library at hand grows by increments *and* counts only documents knowable by the
as-of: a document of tomorrow must not change today's ranking, not even through the rarity of a word."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import Stemmer
from numpy.typing import NDArray

from index.calendar.days import MONTHS

# BM25 in Lucene's variant; the constants as measured on the project's retrieval sets
K1, B = 1.2, 0.75
RULES = "terms-v2"  # part of the index identity: change how text becomes terms and they are made again

_WORD = re.compile(r"\w+(?:[.’']\w+)*")
_ISO_DAY = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
STOPWORDS = frozenset(
    "a an and are as at be been but by did do does for from had has have he her him his how i if in into is it its "
    "me my no not of on or our she so such that the their them then there these they this to was we were what when "
    "where which who why will with would you your about says said".split()
)
_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty".split()
)
# One term for what is written in several ways: number words are digits, short months long ones.
_ONE_FORM = {word: str(n) for n, word in enumerate(_NUMBERS, start=2)}
_ONE_FORM |= {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90", "sept": "september"}
_ONE_FORM |= {name[:3].casefold(): name.casefold() for name in MONTHS}


@lru_cache(maxsize=400_000)
def _term(word: str) -> str:
    """The term of a folded word, empty for a stop word."""
    bare = word.removesuffix("'s").replace(".", "")
    return "" if bare in STOPWORDS else str(_stemmer().stemWord(_ONE_FORM.get(bare, bare)))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)


def terms(text: str) -> list[str]:
    """Stems of the words in order, stop words left out. Works on any script; `U.S.` and `U.N.` stay one term, numbers
    and days have one form: `three-week` and `3 weeks`, `2024-09-26` and `Sept. 26, 2024`."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return [term for word in _WORD.findall(_ISO_DAY.sub(_spelled, folded)) if (term := _term(word))]


def _spelled(day: re.Match[str]) -> str:
    month = int(day[2])
    return f"{MONTHS[month - 1]} {int(day[3])} {day[1]}".casefold() if 1 <= month <= 12 else day.group()


def counted(text: str) -> Counter[str]:
    """How often each term occurs."""
    return Counter(terms(text))


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term occurs: places in ascending order, and how often at each (both int32, same length)."""

    rows: NDArray[np.int32]
    frequencies: NDArray[np.int32]

    @classmethod
    def none(cls) -> Postings:
        return cls(np.zeros(0, np.int32), np.zeros(0, np.int32))

    def __contains__(self, row: int) -> bool:
        at = int(np.searchsorted(self.rows, np.int32(row)))  # another type would copy all of them
        return at < len(self.rows) and int(self.rows[at]) == row

    def only(self, keep: NDArray[np.bool_]) -> Postings:
        """Those for which `keep` [one a posting] is true."""
        return Postings(self.rows[keep], self.frequencies[keep])

    def moved(self, place_of: NDArray[np.int32]) -> Postings:
        """The same at other places, of which several rows may share one (their frequencies are summed); -1 drops a row.
        Order must be kept."""
        inside = self.rows < len(place_of)
        places = place_of[self.rows[inside]]
        kept = Postings(places, self.frequencies[inside]).only(places >= 0)
        if not len(kept.rows):
            return kept
        starts = np.flatnonzero(np.diff(kept.rows, prepend=-1))
        return Postings(kept.rows[starts], np.add.reduceat(kept.frequencies, starts).astype(np.int32))


def either(found: Sequence[Postings]) -> Postings:
    """Where any of several terms occurs, their frequencies summed: synonyms count as one term."""
    if len(found) == 1:
        return found[0]
    if not found:
        return Postings.none()
    rows, inverse = np.unique(np.concatenate([p.rows for p in found]), return_inverse=True)
    sums = np.bincount(inverse, np.concatenate([p.frequencies for p in found]), len(rows))
    return Postings(rows, sums.astype(np.int32))


def together(found: Sequence[Postings]) -> Postings:
    """Where all of several terms occur, as often as the rarest of them."""
    if len(found) == 1 or not found:
        return found[0] if found else Postings.none()
    shared = found[0].rows
    for other in found[1:]:
        shared = np.intersect1d(shared, other.rows, assume_unique=True)
    least = np.min([p.frequencies[np.searchsorted(p.rows, shared)] for p in found], axis=0)
    return Postings(shared, least.astype(np.int32))


class Statistics:
    """What BM25 takes from all documents, over those that are visible and `counts` (all): copies of one text must not make
    its words common. `lengths` are terms per document."""

    def __init__(self, lengths: NDArray[np.int32], visible: NDArray[np.bool_], counts: NDArray[np.bool_] | None = None) -> None:
        self._visible = None if visible.all() else visible
        counts = visible if counts is None else counts & visible
        self._counts = None if counts.all() else counts
        self._total = int(counts.sum())
        mean = float(lengths[counts].mean()) if self._total else 0.0
        self._norm = (K1 * (1 - B + B * lengths / max(mean, 1e-9))).astype(np.float32)

    def impacts(self, postings: Postings) -> Impacts:
        """What a term adds to the documents that hold it and are visible."""
        if not self._total:
            return Impacts.none()
        seen = postings if self._visible is None else postings.only(self._visible[postings.rows])
        rarity = len(seen.rows) if self._counts is None else np.count_nonzero(self._counts[seen.rows])
        idf = np.float32(np.log1p((self._total - rarity + 0.5) / (rarity + 0.5)))
        often = seen.frequencies.astype(np.float32)
        return Impacts(seen.rows, idf * often / (often + self._norm[seen.rows]))


@dataclass(frozen=True, slots=True)
class Impacts:
    """What one term adds to the score of each document that holds it: places, ascending, and summands (same length)."""

    rows: NDArray[np.int32]
    adds: NDArray[np.float32]

    @classmethod
    def none(cls) -> Impacts:
        return cls(np.zeros(0, np.int32), np.zeros(0, np.float32))


def bm25(found: Iterable[tuple[Impacts, float]], documents: int) -> NDArray[np.float32]:
    """The BM25 score of each document [documents] for terms of some weight, 0 where nothing matched."""
    scores = np.zeros(documents, np.float32)
    for impacts, weight in found:
        scores[impacts.rows] += np.float32(weight) * impacts.adds  # a document is there once
    return scores


def packed(rows: Sequence[int], frequencies: Sequence[int]) -> bytes:
    """Postings as stored: int32 rows, then int32 frequencies."""
    return np.array([rows, frequencies], np.int32).tobytes()


def unpacked(blobs: Sequence[bytes]) -> Postings:
    """Several stored blobs of one term as one, in the order given."""
    halves = [np.frombuffer(blob, np.int32).reshape(2, -1) for blob in blobs]
    both = np.concatenate(halves, axis=1) if len(halves) > 1 else halves[0]
    return Postings(both[0], both[1])
