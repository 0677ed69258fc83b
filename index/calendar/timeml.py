"""When: every expression of time in a text, with its value against the day of publication, in TimeML's forms
(https://timeml.github.io/site/publications/timeMLdocs/timeml_1.2.1.html): 1998-02-27, 1995-11, 1998-W08, 1989-Q3, 199
(a decade), PT4H, P2Y, PRESENT_REF.

Rules over words; which day a weekday or a date means is the answer of `index.calendar.days`. What a text does not say is left
as X: a value is never more precise than its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from index.calendar.timeml_rules import Context, Type
from index.calendar.timeml_table import rules
from index.sentences import sentences

_QUARTER = re.compile(r"(\d{4})-Q(\d)")


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """`text[start:end]` speaks of a time; `day` where the value is one day."""

    start: int
    end: int
    value: str
    type: Type

    @property
    def day(self) -> date | None:
        try:
            return date.fromisoformat(self.value[:10]) if len(self.value) >= 10 and self.value[4] == "-" else None
        except ValueError:
            return None


def times(text: str, published: date | None) -> list[TimeExpression]:
    """The expressions of time in a text, in order; the longest reading where two overlap."""
    found: list[TimeExpression] = []
    quarter: tuple[int, int] | None = None
    for start, end in sentences(text):
        sentence = text[start:end]
        for expression in _in_sentence(sentence, published, quarter):
            found.append(TimeExpression(start + expression.start, start + expression.end, expression.value, expression.type))
            match = _QUARTER.fullmatch(expression.value)
            if match and not re.search(r"(?i)year|same|corresponding|\d{4}", sentence[expression.start : expression.end]):
                quarter = int(match[1]), int(match[2])
    return found


def _in_sentence(sentence: str, published: date | None, quarter: tuple[int, int] | None) -> list[TimeExpression]:
    spans: list[tuple[int, int, int, re.Match[str]]] = []
    for n, (pattern, _) in enumerate(rules()):
        spans += [(match.start(), match.end(), n, match) for match in pattern.finditer(sentence)]
    spans.sort(key=lambda s: (s[0], -(s[1] - s[0]), s[2]))
    found: list[TimeExpression] = []
    at = 0
    for start, end, n, match in spans:
        if start < at:
            continue
        context = Context(published, sentence, start, end, quarter)
        resolved = rules()[n][1](match, context)
        if resolved is None:
            continue
        found.append(TimeExpression(start, end, *resolved))
        at = end
        quarterly = _QUARTER.fullmatch(resolved[0])
        if quarterly and not re.search(r"(?i)year|same|corresponding|\d{4}", match.group()):
            quarter = int(quarterly[1]), int(quarterly[2])
    return found
