"""`Ledger` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave.

Must not know what is due, what an edition holds or how it is sent.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, func, select, update

from bot.model import ChannelRef
from bot.subscription import Backlog, Edition, Job, PlannedEdition, Step
from storage.channels import channel_ids
from storage.claims import PLANNED, free_editions, lease_editions
from storage.database import Database
from storage.edition_rows import SELECT_EDITIONS, edition_from
from storage.edition_tables import EDITIONS, PARTS, REMEMBERED, SHOWN, SUBSCRIPTIONS
from storage.planning import enter_editions
from storage.recording import record_steps
from storage.rows import chunks
from storage.shown import shown_between

FORGOTTEN_AT_ONCE: Final = 500
"""Editions in one transaction of `forget`, so that nobody waits long for the write lock."""

_NEWEST_OF_EACH: Final = SELECT_EDITIONS.join(SUBSCRIPTIONS, SUBSCRIPTIONS.c.id == EDITIONS.c.subscription_id).where(
    SUBSCRIPTIONS.c.id.in_(bindparam("ids", expanding=True)),
    EDITIONS.c.day
    == select(func.max((_AGAIN := EDITIONS.alias("newest")).c.day))
    .where(_AGAIN.c.subscription_id == SUBSCRIPTIONS.c.id)
    .correlate(SUBSCRIPTIONS)
    .scalar_subquery(),
)
_NEWEST_OF_ONE: Final = (
    SELECT_EDITIONS.where(EDITIONS.c.subscription_id == bindparam("of_subscription"))
    .order_by(EDITIONS.c.day.desc())
    .limit(bindparam("at_most"))
)
_LAST_POSTED: Final = (
    SELECT_EDITIONS.where(
        EDITIONS.c.subscription_id.in_(
            select(SUBSCRIPTIONS.c.id).where(SUBSCRIPTIONS.c.channel_id.in_(bindparam("channel_ids", expanding=True)))
        ),
        EDITIONS.c.sent > 0,
    )
    .order_by(EDITIONS.c.day.desc(), EDITIONS.c.id.desc())
    .limit(1)
)
_SHOWN_IN: Final = SELECT_EDITIONS.join(SHOWN, SHOWN.c.edition_id == EDITIONS.c.id).where(
    SHOWN.c.channel_id.in_(bindparam("channel_ids", expanding=True)), SHOWN.c.paper_id == bindparam("of_paper")
)
_DUE: Final = select(func.count(), func.min(SUBSCRIPTIONS.c.next_at)).where(
    SUBSCRIPTIONS.c.next_at <= bindparam("now", type_=SUBSCRIPTIONS.c.next_at.type)
)
_WAITING: Final = select(func.coalesce(func.sum(EDITIONS.c.parts - EDITIONS.c.sent), 0), func.min(EDITIONS.c.due_at)).where(
    EDITIONS.c.state == PLANNED
)
_PAUSED: Final = select(func.count()).where(SUBSCRIPTIONS.c.paused != "", SUBSCRIPTIONS.c.ended_at.is_(None))
_OLD: Final = (
    select(EDITIONS.c.id)
    .where(REMEMBERED, EDITIONS.c.state != PLANNED, EDITIONS.c.day < bindparam("before"))
    .order_by(EDITIONS.c.day)
    .limit(FORGOTTEN_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_DROP_PARTS: Final = delete(PARTS).where(PARTS.c.edition_id.in_(bindparam("ids", expanding=True)))
_DROP_VERDICTS: Final = update(EDITIONS).where(EDITIONS.c.id.in_(bindparam("ids", expanding=True))).values(verdicts=None)


class SqlLedger:
    """What was planned and what became of it, in a database whose tables are up to date.

    Safe with several threads and processes on one database. Every method but `forget` is one transaction; all raise
    `StorageError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, editions: Sequence[PlannedEdition], now: datetime) -> list[bool]:
        """Enter editions, each as a whole or not at all, and move its subscription to its `next_at`.

        Not entered (`False`): the subscription has ended, is paused, was changed or was planned by another process since it was
        read, has an edition of that day, or one of its papers has meanwhile been shown in the channel, also by an edition before
        it in this batch. It is then simply due again, except that for a day that has an edition already `next_at` moves on.
        """
        with self._database.writing() as connection:
            return enter_editions(connection, editions, now)

    def claim(self, owner: str, now: datetime, *, lease_s: float, limit: int, platforms: Sequence[str]) -> list[Job]:
        """Lease editions that wait to be sent on these platforms, oldest due first; for each channel only the first."""
        with self._database.writing() as connection:
            ids = free_editions(connection, now, platforms, limit)
            return lease_editions(connection, ids, owner, now + timedelta(seconds=lease_s))

    def record(self, owner: str, now: datetime, steps: Sequence[Step], *, lease_s: float) -> list[bool]:
        """Write down what happened, in one transaction, and extend the leases. `False`: the lease was lost; stop that job.

        A `sent` step is written even if the lease was lost, if the part is not sent already: the message is out. That a part
        begins which an earlier process has meanwhile reported as sent is `False` too, and hands the edition back.
        """
        with self._database.writing() as connection:
            return record_steps(connection, owner, now, steps, lease_s)

    def shown(self, channels: Sequence[ChannelRef], paper_ids: Sequence[int]) -> Mapping[ChannelRef, frozenset[int]]:
        """Which of these papers each channel has been shown, or is about to be."""
        if not paper_ids:
            return {channel: frozenset() for channel in channels}
        asked = set(paper_ids)
        found: dict[ChannelRef, set[int]] = defaultdict(set)
        with self._database.reading() as connection:
            known = channel_ids(connection, channels)
            for channel_id, paper_id in shown_between(connection, known, min(asked), max(asked)):
                if paper_id in asked:
                    found[known[channel_id]].add(paper_id)
        return {channel: frozenset(found[channel]) for channel in channels}

    def shown_in(self, channel: ChannelRef, paper_id: int) -> Edition | None:
        """The edition that showed a paper in a channel."""
        with self._database.reading() as connection:
            known = list(channel_ids(connection, [channel]))
            row = connection.execute(_SHOWN_IN, {"channel_ids": known, "of_paper": paper_id}).one_or_none()
            return None if row is None else edition_from(row)

    def last_planned(self, subscription_ids: Sequence[int]) -> Mapping[int, Edition]:
        """The newest edition of each subscription that has one, skipped days included."""
        newest: dict[int, Edition] = {}
        with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(subscription_ids)):
                rows = connection.execute(_NEWEST_OF_EACH, {"ids": chunk}).all()
                newest |= {row.subscription_id: edition_from(row) for row in rows}
        return newest

    def editions(self, subscription_id: int, *, limit: int) -> list[Edition]:
        """The newest editions of a subscription, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_NEWEST_OF_ONE, {"of_subscription": subscription_id, "at_most": limit}).all()
            return [edition_from(row) for row in rows]

    def last_posted(self, channel: ChannelRef) -> Edition | None:
        """The newest edition in a channel of which anything was posted, of any subscription, also one that has ended."""
        with self._database.reading() as connection:
            known = list(channel_ids(connection, [channel]))
            row = connection.execute(_LAST_POSTED, {"channel_ids": known}).one_or_none()
            return None if row is None else edition_from(row)

    def backlog(self, now: datetime) -> Backlog:
        """How much is due and waiting; `late_s` is the age of the oldest of it, 0 where there is none."""
        with self._database.reading() as connection:
            due, due_since = connection.execute(_DUE, {"now": now}).one()
            waiting_parts, waiting_since = connection.execute(_WAITING).one()
            paused = connection.execute(_PAUSED).scalar_one()
        since = min((at for at in (due_since, waiting_since) if at is not None), default=now)
        late_s = max(0.0, (now - since).total_seconds())
        return Backlog(due=due, waiting_parts=int(waiting_parts), late_s=late_s, paused=paused)

    def forget(self, before: date) -> int:
        """Drop the cards and verdicts of editions older than a day; what was shown where stays known. Returns how many.

        Those that still wait to be sent are kept. Done in several transactions, so that others can write in between.
        """
        forgotten = 0
        while True:
            with self._database.writing() as connection:
                ids = connection.execute(_OLD, {"before": before}).scalars().all()
                if ids:
                    connection.execute(_DROP_PARTS, {"ids": ids})
                    connection.execute(_DROP_VERDICTS, {"ids": ids})
            forgotten += len(ids)
            if len(ids) < FORGOTTEN_AT_ONCE:
                return forgotten
