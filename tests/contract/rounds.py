"""Subscriptions and editions with defaults, for the contract tests of both."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.cards import Card
from bot.model import ChannelRef, MessageRef
from bot.subscription import Job, PlannedEdition, Step, Subscription, Wish
from storage.open import Storage

NOW = datetime(2025, 6, 12, 7, 0, 0, 250_000, tzinfo=UTC)
TODAY = NOW.date()
TOMORROW = NOW + timedelta(days=1)
LATER = NOW + timedelta(seconds=31)
"""When a lease of `LEASE_S` taken at `NOW` has run out."""
LEASE_S = 30.0
WEB = ("web",)


def channel(name: str = "papers", workspace: str = "team", platform: str = "web") -> ChannelRef:
    """A channel."""
    return ChannelRef(platform=platform, workspace=workspace, channel=name)


def wanted(**fields: Any) -> Subscription:  # noqa: ANN401 - any field of a subscription
    """A subscription that is due now and not stored yet."""
    values = {"id": 0, "channel": channel(), "wish": Wish(), "made_by": "U1", "made_at": NOW, "next_at": NOW}
    return Subscription(**{**values, "since_change": 0, "start_on": TODAY, **fields})


def subscribe(storage: Storage, **fields: Any) -> Subscription:  # noqa: ANN401 - as above
    """A stored subscription."""
    made = storage.subscriptions.add(wanted(**fields), most=20)
    assert made is not None
    return made


def edition(subscription: Subscription, *papers: int, day: date = TODAY, **fields: Any) -> PlannedEdition:  # noqa: ANN401 - as above
    """An edition with an opener and a message for each of these papers."""
    parts = tuple(Card(title=f"{subscription.id} {day} {number}") for number in ("opener", *papers))
    values = {"subscription": subscription, "day": day, "due_at": NOW, "parts": parts, "in_thread": True, "paper_ids": papers}
    values |= {"upto_change": 5, "seen": 9, "rest": 0, "reason": "", "verdicts": (), "next_at": TOMORROW}
    return PlannedEdition(**{**values, **fields})


def plan(storage: Storage, *editions: PlannedEdition) -> list[bool]:
    """Enter editions now."""
    return storage.ledger.plan(editions, NOW)


def claim(storage: Storage, owner: str = "first", now: datetime = NOW, **fields: Any) -> list[Job]:  # noqa: ANN401 - as above
    """Lease what is free on the web."""
    return storage.ledger.claim(owner, now, **{"lease_s": LEASE_S, "limit": 10, "platforms": WEB, **fields})


def record(storage: Storage, *steps: Step, owner: str = "first", now: datetime = NOW) -> list[bool]:
    """Write down steps."""
    return storage.ledger.record(owner, now, steps, lease_s=LEASE_S)


def step(kind: Any, job: Job, number: int = 0, **fields: Any) -> Step:  # noqa: ANN401 - one of the kinds; as above
    """A step of a job; what was sent is known as `m` and its number."""
    if kind == "sent":
        fields = {
            "message": MessageRef(channel=job.channel, message=f"m{number}", url=f"https://chat.example/{number}"),
            **fields,
        }
    return Step(kind=kind, edition_id=job.edition_id, number=number, **fields)


def send(storage: Storage, job: Job, *numbers: int, owner: str = "first", now: datetime = NOW) -> list[bool]:
    """Begin and send these parts of a job."""
    steps = [step(kind, job, number) for number in numbers for kind in ("begun", "sent")]
    return record(storage, *steps, owner=owner, now=now)
