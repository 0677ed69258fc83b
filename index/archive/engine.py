"""Opening the archive: one SQLite file by default, migrated when it is older, refused when it is newer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from index.errors import Damaged, NewerSchema, Unusable

BUSY_MS = 60_000  # how long a writer waits for another before it gives up


@dataclass(frozen=True, slots=True)
class Schema:
    """One chain of migrations: the package that holds it, its version table, its revisions in order."""

    package: str
    version_table: str
    revisions: tuple[str, ...]

    @property
    def head(self) -> str:
        return self.revisions[-1]


ARCHIVE = Schema("index.archive.migrations", "archive_version", ("0001", "0002"))


def sqlite_engine(path: Path) -> sa.Engine:
    """An engine on one file: WAL, foreign keys, writers that queue. Raises Unusable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"the data folder {path.parent} cannot be used: {error.strerror or error}") from error
    engine = sa.create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=wal", "foreign_keys=on", f"busy_timeout={BUSY_MS}", "synchronous=full"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that takes the write lock at once and commits at the end."""
    with explained(engine), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def explained(engine: sa.Engine) -> Iterator[None]:
    """What the database refuses, as one sentence."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
        place = engine.url.render_as_string(hide_password=True)
        reason = str(error.orig)
        if "malformed" in reason or "not a database" in reason:
            raise Damaged(f"the archive {place} is damaged ({reason})") from error
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError):
            raise
        raise Unusable(f"the archive {place} cannot be used: {reason}") from error


def migrate(engine: sa.Engine, schema: Schema) -> None:
    """Bring the database to the newest revision of the chain. Raises NewerSchema, Damaged, Unusable."""
    with explained(engine):
        found = _revision(engine, schema)
        if found == schema.head:
            return
        if found is not None and found not in schema.revisions:
            raise NewerSchema(engine.url.database or str(engine.url), found, schema.head)
        _upgrade(engine, schema)


def _revision(engine: sa.Engine, schema: Schema) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(schema.version_table):
            return None
        found: str | None = connection.scalar(sa.text(f"select version_num from {schema.version_table}"))
        return found


def _upgrade(engine: sa.Engine, schema: Schema) -> None:
    from alembic import command
    from alembic.config import Config

    package, _, folder = schema.package.rpartition(".")
    with as_file(files(package) / folder) as place:
        config = Config()
        config.set_main_option("script_location", str(place).replace("%", "%%"))
        config.attributes["version_table"] = schema.version_table
        with engine.execution_options(writes=True).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, schema.head)
