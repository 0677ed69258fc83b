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

REACH = 12  # words on either side that are looked at
BEFORE, AFTER = 160, 100  # characters that hold them
_WORD = re.compile(r"[A-Za-z][A-Za-z’']*|\d[\d,.:]*|[,;:.!?—–“”\"()]")
_BREAK = frozenset(";:.!?")
_MARKS = frozenset(',;:.!?—–“”"()')
_NAMELESS = frozenset(  # capitalised at a sentence's head, and no names
    "the a an it he she they we i you in on at by for from to of and but or when while as after before until if this that "
    "these those there here his her their our its both one two all some many most more no not until since early late later "
    "last next what who how where why with without under over about image photo photos".split()
)


def features(sentence: str, start: int, end: int) -> Iterator[str]:
    """What the words around `sentence[start:end]` tell, as names of weights. Names and numbers are told apart from words and
    not from one another, so that no name weighs anything."""
    before = [_folded(m.group()) for m in _WORD.finditer(sentence, max(0, start - BEFORE), start)][-REACH:]
    after = [_folded(m.group()) for m in _WORD.finditer(sentence, end, min(len(sentence), end + AFTER))][:REACH]
    yield "bias"
    for place, word in zip(("b1", "b2", "b3"), reversed(before), strict=False):
        yield f"{place} {word}"
    if len(before) > 1:
        yield f"b21 {before[-2]} {before[-1]}"
    for place, word in zip(("a1", "a2"), after, strict=False):
        yield f"{place} {word}"
    clause = _since_break(before)
    yield from (f"c {word}" for word in {*clause})
    yield from (f"c {one} {two}" for one, two in {*zip(clause, clause[1:], strict=False)})
    yield from (f"e {word}" for word in {*before[: len(before) - len(clause)]})
    yield from (f"a {word}" for word in {*after})
    verb = next((w for w in reversed(clause) if w.endswith("ed") and len(w) > 4), None)
    yield "past participle before" if verb else "none before"
    if any(w.endswith("ed") and len(w) > 4 for w in after[:5]):
        yield "past participle behind"
    if not before:
        yield "opens"


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
    return weights.get(distance, 0.0) + math.fsum(weights.get(name, 0.0) for name in {*features(sentence, start, end)})


def chance(log_odds: float) -> float:
    """The probability in [0, 1] of these log-odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
