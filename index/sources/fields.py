"""From named fields to an article: what every reader shares."""

from __future__ import annotations

from collections.abc import Mapping

from index.archive import NewArticle
from index.calendar.instants import Stamp, parse_stamp
from index.errors import UnreadableInput
from index.sources.given import Given

SHORT = 256  # bytes; of fewer an encoding cannot be told, and Western European is the likeliest
_SHOWN = 60  # characters of a bad value in its reason


def decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, character for character, and notes on how it was read. Raises UnreadableInput."""
    if b"\x00" in content[:8192] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableInput("the file is binary, not text")
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    if len(content) < SHORT:
        return content.decode("cp1252", "replace"), ("not UTF-8: read as cp1252",)
    from charset_normalizer import from_bytes

    best = from_bytes(content[: 1 << 20]).best()
    if best is None:
        raise UnreadableInput("the file is binary, or in an encoding that cannot be told")
    try:
        return content.decode(best.encoding), (f"not UTF-8: read as {best.encoding}",)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableInput("the file is not UTF-8 and its encoding cannot be told") from error


def article(
    fields: Mapping[str, object],
    given: Given,
    *,
    notes: tuple[str, ...] = (),
    original: bytes | None = None,
    page_starts: tuple[int, ...] = (),
) -> NewArticle:
    """Fields as JSONL and front matter name them (`id, url, title, source, published, updated, text`), what is
    missing filled from what the user gave. Raises UnreadableInput with the field and the reason."""
    text = string(fields, "text")
    if not text or not text.strip():
        raise UnreadableInput("it has no text")
    source = string(fields, "source") or given.source
    if not source:
        raise UnreadableInput("it names no source, and no --source was given")
    written = string(fields, "published")
    published = stamp(written or given.published, "published")
    authors = fields.get("authors")
    return NewArticle(
        outlet=source,
        text=text,
        title=string(fields, "title") or given.title,
        url=string(fields, "url") or given.url,
        external_id=string(fields, "id"),
        published=published,
        updated=stamp(string(fields, "updated"), "updated"),
        notes=notes if published else (*notes, "no date of publication: not used under an as-of"),
        authors=tuple(a for a in authors if isinstance(a, str)) if isinstance(authors, list) else (),
        language=string(fields, "language"),
        published_how=(string(fields, "published_how") or ("its own data" if written else "given")) if published else None,
        original=original,
        page_starts=page_starts,
    )


def string(fields: Mapping[str, object], name: str) -> str | None:
    """A field that is text, or None where it is missing or empty. Raises UnreadableInput for anything else."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise UnreadableInput(f"its {name!r} is not text but {type(value).__name__}")
    if "\x00" in value:
        raise UnreadableInput(f"its {name!r} holds a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UnreadableInput(f"its {name!r} holds half a character (a lone surrogate)") from error
    return value


def stamp(written: str | None, name: str) -> Stamp | None:
    if written is None:
        return None
    try:
        return parse_stamp(written)
    except ValueError as error:
        raise UnreadableInput(f"its {name!r} is not a time: {written[:_SHOWN]!r}") from error
