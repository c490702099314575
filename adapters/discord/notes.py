"""What the adapter keeps for a while under a key: commands too long for an id, whose turn it is.

The seam is `bot.installs.Notes`; this is the part of it that is needed here.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

COMMANDS_KEPT = timedelta(days=30)
INTERACTION_KEPT = timedelta(minutes=15)

T = TypeVar("T")


class Notes(Protocol):
    """Texts under keys until a moment. Synchronous; raises `StorageError`."""

    def first(self, key: str, until: datetime, now: datetime) -> bool:
        """`True` for exactly one caller, over all processes, until then."""
        ...

    def put(self, key: str, text: str, until: datetime) -> None:
        """Keep a text under a key, in place of what is there."""
        ...

    def get(self, key: str, now: datetime) -> str | None:
        """What is kept under a key, unless its time is over."""
        ...


class Memory:
    """Reads and writes notes off the event loop.

    Args:
        notes: where they are kept.
        pool: threads for it.
        now: the present moment, UTC.
    """

    def __init__(self, notes: Notes, pool: Executor | None, now: Callable[[], datetime]) -> None:
        self._notes = notes
        self._pool = pool
        self._now = now
        self.command_ids: dict[str, str] = {}  # as Discord gave them; empty until we are logged in

    async def keep_commands(self, long: dict[str, str]) -> None:
        """Keep what hashed ids stand for, for thirty days from now."""
        until = self._now() + COMMANDS_KEPT
        for custom_id, meaning in long.items():
            await self._run(self._notes.put, _command(custom_id), meaning, until)

    async def command(self, custom_id: str) -> str | None:
        """What a hashed id stands for; `None` after thirty days."""
        return await self._run(self._notes.get, _command(custom_id), self._now())

    async def is_first(self, interaction: int) -> bool:
        """Whether an interaction, which Discord hands to every process that is connected, is this one's to answer."""
        now = self._now()
        return await self._run(self._notes.first, f"discord:interaction:{interaction}", now + INTERACTION_KEPT, now)

    async def _run(self, call: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args))


def _command(custom_id: str) -> str:
    """The same command has the same key wherever it stands in a message."""
    return f"discord:command:{custom_id.partition('|')[2]}"
