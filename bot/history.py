"""What a paper's sightings tell over time: votes that rose. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.model import Sighting

NOTABLE_VOTES: Final = 10
NOTABLE_SHARE: Final = 1.5
"""A rise is worth a line from so many votes on, and to so many times what there was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """Votes on two days, each with its day."""

    before: int
    before_on: date
    after: int
    after_on: date


def rose_since(sightings: Iterable[Sighting]) -> Rise | None:
    """How votes rose from the oldest sighting that counted them to the newest; `None` where they did not rise notably.

    Of several counts of one day the highest is that day's: votes only grow, and each list is read at its own hour.
    """
    counted: dict[date, int] = {}
    for one in sightings:
        day = one.metrics.as_of or one.issued_on
        if one.metrics.upvotes is not None:
            counted[day] = max(counted.get(day, 0), one.metrics.upvotes)
    if len(counted) < 2:
        return None
    before_on, after_on = min(counted), max(counted)
    before, after = counted[before_on], counted[after_on]
    if after - before < NOTABLE_VOTES or after < NOTABLE_SHARE * before:
        return None
    return Rise(before=before, before_on=before_on, after=after, after_on=after_on)
