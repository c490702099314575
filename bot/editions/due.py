"""Which local day of a subscription is to be posted now, and which days went by unposted. Pure."""

from collections import deque
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.local_time import local_day, next_post
from bot.subscription import Subscription

MOST_MISSED = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a subscription owes at a moment.

    `day` is the local day to post now and `due_at` its scheduled time; both `None` where nothing is to be posted. `missed`: the
    scheduled days that will not be posted any more, each with its time, newest last, at most `MOST_MISSED` of them;
    `missed_before` counts those before them. `next_at`: the first scheduled time after all of these.
    """

    day: date | None = None
    due_at: datetime | None = None
    missed: tuple[tuple[date, datetime], ...] = ()
    missed_before: int = 0
    next_at: datetime


def due_now(subscription: Subscription, now: datetime) -> Due:
    """What a subscription owes now.

    Its `next_at` is the first time that counts; the timing gives those after it. Of the times that have come, only the newest is
    ever posted, and only while its window is open; all older ones are missed, even where a window of many hours were still open:
    their papers come with the newest. While `now` is before `next_at`, as after a clock has jumped backwards, nothing is owed
    and `next_at` stays. Once `next_at` has come, there is always a day to post or a missed one.

    Nothing here knows what was posted. Whoever changes a timing or a zone sets `next_at` anew; should that bring a local day
    that has an edition already, the ledger refuses a second one.

    Raises:
        ValueError: the subscription is paused.
    """
    if subscription.next_at is None:
        raise ValueError(f"subscription {subscription.id} is paused and owes nothing")
    if now < subscription.next_at:
        return Due(next_at=subscription.next_at)
    timing = subscription.wish.timing
    day, due_at = local_day(timing.zone, subscription.next_at), subscription.next_at
    missed: deque[tuple[date, datetime]] = deque(maxlen=MOST_MISSED)
    count = 0
    following = next_post(timing, day)
    while following[1] <= now:
        missed.append((day, due_at))
        count += 1
        day, due_at = following
        following = next_post(timing, day)
    is_open = _is_open(subscription, day, due_at, now)
    if not is_open:
        missed.append((day, due_at))
        count += 1
    return Due(
        day=day if is_open else None,
        due_at=due_at if is_open else None,
        missed=tuple(missed),
        missed_before=count - len(missed),
        next_at=following[1],
    )


def as_due(subscription: Subscription, now: datetime) -> Subscription:
    """A subscription as people should be told of it: with the time of the day that is really posted next.

    Days whose window is over are left out, which the next tick does for good.
    """
    if subscription.next_at is None or now < subscription.next_at:
        return subscription
    try:
        due = due_now(subscription, now)
    except (ValueError, LookupError):  # a timing that cannot be reckoned here; the next tick pauses it
        return subscription
    return replace(subscription, next_at=due.due_at or due.next_at)


def _is_open(subscription: Subscription, day: date, due_at: datetime, now: datetime) -> bool:
    """Whether the edition of a day may still go out: for the hours its wish says, else until that local day ends."""
    wish = subscription.wish
    if wish.within_h is not None:
        return now < due_at + timedelta(hours=wish.within_h)
    return local_day(wish.timing.zone, now) <= day
