"""Marks of quotation: one scanner for everybody. Typographic and straight double marks, guillemets, doubled apostrophes and
backticks, single typographic marks; a mark of inches or minutes opens nothing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from briefing.reading.nouns import Marked
from index.sentences import Span

LONGEST = 3_000  # characters; a mark without its partner must not swallow a page
_MARKS = re.compile(r"[“”„«»\"]|''|``|‘(?=[\w“\"])|(?<=[\w.,?!…;:)”\"])’(?!\w)")
_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")
_CLOSES = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"”', "''": "''", "``": "''", "‘": "’", "”": '”"'}


def marked(text: str) -> list[Marked]:
    """The quotations of a text, in order, none inside another. A paragraph that opens one and does not close it (the next
    goes on) is quoted to its end."""
    return [one for paragraph in _PARAGRAPH.finditer(text) for one in _in_paragraph(text, *paragraph.span())]


def quotations(text: str) -> list[Span]:
    """The spans of quoted words without their marks, in order."""
    return [(one.first, one.last) for one in marked(text) if one.first < one.last]


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Marked]:
    opened: tuple[int, str] | None = None
    last = start
    marks = [m for m in _MARKS.finditer(text, start, end) if not _measures(text, m)]
    for at, mark in enumerate(marks):
        sign = mark.group()
        if opened is None:
            if sign in {"’", "»"} or (sign == "”" and not text[mark.end() : mark.end() + 1].isalnum()):
                continue
            opened = (mark.start(), sign)
        elif sign in _CLOSES[opened[1]] or (opened[1] == "“" and sign == '"' and _only_close(marks, at)):
            if mark.start() > opened[0] + len(opened[1]):
                yield Marked(opened[0], mark.end(), opened[0] + len(opened[1]), mark.start())
                last = mark.end()
            opened = None
        elif sign == "“" and opened[1] in {"“", "‘"}:
            opened = (mark.start(), sign)  # the one before was never closed
    open_ended = opened is not None and end - opened[0] <= LONGEST and opened[1] != "‘" and last <= opened[0]
    if opened is not None and open_ended and (opened[1] != '"' or not text[start : opened[0]].strip()):
        yield Marked(opened[0], end, opened[0] + len(opened[1]), end)


def _only_close(marks: list[re.Match[str]], at: int) -> bool:
    """Whether a straight mark closes a typographic one: no typographic close follows before the next opening."""
    for mark in marks[at + 1 :]:
        if mark.group() == "”":
            return False
        if mark.group() == "“":
            return True
    return True


def _measures(text: str, mark: re.Match[str]) -> bool:
    """Whether a straight mark behind a digit tells inches: `a road 20" wide`, `6'2" high`."""
    if mark.group() not in {'"', "''"} or not text[max(0, mark.start() - 1) : mark.start()].isdigit():
        return False
    return re.match(r" (?:high|wide|long|deep|tall|thick|by|x|guns?|shells?|mortars?|pipes?)\b", text[mark.end() :]) is not None


class Quoted:
    """Answers whether a position stands inside quotation marks."""

    def __init__(self, found: Sequence[Marked]) -> None:
        self.spans = [(one.first, one.last) for one in found if one.first < one.last]
        self._starts = [start for start, _ in self.spans]

    def covers(self, position: int) -> bool:
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self.spans[at][1]

    def holding(self, position: int) -> Span | None:
        """The whole quotation that covers a position."""
        at = bisect_right(self._starts, position) - 1
        return self.spans[at] if at >= 0 and position <= self.spans[at][1] else None

    def within(self, start: int, end: int) -> list[Span]:
        """The parts of quotations that lie in [start, end), in order."""
        at = max(0, bisect_right(self._starts, start) - 1)
        found: list[Span] = []
        for s, e in self.spans[at:]:
            if s >= end:
                break
            if e > start:
                found.append((max(s, start), min(e, end)))
        return found
