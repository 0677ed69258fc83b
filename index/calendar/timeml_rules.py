"""The rules of TimeML's values: one a kind of expression. Days come from the one reader of days."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from index.calendar.days import MONTH_NUMBER, MONTHS, NEARER, WEEKDAYS, weekday, without_year
from index.calendar.numbers import ONES, TENS, WORDS
from index.calendar.tense import ahead

Type = Literal["DATE", "TIME", "DURATION", "SET"]

_WORDS = WORDS | {"a": 1, "an": 1, "dozen": 12, "half": 0}
_UNITS = {
    "second": "S",
    "minute": "M",
    "hour": "H",
    "day": "D",
    "week": "W",
    "month": "M",
    "year": "Y",
    "decade": "E",
    "century": "C",
}
_SMALL = {"second", "minute", "hour"}  # of a day: PT…
_SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
_PARTS = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI"}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

NUMBER = (
    rf"(?:\d+(?:[.,]\d+)?(?: 1/2)?|(?:{'|'.join(TENS)})(?:[- ](?:{'|'.join(ONES[1:10])}))?|{'|'.join(ONES[1:])}|an?|"
    r"(?:a )?dozen|half an?|(?:one|two|three|four|five|six) and a half)"
)
VAGUE = r"(?:several|a few|few|some|many|recent|a couple of|countless|hundreds of|thousands of)"
UNIT = r"(?:second|minute|hour|day|week|month|year|decade)s?|centur(?:y|ies)"
MON = rf"(?:{'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
DAY = rf"(?:{'|'.join(WEEKDAYS)})"
PART = rf"(?:{'|'.join(_PARTS)})"
APPROX = r"(?:(?:about|around|nearly|almost|more than|less than|over|at least|at most|up to|roughly|some|just|only|within)\s+)?"
EDGE = (
    r"(?:(?:[Ee]arl(?:y|ier)|[Ll]ate(?:r)?|[Mm]id[- ]?|(?:the )?(?:beginning|start|middle|end) of|[Ee]arlier in|"
    r"[Ll]ater in)\s*)?"
)
YEAR = r"(?:1[5-9]\d\d|20\d\d)"


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at: the day of publication, and the sentence with the span of the match."""

    published: date | None
    sentence: str
    start: int
    end: int
    quarter: tuple[int, int] | None  # the last quarter spoken of in this text: year, number

    @property
    def before(self) -> str:
        return self.sentence[max(0, self.start - 160) : self.start]

    @property
    def after(self) -> str:
        return self.sentence[self.end : self.end + 80]


_Found = tuple[str, Type] | None
Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Context], _Found]]


# ---- helpers


def _number(words: str) -> float | None:
    folded = words.casefold().strip().replace(",", "")
    if match := re.fullmatch(r"(\d+) 1/2", folded):
        return int(match[1]) + 0.5
    if re.fullmatch(r"\d+(?:\.\d+)?", folded):
        return float(folded)
    if folded.startswith("half a"):
        return 0.5
    if folded.endswith(" and a half"):
        return _WORDS[folded.removesuffix(" and a half")] + 0.5
    if folded in {"a dozen", "dozen"}:
        return 12
    total = 0
    for word in re.split(r"[- ]", folded):
        if word not in _WORDS:
            return None
        total += _WORDS[word]
    return total


def _unit(word: str) -> str:
    folded = word.casefold()
    return "century" if folded.startswith("centur") else folded.removesuffix("s")


def _duration(count: float | None, unit: str) -> str:
    """PT4H, P2Y, P20Y for two decades; X where the number is vague."""
    mark = "PT" if unit in _SMALL else "P"
    if count is None:
        return f"{mark}X{_UNITS[unit]}"
    if unit == "decade":
        return f"P{_plain(10 * count)}Y"
    if unit == "century":
        return f"P{_plain(100 * count)}Y"
    if count != int(count) and unit in {"year", "hour", "day", "week", "minute"}:
        more = {"year": "6M", "hour": "30M", "day": "T12H", "week": "3D", "minute": "30S"}[unit]
        whole = f"{int(count)}{_UNITS[unit]}" if count >= 1 else ""
        return f"{mark}{whole}{more}"
    return f"{mark}{_plain(count)}{_UNITS[unit]}"


