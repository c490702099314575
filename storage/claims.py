"""Leases editions that wait to be sent. Storage room; runs inside one write transaction."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, literal_column, or_, select, tuple_, update

from bot.card_json import card_from_json
from bot.cards import Card
from bot.model import Opening
from bot.subscription import Job, Part
from storage.channels import NAMED, channel_from
from storage.edition_rows import opener_from
from storage.edition_tables import CHANNELS, EDITIONS, PARTS, SUBSCRIPTIONS, UtcTime
from storage.giving_up import UNSENT
from storage.rows import chunks

# Written out in the statement: a database uses an index of waiting editions only where it sees that just those are asked for.
PLANNED: Final[ColumnElement[str]] = literal_column("'planned'")

_NOW: Final = bindparam("now", type_=UtcTime())
_OLDER: Final = EDITIONS.alias("older")
# A subquery and no join, or SQLite begins with all channels of the platform instead of the few editions that wait.
_PLATFORM: Final = select(CHANNELS.c.platform).where(CHANNELS.c.id == EDITIONS.c.channel_id).scalar_subquery()
FREE: Final = (
    select(EDITIONS.c.id)
    .where(
        EDITIONS.c.state == PLANNED,
        or_(EDITIONS.c.lease_until.is_(None), EDITIONS.c.lease_until <= _NOW),
        or_(EDITIONS.c.retry_at.is_(None), EDITIONS.c.retry_at <= _NOW),
        _PLATFORM.in_(bindparam("platforms", expanding=True)),
        ~exists().where(
            _OLDER.c.channel_id == EDITIONS.c.channel_id,
            _OLDER.c.state == PLANNED,
            tuple_(_OLDER.c.due_at, _OLDER.c.id) < tuple_(EDITIONS.c.due_at, EDITIONS.c.id),
        ),
    )
    .order_by(EDITIONS.c.due_at, EDITIONS.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(of=EDITIONS, skip_locked=True)
)
_LEASE: Final = (
    update(EDITIONS)
    .where(EDITIONS.c.id.in_(bindparam("ids", expanding=True)))
    .values(lease_owner=bindparam("owner"), lease_until=bindparam("until"), retry_at=None)
)
_LEASED: Final = (
    select(EDITIONS, SUBSCRIPTIONS.c.made_by, SUBSCRIPTIONS.c.mention, SUBSCRIPTIONS.c.publish, *NAMED)
    .join(CHANNELS, CHANNELS.c.id == EDITIONS.c.channel_id)
    .join(SUBSCRIPTIONS, SUBSCRIPTIONS.c.id == EDITIONS.c.subscription_id)
    .where(EDITIONS.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(EDITIONS.c.due_at, EDITIONS.c.id)
)
_PARTS_LEFT: Final = (
    select(PARTS.c.edition_id, PARTS.c.number, PARTS.c.card, PARTS.c.tries, PARTS.c.state)
    .where(PARTS.c.edition_id.in_(bindparam("ids", expanding=True)), PARTS.c.state.in_(UNSENT))
    .order_by(PARTS.c.edition_id, PARTS.c.number)
)


def free_editions(connection: Connection, now: datetime, platforms: Sequence[str], limit: int) -> Sequence[int]:
    """The ids of at most `limit` editions that may be leased, oldest due first; nobody else leases them in the meantime."""
    return connection.execute(FREE, {"now": now, "platforms": list(platforms), "at_most": limit}).scalars().all()


def lease_editions(connection: Connection, ids: Sequence[int], owner: str, until: datetime) -> list[Job]:
    """Lease these editions, and read what is left of them to send; oldest due first."""
    jobs: list[Job] = []
    cards: dict[str, Card] = {}  # editions share cards
    for chunk in chunks(ids):
        connection.execute(_LEASE, {"ids": chunk, "owner": owner, "until": until})
        left: dict[int, list[Part]] = defaultdict(list)
        for edition_id, number, text, tries, state in connection.execute(_PARTS_LEFT, {"ids": chunk}).all():
            card = cards[text] = cards.get(text) or card_from_json(text)
            left[edition_id].append(Part(number=number, card=card, tries=tries, in_doubt=state == "sending"))
        jobs += [_job(row, tuple(left[row.id])) for row in connection.execute(_LEASED, {"ids": chunk}).all()]
    return jobs


def _job(row: Row[Any], parts: tuple[Part, ...]) -> Job:
    channel = channel_from(row)
    return Job(
        edition_id=row.id,
        subscription_id=row.subscription_id,
        channel=channel,
        made_by=row.made_by,
        day=row.day,
        due_at=row.due_at,
        in_thread=row.in_thread,
        opener=opener_from(row, channel),
        parts=parts,
        opening=Opening(mention=row.mention, publish=row.publish),
    )
