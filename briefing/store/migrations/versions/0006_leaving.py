"""What stays on this machine, and what left it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table("local_only", sa.Column("kind", sa.Text, primary_key=True), sa.Column("value", sa.Text, primary_key=True))
    op.create_table(
        "left_here",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("articles", sa.JSON, nullable=False),
    )
