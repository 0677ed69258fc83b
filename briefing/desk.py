"""The desk: the one service that the command line, the screens and the evals call. Plain arguments, frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from briefing import topics
from briefing.claims import Brief, Disclosure
from briefing.draft import extractive
from briefing.draft.assemble import assemble, gate_names
from briefing.draft.material import Material, gather
from briefing.topics import Topic
from briefing.verify import CHECKER
from index.article import Article, Evidence
from index.library import Ingested, Library, Progress, silent
from index.search import Query
from index.sources import Given, read_inputs


class Desk:
    """One data folder and everything that can be done with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def library(self) -> Library:
        return Library(self.folder)

    def close(self) -> None:
        if "library" in self.__dict__:
            self.library.close()

    # ---- archive

    def ingest(
        self,
        inputs: Iterable[Path],
        *,
        given: Given | None = None,
        clock: str = "import",
        progress: Progress = silent,
    ) -> Ingested:
        """Read, archive and index inputs. Raises Unusable where the data folder cannot be."""
        items = read_inputs(inputs, given or Given())
        return self.library.ingest(items, now=datetime.now(UTC), clock=clock, progress=progress)  # type: ignore[arg-type]

    def search(self, question: str, *, as_of: datetime | None, since: datetime | None = None, k: int = 10) -> list[Evidence]:
        return self.library.search(Query(text=question, as_of=as_of, since=since, k=k))

    # ---- briefs

    def draft(self, topic_name: str, *, as_of: datetime) -> Brief:
        """A brief on the topic, as of that instant."""
        topic = topics.load(topic_name)
        material = self.material(topic, as_of)
        lines = extractive.Extractive(material, self.library.embedder.embed).draft()
        return assemble(
            lines,
            material,
            carriers=self._carriers(material.articles.values(), as_of),
            issued=datetime.now(UTC),
            previous=None,
            version=1,
            undated=self.library.archive.undated(),
            disclosure=Disclosure(
                drafter=extractive.NAME, checker=CHECKER, index=self.library.identity, gates=gate_names()
            ),
        )

    def material(self, topic: Topic, as_of: datetime) -> Material:
        archive = self.library.archive

        def carriers(origin: str) -> list[Article]:
            return [article for article, _ in archive.carriers(origin, as_of=as_of)]

        def search(queries: Sequence[Query]) -> list[list[Evidence]]:
            return self.library.search.many(queries)

        return gather(topic, as_of, search=search, carriers=carriers, full=archive.many)

    def _carriers(self, articles: Iterable[Article], as_of: datetime) -> dict[str, list[tuple[Article, str | None]]]:
        origins = {article.origin_id for article in articles}
        return {origin: self.library.archive.carriers(origin, as_of=as_of) for origin in sorted(origins)}
