"""A question against the archive: the sources' own sentences that answer it, or an honest "no information"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from briefing.claims import Answer, Claim, Seen, Statement
from briefing.draft.candidates import same_words
from briefing.draft.compose import Sentence, compose
from briefing.draft.lines import Line
from briefing.draft.material import told
from briefing.draft.numbering import Numbering, claim_of, sources_of
from briefing.reading.addressed import gives_orders
from briefing.reading.nouns import Saying
from briefing.talks.fronts import Fronts
from briefing.topics import Topic
from briefing.verify import Ground, Verify
from briefing.verify.ground import heard_now
from index.archive.store import CarriersOf
from index.article import Article, ArticleId, Evidence
from index.embedding import Vectors
from index.terms import terms

MOST_SENTENCES = 4
# A sentence answers where it means about the same as the question and holds most of its rarer words.
CLOSE = 0.35  # cosine to the question
HOLDS = 0.4  # share of the question's terms
BOTH = 0.85  # cosine + share
FRESH = 0.3  # what a sentence of the as-of's own day gains over one of long ago


@dataclass(frozen=True, slots=True)
class _Found:
    sentence: Sentence
    article: Article
    terms: frozenset[str]
    similarity: float
    share: float  # of the question's terms
    age_days: float

    @property
    def worth(self) -> float:
        return self.similarity + self.share + FRESH / (1 + self.age_days / 7)


def answer(
    question: str,
    *,
    as_of: datetime,
    topic: Topic,
    evidence: Sequence[Evidence],
    full: Callable[[Sequence[ArticleId]], Mapping[ArticleId, Article]],
    seen: Callable[[Sequence[Article]], Mapping[ArticleId, Seen]],
    carriers: Callable[[Iterable[str]], CarriersOf],
    embed: Callable[[Sequence[str]], Vectors],
    verify: Verify,
    heard: Callable[[Article], tuple[Saying, ...]] = heard_now,
    session: str | None = None,
) -> Answer:
    """At most four sentences, best first, each from another origin or saying another thing."""
    articles = full([e.article.id for e in evidence])
    found = _sentences(question, as_of, topic, evidence, articles, seen([*articles.values()]), embed)
    chosen = _distinct([f for f in found if _answers(f)])
    if not chosen:
        return Answer(question=question, as_of=as_of, ending="no-information", claims=(), session=session)
    numbering = Numbering()
    ground = Ground(articles, as_of, topic.party_words(), heard)
    claims = verify([_claim(f, n, numbering) for n, f in enumerate(chosen, start=1)], ground)
    kept = tuple(c for c in claims if c.reason is None)
    return Answer(
        question=question,
        as_of=as_of,
        ending="answered" if kept else "no-information",
        claims=kept,
        withheld=tuple(c for c in claims if c.reason is not None),
        sources=sources_of(numbering.articles, carriers(a.origin_id for a in numbering.articles)),
        session=session,
    )


def _sentences(
    question: str,
    as_of: datetime,
    topic: Topic,
    evidence: Sequence[Evidence],
    articles: Mapping[ArticleId, Article],
    seen: Mapping[ArticleId, Seen],
    embed: Callable[[Sequence[str]], Vectors],
) -> list[_Found]:
    """Every sentence of the retrieved passages that can stand alone, nearest to the question first."""
    front = Fronts(topic).of(question)
    spans = {(e.article.id, e.passage.start, e.passage.end) for e in evidence}
    composed: list[tuple[Statement, Sentence]] = []
    for article in articles.values():
        own = [(start, end) for owner, start, end in spans if owner == article.id]
        for statement in told(seen[article.id], as_of) if article.id in seen else ():
            if gives_orders(article.text, statement.start, statement.end):
                continue  # it speaks to a program
            elsewhere = front == topic.name and statement.front not in {front, None}
            if not elsewhere and any(start <= statement.start < end for start, end in own):
                sentence = compose(statement, article, topic, introduce=True, as_of=as_of.date())
                if sentence is not None:
                    composed.append((statement, sentence))
    if not composed:
        return []
    asked = embed([question])[0]
    similar = np.asarray(embed([sentence.text for _, sentence in composed]) @ asked)
    wanted = set(terms(_content(question)))
    found = []
    for (statement, sentence), near in zip(composed, similar, strict=True):
        article, held = articles[statement.article_id], frozenset(terms(sentence.text))
        share = len(wanted & held) / len(wanted) if wanted else 0.0
        found.append(_Found(sentence, article, held, float(near), share, _age_days(article, as_of)))
    return sorted(found, key=lambda f: (-f.worth, f.article.id, f.sentence.statement.start))


def _content(question: str) -> str:
    """The question without the words that only ask."""
    return re.sub(r"\b(?:many|much|long|tell|me|please|does|did|happened|status|latest|position)\b", " ", question)


def _answers(found: _Found) -> bool:
    return found.similarity >= CLOSE and found.share >= HOLDS and found.similarity + found.share >= BOTH


def _age_days(article: Article, as_of: datetime) -> float:
    knowable = article.knowable_from
    return 0.0 if knowable is None else max(0.0, (as_of - knowable).total_seconds() / 86_400)


def _distinct(found: Sequence[_Found]) -> list[_Found]:
    chosen: list[_Found] = []
    for candidate in found:
        if not any(same_words(candidate.terms, other.terms) for other in chosen):
            chosen.append(candidate)
        if len(chosen) == MOST_SENTENCES:
            break
    return chosen


def _claim(found: _Found, number: int, numbering: Numbering) -> Claim:
    line = Line(section="answer", sentence=found.sentence)
    return claim_of(line, f"answer-{number}", {found.article.id: found.article}, numbering)
