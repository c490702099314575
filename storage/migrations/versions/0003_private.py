"""Papers and digests that one workspace may see, what workspaces imported, channels that another company reads too."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
PRIVATE = sa.text("visible_to IS NOT NULL")


def upgrade() -> None:
    _papers()
    _identifiers()
    op.add_column("digests", sa.Column("visible_to", sa.String))
    op.add_column("channels", sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()))
    _imports()


def _papers() -> None:
    op.add_column("papers", sa.Column("visible_to", sa.String))
    op.add_column("papers", sa.Column("folded_into", BIG_ID))
    op.create_index("ix_papers_private", "papers", ["visible_to"], sqlite_where=PRIVATE, postgresql_where=PRIVATE)


def _identifiers() -> None:
    """Give identifiers a space, which becomes part of what must be unique."""
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("identifiers", sa.Column("space", sa.String, nullable=False, server_default=""))
        op.drop_constraint("pk_identifiers", "identifiers")
        op.create_primary_key("pk_identifiers", "identifiers", ["scheme", "value", "space"])
        return
    # SQLite changes no primary key: https://www.sqlite.org/lang_altertable.html#otheralter. No table refers to this one.
    op.drop_index("ix_identifiers_paper_id_position", "identifiers")
    op.rename_table("identifiers", "identifiers_before")
    op.create_table(
        "identifiers",
        sa.Column("scheme", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("paper_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("space", sa.String, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("scheme", "value", "space", name="pk_identifiers"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_identifiers_paper_id"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO identifiers (scheme, value, paper_id, position) "
        "SELECT scheme, value, paper_id, position FROM identifiers_before"
    )
    op.drop_table("identifiers_before")
    op.create_index("ix_identifiers_paper_id_position", "identifiers", ["paper_id", "position"], unique=True)


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("space", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("digest_id", BIG_ID),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.UniqueConstraint("space", "number", name="uq_imports_space_number"),
    )
    op.create_index("ix_imports_space_sha256", "imports", ["space", "sha256"])
    op.create_table(
        "imported",
        sa.Column("import_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("paper_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("is_new", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "paper_id", name="pk_imported"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_imported_import_id"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_imported_paper_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_imported_paper_id", "imported", ["paper_id"])
