"""Discord: puts one answer where it belongs: a new message, a message that changes in place, a form, a file.

The first response is due within 3 s, the rest within 15 minutes, and each first response can be given once:
https://docs.discord.com/developers/interactions/receiving-and-responding . Knows no command.
"""

import asyncio
import io
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from adapters.discord import errors
from adapters.discord.mentions import with_mentions
from adapters.discord.notes import Memory
from adapters.discord.render import long_commands, render, render_card, render_form
from adapters.discord.views import Rendered, Shown
from bot.cards import Attachment, Button, Buttons, Card, Form, Reply

PATIENCE_S = 1.0  # then we say that we are thinking
FORM_PATIENCE_S = 2.2  # a form can only be the very first response
LONGEST_S = 600.0
NOBODY = discord.AllowedMentions.none()

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an answer is shown.

    `hidden`: only the asker sees it. `in_place`: it changes the message whose button was pressed; `shared`: others see that
    message too, so no refusal may wipe it out. `form`: it is probably a form.
    """

    hidden: bool
    in_place: bool = False
    shared: bool = False
    form: bool = False


class Responder:
    """Responds to one interaction.

    Args:
        interaction: what was asked.
        memory: where long commands are kept.
        manner: how the answer is shown.
        patience_s: how long to wait for the answer before saying that it takes a while.
    """

    def __init__(self, interaction: discord.Interaction, memory: Memory, manner: Manner, patience_s: float = PATIENCE_S) -> None:
        self._interaction = interaction
        self._memory = memory
        self._in_place = manner.in_place
        self._shared = manner.shared
        self._hidden = manner.hidden
        self._beside = False  # the answer is not what the message is to become
        self._patience_s = max(patience_s, FORM_PATIENCE_S) if manner.form else patience_s

    async def respond(self, answer: Awaitable[Reply]) -> None:
        """Wait for an answer and show it.

        Raises:
            discord.HTTPException: Discord takes no answer any more.
        """
        work = asyncio.ensure_future(answer)
        patience = asyncio.ensure_future(asyncio.sleep(self._patience_s))
        try:
            await asyncio.wait({work, patience}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                await self._defer()
            async with asyncio.timeout(LONGEST_S):
                reply = await work
        finally:
            patience.cancel()
            work.cancel()
        if reply.form is not None:
            await self._show_form(reply.form)
        else:
            await self._show(reply)

    async def _defer(self) -> None:
        if self._in_place:
            await self._interaction.response.defer()
        else:
            await self._interaction.response.defer(ephemeral=self._hidden, thinking=True)

    async def _show_form(self, form: Form) -> None:
        if self._interaction.response.is_done() or self._interaction.type is discord.InteractionType.modal_submit:
            # No form can follow a form, or come late: a button opens it.
            button = Button("Open the form", form.command, "primary", effect="form")
            await self._show(Reply(cards=(Card(title=form.title, elements=(Buttons((button,)),)),)))
            return
        await self._memory.keep_commands(long_commands(form))
        await self._interaction.response.send_modal(Shown(render_form(form)))

    async def _show(self, reply: Reply) -> None:
        rendered = [render(card) for card in reply.cards]
        for one in rendered:
            await self._memory.keep_commands(one.long)
        if self._shared and self._in_place and reply.refused:
            self._beside = True
        messages = [message for one in rendered for message in one.messages]
        for number, message in enumerate(messages):
            try:
                await self._put(message, first=not number)
            except discord.HTTPException as error:
                if error.code != errors.INVALID_FORM:
                    raise
                _log.error("card_refused", platform="discord", error=str(error))
                await self._put(_titles(reply), first=not number)
                break
        if reply.attachment is not None:
            await self._send_file(reply.attachment)

    async def _put(self, message: dict[str, Any], *, first: bool) -> None:
        view = Rendered(with_mentions(message["components"], self._memory.command_ids))
        response = self._interaction.response
        if not first or (self._beside and response.is_done()):
            await self._interaction.followup.send(view=view, ephemeral=self._hidden, allowed_mentions=NOBODY)
        elif response.is_done():
            await self._interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
        elif self._in_place and not self._beside:
            await response.edit_message(view=view, allowed_mentions=NOBODY)
        else:
            await response.send_message(view=view, ephemeral=self._hidden, allowed_mentions=NOBODY)

    async def _send_file(self, attachment: Attachment) -> None:
        data = io.BytesIO(attachment.text.encode("utf-8", "replace"))
        file = discord.File(data, filename=attachment.name)
        await self._interaction.followup.send(file=file, ephemeral=self._hidden, allowed_mentions=NOBODY)


def _titles(reply: Reply) -> dict[str, Any]:
    """The least that an answer can say, where Discord refuses all of it."""
    title = " · ".join(card.title for card in reply.cards)[:500]
    message: dict[str, Any] = render_card(Card(title=title))[0]
    return message
