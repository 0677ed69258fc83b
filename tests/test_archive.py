"""The archive: nothing acknowledged is lost, nothing is doubled, nothing is known too early."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.archive import Archive, NewArticle
from index.archive.engine import ARCHIVE
from index.archive.tables import metadata
from index.calendar.instants import parse_stamp
from index.errors import Damaged, Misuse, NewerSchema, Unusable

NOW = datetime(2024, 10, 1, tzinfo=UTC)
LONG = (
    "The United States and France called on Wednesday for an immediate ceasefire along the border between the two. "
    "Their joint statement asks both governments to endorse it at once and to give a settlement a real chance. "
    "No answer was in the material at the time of writing, and the movement on the other side is not named in it. "
    "Officials who briefed reporters late in the evening described the call as a breakthrough and left it to others. "
    "People on both sides of the line have been away from their homes since last autumn and wait to return to them."
)


def new(text: str = "A text.", **fields: object) -> NewArticle:
    base: dict[str, object] = {"outlet": "Sample Wire", "url": "https://wire.sample.invalid/a"}
    stamps = {k: parse_stamp(str(fields.pop(k))) for k in ("published", "updated") if k in fields}
    return NewArticle(text=text, **{**base, "published": parse_stamp("2024-09-26T10:00Z"), **fields, **stamps})  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive.open(tmp_path / "archive.db")
    yield opened
    opened.close()


def test_the_same_batch_twice_changes_nothing(archive: Archive) -> None:
    first = archive.add([new(), new("Another.", url="https://wire.sample.invalid/b")], now=NOW)
    again = archive.add([new(), new("Another.", url="https://wire.sample.invalid/b")], now=NOW)
    assert [a.kind for a in first] == ["new", "new"]
    assert [a.kind for a in again] == ["unchanged", "unchanged"]
    assert archive.count() == 2


def test_the_same_article_twice_in_one_batch_is_archived_once(archive: Archive) -> None:
    assert [a.kind for a in archive.add([new(), new()], now=NOW)] == ["new", "unchanged"]


def test_a_changed_text_at_one_address_is_a_version_that_replaces_the_old_from_its_time_on(archive: Archive) -> None:
    old, changed = archive.add([new("Three-month."), new("Three-week.", updated="2024-09-26T15:00Z")], now=NOW)
    assert (old.kind, changed.kind) == ("new", "version")
    assert archive.get(changed.id).version_of == old.id
    before, after = datetime(2024, 9, 26, 14, tzinfo=UTC), datetime(2024, 9, 26, 16, tzinfo=UTC)
    assert [a.id for a in archive.listed(as_of=before)] == [old.id]
    assert [a.id for a in archive.listed(as_of=after)] == [changed.id]


def test_versions_that_arrive_in_the_wrong_order_are_still_chained_by_time(archive: Archive) -> None:
    changed, old = archive.add([new("Three-week.", updated="2024-09-26T15:00Z"), new("Three-month.")], now=NOW)
    assert archive.get(changed.id).version_of == old.id
    assert [a.id for a in archive.listed(as_of=datetime(2024, 9, 26, 14, tzinfo=UTC))] == [old.id]


@pytest.mark.parametrize(
    ("clock", "knowable"),
    [("import", "2024-09-26T15:00:00+00:00"), ("published", "2024-09-26T10:00:00+00:00"), ("live", NOW.isoformat())],
)
def test_the_two_clocks(archive: Archive, clock: str, knowable: str) -> None:
    (added,) = archive.add([new(updated="2024-09-26T15:00Z")], now=NOW, clock=clock)  # type: ignore[arg-type]
    found = archive.get(added.id).knowable_from
    assert found is not None
    assert found.isoformat() == knowable


def test_an_undated_article_is_archived_and_never_used_under_an_as_of(archive: Archive) -> None:
    archive.add([NewArticle(outlet="Sample Wire", text="Undated.")], now=NOW)
    assert (archive.count(), archive.undated()) == (1, 1)
    assert archive.listed(as_of=datetime(2030, 1, 1, tzinfo=UTC)) == []


def test_the_same_text_under_another_masthead_is_a_carrier_of_one_origin(archive: Archive) -> None:
    first, second, other = archive.add(
        [
            new(LONG),
            new("A new lead of its own. " + LONG, outlet="Sample Courier", url="https://courier.sample.invalid/x"),
            new("A story about something else entirely, in words of its own, at the same length or so. " * 3, url=None),
        ],
        now=NOW,
    )
    assert [a.carrier for a in (first, second, other)] == [False, True, False]
    assert archive.get(first.id).origin_id == archive.get(second.id).origin_id != archive.get(other.id).origin_id
    origin = archive.get(first.id).origin_id
    ((_, none), (carrier, why)) = archive.carriers([origin])[origin]
    assert none is None
    assert carrier.outlet == "Sample Courier"
    assert "of the shorter text is that of Sample Wire" in str(why)


def test_an_article_is_found_by_our_id_and_by_the_one_it_came_with(archive: Archive) -> None:
    (added,) = archive.add([new(external_id="wh-1")], now=NOW)
    assert archive.get("wh-1") == archive.get(added.id)
    with pytest.raises(Misuse, match="no article has the id 'nothing'"):
        archive.get("nothing")


def test_instants_come_back_in_utc(archive: Archive) -> None:
    (added,) = archive.add([new(published="2024-09-25T21:23:59-04:00")], now=NOW)
    found = archive.get(added.id)
    assert found.published == datetime(2024, 9, 26, 1, 23, 59, tzinfo=UTC)
    assert found.published is not None
    assert found.published.tzinfo is UTC
    assert found.published_offset == -240


def test_the_migrations_make_the_tables_the_code_expects(archive: Archive) -> None:
    inspector = sa.inspect(archive.engine)
    for name, table in metadata.tables.items():
        assert {c["name"] for c in inspector.get_columns(name)} == {c.name for c in table.columns}
        assert {tuple(i["column_names"]) for i in inspector.get_indexes(name)} == {
            tuple(c.name for c in i.columns) for i in table.indexes
        }


def test_the_newest_revision_known_is_the_newest_there_is() -> None:
    folder = Path(sa.__file__).parents[0]
    assert folder.exists()
    from importlib.resources import files

    names = sorted(p.name[:4] for p in (files("index.archive.migrations") / "versions").iterdir() if p.name[0] == "0")
    assert tuple(names) == ARCHIVE.revisions


def test_a_newer_schema_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    Archive.open(tmp_path / "archive.db").close()
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        connection.execute("update archive_version set version_num = '9999'")
    connection.close()
    with pytest.raises(NewerSchema, match="written by a newer release"):
        Archive.open(tmp_path / "archive.db")


def test_a_damaged_file_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(Damaged, match="is damaged"):
        Archive.open(tmp_path / "archive.db")


def test_a_folder_that_cannot_be_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unusable, match="cannot be used"):
        Archive.open(tmp_path / "file" / "data" / "archive.db")


def _writes(path: Path, outlet: str) -> None:
    archive = Archive.open(path)
    for n in range(20):
        archive.add([new(f"Text {n} of {outlet}.", outlet=outlet, url=None, external_id=f"{n}")], now=NOW)
    archive.close()


def test_two_processes_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    Archive.open(tmp_path / "archive.db").close()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_writes, args=(tmp_path / "archive.db", f"Sample {n}")) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    archive = Archive.open(tmp_path / "archive.db")
    assert archive.count() == 40
    archive.close()
