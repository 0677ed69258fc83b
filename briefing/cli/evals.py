"""`briefing eval`: run suites, print what they measured, let their floors decide the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefing.cli.options import AsJson, Data, put, put_json, tell
from index.errors import Misuse

if TYPE_CHECKING:
    from evals import Metric, Result


def add_to(app: typer.Typer) -> None:
    app.command("eval")(evaluate)


def evaluate(
    suite: Annotated[list[str] | None, typer.Argument(metavar="[SUITE...]", help="Which; default all.")] = None,
    cases: Annotated[list[Path] | None, typer.Option(metavar="PATH", help="Cases instead of the suite's own.")] = None,
    articles: Annotated[list[Path] | None, typer.Option(metavar="PATH", help="Articles the cases cite.")] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The checker to measure: built-in, judge, or a local model's folder or name."),
    ] = None,
    part: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a labelled set with parts: train, dev, test; tune, b, c.")
    ] = None,
    verdicts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where what a person judged of briefs is kept (coverage).")
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit file too.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Measure citation accuracy and more; exit code 1 where a floor is missed."""
    import os

    from evals import junit as junit_text
    from evals import ran
    from evals.registry import suites

    if unknown := [name for name in suite or [] if name not in suites()]:
        raise Misuse(f"there is no suite {unknown[0]!r}; there are: {', '.join(suites())}")
    if missing := [path for path in [*(cases or []), *(articles or [])] if not path.exists()]:
        raise Misuse(f"{missing[0]} does not exist")
    if data is not None:
        os.environ["BRIEFING_DATA"] = str(data)
    results = ran(suite or [], cases or [], articles or [], model, part, verdicts)
    if junit is not None:
        junit.write_text(junit_text(results), encoding="utf-8")
        tell(f"Written to {junit}.")
    put_json([r.as_json() for r in results]) if as_json else put("\n".join(_line(r) for r in results))
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def _value(metric: Metric) -> str:
    if metric.value is None:
        return "–"
    interval = "" if metric.low is None or metric.high is None else f" [{metric.low:.3f}, {metric.high:.3f}]"
    return f"{metric.value:.3f}{interval}"


def _line(result: Result) -> str:
    told = ", ".join(f"{name} {_value(m)}" for name, m in result.metrics.items())
    verdict = "passed" if result.passed else "MISSED: " + "; ".join(result.missed)
    lines = [f"{result.suite} ({result.cases}): {told}; n {result.n}, unscored {result.unscored}; {verdict}"]
    return "\n".join([*lines, *(f"  {note}" for note in result.notes)])