def _plain(count: float) -> str:
    return str(int(count)) if count == int(count) else str(count)


def _future(context: Context) -> bool:
    """Whether the words around speak of what is to come."""
    return ahead(context.sentence, context.start, context.end, "far") > 0


def _shift(day: date, months: int) -> tuple[int, int]:
    number = day.year * 12 + day.month - 1 + months
    return number // 12, number % 12 + 1


def _month_number(word: str) -> int:
    return MONTH_NUMBER[word[:3].casefold()]


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


# ---- rules: full dates, months, years


def full(match: re.Match[str], context: Context) -> _Found:
    month, number = _month_number(match["month"]), int(match["day"])
    if match["year"]:
        value = _iso(int(match["year"]), month, number)
        return (value, "DATE") if value else None
    if context.published is None:
        value = _iso(2000, month, number)
        return (f"XXXX{value[4:]}", "DATE") if value else None
    named = min(match.start("month"), match.start("day"))
    found = without_year(context.sentence, (named, match.end()), month, number, context.published)
    return (found[0].isoformat(), "DATE") if found else None


def numeric(match: re.Match[str], context: Context) -> _Found:
    year = int(match["y"]) if len(match["y"]) == 4 else (1900 if int(match["y"]) > 30 else 2000) + int(match["y"])
    value = _iso(year, int(match["m"]), int(match["d"]))
    return (value, "DATE") if value else None


def iso_day(match: re.Match[str], context: Context) -> _Found:
    value = _iso(int(match["y"]), int(match["m"]), int(match["d"]))
    return (value, "DATE") if value else None


def month_year(match: re.Match[str], context: Context) -> _Found:
    return f"{match['year']}-{_month_number(match['month']):02d}", "DATE"


def month(match: re.Match[str], context: Context) -> _Found:
    word = match["month"]
    if (word.rstrip(".") in {"May", "March", "Mar", "August"} or len(word.rstrip(".")) == 3) and not re.search(
        r"(?:\b(?:in|since|by|until|from|of|last|next|this|during|through|late|early|mid|to|before|after|and|"
        r"between)[ -]|[-,(]\s?)\Z",
        context.before + match.group()[: match.start("month") - match.start()],
    ):
        return None
    number = _month_number(word)
    if context.published is None:
        return f"XXXX-{number:02d}", "DATE"
    year, now = context.published.year, context.published.month
    which = (match["which"] or "").casefold().strip()
    if which == "next":
        year += number < now
    elif which == "last":
        year -= number >= now
    elif number != now and which != "this":
        year += _nearer_year(number - now, context)
    return f"{year}-{number:02d}", "DATE"


def _nearer_year(apart: int, context: Context) -> int:
    """How many years off a month told without one is that lies so many months from now in this year: 0, 1 or -1."""
    gone, left = -apart % 12, apart % 12
    coming = ahead(context.sentence, context.start, context.end, "far") + NEARER * ((gone - left) / 12) ** 3 > 0
    if coming:
        return 0 if apart > 0 else 1
    return 0 if apart < 0 else -1


def year(match: re.Match[str], context: Context) -> _Found:
    if re.match(
        r"\s*(?:people|men|women|dollars|points|per cent|percent|%|miles|feet|metres|troops|jobs|homes|shares|votes)",
        context.after,
    ):
        return None
    return match["year"], "DATE"


def decade(match: re.Match[str], context: Context) -> _Found:
    digits = match["d"]
    return (digits[:3] if len(digits) == 4 else f"19{digits[0]}"), "DATE"


def century(match: re.Match[str], context: Context) -> _Found:
    words = {"nineteenth": 19, "twentieth": 20, "twenty-first": 21, "eighteenth": 18, "seventeenth": 17}
    n = words.get(match["n"].casefold()) or int(re.sub(r"\D", "", match["n"]) or 0)
    return (f"{n - 1:02d}", "DATE") if n else None


# ---- rules: near the day of publication


def weekday_value(match: re.Match[str], context: Context) -> _Found:
    found = weekday(context.sentence, match, context.published) if context.published is not None else None
    if found is None:
        return None
    value, part = found[0].isoformat(), match["part"]
    return (f"{value}T{_PARTS[part.casefold()]}", "TIME") if part else (value, "DATE")


