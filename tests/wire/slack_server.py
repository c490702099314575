"""A Slack of our own on 127.0.0.1: answers the Web API as a test scripts it, and writes down what it was asked.

It also takes posts to response URLs (`server.response_url()`) and speaks Socket Mode (`apps.connections.open`, `push`).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Literal, Self

import orjson
from aiohttp import WSMsgType, web


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that came in. `method` is the Web API's, or the path for anything else; `token` what it was signed with."""

    method: str
    headers: Mapping[str, str]
    payload: Any
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said: JSON with a status and headers after `delay_s`; or nothing, by hanging or by closing the connection."""

    body: Any = field(default_factory=lambda: {"ok": True})
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    fate: Literal["answer", "hang", "close"] = "answer"


Script = Answer | Callable[[Call], Answer]


def ok(**fields: object) -> Answer:
    """A success with these fields."""
    return Answer(body={"ok": True, **fields})


def error(name: str, **fields: object) -> Answer:
    """A refusal as Slack words it, with status 200."""
    return Answer(body={"ok": False, "error": name, **fields})


def rate_limited(retry_after_s: int = 1) -> Answer:
    """Status 429 with Retry-After: https://docs.slack.dev/apis/web-api/rate-limits."""
    return Answer(status=429, headers={"Retry-After": str(retry_after_s)}, body={"ok": False, "error": "ratelimited"})


def broken(status: int = 500) -> Answer:
    """A server error, whose body is no JSON."""
    return Answer(status=status, body="upstream connect error")


HANGING = Answer(fate="hang")
CLOSED = Answer(fate="close")


class SlackServer:
    """Slack's Web API on loopback, from `async with` until its end.

    `calls` are all requests in order. `script` gives a method its next answers, each used once; `always` its answer from then
    on. What is not scripted succeeds. `url` is the base URL for `AsyncWebClient(base_url=…)`.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.envelopes: list[dict[str, Any]] = []
        self._once: dict[str, deque[Script]] = {}
        self._always: dict[str, Script] = {}
        self._numbers = count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._changed = asyncio.Condition()
        self._ending = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._origin = ""

    @property
    def url(self) -> str:
        """The base URL of the Web API, with a slash at its end."""
        return f"{self._origin}/api/"

    def response_url(self, name: str = "one") -> str:
        """A `response_url`: what is posted there is a call of the method `/response/name`."""
        return f"{self._origin}/response/{name}"

    def script(self, method: str, *answers: Script) -> None:
        """Answer the next calls of a method so, one after the other."""
        self._once.setdefault(method, deque()).extend(answers)

    def always(self, method: str, answer: Script) -> None:
        """Answer a method so from now on, after what was scripted."""
        self._always[method] = answer

    def of(self, method: str) -> list[Call]:
        """The calls of one method so far."""
        return [call for call in self.calls if call.method == method]

    async def wait_for(self, method: str, times: int = 1, timeout_s: float = 5.0) -> list[Call]:
        """The calls of a method, once there are that many.

        Raises:
            TimeoutError: there never were.
        """
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(self.of(method)) >= times)
        return self.of(method)

    async def push(self, envelope: Mapping[str, Any], timeout_s: float = 5.0) -> None:
        """Send a Socket Mode envelope down the newest connection, which is waited for.

        Raises:
            TimeoutError: nobody connected.
        """
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: any(not socket.closed for socket in self._sockets))
        open_ones = [socket for socket in self._sockets if not socket.closed]
        await open_ones[-1].send_str(orjson.dumps(envelope).decode())

    async def acknowledged(self, envelope_id: str, timeout_s: float = 5.0) -> dict[str, Any]:
        """What came back for an envelope.

        Raises:
            TimeoutError: nothing did.
        """

        def found() -> list[dict[str, Any]]:
            return [one for one in self.envelopes if one.get("envelope_id") == envelope_id]

        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: bool(found()))
        return found()[0]

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = web.Application(client_max_size=32 * 1024**2)
        app.router.add_get("/socket", self._socket)
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._origin = f"http://{host}:{port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Close every connection, hanging ones too."""
        self._ending.set()
        for socket in self._sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        call = await _read(path.removeprefix("/api/"), request)
        waiting = self._once.get(call.method)
        script = waiting.popleft() if waiting else self._always.get(call.method, self._plain)
        async with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
        answer = script if isinstance(script, Answer) else script(call)
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.fate == "hang":
            await self._ending.wait()
        if answer.fate != "answer":
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if isinstance(answer.body, str):
            return web.Response(text=answer.body, status=answer.status, headers=answer.headers)
        return web.json_response(body=orjson.dumps(answer.body), status=answer.status, headers=answer.headers)

    def _plain(self, call: Call) -> Answer:
        """What Slack says to a call that is in order."""
        payload = call.payload if isinstance(call.payload, dict) else {}
        match call.method:
            case "chat.postMessage" | "chat.update" | "chat.postEphemeral":
                ts = payload.get("ts") or f"1765180800.{next(self._numbers):06d}"
                return ok(channel=payload.get("channel"), ts=ts, message_ts=ts, message={"ts": ts})
            case "auth.test":
                return ok(url="https://one.example/", team="One", team_id="T1", user="paperround", user_id="UBOT", bot_id="B1")
            case "chat.getPermalink":
                return ok(permalink=f"https://one.example/{payload.get('channel')}/{payload.get('message_ts')}")
            case "views.open" | "views.update" | "views.push" | "views.publish":
                return ok(view={"id": f"V{next(self._numbers)}", "hash": "h1"})
            case "apps.connections.open":
                return ok(url=f"{self._origin.replace('http', 'ws', 1)}/socket")
            case _:
                return ok()

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str('{"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}}')
        async with self._changed:
            self._sockets.append(socket)
            self._changed.notify_all()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                async with self._changed:
                    self.envelopes.append(orjson.loads(message.data))
                    self._changed.notify_all()
        return socket


async def _read(method: str, request: web.Request) -> Call:
    kind = request.content_type
    payload: Any
    if kind == "application/json":
        payload = orjson.loads(await request.read() or b"{}")
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        sent = {**request.query, **await request.post()}  # the SDK puts some methods' arguments into the address
        payload = {name: _value(value) for name, value in sent.items()}
    else:
        sent_as_it_is = await request.read()
        payload = {**request.query, **({"data": sent_as_it_is.decode("utf-8", "replace")} if sent_as_it_is else {})}
    said = request.headers.get("Authorization", "")
    token = said.removeprefix("Bearer ") if said.startswith("Bearer ") else ""
    if isinstance(payload, dict):
        token = payload.pop("token", None) or token
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() != "authorization"}
    return Call(method=method, headers=headers, payload=payload, token=token)


def _value(value: object) -> object:
    """A form's value; blocks, views and attachments come as JSON inside of it."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value
