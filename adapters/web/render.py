"""Cards, messages and forms → HTML, every word escaped by jinja's autoescape. Knows nothing of HTTP."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, assert_never
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.web import sketch
from adapters.web.records import Message, OpenForm, Preview, WebChannel
from bot.cards import (
    Buttons,
    Card,
    Context,
    Divider,
    Element,
    Fields,
    Fold,
    Image,
    Links,
    Reply,
    Row,
    Select,
    Text,
    plain_text,
)
from bot.zones import zone_names

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLES = (
    ("/papers", "today’s papers"),
    ("/papers rl", "a topic, acronyms understood"),
    ("/paper LIBERO", "one paper by its name"),
    ("/papers subscribe", "the day’s papers, here"),
    ("/papers help", "everything there is"),
)


class Pages:
    """Renders everything the page shows.

    Args:
        previews: for each platform's name, what it would receive for a reply.
    """

    def __init__(self, previews: Mapping[str, Preview]) -> None:
        self._previews = previews
        self._jinja = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters["outside"] = outside
        self._jinja.filters["picture"] = picture
        self._jinja.filters["kind"] = kind
        self._jinja.filters["clock"] = clock
        self._jinja.filters["speech"] = speech

    @property
    def views(self) -> tuple[str, ...]:
        """The platforms whose payloads can be shown."""
        return tuple(self._previews)

    def page(self, channels: Sequence[WebChannel], messages: Sequence[Message], sample_note: str) -> str:
        """The whole page, with the first channel's messages already in it."""
        return self._jinja.get_template("page.html").render(
            channels=channels,
            messages=[self.message(message) for message in messages],
            empty=self.empty(channels[0]) if channels else "",
            views=self.views,
            sample_note=sample_note,
        )

    def message(self, message: Message, view: str = "") -> str:
        """One message. With `view` the bot's own words are shown as what that platform would receive."""
        return self._jinja.get_template("message.html").render(
            message=message, payloads=self._payloads(message.reply, view) if message.author == "bot" else None, view=view
        )

    def cards(self, cards: Sequence[Card]) -> str:
        """Cards alone, without the message around them."""
        return self._jinja.get_template("cards.html").render(cards=cards)

    def form(self, opened: OpenForm, view: str = "", channels: Sequence[WebChannel] = ()) -> str:
        """The inside of the dialog for a form; `channels` are those of the page, in their order."""
        payloads = self._payloads(Reply(form=opened.form), view)
        return self._jinja.get_template("form.html").render(
            opened=opened, payloads=payloads, view=view, channels=channels, zones=zone_names()
        )

    def empty(self, channel: WebChannel) -> str:
        """What a channel without messages shows."""
        return self._jinja.get_template("empty.html").render(channel=channel, examples=EXAMPLES)

    def _payloads(self, reply: Reply, view: str) -> list[dict[str, Any]] | None:
        preview = self._previews.get(view)
        if preview is None:
            return None
        return [
            {"json": json.dumps(payload, indent=2, ensure_ascii=False), "pieces": sketch.sketch(payload)}
            for payload in preview(reply)
        ]


def kind(element: Element) -> str:  # noqa: C901 - one case an element
    """The name of the macro that draws an element."""
    match element:
        case Text():
            return "text"
        case Context():
            return "context"
        case Fields():
            return "fields"
        case Links():
            return "links"
        case Image():
            return "image"
        case Buttons():
            return "buttons"
        case Row():
            return "row"
        case Select():
            return "select"
        case Divider():
            return "divider"
        case Fold():
            return "fold"
        case _:
            assert_never(element)


def outside(url: str | None) -> str | None:
    """The URL if it is a web address that may be linked to, else nothing: never `javascript:` or a path of ours."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def picture(url: str) -> str | None:
    """The URL if the page's own content policy lets it be shown as a picture."""
    return url if outside(url) and url.lower().startswith("https:") else None


def clock(moment: datetime) -> str:
    """A moment as the machine-readable `datetime` of a `<time>`; the page turns it into local time."""
    return moment.isoformat(timespec="seconds")


def speech(cards: Sequence[Card]) -> str:
    """The first lines of an answer, to be read aloud when it arrives."""
    return " ".join(" ".join(plain_text(card).split("\n")[:2]) for card in cards[:1])[:300]
