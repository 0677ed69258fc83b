"""Options that several verbs share, and what every verb does with them. Nothing heavy is imported here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.calendar.instants import parse_stamp
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.desk import Desk

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data folder; default BRIEFING_DATA, else the platform's user data."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, in the documented contract.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Nothing knowable only after this instant is used (ISO 8601; a bare day means its end, UTC). Default: now.",
    ),
]
DEFAULT_TOPIC = "israel-hezbollah"  # topics.DEFAULT, without what reading topics imports
TopicName = Annotated[str, typer.Option("--topic", metavar="NAME", help="Which topic; `briefing topics list`.")]


def instant(written: str | None, name: str = "--as-of") -> datetime | None:
    """The instant an option names; a bare day is known at its end. Raises Misuse."""
    if written is None:
        return None
    try:
        return parse_stamp(written).knowable
    except ValueError as error:
        raise Misuse(f"{name} {written[:60]!r} is not a time; write one like 2024-09-27T06:00Z or 2024-09-27") from error


def now_unless(written: str | None) -> datetime:
    return instant(written) or datetime.now(UTC)


@contextmanager
def desk(data: Path | None) -> Iterator[Desk]:
    """The desk of the data folder, closed afterwards."""
    from briefing import settings
    from briefing.desk import Desk

    opened = Desk(settings.load(data))
    try:
        yield opened
    finally:
        opened.close()


def put(text: str) -> None:
    """Results go to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def pretty(value: Any) -> str:
    """JSON as the command line and its files write it."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def put_json(value: Any) -> None:
    put(pretty(value))


def tell(text: str) -> None:
    """Progress and warnings go to stderr."""
    sys.stderr.write(text + "\n")
