"""The papers that people saved."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved",
        sa.Column("space", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("paper_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("space", "person", "paper_id", name="pk_saved"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_saved_paper_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_saved_paper_id", "saved", ["paper_id"])
    op.create_index("ix_saved_space_person_saved_at_paper_id", "saved", ["space", "person", "saved_at", "paper_id"])