def near(match: re.Match[str], context: Context) -> _Found:
    if context.published is None:
        return None
    word = match.group().casefold()
    for name, days in (("yesterday", -1), ("tomorrow", 1), ("today", 0)):
        if name in word:
            value = (context.published + timedelta(days=days)).isoformat()
            part = next((p for p in _PARTS if p in word), None)
            return (f"{value}T{_PARTS[part]}", "TIME") if part else (value, "DATE")
    if "overnight" in word:
        return f"{context.published.isoformat()}TNI", "TIME"
    back = 1 if word.startswith("last") else 0
    part = next((p for p in _PARTS if p in word), "night")
    return f"{(context.published - timedelta(days=back)).isoformat()}T{_PARTS[part]}", "TIME"


def which_unit(match: re.Match[str], context: Context) -> _Found:
    """ "last week", "this year", "next month", "earlier this summer"."""
    if context.published is None:
        return None
    which = re.sub(r"\s+", " ", match["which"].casefold()).strip()
    step = (
        -1
        if which in {"last", "the past", "past", "the previous", "previous", "the prior"}
        else 1
        if "next" in which or "coming" in which
        else 0
    )
    unit, day = match["unit"].casefold(), context.published
    if unit == "week":
        return _week(day + timedelta(days=7 * step)), "DATE"
    if unit == "weekend":
        not_yet = 2 if step == 0 and day.weekday() < 4 and not _future(context) else 0
        return f"{_week(day + timedelta(days=7 * step - not_yet))}-WE", "DATE"
    if unit == "month":
        year, month = _shift(day, step)
        return f"{year}-{month:02d}", "DATE"
    if unit == "year":
        return str(day.year + step), "DATE"
    if unit == "quarter":
        number = day.year * 4 + (day.month - 1) // 3 + step
        return f"{number // 4}-Q{number % 4 + 1}", "DATE"
    if unit == "decade":
        return ("P10Y", "DURATION") if step < 0 and "past" in which else (str(day.year // 10 + step), "DATE")
    if unit == "century":
        return f"{day.year // 100 + step:02d}", "DATE"
    if unit in _SEASONS:
        return f"{_season_year(unit, step, day)}-{_SEASONS[unit]}", "DATE"
    return None


def _season_year(season: str, step: int, day: date) -> int:
    start = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[season]
    if step == -1:
        return day.year if start + 3 <= day.month and season != "winter" else day.year - 1
    if step == 1:
        return day.year if start > day.month else day.year + 1
    return day.year - 1 if season == "winter" and day.month <= 3 else day.year


def season(match: re.Match[str], context: Context) -> _Found:
    return f"{match['year']}-{_SEASONS[match['season'].casefold()]}", "DATE"


def ago(match: re.Match[str], context: Context) -> _Found:
    """ "three weeks ago", "a year earlier": as precise as its unit."""
    if context.published is None:
        return None
    unit, count = _unit(match["unit"]), _number(match["n"]) if match["n"] else None
    direction = 1 if re.search(r"from now|hence", match["dir"]) else -1
    if count is None:
        return ("PAST_REF" if direction < 0 else "FUTURE_REF"), "DATE"
    day = context.published
    near = context.quarter is not None and context.quarter[0] == day.year
    if unit == "year" and count == 1 and context.quarter is not None and near and re.search(r"ago|earlier|before", match["dir"]):
        return f"{context.quarter[0] - 1}-Q{context.quarter[1]}", "DATE"
    if unit in _SMALL:
        return (day.isoformat(), "DATE") if unit != "hour" or count < 24 else ((day - timedelta(hours=count)).isoformat(), "DATE")
    if unit == "day":
        return (day + timedelta(days=direction * count)).isoformat(), "DATE"
    if unit == "week":
        return _week(day + timedelta(days=direction * 7 * count)), "DATE"
    if unit == "month":
        year, month = _shift(day, direction * int(count))
        return f"{year}-{month:02d}", "DATE"
    years = {"year": 1, "decade": 10, "century": 100}[unit] * count
    year = int(day.year + direction * years)
    return (str(year // 10) if unit == "decade" else str(year)), "DATE"


# ---- rules: quarters and periods of accounts


def quarter(match: re.Match[str], context: Context) -> _Found:
    number = _ORDINALS[match["n"].casefold()]
    year = match["year"] or match["year2"]
    if year and year.isdigit():
        return f"{year}-Q{number}", "DATE"
    if context.published is None:
        return f"XXXX-Q{number}", "DATE"
    own = context.published.year
    if (match["which"] or "").casefold().startswith("last year"):
        own -= 1
    elif (match["which"] or "").casefold().startswith("this year"):
        pass
    elif (match["which"] or "").casefold().startswith("next year"):
        own += 1
    elif 3 * (number - 1) + 1 > context.published.month and not _future(context):
        own -= 1
    return f"{own}-Q{number}", "DATE"


def same_quarter(match: re.Match[str], context: Context) -> _Found:
    """ "the year-earlier quarter", "the 1988 period", "the quarter": of the one last spoken of."""
    words = match.group().casefold()
    if context.published is not None and "latest" in words:
        ended = context.published.year * 4 + (context.published.month - 1) // 3 - 1
        return f"{ended // 4}-Q{ended % 4 + 1}", "DATE"
    if context.quarter is None:
        return None
    year, number = context.quarter
    if given := re.search(YEAR, words):
        return f"{given.group()}-Q{number}", "DATE"
    if re.search(r"year-(?:earlier|ago)|year (?:earlier|ago)|last year|corresponding|same", words):
        return f"{year - 1}-Q{number}", "DATE"
    return f"{year}-Q{number}", "DATE"


def quarter_ended(match: re.Match[str], context: Context) -> _Found:
    if context.published is None:
        return None
    month = _month_number(match["month"])
    year = int(match["year"] or context.published.year - (month > context.published.month))
    return f"{year}-Q{(month - 1) // 3 + 1}", "DATE"


def weekend(match: re.Match[str], context: Context) -> _Found:
    if context.published is None:
        return None
    back = 0 if context.published.weekday() >= 5 or _future(context) else 7
    return f"{_week(context.published - timedelta(days=back))}-WE", "DATE"


# ---- rules: lengths, sets, and what has no value of its own


def length(match: re.Match[str], context: Context) -> _Found:
    unit = _unit(match["unit"])
    count = _number(match["n"]) if match["n"] and not re.fullmatch(VAGUE, match["n"].strip().casefold()) else None
    if (
        match["n"]
        and match["n"].casefold() in {"a", "an"}
        and not match["lead"]
        and not re.search(
            r"\b(?:for|in|within|after|about|nearly|almost|over|than|took|takes|lasted|last|once|spent|least|half|"
            r"and|twice|times|every|of)\s+\Z",
            context.before,
        )
    ):
        return None
    return _duration(count, unit), "DURATION"


def set(match: re.Match[str], context: Context) -> _Found:
    word = match.group().casefold()
    named = {"daily": "P1D", "weekly": "P1W", "monthly": "P1M", "annually": "P1Y", "yearly": "P1Y", "hourly": "PT1H"}
    if word in named:
        return named[word], "SET"
    unit = match["unit"]
    if unit in WEEKDAYS:
        return f"XXXX-WXX-{WEEKDAYS.index(unit) + 1}", "SET"
    if unit[:3].casefold() in MONTH_NUMBER and unit[0].isupper():
        return f"XXXX-{_month_number(unit):02d}", "SET"
    return _duration(1, _unit(unit)), "SET"


def reference(value: str) -> Callable[[re.Match[str], Context], _Found]:
    return lambda match, context: (value, "DATE")


HOURS = ONES[1:13]


def clock(match: re.Match[str], context: Context) -> _Found:
    if context.published is None:
        return None
    if match["noon"]:
        hour, minute = (12, 0) if match["noon"].casefold() in {"noon", "midday"} else (0, 0)
    elif match["oclock"]:
        told = match["oclock"].casefold()
        hour = (int(told) if told.isdecimal() else HOURS.index(told) + 1) % 12
        hour, minute = hour + (0 if match["part"] == "morning" else 12), 0
    else:
        hour, minute = int(match["h"]) % 12 + (12 if match["ampm"].casefold().startswith("p") else 0), int(match["min"] or 0)
    day = context.published
    if match["weekday"]:
        day -= timedelta(days=(day.weekday() - WEEKDAYS.index(match["weekday"])) % 7)
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}", "TIME"
