"""What a suite is and what it reports: metrics with intervals, honest counts, floors that decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Z = 1.96  # 95 %
OWN_CASES = ("citation", "ledger", "faults")  # suites that need no cases from outside; what `briefing eval` runs by itself


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


Suite = Callable[[Path | None, Sequence[Path]], Result]  # cases (None: its own), articles


def suites() -> dict[str, Suite]:
    """Every suite by name."""
    from evals.briefs import briefs
    from evals.carriers import carriers
    from evals.checker import checker
    from evals.citation import citation
    from evals.digest import digest
    from evals.evil import evil
    from evals.extraction import extraction
    from evals.faults import faults
    from evals.feeds import feeds_suite
    from evals.injection import injection
    from evals.ledger import ledger
    from evals.mutations import mutations
    from evals.origins import origins
    from evals.quotes import quotes
    from evals.retrieval import retrieval
    from evals.statements import statements
    from evals.timelines import timelines
    from evals.times import times

    return {
        "citation": citation,
        "briefs": briefs,
        "digest": digest,
        "evil": evil,
        "extraction": extraction,
        "feeds": feeds_suite,
        "origins": origins,
        "carriers": carriers,
        "retrieval": retrieval,
        "quotes": quotes,
        "times": times,
        "statements": statements,
        "timelines": timelines,
        "ledger": ledger,
        "injection": injection,
        "mutations": mutations,
        "checker": checker,
        "faults": faults,
    }


def ran(names: Sequence[str], cases: Sequence[Path], articles: Sequence[Path], model: str | None = None) -> list[Result]:
    """Each suite named over each cases path (its own where none is given); without a name those with own cases. `model`: the
    checker of support that the `checker` suite measures."""
    known = suites()
    if model is not None:
        from evals.checker import checker

        known["checker"] = partial(checker, model=model)
    paths: list[Path | None] = [*cases] or [None]
    chosen = names or (known if cases else OWN_CASES)
    return [known[name](path, articles) for name in chosen for path in paths]


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
