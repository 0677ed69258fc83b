"""Which day words mean, on mentions that readers labelled without seeing ours: `days/labels.tsv`, places in articles of other
people, so that the texts stay where they are.

Samples: `differ-*` are mentions on which the two date readers of before differ, drawn from conflict-news (`looked-at` before
the rules were written, `second` and `fresh` after); `choice` and `fresh` are any mentions, drawn from realtimeqa-articles.
NEARER and CERTAIN of `index.calendar.days` were chosen on `differ-looked-at`, `differ-second` and `choice`."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

from evals.rows import rows_of
from evals.suite import Metric, Result
from index.calendar.days import CERTAIN, all_days
from index.errors import Misuse
from index.sentences import sentences

SETS = {"conflict-news": "articles.jsonl.gz", "realtimeqa-articles": "corpus.jsonl.gz"}
FLOORS = {"fresh.ahead": 0.90, "differ-fresh.certain": 0.90}
Row = dict[str, str]


def days(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder that holds both sets. Of each sample the share right (a day for certain where none is meant is wrong), of
    those given as certain, of those that lie ahead, and what the readers of before made of them. Raises Misuse."""
    if cases is None:
        raise Misuse("the suite `days` needs the folder that holds conflict-news and realtimeqa-articles: --cases DIR")
    labels = list(
        csv.DictReader((files("evals") / "days" / "labels.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t")
    )
    texts = _texts(cases, {(row["set"], row["article"]) for row in labels})
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for row in labels:
        if (key := (row["set"], row["article"])) in texts:
            for name, hit in _scored(row, *texts[key]).items():
                asked[name] += 1
                right[name] += hit
    metrics = {name: Metric.share(right[name], asked[name]) for name in sorted(asked)}
    n = sum((row["set"], row["article"]) in texts for row in labels)
    told = tuple(f"{name}: {right[name]} of {asked[name]}" for name in sorted(asked))
    return Result(suite="days", cases=str(cases), n=n, unscored=len(labels) - n, metrics=metrics, floors=FLOORS, notes=told)


def _scored(row: Row, text: str, published: date) -> dict[str, bool]:
    """Each measure that this label counts for, and whether it was right."""
    start, end, sample = int(row["start"]), int(row["end"]), row["sample"]
    first, last = next((s, e) for s, e in sentences(text) if s <= start < e)
    named = [m for m in all_days(text[first:last], published) if m.start + first < end and start < m.end + first]
    given, sure = (str(named[0].day), named[0].chance >= CERTAIN) if named else ("none", False)
    right = given == row["day"] or (row["day"] == "none" and not sure)
    scored = {sample: right}
    if sure:
        scored[f"{sample}.certain"] = given == row["day"]
    if row["ahead"]:
        scored[f"{sample}.ahead"] = right
    if row["prose_before"]:
        scored |= {f"{sample}.{old}": row[old] == row["day"] for old in ("prose_before", "timeml_before")}
    return scored


def _texts(folder: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, date]]:
    """Text and day of publication of these articles, by set and id."""
    found: dict[tuple[str, str], tuple[str, date]] = {}
    for name, file in SETS.items():
        path = folder / name / file
        if not path.is_file():
            raise Misuse(f"{folder} holds no {name}/{file}")
        for row in rows_of(path):
            if (key := (name, row.get("id") or row["_id"])) in wanted:
                stamp = row.get("published") or row["metadata"]["published"]
                found[key] = row["text"], date.fromisoformat(stamp[:10])
    return found
