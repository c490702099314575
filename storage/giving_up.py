"""Gives up what is planned and not sent. Storage room; runs inside a write transaction of its caller."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, delete, exists, func, select, update

from storage.edition_tables import EDITIONS, PARTS, SHOWN, WAITING
from storage.rows import chunks

UNSENT: Final = ("planned", "sending")

_IDS: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_NOTHING_OUT: Final = select(EDITIONS.c.id).where(
    EDITIONS.c.id.in_(_IDS),
    ~exists().where(PARTS.c.edition_id == EDITIONS.c.id, PARTS.c.state.in_(("sending", "sent"))),
)
_FAIL_PARTS: Final = update(PARTS).where(PARTS.c.edition_id.in_(_IDS), PARTS.c.state.in_(UNSENT)).values(state="failed")
_FAIL: Final = (
    update(EDITIONS)
    .where(EDITIONS.c.id.in_(_IDS))
    .values(state="failed", reason=bindparam("why"), lease_owner=None, lease_until=None, retry_at=None)
)
_FREE: Final = delete(SHOWN).where(SHOWN.c.edition_id.in_(_IDS))
_BEFORE: Final = EDITIONS.alias()
_LOOK_AGAIN: Final = (
    update(EDITIONS)
    .where(EDITIONS.c.id.in_(_IDS))
    .values(
        upto_change=func.coalesce(
            select(func.max(_BEFORE.c.upto_change))
            .where(
                _BEFORE.c.subscription_id == EDITIONS.c.subscription_id,
                _BEFORE.c.day < EDITIONS.c.day,
                _BEFORE.c.id.not_in(_IDS),
            )
            .scalar_subquery(),
            0,
        )
    )
)


def give_up_waiting(connection: Connection, of: ColumnElement[bool], reason: str) -> None:
    """Give up the waiting editions that meet a condition on `EDITIONS`.

    The papers of an edition of which surely nothing is out may be shown again; a part that was begun may be out.
    """
    waiting = select(EDITIONS.c.id).where(WAITING, of).order_by(EDITIONS.c.id).with_for_update()
    for ids in chunks(connection.execute(waiting).scalars().all()):
        unseen = connection.execute(_NOTHING_OUT, {"ids": ids}).scalars().all()
        connection.execute(_FAIL_PARTS, {"ids": ids})
        connection.execute(_FAIL, {"ids": ids, "why": reason})
        free_papers(connection, unseen)


def free_papers(connection: Connection, edition_ids: Sequence[int]) -> None:
    """Let the papers of these editions come again, with the next edition: nobody saw them."""
    for ids in chunks(edition_ids):
        connection.execute(_FREE, {"ids": ids})
        connection.execute(_LOOK_AGAIN, {"ids": ids})
