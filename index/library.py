"""The index floor as one object: articles in, evidence out, archive and vectors kept in step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from index.archive import Archive, NewArticle, rows
from index.archive.store import Clock
from index.article import Article, ArticleId, PassageId, Rejected
from index.embedding import Embedder, MiniLM
from index.errors import Damaged, IndexMismatch
from index.passages import indexed_text, split, stands_for
from index.search import Search, identity
from index.sources import Skipped
from index.vectors import Opened, VectorStore

ARCHIVE_BATCH = 64  # articles a commit
INDEX_BATCH = 128  # articles embedded between two commits: a kill loses at most this much work, never an article

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
    unembedded: str | None = None  # why some are found by their words alone, if they are
    rejected: list[Rejected] = field(default_factory=list)
    unread: list[tuple[ArticleId, str]] = field(default_factory=list)  # archived and searched, and not read, with the reason
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, whether it is well, and what mends it."""

    name: str
    ok: bool
    detail: str
    mend: str | None = None


class Library:
    """One data folder: its archive, its vectors, its search."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder | None = None,
        vector_server: str | None = None,
        *,
        away: Callable[[Iterable[Article]], set[ArticleId]] | None = None,
        leaves: Callable[[Sequence[ArticleId]], None] | None = None,
    ) -> None:
        """Where vectors are made elsewhere: `away` says of which articles no word may go there, `leaves` is told whose do."""
        self.folder = folder
        self.archive = Archive.open(folder / "archive.db")
        self.embedder = embedder or MiniLM()
        self.vectors = VectorStore(folder / "vectors", self.identity, vector_server)
        self._away, self._leaves = away, leaves

    @property
    def identity(self) -> str:
        return identity(self.embedder)

    @cached_property
    def search(self) -> Search:
        return Search(self.archive, self.vectors, self.embedder)

    def close(self) -> None:
        self.archive.close()
        self.vectors.close()

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
        """Make what is missing: first passages and terms, then vectors; how many articles got their vectors. Raises
        IndexMismatch, and EmbeddingUnavailable with everything searchable by terms."""
        self.read_pending()
        return self.embed_pending(progress=progress)

    def read_pending(self) -> None:
        """Cut every article that waits into passages and take their terms: from then on it is found by its words."""
        while ids := rows.unread(self.archive, limit=ARCHIVE_BATCH):
            articles = self.archive.many(ids)
            cut = {i: [(p, indexed_text(articles[i], p)) for p in split(articles[i])] for i in ids}
            rows.record(self.archive, cut)

    def embed_pending(self, *, progress: Progress = silent) -> int:
        """Embed every article that waits; how many were done. Raises IndexMismatch, EmbeddingUnavailable."""
        total, done = rows.count_unembedded(self.archive, self.identity), 0
        if total and (others := rows.identities(self.archive) - {self.identity}):
            raise IndexMismatch(sorted(others)[0], self.identity)
        while ids := rows.unembedded(self.archive, self.identity, limit=INDEX_BATCH):
            self._embed(ids)
            done += len(ids)
            progress("indexed", done, max(total, done))
        rows.end_rebuild(self.archive)  # whoever embeds the last of them ends it
        return done

    def _embed(self, ids: list[ArticleId]) -> None:
        """Vectors first, then the mark that says so: what is killed in between is simply done again."""
        away = self._away(self.archive.many(ids).values()) if self._away is not None else set()
        sent = [i for i in ids if i not in away]
        found = list(self._standing(sent))
        if self._leaves is not None and found:
            self._leaves(sent)
        vectors = self.embedder.embed([text for _, _, text, _ in found])
        with self.vectors.opened() as store:  # one lock over both: a rebuild in between would lose these vectors
            store.put([name for name, *_ in found], [row for _, row, *_ in found], vectors, [when for *_, when in found])
            rows.mark_embedded(self.archive, ids, self.identity)

    def _standing(self, ids: list[ArticleId]) -> Iterator[tuple[PassageId, int, str, int]]:
        """Of each passage that is embedded: its id, its row, the text, and from when it could be read (epoch seconds)."""
        articles, passages = self.archive.many(ids), rows.passage_rows(self.archive, ids)
        for i in ids:
            stands = stands_for(np.arange(len(passages[i]), dtype=np.int32))
            for n, (row, passage) in enumerate(passages[i]):
                if stands[n] == n:
                    own = replace(passage, text=articles[i].text[passage.start : passage.end])
                    yield own.id, row, indexed_text(articles[i], own), rows.epoch_or_never(articles[i].knowable_from)

    def waiting_texts(self) -> Iterator[str]:
        """The texts that wait to be embedded."""
        self.read_pending()
        return self._texts(rows.unembedded(self.archive, self.identity))

    def all_texts(self) -> Iterator[str]:
        """The texts that a rebuild embeds."""
        self.read_pending()
        return self._texts([article.id for article in self.archive.listed()])

    def _texts(self, ids: list[ArticleId]) -> Iterator[str]:
        for at in range(0, len(ids), INDEX_BATCH):
            yield from (text for _, _, text, _ in self._standing(ids[at : at + INDEX_BATCH]))

    # ---- care

    def waiting(self) -> int:
        """How many archived articles a search does not see yet, or sees by their terms alone."""
        return rows.count_unembedded(self.archive, self.identity)

    def delete(self, article_id: ArticleId) -> None:
        """Take an article out of the archive and the index. Raises Misuse where there is none."""
        self.archive.get(article_id)
        names = [p.id for _, p in rows.passage_rows(self.archive, [article_id])[article_id]]
        with self.vectors.opened() as store:
            self.archive.delete(article_id)
            store.delete(names)

    def rebuild(self, *, progress: Progress = silent) -> int:
        """Make all vectors and terms again from the archive. One that was interrupted goes on where it stopped."""
        if not self._goes_on():
            with self.vectors.removed():
                rows.start_rebuild(self.archive)
        return self.index_pending(progress=progress)

    def _goes_on(self) -> bool:
        """Whether a rebuild under this identity was started, has not ended, and left a store that can be used."""
        if not rows.rebuilding(self.archive) or rows.identities(self.archive) - {self.identity}:
            return False
        try:
            with self.vectors.opened():
                return True
        except (Damaged, IndexMismatch):
            return False

    def repair(self, *, progress: Progress = silent) -> int:
        """Make what is missing, drop what belongs to nothing; how many articles got their vectors anew."""
        self.mark_missing()
        return self.index_pending(progress=progress)

    def mark_missing(self) -> None:
        """Drop vectors of nothing, copy what searches lack, and let articles whose vectors are gone wait for them."""
        with self.vectors.opened() as store:
            missing, unread, orphaned = self._differences(store)
            store.delete(sorted(orphaned))
            store.copy(unread)
            rows.forget_vectors(self.archive, sorted({name.partition(":")[0] for name in missing}))

    def status(self) -> list[Check]:
        """Is the index what the archive says it should be?"""
        waiting = self.waiting()
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
                "briefing index repair" if waiting else None,
            ),
        ]
        if not others:
            checks.append(self._vectors_match())
        return checks

    def _vectors_match(self) -> Check:
        try:
            with self.vectors.opened() as store:
                missing, unread, orphaned = self._differences(store)
                held = store.count()
        except (Damaged, IndexMismatch) as error:
            return Check("vectors", False, str(error), "briefing index rebuild")
        ok = not (missing or unread or orphaned)
        detail = f"{held} vectors: {len(missing)} missing, {len(unread)} that searches cannot read, {len(orphaned)} orphaned"
        return Check("vectors", ok, detail, None if ok else "briefing index repair")

    def _differences(self, store: Opened) -> tuple[set[PassageId], set[PassageId], set[PassageId]]:
        """Vectors that should be there and are not, those that are and that searches would not read, those of nothing."""
        wanted, held = rows.embedded_passages(self.archive, self.identity), store.ids()
        if self._away is not None:
            away = self._away(self.archive.listed())
            wanted = {name for name in wanted if name.partition(":")[0] not in away}
        return wanted - held, wanted & store.unread(), held - wanted


def _batches(items: Iterator[NewArticle], size: int) -> Iterator[list[NewArticle]]:
    while batch := list(islice(items, size)):
        yield batch
