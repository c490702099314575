"""Discord: puts the parts of editions where they belong, each once: channels, threads, forum posts, announcements.

Knows no gateway: what is known of channels comes from a `Guide`.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import discord
import structlog

from adapters.discord import errors, limits
from adapters.discord.access import Kind, kind_of
from adapters.discord.errors import translated
from adapters.discord.forums import find_post, tags_of
from adapters.discord.guide import Guide
from adapters.discord.keys import CONTAINER, coloured, edition_of, found_in, is_first, mark_of, marked, nonce_of
from adapters.discord.naming import Heading, colour_of, heading_of
from adapters.discord.notes import Memory
from adapters.discord.render import render
from adapters.discord.rest import Payload, Rest
from bot.cards import Card
from bot.errors import MentionGone
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening
from bot.spans import utf16_length

LOOK_BACK = 100  # messages: as many as one request gives
REMEMBERED = 10_000
ARCHIVE_MINUTES = 1_440  # a day after the last word, when the next edition is there
_TEXT_DISPLAY = 10

V = TypeVar("V")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Part:
    """What is to be posted: its channel, key, and the messages it is made of."""

    channel: ChannelRef
    key: str
    messages: tuple[Payload, ...]

    def mark(self, number: int) -> int:
        return mark_of(self.channel.channel, self.key, number)

    def message(self, number: int) -> Payload:
        nonce = nonce_of(self.channel.channel, self.key, number)
        return {**marked(self.messages[number - 1], self.mark(number)), "nonce": nonce, "enforce_nonce": True}


class Posts:
    """Posts cards.

    Before it first posts to a place for an edition, and after every failure there, it looks through the newest messages for
    what it, or another process, may have sent already.

    Args:
        rest: Discord.
        memory: where long commands are kept.
        guide: what is known of channels.
    """

    def __init__(self, rest: Rest, memory: Memory, guide: Guide) -> None:
        self._rest = rest
        self._memory = memory
        self._guide = guide
        self._posted: OrderedDict[str, MessageRef] = OrderedDict()
        self._sure: OrderedDict[str, str] = OrderedDict()  # place → the edition whose messages there are all known
        self._headings: OrderedDict[str, Heading] = OrderedDict()  # an edition's first message → what its thread is called
        self._topics: OrderedDict[str, str] = OrderedDict()  # an edition → its topic
        self._threads: OrderedDict[str, bool] = OrderedDict()  # threads that exist
        self._publishing: set[asyncio.Task[None]] = set()

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Post a card; see `ChatAdapter.post`."""
        known = self._posted.get(f"{channel} {key}")
        if known is None:
            known = await self._post(channel, card, thread, key, opening)
            _remember(self._posted, f"{channel} {key}", known)
        return known

    async def _post(self, channel: ChannelRef, card: Card, thread: MessageRef | None, key: str, opening: Opening) -> MessageRef:
        rendered = render(card)
        await self._memory.keep_commands(rendered.long)
        part = _Part(channel, key, tuple(self._in_colour(rendered.messages, key)))
        with translated(in_thread=thread is not None):
            kind = await self._kind(channel.channel)
            if opening.mention and kind != "direct":
                await self._require_role(channel.workspace, opening.mention)
                part = _Part(channel, key, mentioning(part.messages, opening.mention))
            if thread is not None and kind != "direct":
                return await self._reply(part, thread, kind)
            if kind == "forum":
                return await self._start_post(part)
            first = await self._send(part, channel.channel)
        _remember(self._headings, first, heading_of(part.messages[0]))
        if kind == "announcements" and opening.publish:
            self._publish(channel.channel, first)
        return _ref(channel, first, channel.channel)

    async def tell(self, user: str, card: Card) -> None:
        """Send a card to one person."""
        rendered = render(card)
        await self._memory.keep_commands(rendered.long)
        with translated():
            direct = await self._rest.direct_channel(user)
            for payload in rendered.messages:
                await self._rest.post(str(direct["id"]), payload)

    async def close(self) -> None:
        """End what is under way."""
        for task in self._publishing:
            task.cancel()
        await asyncio.gather(*self._publishing, return_exceptions=True)

    def _in_colour(self, messages: Sequence[Payload], key: str) -> Sequence[Payload]:
        """An edition's messages, all in the colour of its topic, as long as that is known."""
        if is_first(key):
            _remember(self._topics, edition_of(key), heading_of(messages[0]).topic)
        topic = self._topics.get(edition_of(key), "")
        return [coloured(one, colour_of(topic)) for one in messages] if topic else messages

    async def _kind(self, channel: str) -> Kind:
        known = self._guide.kind(channel)
        return known or kind_of(int((await self._rest.channel(channel))["type"]))

    async def _require_role(self, server: str, role: str) -> None:
        """See to it that a role is there: what the gateway does not know of is asked for.

        Raises:
            MentionGone: it is not.
        """
        known = self._guide.roles(server)
        if known is not None and any(one.id == role for one in known):
            return
        if not any(str(one["id"]) == role for one in await self._rest.roles(server)):
            raise MentionGone("The role to be mentioned was deleted.")

    async def _reply(self, part: _Part, thread: MessageRef, kind: Kind) -> MessageRef:
        place = thread.message
        if kind != "forum" and place not in self._threads and self._guide.kind(place) is None:
            await self._start_thread(part, place)
        try:
            message = await self._send(part, place)
        except discord.HTTPException as error:
            if error.code != errors.THREAD_ARCHIVED or not await self._opened_again(place):
                raise
            message = await self._send(part, place)
        return _ref(part.channel, message, place)

    async def _opened_again(self, thread: str) -> bool:
        """Whether a thread that was closed is open now; a locked one stays closed."""
        try:
            await self._rest.edit_channel(thread, {"archived": False})
        except discord.HTTPException:
            return False
        return True

    async def _start_thread(self, part: _Part, message: str) -> None:
        channel = part.channel.channel
        try:
            heading = self._headings.get(message) or heading_of(await self._rest.message(channel, message))
            await self._rest.start_thread(channel, message, heading.name, ARCHIVE_MINUTES)
        except discord.HTTPException as error:
            if error.code == errors.UNKNOWN_CHANNEL:
                with translated():  # the channel itself, not a thread of it
                    raise
            if error.code != errors.THREAD_EXISTS:
                raise
        else:
            _remember(self._sure, message, edition_of(part.key))  # nobody wrote there before us
        _remember(self._threads, message, True)

    async def _send(self, part: _Part, place: str) -> str:
        """Post a part's messages to a channel or a thread, but for those that are there; the id of the first one."""
        edition = edition_of(part.key)
        there: Sequence[Payload] = ()
        if self._sure.get(place) != edition:
            there = await self._newest(place)
        self._sure.pop(place, None)
        first = ""
        for number in range(1, len(part.messages) + 1):
            found = found_in(there, self._guide.me(), part.mark(number))
            message = found or await self._rest.post(place, part.message(number))
            first = first or str(message["id"])
        _remember(self._sure, place, edition)
        return first

    async def _newest(self, place: str) -> Sequence[Payload]:
        try:
            return await self._rest.newest(place, LOOK_BACK)
        except discord.Forbidden:
            return ()  # what is not allowed to be read is told by the post itself, or by its nonce

    async def _start_post(self, part: _Part) -> MessageRef:
        """Start a post in a forum, unless it is there; a card that needs more messages goes on inside."""
        forum, edition = part.channel.channel, edition_of(part.key)
        heading = heading_of(part.messages[0])
        post = await find_post(self._rest, self._guide, forum, name=heading.name, mark=part.mark(1))
        if post is None:
            tags = await tags_of(self._rest, self._guide, forum, self._topics.get(edition, ""))
            # A forum's first message takes no nonce.
            starter = marked(part.messages[0], part.mark(1))
            payload = {"name": heading.name, "auto_archive_duration": ARCHIVE_MINUTES, "message": starter, "applied_tags": tags}
            post = str((await self._rest.start_post(forum, payload))["id"])
            _remember(self._sure, post, edition)
        if len(part.messages) > 1:
            await self._send(_Part(part.channel, f"{part.key}+", part.messages[1:]), post)
        return _ref(part.channel, post, post)

    def _publish(self, channel: str, message: str) -> None:
        task = asyncio.create_task(self._publish_now(channel, message), name="publish")
        self._publishing.add(task)
        task.add_done_callback(self._publishing.discard)

    async def _publish_now(self, channel: str, message: str) -> None:
        """Publish a message; an edition is out without it, so a refusal (ten an hour) is only written down."""
        try:
            await self._rest.publish(channel, message)
        except Exception as error:  # noqa: BLE001 - whatever it is, the message itself stands
            if getattr(error, "code", 0) != errors.ALREADY_PUBLISHED:
                _log.warning("not_published", channel=channel, error=str(error) or repr(error))


