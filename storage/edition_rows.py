"""Editions as rows and back. Storage room: knows the columns, opens no connection."""

from typing import Any, Final

from sqlalchemy import Row, select

from bot.model import ChannelRef, MessageRef
from bot.subscription import Edition, PlannedEdition, Verdict
from storage.channels import NAMED, channel_from
from storage.edition_tables import CHANNELS, EDITIONS

SELECT_EDITIONS: Final = select(EDITIONS, *NAMED).join(CHANNELS, CHANNELS.c.id == EDITIONS.c.channel_id)


def edition_from(row: Row[Any]) -> Edition:
    """The edition of a row of `SELECT_EDITIONS`."""
    channel = channel_from(row)
    return Edition(
        id=row.id,
        subscription_id=row.subscription_id,
        channel=channel,
        day=row.day,
        state=row.state,
        due_at=row.due_at,
        done_at=row.done_at,
        parts=row.parts,
        sent=row.sent,
        opener=opener_from(row, channel),
        upto_change=row.upto_change,
        seen=row.seen,
        rest=row.rest,
        reason=row.reason,
        retry_at=row.retry_at,
        verdicts=tuple(_verdict(*shape) for shape in row.verdicts or ()),
    )


def opener_from(row: Row[Any], channel: ChannelRef) -> MessageRef | None:
    """The first message of an edition, once it is out."""
    return None if row.opener_message is None else MessageRef(channel=channel, message=row.opener_message, url=row.opener_url)


def new_values(edition: PlannedEdition, channel_id: int, done: dict[str, Any]) -> dict[str, Any]:
    """All columns of a new edition but its number; `done` holds `state` and `done_at`."""
    return {
        "subscription_id": edition.subscription.id,
        "channel_id": channel_id,
        "day": edition.day,
        "due_at": edition.due_at,
        "in_thread": edition.in_thread,
        "upto_change": edition.upto_change,
        "seen": edition.seen,
        "rest": edition.rest,
        "reason": edition.reason,
        "parts": len(edition.parts),
        "sent": 0,
        "verdicts": tuple((one.paper_id, one.kind, one.rank, one.word) for one in edition.verdicts),
        **done,
    }


def _verdict(paper_id: int, kind: Any, rank: int, word: str) -> Verdict:  # noqa: ANN401 - as it was written
    return Verdict(paper_id=paper_id, kind=kind, rank=rank, word=word)
