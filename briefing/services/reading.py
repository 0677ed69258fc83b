"""The reading room: every article is read once, and seen from a topic from what was read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from briefing.claims import Seen
from briefing.draft import plan
from briefing.ledger.book import HISTORY, Entry, Ledger, entry_of
from briefing.reading import BuiltIn, Read, Reader, Reading, Unread
from briefing.reading.data import table
from briefing.reading.nouns import Saying
from briefing.second_reading import SecondReading, second_reading
from briefing.settings import ModelSettings
from briefing.store.readings import Readings, version
from briefing.talks.statements import Talks
from briefing.topics import Topic
from index.archive import Archive
from index.article import Article, ArticleId
from index.errors import ModelUnavailable, UnreadableReply
from index.library import Check, Progress, silent

BATCH = 64  # articles read between two commits


@dataclass(slots=True)
class Reported:
    """What a run of reading did."""

    read: int = 0
    refused: list[Unread] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class ReadingRoom:
    """Reads the articles of one archive with the built-in reader and, where the settings let it, a language model."""

    def __init__(
        self, archive: Archive, kept: Readings, model: ModelSettings | None = None, reader: Reader | None = None
    ) -> None:
        self._archive, self._kept = archive, kept
        self._model = model if model is not None and model.reads else None
        self.reader: Reader = reader or BuiltIn()
        self._sayings: dict[ArticleId, tuple[Saying, ...]] = {}  # of the articles that were cited

    # ---- what stands in an article

    def read(self, ids: Sequence[ArticleId], progress: Progress = silent) -> Reported:
        """Read those of these articles that this reader has not looked at. Nothing is read inside a transaction."""
        done = Reported()
        todo = self._kept.unread(ids, self.reader.name)
        if todo and (before := self._kept.older(self.reader.name)):
            done.notes.append(f"The reader is a newer one: {before} articles are read anew.")
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # the network reads outside Python's lock
            for at in range(0, len(todo), BATCH):
                articles = self._archive.many(todo[at : at + BATCH])
                found = list(pool.map(self.reader.read, articles.values()))
                self._kept.keep(found)
                done.read += len(found)
                done.refused += [one for one in found if isinstance(one, Unread)]
                progress("read", done.read, len(todo))
        return done

    def reading(self, article: Article) -> Read:
        """What stands in an article, read now if it was not."""
        if (known := next(self._kept.of([article.id], self.reader.name), None)) is not None:
            return known
        refused = next((one for one in self.refused([article.id])), None)
        if refused is not None:
            return refused
        found = self.reader.read(article)
        self._kept.keep([found])
        return found

    def all_read(self, ids: Sequence[ArticleId], progress: Progress = silent) -> Iterator[tuple[Article, Reading]]:
        """Each of these articles that could be read, with what stands in it; read now where it was not."""
        self.read(ids, progress)
        for at in range(0, len(ids), BATCH):
            some = ids[at : at + BATCH]
            articles = self._archive.many(some)
            for one in self._kept.of(some, self.reader.name):
                yield articles[one.article_id], one

    def heard(self, article: Article) -> tuple[Saying, ...]:
        """The sayings of an article as they were read; none where it was not."""
        if article.id not in self._sayings:
            found = self.reading(article)
            self._sayings[article.id] = found.sayings if isinstance(found, Reading) else ()
        return self._sayings[article.id]

    def refused(self, ids: Sequence[ArticleId] | None = None) -> list[Unread]:
        """Articles that were not read, with the reasons."""
        wanted = None if ids is None else set(ids)
        return [one for one in self._kept.refused(self.reader.name) if wanted is None or one.article_id in wanted]

    def check(self) -> Check:
        """A line for `doctor`: what is not read, and why. It is no fault: the archive holds what it was given."""
        refused = self.refused()
        languages = sorted({one.language for one in refused if one.language})
        named = ", ".join(str(table("languages")["names"].get(code, code)) for code in languages)
        slow = sum(one.language is None for one in refused)
        told = [f"{len(refused) - slow} in languages that nobody here reads ({named})"] if languages else []
        told += [f"{slow} that took too long"] if slow else []
        return Check("reading", True, f"not read: {'; '.join(told)}" if told else "every article looked at is read")

    # ---- what a topic sees in it

    def see(self, topic: Topic, ids: Sequence[ArticleId], progress: Progress = silent) -> Reported:
        """Read what is not read, and see it from the topic; kept."""
        waiting = self._kept.unseen(ids, topic, self._newest(topic))
        done = self.read(waiting, progress)
        held = set(waiting) - set(self._kept.unseen(waiting, topic, self._own(topic))) if self._model else set()
        todo = [i for i in waiting if i not in held]
        talks = Talks(topic)
        for at in range(0, len(todo), BATCH):
            some = todo[at : at + BATCH]
            self._kept.keep_seen({**dict.fromkeys(some), **self._seen(talks, some)}, topic, self._own(topic))
            progress("seen", at + len(some), len(todo))
        if self._model is not None:
            done.notes += self._read_again(waiting, topic, progress)
        return done

    def _seen(self, talks: Talks, ids: Sequence[ArticleId]) -> dict[ArticleId, Seen | None]:
        articles = self._archive.many(ids)
        concerned = [i for i, article in articles.items() if talks.concerns(article)]
        return {r.article_id: talks.see(articles[r.article_id], r) for r in self._kept.of(concerned, self.reader.name)}

    def seen(self, topic: Topic, articles: Sequence[Article]) -> dict[ArticleId, Seen]:
        """What the topic sees in each of these articles, also where nothing of it stands there; nothing in one that was not
        read."""
        ids = [article.id for article in articles]
        found = {one.article_id: one for one in self._kept.seen(ids, topic, self._versions(topic))}
        talks = Talks(topic)
        for article in articles:
            if article.id not in found and isinstance(reading := self.reading(article), Reading):
                found[article.id] = talks.see(article, reading)
        return found

    def ledger(self, topic: Topic, as_of: datetime, progress: Progress = silent) -> tuple[Ledger, Reported]:
        """What was said and done about the talks as it could be known at that instant."""
        listed = self._archive.listed(as_of=as_of)
        done = self.see(topic, [a.id for a in listed], progress)
        first = as_of - HISTORY - plan.BACKGROUND  # no article knowable before holds what a ledger keeps
        articles = {a.id: a for a in listed if a.knowable_from is not None and a.knowable_from >= first}
        entries: list[Entry] = []
        counts: list[tuple[Entry, int, str]] = []
        for article_id, statements, counted in self._kept.statements(list(articles), topic, self._versions(topic)):
            article = articles[article_id]
            entries += [entry for one in statements if (entry := entry_of(one, article)) is not None]
            counts += [(entry, c.number, c.of) for c in counted if (entry := entry_of(c.plain, article)) is not None]
        return Ledger(topic, as_of, entries, counts), done

    def languages_unread(self, as_of: datetime, since: datetime) -> list[str]:
        """Sentences on the articles of a window that nobody here reads."""
        listed = {a.id for a in self._archive.listed(as_of=as_of) if a.knowable_from and a.knowable_from >= since}
        refused = self.refused(list(listed))
        by_reason: dict[str, int] = {}
        for one in refused:
            told = str(table("languages")["names"].get(one.language, one.language)) if one.language else "too long to read"
            by_reason[told] = by_reason.get(told, 0) + 1
        if not by_reason:
            return []
        told = ", ".join(
            f"{n} in {name}" if name != "too long to read" else f"{n} {name}" for name, n in sorted(by_reason.items())
        )
        return [f"Articles of these days that were not read, and are only searched: {told}."]

    # ---- the language model beside it

    def _own(self, topic: Topic) -> str:
        return version(topic, self.reader.name)

    def _newest(self, topic: Topic) -> str:
        return f"{self._own(topic)}+{self._model.name}" if self._model else self._own(topic)

    def _versions(self, topic: Topic) -> set[str]:
        """With the language model or, while that fails, without."""
        return {self._own(topic), self._newest(topic)}

    def _read_again(self, waiting: Sequence[ArticleId], topic: Topic, progress: Progress) -> list[str]:
        """Let the language model read what holds statements; where it fails the reader's own stand and it is asked again
        another time."""
        assert self._model is not None
        done: list[SecondReading] = []
        notes: list[str] = []
        own = {one.article_id: one for one in self._kept.seen(waiting, topic, [self._own(topic)])}
        for n, article_id in enumerate(waiting, start=1):
            one = own.get(article_id)
            if one is not None and one.statements:
                article = self._archive.get(article_id)
                try:
                    again = second_reading(article, topic, one.statements, self._model)
                except (ModelUnavailable, UnreadableReply) as error:
                    notes.append(f"read without the language model: {error}")
                    break
                done.append(again)
                one = Seen(article_id=article_id, said=one.said, statements=again.statements, counts=one.counts)
            self._kept.keep_seen({article_id: one}, topic, self._newest(topic))
            progress("read again", n, len(waiting))
        if done:
            added, differing, lost = (sum(getattr(d, k) for d in done) for k in ("added", "differing", "not_found"))
            told = f"added {added} statements, reads {differing} in another stance, and gave {lost} that no article holds"
            notes.append(f"{self._model.name} {told}")
        return notes
