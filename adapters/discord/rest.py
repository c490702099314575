"""Discord: the few REST calls that posting needs, through discord.py's HTTP client and its rate limits. Knows no cards.

Our messages are complete payloads already, so they are sent as they are. A call that was begun is never cut off in its middle:
discord.py holds a lock for all requests while it waits out a global rate limit, and would never let go of it again.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import discord
from discord.http import HTTPClient, Route

Payload = dict[str, Any]
T = TypeVar("T")

HUNG_S = 45.0  # longer than any rate limit that discord.py waits out for us (see `LONGEST_WAIT_S`)
LONGEST_WAIT_S = 30.0
"""Longer rate limits come to us as errors; discord.py takes no less."""


class Rest:
    """Discord's REST API as our bot uses it; raises discord.py's exceptions.

    Args:
        client: whose HTTP client is used, once it is logged in.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._under_way: set[asyncio.Task[Any]] = set()

    @property
    def _http(self) -> HTTPClient:
        return self._client.http

    async def close(self) -> None:
        """End what is still under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def channel(self, channel: str) -> Payload:
        """A channel or a thread."""
        return await self._call("GET", "/channels/{channel_id}", channel_id=channel)

    async def post(self, channel: str, payload: Payload) -> Payload:
        """A new message."""
        return await self._call("POST", "/channels/{channel_id}/messages", payload, channel_id=channel)

    async def message(self, channel: str, message: str) -> Payload:
        """One message."""
        return await self._call("GET", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=message)

    async def newest(self, channel: str, limit: int) -> list[Payload]:
        """The newest messages of a channel, the last one first."""
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel)
        found: list[Payload] = await self._to_its_end(self._http.request(route, params={"limit": limit}))
        return found

    async def oldest(self, post: str) -> list[Payload]:
        """The first messages of a forum's post."""
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=post)
        found: list[Payload] = await self._to_its_end(self._http.request(route, params={"after": 0, "limit": 100}))
        return found

    async def start_thread(self, channel: str, message: str, name: str, archive_minutes: int) -> Payload:
        """A thread under a message; it has the message's id."""
        payload = {"name": name, "auto_archive_duration": archive_minutes}
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        return await self._call("POST", path, payload, channel_id=channel, message_id=message)

    async def start_post(self, forum: str, payload: Payload) -> Payload:
        """A post in a forum; its first message has the post's id."""
        return await self._call("POST", "/channels/{channel_id}/threads", payload, channel_id=forum)

    async def edit_channel(self, channel: str, payload: Payload) -> Payload:
        """Change a channel or a thread."""
        return await self._call("PATCH", "/channels/{channel_id}", payload, channel_id=channel)

    async def publish(self, channel: str, message: str) -> Payload:
        """Send a message of an announcement channel to its followers."""
        path = "/channels/{channel_id}/messages/{message_id}/crosspost"
        return await self._call("POST", path, {}, channel_id=channel, message_id=message)

    async def roles(self, server: str) -> list[Payload]:
        """A server's roles."""
        route = Route("GET", "/guilds/{guild_id}/roles", guild_id=server)
        found: list[Payload] = await self._to_its_end(self._http.request(route))
        return found

    async def direct_channel(self, user: str) -> Payload:
        """The channel of our direct messages with somebody."""
        return await self._call("POST", "/users/@me/channels", {"recipient_id": user})

    async def register(self, application: int, commands: list[Payload]) -> list[Payload]:
        """Put these commands in the place of all that were registered."""
        route = Route("PUT", "/applications/{application_id}/commands", application_id=application)
        made: list[Payload] = await self._to_its_end(self._http.request(route, json=commands))
        return made

    async def registered(self, application: int) -> list[Payload]:
        """The commands that are registered."""
        route = Route("GET", "/applications/{application_id}/commands", application_id=application)
        found: list[Payload] = await self._to_its_end(self._http.request(route))
        return found

    async def servers(self, limit: int) -> list[Payload]:
        """The servers that let us in, with our permissions there."""
        route = Route("GET", "/users/@me/guilds")
        found: list[Payload] = await self._to_its_end(self._http.request(route, params={"limit": limit}))
        return found

    async def download(self, url: str) -> bytes:
        """What was attached to a message or a command."""
        return await self._to_its_end(self._http.get_from_cdn(url))

    async def _call(self, method: str, path: str, payload: Payload | None = None, **parts: str) -> Payload:
        route = Route(method, path, **parts)
        call = self._http.request(route) if payload is None else self._http.request(route, json=payload)
        answer = await self._to_its_end(call)
        if not isinstance(answer, dict):  # a page of a proxy in place of the API's answer
            raise discord.DiscordException("the answer is no object")
        return answer

    async def _to_its_end(self, call: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(self._unless_hung(call))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def _unless_hung(self, call: Coroutine[Any, Any, T]) -> T:
        request = asyncio.create_task(call)
        try:
            while not request.done():
                await asyncio.wait({request}, timeout=HUNG_S)
                if not request.done() and not self._is_limited():
                    raise TimeoutError
        finally:
            request.cancel()
            await asyncio.wait({request})
        return request.result()

    def _is_limited(self) -> bool:
        """Whether a global rate limit is being waited out: the one wait that must not be cut off."""
        over = self._http._global_over  # discord.py says it nowhere else; missing until we are logged in
        return isinstance(over, asyncio.Event) and not over.is_set()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited may be gone; it must not be reported as never retrieved
