"""Channels and their row numbers. Storage room; runs inside a transaction of its caller."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert

from bot.model import ChannelRef
from storage.edition_tables import CHANNELS
from storage.rows import chunks

NAMED: Final[tuple[ColumnElement[str], ...]] = (CHANNELS.c.platform, CHANNELS.c.workspace, CHANNELS.c.channel)
"""What a query selects so that `channel_from` can read its rows."""

# By one column, for which there is an index: SQLite uses none for a list of triples.
_BY_NAME: Final = select(CHANNELS.c.id, *NAMED).where(CHANNELS.c.channel.in_(bindparam("names", expanding=True)))
_LOCKED: Final = (
    select(CHANNELS.c.id).where(CHANNELS.c.id.in_(bindparam("ids", expanding=True))).order_by(CHANNELS.c.id).with_for_update()
)


def channel_from(row: Row[tuple[str, str, str]]) -> ChannelRef:
    """The channel of a row that holds the columns `NAMED`."""
    return ChannelRef(platform=row.platform, workspace=row.workspace, channel=row.channel)


def channel_ids(connection: Connection, channels: Iterable[ChannelRef]) -> dict[int, ChannelRef]:
    """The channels that have a row, by its number."""
    found: dict[int, ChannelRef] = {}
    asked = set(channels)
    for names in chunks({one.channel for one in asked}):
        for row in connection.execute(_BY_NAME, {"names": names}).all():
            channel = channel_from(row)
            if channel in asked:
                found[row.id] = channel
    return found


def lock_channel(connection: Connection, channel: ChannelRef) -> int:
    """The number of a channel, whose row is made where it is missing; nobody else changes what is planned there meanwhile."""
    known = channel_ids(connection, [channel])
    if not known:
        values = {"platform": channel.platform, "workspace": channel.workspace, "channel": channel.channel}
        if connection.dialect.name == "postgresql":  # another process may be making it just now; SQLite has one writer
            connection.execute(postgres_insert(CHANNELS).values(values).on_conflict_do_nothing())
        else:
            connection.execute(insert(CHANNELS).values(values))
        known = channel_ids(connection, [channel])
    lock_channels(connection, known)
    return next(iter(known))


def lock_channels(connection: Connection, ids: Iterable[int]) -> None:
    """Keep others from changing what is planned in these channels. All lock in the same order, so none waits for another."""
    for chunk in chunks(sorted(set(ids))):
        connection.execute(_LOCKED, {"ids": chunk})
