"""Writes what happened to many editions with few transactions. Knows no platform and no thread pool."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from bot.errors import StorageError
from bot.subscription import Step

TOGETHER_S = 0.002  # how long the first of a batch waits for company
AT_ONCE = 128  # writes in one transaction: more would wake so many tasks at once that others wait for the loop
LONGEST_WAIT_S = 15.0
LATELY = 0.05  # how much the newest write counts in what they take lately

Record = Callable[[Sequence[Step]], Awaitable[Sequence[bool]]]
Sleep = Callable[[float], Awaitable[object]]

_log = structlog.get_logger()


class Steps:
    """Collects the steps of all tasks and writes those that come together in one transaction.

    While the database is away it keeps them and tries again; whoever wrote them waits, so nothing is sent on an unwritten step.

    Args:
        record: writes steps; for each, whether the lease still holds.
        sleep: waits between tries.
        now: the present moment, UTC.
    """

    def __init__(self, record: Record, sleep: Sleep, now: Callable[[], datetime]) -> None:
        self.takes_s = 0.0  # from asking for a write to having it, lately
        self._record = record
        self._sleep = sleep
        self._now = now
        self._waiting: deque[tuple[tuple[Step, ...], asyncio.Future[bool]]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def write(self, *steps: Step) -> bool:
        """Write the steps of one edition, all in one transaction. `False`: its lease was lost."""
        if not steps:
            return True
        asked_at = self._now()
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((steps, written))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="steps")
        held = await written
        self.takes_s += LATELY * ((self._now() - asked_at).total_seconds() - self.takes_s)
        return held

    async def close(self, within_s: float) -> None:
        """Write what is waiting, but for no longer than that; then write no more."""
        if self._writer is not None:
            _, late = await asyncio.wait({self._writer}, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _write_all(self) -> None:
        most, failed = AT_ONCE, 0
        try:
            while self._waiting:
                await asyncio.sleep(TOGETHER_S)
                batch = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
                try:
                    await self._write_batch(batch)
                except StorageError as error:
                    # Behind the others and in smaller batches: steps that can never be written must not hold up the rest.
                    self._waiting.extend(batch)
                    most, failed = 1, failed + 1
                    _log.warning("steps_not_written", tries=failed, waiting=len(self._waiting), error=str(error))
                    await self._sleep(min(0.25 * 2 ** min(failed, 10), LONGEST_WAIT_S))
                else:
                    most, failed = min(AT_ONCE, most * 2), 0
        finally:
            self._writer = None

    async def _write_batch(self, batch: Sequence[tuple[tuple[Step, ...], asyncio.Future[bool]]]) -> None:
        try:
            held = iter(await self._record([step for steps, _ in batch for step in steps]))
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug in the ledger ends these editions' tasks, not all that come later
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
            return
        for steps, written in batch:
            answers = [next(held) for _ in steps]
            if not written.done():  # whoever waited may have been cancelled
                written.set_result(all(answers))
