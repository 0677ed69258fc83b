"""The ground: article, passage, evidence. Standard library only."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime

from index.calendar.instants import local_day

ArticleId = str
PassageId = str

_NOT_WORDS = re.compile(r"[\W_]+")


LOCAL_ONLY = "local only: its words stay on this machine"  # a note of an article


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published text as it was archived; never changed afterwards. All times are UTC."""

    id: ArticleId
    outlet: str
    text: str
    title: str | None = None
    url: str | None = None
    external_id: str | None = None
    published: datetime | None = None
    published_is_day: bool = False  # only a day was given: `published` is its first instant
    published_offset: int | None = None  # minutes east of UTC, as the outlet wrote it
    updated: datetime | None = None
    first_seen: datetime
    knowable_from: datetime | None  # None: undated, never used under an as-of
    superseded_from: datetime | None = None  # when the next version of the same address became knowable
    version_of: ArticleId | None = None
    origin_id: ArticleId  # the article that stands for the origin; its own id where unknown
    notes: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1, as the source says or as its words tell
    published_how: str | None = None  # what `published` was read from
    page_starts: tuple[int, ...] = ()  # where each page of a paged document begins; empty for anything else

    def page_of(self, offset: int) -> int | None:
        """The page, from 1, that holds this character; None where the article has no pages."""
        return bisect_right(self.page_starts, offset) or None if self.page_starts else None

    @property
    def local_day(self) -> date | None:
        """The day of publication on the outlet's own calendar: what its "Thursday" counts from."""
        return None if self.published is None else local_day(self.published, self.published_offset)

    @property
    def name(self) -> str:
        """What to call it in a list: its title, or its first words."""
        return self.title or f"{self.text.strip()[:60]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A slice of one article: `article.text[start:end] == text`, always."""

    article_id: ArticleId
    start: int  # characters, inclusive
    end: int  # characters, exclusive
    text: str

    @property
    def id(self) -> PassageId:
        return f"{self.article_id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage as retrieved for one question, and why it ranks where it does."""

    passage: Passage
    article: Article
    score: float  # fused, ≥ 0, about 1 for the best; only comparable within one search
    similarity: float | None  # cosine in [-1, 1]; None where there is no vector
    bm25: float  # ≥ 0; 0 where no term matched
    matched: tuple[str, ...] = ()  # the question's terms (stems) that the passage or its headline holds
    sentence: tuple[int, int] | None = None  # where in the article the sentence lies that holds most of them
    carriers: int = 0  # other articles of its origin, folded under it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One input that did not become an article, and why. The rest of its batch goes on."""

    input: str
    reason: str


def article_id(outlet: str, address: str, text: str) -> ArticleId:
    """20 hex digits of sha256 over outlet, canonical URL (or the id given with it) and the exact text."""
    joined = "\x00".join((outlet, address, text))
    return hashlib.sha256(joined.encode()).hexdigest()[:20]


def text_key(text: str) -> str:
    """sha256 of the words alone (NFKC, case, punctuation and spaces folded): equal for the same text restyled."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return hashlib.sha256(_NOT_WORDS.sub(" ", folded).strip().encode()).hexdigest()
