"""One search: what may be seen is decided first, then vectors and terms are compared and fused, one passage an origin.

Whatever shapes the ranking (how rare a word is, how long a text, the best and the least similarity) is taken from the
articles that may be seen, and of the copies of one text from one of them: neither tomorrow's news nor ten carriers of a
dispatch move what else is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypedDict

from index import origins
from index.archive import Archive, rows
from index.article import Article, ArticleId, Evidence, Passage
from index.embedding import Embedder, Vectors
from index.errors import EmbeddingUnavailable, IndexMismatch
from index.passages import SPLITTER, indexed_text
from index.question import Names, Question, Run, holds, understood
from index.sentences import sentences
from index.terms import Impacts, Postings, Statistics, bm25, either, terms, together
from index.vectors import VectorStore

CANDIDATES = 200  # articles of each side whose scores set the scale
VECTOR_WEIGHT = 0.5  # equal weights did best on the project's retrieval sets; rank fusion did clearly worse
PASSAGE_WEIGHT = 0.5  # of a passage's own terms against those of its whole article
WHOLE_WEIGHT = 0.5  # of a question as a whole against the part of it that fits best
SAME = 1e-5  # scores that differ by less are equal
MOST_KEPT = 8_000_000  # postings kept between questions: 64 MB
MOST_VIEWS = 4
NEAR_IDENTICAL = 0.9  # share of the terms of two passages: the second is left out

Floats = NDArray[np.float32]
_Span = tuple[int, int, set[str]]  # a sentence of a passage, and its terms


def identity(embedder: Embedder) -> str:
    """Everything that shapes the vectors: the model, and how passages are cut."""
    return f"{embedder.identity}+{SPLITTER}"


class Bounds(TypedDict, total=False):
    """What may answer a question; left out: anything current."""

    as_of: datetime | None  # knowable by then, in the version that was current
    since: datetime | None  # knowable from then on
    until: datetime | None  # knowable up to then
    outlet: str | None  # or another name of its publisher
    language: str | None  # ISO 639-1
    origin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question to the index, and what may answer it (`Bounds`). `per_origin`: how many passages of one origin may be
    returned; `names`: groups of names that mean the same."""

    text: str
    as_of: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    outlet: str | None = None
    language: str | None = None
    origin: str | None = None
    k: int = 10
    per_origin: int = 1
    fold: bool = True  # False: every article stands for itself, copies too
    names: Names = field(default=())
    vector_weight: float = VECTOR_WEIGHT  # against the terms'; 0 and 1 are one side alone


class Found(list[Evidence]):
    """Results, best first. `notes`: what a reader of them must know (that terms alone ranked them, that no passage
    holds the phrase asked for)."""

    def __init__(self, results: Sequence[Evidence] = (), notes: tuple[str, ...] = ()) -> None:
        super().__init__(results)
        self.notes = notes


