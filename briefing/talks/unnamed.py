"""Sources that are not named: how many, of what kind, whose, on what terms, and whether they were there themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from briefing.topics import Topic

_COUNTS: dict[str, int | None] = {"a": 1, "an": 1, "one": 1, "another": 1, "the": None, "two": 2, "both": 2, "three": 3}
_COUNTS |= {"four": 4, "five": 5, "six": 6, "seven": 7}
_KIND = re.compile(
    r"\b(?P<kind>official|diplomat|negotiator|mediator|aide|adviser|advisor|minister|lawmaker|spokesman|spokeswoman|"
    r"spokesperson|source|person|people|commander|officer|analyst|expert|envoy|resident|relative)s?\b",
    re.IGNORECASE,
)
_TERMS = re.compile(
    r"\bon (?:the )?condition of anonymity\b|\bon background\b|\bon condition that [^,.;]{4,80}|"
    r"\bwho (?:asked|spoke|declined|requested|insisted|were|was|is|are)\b[^.;]{0,40}?\b(?:not to be (?:named|"
    r"identified)|anonym\w+|not authori[sz]ed|"
    r"unnamed|to be (?:named|identified))\b(?: (?:to|because|discussing|as|since)\b[^.;,]{0,80})?",
    re.IGNORECASE,
)
_HEARD = re.compile(
    r"\b(?:briefed on|familiar with|with knowledge of|close to|told by|who (?:had |have )?seen|informed (?:of|about))\b",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"\b(?:involved in|present at|who (?:took part|attended|was there|were there)|taking part|in the room|direct knowledge)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """`count` None: more than one, nobody says how many. `hand`: "first" where the words say that they took part, "second" where
    they only know of it, None where nothing tells."""

    count: int | None
    kind: str | None
    side: str | None  # the party whose they are
    terms: str | None  # in the text's own words
    hand: Literal["first", "second"] | None


def unnamed(words: str, sentence: str, topic: Topic) -> Unnamed:
    """What the words that describe a source, and its sentence, say of it."""
    first = words.split()[0].casefold() if words.split() else ""
    kind = _KIND.search(words)
    plural = kind is not None and (kind.group().casefold().endswith("s") or kind["kind"].casefold() == "people")
    count = _COUNTS.get(first, None if plural else 1)
    side = next(
        (
            p.name
            for p in topic.parties
            if any(re.search(rf"\b{re.escape(w)}(?:\b|’)", words) for w in (*p.adjectives, *p.names, *p.offices))
        ),
        None,
    )
    terms = _TERMS.search(sentence)
    both = f"{words} {sentence}"
    hand: Literal["first", "second"] | None = "first" if _THERE.search(both) else "second" if _HEARD.search(both) else None
    return Unnamed(
        count=None if count is None or (plural and count == 1) else count,
        kind=kind["kind"].casefold() if kind else None,
        side=side,
        terms=terms.group() if terms else None,
        hand=hand,
    )
