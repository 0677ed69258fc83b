"""What a suite is and what it reports: metrics with intervals, honest counts, floors that decide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Metric:
    """A value in [0, 1] with its 95 % interval; None where nothing could be scored."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def share(cls, hits: int, n: int) -> Metric:
        """A proportion with Wilson's score interval (https://doi.org/10.1080/01621459.1927.10502953)."""
        if not n:
            return cls(None)
        p, spread = hits / n, Z * math.sqrt(hits / n * (1 - hits / n) / n + Z * Z / (4 * n * n))
        middle, scale = p + Z * Z / (2 * n), 1 + Z * Z / n
        return cls(p, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One suite over one set of cases. Unscored cases are counted, never averaged in."""

    suite: str
    cases: str
    n: int
    unscored: int
    metrics: dict[str, Metric]
    floors: dict[str, float]
    notes: tuple[str, ...] = field(default=())

    @property
    def missed(self) -> list[str]:
        """What fell under its floor, or could not be measured at all."""
        return [
            f"{name} {'not measured' if m.value is None else f'{m.value:.4f}'} under its floor {floor}"
            for name, floor in self.floors.items()
            if (m := self.metrics[name]).value is None or m.value < floor
        ]

    @property
    def passed(self) -> bool:
        return not self.missed

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": self.suite,
            "cases": self.cases,
            "n": self.n,
            "unscored": self.unscored,
            "metrics": {k: {"value": m.value, "low": m.low, "high": m.high} for k, m in self.metrics.items()},
            "floors": self.floors,
            "passed": self.passed,
        }


def junit(results: Sequence[Result]) -> str:
    """The results as a JUnit file: one test a floor."""
    root = ElementTree.Element("testsuites")
    for result in results:
        suite = ElementTree.SubElement(root, "testsuite", name=result.suite, tests=str(len(result.floors)))
        missed = {line.split()[0]: line for line in result.missed}
        suite.set("failures", str(len(missed)))
        for name in result.floors:
            case = ElementTree.SubElement(suite, "testcase", classname=f"{result.suite}.{result.cases}", name=name)
            if name in missed:
                ElementTree.SubElement(case, "failure", message=missed[name])
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
