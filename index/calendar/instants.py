"""Instants as people and machines write them. Everything inside the product is UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

_COMPACT_DAY = re.compile(r"\d{8}|\d{4}-?W\d\d(?:-?\d)?")
YEARS = range(1900, 2201)  # a stamp outside them is a slip or a machine's zero, and breaks calendars
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
END_OF_DAY = timedelta(days=1) - timedelta(seconds=1)


def local_day(instant: datetime, offset: int | None) -> date:
    """The day on a clock `offset` minutes east of UTC (None: UTC)."""
    return (instant + timedelta(minutes=offset or 0)).date()


@dataclass(frozen=True, slots=True)
class Stamp:
    """An instant in UTC, or a whole day (`is_day`), whose instant is then its first."""

    instant: datetime
    is_day: bool
    offset: int = 0  # minutes east of UTC of the clock it was written by

    @property
    def knowable(self) -> datetime:
        """When this can be said to have happened: a day without a time is over at its end."""
        return self.instant + END_OF_DAY if self.is_day else self.instant

    @property
    def local_day(self) -> date:
        return local_day(self.instant, self.offset)


def parse_stamp(written: str) -> Stamp:
    """ISO 8601 (a zone is kept, none means UTC), a bare day, or an RFC 2822 date. Raises ValueError otherwise."""
    written = written.strip()
    if _COMPACT_DAY.fullmatch(written):
        written = date.fromisoformat(written).isoformat()
    if _DAY.fullmatch(written):
        day = date.fromisoformat(written)
        if day.year not in YEARS:
            raise ValueError(f"not a time of this age: {written[:60]!r}")
        return Stamp(datetime.combine(day, time(), UTC), is_day=True)
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        try:
            instant = parsedate_to_datetime(written)
        except (ValueError, IndexError, TypeError) as error:
            raise ValueError(f"not a time: {written[:60]!r}") from error
    try:
        if instant.year not in YEARS:
            raise ValueError(f"not a time of this age: {written[:60]!r}")
        aware = instant.replace(tzinfo=instant.tzinfo or UTC)
        offset = aware.utcoffset() or timedelta()
        return Stamp(aware.astimezone(UTC), is_day=False, offset=int(offset.total_seconds() // 60))
    except OverflowError as error:
        raise ValueError(f"not a time: {written[:60]!r}") from error


def iso(instant: datetime) -> str:
    """`2024-09-27T06:00:00Z`; fractions of a second only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def iso_stamp(instant: datetime | None, *, is_day: bool = False) -> str | None:
    """The instant as JSON carries it: a day stays a day."""
    if instant is None:
        return None
    return instant.date().isoformat() if is_day else iso(instant)
