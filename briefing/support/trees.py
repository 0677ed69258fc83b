"""Boosted trees and a linear model side by side, and a calibration: small, readable files, run with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trees:
    """All trees side by side, padded to the longest: of each node the feature it asks for, the threshold, and where it
    leads (`value <= threshold`: left). A leaf leads to itself and holds a value; their sum over the trees is the score."""

    feature: NDArray[np.int32]  # [trees, nodes]
    threshold: Rows
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Rows
    depth: int

    @classmethod
    def of(cls, told: dict[str, Any]) -> Trees:
        feature, left, right = (np.array(told[name], np.int32) for name in ("feature", "left", "right"))
        threshold, value = (np.array(told[name], np.float64) for name in ("threshold", "value"))
        return cls(feature, threshold, left, right, value, int(told["depth"]))

    def scores(self, rows: Rows) -> Rows:
        """The raw score of each row [rows, features]."""
        trees = np.arange(len(self.feature))[None]
        at = np.zeros((len(rows), len(self.feature)), np.int32)
        row = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = rows[row, self.feature[trees, at]] <= self.threshold[trees, at]
            at = np.where(goes_left, self.left[trees, at], self.right[trees, at])
        return np.asarray(self.value[trees, at].sum(1), np.float64)


@dataclass(frozen=True, slots=True)
class Linear:
    """Logistic regression over standardised features."""

    mean: Rows
    scale: Rows
    weights: Rows
    bias: float

    @classmethod
    def of(cls, told: dict[str, Any]) -> Linear:
        mean, scale, weights = (np.array(told[name], np.float64) for name in ("mean", "scale", "weights"))
        return cls(mean, scale, weights, float(told["bias"]))

    def scores(self, rows: Rows) -> Rows:
        return np.asarray((rows - self.mean) / self.scale @ self.weights + self.bias, np.float64)


@dataclass(frozen=True, slots=True)
class Both:
    """The mean of what trees and linear model say, and what share of pairs of such a score is supported."""

    trees: Trees
    linear: Linear
    curve: Rows  # [2, points]: scores in ascending order, and the share of supported pairs at each

    @classmethod
    def of(cls, told: dict[str, Any]) -> Both:
        return cls(Trees.of(told["trees"]), Linear.of(told["linear"]), np.array(told["curve"], np.float64))

    def raw(self, rows: Rows) -> Rows:
        return np.asarray((_share(self.trees.scores(rows)) + _share(self.linear.scores(rows))) / 2, np.float64)

    def calibrated(self, rows: Rows) -> Rows:
        return np.asarray(np.interp(self.raw(rows), self.curve[0], self.curve[1]), np.float64)


def _share(scores: Rows) -> Rows:
    return np.asarray(1 / (1 + np.exp(-scores)), np.float64)
