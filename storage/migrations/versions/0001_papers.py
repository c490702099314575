"""Papers, their identifiers, digests, sightings and the clock of changes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _papers()
    _identifiers()
    _digests()
    _sightings()
    clock = op.create_table(
        "clock",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock"),
    )
    op.bulk_insert(clock, [{"id": 1, "change": 0}])


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("abstract", sa.String, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("author_count", sa.Integer),
        sa.Column("organization_handle", sa.String),
        sa.Column("organization_name", sa.String),
        sa.Column("published_on", sa.Date),
        sa.Column("link_abs", sa.String),
        sa.Column("link_pdf", sa.String),
        sa.Column("link_code", sa.String),
        sa.Column("link_project", sa.String),
        sa.Column("link_discussion", sa.String),
        sa.Column("keywords", sa.JSON, nullable=False),
        sa.Column("tldr", sa.String),
        sa.Column("upvotes", sa.Integer),
        sa.Column("comments", sa.Integer),
        sa.Column("github_stars", sa.Integer),
        sa.Column("metrics_on", sa.Date),
        sa.Column("first_seen_on", sa.Date, nullable=False),
        sa.Column("listed_on", sa.Date, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
    )
    op.create_index("ix_papers_change", "papers", ["change"], unique=True)


def _identifiers() -> None:
    op.create_table(
        "identifiers",
        sa.Column("scheme", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("paper_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("scheme", "value", name="pk_identifiers"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_identifiers_paper_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_identifiers_paper_id_position", "identifiers", ["paper_id", "position"], unique=True)


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.UniqueConstraint("key", name="uq_digests_key"),
    )
    op.create_index("ix_digests_issued_on", "digests", ["issued_on"])
    op.create_index("ix_digests_sha256", "digests", ["sha256"])


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("digest_id", BIG_ID, nullable=False),
        sa.Column("paper_id", BIG_ID, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("upvotes", sa.Integer),
        sa.Column("comments", sa.Integer),
        sa.Column("github_stars", sa.Integer),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("digest_id", "paper_id", name="pk_sightings"),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_sightings_digest_id"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_sightings_paper_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sightings_paper_id", "sightings", ["paper_id"])
