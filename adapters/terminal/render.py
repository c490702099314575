"""Cards as lines of a terminal, with rich. Pure; knows no command and opens nothing.

Card text is only ever put into `rich.text.Text`, which reads no markup, after control characters (escape sequences among them)
are taken out; so no paper can colour, move or write elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from bot.cards import (
    Attachment,
    Button,
    Buttons,
    Card,
    Context,
    Divider,
    Effect,
    Element,
    Fields,
    Fold,
    Image,
    Links,
    Reply,
    Row,
    Select,
    Span,
    Text,
    Thread,
    without_folds,
)
from bot.spans import NAMES, clean, clean_line, web_url

_STYLES = {"plain": "", "bold": "bold", "italic": "italic", "code": "cyan", "user": "", "channel": "bold", "role": ""}


@dataclass(frozen=True, slots=True)
class Key:
    """What a number typed at the prompt does: the command of the button that shows it."""

    command: str
    effect: Effect


@dataclass(slots=True)
class Keys:
    """The numbered buttons of what is on the screen; `taken` counts from 1."""

    taken: list[Key]
    shown: bool = True

    def label(self, button: Button) -> Line:
        """The button with its number, which is kept for it and shown instead of a label that is but a number."""
        words = clean_line(button.label)
        if not self.shown:
            return Line(f"[{words}]", "blue")
        self.taken.append(Key(button.command, button.effect))
        number = str(len(self.taken))
        return Line(f"[{number if words.isdecimal() else f'{number} {words}'}]", "blue")


def render_card(card: Card, keys: Keys) -> RenderableType:
    """A card: its title, its elements, its buttons with the numbers that press them."""
    title = Line(clean_line(card.title) or "Untitled", "bold")
    if url := web_url(card.url):
        title.stylize(f"link {url}")
    parts: list[RenderableType] = [title]
    for element in without_folds(card.elements):
        parts += _element(element, keys)
    return Group(*parts)


def render_reply(reply: Reply, keys: Keys) -> RenderableType:
    """All cards of a reply, a blank line between them."""
    cards: list[RenderableType] = []
    for card in reply.cards:
        cards += [render_card(card, keys), Line()]
    return Group(*cards)


def attachment_text(attachment: Attachment) -> Line:
    """What a file holds, to be printed without wrapping, so that it can be copied."""
    return Line(clean(attachment.text))


def render_thread(thread: Thread, keys: Keys) -> RenderableType:
    """An opener, and its replies below it, set in by a bar."""
    parts: list[RenderableType] = [render_card(thread.opener, keys), Line()]
    for reply in thread.replies:
        parts.append(Padding(render_card(reply, keys), (0, 0, 1, 4)))
    return Group(*parts)


def _element(element: Element, keys: Keys) -> Iterator[RenderableType]:  # noqa: C901, PLR0912 - one case an element
    match element:
        case Text(spans):
            yield _line(spans)
        case Context(spans):
            yield _line(spans, "dim")
        case Row(spans, button, more):
            entry = Table.grid(padding=(0, 1))
            entry.add_row(keys.label(button), _line(spans))
            if more:
                entry.add_row(Line(), _keys(more, keys))
            yield Padding(entry, (0, 0, 0, 2))
        case Fields(pairs):
            for label, value in pairs:
                yield Line.assemble((clean_line(label) + "  ", "dim"), clean_line(value))
        case Links(pairs):
            yield Line("  ").join(_link(label, url) for label, url in pairs)
        case Image(url, alt):
            yield _link(alt or "Picture", url)
        case Buttons(buttons):
            yield _keys(buttons, keys)
        case Fold(otherwise=button):
            yield keys.label(button)
        case Select(_, options, effect):
            yield _keys((Button(label, command, effect=effect) for label, command in options), keys)
        case Divider():
            return
        case _:
            assert_never(element)


def _keys(buttons: Iterable[Button], keys: Keys) -> Line:
    return Line("  ").join(keys.label(button) for button in buttons)


def _line(spans: tuple[Span, ...], style: str = "") -> Line:
    line = Line(style=style)
    for span in spans:
        url = None if span.style in NAMES else web_url(span.url)
        line.append(clean(span.text), f"{_STYLES[span.style]} link {url}".strip() if url else _STYLES[span.style])
    return line


def _link(label: str, url: str) -> Line:
    safe = web_url(url)
    return Line(clean_line(label), f"underline blue link {safe}" if safe else "")
