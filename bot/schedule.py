"""The only room for APScheduler: ticks, nothing more. What is due is decided elsewhere, by the ledger.

A tick never overlaps itself, and one that fails is logged while the next one comes as usual.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.metrics import Meters

LOOK_S = 1.0  # how often we look whether this machine's clock has jumped back
LAST_TICKS_S = 10.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something to be done again and again, the first time at once. `name` is for logs and metrics."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[object]]


class Pulse:
    """When a tick last ended, well or not, told by a clock that never jumps."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def beat(self) -> None:
        """One ended now."""
        self._at = time.monotonic()

    def age_s(self) -> float:
        """How long ago that was."""
        return time.monotonic() - self._at


async def keep(ticks: Sequence[Tick], stop: asyncio.Event, meters: Meters, pulse: Pulse | None = None) -> None:
    """Run the ticks until `stop` is set, then let those under way end.

    Args:
        ticks: what to do and how often.
        stop: ends it.
        meters: what is measured.
        pulse: beats after every tick.
    """
    under_way: set[asyncio.Task[object]] = set()
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    for tick in ticks:

        async def run(tick: Tick = tick) -> None:
            task = asyncio.ensure_future(_run(tick, meters, pulse))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            await asyncio.shield(task)  # a scheduler that shuts down cancels its jobs, but what they began is to end

        scheduler.add_job(run, "interval", seconds=tick.every_s, id=tick.name, next_run_time=datetime.now(UTC))
    scheduler.start()
    try:
        while not stop.is_set():
            await _either(stop, LOOK_S)
            _put_right(scheduler, {tick.name: tick.every_s for tick in ticks})
    finally:
        scheduler.pause()
        if under_way:
            await asyncio.wait(under_way, timeout=LAST_TICKS_S)
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it shuts down in the loop's next round


async def _run(tick: Tick, meters: Meters, pulse: Pulse | None) -> None:
    begun = time.monotonic()
    try:
        await tick.run()
    except Exception:  # noqa: BLE001 - the other border besides `answer()`: the next tick tries again
        meters.ticks_failed.labels(tick.name).inc()
        _log.exception("tick_failed", tick=tick.name)
    if pulse is not None:
        pulse.beat()
    meters.tick_s.labels(tick.name).observe(time.monotonic() - begun)


async def _either(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `stop`, but not longer than that."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass


def _put_right(scheduler: AsyncIOScheduler, every_s: dict[str, float]) -> None:
    """Bring ticks back that a clock set backwards has moved into a far future: APScheduler plans by this machine's clock."""
    now = datetime.now(UTC)
    for job in scheduler.get_jobs():
        if job.next_run_time is not None and job.next_run_time - now > timedelta(seconds=every_s[job.id] + LOOK_S):
            _log.warning("clock_jumped_back", tick=job.id, next_at=job.next_run_time.isoformat())
            job.modify(next_run_time=now)
