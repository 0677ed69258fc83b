"""PDF: the text of each page, with where the pages begin, so that a citation can name one."""

from __future__ import annotations

import io
from collections.abc import Iterator

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.fields import article
from index.sources.given import Given

MOST_PAGES = 2_000
LEAST_TEXT = 20  # visible characters in the whole document


def read_pdf(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One article. Raises UnreadableInput for a broken, locked or text-less file."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableInput("the PDF is locked with a password")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableInput(f"the PDF has more than {MOST_PAGES:,} pages")
        pages = [page.extract_text().strip() for page in reader.pages]
        meta = reader.metadata
        created = meta.creation_date if meta else None
    except UnreadableInput:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError) as error:
        raise UnreadableInput(f"the PDF cannot be read ({type(error).__name__})") from error
    if len("".join("".join(pages).split())) < LEAST_TEXT:
        raise UnreadableInput(f"the PDF shows no text on its {len(pages)} pages (scanned pictures?)")
    starts, text = [], ""
    for page in pages:
        text += "\n\n" if text else ""
        starts.append(len(text))
        text += _clean(page)
    fields = {
        "text": text,
        "title": given.title or _said(meta.title if meta else None),
        "source": given.source or _said((meta.author or meta.producer) if meta else None),
        "published": given.published or (created.isoformat() if created else None),
        "published_how": "given" if given.published else "PDF creation date" if created else None,
        "url": given.url,
    }
    yield article(fields, given, original=content, page_starts=tuple(starts))


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _said(value: str | None) -> str | None:
    return _clean(value).strip() or None if value else None
