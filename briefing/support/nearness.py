"""How near the words of a sentence lie to those of its evidence in the vectors of the embedding that ships: the alignment of
BERTScore (Zhang et al., https://arxiv.org/abs/1904.09675), by word, and what of it tells a difference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from briefing.beside.words import Word

NAMES = (
    "near_mean", "near_weighted", "near_least", "near_low", "near_tenth", "near_under", "near_facts", "near_facts_least",
    "near_words_least", "near_back", "pooled", "pooled_best", "pooled_clause",
)  # fmt: skip
UNLIKE = 0.6  # of similarity; a word with nothing nearer in the evidence is one of its own

Matrix = NDArray[np.float32]
Spans = Sequence[tuple[int, int]]


def features(
    own: Matrix, held: Matrix, at: Spans, held_at: Spans, mine: Sequence[Word], ends: Sequence[int], clauses: Spans
) -> Matrix:
    """One row of `NAMES`. `own` [pieces, width] and `held` are vectors of L2 norm 1, `at` and `held_at` the characters
    of each piece; `mine` the sentence's words; `ends` where the evidence's sentences end; `clauses` the sentence's clauses."""
    near = own @ held.T
    best = near.max(1)
    kind = _kinds(at, mine)
    facts = np.array([k in {"number", "length", "day", "name", "office", "not"} for k in kind])
    plain = np.array([k in {"word", "hedge"} for k in kind])
    weight = np.where(facts, 2.0, np.where(plain, 1.0, 0.3))
    ordered = np.sort(best)
    bounds = [0, *ends]
    starts = np.array([start for start, _ in held_at])
    whole = [held[(starts >= a) & (starts < b)] for a, b in pairwise(bounds)]
    sentences = np.stack([_pooled(one) for one in whole if len(one)]) if held_at else np.zeros((1, own.shape[1]), np.float32)
    begins = np.array([start for start, _ in at])
    told = [own[(begins >= a) & (begins < b)] for a, b in clauses]
    by_clause = [float((sentences @ _pooled(one)).max()) for one in told if len(one) >= 3]
    return np.array(
        [
            best.mean(),
            (best * weight).sum() / weight.sum(),
            ordered[0],
            ordered[:3].mean(),
            np.quantile(best, 0.1),
            (best < UNLIKE).mean(),
            best[facts].mean() if facts.any() else 1.0,
            best[facts].min() if facts.any() else 1.0,
            best[plain].min() if plain.any() else 1.0,
            near.max(0).mean(),
            _pooled(own) @ _pooled(held),
            (sentences @ _pooled(own)).max(),
            min(by_clause, default=1.0),
        ],
        np.float32,
    )


def _kinds(at: Spans, mine: Sequence[Word]) -> list[str | None]:
    """The kind of the word that each piece belongs to."""
    found: list[str | None] = []
    word = 0
    for start, _ in at:
        while word < len(mine) and mine[word].end <= start:
            word += 1
        found.append(mine[word].kind if word < len(mine) and mine[word].start <= start else None)
    return found


def _pooled(states: Matrix) -> Matrix:
    total = np.add.reduce(states, 0)  # the mean's 1/n cancels in the norm
    return np.asarray(total / max(float(np.sqrt(total @ total)), 1e-9), np.float32)
