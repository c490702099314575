"""What `paperround run` tells of itself: the port for health and metrics, the event loop's lag, how far the index has come."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import date
from functools import partial
from typing import Protocol, runtime_checkable

import structlog

from adapters.http.health import Check, HealthServer, Route
from bot.app import App
from bot.lookup import look_up
from bot.metrics import CONTENT_TYPE, Meters
from bot.ports import ChatAdapter, Library, SearchIndex
from bot.query import read_query
from bot.schedule import Pulse
from bot.search import search

SILENT_S = 300.0  # with no tick for so long this process hangs
LAG_S = 0.1
USUAL = ("rl", "llm", "vision language models", "robot manipulation")

_log = structlog.get_logger()


@runtime_checkable
class Called(Protocol):
    """A platform that calls us: its addresses stand on the same port."""

    @property
    def routes(self) -> Sequence[Route]:
        """The addresses."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A platform that keeps a connection, which is part of our readiness."""

    async def check(self) -> str:
        """What is wrong with it; empty when all is well."""
        ...


def health(  # noqa: PLR0913 - all of it is wired once
    app: App, meters: Meters, pulse: Pulse, stop: asyncio.Event, pool: Executor, *, chats: Sequence[ChatAdapter] = ()
) -> HealthServer:
    """The port for health and metrics, not yet open."""

    async def alive() -> str:
        return f"no tick for {pulse.age_s():.0f} s" if pulse.age_s() > SILENT_S else ""

    async def running() -> str:
        return "stopping" if stop.is_set() else ""

    return HealthServer(
        host=app.settings.http_host,
        port=app.settings.http_port,
        alive=alive,
        ready={
            "running": running,
            "database": probe(pool, app.library.store.last_change),
            "index": probe(pool, partial(app.library.index.holders, "a", limit=1)),
            **{chat.platform: chat.check for chat in chats if isinstance(chat, Watched)},
        },
        render_metrics=lambda: (meters.render(), CONTENT_TYPE),
        routes=[route for chat in chats if isinstance(chat, Called) for route in chat.routes],
    )


def probe(pool: Executor, call: Callable[[], object]) -> Check:
    """A check that a call succeeds. One that hangs is not made a second time: it would take one thread after another."""
    under_way: list[asyncio.Future[object]] = []

    async def check() -> str:
        if not under_way or under_way[0].done():
            under_way[:] = [asyncio.get_running_loop().run_in_executor(pool, call)]
            under_way[0].add_done_callback(lambda done: done.cancelled() or done.exception())  # looked at, even if nobody waits
        await asyncio.shield(under_way[0])
        return ""

    return check


async def watch_lag(meters: Meters) -> None:
    """Measure how late the event loop is, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        begun = loop.time()
        await asyncio.sleep(LAG_S)
        meters.loop_lag_s.observe(max(0.0, loop.time() - begun - LAG_S))


def keep_index(index: SearchIndex, meters: Meters) -> None:
    """Have the search index follow the database, and say how it does where it is not there yet."""
    index.keep_up()
    coverage = index.coverage()
    meters.index_behind.set(coverage.stored - coverage.indexed if coverage else 0)
    if coverage is not None:
        _log.info("index_building", indexed=coverage.indexed, stored=coverage.stored)
    elif (coming := index.rebuilding()) is not None:
        _log.info("index_rebuilding", indexed=coming.indexed, stored=coming.stored)
    if index.trouble():
        _log.warning("index_not_written", error=index.trouble())


def warm(library: Library, today: date) -> None:
    """Have the first questions answered as fast as later ones: files in memory, vocabularies read, the usual topics asked."""
    library.index.warm()
    for topic in USUAL:
        search(read_query(topic, today=today), library, limit=1)
    look_up("A misspelt name", library)
