"""The gates on citations: there, true to the character, knowable, quoted word for word, none for show."""

from __future__ import annotations

import re

from briefing.beside.locate import folded
from briefing.claims import UNCITED_FORMS
from briefing.reading.marks import quotations
from briefing.verify.ground import ALWAYS, NOTHING, PASSED, Laid, Outcome, stopped
from index.terms import terms

MOST_SOURCES = 3


def cited(laid: Laid) -> Outcome:
    claim = laid.claim
    if claim.citations:
        if (n := len({citation.n for citation in claim.citations})) > MOST_SOURCES:
            return stopped(f"it leans on {n} sources; at most {MOST_SOURCES} can be checked by a reader")
        return PASSED
    if claim.form not in UNCITED_FORMS:
        return stopped("it has no citation")
    return PASSED if claim.basis else stopped("it says what was counted but names no basis")


def located(laid: Laid) -> Outcome:
    for citation in laid.claim.citations:
        article = laid.ground.articles.get(citation.article_id)
        if article is None:
            return stopped(f"citation [{citation.n}] names a source that was not found")
        if not citation.quote.strip() or article.text[citation.start : citation.end] != citation.quote:
            return stopped(f"the quote of citation [{citation.n}] is not what its article says at that place")
    return PASSED


def knowable(laid: Laid) -> Outcome:
    """Nothing it cites came after the as-of; where none is stated there is nothing to check."""
    if laid.ground.as_of == ALWAYS:
        return NOTHING
    for citation in laid.claim.citations:
        article = laid.ground.articles[citation.article_id]
        if article.knowable_from is None:
            return stopped(f"source [{citation.n}] has no date")
        if article.knowable_from > laid.ground.as_of:
            return stopped(f"source [{citation.n}] was not knowable at the as-of time")
        if article.superseded_from is not None and article.superseded_from <= laid.ground.as_of:
            return stopped(f"source [{citation.n}] had been replaced by a newer version at the as-of time")
    return PASSED


def contributing(laid: Laid) -> Outcome:
    """No citation is there for show: each holds a word of the sentence, or of who its speaker is."""
    claim = laid.claim
    if len(claim.citations) < 2:
        return NOTHING
    who = " ".join(filter(None, (claim.speaker, claim.office, claim.party, claim.anonymous)))
    own = set(terms(f"{laid.text} {who}"))
    for citation, quote in zip(claim.citations, laid.quotes, strict=True):
        if not own & set(terms(quote)):
            return stopped(f"citation [{citation.n}] holds nothing of what the sentence says")
    return PASSED


_OTHER_MARKS = str.maketrans({"«": "“", "»": "”", "„": "“", "‟": "“", "＂": '"', "‹": "“", "›": "”", "「": "“", "」": "”"})
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\w)(.{12,}?)(?<=[\w.,!?])[’'](?!\w)")  # ‘whole words’, not an apostrophe


def quoted_words(laid: Laid) -> Outcome:
    """Every stretch between quotation marks, of whatever kind, stands word for word in one of its own citations."""
    claim = laid.claim
    held = [quote.casefold() for quote in laid.quotes]
    text = claim.text.translate(_OTHER_MARKS)
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return stopped("a quotation mark has no partner")
    spans = [*quotations(text), *(m.span(1) for m in _SINGLE.finditer(text))]
    for start, end in spans:
        quoted = folded(claim.text[start:end].removesuffix("[…]")).casefold().rstrip(" .,;")
        if quoted and not any(_whole_words(quoted, quote) for quote in held):
            return stopped(f"the quoted words “{claim.text[start:end][:60]}” are not in its citations")
    return PASSED if spans else NOTHING


def _whole_words(quoted: str, quote: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(quoted)}(?!\w)", quote) is not None
