"""Whether a sentence speaks to a program rather than to a reader: an order to whoever summarises it, a turn of a chat that is
not one. Such a sentence is kept and shown as it is; it is nothing that a brief can stand on."""

from __future__ import annotations

import re
from functools import lru_cache

from briefing.reading.data import table

_TOLD = re.compile(  # somebody tells of such words, or says them to people
    r"\b(?:said|says|told|warn(?:ed|s|ing)?|wrote|report(?:ed|s)|according to|read a line|asks? the audience|researchers?|"
    r"residents|delegates|officials?|spokes\w+)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Marks that are never news, and orders that may be told of."""
    told = table("addressed")
    return tuple(re.compile("|".join(told[name]), re.IGNORECASE | re.MULTILINE) for name in ("marks", "orders"))  # type: ignore[return-value]


def addressed(text: str) -> bool:
    """Whether a text holds an order to a program, or the marks of a chat."""
    marks, orders = _patterns()
    if marks.search(text):
        return True
    return any(_TOLD.search(sentence) is None for sentence in _around(text, orders))


@lru_cache(maxsize=512)
def orders_in(text: str) -> tuple[tuple[int, int], ...]:
    """The paragraphs of a text that hold such a sentence: nothing in them is taken for news."""
    if not addressed(text):
        return ()
    found, at = [], 0
    for paragraph in text.split("\n"):
        if addressed(paragraph):
            found.append((at, at + len(paragraph)))
        at += len(paragraph) + 1
    return tuple(found)


def gives_orders(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` lies in such a paragraph."""
    return any(first < end and start < last for first, last in orders_in(text))


def _around(text: str, pattern: re.Pattern[str]) -> list[str]:
    """The sentence about each match."""
    found = []
    for match in pattern.finditer(text):
        start = max(text.rfind(". ", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
        end = min((at for at in (text.find(". ", match.end()), text.find("\n", match.end())) if at >= 0), default=len(text))
        found.append(text[start:end])
    return found
