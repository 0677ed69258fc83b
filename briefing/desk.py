"""The desk: the one service that the command line, the screens and the evals call. Plain arguments, frozen values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache as cached
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

from briefing import ask as asking
from briefing import submitted as resolving
from briefing import topics
from briefing.chat.budget import Budget
from briefing.chat.tokens import count_tokens
from briefing.claims import Answer, Brief, Carrier, Claim, Disclosure, Statement
from briefing.draft import extractive, plan
from briefing.draft.assemble import assemble, gate_names
from briefing.draft.counted import Previous
from briefing.draft.lines import Draft
from briefing.draft.material import Material, gather
from briefing.settings import Settings
from briefing.store import Briefs
from briefing.store.readings import Readings
from briefing.store.replies import Replies
from briefing.submitted import Submitted
from briefing.support import ladder
from briefing.topics import Topic
from briefing.verify import Ground, Verifier
from index.archive.store import NewArticle
from index.article import Article, ArticleId, Rejected
from index.embedding import Embedder, MiniLM
from index.errors import EmbeddingUnavailable, Misuse, ModelUnavailable, UnreadableReply
from index.feeds import Feeds, Polled
from index.fetch import Fetcher
from index.library import Check, Ingested, Library, Progress, silent
from index.search import Bounds, Found, Query
from index.sources import Given, read_inputs
from index.sources.inputs import Item
from index.urls import canonical
from index.web import is_address, read_address

if TYPE_CHECKING:
    from briefing.draft.llm import Written
    from briefing.ledger import Ledger
    from index.archive.store import Clock

Drafter = Literal["extractive", "llm"]
NO_MODEL = "no language model is named: set BRIEFING_MODEL (and OPENAI_BASE_URL, OPENAI_API_KEY)"
READ_BATCH = 64  # articles read between two commits
ASKED_PASSAGES = 12  # read for one question


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


@dataclass(frozen=True, slots=True)
class Verified:
    """What the gates say of somebody's sentences; denominators are the sentences submitted."""

    claims: tuple[Claim, ...]
    resolved: int
    citations: int
    notes: tuple[str, ...] = ()

    def count(self, label: str) -> int:
        return sum(c.verdict is not None and c.verdict.label == label for c in self.claims)


