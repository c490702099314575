"""When a paper was first stored; channels, subscriptions, editions, their parts and what was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'planned'")
REMEMBERED = sa.text("verdicts IS NOT NULL")


def upgrade() -> None:
    _papers()
    _channels()
    _subscriptions()
    _editions()
    _parts()


def _papers() -> None:
    # A default, since SQLite adds no column to a filled table without one, and copying the table would break references to it.
    op.add_column("papers", sa.Column("added", sa.BigInteger, nullable=False, server_default="0"))
    # Ids count up as papers are stored, and every paper has used at least one change number: its place is never past the clock.
    op.execute(
        "UPDATE papers SET added = counted.place "
        "FROM (SELECT id AS paper_id, row_number() OVER (ORDER BY id) AS place FROM papers) AS counted "
        "WHERE papers.id = counted.paper_id"
    )
    op.create_index("ix_papers_added", "papers", ["added"])


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("workspace", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.UniqueConstraint("platform", "workspace", "channel", name="uq_channels_platform_workspace_channel"),
    )
    op.create_index("ix_channels_channel", "channels", ["channel"])
    op.create_table(
        "mutes",
        sa.Column("channel_id", BIG_ID, nullable=False),
        sa.Column("word", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "word", name="pk_mutes"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_mutes_channel_id"),
        sqlite_with_rowid=False,
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("channel_id", BIG_ID, nullable=False),
        sa.Column("query", sa.String, nullable=False),
        sa.Column("days", sa.String, nullable=False),
        sa.Column("at", sa.Time, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("top", sa.Integer, nullable=False),
        sa.Column("layout", sa.String, nullable=False),
        sa.Column("quiet", sa.Boolean, nullable=False),
        sa.Column("within_h", sa.Integer),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("since_change", BIG_ID, nullable=False),
        sa.Column("start_on", sa.Date, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("paused", sa.String, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_subscriptions_channel_id"),
    )
    op.create_index("ix_subscriptions_channel_id", "subscriptions", ["channel_id"])
    op.create_index("ix_subscriptions_next_at_id", "subscriptions", ["next_at", "id"])


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subscription_id", BIG_ID, nullable=False),
        sa.Column("channel_id", BIG_ID, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("in_thread", sa.Boolean, nullable=False),
        sa.Column("upto_change", BIG_ID, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("rest", sa.Integer, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("opener_message", sa.String),
        sa.Column("opener_url", sa.String),
        sa.Column("done_at", MOMENT),
        sa.Column("lease_owner", sa.String),
        sa.Column("lease_until", MOMENT),
        sa.Column("retry_at", MOMENT),
        sa.Column("verdicts", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("subscription_id", "day", name="uq_editions_subscription_id_day"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="fk_editions_subscription_id"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_editions_channel_id"),
    )
    for name, columns, where in (
        ("ix_editions_waiting", ["due_at", "id"], WAITING),
        ("ix_editions_waiting_in_channel", ["channel_id", "due_at", "id"], WAITING),
        ("ix_editions_remembered", ["day"], REMEMBERED),
    ):
        op.create_index(name, "editions", columns, sqlite_where=where, postgresql_where=where)


def _parts() -> None:
    op.create_table(
        "parts",
        sa.Column("edition_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("message", sa.String),
        sa.Column("url", sa.String),
        sa.Column("card", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "number", name="pk_parts"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_parts_edition_id"),
    )
    op.create_table(
        "shown",
        sa.Column("channel_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("paper_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("edition_id", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "paper_id", name="pk_shown"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_shown_channel_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_shown_edition_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_shown_edition_id", "shown", ["edition_id"])
