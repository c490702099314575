"""Papers that became one, and pairs that may be."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kept_id", BIG_ID, nullable=False),
        sa.Column("gone_id", BIG_ID, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True)),
        sa.Column("before", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
        sa.ForeignKeyConstraint(["kept_id"], ["papers.id"], name="fk_merges_kept_id"),
        sa.ForeignKeyConstraint(["gone_id"], ["papers.id"], name="fk_merges_gone_id"),
    )
    op.create_index("ix_merges_kept_id_id", "merges", ["kept_id", "id"])
    op.create_index("ix_merges_gone_id", "merges", ["gone_id"])
    op.create_table(
        "suspects",
        sa.Column("first_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("second_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("space", sa.String, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_suspects"),
        sa.ForeignKeyConstraint(["first_id"], ["papers.id"], name="fk_suspects_first_id"),
        sa.ForeignKeyConstraint(["second_id"], ["papers.id"], name="fk_suspects_second_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_suspects_space_score", "suspects", ["space", "score"])
    op.create_index("ix_suspects_second_id", "suspects", ["second_id"])
    op.create_table(
        "compared",
        sa.Column("space", sa.String, nullable=False),
        sa.Column("change", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("space", name="pk_compared"),
        sqlite_with_rowid=False,
    )
