"""What a subscription owes: every scheduled day is posted or missed, once, and never before its time."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.editions.due import MOST_MISSED, Due, as_due, due_now
from bot.local_time import first_post, local_day, next_post, post_on
from bot.model import ChannelRef
from bot.subscription import EVERY_DAY, Subscription, Timing, Wish
from bot.zones import zone_names

MONDAY = datetime(2025, 12, 8, 8, tzinfo=UTC)  # 09:00 in Berlin
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _subscription(*, days: tuple[int, ...] = EVERY_DAY, zone: str = "Europe/Berlin", **fields: object) -> Subscription:
    wish = Wish(timing=Timing(days=days, at=time(9), zone=zone))
    subscription = Subscription(
        id=1,
        channel=ChannelRef(platform="web", workspace="team", channel="papers"),
        wish=wish,
        made_by="ada",
        made_at=MONDAY,
        since_change=0,
        start_on=MONDAY.date(),
        next_at=MONDAY,
    )
    return replace(subscription, **fields)


def test_nothing_is_owed_before_its_time():
    """A second early, or after a clock has jumped back by a year, nothing changes."""
    for now in (MONDAY - timedelta(seconds=1), MONDAY - 365 * DAY):
        assert due_now(_subscription(), now) == Due(next_at=MONDAY)


def test_the_day_is_owed_from_its_time_to_its_end():
    """By default an edition may go out until midnight in the subscription's zone, which is 23:00 UTC here."""
    midnight = datetime(2025, 12, 8, 23, tzinfo=UTC)
    for now in (MONDAY, MONDAY + HOUR, midnight - timedelta(seconds=1)):
        assert due_now(_subscription(), now) == Due(day=MONDAY.date(), due_at=MONDAY, next_at=MONDAY + DAY)
    assert due_now(_subscription(), midnight) == Due(missed=((MONDAY.date(), MONDAY),), next_at=MONDAY + DAY)


def test_people_are_told_of_the_day_that_is_really_posted_next():
    """Today's while its window is open, then the next one's; what is paused, not due or cannot be reckoned stays as it is."""
    assert as_due(_subscription(), MONDAY + HOUR).next_at == MONDAY
    assert as_due(_subscription(), MONDAY + 3 * DAY).next_at == MONDAY + 3 * DAY
    assert as_due(_subscription(), MONDAY + 3 * DAY - 9 * HOUR).next_at == MONDAY + 3 * DAY
    lost = _subscription(zone="Mars/Olympus")
    for same, now in ((_subscription(), MONDAY - HOUR), (_subscription(next_at=None), MONDAY), (lost, MONDAY + DAY)):
        assert as_due(same, now) == same


def test_a_window_of_hours_may_be_shorter_or_longer_than_the_day():
    """Within 2 hours ends at 11:00; within 30 hours reaches into the next day, until that day's own time comes."""
    short = _subscription(wish=replace(_subscription().wish, within_h=2))
    assert due_now(short, MONDAY + 2 * HOUR - timedelta(seconds=1)).day == MONDAY.date()
    assert due_now(short, MONDAY + 2 * HOUR).missed == ((MONDAY.date(), MONDAY),)
    long = _subscription(wish=replace(_subscription().wish, within_h=30))
    assert due_now(long, MONDAY + 23 * HOUR).day == MONDAY.date()
    assert due_now(long, MONDAY + 25 * HOUR) == Due(
        day=date(2025, 12, 9), due_at=MONDAY + DAY, missed=((MONDAY.date(), MONDAY),), next_at=MONDAY + 2 * DAY
    )


def test_after_downtime_today_is_posted_and_older_days_are_missed():
    """Down from Monday to Wednesday noon: Monday and Tuesday are missed, Wednesday goes out late."""
    owed = due_now(_subscription(), MONDAY + 2 * DAY + 3 * HOUR)
    assert owed.day == date(2025, 12, 10)
    assert [day for day, _ in owed.missed] == [date(2025, 12, 8), date(2025, 12, 9)]
    assert owed.missed_before == 0
    assert owed.next_at == MONDAY + 3 * DAY


