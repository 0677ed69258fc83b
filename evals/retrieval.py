"""Retrieval: the product's own search over a judged collection, beside its terms alone and its vectors alone."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from evals.rows import rows_of
from evals.suite import Metric, Result
from index.archive import NewArticle
from index.calendar.instants import parse_stamp
from index.errors import Misuse
from index.library import Library
from index.search import VECTOR_WEIGHT, Query

# nDCG@10 that search must reach, set by set; a set that is not named here has no floor.
FLOORS = {
    "realtimeqa-evidence": 0.69,
    "multihop-rag-facts": 0.80,
    "ir-time1963": 0.79,
    "ir-cranfield": 0.41,
    "ir-cisi": 0.44,
    "ir-cacm": 0.56,
    "ir-lisa": 0.50,
}
DEPTH = 100
RESAMPLES = 2_000
WAYS = {"": VECTOR_WEIGHT, "bm25_": 0.0, "vectors_": 1.0}  # the search as it is, its terms alone, its vectors alone
_UNDATED = "1963-01-01"  # for collections whose documents have no date

Judged = dict[str, dict[str, float]]  # query id -> document id -> gain


def retrieval(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder in the BEIR layout: `corpus.jsonl` (or .gz), `queries.jsonl`, `qrels.tsv` or `qrels/test.tsv`. Gains
    are linear, queries without judgements are left out, every document is a candidate (copies are not folded). Raises
    Misuse."""
    if cases is None:
        raise Misuse("the suite `retrieval` needs a folder in the BEIR layout: --cases DIR")
    judged = _judgements(cases)
    queries = [q for q in _rows(cases, "queries.jsonl") if judged.get(str(q["_id"]))]
    with _indexed(cases) as (library, names):
        ranked = {way: [_documents(library, q["text"], names, weight) for q in queries] for way, weight in WAYS.items()}
    gains = [judged[str(q["_id"])] for q in queries]
    per_query = {
        way: np.array([ndcg(docs, gain) for docs, gain in zip(found, gains, strict=True)]) for way, found in ranked.items()
    }
    metrics = {f"{way}ndcg@10": _interval(values) for way, values in per_query.items()}
    metrics["recall@100"] = _interval(_each(recall, ranked[""], gains))
    metrics["mrr@10"] = _interval(_each(reciprocal_rank, ranked[""], gains))
    notes = tuple(
        f"ahead of {name} by {_told(per_query[''] - per_query[way])}"
        for way, name in (("bm25_", "its terms alone"), ("vectors_", "its vectors alone"))
    )
    halves = " and ".join(f"{per_query[''][half::2].mean():.3f}" for half in (0, 1))
    return Result(
        suite="retrieval",
        cases=str(cases),
        n=len(queries),
        unscored=0,
        metrics=metrics,
        floors={"ndcg@10": FLOORS[cases.resolve().name]} if cases.resolve().name in FLOORS else {},
        notes=(*notes, f"nDCG@10 on every second query, from the first and from the second: {halves}"),
    )


# ---- metrics


def ndcg(ranked: Sequence[str], gains: Mapping[str, float], k: int = 10) -> float:
    """Normalised discounted cumulative gain with linear gains (Järvelin and Kekäläinen 2002)."""
    dcg = sum(gains.get(doc, 0.0) / np.log2(n + 2) for n, doc in enumerate(ranked[:k]))
    ideal = sum(gain / np.log2(n + 2) for n, gain in enumerate(sorted(gains.values(), reverse=True)[:k]))
    return float(dcg / ideal)


def recall(ranked: Sequence[str], gains: Mapping[str, float]) -> float:
    """Share of the relevant documents among the first 100."""
    return len({*ranked[:DEPTH]} & gains.keys()) / len(gains)


def reciprocal_rank(ranked: Sequence[str], gains: Mapping[str, float]) -> float:
    """One over the rank of the first relevant document, 0 below the tenth."""
    return next((1 / rank for rank, doc in enumerate(ranked[:10], start=1) if doc in gains), 0.0)


def _each(
    metric: Callable[[Sequence[str], Mapping[str, float]], float], ranked: list[list[str]], gains: list[dict[str, float]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([metric(docs, gain) for docs, gain in zip(ranked, gains, strict=True)])


def _interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> Metric:
    """The mean over queries with a bootstrap 95 % interval."""
    if not len(values):
        return Metric(None)
    means = values[np.random.default_rng(1).integers(0, len(values), (RESAMPLES, len(values)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Metric(float(values.mean()), float(low), float(high))


def _told(differences: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """A mean difference, paired by query, with its bootstrap interval."""
    found = _interval(differences)
    return f"{found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}] nDCG@10, paired by query"


# ---- the collection


def _judgements(cases: Path) -> Judged:
    path = next((p for p in (cases / "qrels.tsv", cases / "qrels" / "test.tsv") if p.is_file()), None)
    if path is None:
        raise Misuse(f"{cases} holds neither qrels.tsv nor qrels/test.tsv")
    found: Judged = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in list(csv.reader(lines, delimiter="\t"))[1:]:
            if float(row[2]) > 0:
                found.setdefault(row[0], {})[row[1]] = float(row[2])
    return found


def _rows(cases: Path, name: str) -> list[dict[str, Any]]:
    for path in (cases / name, cases / f"{name}.gz"):
        if path.is_file():
            return rows_of(path)
    raise Misuse(f"{cases} holds no {name}")


@contextmanager
def _indexed(cases: Path) -> Iterator[tuple[Library, dict[str, str]]]:
    """The collection in a library of its own, and our article id -> its document id."""
    corpus = _rows(cases, "corpus.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        documents = [_article(row) for row in corpus]
        library.ingest((d for d in documents if d is not None), now=datetime.now(UTC))
        yield library, {d.id: str(row["_id"]) for d, row in zip(documents, corpus, strict=True) if d is not None}
        library.close()


def _article(row: dict[str, Any]) -> NewArticle | None:
    """A document as an article of an outlet of its own, so that no two are versions of one page."""
    if not row["text"].strip():
        return None
    published = (row.get("metadata") or {}).get("published") or _UNDATED
    name = hashlib.sha256(str(row["_id"]).encode()).hexdigest()[:12]
    return NewArticle(
        outlet=f"collection {name}",
        text=row["text"],
        title=row.get("title") or None,
        external_id=str(row["_id"]),
        published=parse_stamp(str(published)[:10]),
    )


def _documents(library: Library, question: str, names: Mapping[str, str], vector_weight: float) -> list[str]:
    found = library.search(Query(text=question, k=DEPTH, fold=False, vector_weight=vector_weight))
    return list(dict.fromkeys(names[e.article.id] for e in found))
