"""The checker that needs nothing: what can be counted of a sentence beside its evidence, and how near its words lie to it
in the vectors of the embedding that ships, weighed by trees and a linear model trained on labelled pairs
(`model/train.py`)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from briefing.beside.words import words
from briefing.support import features, nearness
from briefing.support.evidence import beside, claims_in
from briefing.support.ports import Limits, Pair, Unscored
from briefing.support.states import States
from briefing.support.trees import Both, Rows
from index.sentences import Span, sentences

_CLAUSE = re.compile(r"[,;:–—]\s|\s(?:and|but|while|after|before|because|when|who|which|that|as)\s")


class BuiltIn:
    """Always there. Of a claim of several sentences the least, the mean and the most supported count together."""

    name = "built-in/1"

    def __init__(self, file: Path | None = None) -> None:
        self._file = file  # None: the one that ships
        self._states = States()

    @cached_property
    def _model(self) -> Both:
        return Both.of(self._told)

    @cached_property
    def _told(self) -> dict[str, Any]:
        place = self._file or files("briefing.support") / "model" / "support.json"
        told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        return told

    @cached_property
    def limits(self) -> Limits:
        return Limits(**self._told["limits"])

    def scores(self, pairs: Sequence[Pair]) -> list[float | Unscored]:
        if not pairs:
            return []
        return [float(score) for score in self._model.calibrated(self.rows(pairs))]

    def rows(self, pairs: Sequence[Pair]) -> Rows:
        """The features of each pair [pairs, features]; one after the other: it is nearly all Python, which threads slow."""
        return np.stack([self._row(pair) for pair in pairs])

    def _row(self, pair: Pair) -> Rows:
        parts = claims_in(pair.claim)
        each = np.stack([self._sentence(part, pair.evidence) for part in parts])
        return np.concatenate([each.min(0), each.mean(0), each.max(0), [len(parts) / 5]]).astype(np.float64)

    def _sentence(self, claim: str, evidence: str) -> nearness.Matrix:
        chosen, mine = beside(claim, evidence), words(claim, None)
        counted = features.features(claim, evidence, chosen, mine)
        (own, at), (held, held_at) = self._states.of(claim), self._states.of(chosen)
        if not len(at) or not len(held_at):
            return np.concatenate([counted, np.zeros(len(nearness.NAMES), np.float32)])
        ends = [end for _, end in sentences(chosen)] or [len(chosen)]
        return np.concatenate([counted, nearness.features(own, held, at, held_at, mine, ends, _clauses(claim))])


def _clauses(claim: str) -> list[Span]:
    cuts = [0, *(match.start() for match in _CLAUSE.finditer(claim)), len(claim)]
    return list(pairwise(cuts))
