"""Which words are an expression of time, and which rule gives its value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from index.calendar.timeml_rules import (
    APPROX,
    DAY,
    EDGE,
    HOURS,
    MON,
    NUMBER,
    PART,
    UNIT,
    VAGUE,
    YEAR,
    Rule,
    ago,
    century,
    clock,
    decade,
    full,
    iso_day,
    length,
    month,
    month_year,
    near,
    numeric,
    quarter,
    quarter_ended,
    reference,
    same_quarter,
    season,
    set,
    weekday_value,
    weekend,
    which_unit,
    year,
)


def _compiled(pattern: str, *, any_case: bool = False) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w’'-])(?:{pattern})(?![\w])", re.IGNORECASE if any_case else 0)


@cache
def rules() -> Sequence[Rule]:
    """Made ready at the first use: they are many."""
    return (
        (_compiled(r"(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)"), iso_day),
        (_compiled(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d\d)"), numeric),
        (
            _compiled(
                rf"(?:{DAY},? )?{EDGE}(?P<month>{MON})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\s*(?:million|billion|"
                rf"percent))(?:\s*,?\s+(?P<year>{YEAR}))?"
            ),
            full,
        ),
        (
            _compiled(
                rf"(?:{DAY},? )?(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|"
                rf"th)?(?: of)?\s+(?P<month>{MON})(?:,?\s+(?P<year>{YEAR}))?"
            ),
            full,
        ),
        (_compiled(rf"{EDGE}(?P<month>{MON})(?: of|,)?\s+(?P<year>{YEAR})"), month_year),
        (_compiled(rf"(?P<which>[Ll]ast |[Nn]ext |[Tt]his )?{EDGE}(?P<month>{MON})"), month),
        (
            _compiled(
                rf"(?P<which>[Ll]ast |[Nn]ext |[Tt]his |[Tt]his coming |"
                rf"[Cc]oming )?{EDGE}(?P<weekday>{DAY})(?: (?P<part>{PART}))?"
            ),
            weekday_value,
        ),
        (
            _compiled(
                r"(?:late |early |later |earlier )?(?:yesterday|today|tomorrow)(?: (?:morning|afternoon|evening|night))?|"
                r"tonight|overnight|last (?:night|evening)|this (?:morning|afternoon|evening)",
                any_case=True,
            ),
            near,
        ),
        (
            _compiled(
                r"(?:earlier |later |late |early |the end of |the beginning of )?(?P<which>(?:the )?(?:last|next|"
                r"previous|coming|past)|this|later this|earlier this) (?P<unit>weekend|week|month|year|quarter|decade|"
                r"century|spring|summer|autumn|fall|winter)(?![’'\w-])",
                any_case=True,
            ),
            which_unit,
        ),
        (
            _compiled(
                rf"(?:the )?(?P<season>spring|summer|autumn|fall|"
                rf"winter) (?:of )?(?P<year>{YEAR})",
                any_case=True,
            ),
            season,
        ),
        (
            _compiled(
                rf"{APPROX}(?:(?P<n>{NUMBER}|{VAGUE})[ -])?(?P<unit>{UNIT}) (?P<dir>ago|earlier|before|from now|previously)",
                any_case=True,
            ),
            ago,
        ),
        (
            _compiled(
                rf"(?:the )?(?:(?P<which>last year|this year|"
                rf"next year)[’']s )?(?:fiscal )?(?:(?P<year>{YEAR})(?:[’']s)? )?(?:fiscal )?(?P<n>first|second|third|"
                rf"fourth)[- ]quarter(?:s)?(?:,? (?:of |in )?(?P<year2>{YEAR}|last year|this year))?",
                any_case=True,
            ),
            quarter,
        ),
        (
            _compiled(
                rf"(?:the )?(?:year-(?:earlier|ago)|corresponding|same|latest|{YEAR})(?: (?:year-(?:earlier|ago)|"
                rf"corresponding))? (?:quarter|period)(?: (?:last year|a year (?:ago|earlier)|of last year))?|"
                rf"(?:the )?year-earlier|(?:the )?year-ago|the quarter",
                any_case=True,
            ),
            same_quarter,
        ),
        (
            _compiled(
                rf"(?P<lead>(?:(?:the|each of the|an? additional|another|more than|over|nearly|almost|about|at least|"
                rf"less than|within|up to|around|roughly|some|just|only) )?(?:(?:first|last|past|next|previous|coming|"
                rf"final|following) )?)(?P<n>{NUMBER}|{VAGUE})(?: more| additional| full| consecutive| straight|"
                rf" trading| working)?[ -](?P<unit>{UNIT})(?:-long)?(?!-old|[’']s [a-z]+ ago)",
                any_case=True,
            ),
            length,
        ),
        (
            _compiled(
                r"(?P<lead>the )(?P<n>)(?:last|past|next|coming|early) (?P<unit>days|weeks|months|years|decades|hours|minutes)",
                any_case=True,
            ),
            length,
        ),
        (
            _compiled(r"(?P<lead>)(?P<n>)(?<=for )(?P<unit>hours|days|weeks|months|years|decades|centuries)", any_case=True),
            length,
        ),
        (
            _compiled(
                rf"(?:the )?(?:three months|quarter|period) (?:ended|"
                rf"ending) (?P<month>{MON})(?: \d{{1,2}})?(?:,? (?P<year>{YEAR}))?"
            ),
            quarter_ended,
        ),
        (_compiled(r"the weekend", any_case=True), weekend),
        (
            _compiled(
                rf"(?:daily|weekly|monthly|annually|yearly|hourly)|(?:every|each) (?P<unit>{UNIT}|{DAY}|{MON})",
                any_case=True,
            ),
            set,
        ),
        (_compiled(r"(?:the )?(?:early |late |mid-?)?(?:(?P<d>(?:1[5-9]|20)\d0|[’']?\d0)[’']?s)", any_case=True), decade),
        (
            _compiled(
                r"(?:the )?(?P<n>\d{1,2}(?:st|nd|rd|th)|nineteenth|twentieth|twenty-first|eighteenth|seventeenth) century",
                any_case=True,
            ),
            century,
        ),
        (_compiled(rf"(?:(?:early|late|mid)[ -])?(?P<fiscal>fiscal )?(?<!\$)(?P<year>{YEAR})(?!,\d|[\d%-]|\.\d)"), year),
        (
            _compiled(
                rf"(?:(?P<h>1[0-2]|[1-9])(?::(?P<min>[0-5]\d))? ?(?P<ampm>[ap]\.?m\b\.?)|(?P<noon>noon|midnight|"
                rf"midday)|(?P<oclock>{'|'.join(HOURS)}|1[0-2]|[1-9]) o[’']clock (?:in the (?P<part>morning|"
                rf"afternoon|evening)|at night))(?: (?:local time |EST |EDT |GMT )?(?:on )?(?P<weekday>{DAY})(?!,? \d))?",
                any_case=True,
            ),
            clock,
        ),
        (
            _compiled(
                r"now|currently|current|at present|at the moment|nowadays|these days|right now|at this (?:time|point)",
                any_case=True,
            ),
            reference("PRESENT_REF"),
        ),
        (_compiled(r"recently|(?:in )?the past(?=\s*(?:[,.;!?]|\Z))", any_case=True), reference("PAST_REF")),
        (
            _compiled(r"the (?:near |foreseeable )?future|coming (?:days|weeks|months|years)|future", any_case=True),
            reference("FUTURE_REF"),
        ),
    )
