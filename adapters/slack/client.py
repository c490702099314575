"""The Slack adapter: starts, stops, posts. What people ask is handed to the listeners; knows no command and no block."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from adapters.slack.api import Api, Team, quiet
from adapters.slack.desk import PLATFORM
from adapters.slack.faults import Removed, translated
from adapters.slack.http import Receiver
from adapters.slack.listeners import Listeners, build
from adapters.slack.voice import Message, Voice
from adapters.slack.wiring import Parts, assemble
from bot.cards import Card
from bot.errors import AdapterError
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening
from bot.ports import Answer

KEYS: Final = 10_000
AGAIN_S: Final = 5.0

Begin = Callable[[Api], Awaitable[None]]
"""What is made sure of at the start, however long Slack is away."""

_log = structlog.get_logger()


class SlackAdapter:
    """Slack, over Socket Mode, HTTP or both.

    Slack has no key that would let it drop a second message, so a part of which nobody knows whether it arrived is sent again.

    Args:
        api: how Slack is called.
        parts: what the listeners need beside the answers.
        app_token: for Socket Mode; empty for none.
        signing_secret: for requests over HTTP; empty for none.
        pages: the addresses that install the app, where it serves many workspaces.
        begin: what is to be made sure of at the start, beside answering; it may take as long as Slack is away.
        grace_s: how long answers under way may take to end when we are stopped.
    """

    platform = PLATFORM
    honours_keys = False

    def __init__(  # noqa: PLR0913 - all of it is wired once
        self,
        api: Api,
        parts: Parts,
        *,
        app_token: str = "",
        signing_secret: str = "",
        pages: Sequence[web.RouteDef] = (),
        begin: Begin | None = None,
        grace_s: float = 10.0,
    ) -> None:
        self._api = api
        self._parts = parts
        self._voice = Voice(api)
        self._app_token = app_token
        self._signing_secret = signing_secret
        self._pages = tuple(pages)
        self._begin = begin
        self._grace_s = grace_s
        self._receiver = Receiver()
        self._sent: OrderedDict[str, list[str]] = OrderedDict()
        self._socket: SocketModeClient | None = None

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """The addresses that Slack and browsers call, for the server that shows health; none for Socket Mode alone."""
        return (*(self._receiver.routes if self._signing_secret else ()), *self._pages)

    async def check(self) -> str:
        """What is wrong with the connection, in a few words; empty while it stands, and where there is none to keep."""
        if not self._app_token:
            return ""
        return "" if self._socket is not None and await self._socket.is_connected() else "not connected to Slack"

    async def run(self, answer: Answer) -> None:
        """Answer people until cancelled.

        Raises:
            AdapterError: Slack refuses the tokens.
        """
        listeners = assemble(self._parts, answer, self._api, self._voice)
        app = build(listeners, self._api, signing_secret=self._signing_secret)
        self._receiver.open(app)
        try:
            async with asyncio.TaskGroup() as group:
                if self._app_token:
                    group.create_task(self._listen(app), name="slack socket")
                if self._begin is not None:
                    group.create_task(_done(self._begin(self._api)), name="slack begin")
                await asyncio.Event().wait()
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            self._receiver.close()
            await self._end(listeners)

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Post a card, in a thread where one is given; the first of its messages is the one that is named.

        A card of several messages goes on where it was interrupted, as far as this process remembers.

        Raises:
            RateLimited: wait that long.
            ChannelGone: the channel, or our place in it, is gone.
            PayloadRejected: Slack refuses this card.
            AdapterError: anything else that a later try may mend.
        """
        team = Team.of(channel.workspace)
        sent = self._begun(key)
        within = thread.message if thread is not None else ""

        async def send(message: Message) -> None:
            ts = await self._voice.post(team, channel.channel, message, thread=within)
            sent.append(ts)

        await self._voice.say(team, card, send, begin=len(sent))
        # Only where people look for it: a link is another call to Slack, and replies are found under their opener.
        url = await self._voice.link(team, channel.channel, sent[0]) if thread is None else None
        return MessageRef(channel=channel, message=sent[0], url=url)

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Write to one person, in their conversation with us.

        Raises:
            AdapterError: they cannot be reached.
        """
        team = Team.of(channel.workspace)

        async def send(message: Message) -> None:
            await self._voice.post(team, user, message)

        await self._voice.say(team, card, send)

    def _begun(self, key: str) -> list[str]:
        """The messages of a part that are out, as far as they are remembered; what is added to it is remembered."""
        sent = self._sent.setdefault(key, [])
        self._sent.move_to_end(key)
        while len(self._sent) > KEYS:
            self._sent.popitem(last=False)
        return sent

    async def _listen(self, app: AsyncApp) -> None:
        """Connect over Socket Mode; from then on the SDK connects again whenever that is needed."""
        handler = AsyncSocketModeHandler(app, self._app_token, logger=quiet, web_client=self._api.client(None))
        try:
            while True:
                try:
                    with translated():  # `connect` itself would try for ever, whatever Slack says
                        handler.client.wss_uri = await handler.client.issue_new_wss_url()
                except Removed as error:
                    raise AdapterError(
                        "Slack does not take PAPERROUND_SLACK_APP_TOKEN. Slack was not started. "
                        "Make a new app-level token with connections:write, under Basic Information."
                    ) from error
                except AdapterError as error:
                    _log.warning("slack_not_connected", error=str(error))
                    await asyncio.sleep(AGAIN_S)
                else:
                    break
            self._socket = handler.client
            await handler.client.connect()  # type: ignore[no-untyped-call]
            _log.info("slack_connected", transport="socket")
            await asyncio.Event().wait()
        finally:
            with suppress(Exception):
                await handler.close_async()  # type: ignore[no-untyped-call]

    async def _end(self, listeners: Listeners) -> None:
        try:
            await asyncio.shield(listeners.end(self._grace_s))
        finally:
            await self._api.close()


async def _done(work: Awaitable[None]) -> None:
    await work
