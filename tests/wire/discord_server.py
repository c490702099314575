"""Discord's REST API on loopback, for discord.py's own HTTP client: messages with nonces, threads, and every kind of bad day."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

BOT = {"id": "1", "username": "paperround", "discriminator": "0", "avatar": None, "bot": True, "global_name": None}
APPLICATION = {
    "id": "2",
    "name": "Paper Round",
    "description": "",
    "icon": None,
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "00",
    "flags": 0,
    "team": None,
    "owner": BOT,
    "bot": BOT,
}
TOKEN = "MQ.secret.token"  # noqa: S105 - no secret


class Server:
    """What is behind the API: messages by channel, threads, and the faults that come next.

    A fault is a word for `POST …/messages`: "429", "global", "long", "wall" (a page of Cloudflare), "500", "502", "hang" (before
    anything is stored), "lost" (stored, never answered), "broken" (stored, answered with half a JSON), "cut" (stored, then the
    connection ends).
    """

    def __init__(self) -> None:
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.threads: set[str] = set()
        self.commands: list[dict[str, Any]] = []
        self.faults: deque[str] = deque()
        self.seen: list[str] = []
        self.servers: list[dict[str, Any]] = []
        self.base = ""
        self.identified: list[dict[str, Any]] = []
        self.away = 0  # so many requests are refused before Discord is there
        self.answered: list[dict[str, Any]] = []
        self._socket: web.WebSocketResponse | None = None
        self._events = 0
        self._next = 100
        self._go = asyncio.Event()

    def app(self) -> web.Application:
        """The routes."""
        made = web.Application(middlewares=[self._only_us])
        made.router.add_get("/api/v10/users/@me", self._me)
        made.router.add_get("/api/v10/oauth2/applications/@me", self._application)
        made.router.add_put("/api/v10/applications/2/commands", self._register)
        made.router.add_get("/api/v10/applications/2/commands", self._registered)
        made.router.add_get("/api/v10/users/@me/guilds", self._servers)
        made.router.add_get("/api/v10/channels/{channel}", self._channel)
        made.router.add_get("/api/v10/channels/{channel}/messages", self._history)
        made.router.add_post("/api/v10/channels/{channel}/messages", self._post)
        made.router.add_get("/api/v10/channels/{channel}/messages/{message}", self._message)
        made.router.add_post("/api/v10/channels/{channel}/messages/{message}/threads", self._start_thread)
        made.router.add_get("/api/v10/gateway/bot", self._gateway_address)
        made.router.add_get("/gateway/", self._gateway)
        made.router.add_post("/api/v10/interactions/{id}/{token}/callback", self._callback)
        return made

    def release(self) -> None:
        """Let what hangs go."""
        self._go.set()

    async def push(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to the one that is connected."""
        assert self._socket is not None
        self._events += 1
        await self._socket.send_json({"op": 0, "t": event, "s": self._events, "d": data})

    async def hang_up(self, code: int) -> None:
        """End the connection."""
        assert self._socket is not None
        await self._socket.close(code=code)

    @web.middleware
    async def _only_us(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's
        if self.away:
            self.away -= 1
            return answer({"message": "away", "code": 0}, 503)
        self.seen.append(f"{request.method} {request.path.removeprefix('/api/v10')}")
        if (
            request.path.startswith("/api")
            and "/interactions/" not in request.path
            and request.headers.get("Authorization") != f"Bot {TOKEN}"
        ):
            return answer({"message": "401: Unauthorized", "code": 0}, 401)
        response: web.StreamResponse = await handler(request)
        return response

    async def _gateway_address(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        address = self.base.replace("http:", "ws:").removesuffix("/api/v10") + "/gateway/"
        return answer({"url": address, "shards": 1, "session_start_limit": limit})

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        await self._socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}})
        async for message in self._socket:
            said = json.loads(message.data)
            if said["op"] == 1:
                await self._socket.send_json({"op": 11})
            elif said["op"] == 2:
                self.identified.append(said["d"])
                ready = {"v": 10, "user": BOT, "guilds": [], "session_id": "s", "resume_gateway_url": "", "shard": [0, 1]}
                await self.push("READY", {**ready, "application": {"id": "2", "flags": 0}})
        return self._socket

    async def _me(self, _request: web.Request) -> web.Response:
        return answer(BOT)

    async def _application(self, _request: web.Request) -> web.Response:
        return answer(APPLICATION)

    async def _register(self, request: web.Request) -> web.Response:
        self.commands = [{**one, "id": str(n)} for n, one in enumerate(await request.json(), 10)]
        return answer(self.commands)

    async def _registered(self, _request: web.Request) -> web.Response:
        return answer(self.commands)

    async def _servers(self, _request: web.Request) -> web.Response:
        return answer(self.servers)

    async def _channel(self, request: web.Request) -> web.Response:
        return answer({"id": request.match_info["channel"], "type": 0, "name": "papers", "guild_id": "3"})

    async def _history(self, request: web.Request) -> web.Response:
        kept = self.messages.get(request.match_info["channel"], [])
        return answer([{key: value for key, value in one.items() if key != "nonce"} for one in reversed(kept)])

    async def _message(self, request: web.Request) -> web.Response:
        for one in self.messages.get(request.match_info["channel"], []):
            if one["id"] == request.match_info["message"]:
                return answer(one)
        return answer({"message": "Unknown Message", "code": 10008}, 404)

    async def _start_thread(self, request: web.Request) -> web.Response:
        message = request.match_info["message"]
        if message in self.threads:
            return answer({"message": "A thread has already been created for this message", "code": 160004}, 400)
        self.threads.add(message)
        return answer({"id": message, "type": 11})

    async def _callback(self, request: web.Request) -> web.Response:
        self.answered.append(await request.json())
        return answer({"interaction": {"id": request.match_info["id"], "type": 2}})

    async def _post(self, request: web.Request) -> web.StreamResponse:
        payload = await request.json()
        fault = self.faults.popleft() if self.faults else ""
        refusal = _refusal(fault)
        if refusal is not None:
            return refusal
        if fault == "hang":
            await self._go.wait()
            return answer({"message": "500", "code": 0}, 503)
        message = self._store(request.match_info["channel"], payload)
        match fault:
            case "lost":
                await self._go.wait()
            case "broken":
                return web.Response(body=b'{"id": "10', content_type="application/json")
            case "cut":
                assert request.transport is not None
                request.transport.abort()
        return answer(message)

    def _store(self, channel: str, payload: dict[str, Any]) -> dict[str, Any]:
        kept = self.messages.setdefault(channel, [])
        for one in kept:
            if payload.get("enforce_nonce") and one["nonce"] == payload["nonce"]:
                return one
        self._next += 1
        kept.append({**payload, "id": str(self._next), "channel_id": channel, "author": BOT})
        return kept[-1]


def answer(body: object, status: int = 200, **headers: str) -> web.Response:
    """A JSON answer as Discord gives it: without a charset, through a proxy."""
    return web.Response(
        body=json.dumps(body).encode(), status=status, content_type="application/json", headers={"Via": "1.1 google", **headers}
    )


def _refusal(fault: str) -> web.Response | None:
    match fault:
        case "429" | "global":
            body = {"message": "You are being rate limited.", "retry_after": 0.3, "global": fault == "global"}
            return answer(body, 429, **{"Retry-After": "1", "X-RateLimit-Remaining": "0"})
        case "long":
            return answer({"message": "You are being rate limited.", "retry_after": 60.0, "global": False}, 429)
        case "wall":
            return web.Response(
                text="<html>error 1015</html>", status=429, content_type="text/html", headers={"Retry-After": "40"}
            )
        case "500" | "502":
            return web.Response(text="<html>bad gateway</html>", status=int(fault), content_type="text/html")
        case _:
            return None


@asynccontextmanager
async def open_server() -> AsyncIterator[Server]:
    """The API on a free port of this machine."""
    server = Server()
    runner = web.AppRunner(server.app(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.base = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    try:
        yield server
    finally:
        server.release()
        await runner.cleanup()
