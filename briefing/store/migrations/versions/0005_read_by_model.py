"""What a language model read in an article is kept beside what the built-in reader did, without a topic."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "read_by_model",
        sa.Column("article_id", sa.String(20), primary_key=True),
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
