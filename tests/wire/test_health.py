"""Health and metrics over real HTTP: what a probe is told, and how much it can cost."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web
from structlog.testing import capture_logs

from adapters.http import health
from adapters.http.health import HealthServer
from bot.errors import AdapterError

Get = Callable[..., Awaitable[tuple[int, str]]]


async def well() -> str:
    """All is well."""
    return ""


@asynccontextmanager
async def server(**options: Any) -> AsyncIterator[tuple[HealthServer, Get]]:  # noqa: ANN401 - any argument of it
    """A started server, and a function that asks it: status and text."""
    defaults = {"alive": well, "ready": {"database": well}, "render_metrics": lambda: (b"up 1\n", "text/plain; version=0.0.4")}
    made = HealthServer(host="127.0.0.1", port=0, **{**defaults, **options})
    await made.start()
    try:
        async with ClientSession() as session:

            async def get(path: str, method: str = "GET") -> tuple[int, str]:
                async with session.request(method, made.address + path) as response:
                    return response.status, await response.text()

            yield made, get
    finally:
        await made.stop()


async def test_a_process_that_works_is_alive_and_ready():
    """Each check is named in the answer."""
    async with server(ready={"database": well, "index": well}) as (_, get):
        assert await get("/healthz") == (200, '{"status": "ok"}')
        assert await get("/readyz") == (200, '{"ready": true, "checks": {"database": "ok", "index": "ok"}}')


async def test_metrics_are_text():
    """As Prometheus reads them, with its content type."""
    async with server() as (made, get), ClientSession() as session:
        assert await get("/metrics") == (200, "up 1\n")
        async with session.get(f"{made.address}/metrics") as response:
            assert response.headers["Content-Type"] == "text/plain; version=0.0.4"
            assert response.headers["Cache-Control"] == "no-store"


async def test_a_process_that_hangs_is_not_alive():
    """503 and since when."""

    async def silent() -> str:
        return "no tick for 400 s"

    async with server(alive=silent) as (_, get):
        assert await get("/healthz") == (503, '{"status": "no tick for 400 s"}')


async def test_what_fails_is_named_without_secrets(monkeypatch: pytest.MonkeyPatch):
    """A check that raises or hangs is not ready; who asks learns the kind of error, the operator the rest from the log."""

    async def broken() -> str:
        raise ConnectionError("postgresql://me:hunter2@host")

    async def hangs() -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(health, "CHECK_S", 0.01)
    with capture_logs() as logs:
        async with server(ready={"database": broken, "index": hangs, "running": well}) as (_, get):
            status, text = await get("/readyz")
    assert status == 503
    assert text == '{"ready": false, "checks": {"database": "ConnectionError", "index": "no answer within 0 s", "running": "ok"}}'
    assert [line["event"] for line in logs] == ["check_failed"]


async def test_many_probes_cost_one_look():
    """However many ask within a second, each check is made once; after `recheck` at once again."""
    asked = 0

    async def count() -> str:
        nonlocal asked
        asked += 1
        return ""

    async with server(ready={"database": count}) as (made, get):
        answers = await asyncio.gather(*(get("/readyz") for _ in range(20)))
        assert {status for status, _ in answers} == {200}
        assert asked == 1
        made.recheck()
        await get("/readyz")
        assert asked == 2


async def test_other_addresses_and_methods_get_a_sentence():
    """404, 405 and a bug of ours are short JSON, never a trace."""

    async def bug(_: web.Request) -> web.Response:
        raise ZeroDivisionError

    with capture_logs() as logs:
        async with server(routes=[web.get("/bug", bug)]) as (_, get):
            assert await get("/") == (404, '{"error": "There is nothing at this address."}')
            assert await get("/healthz", "POST") == (405, '{"error": "This address is only read, with GET."}')
            assert await get("/bug") == (500, '{"error": "Something broke on our side."}')
    assert [line["event"] for line in logs] == ["http_request_failed"]


async def test_further_addresses_share_the_port():
    """A platform that calls us is let in on the same port."""

    async def events(_: web.Request) -> web.Response:
        return web.Response(text="taken")

    async with server(routes=[web.post("/slack/events", events)]) as (_, get):
        assert await get("/slack/events", "POST") == (200, "taken")


async def test_a_port_in_use_is_an_error_in_words():
    """The message names the setting that helps."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        made = HealthServer(
            host="127.0.0.1", port=taken.getsockname()[1], alive=well, ready={}, render_metrics=lambda: (b"", "text/plain")
        )
        with pytest.raises(AdapterError, match=r"already in use\. Health and metrics were not opened\. Set PAPERROUND_HTTP_PORT"):
            await made.start()
