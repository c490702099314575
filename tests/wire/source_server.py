"""A server on this machine that answers as sources do, well or badly, and remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """A request, when it came and when its answer was out, by a clock that never jumps."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    began: float
    ended: float = 0.0


@dataclass
class SourceServer:
    """Answers with `handler`, which a test may change at any time."""

    handler: Handler
    url: str = ""
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Remember the request and answer it."""
        clock = asyncio.get_running_loop().time
        one = Asked(request.path, dict(request.query), {k.lower(): v for k, v in request.headers.items()}, clock())
        self.asked.append(one)
        try:
            return await self.handler(request)
        finally:
            one.ended = clock()

    @property
    def days(self) -> list[str]:
        """The days of Hugging Face that were asked for."""
        return [one.query["date"] for one in self.asked if "date" in one.query]


@asynccontextmanager
async def source_server(handler: Handler) -> AsyncIterator[SourceServer]:
    """A server on a free port of the loopback."""
    server = SourceServer(handler)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    server.url = f"http://127.0.0.1:{server.port}"
    try:
        yield server
    finally:
        await runner.cleanup()


async def reached(event: asyncio.Event, work: asyncio.Task[Any]) -> None:
    """Wait until some work comes to the point that sets this event. Where it ends before, its error is raised."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({waiting, work}, return_when=asyncio.FIRST_COMPLETED)
    if not event.is_set():
        waiting.cancel()
        raise AssertionError(f"It ended before, with {await work!r}.")


def record(number: int, upvotes: int = 1, title: str = "") -> dict[str, Any]:
    """A paper as the API lists it."""
    paper_id = f"2511.{number:05d}"
    title = title or f"Paper number {number} about robots"
    return {
        "title": title,
        "numComments": 0,
        "paper": {"id": paper_id, "title": title, "summary": f"What is in paper {number}.", "upvotes": upvotes},
    }


def listing(*records: dict[str, Any]) -> bytes:
    """The API's answer."""
    return json.dumps(list(records)).encode()


def papers(body: bytes, **headers: str) -> web.Response:
    """An answer with a list."""
    return web.Response(body=body, content_type="application/json", headers=headers)
