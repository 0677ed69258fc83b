"""What a sentence is checked against, and what a gate can say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Literal

from briefing.beside.alignment import Alignment, aligned
from briefing.beside.locate import folded_with_offsets
from briefing.beside.words import Word, words
from briefing.claims import Citation, Claim
from briefing.reading.nouns import Saying
from briefing.reading.sayings import sayings
from briefing.verify import outlets
from index.article import Article, ArticleId
from index.terms import terms

_LOW = re.compile(r"[^\W\d_]+")
SAYING = frozenset("said say says told tell warn announc wrote insist argu add".split())  # as words are compared
LEAST_PLAIN = 3  # plain words; fewer tell nothing
ALWAYS = datetime.max.replace(tzinfo=UTC)  # the as-of where none is stated: whatever is known may be cited


@lru_cache(maxsize=256)
def _heard_in(text: str) -> tuple[Saying, ...]:
    return tuple(sayings(text))


def heard_now(article: Article) -> tuple[Saying, ...]:
    """The sayings of an article that nobody has read: a text that came along with what is checked."""
    return _heard_in(article.text)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence may be checked against: the cited articles, and the as-of. `heard`: the sayings of an article, as they
    were read."""

    articles: Mapping[ArticleId, Article]
    as_of: datetime
    party_words: Mapping[str, str] = field(default_factory=dict)  # party -> the words it is named and adorned with
    heard: Callable[[Article], tuple[Saying, ...]] = heard_now


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one gate made of one sentence. A gate that found nothing to check has not passed it; one that a second reading
    overrules keeps its reason."""

    what: Literal["passed", "stopped", "nothing to check", "overruled"]
    reason: str | None = None


PASSED, NOTHING = Outcome("passed"), Outcome("nothing to check")
OVERRULED: Literal["overruled"] = "overruled"


def stopped(reason: str) -> Outcome:
    return Outcome("stopped", reason)


@dataclass(frozen=True)
class Laid:
    """A sentence laid beside the words it cites; each part is made when a gate first asks for it."""

    claim: Claim
    ground: Ground

    @cached_property
    def text(self) -> str:
        """The sentence, folded: what its words' places count in."""
        return _flat(self.claim.text)

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        """The words of each citation, folded the same way."""
        return tuple(_flat(citation.quote) for citation in self.claim.citations)

    @cached_property
    def known(self) -> frozenset[str]:
        """The words of who speaks, by the sentence's own fields: their identification is cited, or the topic's."""
        claim = self.claim
        parties = [self.ground.party_words.get(name, name) for name in (claim.party or "").split(", ")]
        told = " ".join(filter(None, (claim.speaker, claim.office, claim.anonymous, *parties)))
        return frozenset(w.norm for w in words(told, None)) | frozenset(_LOW.findall(_flat(told).casefold()))

    @cached_property
    def outlets(self) -> frozenset[str]:
        """The words of the outlets that it cites, where it names them whole: whoever published words is known."""
        found: set[str] = set()
        for name in self.published_by:
            found |= {w.norm for w in words(name, None)} | set(_LOW.findall(name.casefold()))
        return frozenset(found)

    @cached_property
    def published_by(self) -> tuple[str, ...]:
        """The outlets that it cites, as it names them."""
        cited = [a for c in self.claim.citations if (a := self.ground.articles.get(c.article_id)) is not None]
        return tuple(outlets.named(self.claim.text, cited))

    @cached_property
    def plain(self) -> frozenset[str]:
        """Words that sentence or citations have in lower case."""
        found = (w for text in (self.text, *self.quotes) for w in re.findall(r"[^\W\d_][\w'-]*", text) if w[0].islower())
        return frozenset(w.removesuffix("'s") for w in found)

    @cached_property
    def day(self) -> date | None:
        """What the sentence's own days are counted from: its first source's day, as its words are that source's."""
        for citation in self.claim.citations:
            article = self.ground.articles.get(citation.article_id)
            if article is not None and article.local_day is not None:
                return article.local_day
        return None if self.ground.as_of == ALWAYS else self.ground.as_of.date()

    @cached_property
    def own(self) -> tuple[Word, ...]:
        return tuple(words(self.claim.text, self.day, self.plain))

    @cached_property
    def held_by(self) -> tuple[tuple[Word, ...], ...]:
        """The words of each citation."""
        return tuple(tuple(words(c.quote, self._published(c), self.plain)) for c in self.claim.citations)

    @cached_property
    def held(self) -> tuple[Word, ...]:
        return tuple(word for one in self.held_by for word in one)

    @cached_property
    def alignment(self) -> Alignment:
        return aligned(self.own, self.held)

    @cached_property
    def unsaid(self) -> float:
        """Of the sentence's plain words (no names, numbers, offices, verbs of saying) the share that no citation has, in
        [0, 1]; 0 where it has fewer than `LEAST_PLAIN`."""
        mine = {w.norm for w in self.own if w.kind == "word"} - SAYING - self.known
        theirs = {w.norm for w in self.held}.union(*(terms(quote) for quote in self.quotes))
        return len(mine - theirs) / len(mine) if len(mine) >= LEAST_PLAIN else 0.0

    @cached_property
    def places(self) -> tuple[tuple[Citation, int], ...]:
        """For each held word: its citation, and where in the article it stands."""
        found: list[tuple[Citation, int]] = []
        for citation, held in zip(self.claim.citations, self.held_by, strict=True):
            offsets = folded_with_offsets(citation.quote)[1]
            found += [(citation, citation.start + offsets[word.start]) for word in held]
        return tuple(found)

    def said(self, *chosen: Word) -> str:
        """Words of the sentence as it writes them."""
        return " ".join(self.text[w.start : w.end] for w in chosen)

    def written(self, *chosen: Word) -> str:
        """Words of the citations as they write them."""
        flat: list[str] = []
        for text, held in zip(self.quotes, self.held_by, strict=True):
            flat += [text[w.start : w.end] for w in held if any(w is one for one in chosen)]
        return " ".join(flat)

    def _published(self, citation: Citation) -> date | None:
        article = self.ground.articles.get(citation.article_id)
        return None if article is None else article.local_day


def _flat(text: str) -> str:
    return "".join(folded_with_offsets(text)[0])


Gate = Callable[[Laid], Outcome]
