"""Discord: what a person asked for by a command, a button, a menu or a form; the engine answers it. Knows no gateway."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import discord
import structlog

from adapters.discord import errors, gate
from adapters.discord.asking import Asker, asker_of
from adapters.discord.beside import given_beside
from adapters.discord.commands import ADD_THESE, CHAT, FIND_HERE, read_command
from adapters.discord.completing import choices, line_to_complete
from adapters.discord.documents import attachments, message_text
from adapters.discord.forms import read_form
from adapters.discord.ids import read_custom_id
from adapters.discord.notes import Memory
from adapters.discord.orders import Orders, World
from adapters.discord.reading import IMPORT, Reading
from adapters.discord.replying import NOBODY, PATIENCE_S, Manner, Responder
from bot.cards import Effect, Reply
from bot.commands import command_of
from bot.completion import Completion
from bot.errors import BotError
from bot.model import Invocation
from bot.ports import Answer

CROWD = 50  # interactions under way at the same time
CROWD_PATIENCE_S = 0.2
COMPLETION_S = 2.0  # an answer is due within 3 s
_LONG = "k"

Complete = Callable[[str, Invocation], Awaitable[Sequence[Completion]]]
"""How a half-typed command line may go on, for whoever types it where."""

_log = structlog.get_logger()


class Talk:
    """Takes interactions.

    Args:
        answer: answers an invocation, never raises.
        complete: how typed text may go on.
        memory: where long commands are kept.
        world: channels and files.
        patience_s: how long the first response may take before we say that we are thinking.
    """

    def __init__(self, answer: Answer, complete: Complete, memory: Memory, world: World, patience_s: float = PATIENCE_S) -> None:
        self._answer = answer
        self._complete = complete
        self._memory = memory
        self._patience_s = patience_s
        self._reading = Reading(answer, world)
        self._orders = Orders(answer, world, self._reading)
        self._under_way = 0
        self._pressed: set[tuple[int, int, str]] = set()

    async def take(self, interaction: discord.Interaction) -> None:
        """Answer an interaction; never raises."""
        self._under_way += 1
        try:
            await self._take(interaction)
        except discord.NotFound as error:
            if error.code != errors.UNKNOWN_INTERACTION:
                _log.error("not_answered", platform="discord", error=str(error))
            else:
                _log.warning("answered_too_late", platform="discord")
        except discord.HTTPException as error:
            if error.code != errors.ALREADY_ACKNOWLEDGED:  # else another process was faster
                _log.error("not_answered", platform="discord", error=str(error))
        except BotError as error:  # the notes cannot be read or written
            await self._say(interaction, str(error))
        except Exception as error:  # noqa: BLE001 - one interaction must not end the gateway
            _log.error("not_answered", platform="discord", exc_info=error)
        finally:
            self._under_way -= 1

    async def _say(self, interaction: discord.Interaction, error: str) -> None:
        _log.error("not_answered", platform="discord", error=error)
        with suppress(discord.DiscordException, OSError):
            await interaction.response.send_message(error, ephemeral=True, allowed_mentions=NOBODY)

    def _patience(self) -> float:
        """How long an answer may take before we say that we are thinking: less where many wait, for that is said sooner."""
        return self._patience_s if self._under_way <= CROWD else min(self._patience_s, CROWD_PATIENCE_S)

    async def _take(self, interaction: discord.Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        match interaction.type:
            case discord.InteractionType.application_command:
                await self._command(interaction, data)
            case discord.InteractionType.autocomplete:
                await self._suggest(interaction, data)
            case discord.InteractionType.component:
                await self._press(interaction, data)
            case discord.InteractionType.modal_submit:
                await self._submit(interaction, data)
            case _:
                return

    # Commands

    async def _command(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> None:
        if int(data.get("type", CHAT)) != CHAT:
            await self._message_command(interaction, data)
            return
        asked = read_command(data)
        asker = asker_of(interaction)
        if asked is not None and not await self._is_ours(interaction, asked.line):
            return
        if asked is None:
            await self._respond(interaction, asker, _known(gate.refused("This command is no longer known. Nothing was done.")))
            return
        resolved: Mapping[str, Any] = data.get("resolved") or {}
        await self._respond(interaction, asker, self._orders.run(asker, asked, resolved))

    async def _message_command(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> None:
        asker = asker_of(interaction)
        messages: Mapping[str, Any] = (data.get("resolved") or {}).get("messages") or {}
        message: Mapping[str, Any] = messages.get(str(data.get("target_id")), {})
        match data.get("name"):
            case str(name) if name == FIND_HERE:
                work = self._reading.find(asker, message)
            case str(name) if name == ADD_THESE:
                if not await self._is_ours(interaction, IMPORT):
                    return
                work = self._reading.take_in(asker, attachments(message), message_text(message))
            case _:
                work = _known(gate.refused("This command is no longer known. Nothing was done."))
        await self._respond(interaction, asker, work)

    # Completions

    async def _suggest(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> None:
        asked = read_command(data)
        found: Sequence[Completion] = ()
        if asked is not None and (line := line_to_complete(asked)):
            try:
                async with asyncio.timeout(COMPLETION_S):
                    found = await self._complete(line, asker_of(interaction).asks(line, hidden=True))
            except TimeoutError:
                _log.warning("completion_slow", platform="discord")
        offered = choices(asked, found) if asked is not None else []
        await interaction.response.autocomplete([discord.app_commands.Choice(name=name, value=value) for name, value in offered])

    # Buttons, menus, forms

    async def _press(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> None:
        message = interaction.message.id if interaction.message else 0
        press = (interaction.user.id, message, str(data.get("custom_id")))
        if press in self._pressed:  # a second click while the first is being answered
            await interaction.response.defer()
            return
        self._pressed.add(press)
        try:
            values = data.get("values") or ()
            read = await self._read_id(str(values[0] if values else data.get("custom_id")))
            if read is None:
                await self._respond(interaction, asker_of(interaction), _known(_forgotten()))
            else:
                await self._ask(interaction, *read)
        finally:
            self._pressed.discard(press)

    async def _submit(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> None:
        custom_id = str(data.get("custom_id"))
        meaning = await self._memory.command(custom_id) if custom_id.startswith(_LONG) else None
        line = read_form(data, {custom_id: meaning} if meaning else None)
        asker = asker_of(interaction)
        if line is None:
            await self._respond(interaction, asker, _known(_forgotten()))
            return
        if not await self._is_ours(interaction, line):
            return
        resolved: Mapping[str, Any] = data.get("resolved") or {}
        document = given_beside(data, "document").encode()
        await self._respond(interaction, asker, self._orders.ask(asker, line, given_beside(data, "channel"), resolved, document))

    async def _ask(self, interaction: discord.Interaction, effect: Effect, line: str) -> None:
        if not await self._is_ours(interaction, line):
            return
        asker = asker_of(interaction)
        is_shared = effect == "share" and asker.may_speak and not asker.is_private
        pressed = interaction.message
        is_own = pressed is not None and (pressed.flags.ephemeral or asker.standing == "direct")
        # A list that was shared turns its pages for everybody; an edition's messages stay as they were posted.
        on_shared = pressed is not None and not is_own and pressed.interaction_metadata is not None
        in_place = effect == "update" and (is_own or on_shared)
        refusal = self._orders.refusal(asker, line)
        if refusal is not None:
            await self._respond(interaction, asker, _known(refusal))
            return
        work = self._answer(asker.asks(line, hidden=not is_shared and not (in_place and on_shared)))
        hidden = asker.standing != "direct" and not is_shared
        manner = Manner(hidden=hidden, in_place=in_place, shared=on_shared, form=effect == "form")
        await Responder(interaction, self._memory, manner, self._patience()).respond(work)

    async def _is_ours(self, interaction: discord.Interaction, line: str) -> bool:
        """Whether this process answers: what changes something is done by one; what only looks may be looked up by several."""
        return command_of(line)[0].is_find or await self._memory.is_first(interaction.id)

    async def _read_id(self, custom_id: str) -> tuple[Effect, str] | None:
        if custom_id.startswith(_LONG):
            custom_id = await self._memory.command(custom_id) or ""
        return read_custom_id(custom_id)

    async def _respond(self, interaction: discord.Interaction, asker: Asker, work: Awaitable[Reply]) -> None:
        hidden = asker.standing != "direct"
        await Responder(interaction, self._memory, Manner(hidden=hidden), self._patience()).respond(work)


async def _known(reply: Reply) -> Reply:
    return reply


def _forgotten() -> Reply:
    text = (
        "This button is more than thirty days old, and what it stood for is no longer kept. Nothing was done. Type the command."
    )
    return gate.refused(text)
