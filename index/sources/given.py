"""What a reader of sources is given, and what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from index.archive import NewArticle
from index.article import LOCAL_ONLY, Rejected


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


def noted(items: Iterable[Item], given: Given) -> Iterator[Item]:
    """Articles that are kept on this machine say so in their notes, from the start."""
    for item in items:
        if given.local_only and isinstance(item, NewArticle):
            yield replace(item, notes=(*item.notes, LOCAL_ONLY))
        else:
            yield item
