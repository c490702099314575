"""Discord: slash commands with what was chosen beside their line: a file, a channel. Knows no gateway."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from adapters.discord import gate
from adapters.discord.access import Kind, may_configure
from adapters.discord.asking import Asker
from adapters.discord.beside import channel_name, elsewhere, in_channel
from adapters.discord.commands import Asked
from adapters.discord.documents import read_attachment
from adapters.discord.reading import Reading
from adapters.discord.roles import Role, with_role_ids
from bot.cards import Reply
from bot.ports import Answer


class World(Protocol):
    """What the gateway knows, and what can be fetched."""

    def kind(self, channel: str) -> Kind | None:
        """A channel's kind, where it is known."""
        ...

    def ours(self, channel: str) -> int | None:
        """Our own permissions in a channel, where they are known."""
        ...

    def roles(self, server: str) -> Sequence[Role] | None:
        """A server's roles, where it is known."""
        ...

    async def download(self, url: str) -> bytes:
        """What was attached."""
        ...


class Orders:
    """Carries out slash commands.

    Args:
        answer: answers an invocation, never raises.
        world: channels and files.
        reading: takes files in.
    """

    def __init__(self, answer: Answer, world: World, reading: Reading) -> None:
        self._answer = answer
        self._world = world
        self._reading = reading

    async def run(self, asker: Asker, asked: Asked, resolved: Mapping[str, Any]) -> Reply:
        """The answer to a slash command; `resolved` describes the channels, roles and files that were chosen."""
        given = asked.given
        if "file" in given:
            file = read_attachment((resolved.get("attachments") or {}).get(given["file"], {}))
            return await self._reading.take_in(asker, [file], "")
        return await self.ask(asker, asked.line, given.get("channel", ""), resolved)

    async def ask(self, asker: Asker, line: str, channel: str, resolved: Mapping[str, Any], document: bytes = b"") -> Reply:
        """The answer to a line that may be for another channel of the server: what is posted there, and what we may do there."""
        chosen = in_channel(asker, channel, resolved)
        line = self._in_ids(chosen, line)
        name = "pasted.txt" if document else ""
        reply = self.refusal(chosen, line)
        reply = reply or await self._answer(chosen.asks(line, document=document, name=name, hidden=True))
        return reply if chosen.channel == asker.channel else elsewhere(reply, channel, channel_name(channel, resolved))

    def _in_ids(self, asker: Asker, line: str) -> str:
        """The line with the role that it mentions by its name, `@Robotics`, written as its id."""
        return with_role_ids(line, self._world.roles(asker.channel.workspace) or ()) if gate.wants_posts(line) else line

    def _ours(self, asker: Asker) -> int:
        known = self._world.ours(asker.channel.channel)
        return asker.ours if known is None else known

    def refusal(self, asker: Asker, line: str) -> Reply | None:
        """Why nothing can be posted where a line asks for it; `None` where it can, or where it asks for nothing of that kind."""
        if not gate.wants_posts(line):
            return None
        kind, ours = self._world.kind(asker.channel.channel), self._ours(asker)
        refused = gate.refusal(line, asker, kind or "text", ours)
        if refused is not None or asker.standing != "server" or not may_configure(asker.permissions):
            return refused
        return gate.opening_refusal(line, kind, self._world.roles(asker.channel.workspace), ours)