class Search:
    """Questions to one archive and its vectors."""

    def __init__(self, archive: Archive, vectors: VectorStore, embedder: Embedder) -> None:
        self._archive, self._vectors, self._embedder = archive, vectors, embedder
        self._table: rows.PassageTable | None = None
        self._kept_postings: dict[str, tuple[Postings, Postings]] = {}
        self._views: dict[tuple[object, ...], _View] = {}

    def __call__(self, query: Query) -> Found:
        return self.many([query])[0]

    def many(self, queries: Sequence[Query]) -> list[Found]:
        """One list a query. Where the embedding cannot be reached terms alone answer. Raises IndexMismatch."""
        table = self._current_table()
        if not len(table):
            return [Found() for _ in queries]
        asked = [understood(q.text, q.names) for q in queries]
        vectors, problem = self._embedded(asked)
        postings, by_article = self._occurrences({term for question in asked for term in question.terms}, table)
        found = []
        for query, question in zip(queries, asked, strict=True):
            view = self._view(table, query)
            similar = self._similar(question, vectors, view)
            ranked = _Ranked(view, question, postings, by_article, similar, query)
            results, notes = list(self._chosen(ranked, query, question.phrases)), problem
            if question.phrases and not results:
                results = list(self._chosen(ranked, query, ()))
                notes = (*notes, *(f"no passage holds “{phrase}”: these do not" for phrase in question.phrases))
            found.append(Found(results, notes))
        return found

    def _current_table(self) -> rows.PassageTable:
        if self._table is None or self._table.generation != rows.generation(self._archive):
            if others := rows.identities(self._archive) - {self._vectors.identity}:
                raise IndexMismatch(sorted(others)[0], self._vectors.identity)
            self._table = rows.load(self._archive)
            self._kept_postings.clear()
            self._views.clear()
        return self._table

    def _view(self, table: rows.PassageTable, query: Query) -> _View:
        """What the question may see; questions within the same bounds share it."""
        bounds = (query.as_of, query.since, query.until, query.outlet, query.language, query.origin, query.fold)
        if bounds not in self._views:
            while len(self._views) >= MOST_VIEWS:
                del self._views[next(iter(self._views))]
            self._views[bounds] = _View(table, query)
        return self._views[bounds]

    def _occurrences(self, asked: set[str], table: rows.PassageTable) -> tuple[dict[str, Postings], dict[str, Postings]]:
        """Where each term occurs, by passage and by article; kept while the archive does not change."""
        kept = self._kept_postings
        if sum(len(own.rows) for own, _ in kept.values()) > MOST_KEPT:
            kept.clear()
        read = rows.postings(self._archive, asked - kept.keys(), table)
        none = Postings.none()
        for term in asked - kept.keys():
            own = read.get(term, none)
            kept[term] = own, own.moved(table.article)
        return {term: kept[term][0] for term in asked}, {term: kept[term][1] for term in asked}

    def _embedded(self, asked: Sequence[Question]) -> tuple[dict[str, Floats], tuple[str, ...]]:
        """The vector of every question and part of one; none, and why, where the embedding cannot be reached."""
        texts = list(dict.fromkeys(text for question in asked for text in (question.text, *question.parts)))
        try:
            return dict(zip(texts, self._embedder.embed(texts), strict=True)), ()
        except EmbeddingUnavailable as error:
            return {}, (f"ranked by terms alone: {error}",)

    def _similar(self, question: Question, vectors: dict[str, Floats], view: _View) -> Floats | None:
        """How near each passage [P] is to the question; where it has parts, to the whole and to the nearest part."""
        if not vectors:
            return None
        asked: Vectors = np.stack([vectors[text] for text in (question.text, *question.parts)])
        near = self._vectors.similarities(asked, view.table, view.visible)
        whole: Floats = near[0]
        return whole if len(near) == 1 else np.float32(WHOLE_WEIGHT) * whole + np.float32(1 - WHOLE_WEIGHT) * near[1:].max(0)

    def _chosen(self, ranked: _Ranked, query: Query, phrases: Sequence[str]) -> Iterator[Evidence]:
        """The best passages that hold the phrases, at most so many of one origin, none that says again what one before
        it says."""
        table, taken = ranked.view.table, Counter[int]()
        kept: list[set[str]] = []
        for place, article in self._read(ranked, query.k, phrases):
            group = int(ranked.view.group[table.article[place]])
            if taken[group] >= query.per_origin:
                continue
            start, end = int(table.starts[place]), int(table.ends[place])
            passage = Passage(article_id=article.id, start=start, end=end, text=article.text[start:end])
            if phrases and not holds(indexed_text(article, passage), phrases):
                continue
            spans = [(start, end, set(terms(passage.text[start:end]))) for start, end in sentences(passage.text)]
            words = set().union(*(held for _, _, held in spans))
            if query.fold and any(len(words & other) >= NEAR_IDENTICAL * max(len(words), len(other), 1) for other in kept):
                continue
            taken[group] += 1
            kept.append(words)
            yield ranked.evidence(place, passage, article, spans)
            if len(kept) == query.k:
                return

    def _read(self, ranked: _Ranked, k: int, phrases: Sequence[str]) -> Iterator[tuple[int, Article]]:
        """The places of ranked passages that hold the phrases' terms, best first, each with its article, read from the
        archive some at a time."""
        table, size = ranked.view.table, k + 4
        articles: dict[ArticleId, Article] = {}
        order, at = ranked.order(size * 4, phrases), 0
        while at < len(order):
            owner = table.ids[table.article[order[at]]]
            if owner not in articles:
                ahead = dict.fromkeys(table.ids[owner] for owner in table.article[order[at:]])
                articles |= self._archive.many(islice((i for i in ahead if i not in articles), size))
            if owner in articles:  # not deleted meanwhile
                yield int(order[at]), articles[owner]
            at += 1
            if at == len(order):
                order = ranked.order(len(table), phrases)


def _visible(table: rows.PassageTable, query: Query) -> NDArray[np.bool_]:
    """The articles [A] that may answer."""
    seen = table.visible(as_of=query.as_of, since=query.since, until=query.until)
    if query.outlet is not None:
        wanted = origins.family(query.outlet)
        seen &= np.array([origins.family(outlet) == wanted for outlet in table.outlets], bool)
    if query.language is not None:
        seen &= np.array([language == query.language for language in table.languages], bool)
    if query.origin is not None:
        seen &= np.array([table.origins[o] == query.origin for o in table.origin], bool)
    return seen


