"""Discord: cards as Components V2 payloads, pure functions from card to plain dict. Knows no SDK, no network, no papers.

How a card looks here: one container with an accent colour; the title is a heading; `Context` is small grey subtext; a
`Row` is a section with its button at the side. Components V2 needs flag 1<<15 and takes neither content nor embeds:
https://docs.discord.com/developers/components/reference . Nobody is ever mentioned.
"""

from typing import Any, NamedTuple

from adapters.discord import limits
from adapters.discord.components import Piece, pieces, title_pieces
from adapters.discord.forms import read_form
from adapters.discord.forms import render_form as _render_form
from adapters.discord.ids import Ids, read_custom_id
from bot.cards import Card, Form, Reply, Thread, without_folds
from bot.spans import clean_line, is_blank, utf16_length

__all__ = [
    "Rendered",
    "long_commands",
    "read_custom_id",
    "read_form",
    "render",
    "render_card",
    "render_form",
    "render_reply",
    "render_thread",
]

COMPONENTS_V2 = 1 << 15
EPHEMERAL = 1 << 6
_CONTAINER = 17
_ACCENT = 0x2F6FEB


class Rendered(NamedTuple):
    """A card as messages, and what the hashed ids in them stand for (see `long_commands`)."""

    messages: list[dict[str, Any]]
    long: dict[str, str]


def render(card: Card) -> Rendered:
    """The card as complete message payloads, and what must be stored before they are sent; in one go."""
    messages: list[dict[str, Any]] = []
    long: dict[str, str] = {}
    for message in _messages(card):
        ids = Ids()
        messages.append(_message(message, ids))
        long |= ids.long
    return Rendered(messages, long)


def render_card(card: Card) -> list[dict[str, Any]]:
    """The card as complete message payloads: one, or more where Discord's limits ask for it.

    Returns:
        Dicts of `flags`, `components` and `allowed_mentions`; what one message cannot hold is in the next.
    """
    return render(card).messages


def render_reply(reply: Reply) -> list[dict[str, Any]]:
    """The answer to one invocation: `{"modal": …}` for a form, else every card's messages, ephemeral for the caller alone."""
    if reply.form is not None:
        return [{"modal": render_form(reply.form)}]
    flag = EPHEMERAL if reply.visibility == "caller" else 0
    return [{**m, "flags": m["flags"] | flag} for card in reply.cards for m in render_card(card)]


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


def render_form(form: Form) -> dict[str, Any]:
    """The form as a modal: `custom_id`, `title` and at most five labelled inputs."""
    return _render_form(form)


def long_commands(content: Card | Form) -> dict[str, str]:
    """What the hashed custom_ids of this card or form stand for, to be stored before it is sent.

    Returns:
        From custom_id (or option value) to a text that `read_custom_id` reads. The same command always has the same id.
    """
    if isinstance(content, Card):
        return render(content).long
    ids = Ids()
    _render_form(content, ids)
    return ids.long


def _messages(card: Card) -> list[list[Piece]]:
    """The card's pieces, spread over as few messages as the limits allow, in their order."""
    title = "Untitled" if is_blank(card.title) else clean_line(card.title)
    parts = [*title_pieces(title, card.url)]
    for element in without_folds(card.elements):
        parts += pieces(element)
    messages: list[list[Piece]] = []
    components = text = 0
    for piece in parts:
        size = utf16_length(piece.text)
        if not messages or components + piece.components > limits.COMPONENTS or text + size > limits.TEXT:
            messages.append([])
            components, text = 1, 0  # the container
        messages[-1].append(piece)
        components, text = components + piece.components, text + size
    return messages


def _message(parts: list[Piece], ids: Ids) -> dict[str, Any]:
    container = {"type": _CONTAINER, "accent_color": _ACCENT, "components": [c for part in parts for c in part.build(ids)]}
    return {"flags": COMPONENTS_V2, "components": [container], "allowed_mentions": {"parse": []}}
