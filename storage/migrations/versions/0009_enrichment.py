"""Where a paper is published, and what was asked about papers that lack something."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("papers", sa.Column("venue", sa.String))
    guides = op.create_table(
        "guides",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("upto_change", BIG_ID, nullable=False),
        sa.Column("ok_at", TIME),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", TIME),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("open_until", TIME),
        sa.Column("lease_owner", sa.String),
        sa.Column("lease_until", TIME),
        sa.PrimaryKeyConstraint("name", name="pk_guides"),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(guides, [{"name": name, "upto_change": 0, "failures": 0, "error": ""} for name in ("hf", "arxiv")])
    op.create_table(
        "enrichments",
        sa.Column("paper_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("guide", sa.String, nullable=False),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("asked_at", TIME),
        sa.Column("next_at", TIME),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "guide", name="pk_enrichments"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_enrichments_paper_id"),
        sqlite_with_rowid=False,
    )
    waiting = sa.text("next_at IS NOT NULL")
    op.create_index(
        "ix_enrichments_waiting", "enrichments", ["guide", "paper_id"], sqlite_where=waiting, postgresql_where=waiting
    )
