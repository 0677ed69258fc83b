"""Which day: the days that prose names, against the day of publication. One answer for everybody who asks.

A weekday is the last one or the coming one, a date without a year is of the year that brings it nearest: the words around it
and the distance decide together, and the mention says how sure that is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from index.calendar.tense import ahead, chance

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTH_NUMBER = {name[:3].casefold(): number for number, name in enumerate(MONTHS, start=1)}
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_DAY = "|".join(WEEKDAYS)
_FULL = re.compile(
    rf"\b(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>(?:19|20)\d\d))?"
    rf"|(?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month2>{_MONTH})(?:,? (?P<year2>(?:19|20)\d\d))?)"
    r"(?: of (?P<which>this|last|next) year)?(?!\w|[.,]\d| million| billion| percent)"
)
_WEEKDAY = re.compile(
    rf"(?:(?P<nth>first|second|third|fourth|last) (?P<nth_day>{_DAY}) (?:in|of) "
    rf"(?P<month>{_MONTH})(?:,? (?P<year>(?:19|20)\d\d))?"
    rf"|(?P<on>\b[Oo]n )?(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his coming|[Cc]oming|[Tt]his|[Pp]ast) )?"
    rf"\b(?P<weekday>{_DAY})\b(?: (?P<part>morning|afternoon|evening|night))?(?P<week>,? (?:of )?(?:last|next) week)?)"
)
_NOT_A_DAY = re.compile(  # "The Sunday Times", "Friday prayers"
    r"\A(?:\s+(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|"
    r"Jul|Aug|Sept?|Oct|Nov|Dec)\b)[A-Z][a-z]+\b(?=[A-Z ][\w ]{0,20}(?:Times|Post|Herald|Show|Live|Football|Morning))|"
    r"\s+(?:Times|Post|Herald|Mirror|Express|Telegraph)\b|s\b(?![’'])|\s+(?:prayers?|services?|editions?|newspapers?|papers?|"
    r"mornings|nights|evenings|afternoons)\b)"
)
_NO_DAY_AFTER = re.compile(
    r"\b(?:every|each|most|some|all|any|previous|following|Black|Good|Super|Bloody|Ash|Holy|Easter|Cyber|Giving|Fat|Palm)\s+\Z"
)
_ONE_OF_MANY, _ADORNS = re.compile(r"\ban? \Z", re.IGNORECASE), re.compile(r" [a-z]{3,}")
_NEAR = re.compile(
    r"\b(?:the day (?P<two>before yesterday|after tomorrow)|(?P<one>yesterday|tomorrow))"
    r"(?: (?P<part>morning|afternoon|evening|night))?\b(?![’']s? [A-Z])"
)
_OTHER_YEAR = re.compile(r",? of (?:the (?:following|next|previous|same)|that|each|every) year")
_LONG_AGO = re.compile(rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH}),? (?P<year>(?:19|20)\d\d)")
SAME_STORY = 100  # characters behind a date with its year in which another is of the same year
_WEEK_FROM = re.compile(r"\b(?:a|one) week (?:from|after|on) \Z", re.IGNORECASE)
_BESIDE = re.compile(rf"\b(?P<weekday>{_DAY}),? (?:the )?\Z")
_A_DATE_BEHIND = re.compile(rf",? (?:the )?(?={_MONTH} \d|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH})")
_YEAR = 365.0  # days
NEARER = 22.0  # log-odds for a date that is today on one side and a year off on the other; falls with the cube of the difference
NEXT_SURE = 0.8  # "next Tuesday" may be this week's or the next's
LAST_SURE, LAST_UNSURE = 0.9, 0.6  # "last Wednesday", said on a Friday, may be this week's; said on a Tuesday it is not
CERTAIN = 0.8  # chance from which on prose takes a day; under it the words stand without one
SOON = 6  # days: nearer ones are told apart by how far they are, as weekdays are
_ORDER = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}


@dataclass(frozen=True, slots=True)
class DayMention:
    """Words that name one day: `text[start:end]`, and the day. `chance`: how likely it is that day, in [0, 1]."""

    start: int
    end: int
    day: date
    relative: bool  # a weekday, which a reader elsewhere could not resolve
    part: str | None = None  # "evening"
    chance: float = 1.0
    event: bool = False  # it names what happened then: "the Sept. 11 attacks"


def day_mentions(sentence: str, published: date | None) -> list[DayMention]:
    """The days that a sentence names for certain, in order, the names of events left out."""
    return [m for m in all_days(sentence, published) if m.chance >= CERTAIN and not m.event]


def all_days(sentence: str, published: date | None) -> list[DayMention]:
    """Every day that a sentence names, in order, with how likely it is."""
    found = list(_dates(sentence, published))
    if published is not None:
        found += _weekdays(sentence, published, {m.start: m.day for m in found})
        found += _near(sentence, published)
    return sorted(found, key=lambda mention: mention.start)


def names_event(sentence: str) -> bool:
    """Whether it speaks of "the Sept. 11 attacks" or the like: a day of years ago that names what happened on it."""
    return any(_event(sentence, match) is not None for match in _FULL.finditer(sentence))


def written(day: date, *, year: bool = False) -> str:
    """`25 September`, with the year where asked."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


