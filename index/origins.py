"""One text under two mastheads is one origin. First, narrow rule: most of the word runs of the shorter text are the
longer one's. Bylines, credits and notices come later; what this does not see stays its own origin."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array

RUN = 5  # words in a run
SAMPLE = 8  # one run in eight is kept, chosen by its hash, so that the same runs are kept in every article
LEAST_SHARED = 4  # sampled runs; below this a text is too short to say
SAME_SHARE = 0.6  # of the shorter text's sampled runs

_WORD = re.compile(r"\w+")


def fingerprint(text: str) -> frozenset[int]:
    """Sampled 63-bit hashes of the text's runs of five words; punctuation and case play no part."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    kept: set[int] = set()
    for at in range(len(words) - RUN + 1):
        digest = hashlib.blake2b(" ".join(words[at : at + RUN]).encode("utf-8", "replace"), digest_size=8)
        value = array("Q", digest.digest())[0] >> 1
        if value % SAMPLE == 0:
            kept.add(value)
    return frozenset(kept)


def same_text(shared: int, size: int, other_size: int) -> float | None:
    """The share of the shorter text's runs that both hold, where that makes them one text; else None."""
    shorter = min(size, other_size)
    if shared < LEAST_SHARED or not shorter:
        return None
    share = shared / shorter
    return share if share >= SAME_SHARE else None


def origin_id(article_id: str) -> str:
    """A group's name, from its first member, telling nothing about it."""
    return "o" + hashlib.sha256(f"origin {article_id}".encode()).hexdigest()[:12]
