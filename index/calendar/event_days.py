"""On which day what a text tells happened."""

from __future__ import annotations

import re
from datetime import date

from index.calendar.timeml import TimeExpression, times
from index.sentences import sentences


class EventDays:
    """On which day what a text tells happened: the day named in its clause, or where the same thing is told elsewhere
    with one, that; else the day of publication, which news is of. A verb of saying is dated only by a day beside it."""

    def __init__(self, text: str, published: date | None) -> None:
        self._text, self._published = text, published
        self._sentences = sentences(text)
        self._times = [t for t in times(text, published) if t.type in {"DATE", "TIME"}]

    def of(self, start: int, end: int) -> date | None:
        """The day of the event told by the word at [start, end); None where only a longer time is named."""
        if _STATE.match(self._text[start:end]):
            return self._published
        told = self._named(start, end)
        if told is not None:
            return told.day
        stem = re.escape(self._text[start:end][:5]) if end - start >= 5 else ""
        for match in (
            re.finditer(rf"\b{stem}\w*", self._text, re.IGNORECASE) if stem and not _SAYING.match(self._text[start:end]) else ()
        ):
            elsewhere = self._named(*match.span())
            if elsewhere is not None and elsewhere.day is not None:
                return elsewhere.day
        return self._published

    def _named(self, start: int, end: int) -> TimeExpression | None:
        """The expression that dates the event, if its sentence has one."""
        bounds = next(((s, e) for s, e in self._sentences if s <= start < e), (start, end))
        own = [t for t in self._times if bounds[0] <= t.start < bounds[1] and not t.value.endswith("_REF")]
        near = [(self._distance(t, start, end), t) for t in own]
        saying = _SAYING.match(self._text[start:end]) is not None
        days = [(d, t) for d, t in near if t.day is not None and d <= (CLAUSE if saying else SENTENCE)]
        longer = [(d, t) for d, t in near if t.day is None and d <= BESIDE and not saying]
        found = min(days + longer, key=lambda pair: pair[0], default=None)
        return found[1] if found else None

    def _distance(self, time: TimeExpression, start: int, end: int) -> int:
        """Characters between, and more for every clause boundary; far where the time only bounds something."""
        first, last = (time.end, start) if time.end <= start else (end, time.start)
        between = self._text[first:last]
        bound = _BOUND.search(self._text[max(0, time.start - 12) : time.start]) is not None
        return len(between) + 60 * len(_BOUNDARY.findall(between)) + 200 * bound


BESIDE, CLAUSE, SENTENCE = 40, 90, 260  # characters, clause boundaries counted as 60
_BOUND = re.compile(r"\b(?:since|by|until|till|from|through|for) (?:the )?\Z", re.IGNORECASE)
_STATE = re.compile(r"(?:has|have|is|are|remains?)\Z", re.IGNORECASE)  # true on the day of telling
_BOUNDARY = re.compile(r"[,;:]|\b(?:that|which|who|but|while|when|after|before)\b")
_SAYING = re.compile(
    r"(?:said|says?|saying|announc\w+|report(?:s|ed)?|warn\w*|predict\w*|claim\w*|tell|told|stat(?:e|ed|es)|post(?:s|"
    r"ed)|admit\w*|seek\w*|expect\w*|plan\w*|pays?)\Z",
    re.IGNORECASE,
)
