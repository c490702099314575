"""Discord: elements of a card as components. Knows no messages, no SDK, no network."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple, assert_never

from adapters.discord import limits
from adapters.discord.ids import Ids
from adapters.discord.text import MOMENT_CHARS, markdown
from bot.cards import (
    Button,
    Buttons,
    Context,
    Divider,
    Element,
    Fields,
    Fold,
    Image,
    Links,
    Row,
    Select,
    Span,
    Text,
    join_spans,
)
from bot.spans import clean, clean_line, is_blank, shorten, split_spans, tidy, utf16_length, web_url

ACTION_ROW, BUTTON, STRING_SELECT, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, SEPARATOR = 1, 2, 3, 9, 10, 12, 14
_TITLE, _SMALL = "### ", "-# "
_STYLES = {"primary": 1, "default": 2}


class Control(NamedTuple):
    """A button or a menu that gets its ids when its message is known."""

    kind: int
    label: str
    choices: tuple[Button, ...]


class Piece(NamedTuple):
    """What stays together in a message: a component, or text with a control at its side or several in a row below."""

    text: str = ""
    controls: tuple[Control, ...] = ()
    other: dict[str, Any] | None = None

    @property
    def components(self) -> int:
        """How many components it is, nested ones counted."""
        return 1 + len(self.controls) + bool(self.text and self.controls)

    def build(self, ids: Ids) -> list[dict[str, Any]]:
        """The component or components, their ids taken from the message's."""
        if self.other is not None:
            return [self.other]
        controls = [_control(control, ids) for control in self.controls]
        text = {"type": TEXT_DISPLAY, "content": self.text}
        if not controls:
            return [text]
        if self.text and len(controls) == 1:
            return [{"type": SECTION, "components": [text], "accessory": controls[0]}]
        return [*([text] if self.text else ()), {"type": ACTION_ROW, "components": controls}]


def title_pieces(title: str, url: str | None) -> Iterator[Piece]:
    """The title, never blank: a heading, a link where it has one."""
    yield from _paragraph((Span(title, url=url),), _TITLE)


def pieces(element: Element) -> Iterator[Piece]:  # noqa: C901 - one case an element
    """An element as pieces, in order: none where it says nothing."""
    match element:
        case Text(spans):
            yield from _paragraph(spans)
        case Context(spans):
            yield from _paragraph(spans, _SMALL)
        case Fields(pairs):
            yield from _paragraph(_field_spans(pairs))
        case Links(pairs):
            yield from _paragraph(_link_spans(pairs))
        case Image(url, alt):
            yield from _image(url, alt)
        case Buttons(buttons):
            yield from _buttons(buttons)
        case Row():
            yield from _row(element)
        case Fold(otherwise=button):
            yield from _buttons((button,))
        case Select():
            yield from _select(element)
        case Divider():
            yield Piece(other={"type": SEPARATOR, "divider": True, "spacing": 1})
        case _:
            assert_never(element)


def _paragraph(spans: Iterable[Span], prefix: str = "") -> Iterator[Piece]:
    shown: dict[tuple[Span, ...], str] = {}  # what was measured is what is shown

    def size(part: tuple[Span, ...]) -> int:
        text = shown[part] = markdown(part, prefix)
        moments = sum(span.at is not None for span in part)
        if (
            moments
        ):  # their words and their tags: a piece with half a moment, which is words, never costs more than with all of it
            text = markdown([replace(span, at=None) for span in part], prefix)
        return utf16_length(text) + moments * MOMENT_CHARS

    for part in split_spans(tidy(spans, limits.LINK_URL), limits.PIECE, size):
        if not is_blank(join_spans(part)):
            yield Piece((shown.get(part) or markdown(part, prefix)).strip("\n"))


def _row(row: Row) -> Iterator[Piece]:
    *before, last = [*_paragraph(row.spans)] or [Piece()]
    yield from before
    first, *further = [*_buttons(row.buttons)] or [Piece()]
    yield from (last._replace(controls=first.controls),) if last.text or first.controls else ()
    yield from further


def _field_spans(pairs: Iterable[tuple[str, str]]) -> Iterator[Span]:
    lines = 0
    for label, value in ((clean_line(label), clean_line(value)) for label, value in pairs):
        if is_blank(label + value):
            continue
        yield Span("\n" if lines else "")
        yield Span(label, "bold")
        yield Span(f"  {value}" if label else value)
        lines += 1


def _link_spans(pairs: Iterable[tuple[str, str]]) -> Iterator[Span]:
    """The links on one line; an address that is no web address stays visible as text."""
    shown = 0
    for label, url in ((clean_line(label), url) for label, url in pairs):
        link = web_url(url, limits.LINK_URL)
        text = label or clean_line(url) if link else f"{label} {clean_line(url)}".strip()
        if is_blank(text):
            continue
        yield Span(" · " if shown else "")
        yield Span(text, url=link)
        shown += 1


def _image(url: str, alt: str) -> Iterator[Piece]:
    link = web_url(url, limits.MEDIA_URL)
    if link is None:
        yield from _paragraph((Span(alt),))
        return
    item: dict[str, Any] = {"media": {"url": link}}
    if not is_blank(alt):
        item["description"] = shorten(clean(alt).strip(), limits.MEDIA_TEXT)
    yield Piece(other={"type": MEDIA_GALLERY, "items": [item]})


def _buttons(buttons: Iterable[Button]) -> Iterator[Piece]:
    controls = [_as_control(button) for button in buttons if not is_blank(button.command)]
    for start in range(0, len(controls), limits.BUTTONS_A_ROW):
        yield Piece(controls=tuple(controls[start : start + limits.BUTTONS_A_ROW]))


def _select(select: Select) -> Iterator[Piece]:
    choices = tuple(Button(label, c, effect=select.effect) for label, c in select.options if not is_blank(c))
    for start in range(0, len(choices), limits.OPTIONS):
        menu = Control(STRING_SELECT, select.placeholder, choices[start : start + limits.OPTIONS])
        yield Piece(controls=(menu,))


def _as_control(button: Button) -> Control:
    return Control(BUTTON, button.label, (button,))


def _control(control: Control, ids: Ids) -> dict[str, Any]:
    if control.kind == STRING_SELECT:
        options = [
            {"label": caption(c.label, c.command, limits.OPTION_LABEL), "value": ids.command(c.effect, c.command)}
            for c in control.choices
        ]
        placeholder = {"placeholder": caption(control.label, "…", limits.SELECT_PLACEHOLDER)}
        return {"type": STRING_SELECT, "custom_id": ids.menu(), "options": options, **placeholder}
    (button,) = control.choices
    return {
        "type": BUTTON,
        "style": _STYLES[button.style],
        "label": caption(button.label, button.command, limits.BUTTON_LABEL),
        "custom_id": ids.command(button.effect, button.command),
    }


def caption(text: str, otherwise: str, limit: int) -> str:
    """The first of the two that is not blank, on one line and cut to the limit. Discord reads no markup in labels."""
    return shorten(next((clean_line(words) for words in (text, otherwise) if not is_blank(words)), "…"), limit)
