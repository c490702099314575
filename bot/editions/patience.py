"""How long to wait and when to stop trying. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards import Card

LONGEST_RETRY_S = 3600.0
MOST_PACE_S = 5.0
LEAD_WRITES = 3.0
MOST_LEAD_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The bounds of delivery.

    Args:
        lease_s: how long an edition belongs to a process that says nothing more of it.
        post_timeout_s: how long one post may take; shorter than the lease.
        retry_s: the wait after the first failure; each later one is four times as long, an hour at most.
        tries: after so many failures of one part the edition is given up: by default after an hour and a half.
        late_h: an edition that a platform holds up for so long by its rate limit is given up.
    """

    lease_s: float = 60.0
    post_timeout_s: float = 20.0
    retry_s: float = 1.0
    tries: int = 8
    late_h: float = 24.0

    def __post_init__(self) -> None:
        if not 0 < self.post_timeout_s < self.lease_s:
            raise ValueError("A post must end before its lease does.")

    @property
    def in_place_s(self) -> float:
        """The longest wait after which the lease still outlives a whole post."""
        return (self.lease_s - self.post_timeout_s) * 0.75

    def retry_at(self, now: datetime, tries: int, chance: float) -> datetime:
        """When to try again after so many failures. `chance`, from 0 to 1, spreads those who failed together."""
        wait = min(self.retry_s * 4.0 ** min(tries - 1, 20), LONGEST_RETRY_S)
        return now + timedelta(seconds=wait * (0.75 + 0.5 * chance))

    def too_late(self, now: datetime, due_at: datetime) -> bool:
        """Whether an edition has waited too long."""
        return now - due_at > timedelta(hours=self.late_h)


def wait_asked(retry_after_s: float) -> float:
    """The seconds a platform asks us to wait, within reason."""
    return min(max(retry_after_s, 0.01), LONGEST_RETRY_S) if math.isfinite(retry_after_s) else 1.0


def pace_of(since_last_s: float, wait_s: float, pace_s: float) -> float:
    """How far apart messages to a channel should be, learnt from having been asked to wait so soon after the last one."""
    found = max(since_last_s, 0.0) + wait_s
    return max(pace_s, found) if found <= MOST_PACE_S else pace_s


def lead_of(write_s: float) -> float:
    """How long before its turn a part is written down as begun, so that it can go out on time although that write takes a while.

    Some of the writes take longer than `write_s`, the usual time. A part that is begun and not posted when a process is killed is
    in doubt without need, so the lead is short.
    """
    return min(max(write_s, 0.0) * LEAD_WRITES, MOST_LEAD_S)


def plain_card(card: Card) -> Card:
    """The least a card can say: its title, as a link where it has one."""
    return Card(title=card.title, url=card.url)
