"""CSV with a header line that names columns as JSONL names fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.fields import article, decoded
from index.sources.given import Given

LONGEST_CELL = 10_000_000  # characters
_NAMES = {
    "outlet": "source",
    "publisher": "source",
    "date": "published",
    "body": "text",
    "content": "text",
    "headline": "title",
}


def read_csv(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One article a row; comma, semicolon and tab are told apart by the header."""
    text, notes = decoded(content)
    csv.field_size_limit(LONGEST_CELL)
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {name: _NAMES.get(name.strip().lower(), name.strip().lower()) for name in rows.fieldnames or []}
    if "text" not in names.values():
        raise UnreadableInput("its header names no column `text`")
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(input=f"{label}:{rows.line_num}", reason=f"the row is not CSV ({error})")
            continue
        fields = {names[k]: v for k, v in row.items() if k in names and isinstance(v, str)}
        try:
            yield article(fields, given, notes=notes)
        except UnreadableInput as error:
            yield Rejected(input=f"{label}:{rows.line_num}", reason=str(error))
