"""What of a text is read beside a claim: the claim taken apart into sentences, and for each the sentences of the
evidence that hold most of its words. Pure functions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from index.sentences import Span, sentences
from index.terms import terms

MOST_WORDS = 100  # of evidence beside one sentence: about 130 word pieces
SEEN_AGAIN = 0.3  # what a word counts that a sentence already chosen holds
LEAST_GAIN = 0.12  # of what the first sentence brought: what brings less is left out
MOST_PASSAGE = 150  # words that a citation of a whole text is narrowed to
MOST_WINDOWS, MOST_QUOTES = 2, 3  # runs of sentences; quotes that a list of sources gives
LEAST_WORDS = 4  # a shorter piece of a claim is read with the piece before it

# text as corpora tokenise it: `` quoted '' , do n't , a stop set apart
_TOKENISED = (
    (re.compile(r"``|''"), '"'),
    (re.compile(r"\\'"), "'"),
    (re.compile(r" (n't|'(?:s|re|ve|ll|d|m)\b)"), r"\1"),
    (re.compile(r" ([,;:%)\]]|[.!?]\Z)"), r"\1"),
    (re.compile(r"([(\[]) "), r"\1"),
    (re.compile(r"\s+"), " "),
)
_SET_APART = re.compile(r"\s[.!?]\s+")  # a stop with a space before it ends a sentence, whatever follows


def plain(text: str) -> str:
    """The text as it would be printed, where a corpus has it in tokens."""
    for pattern, by in _TOKENISED:
        text = pattern.sub(by, text)
    return text.strip()


def pieces(text: str) -> list[str]:
    """The sentences of a text, by line, of whatever make."""
    found: list[str] = []
    for line in text.splitlines():
        start = 0
        for match in _SET_APART.finditer(line):
            found += _whole(line[start : match.start()] + match.group()[1])
            start = match.end()
        found += _whole(line[start:])
    return found


def _whole(part: str) -> list[str]:
    text = plain(part)
    return [text[start:end] for start, end in sentences(text)]


def claims_in(text: str) -> list[str]:
    """The sentences of a claim; what is too short to be one is read with the sentence before it."""
    found: list[str] = []
    for piece in pieces(text):
        if found and len(piece.split()) < LEAST_WORDS:
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found or [plain(text)]


@lru_cache(maxsize=1024)
def read(evidence: str) -> tuple[tuple[str, ...], tuple[frozenset[str], ...]]:
    parts = tuple(pieces(evidence))
    return parts, tuple(frozenset(terms(part)) for part in parts)


def beside(claim: str, evidence: str, most: int = MOST_WORDS) -> str:
    """The sentences of the evidence, in their order, that together hold most of the claim's words; at most `most` words,
    the first one whole whatever its length. Each word weighs by how few sentences hold it."""
    parts, held = read(evidence)
    return " ".join(parts[at] for at in sorted(_chosen(frozenset(terms(claim)), parts, held, most)))


def _chosen(wanted: frozenset[str], parts: Sequence[str], held: Sequence[frozenset[str]], most: int) -> list[int]:
    lengths = [len(part.split()) for part in parts]
    if sum(lengths) <= most:
        return list(range(len(parts)))
    common = Counter(term for one in held for term in one & wanted)
    weight = {term: math.log(1 + len(parts) / n) for term, n in common.items()}
    left, chosen, first = dict(weight), list[int](), 0.0
    while True:
        room = most - sum(lengths[at] for at in chosen)
        fits = [at for at in range(len(parts)) if at not in chosen and (lengths[at] <= room or not chosen)]
        gains = {at: sum(left[t] for t in held[at] & wanted) for at in fits}
        best = max(gains, key=lambda at: (gains[at], -at), default=-1)
        if best < 0 or gains[best] <= LEAST_GAIN * first:
            break
        chosen.append(best)
        first = first or gains[best]
        for term in held[best] & wanted:
            left[term] = SEEN_AGAIN * weight[term]
    return chosen or [0]


@lru_cache(maxsize=64)
def _sentences(text: str, of: tuple[Span, ...] | None) -> tuple[list[Span], list[str], list[frozenset[str]]]:
    spans = list(of or sentences(text))
    parts = [text[start:end] for start, end in spans]
    return spans, parts, [frozenset(terms(part)) for part in parts]


def windows(claim: str, text: str, of: Sequence[Span] | None = None, most: int = MOST_PASSAGE) -> list[Span]:
    """Where in a text the words stand that a sentence citing all of it can lean on: at most `MOST_WINDOWS` runs of whole
    sentences, in order, `most` words in all. `of`: the spans to choose from, where the citation names them."""
    spans, parts, held = _sentences(text, tuple(of) if of else None)
    chosen = sorted(_chosen(frozenset(terms(claim)), parts, held, most)) if spans else []
    runs: list[list[int]] = []
    for at in chosen:
        if runs and at - runs[-1][-1] <= 2 and not of:
            runs[-1].append(at)  # with the one sentence between
        else:
            runs.append([at])
    wanted = frozenset(terms(claim))
    runs.sort(key=lambda run: (-len(wanted.intersection(terms(text[spans[run[0]][0] : spans[run[-1]][1]]))), run[0]))
    return sorted((spans[run[0]][0], spans[run[-1]][1]) for run in runs[: MOST_QUOTES if of else MOST_WINDOWS])
