"""The tables of the desk, beside the archive's in the same database."""

from index.archive.engine import Schema

SCHEMA = Schema("briefing.store.migrations", "desk_version", ("0001", "0002", "0003", "0004", "0005", "0006"))
