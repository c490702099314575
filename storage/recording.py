"""Writes down what happened to editions: read and lock them, apply the steps purely, write. Runs inside one write transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.subscription import Step
from storage.delivery import InHand, PartInHand
from storage.edition_tables import EDITIONS, PARTS
from storage.giving_up import free_papers
from storage.rows import chunks

_KEPT: Final = ("state", "reason", "lease_owner", "lease_until", "retry_at", "done_at", "opener_message", "opener_url")
_EDITIONS: Final = (
    select(EDITIONS.c.id, *(EDITIONS.c[name] for name in _KEPT))
    .where(EDITIONS.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(EDITIONS.c.id)
    .with_for_update()
)
_PARTS: Final = select(PARTS.c.edition_id, PARTS.c.number, PARTS.c.state, PARTS.c.tries, PARTS.c.message, PARTS.c.url).where(
    PARTS.c.edition_id.in_(bindparam("ids", expanding=True))
)
_CHANGE_EDITION: Final = (
    update(EDITIONS).where(EDITIONS.c.id == bindparam("of_edition")).values({name: bindparam(name) for name in (*_KEPT, "sent")})
)
_CHANGE_PART: Final = (
    update(PARTS)
    .where(PARTS.c.edition_id == bindparam("of_edition"), PARTS.c.number == bindparam("of_number"))
    .values({name: bindparam(name) for name in ("state", "tries", "message", "url")})
)


def record_steps(connection: Connection, owner: str, now: datetime, steps: Sequence[Step], lease_s: float) -> list[bool]:
    """Apply the steps of `owner`, in their order, and say of each whether it counts."""
    in_hand = _read(connection, {step.edition_id for step in steps})
    lease_until = now + timedelta(seconds=lease_s)
    counted: list[bool] = []
    changed: set[int] = set()
    for step in steps:
        edition = in_hand.get(step.edition_id)
        counted.append(edition is not None and edition.take(step, owner, now, lease_until))
        if counted[-1] or step.kind == "begun":  # a part that is begun too late may hand the edition back
            changed.add(step.edition_id)
    _write(connection, {number: in_hand[number] for number in sorted(changed & in_hand.keys())})
    return counted


def _read(connection: Connection, ids: Iterable[int]) -> dict[int, InHand]:
    in_hand: dict[int, InHand] = {}
    for chunk in chunks(sorted(ids)):
        editions = connection.execute(_EDITIONS, {"ids": chunk}).all()
        parts: dict[int, dict[int, PartInHand]] = defaultdict(dict)
        for edition_id, number, state, tries, message, url in connection.execute(_PARTS, {"ids": chunk}).all():
            parts[edition_id][number] = PartInHand(state=state, tries=tries, message=message, url=url)
        in_hand |= {row.id: InHand(parts=parts[row.id], **{name: row._mapping[name] for name in _KEPT}) for row in editions}
    return in_hand


def _write(connection: Connection, changed: dict[int, InHand]) -> None:
    parts = [
        {"of_edition": edition_id, "of_number": number, **_values(edition.parts[number])}
        for edition_id, edition in changed.items()
        for number in sorted(edition.touched)
    ]
    editions = [
        {"of_edition": edition_id, "sent": edition.sent, **{name: getattr(edition, name) for name in _KEPT}}
        for edition_id, edition in changed.items()
    ]
    if parts:
        connection.execute(_CHANGE_PART, parts)
    if editions:
        connection.execute(_CHANGE_EDITION, editions)
    free_papers(connection, [edition_id for edition_id, edition in changed.items() if edition.papers_freed])


def _values(part: PartInHand) -> dict[str, object]:
    return {"state": part.state, "tries": part.tries, "message": part.message, "url": part.url}
