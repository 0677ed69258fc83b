"""Origins: of pairs judged by hand, which did the archive put together, and as what?"""

from __future__ import annotations

import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from evals.rows import rows_of
from evals.suite import Metric, Result
from index.archive import Archive, NewArticle
from index.errors import Misuse, UnreadableInput
from index.sources.fields import article
from index.sources.given import Given

FLOORS = {"precision": 0.92, "recall": 0.88, "version_accuracy": 0.90}
Rows = list[dict[str, object]]
Pair = tuple[str, str]


def origins(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Through the archive itself, over a folder of one of three layouts: `articles.jsonl.gz` with `pairs.tsv` (id_a, id_b,
    relation, note), judged by hand; `articles_N.jsonl.gz` with `truth_N.tsv`, the only copies among N texts; or
    `headlines.jsonl.gz` with `same_title_groups.jsonl`, headlines that stand for their texts. The last two have no floors.
    `false_independence`: of the pairs called independent, the share that are not. Raises Misuse."""
    if cases is None:
        raise Misuse("the suite `origins` needs a folder of judged pairs: --cases DIR")
    if (cases / "pairs.tsv").is_file():
        return _judged_by_hand(cases)
    if sizes := sorted(cases.glob("truth_*.tsv")):
        return _planted(cases, sizes)
    if (cases / "same_title_groups.jsonl").is_file():
        return _headlines(cases)
    raise Misuse(f"{cases} holds no pairs.tsv")


def _judged_by_hand(cases: Path) -> Result:
    with (cases / "pairs.tsv").open(encoding="utf-8", newline="") as lines:
        pairs = [(r["id_a"], r["id_b"], r["relation"]) for r in csv.DictReader(lines, delimiter="\t")]
    with _archive(rows_of(cases / "articles.jsonl.gz")) as (archive, ours):
        judged = [(truth, _called(archive, ours, a, b)) for a, b, truth in pairs if a in ours and b in ours]
    return scored(str(cases), judged, unscored=len(pairs) - len(judged), floors=FLOORS)


def _planted(cases: Path, sizes: list[Path]) -> Result:
    judged: list[tuple[str, str]] = []
    for truth in sizes:
        with truth.open(encoding="utf-8", newline="") as lines:
            true = {_pair(r["id_a"], r["id_b"]) for r in csv.DictReader(lines, delimiter="\t")}
        with _archive(rows_of(cases / f"articles_{truth.stem.removeprefix('truth_')}.jsonl.gz")) as (archive, ours):
            judged += _against(true, archive, ours)
    return scored(str(cases), judged, unscored=0, floors={})


def _headlines(cases: Path) -> Result:
    rows = [{**row, "text": row["title"]} for row in rows_of(cases / "headlines.jsonl.gz")]
    groups = [json.loads(line) for line in (cases / "same_title_groups.jsonl").read_text(encoding="utf-8").splitlines()]
    true = {_pair(a["id"], b["id"]) for group in groups for a, b in combinations(group["members"], 2)}
    with _archive(rows) as (archive, ours):
        judged = _against(true, archive, ours)
    return scored(str(cases), judged, unscored=0, floors={})


def _against(true: set[Pair], archive: Archive, ours: dict[str, str]) -> list[tuple[str, str]]:
    """Every true pair, and every pair that was put together, with what each was called."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for given, own in ours.items():
        members[archive.get(own).origin_id].append(given)
    found = {_pair(a, b) for some in members.values() for a, b in combinations(some, 2) if ours[a] != ours[b]}
    truth = {True: "same-origin", False: "different"}
    return [(truth[pair in true], truth[pair in found]) for pair in sorted(true | found)]


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


@contextmanager
def _archive(rows: Rows) -> Iterator[tuple[Archive, dict[str, str]]]:
    """The rows in an archive of their own; and each row's id -> the id the archive gave it."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder) / "archive.db")
        try:
            yield archive, _archived(archive, rows)
        finally:
            archive.close()


def _archived(archive: Archive, rows: Rows) -> dict[str, str]:
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
