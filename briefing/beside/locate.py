"""Finding a quote in a text exactly, where exactly means: after folding what only looks different. Never fuzzy."""

from __future__ import annotations

import re
import unicodedata

FOLDS = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "…": "..."}
_UNEVEN = re.compile(r"\A\s|\s\s|[^\S ]")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")


def folded(text: str) -> str:
    """NFKC; quotes, dashes and ellipses as one kind; invisible characters gone; spaces single. For matching only."""
    return "".join(folded_with_offsets(text)[0]).strip()


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Where `text` holds the quote: offsets into the text as it is, or None."""
    needle = folded(quote)
    if not needle:
        return None
    characters, offsets = folded_with_offsets(text)
    folded_text, at = "".join(characters), -1
    while (at := folded_text.find(needle, at + 1)) >= 0:
        last = at + len(needle) - 1
        begins = at == 0 or offsets[at - 1] != offsets[at]  # not inside what one character folds to (“¼” is “1⁄4”)
        ends = last + 1 == len(offsets) or offsets[last + 1] != offsets[last]
        if begins and ends:
            return offsets[at], offsets[last] + 1
    return None


def folded_with_offsets(text: str) -> tuple[list[str], list[int]]:
    """The folded characters, and for each the position it comes from."""
    if text.isascii() and not _UNEVEN.search(text):
        return list(text), list(range(len(text)))  # nothing to fold
    characters: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(text):
        if "!" <= character <= "~":  # folds to itself
            characters.append(character)
            offsets.append(position)
            continue
        if INVISIBLE.match(character):
            continue
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                offsets.append(position)
            continue
        for one in FOLDS.get(character) or unicodedata.normalize("NFKC", character).strip():
            characters.append(FOLDS.get(one, one))
            offsets.append(position)
    return characters, offsets
