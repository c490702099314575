"""Enters editions into the ledger: lock, look again, decide purely, write. Storage room; runs inside one write transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from bot.card_json import card_to_json
from bot.cards import Card
from bot.subscription import PlannedEdition
from storage.bulk import insert_rows
from storage.channels import lock_channels
from storage.edition_rows import new_values
from storage.edition_tables import EDITIONS, PARTS, SHOWN, SUBSCRIPTIONS
from storage.rows import chunks
from storage.shown import shown_between

_IDS: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_CHANNELS_OF: Final = select(SUBSCRIPTIONS.c.channel_id).where(SUBSCRIPTIONS.c.id.in_(_IDS))
_AS_THEY_ARE: Final = (
    select(SUBSCRIPTIONS.c.id, SUBSCRIPTIONS.c.channel_id, SUBSCRIPTIONS.c.next_at)
    .where(SUBSCRIPTIONS.c.id.in_(_IDS), SUBSCRIPTIONS.c.ended_at.is_(None), SUBSCRIPTIONS.c.paused == "")
    .order_by(SUBSCRIPTIONS.c.id)
    .with_for_update()
)
_ON_DAYS: Final = select(EDITIONS.c.subscription_id, EDITIONS.c.day, EDITIONS.c.id).where(
    EDITIONS.c.subscription_id.in_(_IDS), EDITIONS.c.day.between(bindparam("first"), bindparam("last"))
)
_MOVE_ON: Final = (
    update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == bindparam("of_subscription")).values(next_at=bindparam("next_at"))
)


@dataclass(slots=True, kw_only=True)
class Planned:
    """What the ledger holds about some subscriptions, kept up to date while editions are entered."""

    channels: dict[int, int]
    next_at: dict[int, datetime | None]
    days: set[tuple[int, date]]
    shown: dict[int, set[int]]
    moved: dict[int, datetime | None] = field(default_factory=dict)

    def enter(self, edition: PlannedEdition) -> bool:
        """Whether an edition is entered; if so, the next ones are judged with it in place."""
        subscription = edition.subscription
        of = subscription.id
        if subscription.next_at is None or self.next_at.get(of) != subscription.next_at:
            return False
        is_new = (of, edition.day) not in self.days
        shown = self.shown[self.channels[of]]
        if is_new and not shown.isdisjoint(edition.paper_ids):
            return False
        self.next_at[of] = self.moved[of] = edition.next_at
        if is_new:
            self.days.add((of, edition.day))
            shown.update(edition.paper_ids)
        return is_new


def enter_editions(connection: Connection, editions: Sequence[PlannedEdition], now: datetime) -> list[bool]:
    """Enter those editions that still may be, in order; an earlier one of the batch counts for the later ones."""
    if not editions:
        return []
    planned = _read(connection, editions)
    entered = [planned.enter(edition) for edition in editions]
    new = [edition for edition, is_entered in zip(editions, entered, strict=True) if is_entered]
    _write(connection, new, planned, now)
    if planned.moved:
        connection.execute(_MOVE_ON, [{"of_subscription": of, "next_at": at} for of, at in planned.moved.items()])
    return entered


def _read(connection: Connection, editions: Sequence[PlannedEdition]) -> Planned:
    ids = {edition.subscription.id for edition in editions}
    papers = [paper_id for edition in editions for paper_id in edition.paper_ids]
    if connection.dialect.name == "postgresql":  # on SQLite nobody else writes
        lock_channels(
            connection, [one for chunk in chunks(ids) for one in connection.execute(_CHANNELS_OF, {"ids": chunk}).scalars()]
        )
    planned = Planned(channels={}, next_at={}, days=set(), shown=defaultdict(set))
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(_AS_THEY_ARE, {"ids": chunk}).all():
            planned.channels[row.id], planned.next_at[row.id] = row.channel_id, row.next_at
    planned.days.update(_numbers(connection, editions))
    if papers:
        for channel_id, paper_id in shown_between(connection, set(planned.channels.values()), min(papers), max(papers)):
            planned.shown[channel_id].add(paper_id)
    return planned


def _write(connection: Connection, editions: Sequence[PlannedEdition], planned: Planned, now: datetime) -> None:
    if not editions:
        return
    channels = planned.channels
    insert_rows(connection, EDITIONS, [new_values(one, channels[one.subscription.id], _beginning(one, now)) for one in editions])
    numbers = _numbers(connection, editions)
    parts: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    texts: dict[int, str] = {}  # editions share cards: each is written as JSON once, known by its place in memory
    for edition in editions:
        number = numbers[edition.subscription.id, edition.day]
        parts += [_part(number, at, card, texts) for at, card in enumerate(edition.parts, start=1)]
        channel_id = channels[edition.subscription.id]
        papers = dict.fromkeys(edition.paper_ids)
        shown += [{"channel_id": channel_id, "paper_id": paper_id, "edition_id": number} for paper_id in papers]
    insert_rows(connection, PARTS, parts)
    insert_rows(connection, SHOWN, shown)


def _numbers(connection: Connection, editions: Sequence[PlannedEdition]) -> dict[tuple[int, date], int]:
    """The numbers of what is entered for these subscriptions and days, and for the days between."""
    days = [edition.day for edition in editions]
    numbers: dict[tuple[int, date], int] = {}
    for chunk in chunks(sorted({edition.subscription.id for edition in editions})):
        found = connection.execute(_ON_DAYS, {"ids": chunk, "first": min(days), "last": max(days)}).all()
        numbers |= {(row.subscription_id, row.day): row.id for row in found}
    return numbers


def _beginning(edition: PlannedEdition, now: datetime) -> dict[str, Any]:
    if edition.parts and edition.state == "planned":
        return {"state": "planned", "done_at": None}
    return {"state": "skipped" if edition.state == "skipped" else "done", "done_at": now}


def _part(edition_id: int, number: int, card: Card, texts: dict[int, str]) -> dict[str, Any]:
    text = texts.get(id(card))
    if text is None:
        text = texts[id(card)] = card_to_json(card)
    return {"edition_id": edition_id, "number": number, "state": "planned", "tries": 0, "card": text}
