"""Past or to come: whether a day that a sentence names lies before it was written or after, decided in one place.

Learned, not written: a sum of weights of the words around the day (logistic regression). The examples are days that news
names with their date, so that nobody had to label them; `model/train_tense.py` makes the file and says from what."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

REACH = 20  # words on either side that are looked at
BEFORE, AFTER = 200, 120  # characters that hold them
_WORD = re.compile(r"[A-Za-z][A-Za-z’']*|\d[\d,.:]*|[,;:.!?—–“”\"()]")
_BREAK = frozenset(";:.!?")
_MARKS = frozenset(',;:.!?—–“”"()')
_TO_COME = frozenset(
    "will would shall to set due scheduled expected expects plans planning next until by upcoming going if may could should must "
    "ahead before when through begins starts effective payable".split()
)
_WAS = frozenset(
    "was were had did went came took made met fell rose left won lost shot struck hit began said told spoke gave held sent wrote "
    "became put saw found died".split()
)
_NAMELESS = frozenset(  # capitalised at a sentence's head, and no names
    "the a an it he she they we i you in on at by for from to of and but or when while as after before until if this that "
    "these those there here his her their our its both one two all some many most more no not until since early late later "
    "last next what who how where why with without under over about image photo photos".split()
)


def features(sentence: str, start: int, end: int, distance: str) -> Iterator[str]:
    """What the words around `sentence[start:end]` and the distance tell, as names of weights. Names and
    numbers are told apart from words and not from one another, so that no name weighs anything."""
    before = [_folded(m.group()) for m in _WORD.finditer(sentence, max(0, start - BEFORE), start)][-REACH:]
    after = [_folded(m.group()) for m in _WORD.finditer(sentence, end, min(len(sentence), end + AFTER))][:REACH]
    yield "bias"
    yield distance
    for place, word in zip(("b1", "b2", "b3"), reversed(before), strict=False):
        yield f"{place} {word}"
    if len(before) > 1:
        yield f"b21 {before[-2]} {before[-1]}"
    for place, word in zip(("a1", "a2"), after, strict=False):
        yield f"{place} {word}"
    clause = _since_break(before)
    yield from (f"c {word}" for word in {*clause})
    yield from (f"c {one} {two}" for one, two in {*pairwise(clause)})
    yield from (f"e {word}" for word in {*before[: len(before) - len(clause)]})
    yield from (f"a {word}" for word in {*after})
    told = any(_is_past(w) for w in clause)
    awaited = any(w in _TO_COME for w in clause)
    yield f"past {told} to come {awaited}"
    yield f"{distance} past {told} to come {awaited}"
    nearest = next((w in _TO_COME for w in reversed(clause) if _is_past(w) or w in _TO_COME), None)
    yield f"nearest to come {nearest}"
    yield f"{distance} nearest to come {nearest}"
    behind = _before_break(after)
    yield f"behind past {any(_is_past(w) for w in behind)} to come {any(w in _TO_COME for w in behind)}"
    if not before:
        yield "opens"


def _is_past(word: str) -> bool:
    return (word.endswith("ed") and len(word) > 4) or word in _WAS


def _before_break(words: list[str]) -> list[str]:
    """The words of the clause that goes on behind the day."""
    at = next((n for n, word in enumerate(words) if word in _BREAK or word == ","), len(words))
    return words[:at]


def _folded(word: str) -> str:
    if word[0].isdigit():
        return "#"
    low = word.lower().replace("’", "'")
    return "Name" if word[0].isupper() and low not in _NAMELESS and word not in {"I"} else low


def _since_break(words: list[str]) -> list[str]:
    """The words of the clause that leads up to the day."""
    at = max((n + 1 for n, word in enumerate(words) if word in _BREAK), default=0)
    return words[at:]


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    told: dict[str, float] = json.loads((files("index.calendar") / "model" / "tense.json").read_text(encoding="utf-8"))["weights"]
    return told


def ahead(sentence: str, start: int, end: int, distance: str) -> float:
    """The log-odds that the day named by `sentence[start:end]` is still to come. `distance`: "back 1" to "back 6" for a day of
    the week that was so many days ago (or is to come in seven less), "far" for a date further off."""
    weights = _weights()
    return math.fsum(weights.get(name, 0.0) for name in {*features(sentence, start, end, distance)})


def chance(log_odds: float) -> float:
    """The probability in [0, 1] of these log-odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