# ---- dates


def _dates(sentence: str, published: date | None) -> Iterator[DayMention]:
    for match in _FULL.finditer(sentence):
        month, number = MONTH_NUMBER[(match["month"] or match["month2"])[:3].casefold()], int(match["day"] or match["day2"])
        year = match["year"] or match["year2"]
        if year is None and match["which"] and published is not None:
            year = str(published.year + {"last": -1, "this": 0, "next": 1}[match["which"]])
        if year is not None:
            if (day := _day(int(year), month, number)) is not None:
                yield DayMention(*match.span(), day, relative=False)
        elif (event := _event(sentence, match)) is not None:
            yield DayMention(*match.span(), event, relative=False, event=True)
        elif published is not None and (found := without_year(sentence, match.span(), month, number, published)) is not None:
            yield DayMention(*match.span(), found[0], relative=False, chance=found[1])


def without_year(sentence: str, span: tuple[int, int], month: int, number: int, published: date) -> tuple[date, float] | None:
    """The day of a date told without its year at `sentence[span]`, and how likely; None where no year has it. A weekday
    beside it decides."""
    if _OTHER_YEAR.match(sentence, span[1]):
        return None
    told = [m for m in _LONG_AGO.finditer(sentence, max(0, span[0] - SAME_STORY), span[0]) if int(m["year"]) < published.year - 1]
    if told and (day := _day(int(told[-1]["year"]), month, number)) is not None:
        return day, 1.0  # "on May 8, 1945 (May 9 in Moscow)"
    candidates = [d for y in range(published.year - 1, published.year + 2) if (d := _day(y, month, number)) is not None]
    if beside := _BESIDE.search(sentence, max(0, span[0] - 20), span[0]):
        same = [d for d in candidates if d.weekday() == WEEKDAYS.index(beside["weekday"])]
        return (min(same, key=lambda d: abs(d - published)), 1.0) if same else None
    past = max((d for d in candidates if d <= published), default=None)
    coming = min((d for d in candidates if d > published), default=None)
    if past is None or coming is None or past == published:
        return (past or coming or published, 1.0) if candidates else None
    gone, left = (published - past).days, (coming - published).days
    near = f"back {-left % 7}" if left <= SOON else f"back {gone}" if gone <= SOON else "far"
    odds = ahead(sentence, *span, near) + NEARER * ((gone - left) / _YEAR) ** 3
    return (coming, chance(odds)) if odds > 0 else (past, chance(-odds))


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _events() -> list[tuple[int, int, date, re.Pattern[str], re.Pattern[str]]]:
    told = tomllib.loads((files("index.calendar") / "events.toml").read_text(encoding="utf-8"))["event"]
    return [
        (
            e["day"].month,
            e["day"].day,
            e["day"],
            re.compile(rf"\A,?\s*(?:{e['called']})\b"),
            re.compile(rf"\b(?:{e['called']}) (?:of|on)\s+\Z"),
        )
        for e in told
    ]


