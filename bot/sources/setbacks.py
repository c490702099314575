"""When to ask again after a failure, and when to leave a source alone for a while. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FIRST_S: Final = 30.0
MOST_S: Final = 6 * 3600.0
OPENS_AT: Final = 5
REST_S: Final = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """When the page is asked again, and until when its source's circuit is open, where it is."""

    next_at: datetime
    open_until: datetime | None


def after_failure(now: datetime, *, failures: int, in_a_row: int, asked_at: datetime | None, jitter: float) -> Setback:
    """What follows a failure.

    Args:
        now: when it failed.
        failures: how often this page has failed in a row before.
        in_a_row: how often its source has.
        asked_at: when the server itself asked us to come back.
        jitter: 0 to 1, so that many processes do not come back at the same moment.
    """
    spread = 1 + jitter / 4
    wait_s = min(FIRST_S * 2.0 ** min(failures, 20), MOST_S) * spread
    next_at = now + timedelta(seconds=wait_s)
    if asked_at is not None:
        next_at = max(asked_at, now + timedelta(seconds=1))
    beyond = in_a_row + 1 - OPENS_AT
    if beyond < 0:
        return Setback(next_at=next_at, open_until=None)
    rest_s = min(REST_S * 2.0 ** min(beyond, 20), MOST_S) * spread
    return Setback(next_at=next_at, open_until=max(now + timedelta(seconds=rest_s), asked_at or now))
