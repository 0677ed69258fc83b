"""What search costs at size, against a bare chroma query and a bare BM25 query in the same run:
`python -m evals.bench_search [--passages 100000] [--keep DIR]`.

The archive is generated (words by Zipf's law, days over a year, vectors around a thousand centres), goes in by the
product's own way, and stays in DIR for the next run. Times are wall milliseconds of one warm process, median and 95th
percentile; ratios are what to compare. The query is embedded beforehand on all sides: what that takes is told apart."""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from evals.bench import put
from index.archive import NewArticle, rows
from index.calendar.instants import Stamp
from index.embedding import DIMENSION, MiniLM, Vectors
from index.library import Library
from index.search import Query
from index.terms import terms

START = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 360
VOCABULARY = 50_000
PER_ARTICLE = 8  # passages
PASSAGE_WORDS = 200  # about 1,000 characters
QUERIES = 60
REPEATS = 3
PARTS = ("vectors", "vectors-read")


class Centres:
    """Vectors around a thousand centres, by a hash of the text: cheap, and near one another in groups as real ones are."""

    identity = "bench-centres"

    def __init__(self) -> None:
        self._centres = np.random.default_rng(0).normal(size=(1_000, DIMENSION)).astype(np.float32)

    def embed(self, texts: Sequence[str]) -> Vectors:
        found = np.stack([self._one(text) for text in texts]) if texts else np.zeros((0, DIMENSION), np.float32)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def _one(self, text: str) -> Any:
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
        return self._centres[rng.integers(1_000)] + rng.normal(scale=0.7, size=DIMENSION)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="where the archive stays")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench(given.passages, (given.keep or Path(folder)) / str(given.passages))


def bench(passages: int, folder: Path) -> None:
    library = Library(folder, Centres())
    started = time.process_time()
    done = library.ingest(_articles(passages), now=datetime.now(UTC))
    if done.new:
        put(f"ingest: {1000 * (time.process_time() - started) / len(done.new):.1f} CPU ms an article, vectors given")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    table = rows.load(library.archive)
    library.search(Query(text="w1"))
    put(f"{len(table):,} passages of {len(table.ids):,} articles")
    put(f"first search of a process: {1000 * (time.perf_counter() - start):.0f} ms")
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    put(f"bytes a passage: memory {memory / len(table):.0f}, disk {_disk(folder, len(table))}")

    rng = np.random.default_rng(7)
    questions = [" ".join(f"w{n}" for n in _words(rng, 6)) for _ in range(QUERIES)]
    end = START + timedelta(days=DAYS + 1)
    since, until = START + timedelta(days=200), START + timedelta(days=200 + DAYS / 10)
    asked = _times(lambda n: library.search(Query(text=questions[n], as_of=end)))
    ranged = _times(lambda n: library.search(Query(text=questions[n], as_of=end, since=since, until=until)))
    early = _times(lambda n: library.search(Query(text=questions[n], as_of=START + timedelta(days=DAYS // 2))))
    chroma = _chroma(library, questions)
    words = _bm25(library, table, questions)
    embedding = MiniLM()
    real = _times(lambda n: embedding.embed([f"What did the minister of town {n} say about the talks?"]))
    bare = chroma[0] + words[0]
    for name, (median, high) in (
        ("search", asked),
        ("search, a range of 10 % of the days", ranged),
        ("search as of the middle", early),
        ("bare chroma query", chroma),
        ("bare BM25 query (bm25s)", words),
        ("embedding a question, not counted", real),
    ):
        put(f"  {name:<38}{median:8.2f} {high:8.2f} ms   {median / bare:6.2f} of the two bare queries")
    put(f"  ranged against unranged {ranged[0] / asked[0]:.2f}")
    library.close()


def _disk(folder: Path, count: int) -> str:
    sizes = {name: sum(f.stat().st_size for f in (folder / name).rglob("*") if f.is_file()) for name in PARTS}
    sizes["archive.db"] = (folder / "archive.db").stat().st_size
    return ", ".join(f"{name} {size / count:.0f}" for name, size in sizes.items())


def _articles(passages: int) -> Iterator[NewArticle]:
    rng = np.random.default_rng(1)
    count = passages // PER_ARTICLE
    for n in range(count):
        words = _words(rng, PER_ARTICLE * PASSAGE_WORDS)
        sentences = (" ".join(f"w{w}" for w in words[at : at + 25]) + "." for at in range(0, len(words), 25))
        day = START + timedelta(days=n * DAYS / count)
        yield NewArticle(
            outlet=f"Paper {n % 97}",
            title=f"Report {n}",
            text=" ".join(sentences),
            external_id=str(n),
            published=Stamp(day, is_day=False),
        )


def _words(rng: np.random.Generator, count: int) -> list[int]:
    return [int(w) for w in np.minimum(rng.zipf(1.15, count), VOCABULARY)]


def _chroma(library: Library, questions: Sequence[str]) -> tuple[float, float]:
    """Chroma's own collection, opened once and asked for ten."""
    vectors = library.embedder.embed(questions)
    with library.vectors.opened() as store:
        collection = store.bare
        return _times(lambda n: collection.query(query_embeddings=vectors[n : n + 1], n_results=10, include=["distances"]))


def _bm25(library: Library, table: rows.PassageTable, questions: Sequence[str]) -> tuple[float, float]:
    """bm25s over the same passages, indexed beforehand."""
    import bm25s

    texts = library.archive.many(table.ids)
    corpus = [
        terms(texts[table.ids[owner]].text[start:end])
        for owner, start, end in zip(table.article, table.starts, table.ends, strict=True)
    ]
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    asked = [terms(q) for q in questions]
    return _times(lambda n: index.retrieve([asked[n]], k=10, show_progress=False))


def _times(work: Callable[[int], object]) -> tuple[float, float]:
    """Median and 95th percentile of wall milliseconds over every question, warm."""
    for n in range(QUERIES):
        work(n)
    spent = []
    for _ in range(REPEATS):
        for n in range(QUERIES):
            start = time.perf_counter()
            work(n)
            spent.append(1000 * (time.perf_counter() - start))
    return float(np.median(spent)), float(np.quantile(spent, 0.95))


if __name__ == "__main__":
    main()
