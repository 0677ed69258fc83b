"""Every suite by its name; a suite is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from evals.suite import Result

OWN_CASES = ("citation", "ledger", "faults")  # suites that need no cases from outside; what `briefing eval` runs by itself

Suite = Callable[[Path | None, Sequence[Path]], Result]  # cases (None: its own), articles


def suites() -> dict[str, Suite]:
    """Every suite by name."""
    from evals.briefs import briefs
    from evals.carriers import carriers
    from evals.checker import checker
    from evals.citation import citation
    from evals.coverage import coverage
    from evals.days import days
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
        "coverage": coverage,
        "digest": digest,
        "evil": evil,
        "extraction": extraction,
        "feeds": feeds_suite,
        "origins": origins,
        "carriers": carriers,
        "retrieval": retrieval,
        "quotes": quotes,
        "times": times,
        "days": days,
        "statements": statements,
        "timelines": timelines,
        "ledger": ledger,
        "injection": injection,
        "mutations": mutations,
        "checker": checker,
        "faults": faults,
    }


def ran(
    names: Sequence[str],
    cases: Sequence[Path],
    articles: Sequence[Path],
    model: str | None = None,
    part: str | None = None,
    verdicts: Path | None = None,
) -> list[Result]:
    """Each suite named over each cases path (its own where none is given); without a name those with own cases. `model`: the
    checker of support that the `checker` suite measures, or "judge" for `coverage`; `part`: of a set that has parts; `verdicts`:
    where what was judged of briefs is kept."""
    known = suites()
    if model is not None:
        from evals.checker import checker

        known["checker"] = partial(checker, model=model)
    if part is not None:
        from evals.statements import statements

        known["statements"] = partial(statements, part=part)
    if "coverage" in names:
        from evals.coverage import PART, coverage

        known["coverage"] = partial(coverage, part=part or PART, verdicts=verdicts, judge=model == "judge")
    paths: list[Path | None] = [*cases] or [None]
    chosen = names or (known if cases else OWN_CASES)
    return [known[name](path, articles) for name in chosen for path in paths]
