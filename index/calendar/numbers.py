"""Whole numbers as news writes them: `1,200`, `thirty-one`, `two hundred`."""

from __future__ import annotations

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: n for n, word in enumerate(ONES)} | {word: 10 * n for n, word in enumerate(TENS, start=2)}
NUMBER = rf"\d{{1,3}}(?:,\d{{3}})+|\d+|(?:{'|'.join(TENS)})(?:-(?:{'|'.join(ONES[1:10])}))?|{'|'.join(reversed(ONES[1:]))}"
_LARGE = {" hundred": 100, " thousand": 1_000}


def number(words: str) -> int | None:
    """The value of a number as written; None where it is none."""
    folded = words.casefold().replace(",", "")
    for word, times in _LARGE.items():
        if folded.endswith(word):
            value = number(folded.removesuffix(word))
            return None if value is None else value * times
    if folded.isdecimal():
        return int(folded)
    parts = folded.split("-")
    return sum(WORDS[part] for part in parts) if all(part in WORDS for part in parts) else None
