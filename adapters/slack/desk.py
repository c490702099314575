"""What happens when somebody asks in Slack: who they are, what is answered, and where that belongs. Knows no HTTP, no Bolt.

An answer is for the asker alone unless they asked in front of everybody or share it. Where a way to answer is closed (a spent
response URL, a channel we are not in) the next one is tried, and at last a direct message.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from adapters.slack.asks import Ask
from adapters.slack.files import Files
from adapters.slack.forms import render_form
from adapters.slack.people import People, Person
from adapters.slack.places import Place, Places, not_here_card
from adapters.slack.views import card_view
from adapters.slack.voice import Message, Voice, shared_by
from bot.cards import Button, Buttons, Card, Form, Reply, Span, Text
from bot.commands import Command, command_of
from bot.errors import AdapterError, BotError, ChannelGone, PayloadRejected
from bot.model import ChannelRef, Invocation
from bot.ports import Answer
from bot.views.notices import error_card

PLATFORM: Final = "slack"
FILES: Final = 5

_log = structlog.get_logger()


class Desk:
    """Takes what people ask.

    Args:
        answer: answers an invocation, never raises.
        voice: says cards.
        people: who is who.
        places: where we may post.
        files: fetches and sends files.
    """

    def __init__(self, answer: Answer, voice: Voice, people: People, places: Places, files: Files) -> None:
        self._answer = answer
        self._voice = voice
        self._people = people
        self._places = places
        self._files = files

    async def take(self, ask: Ask) -> None:
        """Answer an ask. Never raises: what cannot be said is logged."""
        try:
            await self.put(ask, await self.reply(ask))
        except Exception as error:  # noqa: BLE001 - the border: a failed answer must not end the listener
            _log.warning("answer_not_delivered", team=ask.team.workspace, channel=ask.channel, error=str(error) or repr(error))

    async def reply(self, ask: Ask) -> Reply:
        """What is answered; an error of Slack's on the way is an answer too."""
        try:
            invocation = await self.invocation(ask)
            if isinstance(invocation, Reply):
                return invocation
            return await self._answer_all(ask, invocation)
        except BotError as error:
            _log.info("answered_with_error", team=ask.team.workspace, channel=ask.channel, error=str(error))
            return Reply(cards=(error_card(str(error), "/papers help"),), refused=str(error))

    async def invocation(self, ask: Ask) -> Invocation | Reply:
        """The ask as the engine knows it; or what keeps us from posting in that channel.

        Raises:
            AdapterError: Slack does not say who asks.
        """
        command, _ = command_of(ask.command)
        person = await self._who(ask, command)
        place = await self._where(ask, command) if command.posts else None
        if place is not None and place.standing != "in":
            return Reply(cards=(not_here_card(place, ask.command),))
        asked = Invocation(
            text=ask.command,
            channel=ChannelRef(platform=PLATFORM, workspace=ask.team.workspace, channel=ask.channel or ask.user),
            user=ask.user,
            zone=person.zone,
            may_configure=not (person.limited or person.stranger),
            is_admin=person.admin,
            guest=person.stranger,
            document=ask.document,
            document_name=ask.document_name,
            private=True,
        )
        if place is not None:
            return replace(asked, shared=place.outside)
        if self._is_for_all(ask, command):
            return replace(asked, shared=await self._read_outside(ask), private=False)
        return asked

    async def put(self, ask: Ask, reply: Reply) -> None:
        """Put an answer where it belongs.

        Raises:
            AdapterError: there is no way left to say it.
        """
        if reply.form is not None:
            await self._ask_back(ask, reply.form)
            return
        if reply.attachment is not None:
            await self._files.send(ask.team, ask.user, reply.attachment)
        if ask.pressed is not None and ask.pressed.view:
            await self._in_window(ask, reply.cards)
            return
        for number, card in enumerate(reply.cards):
            await self._put_card(ask, card, first=number == 0)

    async def _answer_all(self, ask: Ask, asked: Invocation) -> Reply:
        """The answer; where files came along, to each of them."""
        if not ask.files:
            return await self._answer(asked)
        cards: list[Card] = []
        for file in ask.files[:FILES]:
            try:
                document = await self._files.fetch(ask.team, file)
            except BotError as error:
                cards.append(error_card(str(error), "/papers import"))
                continue
            reply = await self._answer(replace(asked, document=document, document_name=file.name))
            cards += reply.cards
        if len(ask.files) > FILES:
            cards.append(
                error_card(f"Only the first {FILES} files were read. Send the others in another message.", "/papers import")
            )
        return Reply(cards=tuple(cards))

    async def _who(self, ask: Ask, command: Command) -> Person:
        """Who asks; where nothing depends on it, only whether they belong to this workspace, which the payload tells."""
        known_here = not ask.home or ask.home == ask.team.id
        if command.is_find and known_here:
            return Person()
        if command.is_find and not ask.team.enterprise:
            return Person(stranger=True)
        return await self._people.person(ask.team, ask.user)

    async def _where(self, ask: Ask, command: Command) -> Place:
        if ask.join:
            await self._places.join(ask.team, ask.channel)
        return await self._places.place(ask.team, ask.channel) if ask.channel else Place(standing="in")

    async def _read_outside(self, ask: Ask) -> bool:
        """Whether another company reads what is said there; where Slack does not tell, it must be taken to."""
        if ask.outside or not ask.channel or ask.is_direct:
            return ask.outside
        try:
            return (await self._places.place(ask.team, ask.channel)).outside
        except AdapterError:
            return True

    @staticmethod
    def _is_for_all(ask: Ask, command: Command) -> bool:
        """Whether everybody in the channel sees the answer: it was asked in front of them, or is shared, or is theirs already."""
        shown_to_all = ask.pressed is not None and ask.pressed.shared and ask.effect == "update"
        return ask.effect == "share" or shown_to_all or (ask.public and command.is_find)

    async def _put_card(self, ask: Ask, card: Card, *, first: bool) -> None:
        if ask.effect == "share":
            await self._share(ask, card)
        elif ask.effect == "update" and first and self._may_change(ask):
            await self._change(ask, card)
        elif ask.public and (ask.is_direct or command_of(ask.command)[0].is_find):
            await self._voice.say(ask.team, card, lambda one: self._voice.post(ask.team, ask.channel, one, thread=ask.thread))
        else:
            await self._voice.say(ask.team, card, lambda one: self._whisper(ask, one))

    @staticmethod
    def _may_change(ask: Ask) -> bool:
        """Whether the message may change in place: it is the asker's alone, or was shared as a list whose pages anybody turns."""
        return (
            ask.pressed is not None and bool(ask.response_url) and (ask.pressed.ephemeral or ask.pressed.shared or ask.is_direct)
        )

    async def _change(self, ask: Ask, card: Card) -> None:
        """Change the message that was pressed; where its response URL is spent, say it anew to the asker."""
        shared = ask.pressed is not None and ask.pressed.shared
        name = await self._name(ask) if shared else ""

        async def send(message: Message) -> None:
            shown = shared_by(message, name)[-1] if shared else message
            try:
                await self._voice.respond(ask.response_url, shown, replace=True)
            except PayloadRejected:
                raise
            except AdapterError:
                await self._whisper(replace(ask, response_url=""), message)

        await self._voice.say(ask.team, card, send, in_place=True)

    async def _share(self, ask: Ask, card: Card) -> None:
        """Show a card to the whole channel, with the name of who shared it; also where we are not in the channel."""
        name = await self._name(ask)
        under_name = True

        async def send(message: Message) -> None:
            nonlocal under_name
            for one in shared_by(message, name) if under_name else [message]:
                await self._show(ask, one)
            under_name = False

        await self._voice.say(ask.team, card, send)

    async def _show(self, ask: Ask, message: Message) -> None:
        try:
            await self._voice.post(ask.team, ask.channel, message, thread=ask.thread)
        except ChannelGone:
            if not ask.response_url:
                raise
            await self._voice.respond(ask.response_url, message, kind="in_channel")

    async def _name(self, ask: Ask) -> str:
        try:
            return (await self._people.person(ask.team, ask.user)).name
        except AdapterError:
            return ""

    async def _whisper(self, ask: Ask, message: Message) -> None:
        """Say it to the asker alone, by the first way that is open."""
        ways: list[Callable[[], Awaitable[object]]] = []
        in_thread = bool(ask.thread and ask.channel)
        if in_thread:  # a response URL cannot say it there
            ways.append(lambda: self._voice.whisper(ask.team, ask.channel, ask.user, message, thread=ask.thread))
        if ask.response_url:
            ways.append(lambda: self._voice.respond(ask.response_url, message))
        if ask.channel and not in_thread:
            ways.append(lambda: self._voice.whisper(ask.team, ask.channel, ask.user, message))
        ways.append(lambda: self._voice.post(ask.team, ask.user, message))
        await first_open(ways)

    async def _ask_back(self, ask: Ask, form: Form) -> None:
        """Open a form; where that is not possible any more, a button for it."""
        pressed = ask.pressed.view if ask.pressed else {}
        view = render_form(form, channel=ask.channel, thread=ask.thread)
        if ask.trigger:
            try:
                await self._voice.open(ask.team, ask.trigger, view, on_top=pressed.get("type") == "modal")
            except AdapterError as error:
                _log.info("form_not_opened", team=ask.team.workspace, error=str(error))
            else:
                return
        words = Text((Span("Slack opens a form only within three seconds of a click. Nothing was changed."),))
        button = Buttons((Button("Open the form", ask.command, "primary", "form"),))
        card = Card(title=form.title, elements=(words, button))
        await self._put_card(replace(ask, effect="reply", pressed=None), card, first=True)

    async def _in_window(self, ask: Ask, cards: Sequence[Card]) -> None:
        """What is pressed in a window or on the Home tab is answered in a window."""
        assert ask.pressed is not None  # noqa: S101 - for the type checker: only such asks come here
        view = ask.pressed.view
        shown = card_view(cards, channel=ask.channel)
        if view.get("type") == "modal":
            await self._voice.change(ask.team, str(view.get("id") or ""), "", shown)
            return
        try:
            await self._voice.open(ask.team, ask.trigger, shown)
        except AdapterError:
            for number, card in enumerate(cards):
                await self._put_card(replace(ask, pressed=None, effect="reply", channel=""), card, first=number == 0)


async def first_open(ways: Sequence[Callable[[], Awaitable[object]]]) -> None:
    """Go the ways in turn until one is open.

    Raises:
        AdapterError: none was; the last one's error.
        PayloadRejected: the message itself is refused, so that no other way would help.
    """
    for number, way in enumerate(ways, start=1):
        try:
            await way()
        except AdapterError as error:
            if isinstance(error, PayloadRejected) or number == len(ways):
                raise
        else:
            return
