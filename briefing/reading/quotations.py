"""Where an article quotes: spans between quotation marks, typographic or straight."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from index.sentences import Span

_MARK = re.compile(r"[“”\"]")
_PARAGRAPH = re.compile(r"[^\r\n]+")
LONGEST = 3_000  # characters; a mark without its partner must not swallow a page


def quotations(text: str) -> list[Span]:
    """Spans of quoted words without their marks, in order. A paragraph that opens a quotation and does not close it
    (the next one goes on) is quoted to its end."""
    return [span for paragraph in _PARAGRAPH.finditer(text) for span in _in_paragraph(text, *paragraph.span())]


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Span]:
    opened: int | None = None
    for mark in _MARK.finditer(text, start, end):
        opens = mark.group() == "“" or (mark.group() == '"' and opened is None)
        if opens:
            opened = mark.end()
        elif opened is not None:
            if opened < mark.start():
                yield opened, mark.start()
            opened = None
    if opened is not None and opened < end <= opened + LONGEST and text[opened - 1] == "“":
        yield opened, end


class Quoted:
    """Answers whether a position stands inside quotation marks."""

    def __init__(self, text: str) -> None:
        self.spans = quotations(text)
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
        return [(max(s, start), min(e, end)) for s, e in self.spans if s < end and e > start]
