"""Local days and times of day in a time zone, and when a timing comes round there. Pure; everything else speaks UTC.

APScheduler's `CronTrigger` says when a timing fires. It has traps where clocks change: asked for one fire after another it fires
twice in the repeated hour and then stays there; asked from a UTC instant it leaves a day out whose midnight does not exist. So it
is asked anew for every local day, from that day's midnight on the wall clock, and one answer a day is taken:

- a time that occurs twice on a day is the first of the two;
- a time that the clock jumps over comes as much later as it jumped (02:30 is 03:30 in Berlin on 29 March 2026);
- where that would be on the next day already, it comes as much earlier (23:30 is 22:30 in Nuuk on 30 March 2024);
- a day that does not exist at all (30 December 2011 in Apia) has no time; nor, for `CronTrigger`, has any before 1970.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.subscription import Timing

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS_TO_TRY = 22  # a week has each day once; a zone that leaves out a date may leave out the only wanted one of a fortnight


def local_day(zone: str, at: datetime) -> date:
    """The day on the calendar of a zone at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def first_post(timing: Timing, now: datetime) -> datetime:
    """When a timing comes round next: in UTC, strictly after `now`."""
    today = local_day(timing.zone, now)
    at = post_on(timing, today)
    return at if at is not None and at > now else next_post(timing, today)[1]


def next_post(timing: Timing, after: date) -> tuple[date, datetime]:
    """The first local day later than `after` on which a timing comes round, and when: in UTC.

    Raises:
        ValueError: the timing has no days.
    """
    for ahead in range(1, _DAYS_TO_TRY + 1):
        day = after + timedelta(days=ahead)
        at = post_on(timing, day)
        if at is not None:
            return day, at
    raise ValueError(f"{timing} never comes round")


@lru_cache(maxsize=16_384)
def post_on(timing: Timing, day: date) -> datetime | None:
    """When a timing comes round on a local day: in UTC; `None` where that day is not wanted or does not exist in the zone.

    Cached, because subscriptions share their timings: ten thousand that are due in one minute have a few hundred.
    """
    if day.weekday() not in timing.days:
        return None
    # In the trigger's own zone, so that it walks the wall clock from a midnight that need not exist.
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(timing.zone))
    fire = _trigger(timing).get_next_fire_time(None, midnight)
    for candidate in (fire, fire.replace(fold=1)):  # in a gap the second counts with the clock after it: earlier
        at: datetime = candidate.astimezone(UTC)
        if local_day(timing.zone, at) == day:
            return at
    return None


@lru_cache(maxsize=4_096)
def _trigger(timing: Timing) -> CronTrigger:
    days = ",".join(str(day) for day in timing.days)
    zone = ZoneInfo(timing.zone)
    return CronTrigger(day_of_week=days, hour=timing.at.hour, minute=timing.at.minute, second=0, timezone=zone)


def moment_text(at: datetime, zone: str, now: datetime) -> str:
    """An instant on the clock of a zone, as in "Tue 09:00 Europe/Berlin".

    More than six days ahead, or before today, it has its date: "Tue 15 Dec 2026, 09:00 Europe/Berlin".
    """
    local = at.astimezone(ZoneInfo(zone))
    ahead = (local.date() - local_day(zone, now)).days
    dated = "" if 0 <= ahead <= 6 else f" {local.day} {_MONTHS[local.month - 1]} {local.year},"
    return f"{_DAYS[local.weekday()]}{dated} {local:%H:%M} {zone}"
