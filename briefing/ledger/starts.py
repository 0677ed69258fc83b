"""When a truce is said to start, by who says it: a day, an hour, or both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from briefing.ledger.book import Entry
from index.calendar.timeml import times

_BEGINS = re.compile(
    r"\b(?:begin|start|take effect|takes effect|come into (?:force|effect)|comes into (?:force|effect)|"
    r"go into effect|goes into effect|enter into force|enters into force)s?\b",
    re.IGNORECASE,
)
_TRUCE = re.compile(r"\b(?:truce|cease-?\s?fire|pause|cessation|halt|agreement|deal)\b", re.IGNORECASE)
_CLOSE = 60  # characters behind the verb in which its time stands


@dataclass(frozen=True, slots=True)
class Start:
    """When it starts in one voice's words: `hour` as HH:MM, in no stated zone; at least one of the two is there."""

    entry: Entry
    day: date | None
    hour: str | None

    def differs(self, other: Start) -> bool:
        """Whether both cannot be right: another day, or another hour of the same day or of a day not told."""
        if self.day and other.day and self.day != other.day:
            return True
        return bool(self.hour and other.hour and self.hour != other.hour)


def starts(entries: Sequence[Entry]) -> Iterator[Start]:
    """Every start that an entry states, not one that has passed when it is stated."""
    for entry in entries:
        text = entry.statement.text
        verb = _BEGINS.search(text)
        if verb is None or _TRUCE.search(text) is None:
            continue
        near = [t for t in times(text, entry.article.local_day) if verb.end() <= t.start <= verb.end() + _CLOSE]
        hour = next((t.value[11:16] for t in near if t.type == "TIME" and len(t.value) >= len("2024-11-27T04:00")), None)
        day = next((t.day for t in near if t.type == "DATE" and t.day is not None), None)
        if (hour or day) and (day is None or day >= entry.day):
            yield Start(entry, day, hour)
