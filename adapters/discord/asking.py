"""Discord: who asks and from where, as our `Invocation` sees it.

In a server that Paper Round is a member of, the server is the workspace. Elsewhere a person asks for themselves: in a direct
message, or where only they have installed it. Then their own space is the workspace, nothing of a server is known, and only they
see the answer. https://docs.discord.com/developers/resources/application#installation-context
"""

from dataclasses import dataclass
from typing import Literal

import discord

from adapters.discord.access import is_admin, may_configure
from bot.model import ChannelRef, Invocation

PLATFORM = "discord"
Standing = Literal["server", "direct", "visiting"]
"""server: Paper Round is a member. direct: a direct message with Paper Round. visiting: anywhere else, for one person alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Where a person asks: `channel` is the one that editions would go to, `permissions` theirs and `ours` ours in it."""

    standing: Standing
    channel: ChannelRef
    user: str
    permissions: int
    ours: int
    may_speak: bool

    @property
    def is_private(self) -> bool:
        """Whether nobody but the asker may see any answer."""
        return self.standing == "visiting"

    def asks(self, text: str, *, document: bytes = b"", name: str = "", hidden: bool = False) -> Invocation:
        """This person asking for something; `hidden`: nobody else will see the answer."""
        theirs = self.standing == "direct"  # their own space: nobody else's posts are changed
        return Invocation(
            text=text,
            channel=self.channel,
            user=self.user,
            may_configure=theirs or (self.standing == "server" and may_configure(self.permissions)),
            is_admin=theirs or (self.standing == "server" and is_admin(self.permissions)),
            document=document,
            document_name=name,
            private=hidden,
        )


def asker_of(interaction: discord.Interaction) -> Asker:
    """Who asks, and where."""
    standing = _standing(interaction)
    workspace = str(interaction.guild_id) if standing == "server" else f"user:{interaction.user.id}"
    permissions = interaction.permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    may_speak = permissions.administrator or (permissions.send_messages_in_threads if in_thread else permissions.send_messages)
    return Asker(
        standing=standing,
        channel=ChannelRef(platform=PLATFORM, workspace=workspace, channel=_channel(interaction)),
        user=str(interaction.user.id),
        permissions=permissions.value,
        ours=interaction.app_permissions.value,
        may_speak=may_speak,
    )


def _standing(interaction: discord.Interaction) -> Standing:
    if interaction.guild_id is None:
        context = interaction.context
        is_ours = context.dm_channel or not (context.private_channel or context.guild)
        return "direct" if is_ours else "visiting"
    if interaction.is_guild_integration():
        return "server"
    # Who does not say by whom it was installed: a server that we see ourselves as a member of is ours.
    is_member = not interaction.is_user_integration() and interaction.client.get_guild(interaction.guild_id) is not None
    return "server" if is_member else "visiting"


def _channel(interaction: discord.Interaction) -> str:
    """The channel; of a thread the one it hangs on, because subscriptions are a channel's."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return str(channel.parent_id)
    return str(interaction.channel_id or 0)
