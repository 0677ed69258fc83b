"""What reading costs beside embedding, in one run: `python -m evals.bench_reading [--articles DIR] [--count 200] [--flat 10000]`.

Both sides take the same articles; times are CPU milliseconds an article. `--flat` reads so many articles one after another
(the same ones again under other names) and prints the resident memory along the way: nothing is kept between articles."""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from briefing import topics
from briefing.sample import articles_file
from briefing.talks.statements import Talks
from evals.bench import put
from evals.rows import rows_of
from index.article import Article
from index.embedding import MiniLM
from index.passages import indexed_text, split, stands_for
from index.sources.fields import article
from index.sources.given import Given


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, help="a folder with articles.jsonl.gz; default the sample")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--flat", type=int, default=0)
    given = parser.parse_args()
    read = list(_articles(given.articles))[: given.count]
    reader = Talks(topics.load(topics.DEFAULT))
    reader.read(read[0])
    reading = _cpu(lambda: [reader.read(one) for one in read])
    embedding = MiniLM()
    embedding.embed(["warm"])
    cost = _cpu(lambda: [embedding.embed(_embedded(one)) for one in read])
    put(f"{len(read)} articles, {sum(len(a.text) for a in read) // len(read):,} characters each on average")
    put(f"  reading   {1000 * reading / len(read):8.1f} CPU ms an article, {len(read) / reading:,.0f} articles a CPU second")
    put(f"  embedding {1000 * cost / len(read):8.1f} CPU ms an article; reading costs {reading / cost:.2f} of it")
    _flat(reader, read, given.flat)


def _flat(reader: Talks, read: list[Article], count: int) -> None:
    for n in range(count):
        one = read[n % len(read)]
        reader.read(replace(one, id=f"{one.id}-{n}", text=f"{one.text}\n{n}"))
        if (n + 1) % max(1, count // 4) == 0:
            put(f"  after {n + 1:,} articles: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB at most")


def _cpu(work: object) -> float:
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start


def _embedded(one: Article) -> list[str]:
    import numpy as np

    passages = split(one)
    stands = stands_for(np.arange(len(passages), dtype=np.int32))
    return [indexed_text(one, p) for n, p in enumerate(passages) if stands[n] == n]


def _articles(folder: Path | None) -> Iterator[Article]:
    if folder is None:
        with articles_file() as sample:
            rows = rows_of(sample)
    else:
        rows = rows_of(folder / "articles.jsonl.gz")
    for row in rows:
        new = article(row, Given())
        yield Article(
            id=new.id,
            outlet=new.outlet,
            text=new.text,
            title=new.title,
            published=new.published.instant if new.published else None,
            first_seen=datetime.now(UTC),
            knowable_from=new.published.instant if new.published else None,
            origin_id=new.id,
        )


if __name__ == "__main__":
    main()
