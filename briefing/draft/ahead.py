"""What is still to come, as the sources tell it: a day after the as-of, or soon, by words of the last day."""

from __future__ import annotations

import re
from datetime import date, timedelta

from index.article import Article
from index.calendar.days import day_mentions

_FUTURE = re.compile(r"\b(?:will|would|shall|until|by|due|scheduled|planned|plans?|expected|set to|(?:is|are|was|were) to)\b")
FRESH = timedelta(days=1)  # how old "next week" may be
_TO_COME = re.compile(
    r"\b(?:scheduled|deadline|expires?|upcoming|(?:is|are|was|were) (?:due|set|expected|planned|to)\b|plans? to|"
    r"will (?:meet|travel|visit|vote|convene|resume|address|arrive|hold|begin|start|take effect|expire|end|report|return|host|"
    r"attend|discuss|send)|would (?:meet|travel|visit|vote|convene|resume|arrive|hold|begin|start|take effect)|"
    r"(?:round of|resumption of) (?:talks|negotiations)|summit)\b"
)
_SOON = re.compile(
    r"\b(?:(?:next|coming) (?:\w+ )?(?:days|weeks|hours|months)|next (?:week|round|month)|coming week|later this week|tomorrow)\b"
)


def names_day_after(source: str, article: Article, today: date) -> bool:
    """Whether the source's words name a day that comes after."""
    return any(mention.day > today for mention in day_mentions(source, article.local_day))


def is_ahead(sentence: str, source: str, article: Article, today: date) -> bool:
    """Whether a sentence tells of what is to come, by its own words and by the days that its source's words name."""
    if names_day_after(source, article, today) and _FUTURE.search(sentence):
        return True
    if _FUTURE.search(sentence) and any(mention.day > today for mention in day_mentions(sentence, article.local_day)):
        return True  # the day is its source's: a gate of its own holds that
    fresh = article.local_day is not None and today - article.local_day <= FRESH
    if fresh and _SOON.search(sentence) and _SOON.search(source) and _FUTURE.search(sentence):
        return True
    if not _TO_COME.search(sentence):
        return False
    return fresh and not day_mentions(source, article.local_day) and _SOON.search(sentence) is not None


def tells_ahead(sentence: str) -> bool:
    """Whether a sentence is told as of something to come, at whatever time."""
    return _FUTURE.search(sentence) is not None or _TO_COME.search(sentence) is not None
