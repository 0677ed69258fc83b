"""Which reader takes which kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from index.archive import NewArticle
from index.article import Rejected
from index.sources.feed import read_feed
from index.sources.given import Given
from index.sources.html import read_html
from index.sources.jsonl import read_jsonl
from index.sources.limits import PARSERS
from index.sources.mail import read_eml, read_mbox
from index.sources.pdf import read_pdf
from index.sources.table import read_csv
from index.sources.text import read_markdown, read_text
from index.sources.warc import read_warc

Reader = Callable[[bytes, str, "Given"], Iterator[NewArticle | Rejected]]

UNTRUSTED: dict[str, Reader] = {  # parsed in a child process under limits
    "html": read_html,
    "pdf": read_pdf,
    "eml": read_eml,
    "mbox": read_mbox,
    "feed": read_feed,
    "warc": read_warc,
}
_PLAIN: dict[str, Reader] = {"text": read_text, "markdown": read_markdown, "jsonl": read_jsonl, "csv": read_csv}
_KINDS = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".csv": "csv", ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".eml": "eml",
    ".mbox": "mbox", ".xml": "feed", ".rss": "feed", ".atom": "feed", ".rdf": "feed", ".json": "feed", ".opml": "feed",
    ".warc": "warc",
}  # fmt: skip


def _under_limits(kind: str) -> Reader:
    return partial(_run, kind)


def _run(kind: str, content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    return PARSERS.run(kind, content, label, given)


READERS: dict[str, Reader] = {suffix: _PLAIN[kind] if kind in _PLAIN else _under_limits(kind) for suffix, kind in _KINDS.items()}
