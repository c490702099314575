"""Forms that stand open: what is typed into them, and what becomes of a form that is sent. Knows no HTTP, no Bolt.

A form is answered before it is acknowledged where that is quick, since only then can it stay open and show what is wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from adapters.slack.api import Team
from adapters.slack.asks import Ask
from adapters.slack.desk import PLATFORM, Desk
from adapters.slack.files import Files
from adapters.slack.forms import FOREIGN, FormAnswers, read_form, with_notice
from adapters.slack.limits import INPUT_LABEL
from adapters.slack.once import Once
from adapters.slack.payload import Misread
from adapters.slack.tidings import Submitted, Typing
from adapters.slack.views import card_view, find_view, live_block
from adapters.slack.voice import Voice
from bot.cards import Card, Reply
from bot.errors import AdapterError, BotError
from bot.model import ChannelRef, Invocation
from bot.views.notices import error_card

QUICK_S: Final = 1.2  # and 1.5 s at most to see that it is no repeat: Slack waits for three
DOUBLE_S: Final = 60.0

Ack = Callable[..., Awaitable[Any]]
Count = Callable[[Invocation], Awaitable[str]]
"""What a query that is being typed would bring, in one line: `text` of the invocation is the query."""

_log = structlog.get_logger()


class Windows:
    """Opens forms that no command asks for, and takes those that are sent.

    Args:
        desk: answers.
        voice: opens and changes windows.
        files: finds what came with a form.
        once: tells a form that was sent twice.
        count: what a query would bring.
    """

    def __init__(self, desk: Desk, voice: Voice, files: Files, once: Once, count: Count) -> None:
        self._desk = desk
        self._voice = voice
        self._files = files
        self._once = once
        self._count = count
        self._newest: dict[str, object] = {}

    async def find(self, team: Team, trigger: str) -> None:
        """Open the window that looks a paper up. A trigger that has expired leaves nothing to do but press again."""
        try:
            await self._voice.open(team, trigger, find_view())
        except AdapterError as error:
            _log.info("form_not_opened", team=team.workspace, error=str(error))

    async def submitted(self, sent: Submitted, ack: Ack) -> None:
        """Take a window that was sent."""
        if sent.is_find:
            await self._look_up(sent, ack)
            return
        try:
            answers = read_form(sent.view)
            ask = sent.ask(answers)
        except (BotError, Misread) as error:
            said = str(error) if isinstance(error, BotError) else FOREIGN
            await ack(response_action="update", view=card_view([error_card(said, "/papers help")]))
            return
        if not await self._once.first(ask.key, DOUBLE_S):
            await ack()
            return
        work = asyncio.create_task(self._reply(ask, answers))
        try:
            await asyncio.wait({work}, timeout=QUICK_S)
            if work.done() and (why := work.result().refused) and (block := live_block(sent.view)):
                await self._once.again(ask.key)
                await ack(response_action="errors", errors={block: why[:INPUT_LABEL]})
                return
            await ack()
            await self._put(ask, await work)
        finally:
            work.cancel()  # where we are stopped meanwhile

    async def typed(self, typing: Typing) -> None:
        """Say under an input what its answer would bring. Only the newest of several that are typed fast is shown."""
        view, team = typing.view, typing.team
        mark = self._newest[view["id"]] = object()
        channel = ChannelRef(platform=PLATFORM, workspace=team.workspace, channel="")
        try:
            notice = await self._count(Invocation(text=typing.text, channel=channel, user=typing.user))
            if self._newest.get(view["id"]) is mark:
                await self._voice.change(team, view["id"], view["hash"], with_notice(view, notice))
        except BotError:
            pass  # it was sent or changed meanwhile: the line is a kindness only
        finally:
            if self._newest.get(view["id"]) is mark:
                del self._newest[view["id"]]

    async def _reply(self, ask: Ask, answers: FormAnswers) -> Reply:
        try:
            files = [await self._files.find(ask.team, one) for one in answers.file_ids]
        except BotError as error:
            return Reply(cards=(error_card(str(error), ask.command),), refused=str(error))
        return await self._desk.reply(replace(ask, files=tuple(files)))

    async def _put(self, ask: Ask, reply: Reply) -> None:
        try:
            await self._desk.put(ask, reply)
        except AdapterError as error:
            _log.warning("answer_not_delivered", team=ask.team.workspace, channel=ask.channel, error=str(error))

    async def _look_up(self, sent: Submitted, ack: Ack) -> None:
        command = f"/papers find {sent.name}" if sent.name else "/papers help"
        ask = Ask(key="", team=sent.team, user=sent.user, home=sent.home, command=command)
        cards: Sequence[Card] = (await self._desk.reply(ask)).cards
        await ack(response_action="update", view=card_view(cards))
