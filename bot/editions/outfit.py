"""What every edition of a process is sent with: where steps are written, what is measured, clock and bounds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.editions.patience import Terms
from bot.editions.steps import Sleep, Steps
from bot.errors import ChannelGone
from bot.metrics import Meters
from bot.ports import ChatAdapter
from bot.subscription import Job, Part

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What every edition of a process is sent with.

    `gone` is told of a channel that is gone, `unmentioned` of an edition that went out without the role it was to mention.
    """

    steps: Steps
    meters: Meters
    now: Callable[[], datetime]
    sleep: Sleep
    terms: Terms
    gone: Callable[[Job, ChannelGone], Awaitable[None]]
    unmentioned: Callable[[Job], Awaitable[None]]

    def count(self, job: Job, part: Part, kind: str, error: Exception) -> None:
        """Count and log a post that did not succeed. A rate limit is no news."""
        self.meters.failures.labels(job.channel.platform, kind).inc()
        log = _log.info if kind == "rate_limited" else _log.warning
        log("post_failed", kind=kind, key=job.key(part.number), channel=str(job.channel), error=str(error) or repr(error))

    def doubt(self, adapter: ChatAdapter, job: Job, part: Part, why: str) -> None:
        """Count and log a part that may be out already and is about to be sent again, unless the platform drops the second."""
        if adapter.honours_keys:
            return
        self.meters.parts_in_doubt.labels(job.channel.platform).inc()
        _log.warning("part_in_doubt", key=job.key(part.number), channel=str(job.channel), why=why)