class Desk:
    """One data folder and everything that can be done with it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.notes: list[str] = []  # what whoever asked for a ledger must know of the reading

    @cached_property
    def library(self) -> Library:
        chosen = self.settings.embedding
        embedder = None
        if chosen.kind != "builtin":
            from briefing.ecosystem import embeddings

            embedder = embeddings.chosen(chosen)
        return Library(self.settings.data, embedder, self.settings.vector_server)

    @cached_property
    def _sentences(self) -> Embedder:
        """What compares sentences: always the built-in embedding, for which its limits were chosen, whatever the index
        was built with; so a brief is drafted also while an embedding service is down."""
        held = self.library.embedder
        return held if isinstance(held, MiniLM) else MiniLM()

    @cached_property
    def briefs(self) -> Briefs:
        return Briefs(self.library.archive.engine)

    @cached_property
    def replies(self) -> Replies:
        return Replies(self.library.archive.engine)

    @cached_property
    def readings(self) -> Readings:
        return Readings(self.library.archive.engine)

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
        """Read, archive and index files, folders and addresses (what is fetched counts as seen now). Raises Unusable
        where the data folder cannot be."""
        told, now = given or Given(), datetime.now(UTC)
        done = Ingested()
        for one in inputs:
            if isinstance(one, str) and is_address(one):
                items: Iterator[Item] = read_address(one, self.fetcher, told)
                self.library.archive_all(items, done, now=now, clock="live", progress=progress)
            else:
                self.library.archive_all(read_inputs([Path(one)], told), done, now=now, clock=clock, progress=progress)
        done.unembedded = self._index(progress)
        self.read(topics.load(topics.DEFAULT), progress=progress)
        return done

    def _index(self, progress: Progress) -> str | None:
        """Index what waits; why some of it is found by its words alone, if it is."""
        try:
            if too_much := self._too_much(self.library.waiting_texts):
                problem = f"{too_much}; `briefing index repair --most-cost DOLLARS` embeds them"
            else:
                self.library.index_pending(progress=progress)
                return None
        except EmbeddingUnavailable as error:
            problem = str(error)
        return f"{self.library.waiting()} articles are searched by their words alone: {problem}"

    @cached_property
    def fetcher(self) -> Fetcher:
        """The one way out, under the settings' policy."""
        chosen = self.settings.fetch
        return Fetcher(open_hosts=chosen.open_hosts, robots=chosen.robots, seconds=chosen.seconds)

    @cached_property
    def feeds(self) -> Feeds:
        return Feeds(self.library.archive)

    def poll(self, *, everything: bool = False, progress: Progress = silent) -> Iterator[tuple[Polled, Ingested]]:
        """Ask every feed that is due and archive what it brings; indexed at the end."""
        now = datetime.now(UTC)
        for polled in self.feeds.poll(self.fetcher, now=now, everything=everything):
            done = Ingested()
            self.library.archive_all([*polled.articles, *polled.rejected], done, now=now, clock="live", progress=progress)
            yield polled, done
        self._index(progress)

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
        count = self.library.waiting()
        told = f"{count} archived articles wait to be embedded and were searched by their words alone, or not at all."
        return told if count else None

    def status(self) -> list[Check]:
        return self.library.status()

    def repair(self, *, most_cost: float | None = None, announce: Announce = unheard, progress: Progress = silent) -> int:
        """Make the vectors that are missing and drop those of nothing; how many articles were embedded. What that costs
        is announced first; raises Misuse where it is more than `most_cost` US dollars (None: as the settings say)."""
        self.library.mark_missing()
        if too_much := self._too_much(self.library.waiting_texts, most_cost, announce):
            raise Misuse(f"{too_much}: raise it with --most-cost DOLLARS")
        return self.library.index_pending(progress=progress)

    def delete(self, ref: str) -> Article:
        """Take an article out of the archive and the index, and return what it was. Raises Misuse."""
        article = self.library.archive.get(ref)
        self.library.delete(article.id)
        self.readings.forget(article.id)
        return article

    def rebuild(self, *, most_cost: float | None = None, announce: Announce = unheard, progress: Progress = silent) -> int:
        """Make vectors and terms again from the archive; how many articles. What that costs is announced first; raises
        Misuse where it is more than `most_cost` US dollars (None: as the settings say)."""
        if too_much := self._too_much(self.library.all_texts, most_cost, announce):
            raise Misuse(f"{too_much}: raise it with --most-cost DOLLARS")
        return self.library.rebuild(progress=progress)

    def estimate(self, texts: Iterable[str]) -> Estimate:
        """What embedding these texts takes."""
        chosen = self.settings.embedding
        counts = [count_tokens(text, chosen.model) for text in texts]
        tokens = sum(count.n for count in counts)
        return Estimate(len(counts), tokens, all(count.exact for count in counts), tokens * chosen.price / 1e6)

    def _too_much(
        self, texts: Callable[[], Iterable[str]], most_cost: float | None = None, announce: Announce = unheard
    ) -> str | None:
        """What embedding these texts would cost, where that is more than it may."""
        chosen = self.settings.embedding
        if not chosen.price:
            return None
        most, told = chosen.most_cost if most_cost is None else most_cost, self.estimate(texts())
        announce(told)
        return f"embedding {told} is more than the ${most:g} that one run may cost" if told.cost > most else None

    # ---- reading and the ledger

    def read(self, topic: Topic, *, as_of: datetime | None = None, progress: Progress = silent) -> int:
        """Read every article that this reader has not read for the topic yet; how many."""
        from briefing.reading.statements import Statements

        ids = [a.id for a in self.library.archive.listed(as_of=as_of)]
        waiting = self.readings.missing(ids, topic, self._reads)
        held = {i for i, _ in self.readings.of(waiting, topic)} if self._reads else set()
        todo = [i for i in waiting if i not in held]
        reader = Statements(topic)
        for at in range(0, len(todo), READ_BATCH):
            some = todo[at : at + READ_BATCH]
            articles = self.library.archive.many(some)
            self.readings.keep({i: reader.read(articles[i]) for i in some if i in articles}, topic)
            progress("read", at + len(some), len(todo))
        if self._reads:
            self._read_again(waiting, topic, progress)
        return len(todo)

    @property
    def _reads(self) -> str | None:
        """The language model that reads too, if the settings let one."""
        model = self.settings.model
        return model.name if model is not None and model.reads else None

    def _read_again(self, waiting: Sequence[ArticleId], topic: Topic, progress: Progress) -> None:
        """Let the language model read what holds statements; where it fails the reader's own stand and it is asked again
        another time."""
        from briefing.second_reading import SecondReading, second_reading

        assert self.settings.model is not None
        done: list[SecondReading] = []
        for n, (article_id, read) in enumerate(list(self.readings.of(waiting, topic)), start=1):
            if any(not s.counted for s in read):
                article = self.library.archive.get(article_id)
                try:
                    again = second_reading(article, topic, read, self.settings.model)
                except (ModelUnavailable, UnreadableReply) as error:
                    self.notes.append(f"read without the language model: {error}")
                    break
                done.append(again)
                read = again.statements
            self.readings.keep({article_id: read}, topic, self._reads)
            progress("read again", n, len(waiting))
        if done:
            added, differing, lost = (sum(getattr(d, k) for d in done) for k in ("added", "differing", "not_found"))
            told = f"added {added} statements, reads {differing} in another stance, and gave {lost} that no article holds"
            self.notes.append(f"{self._reads} {told}")

    def statements(self, ref: str, topic_name: str = topics.DEFAULT) -> tuple[Topic, list[Statement]]:
        """The topic, and the statements on its talks that are read in an article. Raises Misuse."""
        from briefing.reading.statements import Statements

        article = self.library.archive.get(ref)
        topic = topics.load(topic_name)
        return topic, Statements(topic).read(article)

    def ledger(self, topic_name: str, *, as_of: datetime, progress: Progress = silent) -> Ledger:
        """What was said and done about the talks as it could be known at that instant. Articles not read yet are read first.
        Raises Misuse for an unknown topic."""
        return self._ledger(topics.load(topic_name), as_of, progress)

    def _ledger(self, topic: Topic, as_of: datetime, progress: Progress = silent) -> Ledger:
        from briefing.ledger.book import HISTORY, Ledger, entry_of

        self.read(topic, as_of=as_of, progress=progress)
        first = as_of - HISTORY - plan.BACKGROUND  # no article knowable before holds what a ledger keeps
        listed = self.library.archive.listed(as_of=as_of)
        articles = {a.id: a for a in listed if a.knowable_from is not None and a.knowable_from >= first}
        entries = (
            entry
            for article_id, statements in self.readings.of(list(articles), topic, self._reads)
            for statement in statements
            if (entry := entry_of(statement, articles[article_id])) is not None
        )
        return Ledger(topic, as_of, entries)

    # ---- briefs

    def draft(self, topic_name: str, *, as_of: datetime, drafter: Drafter = "extractive") -> Brief:
        """A brief on the topic, as of that instant, kept in the data folder. With `llm` and a model that fails, the
        extractive brief comes instead and says so. Raises Misuse for an unknown topic or a model nobody named."""
        topic = topics.load(topic_name)
        if drafter == "llm" and self.settings.model is None:
            raise Misuse(NO_MODEL)
        material = self.material(topic, as_of)
        before = self.briefs.previous(topic.name, as_of)
        previous = Previous(*before) if before is not None else None
        draft = extractive.Extractive(material, self._sentences.embed).draft(previous.as_of if previous else None)
        budget = Budget(self.settings.model) if drafter == "llm" and self.settings.model is not None else None
        written, failure = self._written(material, draft, budget) if budget is not None else (None, None)
        self.notes += _paid(budget)
        if written is not None:
            from briefing.draft.llm import merged

            draft = merged(written, draft)
        if not self.library.archive.count():
            draft.notes.append(f"The archive in {self.settings.data} is empty.")
        draft.notes += [*material.notes, *self._feeds_down()]
        if waiting := self.waiting():
            draft.notes.append(waiting)
        if failure is not None:
            draft.notes.append(f"Drafted without the language model: {failure}.")
        if written is not None:
            draft.notes += [
                f"Without the language model: {plan.SECTIONS[s].title.lower()}, {why}." for s, why in written.failed.items()
            ]
        brief = assemble(
            draft,
            material,
            issued=datetime.now(UTC),
            previous=previous,
            version=self.briefs.next_version(topic.name, as_of),
            undated=self.library.archive.undated(),
            disclosure=self._disclosure(written, failure, budget),
            verify=self.verifier().verify,
            extra_withheld=tuple(written.withheld) if written else (),
        )
        return self.briefs.save(brief)

    def _written(self, material: Material, own: Draft, budget: Budget) -> tuple[Written | None, str | None]:
        from briefing.draft import llm

        assert self.settings.model is not None
        try:
            verify = self.verifier().verify
            written = llm.write(material, self.settings.model, verify=verify, own=own, cache=self.replies, budget=budget)
            return written, None
        except (ModelUnavailable, UnreadableReply) as error:
            return None, str(error)

    def _feeds_down(self) -> list[str]:
        """A sentence on the feeds that failed when they were last asked: what they carried since is not in the archive."""
        down = [feed.title or feed.url for feed in self.feeds.listed() if feed.gone or feed.failures]
        if not down:
            return []
        named = ", ".join(down[:3]) + (f" and {len(down) - 3} more" if len(down) > 3 else "")
        return [f"{len(down)} {'feed was' if len(down) == 1 else 'feeds were'} down when last asked: {named}."]

    def _disclosure(self, written: Written | None, failure: str | None, budget: Budget | None) -> Disclosure:
        own = Disclosure(drafter=extractive.NAME, checker=self.verifier().name, index=self.library.identity, gates=gate_names())
        if budget is None or self.settings.model is None:
            return own
        own = replace(own, spent=budget.told())
        if written is None:
            return replace(own, notes=(f"A language model was asked for and not used: {failure}.",), fallback=failure)
        from briefing.draft.llm import NAME

        spent, failed = budget.spent, written.failed
        return replace(
            own,
            drafter=f"{NAME} over {extractive.NAME}",
            model=self.settings.model.name,
            parameters=tuple(self.settings.model.parameters.items()),
            prompts=written.prompts,
            tokens=(spent.prompt_tokens, spent.completion_tokens),
            notes=tuple(written.notes),
            fallback="; ".join(f"{plan.SECTIONS[s].title.lower()}: {why}" for s, why in failed.items())
            or (None if written.lines else "nothing that it wrote stands"),
        )

    def material(self, topic: Topic, as_of: datetime) -> Material:
        """What the retrieval chain finds and reads for one brief."""
        return gather(
            topic,
            as_of,
            ledger=self._ledger(topic, as_of),
            search=self.library.search.many,
            carriers=partial(self.library.archive.carriers, as_of=as_of),
            full=self.library.archive.many,
        )

    # ---- questions and checks

    def ask(self, question: str, *, as_of: datetime, topic_name: str = topics.DEFAULT, session: str | None = None) -> Answer:
        """The sources' own sentences that answer, or "no information"."""
        topic = topics.load(topic_name)
        if not question.strip():
            raise Misuse("there is no question")
        query = Query(text=question, as_of=as_of, k=ASKED_PASSAGES, per_origin=2, names=topic.aliases)
        found = self.library.search(query)
        answered = asking.answer(
            question,
            as_of=as_of,
            topic=topic,
            session=session,
            evidence=found,
            full=self.library.archive.many,
            carriers=partial(self.library.archive.carriers, as_of=as_of),
            embed=self._sentences.embed,
            verify=self.verifier().verify,
        )
        return replace(answered, notes=(*answered.notes, *found.notes))

    def verify(
        self, submitted: Submitted, *, sources: Sequence[Path] = (), topic_name: str = topics.DEFAULT, judge: bool = False
    ) -> Verified:
        """Somebody's sentences through gates and checkers, against the texts given with them, `sources` (files and folders
        as ingest reads them, not kept), and the archive. Raises Misuse for an unknown topic."""
        given, notes = self._given(sources)
        kept = cached(self.library.archive.listed)  # asked for only where nothing else names a source
        whole = resolving.resolved(submitted, partial(self._listed, given, kept))
        own = {a.id: a for a in (*given.values(), *whole.articles)}
        wanted = [c.article_id for claim in whole.claims for c in claim.citations]
        cited = self.library.archive.many(i for i in wanted if i not in own) if set(wanted) - own.keys() else {}
        by_external: dict[str | None, Article] = {a.external_id: a for a in own.values() if a.external_id}
        claims = tuple(_found_again(claim, own, by_external) for claim in whole.claims)
        ground = Ground({**cited, **own}, whole.as_of, topics.load(topic_name).party_words())
        resolved = sum(
            (article := ground.articles.get(c.article_id)) is not None and article.text[c.start : c.end] == c.quote != ""
            for claim in claims
            for c in claim.citations
        )
        done = self.verifier(judge=judge).verify(claims, ground)
        return Verified(done, resolved, sum(len(c.citations) for c in claims), (*notes, *whole.notes))

    def verifier(self, *, judge: bool = False) -> Verifier:
        """The gates and the rungs of the ladder that are set up: the built-in checker always, a local model where the
        settings name one, the language model as judge where asked for."""
        return Verifier(ladder.rungs(self.settings, judge=judge))

    def _given(self, sources: Sequence[Path]) -> tuple[dict[str, Article], tuple[str, ...]]:
        """Articles of files that are not kept, by id; and what could not be read of them."""
        found: dict[str, Article] = {}
        notes: list[str] = []
        for item in read_inputs(sources, Given()) if sources else ():
            match item:
                case NewArticle():
                    article = resolving.unkept(item)
                    found[article.id] = article
                case Rejected():
                    notes.append(f"{item.input}: {item.reason}")
        return found, tuple(notes)

    def _listed(self, given: Mapping[str, Article], kept: Callable[[], list[Article]], entry: resolving.Listed) -> Article | None:
        """The article that an entry of a list of sources means: one given, else one of the archive."""
        if (found := resolving.meant(entry, tuple(given.values()))) is not None:
            return found
        for ref in resolving.references(entry):
            try:
                return self.library.archive.get(ref)
            except Misuse:
                continue
        if entry.address is not None and (found := self.library.archive.at_address(canonical(entry.address))) is not None:
            return found
        titled = resolving.meant(entry, kept())
        return None if titled is None else self.library.archive.get(titled.id)


def _paid(budget: Budget | None) -> list[str]:
    """What whoever drafts again wants to know of the cost."""
    if budget is None or not budget.spent.cached:
        return []
    spent = budget.spent
    rest = "nothing was asked of it again" if not spent.calls else f"{spent.calls} calls were made"
    return [f"{spent.cached} replies of the language model came from the cache; {rest}."]


def _found_again(claim: Claim, own: Mapping[str, Article], by_external: Mapping[str | None, Article]) -> Claim:
    """The claim, its citations led to given texts that go by the id they came with."""
    if all(c.article_id in own or c.external_id not in by_external for c in claim.citations):
        return claim
    citations = tuple(
        replace(c, article_id=by_external[c.external_id].id) if c.article_id not in own and c.external_id in by_external else c
        for c in claim.citations
    )
    return replace(claim, citations=citations)
