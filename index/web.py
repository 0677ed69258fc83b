"""An address becomes articles: a page, a PDF, a feed's items, or the pages a sitemap names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.fetch import Fetched, Fetcher
from index.sources import feed as feeds
from index.sources.given import Given
from index.sources.kinds import UNTRUSTED
from index.sources.limits import PARSERS

MOST_PAGES = 500  # of one sitemap, fetched in its order
_FEED_TYPES = ("rss", "atom", "feed+json", "rdf")


def is_address(written: str) -> bool:
    return written.lower().startswith(("http://", "https://"))


def read_address(url: str, fetcher: Fetcher, given: Given) -> Iterator[NewArticle | Rejected]:
    """Everything behind an address; what cannot be had is one clear line."""
    try:
        answer = fetched(url, fetcher)
        if b"<urlset" in answer.content[:4096].lower() or b"<sitemapindex" in answer.content[:4096].lower():
            yield from _sitemap(answer, fetcher, given, depth=0)
        else:
            yield from parsed(answer, given)
    except UnreadableInput as error:
        yield Rejected(input=url, reason=str(error))


def fetched(url: str, fetcher: Fetcher) -> Fetched:
    """A successful answer. Raises UnreadableInput for any other status."""
    answer = fetcher.get(url)
    if answer.status != 200:
        raise UnreadableInput(f"the server answered with status {answer.status}")
    return answer


def parsed(answer: Fetched, given: Given) -> Iterator[NewArticle | Rejected]:
    """The articles of an answer, by what it is. Raises UnreadableInput."""
    kind = _kind(answer)
    told = replace(given, url=given.url or answer.url) if kind in {"html", "pdf"} else given
    if kind not in UNTRUSTED:
        raise UnreadableInput(f"it is {answer.headers.get('content-type', 'of no stated type')}, which cannot be read")
    yield from PARSERS.run(kind, answer.content, answer.url, told)


def _kind(answer: Fetched) -> str:
    told = answer.headers.get("content-type", "").lower()
    head = answer.content[:1024].lstrip().lower()
    if "pdf" in told or head.startswith(b"%pdf"):
        return "pdf"
    if any(name in told for name in _FEED_TYPES) or head.startswith((b"<rss", b"<feed", b"<rdf")):
        return "feed"
    if "html" in told or b"<html" in head or head.startswith(b"<!doctype html"):
        return "html"
    if "xml" in told or head.startswith((b"<?xml", b"{")):
        return "feed"
    return told or "html"


def _sitemap(answer: Fetched, fetcher: Fetcher, given: Given, *, depth: int) -> Iterator[NewArticle | Rejected]:
    for number, (url, further) in enumerate(feeds.sitemap(answer.content)):
        if number >= MOST_PAGES:
            yield Rejected(input=answer.url, reason=f"the sitemap names more than {MOST_PAGES} addresses; the rest was left")
            return
        if further and depth == 0:
            try:
                yield from _sitemap(fetched(url, fetcher), fetcher, given, depth=1)
            except UnreadableInput as error:
                yield Rejected(input=url, reason=str(error))
        elif not further:
            yield from read_address(url, fetcher, given) if depth < 2 else ()
