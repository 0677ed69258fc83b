"""Numbers of things that people count, in figures and in words."""

from __future__ import annotations

import re

PEOPLE = "people civilians soldiers fighters villagers residents children families workers troops men women".split()
BEFALLEN = (
    "killed dead wounded injured displaced detained arrested missing abducted kidnapped uprooted".split()
)  # what befell them
THINGS = (
    "prisoners hostages homes houses strikes shells rockets observers incidents violations breaches dead killed wounded".split()
)
_WORDS = {
    w: n
    for n, w in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen "
        "twenty".split(),
        start=1,
    )
}
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_NUMBER = rf"\d{{1,3}}(?:,\d{{3}})+|\d+|(?:{'|'.join(_TENS)})(?:-(?:{'|'.join([*_WORDS][:9])}))?|{'|'.join(_WORDS)}"
_LARGE = r"(?: hundred| thousand)?"
FIGURE = re.compile(
    rf"(?<![\w.,$])(?P<n>(?:{_NUMBER}){_LARGE})(?![\w%]|[.:]\d|-(?:day|week|month|hour|year|kilomet))\s+(?:[a-z]+ ){{0,2}}?"
    rf"(?:(?:{'|'.join(PEOPLE)})\b[^.;,]{{0,40}}?\b(?P<of>{'|'.join(BEFALLEN)})|(?P<thing>{'|'.join(THINGS)}))\b",
    re.IGNORECASE,
)


def counted(match: re.Match[str]) -> str:
    """What a figure counts: what befell people, or a thing."""
    what = (match["of"] or match["thing"]).casefold()
    return {"dead": "killed", "injured": "wounded"}.get(what, what)


def number(words: str) -> int | None:
    """The value of a number as written: `1,200`, `thirty-one`, `two hundred`; None where it is none."""
    folded = words.casefold().replace(",", "")
    large = 1
    for word, times in (("hundred", 100), ("thousand", 1_000)):
        if folded.endswith(f" {word}"):
            folded, large = folded.removesuffix(f" {word}"), times
    if folded.isdecimal():
        return int(folded) * large
    tens, _, ones = folded.partition("-")
    value = _TENS.get(tens, 0) + _WORDS.get(ones, 0) if tens in _TENS else _WORDS.get(folded)
    return None if value is None else value * large
