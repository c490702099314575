"""The Discord adapter: logs in, listens until it is cancelled, posts. Wires the parts of this room."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from datetime import datetime
from typing import Any

import discord
import structlog
from discord.http import Route

from adapters.discord.commands import CHAT
from adapters.discord.errors import translated
from adapters.discord.gateway import CameBack, Gateway
from adapters.discord.manifest import changed, manifest
from adapters.discord.notes import Memory, Notes
from adapters.discord.posting import Posts
from adapters.discord.replying import PATIENCE_S
from adapters.discord.talk import Complete, Talk
from bot.cards import Card
from bot.errors import AdapterError, SettingsError
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening
from bot.ports import Answer

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
LOGIN_S = 15.0  # how long a post waits for us to be logged in

_log = structlog.get_logger()


async def stay(_server: str) -> None:
    """What is done about a server that came back, where nothing else is said: nothing."""


class DiscordAdapter:
    """Discord, by one bot token.

    Keys are honoured: within a few minutes Discord itself drops a second message with the same nonce; after that we find our
    first one by the mark it carries, among the newest hundred messages of its place (in a forum: among our open posts of its
    name), as long as we may read the channel's history. A part can come twice only where a process died between the two, minutes
    passed, and more than a hundred messages were written there meanwhile.

    Args:
        token: the bot's token.
        complete: how typed text may go on.
        notes: what is kept for a while.
        pool: threads for the notes.
        now: the present moment, UTC.
        came_back: told the id of a server that can be posted to again.
        api: another address of Discord's API, for tests.
        patience_s: how long the first response may take before we say that we are thinking.
        options: more for discord.py's client, such as `shard_count`.
    """

    platform = "discord"
    honours_keys = True

    def __init__(  # noqa: PLR0913  (all of it is wired once)
        self,
        *,
        token: str,
        complete: Complete,
        notes: Notes,
        pool: Executor | None,
        now: Callable[[], datetime],
        came_back: CameBack = stay,
        api: str = "",
        patience_s: float = PATIENCE_S,
        options: dict[str, Any] | None = None,
    ) -> None:
        if api:
            Route.BASE = api.rstrip("/")
        self._token = token
        self._complete = complete
        self._memory = Memory(notes, pool, now)
        self._patience_s = patience_s
        self._talk: Talk | None = None
        self._began = False
        self._logged_in = asyncio.Event()
        self.gateway = Gateway(started=self._start, take=self._take, came_back=came_back, **(options or {}))
        self._posts = Posts(self.gateway.rest, self._memory, self.gateway)

    def listen(self, answer: Answer) -> None:
        """Answer interactions from now on."""
        self._talk = Talk(answer, self._complete, self._memory, self.gateway, self._patience_s)

    async def run(self, answer: Answer) -> None:
        """Connect and serve until cancelled; while Discord cannot be reached at all, try again.

        Raises:
            SettingsError: Discord does not take the token.
            AdapterError: the connection was ended for good.
        """
        self.listen(answer)
        self._began = True
        wait_s = FIRST_WAIT_S
        try:
            while not await self._connected():
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
        finally:
            await self.close()

    async def _connected(self) -> bool:
        """Serve until the connection is closed; `False` where it could not be opened yet."""
        http = self.gateway.http
        try:
            with translated():
                if not self._logged_in.is_set():
                    await self.gateway.login(self._token)
                await self.gateway.connect()
        except AdapterError as error:
            if isinstance(error.__cause__, discord.LoginFailure):
                raise SettingsError(
                    "Discord does not take PAPERROUND_DISCORD_TOKEN. Nothing was started. Copy the token again, from the page "
                    "Bot of your application."
                ) from error
            if self.gateway.shards:  # it was open once
                raise
            _log.warning("discord_not_reached", error=str(error))
            if not self._logged_in.is_set():
                await http.close()
                http.connector = discord.utils.MISSING  # a login makes its own
            return False
        return True

    async def close(self) -> None:
        """Disconnect; what is under way is ended."""
        self._logged_in.clear()
        await self._posts.close()
        await self.gateway.rest.close()
        if self._began:
            with suppress(discord.DiscordException, OSError):
                await self.gateway.close()

    async def check(self) -> str:
        """What is wrong with the connection; empty when all is well."""
        return "" if self.gateway.is_connected() else "not connected to Discord"

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Post a card; see `ChatAdapter.post`."""
        await self._ready()
        return await self._posts.post(channel, card, thread=thread, key=key, opening=opening)

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Send a card to one person, as a direct message.

        Raises:
            AdapterError: they take no messages from us, or we share no server with them any more.
        """
        await self._ready()
        await self._posts.tell(user, card)

    async def _ready(self) -> None:
        try:
            async with asyncio.timeout(LOGIN_S):
                await self._logged_in.wait()
        except TimeoutError:
            raise AdapterError("We are not logged in to Discord yet.") from None

    async def _start(self) -> None:
        self._logged_in.set()
        await self._register()

    async def _register(self) -> None:
        """Register our commands where Discord has other ones; that it failed must not keep us from answering."""
        application, rest = self.gateway.application_id or 0, self.gateway.rest
        try:
            with translated():
                there = await rest.registered(application)
                if names := changed(there):
                    there = await rest.register(application, manifest())
            self._memory.command_ids = {str(one["name"]): str(one["id"]) for one in there if int(one.get("type", CHAT)) == CHAT}
        except Exception as error:  # noqa: BLE001 - whatever it is; the next start tries again
            _log.error("commands_not_registered", platform="discord", error=str(error) or repr(error))
        else:
            if names:
                _log.info("commands_registered", platform="discord", commands=names)

    async def _take(self, interaction: discord.Interaction) -> None:
        if self._talk is not None:
            await self._talk.take(interaction)
