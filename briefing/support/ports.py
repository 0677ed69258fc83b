"""The port that every checker of support stands behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from briefing.claims import Label


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, and the words it must be supported by."""

    claim: str
    evidence: str
    stays: bool = False  # the evidence may not leave this machine
    articles: tuple[str, ...] = ()  # whose words the evidence is


@dataclass(frozen=True, slots=True)
class Unscored:
    """A pair that a checker gave no score, and why: no verdict, neither for nor against."""

    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Scores from which a sentence counts as supported, and as supported in part."""

    supported: float
    partial: float

    def label(self, score: float) -> Label:
        return "supported" if score >= self.supported else "partial" if score >= self.partial else "unsupported"


class Checker(Protocol):
    """Says how likely the evidence says all of the claim."""

    @property
    def name(self) -> str:
        """What it is and which version: `built-in/1`."""
        ...

    @property
    def limits(self) -> Limits: ...

    def scores(self, pairs: Sequence[Pair]) -> list[float | Unscored]:
        """One a pair, in order, in [0, 1]: calibrated, so that of pairs scored .8 about four in five are supported. A pair
        that cannot be scored is `Unscored`; a checker that cannot run at all raises `ModelUnavailable` or `Misuse`."""
        ...
