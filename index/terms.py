"""Terms: how text becomes them, and BM25 over them with statistics exact as of an instant.

The scoring is our own because no library at hand grows by increments *and* counts only documents knowable by the
as-of: a document of tomorrow must not change today's ranking, not even through the rarity of a word."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import Stemmer
from numpy.typing import NDArray

# BM25 in Lucene's variant; the constants as measured on the project's retrieval sets
K1, B = 1.5, 0.75

_WORD = re.compile(r"\w+(?:[.’']\w+)*")
STOPWORDS = frozenset(
    "a an and are as at be been but by did do does for from had has have he her him his how i if in into is it its "
    "me my no not of on or our she so such that the their them then there these they this to was we were what when "
    "where which who why will with would you your about says said".split()
)


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)


def terms(text: str) -> list[str]:
    """Stems of the words in order, stop words left out. Works on any script; `U.S.` and `U.N.` stay one term."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    words = (word.removesuffix("'s").replace(".", "") for word in _WORD.findall(folded))
    return [_stem(word) for word in words if word not in STOPWORDS]


def counted(text: str) -> Counter[str]:
    """How often each term occurs."""
    return Counter(terms(text))


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term occurs: row numbers of passages, and how often in each (both int32, same length)."""

    rows: NDArray[np.int32]
    frequencies: NDArray[np.int32]

    def below(self, row: int) -> Postings:
        keep = self.rows < row
        return Postings(self.rows[keep], self.frequencies[keep])


def bm25(
    query: Iterable[str],
    postings: Mapping[str, Postings],
    lengths: NDArray[np.int32],
    visible: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """The BM25 score of each passage [rows], 0 where nothing matched or the passage is not visible.

    `lengths` are terms per passage. Document count, mean length and document frequencies are taken over visible
    passages only."""
    scores = np.zeros(len(lengths), np.float32)
    total = int(visible.sum())
    if not total:
        return scores
    norm = K1 * (1 - B + B * lengths / max(float(lengths[visible].mean()), 1e-9))
    for term in query:
        if (found := postings.get(term)) is None:
            continue
        keep = visible[found.rows]
        rows, tf = found.rows[keep], found.frequencies[keep]
        idf = np.log1p((total - len(rows) + 0.5) / (len(rows) + 0.5))
        scores[rows] += (idf * tf / (tf + norm[rows])).astype(np.float32)
    return scores


def packed(rows: Sequence[int], frequencies: Sequence[int]) -> bytes:
    """Postings as stored: int32 rows, then int32 frequencies."""
    return np.array([rows, frequencies], np.int32).tobytes()


def unpacked(blobs: Iterable[bytes]) -> Postings:
    """Several stored blobs of one term as one."""
    halves = [np.frombuffer(blob, np.int32).reshape(2, -1) for blob in blobs]
    both = np.concatenate(halves, axis=1)
    return Postings(both[0], both[1])
