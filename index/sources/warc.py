"""WARC: every HTML page of a web archive file, with the instant at which it was saved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.given import Given
from index.sources.html import page

MOST_BYTES = 20 * 1024 * 1024  # of one page


def read_warc(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One article a page; what is no page is passed over, what is no article is named by its address."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    pages = 0
    try:
        for record in ArchiveIterator(io.BytesIO(content)):
            headers = record.http_headers
            if record.rec_type != "response" or headers is None:
                continue
            if "html" not in (headers.get_header("content-type") or "").lower() or headers.get_statuscode() != "200":
                continue
            pages += 1
            url = record.rec_headers.get_header("WARC-Target-URI")
            body = record.content_stream().read(MOST_BYTES)
            try:
                found = page(body, replace(given, url=None), fetched_from=url)
                when = record.rec_headers.get_header("WARC-Date")
                yield replace(found, notes=(*found.notes, f"saved {when}")) if when else found
            except UnreadableInput as error:
                yield Rejected(input=f"{label}:{url}", reason=str(error))
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        yield Rejected(input=label, reason=f"the web archive breaks off after {pages} pages ({type(error).__name__})")
        return
    if not pages:
        raise UnreadableInput("the web archive holds no page")
