"""Of a delivery that comes twice, the first: in this process at once, among all processes through the database.

Slack sends an event again when it had no answer within 3 s: https://docs.slack.dev/apis/events-api#retries.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from bot.errors import StorageError
from bot.installs import Notes

KEPT_S: Final = 900.0
REMEMBERED: Final = 20_000
PATIENCE_S: Final = 1.5

_log = structlog.get_logger()


class Once:
    """Tells deliveries that were taken already.

    Args:
        notes: what all processes know.
        pool: threads for them.
        now: the present moment, UTC.
    """

    def __init__(self, notes: Notes, pool: Executor, now: Callable[[], datetime]) -> None:
        self._notes = notes
        self._pool = pool
        self._now = now
        self._taken: OrderedDict[str, datetime] = OrderedDict()

    async def first(self, key: str, kept_s: float = KEPT_S) -> bool:
        """Whether this is the first time. Where the database does not answer soon, what this process knows must do."""
        now = self._now()
        until = now + timedelta(seconds=kept_s)
        if self._taken.get(key, now) > now:
            return False
        self._taken[key] = until
        while len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        asked = asyncio.get_running_loop().run_in_executor(self._pool, partial(self._notes.first, f"slack:{key}", until, now))
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.shield(asked)
        except (StorageError, TimeoutError) as error:
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
            _log.warning("repeat_not_checked", error=str(error) or repr(error))
            return True

    async def again(self, key: str) -> None:
        """Let a delivery that was refused come once more."""
        self._taken.pop(key, None)
        take = partial(self._notes.take, f"slack:{key}", self._now())
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, take)
        except StorageError as error:
            _log.warning("repeat_not_checked", error=str(error))
