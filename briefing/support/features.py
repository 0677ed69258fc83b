"""What can be counted of a sentence beside its evidence, for a checker to weigh. Pure functions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from briefing.beside.alignment import Alignment, aligned
from briefing.beside.words import Word, words
from briefing.support.evidence import read
from index.terms import terms

NAMES = (
    "words", "held", "held_best", "held_chosen", "held_weight", "rarest_missing", "pairs_held", "triples_held", "longest_run",
    "numbers", "numbers_missing", "names", "names_missing", "negations", "negations_more", "hedges_fewer", "changes",
    "changes_fact", "changes_word", "unmatched", "evidence_words", "best_sentences", "quoted_missing", "capitals",
)  # fmt: skip


def features(claim: str, evidence: str, chosen: str, mine: Sequence[Word]) -> NDArray[np.float32]:
    """One row of `NAMES` for a sentence and its evidence; `chosen` is what of it is read beside the sentence, `mine` the
    sentence's words. Shares are in [0, 1]; counts are capped at 5 and divided by 5."""
    parts, held_by = read(evidence)
    wanted = terms(claim)
    own = frozenset(wanted)
    everything = frozenset().union(*held_by)
    near = frozenset(terms(chosen))
    best = max((len(own & held) for held in held_by), default=0)
    weights = {t: math.log(1 + len(parts) / (0.5 + sum(t in held for held in held_by))) for t in own}
    total = sum(weights.values()) or 1.0
    theirs = words(chosen, None)
    laid = aligned(mine, theirs)
    said = terms(evidence)
    return np.array(
        [
            min(len(wanted), 40) / 40,
            _share(own, everything),
            best / max(1, len(own)),
            _share(own, near),
            sum(w for t, w in weights.items() if t in everything) / total,
            max((w for t, w in weights.items() if t not in everything), default=0.0) / 6,
            _share(_runs(wanted, 2), _runs(said, 2)),
            _share(_runs(wanted, 3), _runs(said, 3)),
            _longest(laid) / max(1, len(mine)),
            *_facts(mine, theirs, {"number", "length"}, everything),
            *_facts(mine, theirs, {"name", "office"}, everything),
            _capped(sum(w.kind == "not" for w in mine)),
            _signed(sum(w.kind == "not" for w in mine) - _inside(laid, "not")),
            _signed(_inside(laid, "hedge") - sum(w.kind == "hedge" for w in mine)),
            _capped(sum(c.holds for c in laid.changes)),
            _capped(sum(c.holds and any(w.told for w in c.own) and any(w.told for w in c.held) for c in laid.changes)),
            _capped(
                sum(
                    c.holds and any(w.kind == "word" for w in c.own) and any(w.kind == "word" for w in c.held)
                    for c in laid.changes
                )
            ),
            1 - len({i for i, _ in laid.pairs}) / max(1, len(mine)),
            math.log(1 + len(said)) / 8,
            _capped(_sentences_of(laid)),
            float(any(q.casefold() not in evidence.casefold() for q in re.findall(r"[“\"]([^”\"]{3,})[”\"]", claim))),
            float(any(c.isupper() for c in claim[1:])),
        ],
        np.float32,
    )


def _share(own: frozenset[object], held: frozenset[object]) -> float:
    return len(own & held) / len(own) if own else 1.0


def _runs(said: Sequence[str], n: int) -> frozenset[object]:
    return frozenset(tuple(said[at : at + n]) for at in range(len(said) - n + 1))


def _capped(count: int) -> float:
    return min(5, count) / 5


def _signed(count: int) -> float:
    return max(-3, min(3, count)) / 3


def _longest(laid: Alignment) -> int:
    longest = run = 0
    last = (-2, -2)
    for pair in sorted(laid.pairs):
        run = run + 1 if pair == (last[0] + 1, last[1] + 1) else 1
        longest, last = max(longest, run), pair
    return longest


def _facts(own: Sequence[Word], held: Sequence[Word], kinds: set[str], everything: frozenset[str]) -> tuple[float, float]:
    mine = [w for w in own if w.kind in kinds]
    theirs = {w.norm for w in held}
    missing = [w for w in mine if w.norm not in theirs and w.norm not in everything]
    return _capped(len(mine)), _capped(len(missing))


def _inside(laid: Alignment, kind: str) -> int:
    """Words of a kind within the sentences of the evidence that match most."""
    matched = [j for _, j in laid.pairs]
    return sum(laid.held[j].kind == kind for j in range(min(matched, default=0), max(matched, default=-1) + 1))


def _sentences_of(laid: Alignment) -> int:
    """How many sentences of the evidence the matching words come from."""
    ends = np.cumsum([w.ends for w in laid.held]) if laid.held else np.zeros(0)
    return len({int(ends[j]) - int(laid.held[j].ends) for _, j in laid.pairs})
