"""The tables of the archive, as the migrations make them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class Utc(sa.types.TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite would hand it back naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData()

article = sa.Table(
    "article",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("address", sa.Text, index=True),  # canonical URL, or outlet#external id; versions share it
    sa.Column("external_id", sa.Text, index=True),
    sa.Column("published", Utc, index=True),
    sa.Column("published_is_day", sa.Boolean, nullable=False),
    sa.Column("published_offset", sa.Integer),  # minutes east of UTC, as the outlet wrote it
    sa.Column("updated", Utc),
    sa.Column("first_seen", Utc, nullable=False),
    sa.Column("arrival", sa.Integer, nullable=False, index=True),  # counts up: the order of what arrived at one instant
    sa.Column("knowable_from", Utc, index=True),
    sa.Column("superseded_from", Utc),
    sa.Column("version_of", sa.String(20)),
    sa.Column("origin_id", sa.String(20), nullable=False, index=True),
    sa.Column("origin_reason", sa.Text),  # why it counts as a carrier; None where it stands for itself
    sa.Column("credited", sa.Text),  # the wire or outlet that the text itself credits
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_key", sa.String(64), nullable=False),
    sa.Column("marks", sa.Integer, nullable=False),  # how many fingerprints
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("published_how", sa.Text),
    sa.Column("page_starts", sa.JSON, nullable=False),
    sa.Column("original", sa.String(64)),  # sha256 of the bytes it was read from, where they are kept
    sa.Column("indexed_as", sa.Text, index=True),  # by which rules its passages and terms were made
    sa.Column("embedded_as", sa.Text, index=True),  # by which embedding its vectors were made
)

# The bytes an article was read from, as they came, zlib-compressed.
original = sa.Table(
    "original",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)

# Sampled hashes of word runs: articles that share many are one text under two mastheads.
fingerprint = sa.Table(
    "fingerprint",
    metadata,
    sa.Column("hash", sa.BigInteger, primary_key=True),
    sa.Column("article_id", sa.String(20), sa.ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    sqlite_with_rowid=False,
)

passage = sa.Table(
    "passage",
    metadata,
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "article_id",
        sa.String(20),
        sa.ForeignKey("article.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("terms", sa.Integer, nullable=False),  # how many, stop words left out
)

# The term index: for each term the passages that hold it (index.terms.packed), merged, and by batch until they are.
posting, recent_posting = (
    sa.Table(
        name,
        metadata,
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("first_row", sa.Integer, primary_key=True),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    for name in ("posting", "recent_posting")
)

# Subscribed feeds and how they have been doing.
feed = sa.Table(
    "feed",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("title", sa.Text),
    sa.Column("follow", sa.Boolean, nullable=False),
    sa.Column("added", Utc, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("next_after", Utc),
    sa.Column("last_polled", Utc),
    sa.Column("last_ok", Utc),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("problem", sa.Text),
)

counter = sa.Table(
    "counter",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)
