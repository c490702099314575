"""The tables of channels, subscriptions, editions and their parts. Storage room: knows SQLModel; rows never leave it.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import UTC, date, datetime, time
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, DateTime, Dialect, Index, Table, Time, TypeDecorator, UniqueConstraint, false, text
from sqlmodel import Field

from storage.tables import BigId, Row


class UtcTime(TypeDecorator[datetime]):
    """A moment, UTC inside and outside of the database; SQLite itself keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC.

        Raises:
            ValueError: it has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


WAITING: Final = text("state = 'planned'")
REMEMBERED: Final = text("verdicts IS NOT NULL")


class ChannelRow(Row, table=True):
    """A channel that ever had a subscription or a muted word. Whoever changes what is planned there locks its row first.

    `shared`: another company reads it too.
    """

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel"),)

    id: int = Field(primary_key=True, sa_type=BigId)
    platform: str
    workspace: str
    channel: str = Field(index=True)
    shared: bool = Field(sa_column_kwargs={"server_default": false()})


class MuteRow(Row, table=True):
    """A word that keeps papers out of a channel."""

    __tablename__ = "mutes"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    channel_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="channels.id")
    word: str = Field(primary_key=True)
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)


class SubscriptionRow(Row, table=True):
    """A subscription. `next_at` is NULL while it is paused and once it has ended; `days` are digits, 0 is Monday."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index(None, "next_at", "id"),)

    id: int = Field(primary_key=True, sa_type=BigId)
    channel_id: int = Field(sa_type=BigId, foreign_key="channels.id", index=True)
    query: str
    days: str
    at: time = Field(sa_type=Time)
    zone: str
    top: int
    layout: str
    quiet: bool
    within_h: int | None
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
    since_change: int = Field(sa_type=BigId)
    start_on: date
    next_at: datetime | None = Field(sa_type=UtcTime)
    paused: str
    ended_at: datetime | None = Field(sa_type=UtcTime)
    mention: str = Field(sa_column_kwargs={"server_default": ""})
    publish: bool = Field(sa_column_kwargs={"server_default": false()})


class EditionRow(Row, table=True):
    """An edition. `parts` and `sent` count its messages, and stay when the messages themselves are forgotten.

    `verdicts` is NULL once it is forgotten. A lease is in force while `lease_owner` is set and `lease_until` has not come.
    """

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("subscription_id", "day"),
        # Few editions wait, however many there were: these two hold only those, so that claiming stays cheap over the years.
        Index("ix_editions_waiting", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_editions_waiting_in_channel", "channel_id", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_editions_remembered", "day", sqlite_where=REMEMBERED, postgresql_where=REMEMBERED),
    )

    id: int = Field(primary_key=True, sa_type=BigId)
    subscription_id: int = Field(sa_type=BigId, foreign_key="subscriptions.id")
    channel_id: int = Field(sa_type=BigId, foreign_key="channels.id")
    day: date
    state: str
    due_at: datetime = Field(sa_type=UtcTime)
    in_thread: bool
    upto_change: int = Field(sa_type=BigId)
    seen: int
    rest: int
    reason: str
    parts: int
    sent: int
    opener_message: str | None
    opener_url: str | None
    done_at: datetime | None = Field(sa_type=UtcTime)
    lease_owner: str | None
    lease_until: datetime | None = Field(sa_type=UtcTime)
    retry_at: datetime | None = Field(sa_type=UtcTime)
    verdicts: list[Any] | None = Field(sa_type=JSON(none_as_null=True))


class PartRow(Row, table=True):
    """A message of an edition, numbered from 1: planned, sending, sent or failed."""

    __tablename__ = "parts"

    edition_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="editions.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: str
    tries: int
    message: str | None
    url: str | None
    card: str


class ShownRow(Row, table=True):
    """A paper that a channel has been shown, or is about to be. Papers keep their ids, so they need no reference here."""

    __tablename__ = "shown"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    channel_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="channels.id")
    paper_id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    edition_id: int = Field(sa_type=BigId, foreign_key="editions.id", index=True)


CHANNELS: Final[Table] = Row.metadata.tables["channels"]
MUTES: Final[Table] = Row.metadata.tables["mutes"]
SUBSCRIPTIONS: Final[Table] = Row.metadata.tables["subscriptions"]
EDITIONS: Final[Table] = Row.metadata.tables["editions"]
PARTS: Final[Table] = Row.metadata.tables["parts"]
SHOWN: Final[Table] = Row.metadata.tables["shown"]
