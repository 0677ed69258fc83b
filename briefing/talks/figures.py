"""Numbers of things that people count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.calendar.numbers import NUMBER

PEOPLE = "people civilians soldiers fighters villagers residents children families workers troops men women".split()
BEFALLEN = (
    "killed dead wounded injured displaced detained arrested missing abducted kidnapped uprooted".split()
)  # what befell them
THINGS = (
    "prisoners hostages homes houses strikes shells rockets observers incidents violations breaches dead killed wounded".split()
)
_LARGE = r"(?: hundred| thousand)?"
_FIGURE = re.compile(
    rf"(?<![\w.,$])(?P<n>(?:{NUMBER}){_LARGE})(?![\w%]|[.:]\d|-(?:day|week|month|hour|year|kilomet))\s+(?:[a-z]+ ){{0,2}}?"
    rf"(?:(?:{'|'.join(PEOPLE)})\b[^.;,]{{0,40}}?\b(?P<of>{'|'.join(BEFALLEN)})|(?P<thing>{'|'.join(THINGS)}))\b",
    re.IGNORECASE,
)


_COUNTED = re.compile(rf"\b(?:{'|'.join(sorted({*BEFALLEN, *THINGS}))})\b", re.IGNORECASE)


def figures(text: str) -> Iterator[re.Match[str]]:
    """Every figure in a text; most texts hold nothing that is counted."""
    return _FIGURE.finditer(text) if _COUNTED.search(text) else iter(())


_CALLED = {"dead": "killed", "injured": "wounded", "incidents": "violations", "breaches": "violations"}


def counted(match: re.Match[str]) -> str:
    """What a figure counts: what befell people, or a thing."""
    what = (match["of"] or match["thing"]).casefold()
    return _CALLED.get(what, what)
