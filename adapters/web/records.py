"""What the web room keeps in memory: channels, messages, completions. Knows nothing of HTTP or HTML."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.cards import Card, Form, Reply
from bot.completion import Completion
from bot.model import ChannelRef

Author = Literal["bot", "you"]


@dataclass(frozen=True, slots=True)
class WebChannel:
    """A channel of the page: where it is, its name without `#`, and the line under it."""

    ref: ChannelRef
    name: str
    topic: str


Complete = Callable[[str, ChannelRef], Awaitable[Sequence[Completion]]]
"""Given the text typed so far, and in which channel: how it may go on, best first."""

Preview = Callable[[Reply], list[dict[str, Any]]]
"""The payloads that another platform would receive for a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of the page; the timeline gives it its `id`.

    `channel` counts from 0; `thread` is the id of the opener it stands under. `text` is what was typed: the message
    itself where `author` is you, the command behind the answer where it is the bot. `after` is the message it stands
    right under instead of at the end. `revision` grows with each change.
    """

    id: str = ""
    channel: int
    thread: str | None = None
    author: Author = "bot"
    sent_at: datetime
    reply: Reply = field(default_factory=Reply)
    text: str = ""
    shared: bool = False
    after: str | None = None
    revision: int = 0
    replies: int = 0
    last_reply_at: datetime | None = None

    @property
    def private(self) -> bool:
        """Whether the person who asked is the only one who sees it."""
        return self.author == "bot" and self.reply.visibility == "caller"

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards of the answer."""
        return self.reply.cards


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A form that waits on the page to be filled in, and where its answer goes."""

    id: str
    form: Form
    channel: int
    thread: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a message: it is there (new or changed), or it is gone."""

    kind: Literal["message", "remove"]
    message: Message
