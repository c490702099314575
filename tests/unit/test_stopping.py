"""Work broken off by a stop, and what a thread took meanwhile."""

import asyncio

import pytest

from bot.errors import StorageError
from bot.stopping import taken, until


async def test_work_that_ends_is_returned():
    """Its result or its error, as if nobody watched."""

    async def works() -> int:
        return 7

    async def fails() -> int:
        raise ValueError("no")

    stop = asyncio.Event()
    assert await until(stop, works()) == 7
    with pytest.raises(ValueError, match="no"):
        await until(stop, fails())


async def test_work_that_is_stopped_has_ended():
    """Its last steps are done, and an error in them is nobody's any more."""
    steps: list[str] = []
    stop, begun = asyncio.Event(), asyncio.Event()

    async def works() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("ended")
            raise ValueError("too late")

    task = asyncio.create_task(until(stop, works()))
    await begun.wait()
    stop.set()
    assert await task is None
    assert steps == ["ended"]


async def test_whoever_is_cancelled_cancels_the_work():
    """Nothing goes on in the background."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def works() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(until(asyncio.Event(), works()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(60):
        await ended.wait()


@pytest.mark.parametrize("breaks", [False, True])
async def test_what_is_taken_for_somebody_who_is_cancelled_is_given_back(breaks: bool):
    """Once it is taken; where it cannot be, there is nothing to give back."""
    gate, back = asyncio.Event(), list[str]()

    async def taking() -> str:
        await gate.wait()
        if breaks:
            raise StorageError("gone")
        return "a lease"

    task = asyncio.create_task(taken(taking(), back.append))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert back == ([] if breaks else ["a lease"])


async def test_what_is_taken_is_kept_by_whoever_is_not():
    """It is theirs."""
    back = list[str]()

    async def taking() -> str:
        return "a lease"

    assert await taken(taking(), back.append) == "a lease"
    assert back == []
