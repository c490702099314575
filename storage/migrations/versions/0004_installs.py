"""Installations with their sealed tokens; notes with an end."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("workspace", sa.String, nullable=False),
        sa.Column("is_org", sa.Boolean, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sealed", sa.String, nullable=False),
        sa.Column("installed_by", sa.String, nullable=False),
        sa.Column("installed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.PrimaryKeyConstraint("platform", "workspace", name="pk_installations"),
    )
    op.create_table(
        "notes",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_notes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notes_until", "notes", ["until"])
