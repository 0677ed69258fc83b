"""Quotations: of what people marked by hand, how much is found, how much of what is found was marked, and whose it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.rows import rows_of
from evals.suite import Metric, Result
from index.errors import Misuse

FOUND = 0.5  # share of a labelled quotation's characters that the found one covers
INSIDE = 0.9  # share of a found span that lies in labelled ones
LEAST_WORDS = 3
FLOORS = {"direct_recall": 0.97, "span_precision": 0.96, "speaker_accuracy": 0.80}
_NAME = re.compile(r"[\w’'\-]+")
Spans = list[tuple[int, int]]


def quotes(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder with `quotes.jsonl[.gz]`: articles with labelled quotations. `direct_recall`: labelled direct
    quotations of which half is found; `span_precision`: found quoted spans of three words or more that lie in a labelled
    quotation; `speaker_accuracy`: of all labelled quotations whose speaker is resolved to a name, those given the same
    last name or body. Raises Misuse."""
    if cases is None:
        raise Misuse("the suite `quotes` needs a folder of labelled quotations: --cases DIR")
    scored: Counter[str] = Counter()
    count = 0
    for row in _rows(cases):
        count += 1
        _score(row, scored)
    metrics = {
        "direct_recall": Metric.share(scored["direct found"], scored["direct"]),
        "span_precision": Metric.share(scored["inside"], scored["spans"]),
    }
    for kind in ("direct", "mixed", "indirect"):
        if scored[f"resolved {kind}"]:
            metrics[f"speaker_accuracy_{kind}"] = Metric.share(scored[f"right {kind}"], scored[f"resolved {kind}"])
    total = sum(scored[f"resolved {kind}"] for kind in ("direct", "mixed", "indirect"))
    if total:
        right = sum(scored[f"right {kind}"] for kind in ("direct", "mixed", "indirect"))
        metrics["speaker_accuracy"] = Metric.share(right, total)
    elif scored["mentions"]:
        metrics["speaker_mention_accuracy"] = Metric.share(scored["mentions right"], scored["mentions"])
    floors = {name: floor for name, floor in FLOORS.items() if name in metrics}
    return Result(suite="quotes", cases=str(cases), n=count, unscored=0, metrics=metrics, floors=floors)


def _rows(cases: Path) -> list[dict[str, Any]]:
    for name in ("quotes.jsonl", "quotes.jsonl.gz"):
        if (path := cases / name).is_file():
            return rows_of(path)
    raise Misuse(f"{cases} holds no quotes.jsonl")


def _score(row: dict[str, Any], scored: Counter[str]) -> None:
    from briefing.reading.sayings import sayings

    text = row["text"]
    found = sayings(text)
    marked: Spans = [tuple(s[:2]) if isinstance(s, list) else (s["start"], s["end"]) for q in row["quotes"] for s in _segments(q)]
    left_out: Spans = [(d["start"], d["end"]) if isinstance(d, dict) else tuple(d[:2]) for d in row.get("discard") or []]
    for quotation in found:
        if quotation.kind == "indirect":
            continue
        for start, end in quotation.segments if quotation.kind == "direct" else ():
            if len(text[start:end].split()) < LEAST_WORDS or _covered((start, end), left_out) > 0.5:
                continue
            scored["spans"] += 1
            scored["inside"] += _covered((start, end), marked) >= INSIDE
    direct = [s for q in found for s in q.segments if q.kind != "indirect"]
    for label in row["quotes"]:
        own = [(s["start"], s["end"]) if isinstance(s, dict) else tuple(s[:2]) for s in _segments(label)]
        length = sum(e - s for s, e in own)
        if label["type"] == "direct":
            scored["direct"] += 1
            scored["direct found"] += sum(_covered(s, direct) * (s[1] - s[0]) for s in own) >= FOUND * length
        best = max(found, key=lambda q: _overlap(q.segments, own), default=None)
        hit = best if best is not None and _overlap(best.segments, own) > 0 else None
        if label.get("speaker_resolved"):
            scored[f"resolved {label['type']}"] += 1
            scored[f"right {label['type']}"] += hit is not None and same_name(hit.speaker, label["speaker_resolved"])
        elif label.get("speaker") and label["type"] == "direct":
            scored["mentions"] += 1
            span = (label["speaker_start"], label["speaker_end"])
            scored["mentions right"] += hit is not None and hit.source is not None and _overlap([hit.source], [span]) > 0


def _segments(label: dict[str, Any]) -> list[Any]:
    return label.get("segments") or [{"start": label["start"], "end": label["end"]}]


def _covered(span: tuple[int, int], spans: Spans) -> float:
    inside = sum(max(0, min(span[1], e) - max(span[0], s)) for s, e in set(spans))
    return min(1.0, inside / max(1, span[1] - span[0]))


def _overlap(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> int:
    return sum(max(0, min(e, f) - max(s, g)) for s, e in one for g, f in other)


def same_name(found: str | None, wanted: str) -> bool:
    """Same last word of a name, or one holds the other whole."""
    if not found:
        return False
    a, b = ([w.casefold().removesuffix("’s").removesuffix("'s") for w in _NAME.findall(n)] for n in (found, wanted))
    return bool(a and b) and (a[-1] == b[-1] or b[-1] in a or " ".join(a) in " ".join(b))