class _View:
    """What questions within the same bounds see of one state of the archive, and what each term adds there; kept between
    them.

    `visible`: the articles [A] that may answer; `standing`: of those, the one that stands for its origin; `group`: by
    what articles count as one [A]; `seen`: the passages [P] of visible articles."""

    def __init__(self, table: rows.PassageTable, query: Query) -> None:
        self.table = table
        self.visible = _visible(table, query)
        self.group = table.origin if query.fold else np.arange(len(table.first), dtype=np.int32)
        self.standing = table.standing(self.visible) if query.fold else self.visible
        self.seen = self.visible[table.article]
        self._passages = Statistics(table.lengths, self.seen, self.standing[table.article])
        self._articles = Statistics(table.article_lengths, self.visible, self.standing)
        self._kept: dict[tuple[Run, ...], tuple[Impacts, Impacts]] = {}

    def bm25(self, question: Question, postings: dict[str, Postings], by_article: dict[str, Postings]) -> Floats:
        """The score of each passage [P] for the question's terms, by its own and by its article's."""
        found = [(self._impacts(wanted.forms, postings, by_article), wanted.weight) for wanted in question.wanted]
        own = bm25(((impacts, PASSAGE_WEIGHT * weight) for (impacts, _), weight in found), len(self.seen))
        whole = bm25(((impacts, (1 - PASSAGE_WEIGHT) * weight) for (_, impacts), weight in found), len(self.visible))
        own += whole[self.table.article]
        own *= self.seen
        return own

    def _impacts(
        self, forms: tuple[Run, ...], postings: dict[str, Postings], by_article: dict[str, Postings]
    ) -> tuple[Impacts, Impacts]:
        """What one wanted thing, in any of its forms, adds to passages and to whole articles."""
        if forms not in self._kept:
            if sum(len(own.rows) for own, _ in self._kept.values()) > MOST_KEPT:
                self._kept.clear()
            self._kept[forms] = (
                self._passages.impacts(_anywhere(forms, postings)),
                self._articles.impacts(_anywhere(forms, by_article)),
            )
        return self._kept[forms]


def _anywhere(forms: tuple[Run, ...], postings: dict[str, Postings]) -> Postings:
    """Where something occurs in any of its forms."""
    return either([together([postings[term] for term in form]) for form in forms])


class _Ranked:
    """The scores of one question over all passages [P]."""

    def __init__(
        self,
        view: _View,
        question: Question,
        postings: dict[str, Postings],
        by_article: dict[str, Postings],
        similar: Floats | None,
        query: Query,
    ) -> None:
        self.view, self.question = view, question
        self._similar, self._postings = similar, postings
        self._bm25 = view.bm25(question, postings, by_article)
        self.scores = (1 - query.vector_weight) * self._scaled(self._bm25, least=0.0)
        if similar is not None:
            self.scores += query.vector_weight * self._scaled(similar, least=-np.inf)
        self.scores = np.round(self.scores, 5)  # the last bits depend on how much was compared at once

    def _scaled(self, scores: Floats, *, least: float) -> Floats:
        """From 0 (the least of the best articles, each by its best passage, copies left out) to 1 (the best of them)."""
        best = np.maximum.reduceat(scores, self.view.table.first)[self.view.standing]
        best = best[best > least]
        if not len(best):
            return np.zeros(len(scores), np.float32)
        high = float(best.max())
        low = float(np.partition(best, -CANDIDATES)[-CANDIDATES]) if len(best) > CANDIDATES else float(best.min())
        if high - low > SAME:
            return np.asarray(np.maximum((scores - low) / (high - low), 0.0), np.float32)
        return (scores >= high - SAME).astype(np.float32)

    def order(self, most: int, phrases: Sequence[str] = ()) -> NDArray[np.int64]:
        """The places of passages that fit at all and hold the terms of the phrases, best first, ties by place; the first
        `most` of that order."""
        fitting = self._fitting(most if not phrases else len(self.scores))
        for phrase in phrases:
            if held := [self._postings[term] for term in terms(phrase)]:
                fitting = np.intersect1d(fitting, together(held).rows, assume_unique=True)
        return fitting[np.argsort(-self.scores[fitting], kind="stable")][:most]

    def _fitting(self, most: int) -> NDArray[np.int64]:
        """The passages that fit at all, ascending; where there are many, at least the best `most` of them."""
        best = np.maximum.reduceat(self.scores, self.view.table.first)
        line = np.partition(best, -most)[-most] if len(best) > most else np.float32(0)
        high = np.flatnonzero(self.scores >= line) if line > 0 else np.flatnonzero(self.view.seen)
        fits = self._bm25[high] > 0
        if self._similar is not None:
            fits |= np.isfinite(self._similar[high])
        return high[fits & self.view.seen[high]]

    def evidence(self, place: int, passage: Passage, article: Article, spans: Sequence[_Span]) -> Evidence:
        similar = None if self._similar is None else float(self._similar[place])
        table = self.view.table
        origin = table.origin[table.article[place]]
        return Evidence(
            passage=passage,
            article=article,
            score=float(self.scores[place]),
            similarity=similar if similar is not None and np.isfinite(similar) else None,
            bm25=float(self._bm25[place]),
            matched=tuple(term for term in sorted(self.question.terms) if place in self._postings[term]),
            sentence=_sentence(passage, self.question, spans),
            carriers=int((self.view.visible & (table.origin == origin)).sum()) - 1,
        )


def _sentence(passage: Passage, question: Question, spans: Sequence[_Span]) -> tuple[int, int] | None:
    """Where in the article the sentence lies that holds most of what is asked for; None where none holds any."""
    best: tuple[float, tuple[int, int]] | None = None
    for start, end, held in spans:
        worth = sum(wanted.weight for wanted in question.wanted if any(held.issuperset(form) for form in wanted.forms))
        if worth > 0 and (best is None or worth > best[0]):
            best = worth, (passage.start + start, passage.start + end)
    return best and best[1]
