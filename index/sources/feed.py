"""Feeds as files or as fetched: RSS 0.9x to 2.0, RDF, Atom, JSON Feed. Also lists of addresses: OPML and sitemaps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.language import declared
from index.sources.fields import article
from index.sources.given import Given
from index.sources.mail import html_text

MOST_ITEMS = 5_000
MOST_ENTITIES = 200  # declared in a DTD; more is an attack, not a feed
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a feed: all text, nothing markup. `full` where it holds the body, not a teaser."""

    title: str | None
    link: str | None
    id: str | None
    text: str
    published: str | None
    updated: str | None
    authors: tuple[str, ...]
    source: str | None  # whom the feed itself credits (<source>)
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A parsed feed."""

    title: str | None
    link: str | None
    language: str | None
    items: tuple[Item, ...]
    problem: str | None  # what was wrong with it, where it could be read all the same


def parse(content: bytes, *, base: str | None = None, content_type: str | None = None) -> Feed:
    """A feed of any of the kinds. Raises UnreadableInput where it is none."""
    if not content.strip():
        raise UnreadableInput("the feed is empty")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(content, base)
    return _xml_feed(content, base, content_type)


def read_feed(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """Every item of a feed as an article; an item without words is named."""
    if b"<opml" in content[:4096].lower():
        raise UnreadableInput("it is an OPML list of feeds: `briefing feeds add FILE` takes it")
    if _is_sitemap(content):
        raise UnreadableInput("it is a sitemap, a list of addresses without texts: `briefing ingest URL` fetches it")
    feed = parse(content)
    if not feed.items:
        raise UnreadableInput(f"the feed holds no items{f' ({feed.problem})' if feed.problem else ''}")
    for number, item in enumerate(feed.items, start=1):
        try:
            yield item_article(item, feed, given)
        except UnreadableInput as error:
            yield Rejected(input=f"{label}:item {number}", reason=str(error))


def item_article(item: Item, feed: Feed, given: Given) -> NewArticle:
    """An item as an article of its feed's outlet. Raises UnreadableInput."""
    fields = {
        "text": item.text or item.title,
        "title": item.title,
        "source": given.source or feed.title,
        "url": item.link,
        "id": item.id,
        "published": item.published,
        "updated": item.updated,
        "published_how": "feed",
        "language": feed.language,
        "authors": list(item.authors),
    }
    notes = [] if item.full else ["a feed's summary, not the whole article"]
    if item.source and item.source != feed.title:
        notes.append(f"the feed credits {item.source}")
    return article(fields, given, notes=tuple(notes))


# ---- XML


def _xml_feed(content: bytes, base: str | None, content_type: str | None) -> Feed:
    import feedparser

    if len(_ENTITY.findall(content)) > MOST_ENTITIES:
        raise UnreadableInput(f"the feed declares more than {MOST_ENTITIES} entities")
    headers = {"content-location": base} if base else {}
    if content_type:
        headers["content-type"] = content_type
    try:
        found = feedparser.parse(content, response_headers=headers)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RecursionError,
        LookupError,
        AssertionError,
    ) as error:
        raise UnreadableInput(f"the feed cannot be parsed ({type(error).__name__})") from error
    problem = _problem(found)
    if not found.get("version") and not found.entries and not found.feed.get("title"):
        raise UnreadableInput(f"it is not a feed{f' ({problem})' if problem else ''}")
    return Feed(
        title=_plain(found.feed.get("title")),
        link=found.feed.get("link"),
        language=declared(found.feed.get("language")),
        items=tuple(_xml_item(entry) for entry in found.entries[:MOST_ITEMS]),
        problem=problem,
    )


def _problem(found: Any) -> str | None:
    error = found.get("bozo_exception") if found.get("bozo") else None
    return f"{type(error).__name__}: {str(error)[:80]}" if error is not None else None


