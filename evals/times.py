"""Times: of expressions of time marked by hand, those found with the same value; and on which day events happened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from evals.rows import rows_of
from evals.suite import Metric, Result
from index.errors import Misuse

FLOORS = {"value_f1": 0.775}  # the best published for a rule system on TempEval-3 is .776 (Bethard 2013, HeidelTime)
EVENT_FLOORS = {"event_day_accuracy": 0.78}


def times(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder with `times.jsonl` (expressions marked in the whole text; `value_f1` over those that overlap),
    `docs.jsonl.gz` (dates only: `value_recall` of those with a value) or `events.jsonl` (`event_day_accuracy`: the day an
    event took place, of those with a full date). Raises Misuse."""
    if cases is None:
        raise Misuse("the suite `times` needs a folder of marked times: --cases DIR")
    if (cases / "events.jsonl").is_file():
        return _events(cases)
    dates_only = not (cases / "times.jsonl").is_file()
    scored: Counter[str] = Counter()
    count = 0
    for row in _rows(cases):
        count += 1
        _score(row, scored, dates_only=dates_only)
    precision = scored["right"] / max(1, scored["found"])
    recall = scored["right"] / max(1, scored["marked"])
    metrics = {
        "extent_recall": Metric.share(scored["overlap"], scored["marked"]),
        "value_recall": Metric.share(scored["right"], scored["marked"]),
        "value_given_extent": Metric.share(scored["right"], scored["overlap"]),
    }
    if not dates_only:
        metrics["value_f1"] = Metric(2 * precision * recall / max(1e-9, precision + recall))
        metrics["value_precision"] = Metric.share(scored["right"], scored["found"])
    floors = {name: floor for name, floor in FLOORS.items() if name in metrics}
    return Result(suite="times", cases=str(cases), n=count, unscored=0, metrics=metrics, floors=floors)


def _rows(cases: Path) -> list[dict[str, Any]]:
    for name in ("times.jsonl", "docs.jsonl.gz"):
        if (path := cases / name).is_file():
            return rows_of(path)
    raise Misuse(f"{cases} holds no times.jsonl, docs.jsonl.gz or events.jsonl")


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _score(row: dict[str, Any], scored: Counter[str], *, dates_only: bool) -> None:
    from index.calendar.timeml import times as read

    found = read(row["text"], _day(row.get("doc_date")))
    marked = [t for t in row["timexes"] if t.get("value")]
    scored["found"] += len(found)
    scored["marked"] += len(marked)
    used: set[int] = set()
    for label in marked:
        overlapping = [n for n, f in enumerate(found) if n not in used and f.start < label["end"] and label["start"] < f.end]
        if not overlapping:
            continue
        scored["overlap"] += 1
        right = [n for n in overlapping if same_value(found[n].value, str(label["value"]), dates_only=dates_only)]
        used.add((right or overlapping)[0])
        scored["right"] += bool(right)


def same_value(found: str, wanted: str, *, dates_only: bool = False) -> bool:
    return found[:10] == wanted[:10] if dates_only and len(wanted) == 10 else found == wanted


def _events(cases: Path) -> Result:
    from index.calendar.event_days import EventDays

    scored: Counter[str] = Counter()
    count = 0
    with (cases / "events.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            count += 1
            days = EventDays(row["text"], _day(row["doc_date"]))
            for event in row["events"]:
                if (wanted := _day(event["value"])) is None:
                    continue
                scored["dated"] += 1
                scored["right"] += days.of(event["start"], event["end"]) == wanted
                scored["publication"] += _day(row["doc_date"]) == wanted
    metrics = {
        "event_day_accuracy": Metric.share(scored["right"], scored["dated"]),
        "publication_day_alone": Metric.share(scored["publication"], scored["dated"]),
    }
    return Result(suite="times", cases=str(cases), n=count, unscored=0, metrics=metrics, floors=EVENT_FLOORS)
