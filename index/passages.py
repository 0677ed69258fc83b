"""Articles become passages: a few whole sentences each, exact offsets, never across what the embedding reads at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.article import Article, Passage
from index.sentences import Span, sentences

# 1,000 characters of English news are about 220 word pieces: inside the 256 the built-in embedding reads.
LONGEST = 1_000  # characters
# Embedding is what an index costs, and more vectors of one article serve quoting, not ranking: past the first LEAD passages
# one vector stands for STEP of them. Terms cover every passage.
LEAD, STEP = 2, 4
SPLITTER = f"sentences-{LONGEST}-title-{LEAD}/{STEP}-v2"  # part of the index identity: change it and all is made again


def split(article: Article) -> list[Passage]:
    """Passages in order, each at most LONGEST characters; together they hold every sentence once."""
    return [
        Passage(article_id=article.id, start=start, end=end, text=article.text[start:end])
        for start, end in _packed(list(_pieces(article.text)))
    ]


def indexed_text(article: Article, passage: Passage) -> str:
    """What is embedded and what terms are taken from: the headline tells what the passage is about."""
    return f"{article.title}\n{passage.text}" if article.title else passage.text


def stands_for(position: NDArray[np.int32]) -> NDArray[np.int32]:
    """For passages by their position in an article, the position of the one whose vector stands for it."""
    return np.where(position < LEAD, position, LEAD + (position - LEAD) // STEP * STEP).astype(np.int32)


def _pieces(text: str) -> Iterator[Span]:
    """Sentences, the endless ones cut at a space."""
    for start, end in sentences(text):
        while end - start > LONGEST:
            cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
            cut = cut if cut > 0 else start + LONGEST
            yield start, cut
            start = cut + 1 if text[cut : cut + 1] == " " else cut
        if start < end:
            yield start, end


def _packed(pieces: list[Span]) -> Iterator[Span]:
    """Neighbours joined while they fit."""
    start: int | None = None
    last = 0
    for begin, end in pieces:
        if start is not None and end - start > LONGEST:
            yield start, last
            start = None
        if start is None:
            start = begin
        last = end
    if start is not None:
        yield start, last
