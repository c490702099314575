"""Discord: slash commands with what was chosen beside their line: a file, a channel, a role, publishing. Knows no gateway."""

from collections.abc import Mapping
from typing import Any, Protocol

from adapters.discord import gate
from adapters.discord.access import Kind
from adapters.discord.asking import Asker
from adapters.discord.beside import channel_name, in_channel, noted, wished
from adapters.discord.commands import Asked
from adapters.discord.documents import read_attachment
from adapters.discord.notes import Memory, Wishes
from adapters.discord.reading import Reading
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

    async def download(self, url: str) -> bytes:
        """What was attached."""
        ...


class Orders:
    """Carries out slash commands.

    Args:
        answer: answers an invocation, never raises.
        memory: where channels' wishes are kept.
        world: channels and files.
        reading: takes files in.
    """

    def __init__(self, answer: Answer, memory: Memory, world: World, reading: Reading) -> None:
        self._answer = answer
        self._memory = memory
        self._world = world
        self._reading = reading

    async def run(self, asker: Asker, asked: Asked, resolved: Mapping[str, Any]) -> Reply:
        """The answer to a slash command; `resolved` describes the channels, roles and files that were chosen."""
        given = asked.given
        if "file" in given:
            file = read_attachment((resolved.get("attachments") or {}).get(given["file"], {}))
            return await self._reading.take_in(asker, [file], "")
        chosen = in_channel(asker, given.get("channel", ""), resolved)
        refusal = self.refusal(chosen, asked.line)
        if refusal is not None:
            return refusal
        note = ""
        if asker.asks("").may_configure and chosen.asks("").may_configure and ("mention" in given or "publish" in given):
            roles: Mapping[str, Any] = resolved.get("roles") or {}
            refused = await self._wish(chosen, given, roles)
            if refused:
                return gate.refused(refused)
            note = wished(await self._memory.wishes(chosen.channel.channel), roles)
        reply = await self._answer(chosen.asks(asked.line, hidden=True))
        return noted(reply, note, channel_name(given.get("channel", ""), resolved))

    async def _wish(self, asker: Asker, given: Mapping[str, str], roles: Mapping[str, Any]) -> str:
        """Keep which role is mentioned in a channel and whether it publishes; why not, where that cannot be."""
        kept = await self._memory.wishes(asker.channel.channel)
        role = given.get("mention", kept.role)
        if role == asker.channel.workspace:
            role = ""  # @everyone has the server's own id: nobody is mentioned
        elif role != kept.role and (refused := gate.role_refusal(roles.get(role, {}), self._ours(asker))):
            return refused
        publish = given["publish"] == "true" if "publish" in given else kept.publish
        await self._memory.keep_wishes(asker.channel.channel, Wishes(role=role, publish=publish))
        return ""

    def _ours(self, asker: Asker) -> int:
        known = self._world.ours(asker.channel.channel)
        return asker.ours if known is None else known

    def refusal(self, asker: Asker, line: str) -> Reply | None:
        """Why nothing can be posted where a line asks for it; `None` where it can, or where it asks for nothing of that kind."""
        if not gate.wants_posts(line):
            return None
        return gate.refusal(line, asker, self._world.kind(asker.channel.channel) or "text", self._ours(asker))
