"""Discord: what a day's thread is called and which tag its forum post has, read from the message it stands under. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.discord import limits
from bot.spans import clean_line, is_blank, shorten

OTHERWISE: Final = "Paper Round"
ALL_PAPERS: Final = "All papers"
COLOURS: Final = (0x2F6FEB, 0x1A7F5A, 0xB35900, 0x8250DF, 0xC2255C, 0x0C8599, 0x9C6A00, 0x5F6B7A)
REQUIRE_TAG: Final = 1 << 4  # https://docs.discord.com/developers/resources/channel#channel-object-channel-flags
_TEXT_DISPLAY: Final = 10
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]+\)")
_MARKS = re.compile(r"^(?:#{1,3}|-#) |\*\*|\u200b")
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_MENTION = re.compile("<@&[0-9]+>")  # stands above the title of an opener, see `adapters.discord.posting`


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a thread is called, and the topic it is about: what its message's small line begins with."""

    name: str
    topic: str


def heading_of(message: Mapping[str, Any]) -> Heading:
    """The heading of a message's thread: as in "Monday 8 December 2025 · rl · 7 of 40 new papers", 1 to 100 characters."""
    first, *others = [*_lines(message.get("components") or ())] or [OTHERWISE]
    small = next((plain(line) for line in others if line.startswith("-# ")), "")
    day = plain(first).removeprefix("Paper Round · ")
    name = " · ".join(filter(None, (day, small.partition(", ")[0])))
    topic, dot, _ = small.partition(" · ")
    return Heading(name=_cut(name, limits.THREAD_NAME, OTHERWISE), topic=topic if dot else "")


def plain(line: str) -> str:
    """A line of markdown as it reads."""
    return clean_line(_ESCAPE.sub(r"\1", _MARKS.sub("", _LINK.sub(r"\1", line))))


def _lines(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if component.get("type") == _TEXT_DISPLAY:
            lines = str(component.get("content", "")).split("\n")
            yield from (line for line in lines if not _MENTION.fullmatch(line))
        yield from _lines(component.get("components") or ())


def _cut(text: str, limit: int, otherwise: str) -> str:
    return otherwise if is_blank(text) else shorten(text, limit)


def colour_of(topic: str) -> int:
    """The colour of a topic's editions: the same one each day, told from its neighbours, readable on dark and on light."""
    digest = hashlib.sha256(topic.casefold().encode()).digest()
    return COLOURS[digest[0] % len(COLOURS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The tags of a post: those it has, by id, and the one to create first, if any."""

    ids: tuple[str, ...] = ()
    create: str = ""


def tags_for(topic: str, forum: Mapping[str, Any], *, may_create: bool) -> Tags:
    """The tag of a topic's post: the forum's own of that name, else a new one where that is possible, else none.

    A forum that requires a tag gets its first one that everybody may use.
    """
    name = _cut(topic, limits.TAG_NAME, ALL_PAPERS)
    free = [tag for tag in forum.get("available_tags") or () if not tag.get("moderated")]
    same = next((tag for tag in free if str(tag["name"]).casefold() == name.casefold()), None)
    if same is not None:
        return Tags(ids=(str(same["id"]),))
    if may_create and len(forum.get("available_tags") or ()) < limits.FORUM_TAGS:
        return Tags(create=name)
    if int(forum.get("flags") or 0) & REQUIRE_TAG and free:
        return Tags(ids=(str(free[0]["id"]),))
    return Tags()
