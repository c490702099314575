"""A Discord of our own: simcord's servers and people, the real discord.py, our adapter, and the engine on a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from adapters.discord.access import INVITED
from adapters.discord.client import DiscordAdapter
from adapters.discord.notes import Notes
from bot.cards import Reply
from bot.completion import Completion, complete, needs_subscriptions
from bot.model import ChannelRef, Invocation
from tests.builders import Room, open_channel

NOW = datetime(2025, 12, 8, 8, tzinfo=UTC)
READER = 1 << 10 | 1 << 16 | 1 << 31  # sees, reads, uses commands
EDITOR = READER | 1 << 4 | 1 << 11 | 1 << 38  # manages channels and writes


class DictNotes(Notes):
    """Notes in a dict, with the ends they have."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, datetime]] = {}

    def first(self, key: str, until: datetime, now: datetime) -> bool:
        """Whether nobody was earlier."""
        if self.get(key, now) is not None:
            return False
        self.put(key, "", until)
        return True

    def put(self, key: str, text: str, until: datetime) -> None:
        """Keep a text."""
        self.kept[key] = (text, until)

    def get(self, key: str, now: datetime) -> str | None:
        """What is kept, unless it has ended."""
        text, until = self.kept.get(key, ("", now))
        return text if until > now else None


class Guild:
    """A server of the test's Discord with a text channel, an editor who manages channels, and a reader who does not.

    The bot has the permissions of its invitation.
    """

    def __init__(self, env: Env, name: str, permissions: int = INVITED) -> None:
        self.env = env
        self.handle: GuildHandle = env.create_guild(name=name)
        self.papers: ChannelHandle = self.handle.create_text_channel("papers")
        guild = env.backend.get_guild(self.handle.id)
        guild.roles[guild.id].permissions = READER
        for role in guild.members[env.backend.bot_user.id].role_ids:
            env.backend.edit_role(guild.id, role, {"permissions": permissions})
        editors = self.handle.create_role("editors", permissions=discord.Permissions(EDITOR))
        self.editor: MemberActor = self.handle.add_member(env.create_user(f"editor-{name}"), roles=[editors])
        self.reader: MemberActor = self.handle.add_member(env.create_user(f"reader-{name}"))

    @property
    def owner(self) -> MemberActor:
        """Whose server it is: may do everything everywhere, without a role."""
        return MemberActor(self.env, self.handle, self.handle.owner)

    @property
    def ref(self) -> ChannelRef:
        """The text channel as ours."""
        return self.of(self.papers)

    def of(self, channel: ChannelHandle) -> ChannelRef:
        """A channel as ours."""
        return ChannelRef(platform="discord", workspace=str(self.handle.id), channel=str(channel.id))

    def deny(self, channel: ChannelHandle, bits: int) -> None:
        """Take permissions away from the bot in a channel."""
        self._overwrite(channel, bits)

    def allow(self, channel: ChannelHandle) -> None:
        """Give back what was taken away."""
        self._overwrite(channel, 0)

    def _overwrite(self, channel: ChannelHandle, deny: int) -> None:
        bot = self.env.backend.bot_user.id
        self.env.backend.set_overwrite(channel.id, Overwrite(target_id=bot, type=OverwriteType.MEMBER, deny=deny))


class House:
    """Everything of a test: Discord (`env`), the engine (`room`), the adapter, and what was asked of the engine (`heard`)."""

    def __init__(self, env: Env, room: Room, adapter: DiscordAdapter, notes: DictNotes, heard: list[Invocation]) -> None:
        self.env = env
        self.room = room
        self.adapter = adapter
        self.notes = notes
        self.heard = heard


Answering = Callable[[Invocation], Awaitable[Reply]]


def make_adapter(room: Room, notes: Notes, **more: Any) -> DiscordAdapter:  # noqa: ANN401 - any argument of the adapter
    """An adapter over the engine; completions come from its library."""

    async def completions(text: str, asked: Invocation) -> Sequence[Completion]:
        library = room.library.seen_by(asked.viewer)
        mine = room.rounds.subscriptions.of_channel(asked.channel) if needs_subscriptions(text) else ()
        return complete(text, library, mine)

    values = {"token": "t", "complete": completions, "notes": notes, "pool": None, "now": lambda: room.now}
    return DiscordAdapter(**{**values, **more})


def answering(room: Room, heard: list[Invocation]) -> Answering:
    """The engine's answers, each invocation written down."""

    async def answer(invocation: Invocation) -> Reply:
        heard.append(invocation)
        return room.type(**{field.name: getattr(invocation, field.name) for field in fields(invocation)})

    return answer


@asynccontextmanager
async def open_house(folder: Path, *, answer: Answering | None = None, **more: Any) -> AsyncIterator[House]:  # noqa: ANN401
    """Discord and the engine over the bundled sample; `answer` in place of the engine's own answers."""
    with open_channel(folder, now=NOW) as room:
        notes, heard = DictNotes(), []
        adapter = make_adapter(room, notes, options={"shard_count": 1}, **more)
        adapter.listen(answer or answering(room, heard))
        env = Env(adapter.gateway)
        await env.start()
        try:
            yield House(env, room, adapter, notes, heard)
        finally:
            await env.shutdown()
        env.raise_errors()


def texts(components: Sequence[dict[str, Any]]) -> Iterator[str]:
    """All that a message says."""
    for one in components:
        if one.get("type") == 10:
            yield one["content"]
        yield from texts(one.get("components") or [])


def words(result: InteractionResult) -> str:
    """All that an answer says, in all its messages."""
    messages = [message for message in (result.response, *result.followups) if message is not None]
    return "\n".join(text for message in messages for text in texts(message.components))


def controls(components: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The buttons and menus of a message."""
    for one in components:
        if one.get("type") in (2, 3):
            yield one
        yield from controls(one.get("components") or [])
        if one.get("accessory"):
            yield from controls([one["accessory"]])
