"""One search: vectors and terms, filtered by as-of before ranking, fused, one passage of one origin at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive, rows
from index.article import Evidence, Passage, PassageId
from index.embedding import Embedder
from index.passages import SPLITTER
from index.terms import bm25, terms
from index.vectors import VectorStore

CANDIDATES = 200  # from each side before fusion
VECTOR_WEIGHT = 0.5  # equal weights did best on the project's retrieval sets; rank fusion did clearly worse


def identity(embedder: Embedder) -> str:
    """Everything that shapes the vectors: the model, and how passages are cut."""
    return f"{embedder.identity}+{SPLITTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question to the index. `per_origin`: how many passages of one origin may be returned."""

    text: str
    as_of: datetime | None = None
    since: datetime | None = None
    k: int = 10
    per_origin: int = 1


class Search:
    """Questions to one archive and its vectors."""

    def __init__(self, archive: Archive, vectors: VectorStore, embedder: Embedder) -> None:
        self._archive, self._vectors, self._embedder = archive, vectors, embedder
        self._table: rows.PassageTable | None = None

    def __call__(self, query: Query) -> list[Evidence]:
        return self.many([query])[0]

    def many(self, queries: Sequence[Query]) -> list[list[Evidence]]:
        """One list a query, best first; the vector store is opened once for all of them, and asked once
        for those of the same bounds."""
        table = self._current_table()
        if not len(table.row_of):
            return [[] for _ in queries]
        vectors = self._embedder.embed([q.text for q in queries])
        alike: defaultdict[tuple[int | None, int | None], list[int]] = defaultdict(list)
        for n, query in enumerate(queries):
            until, since = (None if at is None else rows.epoch(at) for at in (query.as_of, query.since))
            alike[until, since].append(n)
        near: dict[int, dict[PassageId, float]] = {}
        with self._vectors.opened() as store:
            for (until, since), asked in alike.items():
                found = store.nearest(vectors[asked], k=CANDIDATES, until=until, since=since)
                near.update(zip(asked, found, strict=True))
        return [self._ranked(table, query, near[n]) for n, query in enumerate(queries)]

    def _current_table(self) -> rows.PassageTable:
        if self._table is None or self._table.generation != rows.generation(self._archive):
            self._table = rows.load(self._archive)
        return self._table

    def _ranked(self, table: rows.PassageTable, query: Query, near: dict[PassageId, float]) -> list[Evidence]:
        visible = table.visible(as_of=query.as_of, since=query.since)
        asked = list(dict.fromkeys(terms(query.text)))
        postings = rows.postings(self._archive, asked, below=len(table.lengths))
        by_terms = bm25(asked, postings, table.lengths, visible)
        similar = {row: s for i, s in near.items() if (row := table.row_of.get(i)) is not None and visible[row]}
        fused = _fused(similar, _top(by_terms, CANDIDATES), by_terms)
        chosen = _diverse(table, fused, k=query.k, per_origin=query.per_origin)
        articles = self._archive.many(table.article_ids[row] for row, _ in chosen)
        return [
            Evidence(
                passage=_passage(table, row, articles[table.article_ids[row]].text),
                article=articles[table.article_ids[row]],
                score=score,
                similarity=similar.get(row),
                bm25=float(by_terms[row]),
                matched=tuple(t for t in asked if t in postings and row in postings[t].rows),
            )
            for row, score in chosen
        ]


def _passage(table: rows.PassageTable, row: int, text: str) -> Passage:
    start, end = int(table.starts[row]), int(table.ends[row])
    return Passage(article_id=table.article_ids[row], start=start, end=end, text=text[start:end])


def _top(scores: NDArray[np.float32], k: int) -> list[int]:
    best = np.argsort(-scores, kind="stable")[:k]
    return [int(row) for row in best if scores[row] > 0]


def _fused(similar: dict[int, float], by_terms: list[int], bm25_scores: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Both sides min-max normalised over their own candidates, summed with equal weight; best first."""
    candidates = sorted(set(similar) | set(by_terms))
    vector_part = _normalised({row: similar[row] for row in similar})
    term_part = _normalised({row: float(bm25_scores[row]) for row in by_terms})
    scored = [
        (row, VECTOR_WEIGHT * vector_part.get(row, 0.0) + (1 - VECTOR_WEIGHT) * term_part.get(row, 0.0)) for row in candidates
    ]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def _normalised(scores: dict[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {row: (s - low) / (high - low) if high > low else 1.0 for row, s in scores.items()}


def _diverse(table: rows.PassageTable, ranked: list[tuple[int, float]], *, k: int, per_origin: int) -> list[tuple[int, float]]:
    taken: dict[str, int] = {}
    chosen = []
    for row, score in ranked:
        origin = table.origins[row]
        if taken.get(origin, 0) < per_origin:
            taken[origin] = taken.get(origin, 0) + 1
            chosen.append((row, score))
        if len(chosen) == k:
            break
    return chosen
