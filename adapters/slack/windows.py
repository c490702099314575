"""Forms that stand open: what is typed into them, and what becomes of a form that is sent. Knows no HTTP, no Bolt.

A form is answered before it is acknowledged where that is quick, since only then can it stay open and show what is wrong.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson
import structlog

from adapters.slack.asks import Ask, read_team
from adapters.slack.desk import PLATFORM, Desk
from adapters.slack.files import Files
from adapters.slack.forms import FormAnswers, read_form, with_notice
from adapters.slack.limits import INPUT_LABEL
from adapters.slack.once import Once
from adapters.slack.views import FIND, card_view, find_view, found_name, live_block
from adapters.slack.voice import Voice
from bot.cards import Card, Reply
from bot.errors import AdapterError, BotError
from bot.model import ChannelRef, Invocation
from bot.views.notices import error_card

QUICK_S: Final = 2.0
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

    async def find(self, body: Mapping[str, Any]) -> None:
        """Open the window that looks a paper up. A trigger that has expired leaves nothing to do but press again."""
        try:
            await self._voice.open(read_team(body), str(body.get("trigger_id") or ""), find_view())
        except AdapterError as error:
            _log.info("form_not_opened", error=str(error))

    async def submitted(self, body: Mapping[str, Any], ack: Ack) -> None:
        """Take a window that was sent."""
        view = body["view"]
        if view.get("callback_id") == FIND:
            await self._look_up(body, ack)
            return
        try:
            answers = read_form(view)
        except BotError as error:
            await ack(response_action="update", view=card_view([error_card(str(error), "/papers help")]))
            return
        key = f"v:{view.get('id', '')}:{_digest(view)}"
        if not await self._once.first(key, DOUBLE_S):
            await ack()
            return
        ask = self._ask_of(body, answers, key)
        work = asyncio.create_task(self._reply(ask, answers))
        await asyncio.wait({work}, timeout=QUICK_S)
        if work.done() and (why := work.result().refused) and (block := live_block(view)):
            await self._once.again(key)
            await ack(response_action="errors", errors={block: why[:INPUT_LABEL]})
            return
        await ack()
        await self._put(ask, await work)

    async def typed(self, body: Mapping[str, Any]) -> None:
        """Say under an input what its answer would bring. Only the newest of several that are typed fast is shown."""
        view, action, team = body["view"], body["actions"][0], read_team(body)
        mark = self._newest[view["id"]] = object()
        channel = ChannelRef(platform=PLATFORM, workspace=team.workspace, channel="")
        try:
            notice = await self._count(Invocation(text=str(action.get("value") or ""), channel=channel, user=body["user"]["id"]))
            if self._newest.get(view["id"]) is mark:
                await self._voice.change(team, view["id"], str(view.get("hash") or ""), with_notice(view, notice))
        except AdapterError:
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

    async def _look_up(self, body: Mapping[str, Any], ack: Ack) -> None:
        name = found_name(body["view"])
        ask = Ask(
            key="",
            team=read_team(body),
            user=body["user"]["id"],
            home=body["user"].get("team_id") or "",
            command=f"/papers find {name}" if name else "/papers help",
        )
        cards: Sequence[Card] = (await self._desk.reply(ask)).cards
        await ack(response_action="update", view=card_view(cards))

    @staticmethod
    def _ask_of(body: Mapping[str, Any], answers: FormAnswers, key: str) -> Ask:
        return Ask(
            key=key,
            team=read_team(body),
            user=body["user"]["id"],
            home=body["user"].get("team_id") or "",
            command=answers.command,
            channel=answers.channel,
            thread=answers.thread,
            document=answers.document.encode(),
        )


def _digest(view: Mapping[str, Any]) -> str:
    """The same for the same answers: a form that comes back corrected is another one."""
    state = orjson.dumps(view.get("state") or {}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(state).hexdigest()[:24]
