"""Cards as JSON, so that a message planned today is sent unchanged tomorrow, by whichever process. Pure; knows no storage.

An element is a list that begins with one letter for its kind; the fields follow in the order of `bot.cards`. A kind keeps its
letter and its order for good: stored cards are read by later versions. What a kind gained later stands at its end and is left
out where it is empty.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar, assert_never, get_args

import orjson

from bot.cards import (
    Button,
    Buttons,
    ButtonStyle,
    Card,
    Context,
    Divider,
    Effect,
    Element,
    Fields,
    Fold,
    Image,
    Links,
    Row,
    Select,
    Span,
    SpanStyle,
    Text,
)

_Literal = TypeVar("_Literal", bound=str)


def card_to_json(card: Card) -> str:
    """A card as one line of JSON: `{"t": title, "u": URL, "e": elements}`."""
    shape = {"t": card.title, "u": card.url, "e": [_element_shape(element) for element in card.elements]}
    try:
        return orjson.dumps(shape).decode()
    except TypeError:  # half a surrogate pair, which is no UTF-8; the standard library writes it as an escape
        return json.dumps(shape, separators=(",", ":"))


def card_from_json(text: str) -> Card:
    """The card that was written as this text.

    Raises:
        ValueError: the text is damaged, or from a version that knows other elements.
    """
    try:
        shape = _read(text)
        if not isinstance(shape, dict):
            raise TypeError("it is not an object")
        return Card(title=_word(shape["t"]), url=_maybe(shape.get("u")), elements=tuple(map(_element, _rows(shape["e"]))))
    except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"This is not a card as Paper Round stores it: {type(error).__name__}, {error}") from error


def _read(text: str) -> object:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError):  # escaped halves of surrogate pairs, see above
        return json.loads(text)


def _element_shape(element: Element) -> list[Any]:  # noqa: C901 - one case an element
    match element:
        case Text(spans):
            return ["t", _span_shapes(spans)]
        case Context(spans):
            return ["c", _span_shapes(spans)]
        case Buttons(buttons):
            return ["b", [_button_shape(button) for button in buttons]]
        case Row(spans, button, more):
            shape = ["r", _span_shapes(spans), _button_shape(button)]
            return [*shape, [_button_shape(one) for one in more]] if more else shape
        case Links(pairs):
            return ["l", pairs]
        case Fields(pairs):
            return ["f", pairs]
        case Image(url, alt):
            return ["i", url, alt]
        case Select(placeholder, options, effect):
            return ["s", placeholder, options, effect]
        case Divider():
            return ["d"]
        case Fold(label, spans, otherwise):
            return ["o", label, _span_shapes(spans), _button_shape(otherwise)]
        case _:
            assert_never(element)


def _span_shapes(spans: tuple[Span, ...]) -> list[Any]:
    """A bare span is its text; another has its style, its URL where it is a link, and the Unix seconds of its moment."""
    return [_span_shape(span) for span in spans]


def _span_shape(span: Span) -> str | list[Any]:
    if span.at is not None:
        return [span.text, span.style, span.url, int(span.at.timestamp())]
    return span.text if span.style == "plain" and span.url is None else [span.text, span.style, span.url]


def _button_shape(button: Button) -> list[str]:
    return [button.label, button.command, button.style, button.effect]


def _element(shape: object) -> Element:
    kind, *fields = _rows(shape)
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise ValueError(f"{kind!r} is no kind of element")
    return read(*fields)


def _spans(shape: object) -> tuple[Span, ...]:
    return tuple(Span(one) if isinstance(one, str) else _styled(*_rows(one)) for one in _rows(shape))


def _styled(text: object, style: object, url: object, at: object = None) -> Span:
    return Span(_word(text), _one_of(style, _SPAN_STYLES), _maybe(url), None if at is None else _moment(at))


def _moment(shape: object) -> datetime:
    if not isinstance(shape, int) or isinstance(shape, bool):
        raise TypeError("the seconds of a moment are missing")
    try:
        return _EPOCH + timedelta(seconds=shape)
    except OverflowError as error:
        raise ValueError("a moment is out of range") from error


def _button(shape: object) -> Button:
    label, command, style, effect = _rows(shape)
    return Button(_word(label), _word(command), _one_of(style, _BUTTON_STYLES), _one_of(effect, _EFFECTS))


def _buttons(shape: object) -> tuple[Button, ...]:
    return tuple(map(_button, _rows(shape)))


def _pairs(shape: object) -> tuple[tuple[str, str], ...]:
    return tuple((_word(first), _word(second)) for first, second in map(_rows, _rows(shape)))


def _rows(shape: object) -> list[Any]:
    if not isinstance(shape, list):
        raise TypeError("a list is missing")
    return shape


def _word(shape: object) -> str:
    if not isinstance(shape, str):
        raise TypeError("a text is missing")
    return shape


def _maybe(shape: object) -> str | None:
    return None if shape is None else _word(shape)


def _one_of(shape: object, words: dict[str, _Literal]) -> _Literal:
    return words[_word(shape)]


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SPAN_STYLES: Final[dict[str, SpanStyle]] = {style: style for style in get_args(SpanStyle)}
_BUTTON_STYLES: Final[dict[str, ButtonStyle]] = {style: style for style in get_args(ButtonStyle)}
_EFFECTS: Final[dict[str, Effect]] = {effect: effect for effect in get_args(Effect)}

_KINDS: Final[dict[str, Callable[..., Element]]] = {
    "t": lambda spans: Text(_spans(spans)),
    "c": lambda spans: Context(_spans(spans)),
    "b": lambda buttons: Buttons(_buttons(buttons)),
    "r": lambda spans, button, more=(): Row(_spans(spans), _button(button), _buttons(list(more))),
    "l": lambda pairs: Links(_pairs(pairs)),
    "f": lambda pairs: Fields(_pairs(pairs)),
    "i": lambda url, alt: Image(_word(url), _word(alt)),
    "s": lambda placeholder, options, effect: Select(_word(placeholder), _pairs(options), _one_of(effect, _EFFECTS)),
    "d": Divider,
    "o": lambda label, spans, otherwise: Fold(_word(label), _spans(spans), _button(otherwise)),
}
