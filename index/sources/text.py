"""Plain text and Markdown. Both may begin with front matter between two `---` lines; the rest is kept as it came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import yaml

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.fields import article, decoded
from index.sources.given import Given

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"\A\s*#[ \t]+(\S[^\r\n]{0,500})(?:\r?\n|\Z)")


def read_text(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One article: front matter, then the text character for character."""
    text, notes = decoded(content)
    fields, body = front_matter(text)
    yield article({**fields, "text": body}, given, notes=notes)


def read_markdown(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One article: front matter, a first-line heading as its title, then the text character for character."""
    text, notes = decoded(content)
    fields, body = front_matter(text)
    if "title" not in fields and (heading := _HEADING.match(body)):
        fields["title"], body = heading.group(1).rstrip(" \t#"), body[heading.end() :]
    yield article({**fields, "text": body}, given, notes=notes)


def front_matter(text: str) -> tuple[dict[str, object], str]:
    """The fields before the text, and the text. No front matter: no fields. Raises UnreadableInput."""
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    try:
        fields = yaml.load(match.group(1), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableInput("its front matter is not YAML") from error
    if not isinstance(fields, dict):
        raise UnreadableInput("its front matter is not a list of `name: value` lines")
    return {str(k).lower(): str(v) if isinstance(v, date | datetime) else v for k, v in fields.items()}, text[match.end() :]
