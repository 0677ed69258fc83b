"""An article is read once, and seen from a topic from what was read; what an older reader kept is read anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "read",
        sa.Column("article_id", sa.String(20), primary_key=True),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("language", sa.Text, nullable=True),
    )
    op.create_table(
        "seen",
        sa.Column("article_id", sa.String(20), primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("said", sa.LargeBinary, nullable=True),
        sa.Column("statements", sa.LargeBinary, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )
    op.execute(  # read by the reader of before: whoever reads them anew says so
        "INSERT INTO read (article_id, reader) SELECT DISTINCT article_id, 'statements' FROM reading"
    )
    op.drop_table("reading")
