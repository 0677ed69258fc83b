"""A second reading of sentences beside the words they cite, by a language model that has shown that it can. What it bears out,
the gates that compare word with word do not stop; what it does not bear out stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from briefing.beside.words import words
from briefing.claims import Claim
from briefing.verify.facts import days, figures, names, offices
from briefing.verify.ground import Gate, Laid
from briefing.verify.sources import cited, knowable, located, quoted_words
from index.article import ArticleId

EXACT: tuple[Gate, ...] = (cited, located, knowable, quoted_words)  # nobody's word counts against these
FACTS: Mapping[Gate, str] = {figures: "number length", days: "day", names: "name", offices: "office"}  # with what they look for
Key = tuple[str, tuple[tuple[ArticleId, int, int], ...]]  # a sentence, and what it cites


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one sentence: whether its words carry it (None: that cannot be told), what they do not say, and whether
    it names something that is still to come."""

    carried: bool | None
    missing: str = ""
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class SecondReading:
    """Who read, and what was said of each sentence."""

    by: str
    said: Mapping[Key, Said] = field(default_factory=dict)

    def of(self, claim: Claim) -> Said | None:
        return self.said.get(key_of(claim))


def key_of(claim: Claim) -> Key:
    return claim.text, tuple((c.article_id, c.start, c.end) for c in claim.citations)


def may_overrule(gate: Gate, laid: Laid) -> bool:
    """Whether a reading that bears a sentence out weighs more than this gate: not where words must be the same to the
    character, and a figure, a day, a name, an office must stand in the articles cited in any case."""
    if gate in EXACT:
        return False
    return gate not in FACTS or _in_the_articles(laid, FACTS[gate].split())


def _in_the_articles(laid: Laid, kinds: list[str]) -> bool:
    """Whether all that a sentence has of these kinds stands in the articles that it cites."""
    own = {w.norm for w in laid.own if w.kind in kinds}
    known = set(laid.known | laid.outlets)
    for article_id in dict.fromkeys(c.article_id for c in laid.claim.citations):
        article = laid.ground.articles[article_id]
        whole = f"{article.outlet}. {article.title or ''}.\n{article.text}"
        known |= {w.norm for w in words(whole, article.local_day, laid.plain)}
        known |= {article.local_day.isoformat()} if article.local_day else set()
    return own <= known
