"""The gates: what every sentence must pass, applied to its final text and its own citations only. Pure functions.

Each gate returns a reason, or None where it has nothing against the sentence. A sentence with a reason is withheld and
kept with it; nothing is deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
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
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_NUMBER_WORDS = {word: str(13 + n) for n, word in enumerate(_TEENS)} | {
    "seventy": "70", "eighty": "80", "ninety": "90", "billion": "1000000000", "billions": "billions", "millions": "millions",
    "dozens": "dozens", "half": "half", "third": "third", "quarter": "quarter", "double": "double", "twice": "twice",
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "eleven": "11", "twelve": "12", "dozen": "12", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "sixty": "60", "hundred": "100", "hundreds": "hundreds", "thousand": "1000", "thousands": "thousands", "million": "1000000",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w’'\-]*")
_SENTENCE_START = re.compile(r"(?:\A|[.:!?]\s+)[“\"(]?\Z")
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
        replaced = ground.articles[citation.article_id].superseded_from
        if replaced is not None and replaced <= ground.as_of:
            return f"source [{citation.n}] had been replaced by a newer version at the as-of time"
    return None


def _whole_words(words: str, quote: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", quote) is not None


_OTHER_MARKS = str.maketrans({"«": "“", "»": "”", "„": "“", "‟": "“", "＂": '"', "‹": "“", "›": "”", "「": "“", "」": "”"})
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\w)(.{12,}?)(?<=[\w.,!?])[’'](?!\w)")  # ‘whole words’, not an apostrophe


def quoted_words(claim: Claim, ground: Ground) -> str | None:
    """Every stretch between quotation marks, of whatever kind, stands word for word in one of its own citations."""
    held = [folded(c.quote).casefold() for c in claim.citations]
    text = claim.text.translate(_OTHER_MARKS)
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return "a quotation mark has no partner"
    for start, end in [*quotations(text), *(m.span(1) for m in _SINGLE.finditer(text))]:
        words = folded(claim.text[start:end].removesuffix("[…]")).casefold().rstrip(" .,;")
        if words and not any(_whole_words(words, quote) for quote in held):
            return f"the quoted words “{claim.text[start:end][:60]}” are not in its citations"
    return None


def numbers(claim: Claim, ground: Ground) -> str | None:
    """Every figure stands in its own citations; a date also counts where the cited article's day makes it so."""
    held = _figures(" ".join(c.quote for c in claim.citations))
    missing = _figures(_without_days(claim, ground)) - held
    return f"the figure {sorted(missing)[0]} is not in its citations" if missing else None


def _without_days(claim: Claim, ground: Ground) -> str:
    """The sentence without the days that its own citations give."""
    text, days = claim.text, _days(claim, ground)
    for mention in reversed(day_mentions(text, ground.as_of.date())):
        if mention.day in days:
            text = text[: mention.start] + text[mention.end :]
    return text


def names(claim: Claim, ground: Ground) -> str | None:
    """Every name stands in its own citations or is its speaker's (whose identification is cited or the topic's)."""
    held = {w.casefold() for c in claim.citations for w in _names_in(folded(c.quote), everywhere=True)}
    parties = [ground.party_words.get(name, name) for name in (claim.party or "").split(", ")]
    known = " ".join(filter(None, (claim.speaker, claim.office, claim.anonymous, *parties)))
    held |= {w.casefold() for w in _names_in(folded(known), everywhere=True)} | {"x"}
    lower = {w for c in claim.citations for w in re.findall(r"[^\W\d_][\w'-]*", folded(c.quote)) if w[0].islower()}
    for word in _names_in(folded(_without_days(claim, ground)), everywhere=False, plain=lower):
        bare = word.casefold().removesuffix("'s")
        if bare not in held and f"{bare}'s" not in held:
            return f"the name {word} is not in its citations"
    return None


_NEGATIONS = re.compile(
    r"\b(?:no|not|never|none|nobody|neither|nor|without|den(?:y|ies|ied)|reject(?:s|ed)?|refus(?:e|es|ed))\b|n't\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"\b(?:may|might|could|reportedly|allegedly|purported(?:ly)?|appear(?:s|ed)? to|seem(?:s|ed)? to|possibl[ey]|unconfirmed|"
    r"considering|claim(?:s|ed)?|think(?:s)?|believe(?:s|d)?)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:.!?–—]|\bbut\b")
MOST_OF_A_CLAUSE = 0.7  # of a clause's content words: a sentence that holds them says what the clause says


def _kept(what: str, words: re.Pattern[str]) -> Gate:
    """A gate: a sentence that says what a clause of its citations says keeps the clause's negation, or hedge."""

    def gate(claim: Claim, ground: Ground) -> str | None:
        text = folded(claim.text)
        own = set(terms(text))
        if words.search(text):
            if not any(words.search(folded(c.quote)) for c in claim.citations) and what == "negation":
                return "it denies something that its citations do not deny"
            return None
        for citation in claim.citations:
            for clause in _CLAUSE.split(folded(citation.quote)):
                held = set(terms(words.sub(" ", clause)))
                if words.search(clause) and len(held) >= 3 and len(held & own) >= MOST_OF_A_CLAUSE * len(held):
                    return f"the {what} of its citation is gone (“{clause.strip()[:60]}”)"
        return None

    gate.__name__ = what
    return gate


negation, hedge = _kept("negation", _NEGATIONS), _kept("hedge", _HEDGES)
GATES: tuple[Gate, ...] = (cited, located, knowable, quoted_words, numbers, names, negation, hedge)


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
    days: set[object] = set()
    of_publication = re.search(r"\bpublished on |\bstatement of ", claim.text) is not None
    for citation in claim.citations:
        if (article := ground.articles.get(citation.article_id)) is not None:
            days |= {article.local_day} if of_publication else set()
            days |= {m.day for m in day_mentions(citation.quote, article.local_day)}
    return days


def _names_in(text: str, *, everywhere: bool, plain: Collection[str] = ()) -> list[str]:
    """Capitalised words; those that open a sentence plainly (as words of `plain` may) only where `everywhere`."""
    return [
        part
        for match in _WORD.finditer(text)
        if match.group()[0].isupper() and (everywhere or not _opens_plainly(text, match, plain))
        for part in match.group().split("-")
        if part[:1].isupper()
    ]


def _opens_plainly(text: str, match: re.Match[str], plain: Collection[str]) -> bool:
    """Whether a sentence's first word is capital for its place alone: a word of every text, one for unnamed people, or
    one that the citations have in lower case."""
    if not _SENTENCE_START.search(text[max(0, match.start() - 6) : match.start()]):
        return False
    word = match.group().casefold()
    return word in _UNNAMED or word in plain
