"""The reading room: every article is read once, and seen from a topic from what was read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from briefing.chat.batch import Asked, Batches
from briefing.chat.budget import Budget, OverBudget, Spent
from briefing.chat.client import Chat, ReplyCache, run
from briefing.claims import Seen
from briefing.draft import plan
from briefing.ledger.book import HISTORY, Entry, Ledger, entry_of
from briefing.privacy import Privacy
from briefing.reading import BuiltIn, Read, Reader, Reading, Unread, by_model
from briefing.reading.data import table
from briefing.reading.nouns import Dropped, ModelReading, Noted, Saying
from briefing.services import earning
from briefing.settings import ModelSettings, PrivacySettings
from briefing.store.purse import Purse
from briefing.store.readings import Readings, version
from briefing.talks.by_model import Standing
from briefing.talks.statements import Talks
from briefing.topics import Topic
from index.archive import Archive
from index.article import Article, ArticleId
from index.errors import Misuse, ModelUnavailable, UnreadableReply
from index.library import Check, Progress, silent

BATCH = 64  # articles read between two commits
REPLY_SHARE = 0.3  # tokens of a reply for one of what was shown, in the mean
NO_READER = "no language model reads: name one (BRIEFING_MODEL, OPENAI_BASE_URL, OPENAI_API_KEY) and do not set `reads = false`"


@dataclass(frozen=True, slots=True)
class ReadingEstimate:
    """What reading takes: articles, calls, tokens in and out, US dollars where the settings give prices."""

    articles: int
    calls: int
    tokens_in: int
    tokens_out: int
    dollars: float | None

    @property
    def told(self) -> str:
        cost = f"${self.dollars:.2f}" if self.dollars is not None else "no prices are set"
        return f"{self.articles} articles, {self.calls} calls, ~{self.tokens_in:,} tokens in, ~{self.tokens_out:,} out ({cost})"


@dataclass(slots=True)
class Reported:
    """What a run of reading did."""

    read: int = 0
    refused: list[Unread] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class ReadingRoom:
    """Reads the articles of one archive with the built-in reader and, where the settings let it, a language model."""

    def __init__(
        self,
        archive: Archive,
        kept: Readings,
        model: ModelSettings | None = None,
        replies: ReplyCache | None = None,
        reader: Reader | None = None,
        privacy: Privacy | None = None,
        purse: Purse | None = None,
    ) -> None:
        self._archive, self._kept, self._replies = archive, kept, replies
        self._privacy, self._purse = privacy or Privacy(PrivacySettings()), purse
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
        """Read what is not read, and see it from the topic; kept. What a language model has read by now is seen with it."""
        waiting = self._kept.unseen(ids, topic, self._newest(topic))
        done = self.read(waiting, progress)
        found = self._kept.by_model(waiting, self._by_model) if self._by_model is not None else {}
        alone = [i for i in self._kept.unseen(waiting, topic, self._own(topic)) if i not in found]
        talks = Talks(topic)
        for some_of, told in ((list(found), self._newest(topic)), (alone, self._own(topic))):
            for at in range(0, len(some_of), BATCH):
                some = some_of[at : at + BATCH]
                seen = {**dict.fromkeys(some), **self._seen(talks, some, found)}
                self._kept.keep_seen(seen, topic, told)
                progress("seen", at + len(some), len(some_of))
        return done

    def _seen(
        self, talks: Talks, ids: Sequence[ArticleId], found: Mapping[ArticleId, ModelReading]
    ) -> dict[ArticleId, Seen | None]:
        articles = self._archive.many(ids)
        concerned = [i for i, article in articles.items() if talks.concerns(article)]
        return {
            r.article_id: talks.see(articles[r.article_id], r, found.get(r.article_id), self.standing)
            for r in self._kept.of(concerned, self.reader.name)
        }

    def seen(self, topic: Topic, articles: Sequence[Article]) -> dict[ArticleId, Seen]:
        """What the topic sees in each of these articles, also where nothing of it stands there; nothing in one that was not
        read."""
        ids = [article.id for article in articles]
        found = {one.article_id: one for one in self._kept.seen(ids, topic, self._versions(topic))}
        talks = Talks(topic)
        by = self._kept.by_model(ids, self._by_model) if self._by_model is not None else {}
        for article in articles:
            if article.id not in found and isinstance(reading := self.reading(article), Reading):
                found[article.id] = talks.see(article, reading, by.get(article.id), self.standing)
        return found

    def noted(self, ids: Sequence[ArticleId]) -> dict[ArticleId, tuple[Noted, ...]]:
        """The events, terms and dates that the language model noted in these articles, where its word stands."""
        if self._by_model is None or self.standing != "first":
            return {}
        return {article_id: one.noted for article_id, one in self._kept.by_model(ids, self._by_model).items()}

    def dropped(self, article: Article) -> tuple[Dropped, ...]:
        """What the language model gave of an article that code did not find in it."""
        if self._model is None:
            return ()
        name = by_model.reader_name(self._model.name)
        found = self._kept.by_model([article.id], name).get(article.id)
        return found.dropped if found is not None else ()

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
        return f"{self._own(topic)}+{self._by_model}+{self.standing}" if self._by_model else self._own(topic)

    def _versions(self, topic: Topic) -> set[str]:
        """With the language model or, while that fails, without."""
        return {self._own(topic), self._newest(topic)}

    @property
    def _by_model(self) -> str | None:
        """Under which name the model's readings are kept; None where its word counts for nothing."""
        if self._model is None or self.standing == "none":
            return None
        return by_model.reader_name(self._model.name)

    @property
    def standing(self) -> Standing:
        """What the model's word is worth; until it has been tried, nothing."""
        earned = earning.known(self._model, self._replies) if self._model is not None and self._replies is not None else None
        return earned.standing if earned is not None else "none"

    @property
    def reads_twice(self) -> bool:
        """Whether the model is asked to read what it wrote a second time: it has shown that it can."""
        earned = earning.known(self._model, self._replies) if self._model is not None and self._replies is not None else None
        return earned is not None and earned.checks

    def concerned(self, ids: Sequence[ArticleId]) -> list[ArticleId]:
        """Of these articles, in their order, those that touch talks by the built-in reader's gate: the others are not worth a
        model's time."""
        near = {r.article_id for r in self._kept.of(ids, self.reader.name) if r.tellings}
        return [i for i in ids if i in near]

    def estimate(self, ids: Sequence[ArticleId]) -> ReadingEstimate:
        """What it takes to let the model read those of these articles that it has not read. Raises Misuse where none is named."""
        if self._model is None:
            raise Misuse(NO_READER)
        self.read(ids)
        todo = self._waiting(ids)
        return self._estimated(self._requests(todo), len(todo))

    def _requests(self, ids: Sequence[ArticleId]) -> Iterator[Asked]:
        """Every request that reading these articles takes."""
        for article_id, article in self._archive.many(ids).items():
            yield from by_model.asked(article, next(self._kept.of([article_id], self.reader.name)))

    def _estimated(self, requests: Iterable[Asked], articles: int) -> ReadingEstimate:
        from briefing.chat.tokens import count_tokens

        assert self._model is not None
        counts = [count_tokens(f"{one.system}\n{one.user}", self._model.name).n for one in requests]
        tokens_in = sum(counts)
        tokens_out = int(tokens_in * REPLY_SHARE)
        cost = (tokens_in * self._model.price_in + tokens_out * self._model.price_out) / 1e6
        return ReadingEstimate(articles, len(counts), tokens_in, tokens_out, cost if self._model.priced else None)

    def _waiting(self, ids: Sequence[ArticleId]) -> list[ArticleId]:
        assert self._model is not None
        done = self._kept.by_model(ids, by_model.reader_name(self._model.name))
        away = self._privacy.away_from(self._model.base_url, self._archive.listed())
        return self.concerned([i for i in ids if i not in done and i not in away])

    def read_by_model(
        self, ids: Sequence[ArticleId], *, most_cost: float | None = None, progress: Progress = silent
    ) -> list[str]:
        """Let the model read those of these articles that touch talks and that it has not read, some at once, each kept as
        soon as it is read; what came of it. Where one fails it is told, and the rest goes on; past the budget the rest waits."""
        if self._model is None or self._replies is None:
            return []
        try:
            earned = earning.held(self._model, self._replies)
        except (ModelUnavailable, UnreadableReply) as error:
            return [f"read without the language model: {error}"]
        if earned.standing == "none":
            return [f"{self._model.name} does not read: {earned.told}"]
        todo = self._waiting(ids)
        if not todo:
            return []
        chosen = self._model
        if self._purse is not None and (used_up := self._purse.used_up(chosen)) is not None:
            return [f"{len(todo)} articles wait for {chosen.name}: {used_up}"]
        limits = {
            "most_calls": chosen.most_reading_calls,
            "most_seconds": chosen.most_reading_seconds,
            "most_cost": chosen.most_reading_cost if most_cost is None else most_cost,
            "most_input_tokens": chosen.most_reading_calls * 12_000,
            "most_output_tokens": chosen.most_reading_calls * 8_000,
        }
        leaves = partial(self._privacy.left, chosen.base_url, chosen.where, "reading")
        run_of = chosen.model_copy(update=limits)
        budget = Budget(self._purse.limited(run_of, run_of.most_cost) if self._purse is not None else run_of)
        chat = Chat(chosen, budget=budget, cache=self._replies, leaves=leaves)
        done, failed, waiting = run(self._all_by_model(todo, chat, progress))
        if self._purse is not None:
            self._purse.settled(budget, "reading")
        notes = []
        if done:
            dropped = sum(len(one.dropped) for one in done)
            told = sum(len(one.told) for one in done)
            notes.append(f"{chosen.name} read {len(done)} articles: {told} statements; {dropped} of its fields were dropped")
        if failed:
            notes.append(f"{len(failed)} articles were read without {chosen.name}, and are tried again later: {failed[0]}")
        if waiting:
            notes.append(f"{waiting} articles wait for {chosen.name}: what one run may spend on reading is spent")
        return notes

    def batch(self, ids: Sequence[ArticleId], *, most_cost: float | None = None) -> list[str]:
        """Hand in what the model has not read of these articles as one batch, at half the price, or collect the batch that is
        under way and read from it; what came of it. Raises Misuse where it could cost more than it may, ModelUnavailable."""
        if self._model is None or self._replies is None:
            raise Misuse(NO_READER)
        batches = Batches(self._model, self._replies)
        if batches.pending is not None:
            out = batches.collect(by_model.SCHEMA)
            if out.state != "completed":
                return [f"the batch is {out.state.replace('_', ' ')}; run this again later"]
            notes = [
                f"{out.kept} replies of the batch are kept" + (f", {len(out.failed)} could not be read" if out.failed else "")
            ]
            if self._purse is not None:
                half = {"price_in": self._model.price_in / 2, "price_out": self._model.price_out / 2}
                budget = Budget(self._model.model_copy(update=half))
                budget.spent = Spent(out.kept, 0, out.prompt_tokens, out.completion_tokens)
                self._purse.settled(budget, "reading, a batch")
            return [*notes, *self.read_by_model(ids)]
        if self._purse is not None and (used_up := self._purse.used_up(self._model)) is not None:
            raise Misuse(used_up)
        self.read(ids)
        todo = self._waiting(ids)
        wanted = batches.missing(list(self._requests(todo)))
        if not wanted:
            return ["nothing waits to be read", *self.read_by_model(ids)]
        most = self._model.most_reading_cost if most_cost is None else most_cost
        if self._purse is not None:
            most = self._purse.limited(self._model, most).most_cost
        cost = (self._estimated(wanted, len(todo)).dollars or 0.0) / 2
        if cost > most:
            raise Misuse(f"the batch could cost ${cost:.2f}, past its limit of ${most:.2f}: raise it, or read less (--since)")
        self._privacy.left(self._model.base_url, self._model.where, "reading, a batch", todo)
        name = batches.submit(wanted)
        return [f"{len(wanted)} requests on {len(todo)} articles were handed in as batch {name}; run this again to collect them"]

    async def _all_by_model(
        self, todo: Sequence[ArticleId], chat: Chat, progress: Progress
    ) -> tuple[list[ModelReading], list[str], int]:
        done: list[ModelReading] = []
        failed: list[str] = []
        waiting = 0
        limit = asyncio.Semaphore(chat.settings.parallel)

        async def one(article_id: ArticleId) -> None:
            nonlocal waiting
            async with limit:
                article = self._archive.get(article_id)
                reading = next(self._kept.of([article_id], self.reader.name))
                try:
                    found = await by_model.read(article, reading, chat)
                except OverBudget:
                    waiting += 1
                    return
                except (ModelUnavailable, UnreadableReply) as error:
                    failed.append(str(error))
                    return
                self._kept.keep_by_model(found)
                done.append(found)
                progress("read by the model", len(done), len(todo))

        await asyncio.gather(*(one(i) for i in todo))
        return done, failed, waiting
