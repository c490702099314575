"""The web adapter: starts the page, stops it, posts to it. Knows no command and no HTML."""

import asyncio
import errno
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from aiohttp import web

from adapters.web.desk import Desk
from adapters.web.guard import BODY_BYTES, add_headers, guard, own_hosts
from adapters.web.records import Complete, Message, Preview, WebChannel
from adapters.web.render import Pages
from adapters.web.routes import Routes
from adapters.web.timeline import Timeline
from bot.cards import Card, Reply
from bot.errors import AdapterError, ChannelGone, ThreadGone
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening
from bot.ports import Answer

__all__ = ["Complete", "Preview", "WebAdapter", "WebChannel"]

KEYS = 10_000  # parts remembered so that none is posted twice
SHUTDOWN_S = 2.0


class WebAdapter:
    """A team channel in the browser, on this machine only.

    Keys and messages live as long as the process: a key never posts twice on the page that stands, and after a restart the page
    is empty, so nothing on it can be doubled either. An edition whose opener a restart took along goes on outside a thread.

    Args:
        host: the address to listen on; only this one.
        port: the port; 0 takes any free one.
        channels: what the sidebar lists, at least one.
        complete: how typed text may go on.
        previews: for each platform's name, the payloads it would receive for a reply.
        now: the present moment, UTC-aware.
        sample_note: a line for the sidebar, such as where the papers come from.
    """

    platform = "web"
    honours_keys = True

    def __init__(  # noqa: PLR0913  (all of it is wired once, in bot/app.py)
        self,
        *,
        host: str,
        port: int,
        channels: Sequence[WebChannel],
        complete: Complete,
        previews: Mapping[str, Preview],
        now: Callable[[], datetime],
        sample_note: str = "",
    ) -> None:
        self._host = host
        self._port = port
        self._channels = tuple(channels)
        self._complete = complete
        self._pages = Pages(previews)
        self._now = now
        self._sample_note = sample_note
        self._timeline = Timeline()
        self._posted: dict[str, MessageRef] = {}
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """Where the page is; the port is known once it has started."""
        host = "127.0.0.1" if self._host in {"0.0.0.0", "::", ""} else self._host  # noqa: S104  (told apart, not bound)
        return f"http://[{host}]:{self._port}/" if ":" in host else f"http://{host}:{self._port}/"

    async def start(self, answer: Answer) -> None:
        """Open the page.

        Raises:
            AdapterError: the port is taken or may not be used.
        """
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[guard(self._hosts)])
        app.on_response_prepare.append(add_headers)
        Routes(
            channels=self._channels,
            timeline=self._timeline,
            pages=self._pages,
            desk=Desk(answer, self._timeline, self._channels, self._now),
            complete=self._complete,
            sample_note=self._sample_note,
        ).add_to(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            raise AdapterError(self._why_not(error)) from error
        self._port = runner.addresses[0][1]
        self._runner = runner

    async def stop(self) -> None:
        """Close the page for good; open streams end at once, answers under way get two seconds."""
        self._timeline.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def run(self, answer: Answer) -> None:
        """Open the page, serve until cancelled, close it."""
        await self.start(answer)
        try:
            await asyncio.Event().wait()
        finally:
            await self.stop()

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Post a card, in a thread where one is given; before the page is open too. The same key never posts twice.

        Raises:
            ChannelGone: the page has no such channel.
            ThreadGone: the page no longer holds that thread.
        """
        if key in self._posted:
            return self._posted[key]
        n = self._number(channel)
        if thread is not None and self._timeline.get(thread.message) is None:
            raise ThreadGone("The page no longer holds that thread: it forgets when it is closed. Post its opener again.")
        reply = Reply(cards=(card,), visibility="channel")
        place = thread.message if thread is not None else None
        message = self._timeline.add(Message(channel=n, thread=place, sent_at=self._now(), reply=reply))
        self._posted[key] = MessageRef(channel=channel, message=message.id, url=self._link(message))
        if len(self._posted) > KEYS:
            self._posted.pop(next(iter(self._posted)))
        return self._posted[key]

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Show a card in the channel to the one person of the page, as only visible to them.

        Raises:
            ChannelGone: the page has no such channel.
        """
        message = Message(channel=self._number(channel), sent_at=self._now(), reply=Reply(cards=(card,)))
        self._timeline.add(message)

    def _link(self, message: Message) -> str | None:
        """Where the page opens at a message; none before its port is known."""
        if self._runner is None:
            return None
        return f"{self.address}#/{message.channel}/{message.thread or ''}/{message.id}"

    def _number(self, channel: ChannelRef) -> int:
        n = next((n for n, one in enumerate(self._channels) if one.ref == channel), None)
        if n is None:
            raise ChannelGone(f"The page has no channel {channel}. Nothing was posted; name it when the page starts.")
        return n

    def _hosts(self) -> frozenset[str]:
        return own_hosts(self._host, self._port)

    def _why_not(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {self._port} on {self._host} is already in use. The page was not opened. "
                "Stop the other program, or choose another port (0 takes any free one)."
            )
        return (
            f"The page cannot be opened at {self._host}:{self._port} ({error.strerror or error}). "
            "Choose another port above 1023, or 127.0.0.1 as the address."
        )
