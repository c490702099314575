"""Local days and times: where clocks jump, repeat, or leave a whole day out."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.local_time import first_post, local_day, moment_text, next_post, post_on
from bot.subscription import EVERY_DAY, MONDAY_TO_FRIDAY, Timing
from bot.zones import zone_names

FEW = settings(max_examples=100, deadline=None)


def _daily(at: str, zone: str) -> Timing:
    return Timing(days=EVERY_DAY, at=time.fromisoformat(at), zone=zone)


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("Europe/Berlin", "2026-03-28", "02:30", "2026-03-28 01:30"),
        ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29 00:59"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29 01:00"),  # the gap: 03:00
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:30"),  # 03:30
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-10-25", "01:59", "2026-10-24 23:59"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30"),  # the first of two
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25 02:00"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08 07:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30"),
        ("America/New_York", "2026-11-01", "09:00", "2026-11-01 14:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:45"),  # half an hour is left out
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45"),  # and said twice
        ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04 15:30"),
        ("Asia/Kathmandu", "2026-01-01", "09:00", "2026-01-01 03:15"),
        ("Africa/Casablanca", "2025-02-23", "02:30", "2025-02-23 01:30"),  # Ramadan: back to UTC for a month
        ("Africa/Casablanca", "2025-02-23", "09:00", "2025-02-23 09:00"),
        ("Africa/Casablanca", "2025-04-06", "02:30", "2025-04-06 02:30"),
        ("Africa/Casablanca", "2025-04-06", "09:00", "2025-04-06 08:00"),
        ("Pacific/Apia", "2011-12-29", "09:00", "2011-12-29 19:00"),
        ("Pacific/Apia", "2011-12-31", "09:00", "2011-12-30 19:00"),
        ("America/Havana", "2025-03-09", "00:00", "2025-03-09 05:00"),
        ("America/Havana", "2025-03-09", "00:30", "2025-03-09 05:30"),
        ("America/Havana", "2025-11-02", "00:30", "2025-11-02 04:30"),
        ("Africa/Cairo", "2025-04-25", "00:00", "2025-04-24 22:00"),
        ("Africa/Cairo", "2025-04-25", "00:30", "2025-04-24 22:30"),
        ("America/Asuncion", "2023-10-01", "00:00", "2023-10-01 04:00"),
        ("America/Asuncion", "2023-10-01", "00:30", "2023-10-01 04:30"),
        ("America/Asuncion", "2024-03-23", "23:30", "2024-03-24 02:30"),
        ("America/Nuuk", "2024-03-30", "22:30", "2024-03-31 00:30"),
        ("America/Nuuk", "2024-03-30", "23:30", "2024-03-31 00:30"),  # that hour is left out, and the next is Sunday
    ],
)
def test_a_wanted_day_has_one_time(zone: str, day: str, at: str, utc: str):
    """At either edge of summer time there is one time a day: the first of two, or as much later as the clock jumped."""
    assert post_on(_daily(at, zone), date.fromisoformat(day)) == datetime.fromisoformat(f"{utc}+00:00")


def test_a_day_that_does_not_exist_has_no_time():
    """Samoa went from 29 to 31 December 2011; a subscription for Fridays waits for the next one."""
    friday = Timing(days=(4,), at=time(9), zone="Pacific/Apia")
    assert post_on(friday, date(2011, 12, 30)) is None
    assert next_post(friday, date(2011, 12, 23)) == (date(2012, 1, 6), datetime(2012, 1, 5, 19, tzinfo=UTC))
    assert next_post(_daily("09:00", "Pacific/Apia"), date(2011, 12, 29))[0] == date(2011, 12, 31)


def test_days_that_are_not_wanted_have_no_time():
    """On weekdays, Friday is followed by Monday."""
    weekdays = Timing(days=MONDAY_TO_FRIDAY, at=time(9), zone="UTC")
    assert post_on(weekdays, date(2025, 12, 6)) is None
    assert next_post(weekdays, date(2025, 12, 5)) == (date(2025, 12, 8), datetime(2025, 12, 8, 9, tzinfo=UTC))


def test_a_timing_without_days_is_an_error():
    """It would never come round."""
    with pytest.raises(ValueError, match="never comes round"):
        next_post(Timing(days=()), date(2025, 12, 8))


def test_the_first_post_is_strictly_later():
    """At 09:00 sharp the next 09:00 is tomorrow's; in the repeated hour it does not come again."""
    nine = Timing(at=time(9), zone="Europe/Berlin")
    at_nine = datetime(2025, 12, 8, 8, tzinfo=UTC)
    assert first_post(nine, at_nine - timedelta(seconds=1)) == at_nine
    assert first_post(nine, at_nine) == at_nine + timedelta(days=1)
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert local_day("Europe/Berlin", first_post(_daily("02:30", "Europe/Berlin"), second_half_past_two)) == date(2026, 10, 26)


TIMINGS = st.builds(
    Timing,
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    at=st.one_of(
        st.times().map(lambda at: time(at.hour, at.minute)), st.sampled_from([time(0), time(0, 30), time(2, 30), time(23, 30)])
    ),
    zone=st.one_of(
        st.sampled_from(zone_names()), st.sampled_from(["Pacific/Apia", "America/Nuuk", "America/Havana", "Australia/Lord_Howe"])
    ),
)


@FEW
@given(timing=TIMINGS, start=st.dates(date(1971, 1, 1), date(2048, 1, 1)))
def test_every_wanted_day_comes_once(timing: Timing, start: date):
    """Walking 400 days gives each wanted local day that exists exactly once, in order, at an instant of that day."""
    walked, instants, day = [], [], start
    while (found := next_post(timing, day))[0] <= start + timedelta(days=400):
        day, at = found
        walked.append(day)
        instants.append(at)
        assert local_day(timing.zone, at) == day
    assert all(earlier < later for earlier, later in pairwise(instants))
    wanted = [start + timedelta(days=ahead) for ahead in range(1, 401)]
    assert walked == [one for one in wanted if one.weekday() in timing.days and _exists(one, timing.zone)]


def _exists(day: date, zone: str) -> bool:
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    return any((noon + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).date() == day for hours in range(-26, 27))


@FEW
@given(timing=TIMINGS, now=st.datetimes(datetime(1971, 1, 1), datetime(2048, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_first_post_is_the_one_of_the_walk(timing: Timing, now: datetime):
    """No post lies between now and the first one."""
    first = first_post(timing, now)
    assert first > now
    days = [local_day(timing.zone, now) + timedelta(days=ahead) for ahead in range(-2, 20)]
    assert first == min(at for day in days if (at := post_on(timing, day)) is not None and at > now)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "Mon 09:00 Europe/Berlin"),
        (1, "Tue 09:00 Europe/Berlin"),
        (6, "Sun 09:00 Europe/Berlin"),
        (7, "Mon 15 Dec 2025, 09:00 Europe/Berlin"),
        (-1, "Sun 7 Dec 2025, 09:00 Europe/Berlin"),
    ],
)
def test_a_moment_is_told_on_the_local_clock(days: int, text: str):
    """The weekday is enough for six days; then the date is said, and for what is over."""
    now = datetime(2025, 12, 8, 7, 30, tzinfo=UTC)
    assert moment_text(datetime(2025, 12, 8, 8, tzinfo=UTC) + timedelta(days=days), "Europe/Berlin", now) == text
