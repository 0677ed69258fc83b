"""The archive as first released: articles, fingerprints, passages, postings, counters."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "article",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("external_id", sa.Text),
        sa.Column("published", instant),
        sa.Column("published_is_day", sa.Boolean, nullable=False),
        sa.Column("published_offset", sa.Integer),
        sa.Column("updated", instant),
        sa.Column("first_seen", instant, nullable=False),
        sa.Column("arrival", sa.Integer, nullable=False),
        sa.Column("knowable_from", instant),
        sa.Column("superseded_from", instant),
        sa.Column("version_of", sa.String(20)),
        sa.Column("origin_id", sa.String(20), nullable=False),
        sa.Column("origin_reason", sa.Text),
        sa.Column("credited", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_key", sa.String(64), nullable=False),
        sa.Column("marks", sa.Integer, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("published_how", sa.Text),
        sa.Column("page_starts", sa.JSON, nullable=False),
        sa.Column("original", sa.String(64)),
        sa.Column("indexed_as", sa.Text),
    )
    for column in ("address", "arrival", "published", "external_id", "knowable_from", "origin_id", "indexed_as"):
        op.create_index(f"ix_article_{column}", "article", [column])
    op.create_table(
        "original",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "fingerprint",
        sa.Column("hash", sa.BigInteger, primary_key=True),
        sa.Column("article_id", sa.String(20), sa.ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passage",
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("article_id", sa.String(20), sa.ForeignKey("article.id", ondelete="CASCADE"), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("terms", sa.Integer, nullable=False),
    )
    op.create_index("ix_passage_article_id", "passage", ["article_id"])
    op.create_table(
        "posting",
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("first_row", sa.Integer, primary_key=True),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("title", sa.Text),
        sa.Column("follow", sa.Boolean, nullable=False),
        sa.Column("added", instant, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("next_after", instant),
        sa.Column("last_polled", instant),
        sa.Column("last_ok", instant),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("problem", sa.Text),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
