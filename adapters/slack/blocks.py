"""Slack: elements of a card as blocks still without ids. Knows no messages, no SDK, no network.

Where mrkdwn could misread a row's or a grey line's text, it becomes rich_text with the button below: the words come
first, the layout second.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar, assert_never

from adapters.slack import limits
from adapters.slack.lists import Entry, entries, rich_list
from adapters.slack.text import literal, mrkdwn, plain, rich_text, spoken, text_cost
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
    element_text,
    join_spans,
)
from bot.spans import clean, clean_line, is_blank, shorten, split_spans, tidy, utf8_length, utf16_length, web_url

_T = TypeVar("_T")
OVERFLOW = "overflow"
_PART = 8_000  # bytes of JSON a row of buttons, a menu or a section of fields may take: a message holds 12,000


class Piece(NamedTuple):
    """One block still without ids, what it says in plain words, and the channel its buttons act in where the view has none."""

    block: dict[str, Any]
    words: str = ""
    channel: str = ""


DIVIDER = Piece({"type": "divider"})


def title_blocks(title: str, url: str | None) -> Iterator[Piece]:
    """The title, never blank: a header, or a bold link."""
    link = web_url(url, limits.URL)
    if link is None and utf16_length(literal(title)) <= limits.HEADER:
        yield Piece({"type": "header", "text": plain(title)}, title)
    else:
        yield from _paragraph((Span(title, "bold", link),), title)


def blocks(element: Element, *, modern: bool = False) -> Iterator[Piece]:  # noqa: C901 - one case an element
    """An element as blocks, in order: none where it says nothing. `modern` allows the container block."""
    match element:
        case Text(spans):
            yield from _paragraph(spans)
        case Context(spans):
            yield from _context(spans)
        case Fields(pairs):
            yield from _fields(pairs)
        case Links(pairs):
            yield from _paragraph(_link_spans(pairs), clean(element_text(element)))
        case Image(url, alt):
            yield from _image(url, alt)
        case Buttons(buttons):
            yield from _buttons(buttons)
        case Row():
            yield from _row(element)
        case Fold():
            yield from _fold(element) if modern else _buttons((element.otherwise,))
        case Select():
            yield from _select(element)
        case Divider():
            yield DIVIDER
        case _:
            assert_never(element)


def _paragraph(spans: Iterable[Span], words: str | None = None) -> Iterator[Piece]:
    """Rich text, in as many blocks as its length needs; `words` are its plain words where one block is enough."""
    tidied = tidy(spans, limits.URL)
    listed = entries(tidied)
    if listed and all(_rich_cost(entry.spans) <= limits.RICH_TEXT for entry in listed):
        yield from _list(listed)
        return
    parts = [p for p in split_spans(tidied, limits.RICH_TEXT, _rich_cost) if not is_blank(join_spans(p))]
    for part in parts:
        yield Piece(rich_text(part), words if words and len(parts) == 1 else spoken(part))


def _list(listed: Sequence[Entry]) -> Iterator[Piece]:
    """Numbered lists, in as many blocks as their length needs."""
    part: list[Entry] = []
    for entry in (*listed, None):
        if part and (entry is None or sum(_rich_cost(one.spans) for one in (*part, entry)) > limits.RICH_TEXT):
            yield Piece(rich_list(part), "\n".join(f"{one.number}  {spoken(one.spans)}" for one in part))
            part = []
        if entry is not None:
            part.append(entry)


def _rich_cost(spans: tuple[Span, ...]) -> int:
    """The text's own length, or a third of the block's JSON where links make that more."""
    return max(text_cost(spans), json_size(rich_text(spans)) // 3)


def _context(spans: Iterable[Span]) -> Iterator[Piece]:
    tidied = tidy(spans, limits.URL)
    if all(span.is_bare for span in tidied):
        for part in split_spans(tidied, limits.TEXT, text_cost):
            if not is_blank(words := join_spans(part)):
                yield Piece({"type": "context", "elements": [plain(words)]}, words)
    elif (text := mrkdwn(tidied)) and utf8_length(text["text"]) <= limits.TEXT:
        yield Piece({"type": "context", "elements": [text]}, spoken(tidied))
    else:
        yield from _paragraph(tidied)


def _row(row: Row) -> Iterator[Piece]:
    tidied = tidy(row.spans, limits.URL)
    control = _overflow(row.buttons) if row.more else _button(row.button)
    if tidied and control and (text := mrkdwn(tidied)) and utf8_length(text["text"]) <= limits.TEXT:
        yield Piece({"type": "section", "text": text, "accessory": control}, spoken(tidied))
    else:
        yield from _paragraph(tidied)
        yield from _buttons(row.buttons)


def _overflow(buttons: Iterable[Button]) -> dict[str, Any] | None:
    """A small menu of commands of several effects, which stand before the commands; `None` where one does not fit."""
    shown = [button for button in buttons if not is_blank(button.command)]
    values = [f"{button.effect[0]}|{clean(button.command)}" for button in shown]
    fits = all(utf8_length(value) <= limits.OPTION_VALUE for value in values)
    if not fits or not 2 <= len(shown) <= limits.OVERFLOW_OPTIONS:
        return None
    texts = [plain(caption(button.label, button.command, limits.OPTION_TEXT)) for button in shown]
    options = [{"text": text, "value": value} for text, value in zip(texts, values, strict=True)]
    return {"type": "overflow", "action_id": OVERFLOW, "options": options}


def can_fold(fold: Fold) -> bool:
    """Whether a container holds this text, exactly as it is."""
    return bool(texts := _fold_texts(fold)) and len(texts) <= limits.CONTAINER_BLOCKS and json_size(texts) <= _PART


def _fold(fold: Fold) -> Iterator[Piece]:
    """A closed container.

    Its text is in sections: Slack's page lists rich_text among the children, its validator was seen to refuse it
    (https://docs.rs/slack-morphism/2.31.0/slack_morphism/prelude/struct.SlackContainerBlock.html).
    """
    children = [{"type": "section", "text": text, "expand": True} for text in _fold_texts(fold)]
    title = plain(caption(fold.label, fold.otherwise.label, limits.CONTAINER_TITLE))
    folded = {"is_collapsible": True, "default_collapsed": True}
    yield Piece({"type": "container", "title": title, "width": "full", **folded, "child_blocks": children})


def _fold_texts(fold: Fold) -> list[dict[str, Any]]:
    spans = tidy(fold.spans, limits.URL)
    parts = (part for part in split_spans(spans, limits.TEXT, text_cost) if not is_blank(join_spans(part)))
    if not all(span.is_bare for span in spans):
        texts = [mrkdwn(part) for part in parts]
        fitting = [text for text in texts if text and utf8_length(text["text"]) <= limits.TEXT]
        return fitting if len(fitting) == len(texts) else []
    return [plain(join_spans(part)) for part in parts]


def _fields(pairs: Iterable[tuple[str, str]]) -> Iterator[Piece]:
    """Sections of short fields, bold label above; a field too long for that is a paragraph of its own."""
    short: list[Piece] = []
    for label, value in ((clean_line(label), clean(value).strip()) for label, value in pairs):
        spans = tidy((Span(label, "bold"), Span("\n" if label and value else ""), Span(value)))
        if not spans:
            continue
        words = ": ".join(filter(None, (label, value)))
        text = mrkdwn(spans) or plain(join_spans(spans))
        if utf8_length(text["text"]) <= limits.FIELD:
            short.append(Piece(text, words))
            continue
        yield from _sections(short)
        short = []
        yield from _paragraph(spans, words)
    yield from _sections(short)


def _sections(fields: Sequence[Piece]) -> Iterator[Piece]:
    for part in _pack(fields, limits.FIELDS, lambda field: field.block):
        yield Piece({"type": "section", "fields": [f.block for f in part]}, "\n".join(f.words for f in part))


def _link_spans(pairs: Iterable[tuple[str, str]]) -> Iterator[Span]:
    """The links on one line; an address that is no web address stays visible as text."""
    shown = 0
    for label, url in ((clean_line(label), url) for label, url in pairs):
        link = web_url(url, limits.URL)
        text = label or clean_line(url) if link else f"{label} {clean_line(url)}".strip()
        if is_blank(text):
            continue
        if shown:
            yield Span(" · ")
        yield Span(text, url=link)
        shown += 1


def _image(url: str, alt: str) -> Iterator[Piece]:
    words, link = clean(alt).strip(), web_url(url, limits.URL)
    if link is None:
        yield from _paragraph((Span(words),))
        return
    seen = shorten(literal(words) or "Image", limits.ALT_TEXT, utf8_length)
    yield Piece({"type": "image", "image_url": link, "alt_text": seen}, words)


def _buttons(buttons: Iterable[Button]) -> Iterator[Piece]:
    """Rows of buttons; a command too long for a button is shown, to be typed."""
    controls = []
    for button in buttons:
        if control := _button(button):
            controls.append(control)
        elif not is_blank(button.command):
            yield from _paragraph((Span(f"{clean_line(button.label)} "), Span(clean(button.command), "code")))
    for part in _pack(controls, limits.BUTTONS_A_ROW):
        yield Piece({"type": "actions", "elements": part})


def _button(button: Button) -> dict[str, Any] | None:
    command = clean(button.command)
    if is_blank(command) or utf8_length(command) > limits.BUTTON_VALUE:
        return None
    control = {
        "type": "button",
        "text": plain(caption(button.label, command, limits.BUTTON_TEXT)),
        "action_id": button.effect,
        "value": command,
    }
    return {**control, "style": "primary"} if button.style == "primary" else control


def _select(select: Select) -> Iterator[Piece]:
    """A menu, or buttons for the same commands where one of them is longer than a menu's option may be."""
    options = [(label, clean(command)) for label, command in select.options if not is_blank(command)]
    if any(utf8_length(command) > limits.OPTION_VALUE for _, command in options):
        yield from _context((Span(select.placeholder),))
        yield from _buttons(Button(label, command, effect=select.effect) for label, command in options)
        return
    choices = [{"text": plain(caption(label, c, limits.OPTION_TEXT)), "value": c} for label, c in options]
    for part in _pack(choices, limits.OPTIONS):
        menu: dict[str, Any] = {"type": "static_select", "action_id": select.effect, "options": part}
        menu["placeholder"] = plain(caption(select.placeholder, "…", limits.PLACEHOLDER))
        yield Piece({"type": "actions", "elements": [menu]})


def caption(text: str, otherwise: str, limit: int) -> str:
    """The first of the two that is not blank, on one line and cut to the limit."""
    words = next((clean_line(words) for words in (text, otherwise) if not is_blank(words)), "…")
    return shorten(words, limit, lambda text: utf16_length(literal(text)))


def _pack(items: Sequence[_T], count: int, block: Callable[[_T], object] = lambda item: item) -> Iterator[list[_T]]:
    """The items in lists of at most `count` and at most `_PART` bytes of JSON."""
    part: list[_T] = []
    for item in items:
        if part and (len(part) == count or sum(json_size(block(i)) for i in (*part, item)) > _PART):
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def json_size(block: object) -> int:
    """UTF-8 bytes of a block as JSON."""
    return utf8_length(json.dumps(block, ensure_ascii=False))
