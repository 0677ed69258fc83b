"""Terms and vectors are made in two stages, and postings are merged: the index is made anew from the articles."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("delete from posting")
    op.execute("delete from passage")
    op.create_table(
        "recent_posting",
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("first_row", sa.Integer, primary_key=True),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("article", sa.Column("embedded_as", sa.Text))
    op.create_index("ix_article_embedded_as", "article", ["embedded_as"])
    op.execute("update article set indexed_as = null")
