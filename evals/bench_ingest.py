"""How fast the way in is, without embedding: `python -m evals.bench_ingest [--pages DIR] [--articles PATH...] [--grow N]`.

Articles per CPU second by stage, against trafilatura alone on the same pages and a bare SQLite insert of the same texts in
the same run; and what one more article costs in archives of growing size."""

from __future__ import annotations

import argparse
import gzip
import random
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from briefing.sample import articles_file
from evals.bench import cpu
from index.archive import Archive, NewArticle
from index.calendar.instants import parse_stamp
from index.errors import UnreadableInput
from index.origins import fingerprint
from index.rewritten import rewritten
from index.sources import Given, read_inputs
from index.sources.html import page

NOW = datetime(2024, 10, 1, tzinfo=UTC)
GIVEN = Given(source="Bench")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="a folder of saved pages (.html, .html.gz)")
    parser.add_argument("--articles", type=Path, nargs="*", default=[], help="inputs; default the packaged sample")
    parser.add_argument("--limit", type=int, default=500, help="at most this many pages and articles")
    parser.add_argument("--grow", type=int, default=10_000, help="the largest archive that one more article is added to")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, articles_file() as sample:
        if given.pages:
            _pages(given.pages, given.limit)
        _articles(given.articles or [sample], given.limit, Path(folder))
        _growth(given.grow, Path(folder))


def _pages(folder: Path, limit: int) -> None:
    import trafilatura

    files = sorted(p for p in folder.rglob("*") if p.name.endswith((".html", ".html.gz")))[:limit]
    contents = [gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files]

    def ours() -> None:
        for content in contents:
            try:
                page(content, GIVEN)
            except UnreadableInput:
                continue

    bare = cpu(lambda: [trafilatura.extract(content) for content in contents])
    _put(f"{len(contents)} pages", [("page reader", cpu(ours)), ("trafilatura alone", bare)], len(contents), bare)


def _articles(inputs: list[Path], limit: int, folder: Path) -> None:
    read: list[NewArticle] = []
    reading = cpu(lambda: read.extend(islice((i for i in read_inputs(inputs, GIVEN) if isinstance(i, NewArticle)), limit)))
    archive = Archive.open(folder / "archive.db")
    adding = cpu(lambda: [archive.add(read[at : at + 64], now=NOW) for at in range(0, len(read), 64)])
    again = cpu(lambda: [archive.add(read[at : at + 64], now=NOW) for at in range(0, len(read), 64)])
    archive.close()
    prints = cpu(lambda: [fingerprint(a.text) for a in read])
    pages = cpu(lambda: [rewritten(a.text, a.title, a.published.instant.date() if a.published else None) for a in read])
    bare = cpu(lambda: _bare(folder / "bare.db", read))
    rows = [("read", reading), ("archive", adding), ("  of that, fingerprints", prints), ("  of that, rewritten pages", pages)]
    _put(f"{len(read)} articles", [*rows, ("archive again", again), ("bare SQLite insert", bare)], len(read), bare)


def _bare(path: Path, read: list[NewArticle]) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table article (id text primary key, title text, text text)")
        connection.executemany("insert or ignore into article values (?, ?, ?)", [(a.id, a.title, a.text) for a in read])
    connection.close()


def _growth(largest: int, folder: Path) -> None:
    """The cost of one more article of 300 words, as a median of 32, in archives of 1,000 and more."""
    chance = random.Random(1)
    archive = Archive.open(folder / "growing.db")
    vocabulary = [f"word{n}" for n in range(20_000)]
    size = 0
    while size < largest:
        target = 1_000 if size == 0 else min(largest, size * 10)
        while size < target:
            batch = [_made(chance, vocabulary, size + n) for n in range(min(256, target - size))]
            archive.add(batch, now=NOW)
            size += len(batch)
        costs = sorted(
            cpu(lambda: archive.add([_made(chance, vocabulary, chance.randrange(10**12))], now=NOW)) for _ in range(32)
        )
        sys.stdout.write(f"one more article in an archive of {size:,}: {1000 * costs[16]:.2f} CPU ms\n")
    archive.close()


def _made(chance: random.Random, vocabulary: list[str], number: int) -> NewArticle:
    text = " ".join(chance.choices(vocabulary, k=300))
    stamp = parse_stamp(f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}")
    return NewArticle(outlet=f"Paper {number % 97}", text=text, title=f"T {number}", external_id=str(number), published=stamp)


def _put(title: str, rows: list[tuple[str, float]], count: int, bare: float) -> None:
    sys.stdout.write(f"{title}: per CPU second (CPU as a ratio to the last line)\n")
    for name, seconds in rows:
        sys.stdout.write(f"  {name:<28}{count / max(seconds, 1e-9):12.0f}   {seconds / max(bare, 1e-9):8.2f}\n")


if __name__ == "__main__":
    main()