def mentioning(messages: Sequence[Payload], role: str) -> tuple[Payload, ...]:
    """The messages of a part with a role mentioned, and nobody else, above the first that has room; else in one of its own."""
    above = {"type": _TEXT_DISPLAY, "content": f"<@&{role}>"}
    allowed = {"parse": [], "roles": [role]}
    for place, message in enumerate(messages):
        everything = [*_all(message["components"]), above]
        text = sum(utf16_length(one["content"]) for one in everything if one["type"] == _TEXT_DISPLAY)
        if len(everything) <= limits.COMPONENTS and text <= limits.TEXT:
            changed = {**message, "components": [above, *message["components"]], "allowed_mentions": allowed}
            return (*messages[:place], changed, *messages[place + 1 :])
    own = {**messages[-1], "components": [{"type": CONTAINER, "components": [above]}], "allowed_mentions": allowed}
    return (*messages, own)


def _all(components: Iterable[Payload]) -> Iterator[Payload]:
    """All components, nested ones and accessories too."""
    for one in components:
        yield one
        yield from _all(one.get("components") or ())
        if "accessory" in one:
            yield one["accessory"]


def _ref(channel: ChannelRef, message: str, place: str) -> MessageRef:
    server = "@me" if channel.workspace.startswith("user:") else channel.workspace
    return MessageRef(channel=channel, message=message, url=f"https://discord.com/channels/{server}/{place}/{message}")


def _remember(known: OrderedDict[str, V], key: str, value: V) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > REMEMBERED:
        known.popitem(last=False)
