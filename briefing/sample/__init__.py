"""Sample articles written by us, from the public record; each says in its first field that it is no news source."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path


@contextmanager
def articles_file() -> Iterator[Path]:
    """The sample as one JSONL file."""
    with as_file(files("briefing.sample") / "articles.jsonl") as path:
        yield path
