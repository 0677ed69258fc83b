"""When: every expression of time in a text, with its value against the day of publication, in TimeML's forms
(https://timeml.github.io/site/publications/timeMLdocs/timeml_1.2.1.html): 1998-02-27, 1995-11, 1998-W08, 1989-Q3, 199
(a decade), PT4H, P2Y, PRESENT_REF.

Rules over words, no model. What a text does not say is left as X: a value is never more precise than its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from briefing.reading.numbers import ONES, TENS, WORDS
from index.dates import MONTHS, WEEKDAYS
from index.sentences import sentences

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
_MONTH_OF = {name[:3].casefold(): n for n, name in enumerate(MONTHS, start=1)}

_NUMBER = (
    rf"(?:\d+(?:[.,]\d+)?(?: 1/2)?|(?:{'|'.join(TENS)})(?:[- ](?:{'|'.join(ONES[1:10])}))?|{'|'.join(ONES[1:])}|an?|"
    r"(?:a )?dozen|half an?|(?:one|two|three|four|five|six) and a half)"
)
_VAGUE = r"(?:several|a few|few|some|many|recent|a couple of|countless|hundreds of|thousands of)"
_UNIT = r"(?:second|minute|hour|day|week|month|year|decade)s?|centur(?:y|ies)"
_MON = rf"(?:{'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_DAY = rf"(?:{'|'.join(WEEKDAYS)})"
_PART = rf"(?:{'|'.join(_PARTS)})"
_APPROX = (
    r"(?:(?:about|around|nearly|almost|more than|less than|over|at least|at most|up to|roughly|some|just|only|"
    r"within)\s+)?"
)
_EDGE = (
    r"(?:(?:[Ee]arl(?:y|ier)|[Ll]ate(?:r)?|[Mm]id[- ]?|(?:the )?(?:beginning|start|middle|end) of|[Ee]arlier in|"
    r"[Ll]ater in)\s*)?"
)
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"

_QUARTER = re.compile(r"(\d{4})-Q(\d)")
_TO_COME = re.compile(
    r"\b(?:will|shall|'ll|’ll|(?:is|are|was|were) (?:to|expected|due|scheduled|set|likely)|expects?|expected|"
    r"plans? (?:to|for)|planned|planning to|going to|set to|about to|hopes? to|hoping to|scheduled|"
    r"upcoming|would|may|might|could|set for|due|effective|to be|until|by|calling for)\b"
)
_GONE = re.compile(
    r"\b(?:was|were|had|did|went|came|took|made|met|fell|rose|left|won|lost|shot|struck|hit|began|"
    r"(?!(?:announced|reported|expected|scheduled|planned|agreed|proposed|need|indeed|hundred|interested)\b)\w{3,}ed)\b"
)
_JUST_DONE = re.compile(r"\b(?:\w{2,}ed|last|was|were|made|held|shot|left|met|seen|found|taken|struck|killed) (?:on |in )?\Z")


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


@dataclass(frozen=True, slots=True)
class _Context:
    """What a rule may look at: the day of publication and the sentence around the match."""

    published: date | None
    before: str
    after: str
    quarter: tuple[int, int] | None  # the last quarter spoken of in this text: year, number


_Found = tuple[str, Type] | None
_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], _Context], _Found]]


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
    for n, (pattern, _) in enumerate(_rules()):
        spans += [(match.start(), match.end(), n, match) for match in pattern.finditer(sentence)]
    spans.sort(key=lambda s: (s[0], -(s[1] - s[0]), s[2]))
    found: list[TimeExpression] = []
    at = 0
    for start, end, n, match in spans:
        if start < at:
            continue
        context = _Context(published, sentence[max(0, start - 160) : start], sentence[end : end + 80], quarter)
        resolved = _rules()[n][1](match, context)
        if resolved is None:
            continue
        found.append(TimeExpression(start, end, *resolved))
        at = end
        quarterly = _QUARTER.fullmatch(resolved[0])
        if quarterly and not re.search(r"(?i)year|same|corresponding|\d{4}", match.group()):
            quarter = int(quarterly[1]), int(quarterly[2])
    return found


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
    r"ed)|admit\w*|"
    r"seek\w*|expect\w*|plan\w*|pays?)\Z",
    re.IGNORECASE,
)


def _clause(before: str) -> str:
    return re.split(r"[,;:!?”\"]\s|(?<![A-Z])(?<!\b(?:Mr|Ms|Dr|Co))(?<!\b(?:Mrs|Inc|Ltd|Sen|Rep))\.\s|\bbut\b|\band\b", before)[
        -1
    ]


def _future(context: _Context) -> bool:
    """Whether what stands before speaks of what is to come."""
    clause = _clause(context.before)
    if _JUST_DONE.search(clause) and not re.search(r"(?:expected|scheduled|planned|due) (?:on |in )?\Z", clause):
        return False
    match = _TO_COME.search(clause)
    return match is not None and not re.search(r"\b(?:said|told|announced|reported)\b", clause[match.end() :])


def _shift(day: date, months: int) -> tuple[int, int]:
    number = day.year * 12 + day.month - 1 + months
    return number // 12, number % 12 + 1


def _month_number(word: str) -> int:
    return _MONTH_OF[word[:3].casefold()]


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


# ---- rules: full dates, months, years


def _full(match: re.Match[str], context: _Context) -> _Found:
    month, number = _month_number(match["month"]), int(match["day"])
    if match["year"]:
        value = _iso(int(match["year"]), month, number)
        return (value, "DATE") if value else None
    if context.published is None:
        value = _iso(2000, month, number)
        return (f"XXXX{value[4:]}", "DATE") if value else None
    own = _iso(context.published.year, month, number)
    if own is None:
        return None
    day = date.fromisoformat(own)
    ahead = (day - context.published).days
    if ahead > 0 and not (_future(context) or (ahead <= 45 and not _GONE.search(_clause(context.before)))):
        value = _iso(context.published.year - 1, month, number)
    elif ahead < -30 and _future(context) and not _GONE.search(_clause(context.before)):
        value = _iso(context.published.year + 1, month, number)
    else:
        value = own
    return (value, "DATE") if value else None


def _numeric(match: re.Match[str], context: _Context) -> _Found:
    year = int(match["y"]) if len(match["y"]) == 4 else (1900 if int(match["y"]) > 30 else 2000) + int(match["y"])
    value = _iso(year, int(match["m"]), int(match["d"]))
    return (value, "DATE") if value else None


def _iso_day(match: re.Match[str], context: _Context) -> _Found:
    value = _iso(int(match["y"]), int(match["m"]), int(match["d"]))
    return (value, "DATE") if value else None


def _month_year(match: re.Match[str], context: _Context) -> _Found:
    return f"{match['year']}-{_month_number(match['month']):02d}", "DATE"


def _month(match: re.Match[str], context: _Context) -> _Found:
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
    year = context.published.year
    which = (match["which"] or "").casefold().strip()
    if which == "next" or (which != "last" and _future(context)):
        year += number < context.published.month
    elif which == "last":
        year -= number >= context.published.month
    else:
        year -= number > context.published.month
    return f"{year}-{number:02d}", "DATE"


def _year(match: re.Match[str], context: _Context) -> _Found:
    if re.match(
        r"\s*(?:people|men|women|dollars|points|per cent|percent|%|miles|feet|metres|troops|jobs|homes|shares|votes)",
        context.after,
    ):
        return None
    return match["year"], "DATE"


def _decade(match: re.Match[str], context: _Context) -> _Found:
    digits = match["d"]
    return (digits[:3] if len(digits) == 4 else f"19{digits[0]}"), "DATE"


def _century(match: re.Match[str], context: _Context) -> _Found:
    words = {"nineteenth": 19, "twentieth": 20, "twenty-first": 21, "eighteenth": 18, "seventeenth": 17}
    n = words.get(match["n"].casefold()) or int(re.sub(r"\D", "", match["n"]) or 0)
    return (f"{n - 1:02d}", "DATE") if n else None


# ---- rules: near the day of publication


def _weekday(match: re.Match[str], context: _Context) -> _Found:
    if context.published is None or re.match(r"(?:s\b|\s+[A-Z]\w+\s+(?:Times|Post|Herald)|\s+Times\b)", context.after):
        return None
    which = (match["which"] or "").casefold().strip()
    number = WEEKDAYS.index(match["weekday"])
    back = (context.published.weekday() - number) % 7
    day = context.published - timedelta(days=back)
    if which in {"next", "this coming", "coming"} or (
        which != "last" and not which.startswith("past") and _future(context) and back
    ):
        day += timedelta(days=7)
    elif which == "last" and back == 0:
        day -= timedelta(days=7)
    value = day.isoformat()
    part = match["part"]
    return (f"{value}T{_PARTS[part.casefold()]}", "TIME") if part else (value, "DATE")


def _near(match: re.Match[str], context: _Context) -> _Found:
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


def _which_unit(match: re.Match[str], context: _Context) -> _Found:
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


def _season(match: re.Match[str], context: _Context) -> _Found:
    return f"{match['year']}-{_SEASONS[match['season'].casefold()]}", "DATE"


def _ago(match: re.Match[str], context: _Context) -> _Found:
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


def _quarter(match: re.Match[str], context: _Context) -> _Found:
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


def _same_quarter(match: re.Match[str], context: _Context) -> _Found:
    """ "the year-earlier quarter", "the 1988 period", "the quarter": of the one last spoken of."""
    words = match.group().casefold()
    if context.published is not None and "latest" in words:
        ended = context.published.year * 4 + (context.published.month - 1) // 3 - 1
        return f"{ended // 4}-Q{ended % 4 + 1}", "DATE"
    if context.quarter is None:
        return None
    year, number = context.quarter
    if given := re.search(_YEAR, words):
        return f"{given.group()}-Q{number}", "DATE"
    if re.search(r"year-(?:earlier|ago)|year (?:earlier|ago)|last year|corresponding|same", words):
        return f"{year - 1}-Q{number}", "DATE"
    return f"{year}-Q{number}", "DATE"


def _quarter_ended(match: re.Match[str], context: _Context) -> _Found:
    if context.published is None:
        return None
    month = _month_number(match["month"])
    year = int(match["year"] or context.published.year - (month > context.published.month))
    return f"{year}-Q{(month - 1) // 3 + 1}", "DATE"


def _weekend(match: re.Match[str], context: _Context) -> _Found:
    if context.published is None:
        return None
    back = 0 if context.published.weekday() >= 5 or _future(context) else 7
    return f"{_week(context.published - timedelta(days=back))}-WE", "DATE"


# ---- rules: lengths, sets, and what has no value of its own


def _length(match: re.Match[str], context: _Context) -> _Found:
    unit = _unit(match["unit"])
    count = _number(match["n"]) if match["n"] and not re.fullmatch(_VAGUE, match["n"].strip().casefold()) else None
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


def _set(match: re.Match[str], context: _Context) -> _Found:
    word = match.group().casefold()
    named = {"daily": "P1D", "weekly": "P1W", "monthly": "P1M", "annually": "P1Y", "yearly": "P1Y", "hourly": "PT1H"}
    if word in named:
        return named[word], "SET"
    unit = match["unit"]
    if unit in WEEKDAYS:
        return f"XXXX-WXX-{WEEKDAYS.index(unit) + 1}", "SET"
    if unit[:3].casefold() in _MONTH_OF and unit[0].isupper():
        return f"XXXX-{_month_number(unit):02d}", "SET"
    return _duration(1, _unit(unit)), "SET"


def _reference(value: str) -> Callable[[re.Match[str], _Context], _Found]:
    return lambda match, context: (value, "DATE")


_HOURS = ONES[1:13]


def _clock(match: re.Match[str], context: _Context) -> _Found:
    if context.published is None:
        return None
    if match["noon"]:
        hour, minute = (12, 0) if match["noon"].casefold() in {"noon", "midday"} else (0, 0)
    elif match["oclock"]:
        told = match["oclock"].casefold()
        hour = (int(told) if told.isdecimal() else _HOURS.index(told) + 1) % 12
        hour, minute = hour + (0 if match["part"] == "morning" else 12), 0
    else:
        hour, minute = int(match["h"]) % 12 + (12 if match["ampm"].casefold().startswith("p") else 0), int(match["min"] or 0)
    day = context.published
    if match["weekday"]:
        day -= timedelta(days=(day.weekday() - WEEKDAYS.index(match["weekday"])) % 7)
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}", "TIME"


def _compiled(pattern: str, *, any_case: bool = False) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w’'-])(?:{pattern})(?![\w])", re.IGNORECASE if any_case else 0)


@cache
def _rules() -> Sequence[_Rule]:
    """Made ready at the first use: they are many."""
    return (
        (_compiled(r"(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)"), _iso_day),
        (_compiled(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d\d)"), _numeric),
        (
            _compiled(
                rf"(?:{_DAY},? )?{_EDGE}(?P<month>{_MON})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\s*(?:million|billion|"
                rf"percent))(?:\s*,?\s+(?P<year>{_YEAR}))?"
            ),
            _full,
        ),
        (
            _compiled(
                rf"(?:{_DAY},? )?(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|"
                rf"th)?(?: of)?\s+(?P<month>{_MON})(?:,?\s+(?P<year>{_YEAR}))?"
            ),
            _full,
        ),
        (_compiled(rf"{_EDGE}(?P<month>{_MON})(?: of|,)?\s+(?P<year>{_YEAR})"), _month_year),
        (_compiled(rf"(?P<which>[Ll]ast |[Nn]ext |[Tt]his )?{_EDGE}(?P<month>{_MON})"), _month),
        (
            _compiled(
                rf"(?P<which>[Ll]ast |[Nn]ext |[Tt]his |[Tt]his coming |"
                rf"[Cc]oming )?{_EDGE}(?P<weekday>{_DAY})(?: (?P<part>{_PART}))?"
            ),
            _weekday,
        ),
        (
            _compiled(
                r"(?:late |early |later |earlier )?(?:yesterday|today|tomorrow)(?: (?:morning|afternoon|evening|night))?|"
                r"tonight|overnight|last (?:night|evening)|this (?:morning|afternoon|evening)",
                any_case=True,
            ),
            _near,
        ),
        (
            _compiled(
                r"(?:earlier |later |late |early |the end of |the beginning of )?(?P<which>(?:the )?(?:last|next|"
                r"previous|coming|past)|this|later this|earlier this) (?P<unit>weekend|week|month|year|quarter|decade|"
                r"century|spring|summer|autumn|fall|winter)(?![’'\w-])",
                any_case=True,
            ),
            _which_unit,
        ),
        (
            _compiled(
                rf"(?:the )?(?P<season>spring|summer|autumn|fall|"
                rf"winter) (?:of )?(?P<year>{_YEAR})",
                any_case=True,
            ),
            _season,
        ),
        (
            _compiled(
                rf"{_APPROX}(?:(?P<n>{_NUMBER}|{_VAGUE})[ -])?(?P<unit>{_UNIT}) (?P<dir>ago|earlier|before|from now|"
                rf"previously)",
                any_case=True,
            ),
            _ago,
        ),
        (
            _compiled(
                rf"(?:the )?(?:(?P<which>last year|this year|"
                rf"next year)[’']s )?(?:fiscal )?(?:(?P<year>{_YEAR})(?:[’']s)? )?(?:fiscal )?(?P<n>first|second|third|"
                rf"fourth)[- ]quarter(?:s)?(?:,? (?:of |in )?(?P<year2>{_YEAR}|last year|this year))?",
                any_case=True,
            ),
            _quarter,
        ),
        (
            _compiled(
                rf"(?:the )?(?:year-(?:earlier|ago)|corresponding|same|latest|{_YEAR})(?: (?:year-(?:earlier|ago)|"
                rf"corresponding))? (?:quarter|period)(?: (?:last year|a year (?:ago|earlier)|of last year))?|"
                rf"(?:the )?year-earlier|(?:the )?year-ago|the quarter",
                any_case=True,
            ),
            _same_quarter,
        ),
        (
            _compiled(
                rf"(?P<lead>(?:(?:the|each of the|an? additional|another|more than|over|nearly|almost|about|at least|"
                rf"less than|within|up to|around|roughly|some|just|only) )?(?:(?:first|last|past|next|previous|coming|"
                rf"final|following) )?)(?P<n>{_NUMBER}|{_VAGUE})(?: more| additional| full| consecutive| straight|"
                rf" trading| working)?[ -](?P<unit>{_UNIT})(?:-long)?(?!-old|[’']s [a-z]+ ago)",
                any_case=True,
            ),
            _length,
        ),
        (
            _compiled(
                r"(?P<lead>the )(?P<n>)(?:last|past|next|coming|early) (?P<unit>days|weeks|months|years|decades|hours|minutes)",
                any_case=True,
            ),
            _length,
        ),
        (
            _compiled(r"(?P<lead>)(?P<n>)(?<=for )(?P<unit>hours|days|weeks|months|years|decades|centuries)", any_case=True),
            _length,
        ),
        (
            _compiled(
                rf"(?:the )?(?:three months|quarter|period) (?:ended|"
                rf"ending) (?P<month>{_MON})(?: \d{{1,2}})?(?:,? (?P<year>{_YEAR}))?"
            ),
            _quarter_ended,
        ),
        (_compiled(r"the weekend", any_case=True), _weekend),
        (
            _compiled(
                rf"(?:daily|weekly|monthly|annually|yearly|hourly)|(?:every|each) (?P<unit>{_UNIT}|{_DAY}|"
                rf"{_MON})",
                any_case=True,
            ),
            _set,
        ),
        (_compiled(r"(?:the )?(?:early |late |mid-?)?(?:(?P<d>(?:1[5-9]|20)\d0|[’']?\d0)[’']?s)", any_case=True), _decade),
        (
            _compiled(
                r"(?:the )?(?P<n>\d{1,2}(?:st|nd|rd|th)|nineteenth|twentieth|twenty-first|eighteenth|seventeenth) century",
                any_case=True,
            ),
            _century,
        ),
        (_compiled(rf"(?:(?:early|late|mid)[ -])?(?P<fiscal>fiscal )?(?<!\$)(?P<year>{_YEAR})(?!,\d|[\d%-]|\.\d)"), _year),
        (
            _compiled(
                rf"(?:(?P<h>1[0-2]|[1-9])(?::(?P<min>[0-5]\d))? ?(?P<ampm>[ap]\.?m\b\.?)|(?P<noon>noon|midnight|"
                rf"midday)|(?P<oclock>{'|'.join(_HOURS)}|1[0-2]|[1-9]) o[’']clock (?:in the (?P<part>morning|"
                rf"afternoon|evening)|at night))(?: (?:local time |EST |EDT |GMT )?(?:on )?(?P<weekday>{_DAY})(?!,? \d))?",
                any_case=True,
            ),
            _clock,
        ),
        (
            _compiled(
                r"now|currently|current|at present|at the moment|nowadays|these days|right now|at this (?:time|"
                r"point)",
                any_case=True,
            ),
            _reference("PRESENT_REF"),
        ),
        (_compiled(r"recently|(?:in )?the past(?=\s*(?:[,.;!?]|\Z))", any_case=True), _reference("PAST_REF")),
        (
            _compiled(r"the (?:near |foreseeable )?future|coming (?:days|weeks|months|years)|future", any_case=True),
            _reference("FUTURE_REF"),
        ),
    )
