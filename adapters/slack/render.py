"""Slack: cards as Block Kit payloads, pure functions from card to plain dict. Knows no SDK, no network, no papers.

How a card looks here: the title is a header, or a bold link; text is rich_text, which Slack never reads as markup;
`Context` is a small grey context block; a `Row` is a section with its button at the side; controls carry their command.
"""

import html
import json
import zlib
from collections.abc import Sequence
from typing import Any, cast, get_args

from adapters.slack import limits
from adapters.slack.blocks import OVERFLOW, Piece, blocks, json_size, title_blocks
from adapters.slack.forms import read_form, render_form
from adapters.slack.text import escape
from bot.cards import Card, Effect, Reply, Thread, without_folds
from bot.spans import clean_line, is_blank, shorten, utf16_length

__all__ = ["read_action", "read_form", "render_card", "render_form", "render_reply", "render_thread"]

_EFFECTS: frozenset[str] = frozenset(get_args(Effect))
_BY_LETTER: dict[str, str] = {effect[0]: effect for effect in _EFFECTS}


def render_card(card: Card) -> list[dict[str, Any]]:
    """The card as complete `chat.postMessage` payloads, without a channel: one, or more where Slack's limits ask for it.

    Returns:
        Dicts of `text`, `blocks`, `unfurl_links` and `unfurl_media`; what one message cannot hold is in the next.
    """
    title = "Untitled" if is_blank(card.title) else clean_line(card.title)
    pieces = [*title_blocks(title, card.url)]
    for element in without_folds(card.elements):
        pieces += blocks(element)
    messages: list[list[Piece]] = [[]]
    room = limits.MESSAGE_JSON
    for piece in pieces:
        size = json_size(piece.block) + 64  # the ids to come
        if messages[-1] and (size > room or len(messages[-1]) == limits.BLOCKS_PER_MESSAGE):
            messages.append([])
            room = limits.MESSAGE_JSON
        messages[-1].append(piece)
        room -= size
    return [_message(message, title) for message in messages]


def render_reply(reply: Reply) -> list[dict[str, Any]]:
    """The answer to one invocation: `{"view": …}` for a form, else every card's messages with their `response_type`."""
    if reply.form is not None:
        return [{"view": render_form(reply.form)}]
    kind = "ephemeral" if reply.visibility == "caller" else "in_channel"
    return [{"response_type": kind, **message} for card in reply.cards for message in render_card(card)]


def render_thread(thread: Thread) -> list[dict[str, Any]]:
    """An edition's messages in order, each as `{"part": name, "message": payload}`.

    Parts are "opener", "reply 1", "reply 2" …; a card's further messages are "opener.2", "reply 1.2": a name is unique.
    """
    cards = [("opener", thread.opener), *((f"reply {n}", card) for n, card in enumerate(thread.replies, 1))]
    return [
        {"part": name if n == 1 else f"{name}.{n}", "message": message}
        for name, card in cards
        for n, message in enumerate(render_card(card), 1)
    ]


def read_action(action_id: str, value: str) -> tuple[Effect, str] | None:
    """What a pressed button or a chosen option asks for: its effect and its command; `None` if it is not one of ours.

    Args:
        action_id: of the action, as "reply:3".
        value: the button's `value` or the selected option's; in a small menu of several effects, as "reply:3|/papers rl", it
            begins with the first letter of its effect. Slack may have turned `&`, `<` and `>` into entities on
            the way (https://github.com/slackapi/bolt-python/issues/513), so they are turned back.
    """
    effect, _, number = action_id.partition(":")
    command = html.unescape(value) if "&" in value else value
    if effect == OVERFLOW:
        letter, _, command = command.partition("|")
        effect = _BY_LETTER.get(letter, "")
    if effect not in _EFFECTS or not number.isdecimal() or not command:
        return None
    return cast(Effect, effect), command


def _message(pieces: Sequence[Piece], title: str) -> dict[str, Any]:
    """Number the ids and add the notification text. A block's id changes with its content, as Slack asks for updates."""
    actions = 0
    numbered = []
    for index, piece in enumerate(pieces):
        block = piece.block
        if elements := [e for e in (*block.get("elements", ()), block.get("accessory")) if e and "action_id" in e]:
            for element in elements:
                element["action_id"] += f":{actions}"
                actions += 1
        digest = zlib.crc32(json.dumps(block, sort_keys=True).encode())
        numbered.append({**block, "block_id": f"{index}-{digest:08x}"})
    words = "\n".join(piece.words for piece in pieces if not is_blank(piece.words)) or title
    text = escape(shorten(words, limits.MESSAGE_TEXT, lambda text: utf16_length(escape(text))))
    return {"text": text, "blocks": numbered, "unfurl_links": False, "unfurl_media": False}
