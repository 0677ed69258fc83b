"""What was read of each article, by topic."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("article_id", sa.String(20), primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("statements", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_reading_topic_version", "reading", ["topic", "version"])
