"""Sentences with offsets. A line break always ends one; abbreviations, initials and quotes that run on do not."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_TITLES = (
    "mr mrs ms dr prof sen rep gov gen lt col maj capt sgt adm cmdr brig hon rev st jr sr pres messrs fr "
    "vs etc no vol fig approx est inc ltd co corp bros dept univ assn"
)
_MONTHS = "jan feb mar apr jun jul aug sep sept oct nov dec"
_ALWAYS_JOIN = frozenset(_TITLES.split()) | frozenset(_MONTHS.split())
# after these a capital may be the next word of the sentence or a new sentence: the next word decides
_INITIALISM = re.compile(r"(?:\b[A-Za-z]\.){2,}$|\b(?:a|p)\.m\.$")
_INITIAL = re.compile(r"(?:^|(?:^|[\s“\"(])[A-Z][\w’'.\-]*\s)[A-Z]\.$")  # "John F.", not "on X."
_ATTRIBUTION = re.compile(r"[^.!?“”\"]{1,70}\b(?:said|says|asked|asks|told|wrote|added|replied|shouted)\b")
_CANDIDATE = re.compile(r"(?<![.!?…])[.!?…]{1,40}[\"'”’)\]]{0,8}(?=\s|$)")
LOOK = 120  # characters looked at on either side of a mark: enough for any abbreviation or attribution
_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_STARTERS = frozenset(
    "the a an he she it they we i you in on at but and or so yet this that these those there his her its their our my "
    "if when while after before since as for from with however meanwhile later earlier asked both some many".split()
)
_WORD = re.compile(r"[\w’']+")
_OPENERS = "“\"'‘([—–-•"


def sentences(text: str) -> list[Span]:
    """Offsets of each sentence, in order, without surrounding white space; nothing visible is left out."""
    found: list[Span] = []
    for line in _LINE.finditer(text):
        found.extend(_in_line(text, line.start(), line.end()))
    return found


def _in_line(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for match in _CANDIDATE.finditer(text, start, end):
        if _ends_here(text, begin, match, end):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _ends_here(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    rest = text[match.end() : min(end, match.end() + LOOK)].lstrip()
    if not rest:
        return not text[match.end() : end].strip()
    mark = match.group()
    if mark[0] in "!?" and mark[-1] in '”"' and _ATTRIBUTION.match(rest):
        return False  # “Is it over?” the minister asked.
    first = rest.lstrip(_OPENERS)[:1]
    if not (first.isupper() or first.isdigit() or not first.isascii() or rest[0] in '“"‘•'):
        return False  # “…?” he said: goes on in lower case
    if mark != ".":
        return True
    before = text[max(begin, match.end() - LOOK) : match.end()].lstrip()
    if _INITIALISM.search(before):
        return _starts_sentence(rest)
    if _INITIAL.search(before):
        return False
    word = _last_word(before)
    if word in _ALWAYS_JOIN:
        return word == "no" and not first.isdigit()
    return True


def _last_word(before: str) -> str:
    words = _WORD.findall(before[-24:])
    return words[-1].casefold() if words else ""


def _starts_sentence(rest: str) -> bool:
    """After “U.S.” or “p.m.”: a new sentence only where the next word is one that starts sentences."""
    word = _WORD.search(rest)
    return rest[0] in '“"' or (word is not None and word.group().casefold() in _STARTERS)
