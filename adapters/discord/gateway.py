"""Discord: our connection to the gateway: no privileged intent, events handed on, what it knows of channels. Knows no cards.

Intents: https://docs.discord.com/developers/events/gateway#gateway-intents . `GUILDS` alone brings servers, channels, roles and
threads; interactions come without any.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import discord
import structlog

from adapters.discord.access import MANAGE_CHANNELS, Kind, kind_of, missing
from adapters.discord.errors import translated
from adapters.discord.rest import LONGEST_WAIT_S, Rest
from adapters.discord.roles import Role

CameBack = Callable[[str], Awaitable[object]]
"""Told the id of a server that let us in again, or gave us permissions."""

_log = structlog.get_logger()


def intents() -> discord.Intents:
    """All that we ask for."""
    asked = discord.Intents.none()
    asked.guilds = True
    return asked


class Gateway(discord.AutoShardedClient):
    """The client. It is also the `Guide` of posting and the `World` of interactions.

    Args:
        started: called once when we are logged in, before events come.
        take: takes an interaction; never raises.
        came_back: told of servers that can be posted to again.
        options: more for discord.py, such as `shard_count`.
    """

    def __init__(
        self,
        *,
        started: Callable[[], Coroutine[Any, Any, None]],
        take: Callable[[discord.Interaction], Coroutine[Any, Any, None]],
        came_back: CameBack,
        **options: Any,  # noqa: ANN401 - discord.py's own
    ) -> None:
        super().__init__(
            intents=intents(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT_S,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            **options,
        )
        self._started = started
        self._take = take
        self._came_back = came_back
        self._rest: Rest | None = None

    @property
    def rest(self) -> Rest:
        """Discord's REST API; once we are logged in."""
        if self._rest is None:
            self._rest = Rest(self)
        return self._rest

    # What comes

    async def setup_hook(self) -> None:
        """We are logged in."""
        await self._started()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody asks for something."""
        await self._take(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server lets us in, perhaps again."""
        _log.info("server_joined", server=str(guild.id))
        await self._tell(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server removed us: its next edition finds the channel gone, and its makers are told then."""
        _log.info("server_left", server=str(guild.id))

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel's permissions may have changed."""
        kind = kind_of(after.type.value)
        was, now = (one.permissions_for(after.guild.me).value for one in (before, after))
        if missing(kind, was) and not missing(kind, now):
            await self._tell(after.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """One of our roles may have got permissions."""
        if after in after.guild.me.roles and after.permissions.value & ~before.permissions.value:
            await self._tell(after.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """We may have got a role; without the members intent only our own changes come."""
        if self.user is not None and after.id == self.user.id and set(after.roles) - set(before.roles):
            await self._tell(after.guild)

    async def _tell(self, guild: discord.Guild) -> None:
        try:
            await self._came_back(str(guild.id))
        except Exception as error:  # noqa: BLE001 - the makers can still resume by hand
            _log.warning("not_resumed", server=str(guild.id), error=str(error) or repr(error))

    # What is known

    def is_connected(self) -> bool:
        """Whether events come: every shard has a connection."""
        shards = self.shards.values()
        return self.is_ready() and not self.is_closed() and not any(shard.is_closed() for shard in shards)

    def me(self) -> str:
        """Our own user id."""
        return str(self.user.id) if self.user is not None else ""

    def kind(self, channel: str) -> Kind | None:
        """A channel's kind, where it is known."""
        found = self._channel(channel)
        return kind_of(found.type.value) if found is not None else None

    def ours(self, channel: str) -> int | None:
        """Our own permissions in a channel, where they are known."""
        found = self._channel(channel)
        if not isinstance(found, discord.abc.GuildChannel) or found.guild.me is None:
            return None
        return found.permissions_for(found.guild.me).value

    def roles(self, server: str) -> Sequence[Role] | None:
        """A server's roles, where it is known."""
        guild = self.get_guild(int(server)) if server.isdecimal() else None
        if guild is None or guild.unavailable:
            return None
        return [Role(id=str(one.id), name=one.name, mentionable=one.mentionable) for one in guild.roles]

    def may_tag(self, forum: str) -> bool:
        """Whether we may add a tag to a forum."""
        return bool((self.ours(forum) or 0) & MANAGE_CHANNELS)

    def posts_called(self, forum: str, name: str) -> Sequence[str]:
        """Our own open posts of this name in a forum, the newest first."""
        found = self._channel(forum)
        if not isinstance(found, discord.ForumChannel) or self.user is None:
            return ()
        ids = (post.id for post in found.threads if post.name == name and post.owner_id == self.user.id)
        return [str(one) for one in sorted(ids, reverse=True)]

    async def download(self, url: str) -> bytes:
        """What was attached."""
        with translated():
            return await self.rest.download(url)

    def _channel(self, channel: str) -> discord.abc.GuildChannel | discord.Thread | None:
        found = self.get_channel(int(channel)) if channel.isdecimal() else None
        return found if isinstance(found, discord.abc.GuildChannel | discord.Thread) else None
