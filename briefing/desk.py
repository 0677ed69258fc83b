"""The desk: the one service that the command line, the screens and the evals call. Plain arguments, frozen values. It wires the
parts together and hands each question to the one that answers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from briefing import topics
from briefing.claims import Answer, Brief, Carrier, Seen
from briefing.privacy import Left, Privacy
from briefing.services.archiving import Announce, Archiving, Estimate, unheard
from briefing.services.checking import Verified, verified
from briefing.services.drafting import NO_MODEL, Drafted, Drafter, Drafting
from briefing.services.reading import ReadingRoom
from briefing.settings import Settings
from briefing.store import Briefs, Decision, Listed
from briefing.store.leaving import Leaving
from briefing.store.purse import Purse
from briefing.store.readings import Readings
from briefing.store.replies import Replies
from briefing.support import ladder
from briefing.topics import Topic
from briefing.verify import Verifier
from index.article import Article, ArticleId
from index.embedding import Embedder, MiniLM
from index.errors import Misuse, ModelUnavailable, UnreadableReply
from index.feeds import Feeds, Polled, Subscription
from index.fetch import Fetcher
from index.library import Check, Ingested, Library, Progress, silent
from index.search import Bounds, Found, Query
from index.sources import Given

if TYPE_CHECKING:
    from briefing.draft.material import Material
    from briefing.ledger import Ledger
    from briefing.reading import Reading, Unread
    from briefing.reading.nouns import Dropped
    from briefing.services.earning import Earned
    from briefing.services.reading import ReadingEstimate
    from briefing.services.suggesting import Suggested
    from briefing.store.briefs import Action
    from briefing.submitted import Submitted
    from index.archive.store import Clock

ASKED_PASSAGES = 12  # read for one question


@dataclass(frozen=True, slots=True)
class LedgerAt:
    """A ledger, and what whoever asked for it must know of the reading."""

    ledger: Ledger
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleSeen:
    """What was read in an article, and what one topic sees in it; `seen` is empty where it was not read."""

    article: Article
    topic: Topic
    read: Reading | Unread
    seen: Seen
    dropped: tuple[Dropped, ...] = ()  # what a language model gave that code did not find


class Desk:
    """One data folder and everything that can be done with it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    # ---- the parts

    @cached_property
    def library(self) -> Library:
        chosen = self.settings.embedding
        embedder = None
        if chosen.kind != "builtin":
            from briefing.ecosystem import embeddings

            embedder = embeddings.chosen(chosen)
        served = chosen.kind == "openai"  # by a service, which may be somebody else's
        return Library(
            self.settings.data,
            embedder,
            self.settings.vector_server,
            away=(lambda articles: self.privacy.away_from(chosen.base_url, articles)) if served else None,
            leaves=(lambda ids: self.privacy.left(chosen.base_url, chosen.where, "embedding", ids)) if served else None,
        )

    @cached_property
    def fetcher(self) -> Fetcher:
        """The one way out, under the settings' policy."""
        chosen = self.settings.fetch
        return Fetcher(open_hosts=chosen.open_hosts, robots=chosen.robots, seconds=chosen.seconds)

    @cached_property
    def feeds(self) -> Feeds:
        return Feeds(self.library.archive)

    @cached_property
    def briefs(self) -> Briefs:
        return Briefs(self.library.archive.engine)

    @cached_property
    def replies(self) -> Replies:
        return Replies(self.library.archive.engine)

    @cached_property
    def readings(self) -> Readings:
        return Readings(self.library.archive.engine)

    @cached_property
    def room(self) -> ReadingRoom:
        return ReadingRoom(
            self.library.archive, self.readings, self.settings.model, self.replies, privacy=self.privacy, purse=self.purse
        )

    @cached_property
    def purse(self) -> Purse:
        return Purse(self.library.archive.engine)

    @cached_property
    def leaving(self) -> Leaving:
        return Leaving(self.library.archive.engine)

    @cached_property
    def privacy(self) -> Privacy:
        """What stays on this machine, and where what leaves is written down."""
        return Privacy(self.settings.privacy, self.leaving.marks, self.leaving.write_down)

    @cached_property
    def _archiving(self) -> Archiving:
        return Archiving(self.library, self.fetcher, self.feeds, self.settings.embedding, self.leaving)

    @cached_property
    def _drafting(self) -> Drafting:
        return Drafting(
            self.settings,
            self.library,
            self.room,
            self._archiving,
            self.briefs,
            self.replies,
            self._sentences,
            self.verifier(),
            self.privacy,
            self.purse,
        )

    @cached_property
    def _sentences(self) -> Embedder:
        """What compares sentences: always the built-in embedding, for which its limits were chosen, whatever the index
        was built with; so a brief is drafted also while an embedding service is down."""
        held = self.library.embedder
        return held if isinstance(held, MiniLM) else MiniLM()

    def verifier(self, *, judge: bool = False) -> Verifier:
        """The gates and the rungs of the ladder that are set up: the built-in checker always, a local model where the
        settings name one, the language model as judge where asked for."""
        return Verifier(ladder.rungs(self.settings, judge=judge, privacy=self.privacy), self.privacy.stays if judge else None)

    def close(self) -> None:
        if "library" in self.__dict__:
            self.library.close()

    # ---- archive

    def ingest(
        self,
        inputs: Iterable[str | Path],
        *,
        given: Given | None = None,
        clock: Clock = "import",
        progress: Progress = silent,
    ) -> Ingested:
        """Archive, index and read files, folders and addresses (what is fetched counts as seen now). Raises Unusable where the
        data folder cannot be."""
        done = self._archiving.ingest(inputs, given=given or Given(), clock=clock, progress=progress)
        done.notes += self.read_by_model(progress=progress)
        report = self.room.see(topics.load(topics.DEFAULT), self._all(), progress)
        done.notes += report.notes
        done.unread += [(one.article_id, one.reason) for one in report.refused]
        return done

    def _all(self, as_of: datetime | None = None) -> list[ArticleId]:
        return [a.id for a in self.library.archive.listed(as_of=as_of)]

    def poll(self, *, everything: bool = False, progress: Progress = silent) -> Iterator[tuple[Polled, Ingested]]:
        """Ask every feed that is due and archive what it brings; indexed at the end."""
        return self._archiving.poll(everything=everything, progress=progress)

    def feeds_listed(self) -> list[Subscription]:
        return self.feeds.listed()

    def add_feed(self, url: str, *, title: str | None, follow: bool, now: datetime) -> bool:
        """Whether it is new."""
        return self.feeds.add(url, title=title, follow=follow, now=now)

    def keep_here(self, kind: str, value: str) -> bool:
        """From now on no word of it leaves this machine; False where that was so. A folder is kept by its whole path. Raises
        Misuse."""
        if kind == "article":
            value = self.library.archive.get(value).id
        return self.leaving.mark(kind, str(Path(value).resolve()) if kind == "folder" else value)

    def let_leave(self, kind: str, value: str) -> None:
        """What was kept here may leave again. Raises Misuse."""
        self.leaving.unmark(kind, value)

    def kept_here(self) -> list[tuple[str, str]]:
        return sorted(self.leaving.marks())

    def left(self) -> list[Left]:
        """What left this machine for somebody else's endpoint, the newest first."""
        return self.leaving.listed()

    def remove_feed(self, url: str) -> None:
        self.feeds.remove(url)

    def article(self, ref: str) -> tuple[Article, list[Carrier]]:
        """An article by our id or the external one, and the other carriers of its origin. Raises Misuse."""
        article = self.library.archive.get(ref)
        return article, self.carriers([article])[article.id]

    def articles(self, *, as_of: datetime | None = None) -> list[Article]:
        """Every article without its text, newest first."""
        return self.library.archive.listed(as_of=as_of)

    def carriers(self, articles: Sequence[Article], *, as_of: datetime | None = None) -> dict[ArticleId, list[Carrier]]:
        """For each article the other carriers of its origin, as of an instant."""
        found = self.library.archive.carriers((article.origin_id for article in articles), as_of=as_of)
        first = "the first article of this text in the archive"
        return {
            article.id: [Carrier.of(o, why or first) for o, why in found[article.origin_id] if o.id != article.id]
            for article in articles
        }

    def search(self, question: str, *, k: int = 10, **bounds: Unpack[Bounds]) -> Found:
        """At most k passages within the bounds, best first, one of each origin. Raises Misuse."""
        if not question.strip():
            raise Misuse("there is nothing to search for")
        return self.library.search(Query(text=question, k=k, names=topics.same_names(), **bounds))

    def rewritten(self, question: str) -> tuple[list[str], str | None]:
        """Other wordings of a question by the language model; none, and why, where it fails. Raises Misuse where no model
        is named."""
        from briefing.rewriting import rewritten

        if self.settings.model is None:
            raise Misuse(NO_MODEL)
        try:
            return rewritten(question, self.settings.model), None
        except (ModelUnavailable, UnreadableReply) as error:
            return [], f"searched in these words alone: {error}"

    def waiting(self) -> str | None:
        """A sentence on the articles that no search sees whole yet; None where there are none."""
        return self._archiving.waiting()

    def status(self) -> list[Check]:
        return self.library.status()

    def checks(self) -> list[Check]:
        """What `doctor` looks at."""
        chosen, model = self.settings.embedding, self.settings.model
        told = "the built-in embedding is whole" if chosen.kind == "builtin" else chosen.where
        return [
            Check("embedding", True, told),
            *self.status(),
            self.room.check(),
            Check("data", True, f"data folder {self.settings.data}"),
            Check("model", True, model.where if model else "no language model is named; none is needed"),
        ]

    def model_checks(self) -> list[Check]:
        """What `doctor --model` looks at: whether the language model can be used, what its endpoint takes, how well it reads.
        Raises Misuse where none is named."""
        from briefing.chat import dialect

        try:
            earned = self.trial()
        except (ModelUnavailable, UnreadableReply) as error:
            return [Check("model answers", False, str(error), "look at its address, key and name")]
        assert self.settings.model is not None
        spoken = dialect.known(self.settings.model.where)
        return [
            Check("model answers", True, spoken.told if spoken else "as it was found out before"),
            Check("model reads", True, earned.told),
            Check("model costs", True, self.purse.told(self.settings.model)),
        ]

    def fetch_encodings(self) -> dict[str, str]:
        """Fetch what counts tokens exactly; what became of each."""
        from briefing.chat.tokens import FETCHED, fetch_encoding

        return {name: str(fetch_encoding(name, self.fetcher)) for name in FETCHED}

    def repair(self, *, most_cost: float | None = None, announce: Announce = unheard, progress: Progress = silent) -> int:
        """Make the vectors that are missing and drop those of nothing; how many articles were embedded. What that costs
        is announced first; raises Misuse where it is more than `most_cost` US dollars (None: as the settings say)."""
        return self._archiving.repair(most_cost=most_cost, announce=announce, progress=progress)

    def rebuild(self, *, most_cost: float | None = None, announce: Announce = unheard, progress: Progress = silent) -> int:
        """Make vectors and terms again from the archive; how many articles. What that costs is announced first; raises
        Misuse where it is more than `most_cost` US dollars (None: as the settings say)."""
        return self._archiving.rebuild(most_cost=most_cost, announce=announce, progress=progress)

    def delete(self, ref: str) -> Article:
        """Take an article out of the archive and the index, and return what it was. Raises Misuse."""
        article = self.library.archive.get(ref)
        self.library.delete(article.id)
        self.readings.forget(article.id)
        return article

    # ---- reading and the ledger

    def suggest_topic(self, name: str, between: tuple[str, str] | None = None, progress: Progress = silent) -> Suggested:
        """A topic proposed from everything that was read. Raises Misuse where there is nothing to propose one from."""
        from briefing.services.suggesting import suggest

        return suggest(self.room.all_read(self._all(), progress), name, between)

    def read(self, *, as_of: datetime | None = None, progress: Progress = silent) -> int:
        """Read every article that this reader has not read yet; how many."""
        return self.room.read(self._all(as_of), progress).read

    def read_by_model(
        self, *, since: datetime | None = None, most_cost: float | None = None, progress: Progress = silent
    ) -> list[str]:
        """Let the language model, where one is named, read what touches talks and it has not read, the newest first; what came
        of it. `most_cost`: US dollars that this run may take, instead of the settings'."""
        if self.settings.model is None or not self.settings.model.reads:
            return []
        ids = self._to_read(since)
        self.room.read(ids, progress)
        return self.room.read_by_model(ids, most_cost=most_cost, progress=progress)

    def read_in_batch(self, *, since: datetime | None = None, most_cost: float | None = None) -> list[str]:
        """Hand in what the model has not read as one batch of the OpenAI API, or collect the one under way; what came of it.
        Raises Misuse, ModelUnavailable."""
        return self.room.batch(self._to_read(since), most_cost=most_cost)

    def reading_estimate(self, *, since: datetime | None = None) -> ReadingEstimate:
        """What `read_by_model` would take. Raises Misuse where no model is named."""
        return self.room.estimate(self._to_read(since))

    def _to_read(self, since: datetime | None) -> list[ArticleId]:
        listed = self.library.archive.listed()
        return [a.id for a in listed if since is None or (a.knowable_from is not None and a.knowable_from >= since)]

    def trial(self) -> Earned:
        """How well the language model reads, tried once. Raises Misuse, ModelUnavailable, UnreadableReply."""
        from briefing.services import earning

        if self.settings.model is None:
            raise Misuse(NO_MODEL)
        return earning.held(self.settings.model, self.replies)

    def seen(self, ref: str, topic_name: str = topics.DEFAULT) -> ArticleSeen:
        """What was read in an article, and what a topic sees in it. Raises Misuse."""
        article, topic = self.library.archive.get(ref), topics.load(topic_name)
        found = self.room.seen(topic, [article]).get(article.id, Seen(article_id=article.id))
        return ArticleSeen(article, topic, self.room.reading(article), found, self.room.dropped(article))

    def ledger(self, topic_name: str, *, as_of: datetime, progress: Progress = silent) -> LedgerAt:
        """What was said and done about the talks as it could be known at that instant. Articles not read yet are read first.
        Raises Misuse for an unknown topic."""
        ledger, read = self.room.ledger(topics.load(topic_name), as_of, progress)
        return LedgerAt(ledger, tuple(read.notes))

    # ---- briefs

    def draft(self, topic_name: str, *, as_of: datetime, drafter: Drafter = "extractive") -> Drafted:
        """A brief on the topic, as of that instant, kept in the data folder. With `llm` and a model that fails, the
        extractive brief comes instead and says so. Raises Misuse for an unknown topic or a model nobody named."""
        return self._drafting.draft(topics.load(topic_name), as_of=as_of, drafter=drafter)

    def material(self, topic: Topic, as_of: datetime) -> Material:
        """What the retrieval chain finds for one brief, and what was read in it."""
        return self._drafting.material(topic, as_of, self.room.ledger(topic, as_of)[0])

    def brief(self, brief_id: str) -> Brief:
        """A brief that was kept. Raises Misuse."""
        return self.briefs.get(brief_id)

    def listed(self) -> list[Listed]:
        """All briefs, newest as-of first."""
        return self.briefs.listed()

    def decide(self, brief_id: str, claim_id: str, action: Action, *, person: str, at: datetime) -> None:
        """Keep what a person decided about a sentence. Raises Misuse for a sentence that is not there, or nobody's decision."""
        self.briefs.decide(brief_id, claim_id, action, person=person, at=at)

    def decisions(self, brief_id: str) -> dict[str, Decision]:
        """The latest decision on each sentence of a brief."""
        return self.briefs.decisions(brief_id)

    # ---- questions and checks

    def ask(self, question: str, *, as_of: datetime, topic_name: str = topics.DEFAULT, session: str | None = None) -> Answer:
        """The sources' own sentences that answer, or "no information"."""
        from briefing.draft import answer

        topic = topics.load(topic_name)
        if not question.strip():
            raise Misuse("there is no question")
        query = Query(text=question, as_of=as_of, k=ASKED_PASSAGES, per_origin=2, names=topic.aliases)
        found = self.library.search(query)
        answered = answer.answer(
            question,
            as_of=as_of,
            topic=topic,
            session=session,
            evidence=found,
            full=self.library.archive.many,
            seen=partial(self.room.seen, topic),
            carriers=partial(self.library.archive.carriers, as_of=as_of),
            embed=self._sentences.embed,
            verify=self.verifier().verify,
            heard=self.room.heard,
        )
        return replace(answered, notes=(*answered.notes, *found.notes))

    def verify(
        self, submitted: Submitted, *, sources: Sequence[Path] = (), topic_name: str = topics.DEFAULT, judge: bool = False
    ) -> Verified:
        """Somebody's sentences through gates and checkers, against the texts given with them, `sources` (files and folders
        as ingest reads them, not kept), and the archive. Raises Misuse for an unknown topic."""
        topic = topics.load(topic_name)
        return verified(submitted, self.library.archive, self.verifier(judge=judge), topic, sources)


__all__ = ["ArticleSeen", "Decision", "Desk", "Drafted", "Drafter", "Estimate", "LedgerAt", "Verified"]
