"""The day of each thing that is said of a paper, where it is older than its newest listing; pairs that somebody says are two."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("papers", sa.Column("said_on", sa.JSON(none_as_null=True)))
    op.create_table(
        "dismissals",
        sa.Column("first_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("second_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_dismissals"),
        sa.ForeignKeyConstraint(["first_id"], ["papers.id"], name="fk_dismissals_first_id"),
        sa.ForeignKeyConstraint(["second_id"], ["papers.id"], name="fk_dismissals_second_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_dismissals_second_id", "dismissals", ["second_id"])
