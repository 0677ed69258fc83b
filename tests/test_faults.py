"""The forty sentences with planted faults, through every form that `briefing verify` takes: the same verdicts in each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from briefing.claims import Claim
from briefing.contract.convert import claim_json
from briefing.desk import Desk
from briefing.sample import articles_file
from briefing.settings import Settings
from briefing.submitted import read
from evals.faults import Planted, faults, planted, stands

# what gates and built-in checker let through, and which good sentences they stop: named, so that neither list grows unnoticed
MISSED: set[str] = set()
STOPPED: set[str] = {"f07", "f21"}


@pytest.fixture(scope="module")
def cases() -> list[Planted]:
    return planted()


def _pairs(cases: list[Planted]) -> tuple[str, str]:
    rows = [{"id": c.id, "claim": c.text, "evidence": c.claim.citations[0].quote, "published": _published(c)} for c in cases]
    return "pairs.jsonl", "\n".join(json.dumps(row) for row in rows)


def _benchmark(cases: list[Planted]) -> tuple[str, str]:
    rows = [
        {"question": "q", "output": f"{c.text} [1]", "docs": [{"text": c.claim.citations[0].quote, "published": _published(c)}]}
        for c in cases
    ]
    return "benchmark.json", json.dumps(rows)


def _markdown(cases: list[Planted]) -> tuple[str, str]:
    body = "\n\n".join(f"- {c.text}[{n}]" for n, c in enumerate(cases, start=1))
    entries = []
    for n, case in enumerate(cases, start=1):
        quotes = "\n".join(f"> {line}" for line in case.claim.citations[0].quote.split("\n") if line)
        entries.append(f"[{n}] {case.article.outlet}: {case.article.title} ({case.article.external_id})\n{quotes}\n")
    return "brief.md", f"# Title\n\n{body}\n\n## Sources\n\n" + "\n".join(entries)


def _answer(cases: list[Planted]) -> tuple[str, str]:
    claims = [claim_json(c.claim) for c in cases]
    told = {"schema": "answer/1", "question": "q", "as_of": "2030-01-01T00:00:00Z", "ending": "answered", "sentences": claims}
    return "answer.json", json.dumps({**told, "withheld": [], "sources": [], "session": None})


def _published(case: Planted) -> str | None:
    return case.article.published.isoformat() if case.article.published else None


@pytest.mark.parametrize("form", [_pairs, _benchmark, _markdown, _answer])
def test_what_is_caught_and_what_is_missed_is_the_same_in_every_form(
    form: Callable[[list[Planted]], tuple[str, str]], cases: list[Planted], tmp_path: Path
) -> None:
    name, text = form(cases)
    desk = Desk(Settings(data=tmp_path))
    with articles_file() as sample:
        done = desk.verify(read(text, name), sources=[sample])
    desk.close()
    assert len(done.claims) == len(cases)
    by_id: dict[str, Claim] = {case.id: claim for case, claim in zip(cases, done.claims, strict=True)}
    undated = {case.id for case in cases if case.article.published is None and name == "answer.json"}  # never used under an as-of
    missed = {case.id for case in cases if case.fault and stands(by_id[case.id])}
    stopped = {case.id for case in cases if not case.fault and not stands(by_id[case.id])} - undated
    assert (missed, stopped) == (MISSED, STOPPED)


def test_the_suite_counts_them(cases: list[Planted]) -> None:
    result = faults(None, [])
    assert result.n == len(cases) == 40
    assert result.passed, result.missed
