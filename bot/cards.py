"""Platform-neutral message content: what a card is made of. Knows nothing of papers or platforms.

Every piece of text is a `Span`; adapters escape each span, so no paper title can become markup, a link or a mention.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, assert_never

SpanStyle = Literal["plain", "bold", "italic", "code", "user", "channel", "role"]
ButtonStyle = Literal["default", "primary"]
Effect = Literal["reply", "update", "share", "form"]
Visibility = Literal["caller", "channel"]
InputKind = Literal["text", "date", "select", "time", "zone", "channel", "role", "document"]

BESIDE: Final = ("channel", "document")
"""Kinds of input whose values do not become part of the command."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. With `url` (http or https) it is a link.

    As "user", "channel" or "role" the text is the platform's own id of a person, a channel or a group of people: a platform that
    can shows their name, and tells none of them.

    With `at` (UTC, whole seconds) the text says a moment: a platform that can shows it on the reader's own clock instead. Such
    a span is no link, and as "code" its text stays as typed.
    """

    text: str
    style: SpanStyle = "plain"
    url: str | None = None
    at: datetime | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it is nothing but words: no style, no link, no moment."""
        return self.style == "plain" and not self.url and self.at is None


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `\\n` in a span is a line break."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """A small grey line: signals, dates, reasons."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Short label and value pairs, side by side where the platform can."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Links:
    """A row of outside links: (label, URL)."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture with the words for those who cannot see it."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button whose payload is the command a person could type.

    `effect`: reply (a new answer), update (this message changes in place), share (the answer goes to the channel),
    form (the answer is a form).
    """

    label: str
    command: str
    style: ButtonStyle = "default"
    effect: Effect = "reply"


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of at most 25 buttons."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph with a button at its side: an entry of a list. `more` are further commands for that entry, at most 4."""

    spans: tuple[Span, ...]
    button: Button
    more: tuple[Button, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All commands of the entry, the first one first."""
        return (self.button, *self.more)


@dataclass(frozen=True, slots=True)
class Fold:
    """Text behind a line that opens it in place. Where a platform cannot fold, the `otherwise` button stands for it."""

    label: str
    spans: tuple[Span, ...]
    otherwise: Button


@dataclass(frozen=True, slots=True)
class Select:
    """A menu of commands: (label, command), at most 25."""

    placeholder: str
    options: tuple[tuple[str, str], ...]
    effect: Effect = "reply"


@dataclass(frozen=True, slots=True)
class Divider:
    """A thin line between entries."""


Element = Text | Context | Fields | Links | Image | Buttons | Row | Select | Divider | Fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message's content. `title` is plain text; with `url` it is a link."""

    title: str
    url: str | None = None
    elements: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of a form. Its value joins the command as `token` + value, quoted where it holds a space.

    The value of a `channel` or `document` never joins the command: platforms hand it over beside it. A channel's value is the
    platform's own id, empty for the channel the form was asked for in. `live`: a platform that can checks the answer while it
    is typed.
    """

    name: str
    label: str
    token: str = ""
    kind: InputKind = "text"
    value: str = ""
    placeholder: str = ""
    options: tuple[tuple[str, str], ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Questions whose answers complete a command: a modal, terminal prompts, an HTML form."""

    title: str
    inputs: tuple[Input, ...]
    command: str
    submit: str = "Search"

    def fill(self, values: Mapping[str, str]) -> str:
        """The command with the answers in place; empty answers and unknown names are left out."""
        parts = [self.command]
        for field in self.inputs:
            value = " ".join(values.get(field.name, "").split())
            if not value or field.kind in BESIDE:
                continue
            if field.token and any(char in value for char in " ()|"):
                value = '"' + value.replace('"', "") + '"'
            parts.append(field.token + value)
        return " ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A text file that comes with a reply: its name (ASCII, with its ending), its media type, and what it holds.

    The text is UTF-8 when it is sent; its line ends stay as they are. An adapter that cannot send files puts the first 2,900
    characters in a code block.
    """

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one invocation: cards or a form, for the caller alone or for the channel; a file may come with it.

    `refused` says why nothing was done, where that is the answer: a form that stands open shows it at once.
    """

    cards: tuple[Card, ...] = ()
    visibility: Visibility = "caller"
    form: Form | None = None
    attachment: Attachment | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A day's edition: an opener and one reply a paper."""

    opener: Card
    replies: tuple[Card, ...] = ()


def join_spans(spans: Iterable[Span]) -> str:
    """The bare words of some spans."""
    return "".join(span.text for span in spans)


def element_text(element: Element) -> str:
    """What an element says, in plain words; empty for a divider."""
    match element:
        case Text(spans) | Context(spans):
            return join_spans(spans)
        case Row(spans):
            return join_spans(spans)
        case Fields(pairs):
            return "\n".join(f"{label}: {value}" for label, value in pairs)
        case Links(pairs):
            return " · ".join(f"{label} {url}" for label, url in pairs)
        case Image(_, alt):
            return alt
        case Buttons(buttons):
            return "  ".join(f"[{button.label}]" for button in buttons)
        case Select(placeholder, _):
            return f"[{placeholder}]"
        case Divider():
            return ""
        case Fold(otherwise=button):
            return f"[{button.label}]"
        case _:
            assert_never(element)


def without_folds(elements: Iterable[Element], keep: Callable[[Fold], bool] | None = None) -> Iterator[Element]:
    """The elements for a platform that cannot fold: a fold's button stands first in the next row of buttons, or in its place.

    Args:
        elements: of a card.
        keep: says of a fold that it can be shown as one after all.
    """
    listed = list(elements)
    last_row = max((n for n, one in enumerate(listed) if isinstance(one, Buttons)), default=-1)
    waiting: list[Button] = []
    for n, one in enumerate(listed):
        if isinstance(one, Fold) and not (keep and keep(one)):
            if n < last_row:
                waiting.append(one.otherwise)
            else:
                yield Buttons((one.otherwise,))
        elif isinstance(one, Buttons) and waiting:
            yield replace(one, buttons=(*waiting, *one.buttons))
            waiting = []
        else:
            yield one


_CONTROLS = (Buttons, Select, Divider, Fold)


def plain_text(card: Card) -> str:
    """The card as notification and screen-reader text: its words in order, without the controls. Never empty."""
    lines = [card.title]
    lines += [element_text(e) for e in card.elements if not isinstance(e, _CONTROLS)]
    return "\n".join(line for line in lines if line.strip()) or "Paper Round"
