"""What the product costs, against bare chroma in the same run: `python -m evals.bench [--articles PATH...] [--limit N]`.

Ingest per article by stage in CPU milliseconds, search and draft in wall milliseconds (median), each as a ratio to what
a bare chroma collection takes to add the same records and to answer the same query. Ratios are what to compare: the
machine's speed cancels out."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from briefing import topics
from briefing.desk import Desk
from briefing.sample import articles_file
from briefing.settings import Settings
from index.archive import NewArticle
from index.embedding import Embedder, Vectors
from index.origins import fingerprint
from index.sources import Given, read_inputs

QUESTIONS = (
    "Does Israel accept the ceasefire proposal?",
    "Who calls for a 21-day ceasefire?",
    "How many people were killed in Lebanon?",
    "What did the foreign minister write on X?",
    "Are discussions with Israel continuing?",
)
REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, nargs="*", default=[], help="inputs; default the packaged sample")
    parser.add_argument("--limit", type=int, default=200, help="at most this many articles")
    parser.add_argument("--as-of", default="2024-09-27T06:00Z")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, articles_file() as sample:
        bench(given.articles or [sample], given.limit, given.as_of, Path(folder))


def bench(inputs: list[Path], limit: int, as_of: str, folder: Path) -> None:
    from index.calendar.instants import parse_stamp

    at = parse_stamp(as_of).knowable
    spent: dict[str, float] = {}

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        start = time.process_time()
        yield
        spent[stage] = spent.get(stage, 0.0) + time.process_time() - start

    desk = Desk(Settings(data=folder / "data"))
    library = desk.library
    with timed("read"):
        found = list(islice(_articles(inputs), limit))
    with timed("archive"):
        library.archive.add(found, now=datetime.now(UTC))
    with timed("  of that, fingerprints"):
        for article in found:
            fingerprint(article.text)
    with timed("split, terms and rows"):
        library.read_pending()
    clocked = _Clocked(library.embedder)
    library.embedder = clocked
    library.embedder.embed(["warm"])
    clocked.seconds = 0.0
    start = time.process_time()
    library.embed_pending()
    spent["embed"] = clocked.seconds
    spent["vectors and marks"] = time.process_time() - start - clocked.seconds
    everything = np.concatenate(clocked.vectors[1:])
    bare_add = cpu(lambda: _bare(folder / "bare", everything))
    count = len(found)
    put(f"{count} articles, {len(everything)} vectors\n")
    put("ingest, CPU ms an article (ratio to a bare chroma add of the same vectors)")
    for stage, seconds in spent.items():
        put(f"  {stage:<32}{1000 * seconds / count:9.2f}   {seconds / bare_add:7.2f}")
    put(f"  {'bare chroma add':<32}{1000 * bare_add / count:9.2f}   {1:7.2f}")

    queries = library.embedder.embed(QUESTIONS)
    bare_query = _median(lambda: _bare_query(folder / "bare", queries))
    first = _wall(lambda: desk.search(QUESTIONS[0], as_of=at))
    search = _median(lambda: [desk.search(q, as_of=at) for q in QUESTIONS]) / len(QUESTIONS)
    drafted = _median(lambda: desk.draft(topics.DEFAULT, as_of=at).brief, repeats=3)
    again = _wall(lambda: library.ingest(found, now=at))
    put("\nlatency, wall ms (ratio to a bare chroma query, opened and closed each time)")
    for name, value in (
        ("bare chroma query", bare_query),
        ("first search of a process", first),
        ("search", search),
        ("draft", drafted),
        (f"ingest of the same {count} again", again),
    ):
        put(f"  {name:<32}{1000 * value:9.1f}   {value / bare_query:7.2f}")
    desk.close()


def _articles(inputs: list[Path]) -> Iterator[NewArticle]:
    return (item for item in read_inputs(inputs, Given(source="Bench")) if isinstance(item, NewArticle))


class _Clocked:
    """An embedder that keeps what it made and counts the CPU seconds it took."""

    def __init__(self, inner: Embedder) -> None:
        self._inner, self.identity = inner, inner.identity
        self.seconds, self.vectors = 0.0, list[Vectors]()

    def embed(self, texts: Sequence[str]) -> Vectors:
        start = time.process_time()
        vectors = self._inner.embed(texts)
        self.seconds += time.process_time() - start
        self.vectors.append(vectors)
        return vectors


def _bare(folder: Path, vectors: Vectors) -> None:
    import chromadb

    client = chromadb.PersistentClient(str(folder))
    collection = client.get_or_create_collection("bare", embedding_function=None)
    for at in range(0, len(vectors), 500):
        some = vectors[at : at + 500]
        collection.add(ids=[str(at + n) for n in range(len(some))], embeddings=some)
    client.close()  # type: ignore[attr-defined]


def _bare_query(folder: Path, vectors: Vectors) -> None:
    import chromadb

    client = chromadb.PersistentClient(str(folder))
    client.get_collection("bare", embedding_function=None).query(query_embeddings=vectors[:1], n_results=10)
    client.close()  # type: ignore[attr-defined]


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _wall(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(work: Callable[[], object], repeats: int = REPEATS) -> float:
    return statistics.median(_wall(work) for _ in range(repeats))


def put(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
