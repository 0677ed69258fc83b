"""Articles in, and the index kept in step; what embedding costs is told before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from briefing.chat.tokens import count_tokens
from briefing.settings import EmbeddingSettings
from briefing.store.leaving import Leaving
from index.errors import EmbeddingUnavailable, Misuse
from index.feeds import Feeds, Polled
from index.fetch import Fetcher
from index.library import Ingested, Library, Progress, silent
from index.sources import Given, noted, read_inputs
from index.web import is_address, read_address

if TYPE_CHECKING:
    from index.archive.store import Clock
    from index.sources import Item


@dataclass(frozen=True, slots=True)
class Estimate:
    """What embedding so many texts takes, before it is done."""

    texts: int
    tokens: int
    exact: bool
    cost: float  # US dollars

    def __str__(self) -> str:
        return f"{self.texts:,} texts of {'' if self.exact else 'about '}{self.tokens:,} tokens for ${self.cost:.2f}"


Announce = Callable[[Estimate], None]


def unheard(estimate: Estimate) -> None:
    """An announcement to nobody."""


class Archiving:
    """The way in, and the care of one library."""

    def __init__(self, library: Library, fetcher: Fetcher, feeds: Feeds, embedding: EmbeddingSettings, leaving: Leaving) -> None:
        self._library, self._fetcher, self._feeds, self._embedding = library, fetcher, feeds, embedding
        self._leaving = leaving

    def ingest(
        self, inputs: Iterable[str | Path], *, given: Given, clock: Clock = "import", progress: Progress = silent
    ) -> Ingested:
        """Read, archive and index files, folders and addresses (what is fetched counts as seen now)."""
        now, done = datetime.now(UTC), Ingested()
        folders = [Path(value) for kind, value in self._leaving.marks() if kind == "folder"]
        for one in inputs:
            if isinstance(one, str) and is_address(one):
                items: Iterator[Item] = noted(read_address(one, self._fetcher, given), given)
                self._library.archive_all(items, done, now=now, clock="live", progress=progress)
            else:
                kept = given if not _lies_in(Path(one), folders) else replace(given, local_only=True)
                items = noted(read_inputs([Path(one)], kept), kept)
                self._library.archive_all(items, done, now=now, clock=clock, progress=progress)
        done.unembedded = self.index(progress)
        return done

    def poll(self, *, everything: bool = False, progress: Progress = silent) -> Iterator[tuple[Polled, Ingested]]:
        """Ask every feed that is due and archive what it brings; indexed at the end."""
        now = datetime.now(UTC)
        for polled in self._feeds.poll(self._fetcher, now=now, everything=everything):
            done = Ingested()
            here = Given(local_only=("feed", polled.url) in self._leaving.marks())
            items = noted([*polled.articles, *polled.rejected], here)
            self._library.archive_all(items, done, now=now, clock="live", progress=progress)
            yield polled, done
        self.index(progress)

    def index(self, progress: Progress = silent) -> str | None:
        """Index what waits; why some of it is found by its words alone, if it is."""
        try:
            if too_much := self._too_much(self._library.waiting_texts):
                problem = f"{too_much}; `briefing index repair --most-cost DOLLARS` embeds them"
            else:
                self._library.index_pending(progress=progress)
                return None
        except EmbeddingUnavailable as error:
            problem = str(error)
        return f"{self._library.waiting()} articles are searched by their words alone: {problem}"

    def waiting(self) -> str | None:
        """A sentence on the articles that no search sees whole yet; None where there are none."""
        count = self._library.waiting()
        told = f"{count} archived articles wait to be embedded and were searched by their words alone, or not at all."
        return told if count else None

    def feeds_down(self) -> list[str]:
        """A sentence on the feeds that failed when they were last asked: what they carried since is not in the archive."""
        down = [feed.title or feed.url for feed in self._feeds.listed() if feed.gone or feed.failures]
        if not down:
            return []
        named = ", ".join(down[:3]) + (f" and {len(down) - 3} more" if len(down) > 3 else "")
        return [f"{len(down)} {'feed was' if len(down) == 1 else 'feeds were'} down when last asked: {named}."]

    def repair(self, *, most_cost: float | None, announce: Announce, progress: Progress = silent) -> int:
        """Make the vectors that are missing and drop those of nothing; how many articles were embedded. Raises Misuse where
        that costs more than `most_cost` US dollars (None: as the settings say)."""
        self._library.mark_missing()
        if too_much := self._too_much(self._library.waiting_texts, most_cost, announce):
            raise Misuse(f"{too_much}: raise it with --most-cost DOLLARS")
        return self._library.index_pending(progress=progress)

    def rebuild(self, *, most_cost: float | None, announce: Announce, progress: Progress = silent) -> int:
        """Make vectors and terms again from the archive; how many articles. Raises Misuse as `repair` does."""
        if too_much := self._too_much(self._library.all_texts, most_cost, announce):
            raise Misuse(f"{too_much}: raise it with --most-cost DOLLARS")
        return self._library.rebuild(progress=progress)

    def estimate(self, texts: Iterable[str]) -> Estimate:
        """What embedding these texts takes."""
        counts = [count_tokens(text, self._embedding.model) for text in texts]
        tokens = sum(count.n for count in counts)
        return Estimate(len(counts), tokens, all(count.exact for count in counts), tokens * self._embedding.price / 1e6)

    def _too_much(
        self, texts: Callable[[], Iterable[str]], most_cost: float | None = None, announce: Announce = unheard
    ) -> str | None:
        """What embedding these texts would cost, where that is more than it may."""
        if not self._embedding.price:
            return None
        most, told = self._embedding.most_cost if most_cost is None else most_cost, self.estimate(texts())
        announce(told)
        return f"embedding {told} is more than the ${most:g} that one run may cost" if told.cost > most else None


def _lies_in(path: Path, folders: Sequence[Path]) -> bool:
    whole = path.resolve()
    return any(whole == folder or folder in whole.parents for folder in folders)


__all__ = ["Announce", "Archiving", "Estimate", "unheard"]
