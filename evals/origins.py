"""Origins: of pairs judged by hand, which did the archive put together, and as what?"""

from __future__ import annotations

import csv
import gzip
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from evals.suite import Metric, Result
from index.archive import Archive, NewArticle
from index.errors import Misuse, UnreadableInput
from index.sources.fields import article
from index.sources.inputs import Given

FLOORS = {"precision": 0.92, "recall": 0.88, "version_accuracy": 0.90}
FILES = "articles.jsonl.gz", "pairs.tsv"


def origins(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder with `articles.jsonl.gz` and `pairs.tsv` (id_a, id_b, relation, note), through the archive itself.
    `false_independence`: of the pairs called independent, the share that are not. Raises Misuse."""
    if cases is None:
        raise Misuse("the suite `origins` needs a folder of judged pairs: --cases DIR")
    if missing := [name for name in FILES if not (cases / name).is_file()]:
        raise Misuse(f"{cases} holds no {missing[0]}")
    with (cases / FILES[1]).open(encoding="utf-8", newline="") as lines:
        pairs = [(r["id_a"], r["id_b"], r["relation"]) for r in csv.DictReader(lines, delimiter="\t")]
    with gzip.open(cases / FILES[0], "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder) / "archive.db")
        ours = _archived(archive, rows)
        judged = [(truth, _called(archive, ours, a, b)) for a, b, truth in pairs if a in ours and b in ours]
        archive.close()
    return scored(str(cases), judged, unscored=len(pairs) - len(judged), floors=FLOORS)


def _archived(archive: Archive, rows: list[dict[str, object]]) -> dict[str, str]:
    """Each row's id -> the id the archive gave it."""
    found: dict[str, str] = {}
    batch: list[tuple[str, NewArticle]] = []
    for row in rows:
        try:
            batch.append((str(row["id"]), article({**row, "source": row.get("source") or f"unknown {row['id']}"}, Given())))
        except UnreadableInput:
            continue
    for at in range(0, len(batch), 64):
        some = batch[at : at + 64]
        for (given, _), added in zip(some, archive.add([new for _, new in some], now=datetime.now(UTC)), strict=True):
            found[given] = added.id
    return found


def _called(archive: Archive, ours: dict[str, str], a: str, b: str) -> str:
    if ours[a] == ours[b]:
        return "version"  # the same words at the same address
    first, second = archive.get(ours[a]), archive.get(ours[b])
    if first.origin_id != second.origin_id:
        return "different"
    return "version" if archive.same_page(first.id, second.id) else "same-origin"


def scored(label: str, judged: list[tuple[str, str]], *, unscored: int, floors: dict[str, float]) -> Result:
    """From (truth, call) pairs to precision and recall of same-origin-or-version and the rest."""
    together = [(t, c) for t, c in judged if c != "different"]
    true = [(t, c) for t, c in judged if t != "different"]
    both = [(t, c) for t, c in together if t != "different"]
    apart = [t for t, c in judged if c == "different"]
    return Result(
        suite="origins",
        cases=label,
        n=len(judged),
        unscored=unscored,
        metrics={
            "precision": Metric.share(len(both), len(together)),
            "recall": Metric.share(len(both), len(true)),
            "version_accuracy": Metric.share(sum(t == c for t, c in both), len(both)),
            "false_independence": Metric.share(sum(t != "different" for t in apart), len(apart)),
        },
        floors=floors,
    )
