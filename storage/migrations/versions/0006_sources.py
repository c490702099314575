"""Sources that are asked again and again, and their pages."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("ok_at", TIME),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("open_until", TIME),
        sa.Column("lease_owner", sa.String),
        sa.Column("lease_until", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("kind", "address", name="uq_sources_kind_address"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "source_pages",
        sa.Column("source_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("next_at", TIME),
        sa.Column("etag", sa.String, nullable=False),
        sa.Column("modified", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("seen", sa.JSON, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", TIME),
        sa.Column("error", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "name", name="pk_source_pages"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_pages_source_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_source_pages_next_at", "source_pages", ["next_at"])
