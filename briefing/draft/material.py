"""The retrieval chain: the plan's questions go to search, what comes back is read, one article of each origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefing.claims import Statement
from briefing.draft.plan import BACKGROUND, WINDOW, questions
from briefing.reading import Reader
from briefing.topics import Topic
from index.archive.store import CarriersOf
from index.article import Article, ArticleId, Evidence
from index.search import Found, Query

PASSAGES = 40  # a question
PER_ORIGIN = 3


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
    notes: tuple[str, ...] = ()  # what a reader must know of the search

    def recent(self, statement: Statement) -> bool:
        knowable = self.articles[statement.article_id].knowable_from
        return knowable is not None and knowable >= self.since


def gather(
    topic: Topic,
    as_of: datetime,
    *,
    search: Callable[[Sequence[Query]], Sequence[Found]],
    carriers: Callable[[Iterable[str]], CarriersOf],
    full: Callable[[Sequence[ArticleId]], dict[ArticleId, Article]],
) -> Material:
    """Ask every question of the plan and read what was found."""
    asked = [
        Query(text=q, as_of=as_of, since=as_of - span, k=PASSAGES, per_origin=PER_ORIGIN, names=topic.aliases)
        for q in questions(topic)
        for span in (WINDOW, BACKGROUND)
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
    carried = carriers(by_origin)
    first = {origin: carried[origin][0][0].id for origin in by_origin}
    chosen = full(list(first.values()))
    relevance = {first[origin]: found[0].score for origin, found in by_origin.items()}
    reader = Reader(topic)
    return Material(
        topic=topic,
        as_of=as_of,
        since=as_of - WINDOW,
        evidence=tuple(evidence),
        articles={**{e.article.id: e.article for e in evidence}, **chosen},
        statements=tuple(s for article in chosen.values() for s in reader.read(article)),
        relevance=relevance,
        carriers=carried,
        notes=tuple(f"Passages were {note}." for note in notes),
    )
