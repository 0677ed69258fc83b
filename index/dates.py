"""Days as news names them, against the day of publication; never a day the text does not support."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORT = {name[:3].casefold(): number for number, name in enumerate(MONTHS, start=1)}
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
_FULL = re.compile(
    rf"\b(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>(?:19|20)\d\d))?"
    rf"|(?P<day2>\d{{1,2}}) (?P<month2>{_MONTH})(?:,? (?P<year2>(?:19|20)\d\d))?)(?!\w)"
)
_WEEKDAY = re.compile(
    rf"(?P<on>\b[Oo]n )?\b(?P<weekday>{'|'.join(WEEKDAYS)})\b(?! of last)(?: (?P<part>morning|afternoon|evening|night))?"
)
_BEHIND = 160  # characters that are looked back over
_FUTURE = re.compile(
    r"\b(?:will|would|shall|(?:is|are|was|were) to|expected|due|plans?|planned|scheduled|set|next|upcoming|ahead of|"
    r"begins|starts|takes effect|enters|expires|lapses|runs out)\b"
)
_PAST = re.compile(
    r"\b(?:said|told|was|were|had|did|has|have|struck|hit|met|left|took|came|went|wrote|rose|fell|began|sent|shot|held|won|"
    r"fled|spoke|made|gave|saw|put|set|led|became|died|\w{2,}ed)\b"
)
_NOT_A_DAY = re.compile(  # "The Sunday Times", "Friday prayers", "Wednesday last week"
    r"\A(?:\s+(?:last|next)\s+week|\s+[A-Z]\w|s\b|\s+(?:prayers?|services?|editions?|markets?|newspapers?|papers?|mornings|"
    r"nights|evenings|afternoons)\b)"
)
_NO_DAY_AFTER = re.compile(r"\b(?:every|each|an?|most|some|all|any|last|previous|past|until|by)\s+\Z", re.IGNORECASE)
_ANNIVERSARY = re.compile(r"\A\s*(?:,\s*)?(?:attacks?|massacre|assault|anniversary|war|uprising|revolution)\b", re.IGNORECASE)
_SAID = re.compile(r"\b(?:said|told|wrote|announced|added|reported|called|was|were)\b")
_SOON = timedelta(days=62)  # a date without a year that is still to come
_BESIDE = re.compile(rf"\b(?P<weekday>{'|'.join(WEEKDAYS)}),? (?:the )?\Z")
_NEXT = re.compile(r"\b(?:next|coming|this coming) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DayMention:
    """Words that name one day: `text[start:end]`, and the day."""

    start: int
    end: int
    day: date
    relative: bool  # a weekday, which a reader elsewhere could not resolve
    part: str | None = None  # "evening"


def day_mentions(sentence: str, published: date | None) -> list[DayMention]:
    """The days a sentence names, in order. Weekdays count back from the publication day (on from it where the words
    before speak of what is to come); a date without a year takes the last such date, or, by
    the same words, the next; a weekday beside it decides. One that is soon
    again, in a sentence where nothing is over, is none."""
    found = [m for match in _FULL.finditer(sentence) if (m := _dated(sentence, match, published))]
    if published is not None:
        found += [m for match in _WEEKDAY.finditer(sentence) if (m := _weekday(sentence, match, published))]
    return sorted(found, key=lambda mention: mention.start)


def names_anniversary(sentence: str) -> bool:
    """Whether it speaks of "the Oct. 7 attack" or the like: a day of years ago that is told without its year."""
    return any(
        not m["year"] and not m["year2"] and _ANNIVERSARY.match(sentence[m.end() : m.end() + 24])
        for m in _FULL.finditer(sentence)
    )


def written(day: date, *, year: bool = False) -> str:
    """`25 September`, with the year where asked."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def _dated(sentence: str, match: re.Match[str], published: date | None) -> DayMention | None:
    month = _SHORT[(match["month"] or match["month2"])[:3].casefold()]
    number = int(match["day"] or match["day2"])
    year = match["year"] or match["year2"]
    years = [int(year)] if year else ([] if published is None else [published.year + 1, published.year, published.year - 1])
    if not year and _ANNIVERSARY.match(sentence[match.end() : match.end() + 24]):
        return None  # "the Oct. 7 attack" is of a year that everybody knows and the text does not say
    days = []
    for candidate in years:
        try:
            days.append(date(candidate, month, number))
        except ValueError:
            return None
    if year or published is None:
        return DayMention(match.start(), match.end(), days[0], relative=False) if days else None
    near = [day for day in days if day <= published + _SOON]  # the newest first
    if beside := _BESIDE.search(sentence[: match.start()]):
        same = [day for day in near if day.weekday() == WEEKDAYS.index(beside["weekday"])]  # "Sunday, 16 March"
        return DayMention(match.start(), match.end(), same[0], relative=False) if same else None
    if near[0] > published and not _to_come(sentence[max(0, match.start() - _BEHIND) : match.start()]):
        near = near[1:] if _PAST.search(sentence) else []  # soon, or nearly a year ago: the text does not say
    return DayMention(match.start(), match.end(), near[0], relative=False) if near else None


def _to_come(before: str) -> bool:
    """Whether the clause that leads up to a day speaks of what is to come. Quoted words say nothing about it, and a
    verb of saying ("… would meet, he said on Thursday") brings it back to the past."""
    clause = re.split(r"[,;:.!?”\"]\s", before)[-1]
    match = _FUTURE.search(clause)
    return match is not None and _SAID.search(clause, match.end()) is None


def _weekday(sentence: str, match: re.Match[str], published: date) -> DayMention | None:
    before = sentence[max(0, match.start() - _BEHIND) : match.start()]
    if _NO_DAY_AFTER.search(before) or _NOT_A_DAY.match(sentence[match.end() : match.end() + 20]):
        return None  # no one day, or, as "last Wednesday", this week's or the week before's: nobody knows
    back = (published.weekday() - WEEKDAYS.index(match["weekday"])) % 7
    if _NEXT.search(before) or (_to_come(before) and back):
        day = published + timedelta(days=(7 - back) % 7 or 7)
    elif _PAST.search(sentence) is None:
        return None  # nothing says that it is over
    else:
        day = published - timedelta(days=back)
    return DayMention(match.start(), match.end(), day, relative=True, part=match["part"])
