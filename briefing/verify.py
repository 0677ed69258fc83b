"""The gates: what every sentence must pass, applied to its final text and its own citations only. Pure functions.

Each gate returns a reason, or None where it has nothing against the sentence. A sentence with a reason is withheld and
kept with it; nothing is deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from briefing.claims import UNCITED_FORMS, Claim, Label, Verdict
from briefing.locate import folded
from briefing.reading.quotations import quotations
from index.article import Article, ArticleId
from index.dates import MONTHS, day_mentions
from index.terms import STOPWORDS, terms

CHECKER = "gates/1"
MOST_CITATIONS = 3
SUPPORTED, PARTIAL = 0.75, 0.5  # share of the sentence's content words that its cited words hold

_NUMBER = re.compile(r"(?<![^\W\d])\d+(?:[.,]\d+)*")  # not the 7 of "G7"
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "eleven": "11", "twelve": "12", "dozen": "12", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "sixty": "60", "hundred": "100", "hundreds": "100", "thousand": "1000", "thousands": "1000", "million": "1000000",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w’'\-]*")
_SENTENCE_START = re.compile(r"(?:\A|[.:!?]\s+)[“\"(]?\Z")
_SAYING = frozenset("said says told wrote added has had was is will would called accepted rejected agreed".split())
_UNNAMED = STOPWORDS | frozenset(
    "officials ministers diplomats sources residents rescuers leaders mediators neither nobody others experts analysts "
    "authorities medics witnesses negotiators reporters police people troops israelis everyone under after before some "
    "late later earlier early".split()
)
_FRAME = frozenset(terms("said told wrote reporters statement transcript unnamed added on X post published joint"))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence may be checked against: the cited articles, and the as-of."""

    articles: Mapping[ArticleId, Article]
    as_of: datetime
    party_words: Mapping[str, str] = field(default_factory=dict)  # party -> the words it is named and adorned with


Gate = Callable[[Claim, Ground], str | None]


def cited(claim: Claim, ground: Ground) -> str | None:
    if claim.citations:
        if len(claim.citations) > MOST_CITATIONS:
            return f"it leans on {len(claim.citations)} citations; at most {MOST_CITATIONS} can be checked by a reader"
        return None
    if claim.form not in UNCITED_FORMS:
        return "it has no citation"
    return None if claim.basis else "it says what was counted but names no basis"


def located(claim: Claim, ground: Ground) -> str | None:
    for citation in claim.citations:
        article = ground.articles.get(citation.article_id)
        if article is None:
            return f"citation [{citation.n}] names an article that is not among the sources"
        if not citation.quote.strip() or article.text[citation.start : citation.end] != citation.quote:
            return f"the quote of citation [{citation.n}] is not what its article says at that place"
    return None


def knowable(claim: Claim, ground: Ground) -> str | None:
    for citation in claim.citations:
        when = ground.articles[citation.article_id].knowable_from
        if when is None:
            return f"source [{citation.n}] has no date"
        if when > ground.as_of:
            return f"source [{citation.n}] was not knowable at the as-of time"
    return None


def quoted_words(claim: Claim, ground: Ground) -> str | None:
    """Every stretch between quotation marks stands word for word in one of its own citations."""
    held = [folded(c.quote).casefold() for c in claim.citations]
    for start, end in quotations(claim.text):
        words = folded(claim.text[start:end]).casefold().rstrip(" .,;")
        if words and not any(words in quote for quote in held):
            return f"the quoted words “{claim.text[start:end][:60]}” are not in its citations"
    return None


def numbers(claim: Claim, ground: Ground) -> str | None:
    """Every figure stands in its own citations; a date also counts where the cited article's day makes it so."""
    held = _figures(" ".join(c.quote for c in claim.citations))
    text = claim.text
    for mention in reversed(day_mentions(text, ground.as_of.date())):
        if mention.day in _days(claim, ground):
            text = text[: mention.start] + text[mention.end :]
    missing = _figures(text) - held
    return f"the figure {sorted(missing)[0]} is not in its citations" if missing else None


def names(claim: Claim, ground: Ground) -> str | None:
    """Every name stands in its own citations or is its speaker's (whose identification is cited or the topic's)."""
    held = {w.casefold() for c in claim.citations for w in _names_in(folded(c.quote), everywhere=True)}
    parties = [ground.party_words.get(name, name) for name in (claim.party or "").split(", ")]
    known = " ".join(filter(None, (claim.speaker, claim.office, claim.anonymous, *parties)))
    held |= {w.casefold() for w in _names_in(folded(known), everywhere=True)} | {m.casefold() for m in MONTHS} | {"x"}
    for word in _names_in(folded(claim.text), everywhere=False):
        bare = word.casefold().removesuffix("'s")
        if bare not in held and f"{bare}'s" not in held:
            return f"the name {word} is not in its citations"
    return None


GATES: tuple[Gate, ...] = (cited, located, knowable, quoted_words, numbers, names)


def verify(claim: Claim, ground: Ground) -> Claim:
    """The claim with its verdict; unsupported ones carry the first gate's reason."""
    for gate in GATES if claim.citations else (cited,):
        if (reason := gate(claim, ground)) is not None:
            return replace(claim, verdict=Verdict(label="unsupported", score=0.0, checker=CHECKER), reason=reason)
    if not claim.citations:
        return replace(claim, verdict=Verdict(label="supported", score=1.0, checker=CHECKER))
    score = support(claim)
    label: Label = "supported" if score >= SUPPORTED else "partial" if score >= PARTIAL else "unsupported"
    reason = None if label != "unsupported" else f"only {score:.0%} of its words are in its citations"
    return replace(claim, verdict=Verdict(label=label, score=round(score, 3), checker=CHECKER), reason=reason)


def support(claim: Claim) -> float:
    """The share of the sentence's content words, its attribution aside, that its cited words hold."""
    known = " ".join(filter(None, (claim.speaker, claim.office, claim.party, claim.anonymous, *MONTHS)))
    aside = set(terms(known)) | _FRAME
    own = [t for t in terms(folded(claim.text)) if t not in aside and not t.isdigit()]
    held = {t for c in claim.citations for t in terms(folded(c.quote))}
    return sum(t in held for t in own) / len(own) if own else 1.0


def _figures(text: str) -> set[str]:
    text = folded(text).casefold()
    found = {n.replace(",", "") for n in _NUMBER.findall(text)}
    return found | {_NUMBER_WORDS[w] for w in re.findall(r"[a-z]+", text) if w in _NUMBER_WORDS}


def _days(claim: Claim, ground: Ground) -> set[object]:
    days: set[object] = {claim.event_date}
    for citation in claim.citations:
        if (article := ground.articles.get(citation.article_id)) is not None:
            days.add(article.local_day)
            days |= {m.day for m in day_mentions(citation.quote, article.local_day)}
    return days


def _names_in(text: str, *, everywhere: bool) -> list[str]:
    """Capitalised words; those that open a sentence plainly only where `everywhere`."""
    return [
        part
        for match in _WORD.finditer(text)
        if match.group()[0].isupper() and (everywhere or not _opens_plainly(text, match))
        for part in match.group().split("-")
        if part[:1].isupper()
    ]


def _opens_plainly(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence's first word is capital for its place alone: no other capital and no verb of saying follows,
    or it is a word for unnamed people."""
    if not _SENTENCE_START.search(text[: match.start()]):
        return False
    following = _WORD.search(text, match.end())
    named = following is not None and (following.group()[0].isupper() or following.group() in _SAYING)
    return not named or match.group().casefold() in _UNNAMED
