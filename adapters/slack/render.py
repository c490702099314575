"""Slack: cards as Block Kit payloads, pure functions from card to plain dict. Knows no SDK, no network, no papers.

How a card looks here: the title is a header, or a bold link; text is rich_text, which Slack never reads as markup;
`Context` is a small grey context block; a `Row` is a section with its button, or a small menu of its commands, at the side;
controls carry their command. Nobody is mentioned in what goes to a channel: only cards for the caller hold names.
"""

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from adapters.slack import limits
from adapters.slack.blocks import DIVIDER, OVERFLOW, Piece, can_fold, json_size
from adapters.slack.forms import FormAnswers, read_form, render_form, with_notice
from adapters.slack.layout import groups, note, numbered, spread, title_of
from adapters.slack.text import escape, with_names
from bot.cards import Card, Effect, Reply, Thread, without_folds
from bot.spans import is_blank, shorten, utf16_length

__all__ = [
    "FormAnswers",
    "home_view",
    "read_action",
    "read_form",
    "render_card",
    "render_form",
    "render_reply",
    "render_thread",
    "render_update",
    "with_notice",
]

_EFFECTS: frozenset[str] = frozenset(get_args(Effect))
_BY_LETTER: dict[str, str] = {effect[0]: effect for effect in _EFFECTS}


def render_card(card: Card, *, modern: bool = False) -> list[dict[str, Any]]:
    """The card as complete `chat.postMessage` payloads, without a channel: one, or more where Slack's limits ask for it.

    Args:
        card: what to show.
        modern: with the container block of 2026, which folds a long text in place. Slack answers `invalid_blocks` where it does
            not know it; the same card without it is the fallback. The card block of the same year is not used: it holds 200
            characters, which no paper's summary keeps to.

    Returns:
        Dicts of `text`, `blocks`, `unfurl_links` and `unfurl_media`; what one message cannot hold is in the next.
    """
    parts = spread(_groups(card, modern=modern), count=limits.BLOCKS_PER_MESSAGE, room=limits.MESSAGE_JSON)
    return [_message(part, title_of(card)) for part in parts]


def render_update(card: Card, *, modern: bool = False) -> dict[str, Any]:
    """The card as the one payload that may take the place of a message, for `chat.update` or a `response_url`.

    A message can be replaced by one message only, and what was posted below it stays. So where the card needs more than one,
    the first entries are shown and a last line says that there is more.
    """
    first, *others = render_card(card, modern=modern)
    if not others:
        return first
    line = note("There is more than one message holds. Ask again to see all of it.")
    count, room = limits.BLOCKS_PER_MESSAGE - 1, limits.MESSAGE_JSON - json_size(line.block) - 64
    part = next(spread(_groups(card, modern=modern), count=count, room=room))
    return _message([*part, line], title_of(card))


def home_view(cards: Sequence[Card], channels: Sequence[str] = ()) -> dict[str, Any]:
    """The cards under one another as the App Home, for `views.publish`; where they are too many, a last line says so.

    Args:
        cards: what it holds.
        channels: for each card the id of the channel its buttons act in, empty for none; a view itself belongs to none.
    """
    entries: list[list[Piece]] = []
    for card, channel in zip(cards, channels or [""] * len(cards), strict=True):
        first, *others = [[piece._replace(channel=channel) for piece in group] for group in _groups(card, modern=False)]
        entries += [[*([DIVIDER] if entries else ()), *first], *others]
    parts = [*spread(entries, count=limits.VIEW_BLOCKS - 1, room=limits.VIEW_JSON)]
    shown = parts[0] if parts else [note("There is nothing to show yet.")]
    if len(parts) > 1:
        shown = [*shown, note("There is more than fits here. Ask with /papers to see all of it.")]
    return {"type": "home", "callback_id": "home", "blocks": numbered(shown)}


def render_reply(reply: Reply, *, modern: bool = False) -> list[dict[str, Any]]:
    """The answer to one invocation: `{"view": …}` for a form, else every card's messages with their `response_type`."""
    if reply.form is not None:
        return [{"view": render_form(reply.form)}]
    kind = "ephemeral" if reply.visibility == "caller" else "in_channel"
    return [{"response_type": kind, **message} for card in reply.cards for message in render_card(card, modern=modern)]


def render_thread(thread: Thread, *, modern: bool = False) -> list[dict[str, Any]]:
    """An edition's messages in order, each as `{"part": name, "message": payload}`.

    Parts are "opener", "reply 1", "reply 2" …; a card's further messages are "opener.2", "reply 1.2": a name is unique.
    """
    cards = [("opener", thread.opener), *((f"reply {n}", card) for n, card in enumerate(thread.replies, 1))]
    return [
        {"part": name if n == 1 else f"{name}.{n}", "message": message}
        for name, card in cards
        for n, message in enumerate(render_card(card, modern=modern), 1)
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


def _groups(card: Card, *, modern: bool) -> list[list[Piece]]:
    elements = without_folds(card.elements, keep=can_fold if modern else None)
    return groups(replace(card, elements=tuple(elements)), modern=modern)


def _message(pieces: Sequence[Piece], title: str) -> dict[str, Any]:
    """The blocks with their ids, and the notification text."""
    words = "\n".join(piece.words for piece in pieces if not is_blank(piece.words)) or title
    text = shorten(words, limits.MESSAGE_TEXT, lambda text: utf16_length(escape(text)))
    return {"text": with_names(escape(text)), "blocks": numbered(pieces), "unfurl_links": False, "unfurl_media": False}
