"""Pauses and resumes all subscriptions of a workspace. Storage room; runs inside a write transaction of its caller."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, bindparam, select, update

from bot.local_time import first_post
from bot.subscription import Subscription
from storage.channels import lock_channels
from storage.edition_tables import CHANNELS, EDITIONS, SUBSCRIPTIONS
from storage.giving_up import give_up_waiting
from storage.rows import chunks
from storage.subscription_rows import SELECT_SUBSCRIPTIONS, subscription_from

_CHANNELS: Final = select(CHANNELS.c.id).where(
    CHANNELS.c.platform == bindparam("of_platform"), CHANNELS.c.workspace == bindparam("of_workspace")
)
_PAUSED_SO: Final = SELECT_SUBSCRIPTIONS.where(
    SUBSCRIPTIONS.c.channel_id.in_(bindparam("ids", expanding=True)),
    SUBSCRIPTIONS.c.ended_at.is_(None),
    SUBSCRIPTIONS.c.paused == bindparam("why"),
).order_by(SUBSCRIPTIONS.c.id)
_RESUME: Final = (
    update(SUBSCRIPTIONS)
    .where(SUBSCRIPTIONS.c.id == bindparam("of_id"))
    .values(paused="", next_at=bindparam("new_next_at", type_=SUBSCRIPTIONS.c.next_at.type))
)


def pause_all(connection: Connection, platform: str, workspace: str, reason: str) -> list[Subscription]:
    """Pause what runs there and give up what is unsent; returns what ran until now, as it is now."""
    paused: list[Subscription] = []
    for ids in _locked(connection, platform, workspace):
        these = and_(SUBSCRIPTIONS.c.channel_id.in_(ids), SUBSCRIPTIONS.c.ended_at.is_(None), SUBSCRIPTIONS.c.paused == "")
        pause = update(SUBSCRIPTIONS).where(these).values(paused=reason, next_at=None).returning(SUBSCRIPTIONS.c.id)
        now_paused = connection.execute(pause).scalars().all()
        give_up_waiting(connection, EDITIONS.c.channel_id.in_(ids), reason)
        for chunk in chunks(now_paused):
            rows = connection.execute(SELECT_SUBSCRIPTIONS.where(SUBSCRIPTIONS.c.id.in_(chunk))).all()
            paused += [subscription_from(row) for row in rows]
    return sorted(paused, key=lambda one: one.id)


def resume_all(connection: Connection, platform: str, workspace: str, reason: str, now: datetime) -> int:
    """Let what was paused for this reason run again; a local day that has its edition is passed over when it comes."""
    resumed = 0
    for ids in _locked(connection, platform, workspace):
        rows = connection.execute(_PAUSED_SO, {"ids": ids, "why": reason}).all()
        again = [{"of_id": row.id, "new_next_at": first_post(subscription_from(row).wish.timing, now)} for row in rows]
        if again:
            connection.execute(_RESUME, again)
        resumed += len(again)
    return resumed


def _locked(connection: Connection, platform: str, workspace: str) -> list[list[int]]:
    """The numbers of the workspace's channels, in lists; nobody else changes what is planned there meanwhile."""
    ids = connection.execute(_CHANNELS, {"of_platform": platform, "of_workspace": workspace}).scalars().all()
    lock_channels(connection, ids)
    return list(chunks(ids))
