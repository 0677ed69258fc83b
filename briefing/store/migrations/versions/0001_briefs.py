"""Briefs and decisions as first released."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "brief",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("as_of", instant, nullable=False),
        sa.Column("issued", instant, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("drafter", sa.Text, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
    )
    op.create_index("ix_brief_topic_as_of", "brief", ["topic", "as_of"])
    op.create_table(
        "decision",
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("brief_id", sa.String(20), sa.ForeignKey("brief.id"), nullable=False, index=True),
        sa.Column("claim_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("at", instant, nullable=False),
    )
