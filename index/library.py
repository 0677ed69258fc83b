"""The index floor as one object: articles in, evidence out, archive and vectors kept in step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from index.archive import Archive, NewArticle, rows
from index.archive.store import Clock
from index.article import ArticleId, Rejected
from index.embedding import Embedder, MiniLM
from index.errors import IndexMismatch
from index.passages import split
from index.search import Search, identity
from index.sources import Skipped
from index.vectors import VectorStore

ARCHIVE_BATCH = 64  # articles a commit
INDEX_BATCH = 16  # articles embedded between two commits: a kill loses at most this much work, never an article

Progress = Callable[[str, int, int | None], None]  # stage, done, of how many (None: not known)


def silent(stage: str, done: int, total: int | None) -> None:
    """Progress for whom nobody watches."""


@dataclass(slots=True)
class Ingested:
    """What became of a batch of inputs."""

    new: list[ArticleId] = field(default_factory=list)
    versions: list[ArticleId] = field(default_factory=list)
    unchanged: int = 0
    carriers: int = 0
    undated: int = 0
    skipped: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, whether it is well, and what mends it."""

    name: str
    ok: bool
    detail: str
    mend: str | None = None


class Library:
    """One data folder: its archive, its vectors, its search."""

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        self.folder = folder
        self.archive = Archive.open(folder / "archive.db")
        self.embedder = embedder or MiniLM()
        self.vectors = VectorStore(folder / "vectors", self.identity)

    @property
    def identity(self) -> str:
        return identity(self.embedder)

    @cached_property
    def search(self) -> Search:
        return Search(self.archive, self.vectors, self.embedder)

    def close(self) -> None:
        self.archive.close()

    # ---- in

    def ingest(
        self,
        items: Iterable[NewArticle | Rejected | Skipped],
        *,
        now: datetime,
        clock: Clock = "import",
        progress: Progress = silent,
    ) -> Ingested:
        """Archive everything, then index what is new. Safe to repeat and safe to interrupt."""
        done = Ingested()
        self.archive_all(items, done, now=now, clock=clock, progress=progress)
        self.index_pending(progress=progress)
        return done

    def archive_all(
        self,
        items: Iterable[NewArticle | Rejected | Skipped],
        done: Ingested,
        *,
        now: datetime,
        clock: Clock,
        progress: Progress = silent,
    ) -> None:
        """Archive everything in batches, adding to `done` after each commit; not yet indexed."""
        for batch in _batches(self._articles(items, done), ARCHIVE_BATCH):
            for new, outcome in zip(batch, self.archive.add(batch, now=now, clock=clock), strict=True):
                match outcome.kind:
                    case "new":
                        done.new.append(outcome.id)
                    case "version":
                        done.versions.append(outcome.id)
                    case "unchanged":
                        done.unchanged += 1
                done.carriers += outcome.carrier
                done.undated += new.published is None and outcome.kind != "unchanged"
            progress("archived", len(done.new) + len(done.versions) + done.unchanged, None)

    @staticmethod
    def _articles(items: Iterable[NewArticle | Rejected | Skipped], done: Ingested) -> Iterator[NewArticle]:
        for item in items:
            match item:
                case Rejected():
                    done.rejected.append(item)
                case Skipped():
                    done.skipped += 1
                case NewArticle():
                    yield item

    def index_pending(self, *, progress: Progress = silent) -> int:
        """Embed and index every article that waits; how many were done. Raises IndexMismatch."""
        total = rows.count_pending(self.archive, self.identity)
        if not total:
            return 0
        if others := rows.identities(self.archive) - {self.identity}:
            raise IndexMismatch(sorted(others)[0], self.identity)
        done = 0
        while ids := rows.pending(self.archive, self.identity, limit=INDEX_BATCH):
            self._index(ids)
            done += len(ids)
            progress("indexed", done, max(total, done))
        return done

    def _index(self, ids: list[ArticleId]) -> None:
        """Vectors first, then the rows that say so: what is killed in between is simply done again."""
        articles = self.archive.many(ids)
        passages = [passage for i in ids for passage in split(articles[i])]
        vectors = self.embedder.embed([p.text for p in passages])
        knowable = [rows.epoch_or_never(articles[p.article_id].knowable_from) for p in passages]
        with self.vectors.opened() as store:  # one lock over both: a rebuild in between would lose these vectors
            store.put(passages, vectors, knowable)
            rows.record(self.archive, ids, passages, self.identity)

    # ---- care

    def waiting(self) -> int:
        """How many archived articles the index does not hold yet; a search does not see them."""
        return rows.count_pending(self.archive, self.identity)

    def rebuild(self, *, progress: Progress = silent) -> int:
        """Throw vectors and terms away and make them again from the archive."""
        with self.vectors.removed():
            rows.forget(self.archive)
        return self.index_pending(progress=progress)

    def status(self) -> list[Check]:
        """Is the index what the archive says it should be?"""
        waiting = rows.count_pending(self.archive, self.identity)
        others = rows.identities(self.archive) - {self.identity}
        checks = [
            Check("articles", True, f"{self.archive.count()} articles, {self.archive.undated()} without a date"),
            Check(
                "identity",
                not others,
                f"built as {', '.join(sorted(others)) or self.identity}",
                "briefing index rebuild" if others else None,
            ),
            Check(
                "indexed",
                not waiting,
                f"{waiting} articles wait to be indexed" if waiting else "every article is indexed",
                "briefing ingest (any input), or briefing index rebuild" if waiting else None,
            ),
        ]
        if not others:
            checks.append(self._vectors_match())
        return checks

    def _vectors_match(self) -> Check:
        wanted = rows.passage_ids(self.archive)
        with self.vectors.opened() as store:
            held = store.ids()
        missing, orphaned = len(wanted - held), len(held - wanted)
        ok = not missing and not orphaned
        detail = f"{len(held)} vectors for {len(wanted)} passages: {missing} missing, {orphaned} orphaned"
        return Check("vectors", ok, detail, None if ok else "briefing index rebuild")


def _batches(items: Iterator[NewArticle], size: int) -> Iterator[list[NewArticle]]:
    while batch := list(islice(items, size)):
        yield batch