def test_a_weekend_is_not_missed():
    """Who wants Mondays and Fridays misses nothing in between."""
    owed = due_now(_subscription(days=(0, 4)), MONDAY + 3 * DAY)
    assert owed == Due(missed=((MONDAY.date(), MONDAY),), next_at=MONDAY + 4 * DAY)


def test_a_year_of_downtime_is_counted_quickly():
    """The newest 14 missed days are named and the others counted, within a moment."""
    post_on.cache_clear()
    began = perf_counter()
    owed = due_now(_subscription(), MONDAY + 365 * DAY + HOUR)
    assert perf_counter() - began < 0.5
    assert len(owed.missed) == MOST_MISSED
    assert owed.missed[-1][0] == date(2026, 12, 7)
    assert owed.missed_before == 365 - MOST_MISSED


def test_a_zone_that_was_changed_brings_at_most_the_same_day_again():
    """Moved from Tokyo to New York, it is owed that local day again; the ledger refuses that one, and the next is new."""
    posted_in_tokyo = post_on(Timing(days=EVERY_DAY, zone="Asia/Tokyo"), date(2025, 12, 8))
    assert posted_in_tokyo is not None
    moved = _subscription(zone="America/New_York")
    moved = replace(moved, next_at=first_post(moved.wish.timing, posted_in_tokyo + 6 * HOUR))
    assert moved.next_at is not None
    owed = due_now(moved, moved.next_at)
    assert owed.day == date(2025, 12, 8)
    assert local_day("America/New_York", owed.next_at) == date(2025, 12, 9)


def test_a_paused_subscription_owes_nothing():
    """Nobody should ask."""
    with pytest.raises(ValueError, match="paused"):
        due_now(_subscription(next_at=None), MONDAY)


SUBSCRIPTIONS = st.builds(
    lambda days, at, zone, within, start: _subscription(
        wish=Wish(timing=(timing := Timing(days=days, at=at, zone=zone)), within_h=within), next_at=first_post(timing, start)
    ),
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    at=st.times().map(lambda at: time(at.hour, at.minute)),
    zone=st.sampled_from([*zone_names(), *["Pacific/Apia", "America/Nuuk", "America/Havana", "Europe/Berlin"] * 20]),
    within=st.none() | st.integers(1, 48),
    start=st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    | st.just(datetime(2011, 12, 25, tzinfo=UTC)),
)
STEPS = st.lists(st.one_of(st.integers(1, 300), st.integers(1, 5_000), st.integers(-3_000, 20_000)), min_size=1, max_size=60)


@settings(max_examples=200, deadline=None)
@given(subscription=SUBSCRIPTIONS, minutes=STEPS)
def test_every_scheduled_day_is_posted_or_missed_once(subscription: Subscription, minutes: list[int]):
    """Whenever it is looked, over pauses of days and a clock that jumps: all days in order, none twice, none early."""
    start, timing = subscription.next_at, subscription.wish.timing
    assert start is not None
    now, latest = start - HOUR, start - HOUR
    days: list[date] = []
    for step in minutes:
        now += timedelta(minutes=step)
        latest = max(latest, now)
        owed = due_now(subscription, now)
        assert owed.next_at > now
        assert (owed.day is None) == (owed.due_at is None)
        assert owed.due_at is None or owed.due_at <= now
        assert owed.missed_before == 0 or len(owed.missed) == MOST_MISSED
        known = [day for day, _ in owed.missed]
        before = [] if not owed.missed_before else _scheduled(subscription, until=owed.missed[0][1])[:-1]
        assert len(before) == owed.missed_before
        days += before + known + ([owed.day] if owed.day else [])
        subscription = replace(subscription, next_at=owed.next_at)
    assert days == _scheduled(replace(subscription, next_at=start), until=latest)
    assert all(day.weekday() in timing.days for day in days)


def _scheduled(subscription: Subscription, *, until: datetime) -> list[date]:
    """The scheduled days from `next_at` up to an instant."""
    timing, at = subscription.wish.timing, subscription.next_at
    assert at is not None
    day, days = local_day(timing.zone, at), []
    while at <= until:
        days.append(day)
        day, at = next_post(timing, day)
    return days
