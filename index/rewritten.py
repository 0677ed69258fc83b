"""Pages rewritten under their first date: live blogs, "Updated" lines, texts that tell of days after their own. What such
a page says was knowable no earlier than the latest day it tells of as past."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from index.calendar.days import MONTHS, day_mentions
from index.sentences import sentences

REACH = timedelta(days=400)  # a day further after publication is a slip or a plan, not a rewriting
LEAST_TOLD = 2  # different later days told as past; one may be a slip, or an anniversary told without its year
_LIVE = re.compile(r"\b(?:live[- ](?:updates?|blog|news|coverage)|as it happened|latest updates)\b", re.IGNORECASE)
_UPDATED = re.compile(
    r"(?im)^[^\w\n]{0,20}(?:last )?updated?(?: on)?:?\s+(?:(?:at )?\d{1,2}[:.]\d\d\s*(?:[ap]\.?m\.?)?\s*\w{0,4},?\s*)?"
    r"(?:\w+day,?\s+)?(?P<day>[^\n]{4,40})"
)
_PAST = re.compile(
    r"\b(?:said|told|was|were|had|did|killed|wounded|struck|hit|met|announced|began|launched|signed|voted|agreed|rejected|"
    r"confirmed|reported|arrived|died|fell|took|came|went|became|gave|held|left|made|saw|\w{3,}ed)\b"
)
_PLANNED = re.compile(
    r"\b(?:will|would|shall|expected|due|plans?|planned|scheduled|set to|until|through|by|deadline|expires?|next|ahead of|"
    r"before|from|starting|begins?|takes? effect|would-be|if)\b",
    re.IGNORECASE,
)
_SHORT_MONTH = re.compile(r"\b(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.? \d")
_WITH_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The latest day a page tells of as past, after its own, and what shows it."""

    until: date
    reason: str


def rewritten(text: str, title: str | None, published: date | None) -> Rewritten | None:
    """Whether a page was rewritten under its first date; None where nothing shows it."""
    if published is None:
        return None
    stated = [day for m in _UPDATED.finditer(text) for day in _days(m["day"], published) if day > published]
    told = _told_later(text, published)
    if stated:
        return Rewritten(max([*stated, *told]), f"an “Updated” line names {max(stated)}")
    live = _LIVE.search(title or "") is not None and any(day <= published + timedelta(days=7) for day in told)
    if len(set(told)) >= LEAST_TOLD or live:
        return Rewritten(max(told), f"it tells of {max(told)} as past, after its own date")
    return None


def _told_later(text: str, published: date) -> list[date]:
    """Days after publication that sentences in the past tense name, one a sentence."""
    if not any(month in text for month in MONTHS) and not _SHORT_MONTH.search(text):
        return []
    found = []
    for start, end in sentences(text):
        sentence = text[start:end]
        if not _PAST.search(sentence) or _PLANNED.search(sentence):
            continue
        later = [day for day in _days(sentence, published) if published < day <= published + REACH]
        if later:
            found.append(max(later))
    return found


def _days(words: str, published: date) -> list[date]:
    """The days these words name: with their year where it is given, else of the publication's year or the next."""
    if _WITH_YEAR.search(words):
        return [m.day for m in day_mentions(words, published) if not m.relative]
    later = published + timedelta(days=45)  # a day without a year is one soon after publication, or of a year before
    return [mention.day for mention in day_mentions(words, later) if not mention.relative]