def _xml_item(entry: Any) -> Item:
    contents = [c.get("value", "") for c in entry.get("content", [])]
    summary = entry.get("summary", "")
    longest = max([*contents, summary], key=len, default="")
    text, _ = html_text(longest) if _MARKUP.search(longest) else (longest.strip(), 0)
    names = [a.get("name") for a in entry.get("authors", []) if a.get("name")] or [entry.get("author")]
    return Item(
        title=_plain(entry.get("title")),
        link=entry.get("link"),
        id=entry.get("id"),
        text=text,
        published=_when(entry, "published") or _when(entry, "created") or _when(entry, "updated"),
        updated=_when(entry, "updated") if _when(entry, "published") else None,
        authors=tuple(name for name in names if name),
        source=_plain((entry.get("source") or {}).get("title")),
        full=bool(contents),
    )


def _when(entry: Any, name: str) -> str | None:
    """A date as feedparser read it, in UTC; None where it could not."""
    parsed = entry.get(f"{name}_parsed") if f"{name}_parsed" in entry else None
    if parsed is None:
        return None
    try:
        return datetime(*parsed[:6]).replace(tzinfo=UTC).isoformat()  # noqa: DTZ001 - feedparser gives UTC
    except (ValueError, OverflowError):
        return None


def _plain(value: Any) -> str | None:
    """A title as its reader sees it."""
    if not isinstance(value, str) or not value.strip():
        return None
    text = html_text(value)[0] if _MARKUP.search(value) else value
    return " ".join(text.split()) or None


# ---- JSON Feed (https://www.jsonfeed.org/version/1.1/)


def _json_feed(content: bytes, base: str | None) -> Feed:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableInput("it begins like a JSON Feed and is not JSON") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise UnreadableInput("it is JSON, but not a JSON Feed")
    items = [_json_item(i, base) for i in data["items"][:MOST_ITEMS] if isinstance(i, dict)]
    return Feed(
        title=_plain(data.get("title")),
        link=_text(data.get("home_page_url")),
        language=declared(_text(data.get("language"))),
        items=tuple(items),
        problem=None,
    )


def _json_item(item: Mapping[str, Any], base: str | None) -> Item:
    body = _text(item.get("content_html"))
    text = html_text(body)[0] if body else _text(item.get("content_text")) or _text(item.get("summary")) or ""
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    link = _text(item.get("url")) or _text(item.get("external_url"))
    return Item(
        title=_plain(item.get("title")),
        link=urljoin(base, link) if base and link else link,
        id=_text(item.get("id")),
        text=text,
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
        authors=tuple(a["name"] for a in authors or [] if isinstance(a, dict) and isinstance(a.get("name"), str)),
        source=None,
        full=bool(body or item.get("content_text")),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else str(value) if isinstance(value, int) else None


# ---- lists of addresses


def opml(content: bytes) -> list[tuple[str, str | None]]:
    """The feeds of an OPML list: address and title. Raises UnreadableInput."""
    root = _xml(content, "OPML list")
    found = [
        (url.strip(), outline.get("title") or outline.get("text"))
        for outline in root.iter()
        if isinstance(outline.tag, str) and outline.tag.lower() == "outline" and (url := outline.get("xmlUrl"))
    ]
    if not found:
        raise UnreadableInput("the OPML list names no feed")
    return found


def sitemap(content: bytes) -> list[tuple[str, bool]]:
    """The addresses of a sitemap (pages: False; further sitemaps: True). News sitemaps too. Raises UnreadableInput."""
    root = _xml(content, "sitemap")
    found = []
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == "loc" and (element.text or "").strip():
            parent = element.getparent()
            kind = parent.tag.rpartition("}")[2] if parent is not None and isinstance(parent.tag, str) else ""
            if kind in {"url", "sitemap"}:
                found.append((element.text.strip(), kind == "sitemap"))
    if not found:
        raise UnreadableInput("the sitemap names no address")
    return found[:50_000]


def _is_sitemap(content: bytes) -> bool:
    head = content[:4096].lower()
    return b"<urlset" in head or b"<sitemapindex" in head


def _xml(content: bytes, kind: str) -> Any:
    from lxml import etree

    if len(_ENTITY.findall(content)) > MOST_ENTITIES:
        raise UnreadableInput(f"the {kind} declares more than {MOST_ENTITIES} entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableInput(f"the {kind} is not XML") from error
    if root is None:
        raise UnreadableInput(f"the {kind} is not XML")
    return root
