"""`SubscriptionStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave.

Must not know what is due in local time or what an edition holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, delete, exists, func, insert, select, update

from bot.model import ChannelRef
from bot.subscription import Subscription
from storage.channels import channel_ids, lock_channel, lock_channels
from storage.database import Database
from storage.edition_tables import CHANNELS, EDITIONS, MUTES, SHOWN, SUBSCRIPTIONS
from storage.giving_up import give_up_waiting
from storage.rows import chunks
from storage.subscription_rows import SELECT_SUBSCRIPTIONS, changeable_values, new_values, subscription_from
from storage.tables import PAPERS
from storage.workspaces import pause_all, resume_all

ENDED: Final = "The subscription was ended before this was sent."
SHARED: Final = "The channel was shared with another company before this was sent, and it held papers of this workspace alone."

_LIVING: Final = SUBSCRIPTIONS.c.ended_at.is_(None)
DUE: Final = (
    SELECT_SUBSCRIPTIONS.where(SUBSCRIPTIONS.c.next_at <= bindparam("now", type_=SUBSCRIPTIONS.c.next_at.type))
    .order_by(SUBSCRIPTIONS.c.next_at, SUBSCRIPTIONS.c.id)
    .limit(bindparam("at_most"))
)
_IN_CHANNEL: Final = SELECT_SUBSCRIPTIONS.where(and_(_LIVING, SUBSCRIPTIONS.c.channel_id == bindparam("channel_id"))).order_by(
    SUBSCRIPTIONS.c.id
)
_RUNNING_IN_CHANNEL: Final = _IN_CHANNEL.where(SUBSCRIPTIONS.c.paused == "")
_EVERYWHERE: Final = (
    SELECT_SUBSCRIPTIONS.where(_LIVING)
    .order_by(CHANNELS.c.platform, CHANNELS.c.workspace, CHANNELS.c.channel, SUBSCRIPTIONS.c.id)
    .limit(bindparam("at_most"))
)
_IN_WORKSPACE: Final = _EVERYWHERE.where(
    CHANNELS.c.platform == bindparam("of_platform"), CHANNELS.c.workspace == bindparam("of_workspace")
)
_PRIVATE_INSIDE: Final = exists().where(
    SHOWN.c.edition_id == EDITIONS.c.id, PAPERS.c.id == SHOWN.c.paper_id, PAPERS.c.visible_to.is_not(None)
)
_MUTES: Final = (
    select(MUTES.c.channel_id, MUTES.c.word)
    .where(MUTES.c.channel_id.in_(bindparam("ids", expanding=True)))
    .order_by(MUTES.c.channel_id, MUTES.c.word)
)


class SqlSubscriptions:
    """Who gets what, where and when, in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscription: Subscription, *, most: int) -> Subscription | None:
        """Store a new one, whose `id` is not looked at, and give it back with its id; `None` where the channel has `most`."""
        with self._database.writing() as connection:
            channel_id = lock_channel(connection, subscription.channel)
            has = select(func.count()).select_from(SUBSCRIPTIONS).where(_LIVING, SUBSCRIPTIONS.c.channel_id == channel_id)
            if connection.execute(has).scalar_one() >= most:
                return None
            new = insert(SUBSCRIPTIONS).values(new_values(subscription, channel_id)).returning(SUBSCRIPTIONS.c.id)
            return replace(subscription, id=connection.execute(new).scalar_one())

    def change(self, subscription: Subscription) -> bool:
        """Store its wish, `next_at` and `paused` anew, by its id; `False` where it has ended."""
        with self._database.writing() as connection:
            this = and_(SUBSCRIPTIONS.c.id == subscription.id, _LIVING)
            return bool(connection.execute(update(SUBSCRIPTIONS).where(this).values(changeable_values(subscription))).rowcount)

    def mention_nobody(self, subscription_id: int, role: str) -> Subscription | None:
        """Take a role that is gone out of it; as it is then, to exactly one caller: `None` where it mentions it no longer."""
        this = and_(SUBSCRIPTIONS.c.id == subscription_id, _LIVING, SUBSCRIPTIONS.c.mention == role)
        with self._database.writing() as connection:
            if not connection.execute(update(SUBSCRIPTIONS).where(this).values(mention="")).rowcount:
                return None
            return _read(connection, SELECT_SUBSCRIPTIONS.where(SUBSCRIPTIONS.c.id == subscription_id))[0]

    def end(self, subscription_id: int, now: datetime) -> bool:
        """End it; what it posted stays known. What it has not sent yet is given up. `False` where it had ended already.

        Papers of an edition of which surely nothing was sent may be shown in the channel again.
        """
        this = and_(SUBSCRIPTIONS.c.id == subscription_id, _LIVING)
        with self._database.writing() as connection:
            lock_channels(connection, connection.execute(select(SUBSCRIPTIONS.c.channel_id).where(this)).scalars())
            if not connection.execute(update(SUBSCRIPTIONS).where(this).values(ended_at=now, next_at=None)).rowcount:
                return False
            give_up_waiting(connection, EDITIONS.c.subscription_id == subscription_id, ENDED)
            return True

    def of_channel(self, channel: ChannelRef) -> list[Subscription]:
        """The subscriptions of a channel that have not ended, oldest first, paused ones too."""
        with self._database.reading() as connection:
            known = channel_ids(connection, [channel])
            return [one for number in known for one in _read(connection, _IN_CHANNEL, channel_id=number)]

    def of_workspace(self, platform: str, workspace: str, *, limit: int) -> list[Subscription]:
        """Those of all channels of a workspace, by channel, oldest first."""
        with self._database.reading() as connection:
            return _read(connection, _IN_WORKSPACE, of_platform=platform, of_workspace=workspace, at_most=limit)

    def all(self, *, limit: int) -> list[Subscription]:
        """Those of all workspaces: for the operator."""
        with self._database.reading() as connection:
            return _read(connection, _EVERYWHERE, at_most=limit)

    def due(self, now: datetime, *, limit: int) -> list[Subscription]:
        """Subscriptions whose `next_at` has come, the longest waiting first."""
        with self._database.reading() as connection:
            return _read(connection, DUE, now=now, at_most=limit)

    def pause_channel(self, channel: ChannelRef, reason: str) -> list[Subscription]:
        """Pause every running subscription of a channel and give up what is unsent there; returns those that ran until now.

        They are returned as they are now, paused. Papers of an edition of which surely nothing was sent may be shown again.
        """
        with self._database.writing() as connection:
            channel_id = lock_channel(connection, channel)
            running = connection.execute(_RUNNING_IN_CHANNEL, {"channel_id": channel_id}).all()
            these = and_(SUBSCRIPTIONS.c.channel_id == channel_id, _LIVING, SUBSCRIPTIONS.c.paused == "")
            connection.execute(update(SUBSCRIPTIONS).where(these).values(paused=reason, next_at=None))
            give_up_waiting(connection, EDITIONS.c.channel_id == channel_id, reason)
            ids = [row.id for row in running]
            return _read(connection, SELECT_SUBSCRIPTIONS.where(SUBSCRIPTIONS.c.id.in_(ids)).order_by(SUBSCRIPTIONS.c.id))

    def set_shared(self, channel: ChannelRef, shared: bool) -> bool:
        """Note whether another company reads a channel too; `False` where that was known.

        From then on only public papers are posted there; what waits to be sent and holds others is given up.
        """
        with self._database.writing() as connection:
            if not shared and not channel_ids(connection, [channel]):
                return False
            channel_id = lock_channel(connection, channel)
            this = and_(CHANNELS.c.id == channel_id, CHANNELS.c.shared != shared)
            if not connection.execute(update(CHANNELS).where(this).values(shared=shared)).rowcount:
                return False
            if shared:
                give_up_waiting(connection, and_(EDITIONS.c.channel_id == channel_id, _PRIVATE_INSIDE), SHARED)
            return True

    def pause_workspace(self, platform: str, workspace: str, reason: str) -> list[Subscription]:
        """Pause every running subscription of a workspace and give up what is unsent there; returns those that ran until now.

        They are returned as they are now, paused.
        """
        with self._database.writing() as connection:
            return pause_all(connection, platform, workspace, reason)

    def resume_workspace(self, platform: str, workspace: str, reason: str, now: datetime) -> int:
        """Let those run again that are paused for exactly this reason, from their next local time on; how many that were."""
        with self._database.writing() as connection:
            return resume_all(connection, platform, workspace, reason, now)

    def mute(self, channel: ChannelRef, word: str, *, by: str, now: datetime, most: int) -> bool:
        """Keep papers with this word out of a channel; `False` where it has `most` words already."""
        with self._database.writing() as connection:
            channel_id = lock_channel(connection, channel)
            words = connection.execute(_MUTES, {"ids": [channel_id]}).all()
            if any(row.word == word for row in words):
                return True
            if len(words) >= most:
                return False
            connection.execute(insert(MUTES).values(channel_id=channel_id, word=word, made_by=by, made_at=now))
            return True

    def unmute(self, channel: ChannelRef, word: str) -> bool:
        """Let a word in again; `False` where it was not muted."""
        with self._database.writing() as connection:
            channel_id = lock_channel(connection, channel)
            this = and_(MUTES.c.channel_id == channel_id, MUTES.c.word == word)
            return bool(connection.execute(delete(MUTES).where(this)).rowcount)

    def muted(self, channels: Sequence[ChannelRef]) -> Mapping[ChannelRef, tuple[str, ...]]:
        """The muted words of each channel that has any, in alphabetical order."""
        words: dict[ChannelRef, tuple[str, ...]] = {}
        with self._database.reading() as connection:
            known = channel_ids(connection, channels)
            for chunk in chunks(known):
                for channel_id, word in connection.execute(_MUTES, {"ids": chunk}).all():
                    words[known[channel_id]] = (*words.get(known[channel_id], ()), word)
        return {channel: tuple(sorted(of_channel)) for channel, of_channel in words.items()}


def _read(connection: Connection, query: Select[Any], **values: object) -> list[Subscription]:
    return [subscription_from(row) for row in connection.execute(query, values).all()]
