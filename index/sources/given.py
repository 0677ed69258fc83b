"""What a reader of sources is given, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

from index.archive import NewArticle
from index.article import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user said about texts that carry no data of their own."""

    published: str | None = None
    source: str | None = None
    title: str | None = None
    url: str | None = None
    local_only: bool = False  # no word of it is to leave this machine


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of a folder that is no article by its name or type; counted apart from what was rejected."""

    input: str


Item = NewArticle | Rejected | Skipped
