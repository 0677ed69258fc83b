"""From paths to articles: which reader takes which file, folders walked in order, .gz opened."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.given import Given, Item, Skipped
from index.sources.kinds import READERS

MOST_BYTES = 256 * 1024 * 1024  # of one file, after decompression
_NOT_ARTICLES = ("readme", "license", "licence", "notice", "copying")


def read_inputs(inputs: Iterable[Path], given: Given) -> Iterator[Item]:
    """Every article of every input, in order; what cannot be one comes back as Rejected, and the rest goes on."""
    for path in inputs:
        if path.is_dir():
            yield from _folder(path, given)
        elif path.exists():
            yield from _file(path, given)
        else:
            yield Rejected(input=str(path), reason="there is no such file or folder")


def _folder(folder: Path, given: Given) -> Iterator[Item]:
    readable = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if _is_article(path):
            readable += 1
            yield from _file(path, given)
        else:
            yield Skipped(str(path))
    if not readable:
        kinds = ", ".join(READERS)
        yield Rejected(input=str(folder), reason=f"the folder holds no file that can be read ({kinds}, each also .gz)")


def _is_article(path: Path) -> bool:
    if path.name.lower().startswith(_NOT_ARTICLES) or _kind(path) not in READERS:
        return False
    return _kind(path) != ".json" or _says_json_feed(path)


def _says_json_feed(path: Path) -> bool:
    """Folders hold JSON of every sort; a feed says in its first lines that it is one."""
    try:
        with path.open("rb") as opened:
            return b"jsonfeed.org" in opened.read(2048)
    except OSError:
        return False


def _kind(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def _file(path: Path, given: Given) -> Iterator[NewArticle | Rejected]:
    reader = READERS.get(_kind(path))
    if reader is None:
        kinds = ", ".join(READERS)
        yield Rejected(input=str(path), reason=f"unknown kind of file: one of {kinds} (each also .gz) is needed")
        return
    try:
        content = _content(path)
        if not content.strip():
            raise UnreadableInput("the file is empty")
        yield from reader(content, str(path), given)
    except UnreadableInput as error:
        yield Rejected(input=str(path), reason=str(error))


def _content(path: Path) -> bytes:
    try:
        if path.suffix.lower() != ".gz":
            if path.stat().st_size > MOST_BYTES:
                raise UnreadableInput(f"the file is larger than {MOST_BYTES >> 20} MiB")
            return path.read_bytes()
        with gzip.open(path) as opened:
            content = opened.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInput(f"the file cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > MOST_BYTES:
        raise UnreadableInput(f"the file unpacks to more than {MOST_BYTES >> 20} MiB")
    return content
