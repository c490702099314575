"""Slack: which blocks stand together, and how they spread over messages. Knows no words, no SDK, no network.

A message ends where an entry ends: never between a title and its first line, an entry and its button, or a line and the
thing that it is about.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from adapters.slack.blocks import Piece, blocks, json_size, title_blocks
from bot.cards import Card, Context, Divider, Element, Fields, Image, Row, Span, Text
from bot.spans import clean_line, is_blank

AT: Final = "at:"
"""What a block's id begins with that says in which channel its buttons act."""

_IDS = 64  # bytes of JSON for the ids of a block that are still to come
_ENTRIES = (Text, Row, Fields, Image, Divider)  # what may begin a message; the rest belongs to what stands above it

Group = list[Piece]


class Size(NamedTuple):
    """Blocks, and bytes of them as JSON."""

    blocks: int
    bytes: int


def title_of(card: Card) -> str:
    """The title on one line; never blank."""
    return "Untitled" if is_blank(card.title) else clean_line(card.title)


def groups(card: Card, *, modern: bool) -> list[Group]:
    """The card's blocks in groups that stay together, in order: the first is the title with what follows it."""
    found: list[Group] = [[*title_blocks(title_of(card), card.url)]]
    previous: Element | None = None
    for element in _compact(card.elements):
        pieces = [*blocks(element, modern=modern)]
        if previous is None or isinstance(previous, Divider) or not isinstance(element, _ENTRIES):
            found[-1] += pieces
        elif pieces:
            found.append(pieces)
        previous = element if pieces else previous
    return found


def spread(card_groups: Iterable[Group], *, count: int, room: int) -> Iterator[list[Piece]]:
    """The groups in messages of at most `count` blocks and `room` bytes; one too big for any message is cut between blocks."""
    message: list[Piece] = []
    used = Size(0, 0)
    for group in card_groups:
        sizes = [_size(piece) for piece in group]
        whole = Size(sum(size.blocks for size in sizes), sum(size.bytes for size in sizes))
        if message and not _fits(used, whole, count, room) and _fits(Size(0, 0), whole, count, room):
            yield message
            message, used = [], Size(0, 0)
        for piece, size in zip(group, sizes, strict=True):
            if message and not _fits(used, size, count, room):
                yield message
                message, used = [], Size(0, 0)
            message.append(piece)
            used = Size(used.blocks + size.blocks, used.bytes + size.bytes)
    if message:
        yield message


def numbered(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """The blocks with their ids, each once. A block's id changes with its content, as Slack asks for updates.

    One button at most is an accent: the first that asks to be one.
    """
    actions = 0
    accented = False
    done = []
    for index, piece in enumerate(pieces):
        block = dict(piece.block)
        controls = []
        for element in (*block.get("elements", ()), *filter(None, [block.get("accessory")])):
            control = dict(element)
            if "action_id" in control:
                control["action_id"] += f":{actions}"
                actions += 1
            if control.get("style") == "primary":
                if accented:
                    del control["style"]
                accented = True
            controls.append(control)
        if "accessory" in block:
            block["accessory"] = controls.pop()
        if "elements" in block:
            block["elements"] = controls
        digest = zlib.crc32(json.dumps(block, sort_keys=True).encode())
        place = f"{AT}{piece.channel}|" if piece.channel else ""
        done.append({**block, "block_id": f"{place}{index}-{digest:08x}"})
    return done


def note(text: str) -> Piece:
    """A small grey line of our own."""
    (piece,) = blocks(Context((Span(text),)), modern=False)
    return piece


def _size(piece: Piece) -> Size:
    """What a piece takes of a message; a container's children count as blocks."""
    return Size(1 + len(piece.block.get("child_blocks", ())), json_size(piece.block) + _IDS)


def _fits(used: Size, more: Size, count: int, room: int) -> bool:
    return used.blocks + more.blocks <= count and used.bytes + more.bytes <= room


def _compact(elements: Iterable[Element]) -> Iterator[Element]:
    """The elements with neighbouring plain small lines as one, so that they stand close together."""
    waiting: Context | None = None
    for element in elements:
        if isinstance(element, Context) and all(span.is_bare for span in element.spans):
            if is_blank("".join(span.text for span in element.spans)):
                continue
            waiting = Context((*waiting.spans, Span("\n"), *element.spans)) if waiting else element
            continue
        if waiting:
            yield waiting
        waiting = None
        yield element
    if waiting:
        yield waiting