def _event(sentence: str, match: re.Match[str]) -> date | None:
    """The day of the event that a date without a year names ("the Sept. 11 attacks")."""
    month, number = MONTH_NUMBER[(match["month"] or match["month2"])[:3].casefold()], int(match["day"] or match["day2"])
    before, behind = sentence[max(0, match.start() - 40) : match.start()], sentence[match.end() : match.end() + 60]
    for m, n, day, called, named in _events():
        if (m, n) == (month, number) and (called.match(behind) or named.search(before)):
            return day
    return None


# ---- weekdays


def _weekdays(sentence: str, published: date, dated: dict[int, date]) -> Iterator[DayMention]:
    for match in _WEEKDAY.finditer(sentence):
        if match["nth"]:
            if (found := _nth(sentence, match, published)) is not None:
                yield DayMention(*match.span(), found[0], relative=False, chance=found[1])
            continue
        behind = _A_DATE_BEHIND.match(sentence, match.end())
        if behind and behind.end() in dated:
            yield DayMention(*match.span(), dated[behind.end()], relative=True, part=match["part"])
        elif (found := weekday(sentence, match, published)) is not None:
            yield DayMention(*match.span(), found[0], relative=True, part=match["part"], chance=found[1])


def weekday(sentence: str, match: re.Match[str], published: date) -> tuple[date, float] | None:
    """The day of a weekday matched in a sentence (groups `weekday`, `which`), and how likely; None where it is no one day."""
    groups = match.groupdict()
    before = sentence[max(0, match.start() - 24) : match.start()]
    which, week = (groups.get("which") or "").strip().casefold(), groups.get("week") or ""
    if not which and not groups.get("on") and _NO_DAY_AFTER.search(before):
        return None
    if _ONE_OF_MANY.search(before) and not _ADORNS.match(sentence, match.end()):
        return None  # "on a Sunday"; but "at a Monday news conference" is that Monday's
    if _NOT_A_DAY.match(sentence[match.end() : match.end() + 40]):
        return None
    number = WEEKDAYS.index(match["weekday"])
    back = (published.weekday() - number) % 7
    last, coming = published - timedelta(days=back), published + timedelta(days=(7 - back) % 7)
    if week:
        monday = published - timedelta(days=published.weekday()) + timedelta(days=7 if "next" in week else -7)
        return monday + timedelta(days=number), 1.0
    if _WEEK_FROM.search(before):
        return coming + timedelta(days=7), 1.0
    match which:
        case "next":
            return coming if back else coming + timedelta(days=7), NEXT_SURE
        case "this" | "coming" | "this coming":
            return coming, 1.0
        case "last" | "past":
            return last - timedelta(days=7 if back <= 1 and which == "last" else 0), LAST_SURE if back > 2 else LAST_UNSURE
    if not back:
        return published, 1.0
    odds = ahead(sentence, *match.span("weekday"), f"back {back}")
    return (coming, chance(odds)) if odds > 0 else (last, chance(-odds))


def _near(sentence: str, published: date) -> Iterator[DayMention]:
    """ "Yesterday", "the day after tomorrow"."""
    for match in _NEAR.finditer(sentence):
        away = {"yesterday": -1, "tomorrow": 1, "before yesterday": -2, "after tomorrow": 2}[match["one"] or match["two"]]
        yield DayMention(*match.span(), published + timedelta(days=away), relative=True, part=match["part"])


def _nth(sentence: str, match: re.Match[str], published: date) -> tuple[date, float] | None:
    """ "The first Monday in May", of the year that is told or that brings it nearest."""
    month, number = MONTH_NUMBER[match["month"][:3].casefold()], WEEKDAYS.index(match["nth_day"])

    def of(year: int) -> date:
        days = [d for n in range(1, 32) if (d := _day(year, month, n)) is not None and d.weekday() == number]
        return days[_ORDER[match["nth"]]]

    if match["year"]:
        return of(int(match["year"])), 1.0
    past = max(d for y in range(published.year - 1, published.year + 1) if (d := of(y)) <= published)
    coming = min(d for y in range(published.year, published.year + 2) if (d := of(y)) > published)
    gone, left = (published - past).days, (coming - published).days
    odds = ahead(sentence, *match.span(), "far") + NEARER * ((gone - left) / _YEAR) ** 3
    return (coming, chance(odds)) if odds > 0 else (past, chance(-odds))
