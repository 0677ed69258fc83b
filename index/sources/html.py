"""Pages: trafilatura finds the text a reader would see; the page's own data say when, by whom, in which language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from index.archive import NewArticle
from index.article import Rejected
from index.calendar.instants import parse_stamp
from index.errors import UnreadableInput
from index.language import declared
from index.sources.fields import article
from index.sources.hidden import take_out

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from index.sources.given import Given

LEAST_TEXT = 40  # characters; less than that is a menu, not an article
MOST_BYTES = 15 * 1024 * 1024
MOST_ELEMENTS = 400_000
MOST_DEPTH = 2_000
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datePublished",
    "dcterms.created", "DC.date.issued", "dc.date", "DC.date", "dcterms.date", "sailthru.date", "parsely-pub-date",
    "cXenseParse:recs:publishtime", "pubdate", "publish-date", "date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "dateModified")
_BLOCKED = re.compile(r"\s*[\[{]")


def read_html(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One article of a page. Raises UnreadableInput where it holds none."""
    yield page(content, given)


def page(content: bytes, given: Given, *, fetched_from: str | None = None) -> NewArticle:
    """The article of a page's bytes. Raises UnreadableInput."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document
    from trafilatura.utils import load_html

    if b"\x00" in content[:8192] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableInput("the file is binary, not text")
    if len(content) > MOST_BYTES:
        raise UnreadableInput(f"the page is larger than {MOST_BYTES >> 20} MiB")
    tree = load_html(content)
    if tree is None:
        raise UnreadableInput("it is not an HTML page")
    _within_limits(tree)
    meta, linked = _meta(tree), _linked_data(tree)
    url = given.url or fetched_from
    address = _canonical(tree, url) or url
    language = declared(tree.get("lang")) or declared(meta.get("og:locale"))
    hidden = take_out(tree)
    found = bare_extraction(tree, url=url, with_metadata=True, include_comments=False, include_tables=True)
    text = (found.text or "").strip() if isinstance(found, Document) else ""
    if not isinstance(found, Document) or len(text) < LEAST_TEXT:
        visible = len("".join(tree.text_content().split()))
        raise UnreadableInput(f"no article text was found in the page ({visible} visible characters, {hidden} hidden)")
    address = address or found.url
    published, how = _published(given, meta, linked, tree, found.date)
    fields = {
        "text": text,
        "title": given.title or found.title,
        "source": given.source or found.sitename or (urlsplit(address).hostname if address else None),
        "url": address,
        "published": published,
        "updated": _first_time((("meta", meta.get(name)) for name in _UPDATED), linked.get("dateModified"))[0],
        "published_how": how,
        "language": language,
        "authors": [name.strip() for name in (found.author or "").split(";") if name.strip()],
    }
    notes = (f"text hidden from a reader was left out ({hidden} characters)",) if hidden else ()
    return article(fields, given, notes=notes, original=content)


def _within_limits(tree: HtmlElement) -> None:
    depth = elements = 0
    stack = [(tree, 1)]
    while stack:
        element, level = stack.pop()
        elements += 1
        depth = max(depth, level)
        if elements > MOST_ELEMENTS:
            raise UnreadableInput(f"the page has more than {MOST_ELEMENTS:,} elements")
        if depth > MOST_DEPTH:
            raise UnreadableInput(f"the page is nested more than {MOST_DEPTH:,} deep")
        stack.extend((child, level + 1) for child in element)


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The page's meta elements by property or name, first one wins."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("itemprop") or element.get("name")
        if name and (value := element.get("content")):
            found.setdefault(name, value.strip())
    return found


def _canonical(tree: HtmlElement, url: str | None) -> str | None:
    """The address the page says is its own, if it is on the host it came from."""
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and (href := (link.get("href") or "").strip()):
            absolute = urljoin(url, href) if url else href
            same_host = not url or _host(absolute) == _host(url)
            if absolute.startswith(("http://", "https://")) and same_host and urlsplit(absolute).path.strip("/"):
                return absolute
    return None


def _host(url: str) -> str:
    return re.sub(r"\A(?:www|m|mobile|amp)\.", "", (urlsplit(url).hostname or "").lower())


def _linked_data(tree: HtmlElement) -> dict[str, str]:
    """Dates of the page's JSON-LD article, the first that gives any."""
    for script in tree.iter("script"):
        text = script.text or ""
        if (script.get("type") or "").lower() != "application/ld+json" or not _BLOCKED.match(text):
            continue
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            dates = {k: str(node[k]) for k in ("datePublished", "dateModified") if isinstance(node.get(k), str)}
            if "datePublished" in dates:
                return dates
    return {}


def _nodes(data: Any, most: int = 2_000) -> Iterator[dict[str, Any]]:
    stack = [data]
    while stack and most:
        most -= 1
        node = stack.pop(0)
        if isinstance(node, dict):
            yield node
            stack.extend(v for v in node.values() if isinstance(v, dict | list))
        elif isinstance(node, list):
            stack.extend(node)


def _published(
    given: Given, meta: Mapping[str, str], linked: Mapping[str, str], tree: HtmlElement, guessed: str | None
) -> tuple[str | None, str | None]:
    """When the page was published, and what says so: the user, the page's data, its <time>, or what it looks like."""
    if given.published:
        return given.published, "given"
    lower = {k.lower(): v for k, v in meta.items()}
    named = [(f"meta {name}", lower.get(name.lower())) for name in _PUBLISHED]
    found = _first_time([("JSON-LD datePublished", linked.get("datePublished")), *named])
    if found[0] is None:
        times = [("time element", t.get("datetime")) for t in tree.iter("time") if t.get("pubdate") is not None]
        times += [("time element", t.get("datetime")) for t in tree.iter("time") if t.get("itemprop") == "datePublished"]
        found = _first_time(times)
    if found[0] is None and guessed:
        return guessed, "found in the page"
    return found


def _first_time(*candidates: Any) -> tuple[str | None, str | None]:
    """The first value that reads as a time, with what it was read from; what does not is the page's fault."""
    for group in candidates:
        for how, value in [("JSON-LD", group)] if isinstance(group, str) else (group or ()):
            if not value:
                continue
            try:
                parse_stamp(value)
            except ValueError:
                continue
            return value, how
    return None, None
