"""The retrieval chain: the plan's questions go to search, what comes back is read, one article of each origin; beside it
stands what the ledger knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from briefing.claims import Statement
from briefing.draft.plan import BACKGROUND, WINDOW, questions
from briefing.ledger.book import Entry, Ledger, firm
from briefing.reading import Reader
from briefing.topics import Topic
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
    notes: tuple[str, ...] = ()  # what a reader must know of the search

    def recent(self, statement: Statement) -> bool:
        knowable = self.articles[statement.article_id].knowable_from
        return knowable is not None and knowable >= self.since


def gather(
    topic: Topic,
    as_of: datetime,
    *,
    ledger: Ledger,
    search: Callable[[Sequence[Query]], Sequence[Found]],
    carriers: Callable[[Iterable[str]], CarriersOf],
    full: Callable[[Sequence[ArticleId]], dict[ArticleId, Article]],
) -> Material:
    """Ask every question of the plan and of the topic, and read what was found."""
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
    reader = Reader(topic)
    return Material(
        topic=topic,
        as_of=as_of,
        since=as_of - WINDOW,
        evidence=tuple(evidence),
        articles={**{e.article.id: e.article for e in evidence}, **chosen},
        statements=tuple(_with_ledger([s for article in read for s in reader.read(article)], newest, first)),
        relevance=relevance,
        carriers=carried,
        ledger=ledger,
        notes=tuple(f"Passages were {note}." for note in notes),
    )


def _newest(ledger: Ledger, as_of: datetime) -> list[Entry]:
    """The entries that a brief may show: knowable in the background window, of the newest articles that hold any."""
    recent = [e for e in ledger.entries if e.knowable >= as_of - BACKGROUND]
    recent.sort(key=lambda e: (e.knowable, e.article.id), reverse=True)
    ids = list(dict.fromkeys(e.article.id for e in recent))[:LEDGER_ARTICLES]
    shown = set(ids)
    return [e for e in recent if e.article.id in shown]


def _with_ledger(read: list[Statement], newest: Sequence[Entry], first: dict[str, ArticleId]) -> list[Statement]:
    """What was read, each with the stance that the ledger has for it; then the ledger's own of articles that no search
    found, of each origin those of its first carrier."""
    held: defaultdict[tuple[ArticleId, int], list[Entry]] = defaultdict(list)
    for entry in newest:
        held[entry.article.id, entry.statement.start].append(entry)
    found = [_stated(statement, held.get((statement.article_id, statement.start), ())) for statement in read]
    known = {s.article_id for s in read}
    for (article_id, _), entries in held.items():
        if article_id not in known and first.get(entries[0].article.origin_id) == article_id:
            found.append(_stated(entries[0].statement, entries))
    return found


def _stated(statement: Statement, entries: Sequence[Entry]) -> Statement:
    """The statement with the stance of its own speaker, where that is told plainly; else with whose it tells."""
    party = statement.speaker.party if statement.speaker else None
    own = next((e for e in entries if e.party == party and firm(e)), None)
    told = own or next((e for e in entries if e.statement.stance and e.statement.stance_of not in {None, party}), None)
    if told is None:
        return replace(statement, stance=None, stance_words=None, stance_of=None)
    said = told.statement
    return replace(
        statement,
        stance=said.stance,
        stance_words=said.stance_words,
        stance_of=said.stance_of,
        about=said.about,
        hedge=said.hedge,
    )
