"""The retrieval chain: the plan's questions go to search, what comes back is read, one article of each origin; beside it
stands what the ledger knows. Both take the same statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefing.claims import Said, Seen, Statement
from briefing.draft.plan import BACKGROUND, WINDOW, questions
from briefing.ledger.book import Entry, Ledger
from briefing.reading.nouns import Noted, Saying
from briefing.topics import Topic
from briefing.verify.ground import Ground, heard_now
from index.archive.store import CarriersOf
from index.article import Article, ArticleId, Evidence
from index.search import Found, Query

PASSAGES = 40  # a question
PER_ORIGIN = 3
LEDGER_ARTICLES = 200  # whose entries may stand in a brief, the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that a drafter may use for one brief: knowable by `as_of`, published in the background window."""

    topic: Topic
    as_of: datetime
    since: datetime  # start of the window the brief is about
    evidence: tuple[Evidence, ...]  # best first, each passage once
    articles: dict[ArticleId, Article]
    statements: tuple[Statement, ...]
    relevance: dict[ArticleId, float]  # best fused score of its passages, in [0, 1]
    carriers: CarriersOf  # of each origin, as of `as_of`
    ledger: Ledger
    heard: Callable[[Article], tuple[Saying, ...]] = heard_now  # the sayings of an article, as they were read
    noted: tuple[tuple[ArticleId, Noted], ...] = ()  # what a language model noted in the articles of the window, newest first
    notes: tuple[str, ...] = ()  # what a reader must know of the search

    @property
    def ground(self) -> Ground:
        """What the brief's sentences are checked against."""
        return Ground(self.articles, self.as_of, self.topic.party_words(), self.heard)

    def recent(self, statement: Statement) -> bool:
        knowable = self.articles[statement.article_id].knowable_from
        return knowable is not None and knowable >= self.since


def _nothing_noted(ids: Sequence[ArticleId]) -> Mapping[ArticleId, Sequence[Noted]]:
    return {}


def gather(
    topic: Topic,
    as_of: datetime,
    *,
    ledger: Ledger,
    search: Callable[[Sequence[Query]], Sequence[Found]],
    carriers: Callable[[Iterable[str]], CarriersOf],
    full: Callable[[Sequence[ArticleId]], dict[ArticleId, Article]],
    seen: Callable[[Sequence[Article]], Mapping[ArticleId, Seen]],
    heard: Callable[[Article], tuple[Saying, ...]] = heard_now,
    noted: Callable[[Sequence[ArticleId]], Mapping[ArticleId, Sequence[Noted]]] = _nothing_noted,
) -> Material:
    """Ask every question of the plan and of the topic, and take what stands in what was found."""
    planned = [(q, span) for q in questions(topic) for span in (WINDOW, BACKGROUND)]
    asked = [
        Query(text=q, as_of=as_of, since=as_of - span, k=PASSAGES, per_origin=PER_ORIGIN, names=topic.aliases)
        for q, span in (*planned, *((q, WINDOW) for q in topic.requirements))
    ]
    best: dict[str, Evidence] = {}
    notes: dict[str, None] = {}
    for found in search(asked):
        notes.update(dict.fromkeys(found.notes))
        for one in found:
            if one.passage.id not in best or one.score > best[one.passage.id].score:
                best[one.passage.id] = one
    evidence = sorted(best.values(), key=lambda e: (-e.score, e.passage.id))
    by_origin: defaultdict[str, list[Evidence]] = defaultdict(list)
    for one in evidence:
        by_origin[one.article.origin_id].append(one)
    newest = _newest(ledger, as_of)
    carried = carriers({*by_origin, *(e.article.origin_id for e in newest)})
    first = {origin: carried[origin][0][0].id for origin in carried if carried[origin]}
    chosen = full(list(dict.fromkeys([*(first[o] for o in by_origin), *(e.article.id for e in newest)])))
    relevance = {first[origin]: found[0].score for origin, found in by_origin.items()}
    read = [chosen[first[origin]] for origin in by_origin if first[origin] in chosen]
    held = seen(read)
    here = _newest_on(topic, as_of - WINDOW, read, held)
    by_model = noted([article.id for article in here])
    statements = [s for article in read if article.id in held for s in told(held[article.id], as_of)]
    return Material(
        topic=topic,
        as_of=as_of,
        since=as_of - WINDOW,
        evidence=tuple(evidence),
        articles={**{e.article.id: e.article for e in evidence}, **chosen},
        statements=(*statements, *_of_ledger({a.id for a in read}, newest, first)),
        relevance=relevance,
        carriers=carried,
        ledger=ledger,
        heard=heard,
        noted=tuple((article.id, one) for article in here for one in by_model.get(article.id, ())),
        notes=tuple(f"Passages were {note}." for note in notes),
    )


def _newest_on(topic: Topic, since: datetime, read: Sequence[Article], held: Mapping[ArticleId, Seen]) -> list[Article]:
    """Of the articles that were read those of the window that tell of these talks, the newest first."""
    recent = [a for a in read if a.knowable_from is not None and a.knowable_from >= since and a.id in held]
    here = [a for a in recent if any(s.front in {topic.name, "both"} for s in held[a.id].statements)]
    return sorted(here, key=lambda a: (str(a.knowable_from), a.id), reverse=True)


def _newest(ledger: Ledger, as_of: datetime) -> list[Entry]:
    """The entries that a brief may show: knowable in the background window, of the newest articles that hold any."""
    recent = [e for e in ledger.entries if e.knowable >= as_of - BACKGROUND]
    recent.sort(key=lambda e: (e.knowable, e.article.id), reverse=True)
    ids = list(dict.fromkeys(e.article.id for e in recent))[:LEDGER_ARTICLES]
    shown = set(ids)
    return [e for e in recent if e.article.id in shown]


def told(seen: Seen, as_of: datetime) -> Iterator[Statement]:
    """One statement a sentence, as far as it could be known: of several the one that its speaker makes plainly, else what it
    tells of another; where no stance is told, the sentence alone."""
    by_place: defaultdict[int, list[Statement]] = defaultdict(list)
    for statement in seen.statements:
        by_place[statement.start].append(statement)
    for said in seen.said:
        if said.knowable is None or said.knowable <= as_of:
            yield _shown(said, by_place.get(said.start, ()))


def _shown(said: Said, statements: Sequence[Statement]) -> Statement:
    certain = [statement.certain for statement in statements]
    own = next((s for s in certain if s.firm), None)
    of_another = next((s for s in certain if s.stance and s.stance_of), None)
    if (told := own or of_another) is not None:
        return told
    return Statement.plain(statements[0].said if statements else said)


def _of_ledger(known: set[ArticleId], newest: Sequence[Entry], first: Mapping[str, ArticleId]) -> Iterator[Statement]:
    """The ledger's own of articles that no search found, of each origin those of its first carrier."""
    held: defaultdict[tuple[ArticleId, int], list[Statement]] = defaultdict(list)
    for entry in newest:
        if entry.article.id not in known and first.get(entry.article.origin_id) == entry.article.id:
            held[entry.article.id, entry.statement.start].append(entry.statement)
    for statements in held.values():
        yield _shown(statements[0].said, statements)
