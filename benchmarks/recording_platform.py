"""A chat platform on loopback that records what it is sent and misbehaves on purpose: for the chaos and load benchmarks."""

import asyncio
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp import web

from bot.cards import Card, plain_text
from bot.errors import AdapterError, ChannelGone, PayloadRejected, RateLimited
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening
from bot.ports import Answer


@dataclass(slots=True)
class Faults:
    """How likely each request ends badly, each from 0 to 1. `cut_after`: the message was taken, the answer never arrives."""

    too_many: float = 0.0
    broken: float = 0.0
    hang: float = 0.0
    cut_before: float = 0.0
    cut_after: float = 0.0
    seed: int = 7


@dataclass(slots=True)
class RecordingPlatform:
    """The platform, in a thread of its own.

    Args:
        honours_keys: a second message with a key is answered with the first one and not shown again.
        faults: how it misbehaves; may be replaced while it runs.
    """

    honours_keys: bool
    faults: Faults = field(default_factory=Faults)
    shown: list[tuple[str, str]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    address: str = ""
    _by_key: dict[str, str] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _runner: web.AppRunner | None = None
    _chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __enter__(self) -> "RecordingPlatform":
        """Open it on a free port."""
        self._chance.seed(self.faults.seed)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        """Close it."""
        if self._runner is not None:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(5)
        self._loop.close()

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_post("/post", self._post)
        app.router.add_post("/tell", self._tell)
        self._runner = runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _tell(self, request: web.Request) -> web.Response:
        self.told.append((await request.json())["user"])
        return web.json_response({})

    async def _post(self, request: web.Request) -> web.StreamResponse:
        sent: dict[str, Any] = await request.json()
        faults, chance = self.faults, self._chance.random()
        for name in ("too_many", "broken", "hang", "cut_before"):
            share = getattr(faults, name)
            if chance < share:
                self.refused[name] += 1
                return await self._fail(name, request)
            chance -= share
        key = sent["key"]
        if self.honours_keys and key in self._by_key:
            self.refused["repeat"] += 1
            return web.json_response({"message": self._by_key[key]})
        message = f"m{len(self.shown) + 1}"
        self.shown.append((sent["channel"], key))
        self._by_key[key] = message
        if chance < faults.cut_after:
            self.refused["cut_after"] += 1
            return await self._fail("cut", request)
        return web.json_response({"message": message})

    async def _fail(self, name: str, request: web.Request) -> web.StreamResponse:
        if name == "too_many":
            return web.Response(status=429, headers={"Retry-After": "0.05"})
        if name == "broken":
            return web.Response(status=500)
        if name == "hang":
            await asyncio.sleep(30)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


class LoopbackAdapter:
    """Posts to a `RecordingPlatform`, from another process as well.

    Args:
        address: where it listens.
        honours_keys: whether it drops repeated keys.
    """

    platform = "loopback"

    def __init__(self, address: str, *, honours_keys: bool) -> None:
        self.honours_keys = honours_keys
        self._address = address
        self._session: aiohttp.ClientSession | None = None

    async def run(self, answer: Answer) -> None:
        """Nobody types here."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Give back the connections."""
        if self._session is not None:
            await self._session.close()

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Post over HTTP; what the platform answers becomes our errors."""
        body = {"channel": str(channel), "thread": thread and thread.message, "key": key, "text": plain_text(card)}
        status, headers, answer = await self._request("/post", body)
        if status == 429:
            raise RateLimited(float(headers.get("Retry-After", "1")))
        if status in (404, 410):
            raise ChannelGone(f"The platform has no channel {channel}.")
        if status >= 500:
            raise AdapterError(f"The platform answered {status}.")
        if status >= 400:
            raise PayloadRejected(f"The platform answered {status}.")
        return MessageRef(channel=channel, message=answer["message"])

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Tell one person."""
        await self._request("/tell", {"channel": str(channel), "user": user, "text": plain_text(card)})

    async def _request(self, path: str, body: dict[str, Any]) -> tuple[int, Any, dict[str, Any]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200))
        try:
            async with self._session.post(self._address + path, json=body) as answer:
                return answer.status, answer.headers, await answer.json() if answer.status == 200 else {}
        except aiohttp.ClientError as error:
            raise AdapterError(f"The platform cannot be reached: {type(error).__name__}.") from error
