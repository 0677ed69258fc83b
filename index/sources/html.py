"""Saved pages: trafilatura finds the text a reader would see; the page's own data say when and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.fields import article
from index.times import parse_stamp

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from index.sources.inputs import Given

LEAST_TEXT = 40  # characters; less than that is a menu, not an article
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datePublished",
    "date",
    "DC.date.issued",
)
_UPDATED = ("article:modified_time", "og:updated_time", "dateModified")


def read_html(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One article of a saved page. Raises UnreadableInput where it holds none."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document
    from trafilatura.utils import load_html

    if b"\x00" in content[:8192] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableInput("the file is binary, not text")
    tree = load_html(content)
    if tree is None:
        raise UnreadableInput("it is not an HTML page")
    page = bare_extraction(tree, url=given.url, with_metadata=True, include_comments=False, include_tables=True)
    text = (page.text or "").strip() if isinstance(page, Document) else ""
    if not isinstance(page, Document) or len(text) < LEAST_TEXT:
        raise UnreadableInput("no article text was found in the page")
    meta = _meta(tree)
    url = given.url or page.url
    fields = {
        "text": text,
        "title": given.title or page.title,
        "source": given.source or page.sitename or (urlsplit(url).hostname if url else None),
        "url": url,
        "published": given.published or _time(meta, _PUBLISHED) or page.date,
        "updated": _time(meta, _UPDATED),
    }
    yield article(fields, given)


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The page's meta elements by property or name, first one wins."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("itemprop") or element.get("name")
        if name and (value := element.get("content")):
            found.setdefault(name, value.strip())
    return found


def _time(meta: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The first of these that reads as a time; what does not is the page's fault and is passed over."""
    for name in names:
        if value := meta.get(name):
            try:
                parse_stamp(value)
            except ValueError:
                continue
            return value
    return None
