"""The page's addresses: HTTP in, HTML and JSON out. What a command means is decided elsewhere."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from aiohttp import web
from aiohttp.helpers import content_disposition_header

from adapters.web.desk import Ask, Desk
from adapters.web.guard import Refused
from adapters.web.records import Change, Complete, Message, OpenForm, WebChannel
from adapters.web.render import Pages
from adapters.web.timeline import Queue, Timeline
from bot.cards import Effect

STATIC = Path(__file__).parent / "static"
COMMAND_CHARS = 2000
COMPLETIONS = 25
ZONE_CHARS = 64
NAME_CHARS = 200
FORM_BYTES = 5_000_000  # a document of 2 MB with its line ends and quotes escaped
LISTENING_S = 1.0
GONE = "That message is no longer here. Load the page again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Serves the page.

    Args:
        channels: the channels in order.
        timeline: the messages.
        pages: renders them.
        desk: takes commands.
        complete: how typed text may go on.
        sample_note: a line for the sidebar.
    """

    channels: Sequence[WebChannel]
    timeline: Timeline
    pages: Pages
    desk: Desk
    complete: Complete
    sample_note: str

    def add_to(self, app: web.Application) -> None:
        """Put every address on an application."""
        app.router.add_get("/", self.page)
        app.router.add_get("/healthz", self.health)
        app.router.add_get("/api/channels/{n:[0-9]{1,4}}/messages", self.messages)
        app.router.add_get("/api/messages/{id}/file", self.file)
        app.router.add_get("/api/preview", self.preview)
        app.router.add_get("/api/complete", self.completions)
        app.router.add_get("/api/events", self.events)
        app.router.add_post("/api/invoke", self.invoke)
        app.router.add_post("/api/form", self.form)
        app.router.add_post("/api/dismiss", self.dismiss)
        app.router.add_static("/static", STATIC)

    async def page(self, _: web.Request) -> web.Response:
        """The page itself."""
        html = self.pages.page(self.channels, self.timeline.listing(0), self.sample_note)
        return web.Response(text=html, content_type="text/html")

    async def health(self, _: web.Request) -> web.Response:
        """Whether the page is up."""
        return web.json_response({"status": "ok"})

    async def messages(self, request: web.Request) -> web.Response:
        """The messages of a channel, or of one `thread` in it with its opener first."""
        n = self._channel(int(request.match_info["n"]))
        thread = request.query.get("thread")
        found = [self._message(thread)] if thread is not None else []
        found += self.timeline.listing(n, thread)
        view = request.query.get("view", "")
        html = [self.pages.message(message, view) for message in found]
        empty = self.pages.empty(self.channels[n]) if not found else ""
        return web.json_response({"messages": html, "empty": empty})

    async def file(self, request: web.Request) -> web.Response:
        """The file that came with a message, to be kept."""
        attachment = self._message(request.match_info["id"]).reply.attachment
        if attachment is None:
            raise Refused(404, "No file came with that message.")
        kept = {"Content-Disposition": content_disposition_header("attachment", filename=attachment.name)}
        text = attachment.text.encode("utf-8", "replace")
        return web.Response(body=text, content_type=attachment.media_type, charset="utf-8", headers=kept)

    async def preview(self, request: web.Request) -> web.Response:
        """One message, or one open form, as the platform `view` would show it."""
        view = request.query.get("view", "")
        opened = self.desk.opened(request.query.get("form", ""))
        if opened is not None:
            return web.json_response({"html": self.pages.form(opened, view, self.channels)})
        return web.json_response({"html": self.pages.message(self._message(request.query.get("message", "")), view)})

    async def completions(self, request: web.Request) -> web.Response:
        """How the text typed so far may go on."""
        text = request.query.get("text", "")
        named = request.query.get("channel", "0")
        channel = self.channels[self._channel(int(named) if named.isdecimal() and len(named) < 5 else None)]
        found = [] if len(text) > COMMAND_CHARS else await self.complete(text, channel.ref)
        return web.json_response([{"value": one.value, "label": one.label, "hint": one.hint} for one in found[:COMPLETIONS]])

    async def invoke(self, request: web.Request) -> web.Response:
        """Take a command and answer with the message it led to, or the form it opens."""
        body = await _body(request)
        command = _text(body, "command").strip()
        if not command:
            raise Refused(400, "There is nothing to send yet.")
        if len(command) > COMMAND_CHARS:
            raise Refused(400, f"A command has at most {COMMAND_CHARS:,} characters; this one has {len(command):,}.")
        effect = body.get("effect", "reply")
        if effect not in get_args(Effect):
            raise Refused(400, "This page does not know that kind of button.")
        ask = Ask(
            channel=self._channel(body.get("channel")),
            command=command,
            effect=effect,
            message=_text(body, "message") or None,
            thread=_text(body, "thread") or None,
            zone=_text(body, "zone")[:ZONE_CHARS],
        )
        return self._outcome(await self.desk.take(ask), _text(body, "view"))

    async def form(self, request: web.Request) -> web.Response:
        """Take a filled-in form, which may hold a whole document."""
        try:
            body = await _body(request.clone(client_max_size=FORM_BYTES))
        except web.HTTPRequestEntityTooLarge as error:
            raise Refused(413, "A document may have 2 MB; this one is larger. Nothing was changed.") from error
        values = body.get("values")
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise Refused(400, "The form could not be read. Nothing was changed; open it again.")
        zone, file_name = _text(body, "zone")[:ZONE_CHARS], _text(body, "file")[:NAME_CHARS]
        outcome = await self.desk.submit(_text(body, "form"), values, zone, file_name)
        if outcome is None:
            raise Refused(410, "This form is no longer open. Nothing was changed; open it again.")
        return self._outcome(outcome, _text(body, "view"))

    async def dismiss(self, request: web.Request) -> web.Response:
        """Take away a message that only you can see."""
        body = await _body(request)
        message = self._message(_text(body, "message"))
        if not message.private:
            raise Refused(400, "Only messages that nobody else sees can be dismissed.")
        self.timeline.remove(message.id)
        return web.json_response({})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What changes from now on, as server-sent events; ends when the page closes or the adapter stops."""
        with self.timeline.watch() as queue:
            if queue is None:
                raise Refused(503, "Too many pages are open. Close one and load this one again.")
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            with suppress(ConnectionError):  # a page may close at any moment
                await response.write(b"retry: 1000\nevent: ready\ndata: {}\n\n")
                await self._tell(request, response, queue)
            return response

    async def _tell(self, request: web.Request, response: web.StreamResponse, queue: Queue) -> None:
        """Pass changes on until there are no more or nobody listens: looked at often, so closed pages free their place."""
        view = request.query.get("view", "")
        while request.transport is not None:
            try:
                change = await asyncio.wait_for(queue.get(), LISTENING_S)
            except TimeoutError:
                continue
            if change is None:
                return
            await response.write(self._event(change, view))

    def _event(self, change: Change, view: str) -> bytes:
        message = change.message
        told = {"id": message.id, "channel": message.channel, "thread": message.thread}
        if change.kind == "message":
            told["html"] = self.pages.message(message, view)
        return f"event: {change.kind}\ndata: {json.dumps(told)}\n\n".encode()

    def _outcome(self, outcome: Message | OpenForm, view: str) -> web.Response:
        if isinstance(outcome, OpenForm):
            return web.json_response({"form": self.pages.form(outcome, view, self.channels)})
        told = {"id": outcome.id, "channel": outcome.channel, "thread": outcome.thread, "shared": outcome.shared}
        return web.json_response({**told, "html": self.pages.message(outcome, view)})

    def _channel(self, n: object) -> int:
        if not isinstance(n, int) or not 0 <= n < len(self.channels):
            raise Refused(404, "There is no such channel on this page.")
        return n

    def _message(self, id: str) -> Message:
        message = self.timeline.get(id)
        if message is None:
            raise Refused(404, GONE)
        return message


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "This request is not JSON.")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
