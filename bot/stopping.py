"""Work that is broken off when the process is to end, and what a thread took for such work. Knows no room."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from bot.errors import StorageError

_T = TypeVar("_T")


async def until(stop: asyncio.Event, work: Coroutine[Any, Any, _T]) -> _T | None:
    """What the work returns; `None` where `stop` was set before, and the work was cancelled and has ended.

    Raises:
        Exception: the work's own, unless `stop` is set: then nobody waits for it any more.
    """
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        if not task.done():
            task.cancel()
    (ended,) = await asyncio.gather(task, return_exceptions=stop.is_set())
    return None if isinstance(ended, BaseException) else ended


async def taken(taking: Awaitable[_T], give_back: Callable[[_T], None]) -> _T:
    """What a thread takes for us, such as a lease. Where we are cancelled meanwhile, it is given back once it is taken.

    A thread cannot be cancelled: without this, what it takes would be nobody's until its lease runs out.
    """
    under_way = asyncio.ensure_future(taking)
    try:
        return await asyncio.shield(under_way)
    except asyncio.CancelledError:
        with suppress(StorageError):  # its lease runs out then
            give_back(await under_way)
        raise
