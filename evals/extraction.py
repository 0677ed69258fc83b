"""Extraction: is the text kept of a page the text its reader sees, and is its date right?"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.suite import Metric, Result
from index.archive import NewArticle
from index.errors import Misuse, UnreadableInput
from index.sources.given import Given
from index.sources.html import page

BODY_FLOOR, SEGMENT_FLOOR = 0.958, 0.92
SHINGLE = 4  # words, as the set's own scorer counts (github.com/scrapinghub/article-extraction-benchmark)


def extraction(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder with `ground_truth.jsonl` and pages: rows with `articleBody` are scored by bags of four words, rows
    with `with`/`without` by pieces found and absent; `date` where a row states one. Raises Misuse."""
    if cases is None or not (cases / "ground_truth.jsonl").is_file():
        raise Misuse("the suite `extraction` needs a folder with ground_truth.jsonl: --cases DIR")
    rows = [json.loads(line) for line in (cases / "ground_truth.jsonl").read_text(encoding="utf-8").splitlines()]
    read = list(_pages(cases, rows))
    dated = [(row["id"], row["date"], _day(found)) for row, found in read if row.get("date")]
    bodies = [(row["articleBody"], found.text if found else "") for row, found in read if "articleBody" in row]
    f1 = _body_f1(bodies) if bodies else _segment_f1(read)
    metrics = {"f1": Metric(f1)}
    notes: tuple[str, ...] = ()
    if dated:
        metrics["date_accuracy"] = Metric.share(sum(day == found for _, day, found in dated), len(dated))
        again = _second_reading()
        stated = [(again.get(i, {day}), found) for i, day, found in dated if again.get(i) != set()]
        if any(i in again for i, _, _ in dated):
            metrics["date_accuracy_second_reading"] = Metric.share(sum(f in days for days, f in stated), len(stated))
            notes = (f"second reading: {len(stated)} of {len(dated)} pages state a day; see docs/measured.md",)
    floor = BODY_FLOOR if bodies else SEGMENT_FLOOR
    return Result(
        suite="extraction", cases=str(cases), n=len(read), unscored=0, metrics=metrics, floors={"f1": floor}, notes=notes
    )


def _second_reading() -> dict[str, set[str]]:
    """Page id -> the days a second reader, who saw neither the set's day nor ours, would accept; none where the page
    states no day. Only pages on which the two differ from the set are listed."""
    lines = (files("evals") / "second_reading.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {page_id: set(days.split()) for page_id, _, days in (line.partition("\t") for line in lines)}


def _pages(cases: Path, rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], NewArticle | None]]:
    for row in rows:
        file = cases / row["file"] if (cases / row["file"]).is_file() else cases / "html" / Path(row["file"]).name
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        try:
            yield row, page(content, Given(url=row.get("url"), source="eval"))
        except UnreadableInput:
            yield row, None


def _day(found: NewArticle | None) -> str | None:
    if found is None or found.published is None:
        return None
    return found.published.local_day.isoformat()


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))


def _body_f1(bodies: list[tuple[str, str]]) -> float:
    """Each page's true positives, false positives and negatives as shares of their sum, then precision and recall."""
    tp = fp = fn = 0.0
    for truth, found in bodies:
        wanted, got = _shingles(truth), _shingles(found)
        hit, extra, missed = (sum(c.values()) for c in (wanted & got, got - wanted, wanted - got))
        whole = hit + extra + missed
        tp, fp, fn = tp + hit / whole, fp + extra / whole, fn + missed / whole
    return 2 * tp / (2 * tp + fp + fn)


def _segment_f1(read: list[tuple[dict[str, Any], NewArticle | None]]) -> float:
    found = wanted = wrong = 0
    for row, article in read:
        text = article.text if article else ""
        wanted += len(row["with"])
        found += sum(piece in text for piece in row["with"])
        wrong += sum(piece in text for piece in row["without"])
    return 2 * found / (wanted + found + wrong)
