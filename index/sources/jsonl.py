"""JSON Lines: one article a line; a bad line is named and the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterator

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.fields import article
from index.sources.given import Given


def read_jsonl(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _line(line, given)
        except UnreadableInput as error:
            yield Rejected(input=f"{label}:{number}", reason=str(error))


def _line(line: bytes, given: Given) -> NewArticle:
    try:
        fields = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableInput("the line is not UTF-8") from error
    except ValueError as error:
        raise UnreadableInput(f"the line is not JSON ({error})") from error
    except RecursionError as error:
        raise UnreadableInput("the line is nested too deeply") from error
    if not isinstance(fields, dict):
        raise UnreadableInput("the line is not a JSON object")
    return article(fields, given)
