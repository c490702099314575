"""What happens when somebody types or presses: ask `answer()`, then put the answer where it belongs. Knows no HTTP, no HTML."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.web.records import Message, OpenForm, WebChannel
from adapters.web.timeline import Timeline
from bot.cards import BESIDE, Effect, Form, Reply
from bot.model import Invocation
from bot.ports import Answer

USER = "you"
FORMS = 64  # forms that may be open at once; the oldest is forgotten first


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A command as it came from the page. `message` is the one whose button was pressed, if any; `zone` the browser's own.

    `document` is a text or file that a form took, with the file's name.
    """

    channel: int
    command: str
    effect: Effect = "reply"
    message: str | None = None
    thread: str | None = None
    zone: str = ""
    document: bytes = b""
    document_name: str = ""


class Desk:
    """Takes commands from the page.

    Args:
        answer: answers an invocation, never raises.
        timeline: where answers are put.
        channels: the channels of the page, in order.
        now: the present moment, UTC-aware.
    """

    def __init__(self, answer: Answer, timeline: Timeline, channels: Sequence[WebChannel], now: Callable[[], datetime]) -> None:
        self._answer = answer
        self._timeline = timeline
        self._channels = channels
        self._now = now
        self._forms: dict[str, OpenForm] = {}

    async def take(self, ask: Ask) -> Message | OpenForm:
        """Answer a command: the message that now shows the answer, or the form to fill in first."""
        if not self._is_thread(ask):
            ask = replace(ask, thread=None)
        if not ask.command.startswith("/"):
            said = Message(channel=ask.channel, thread=ask.thread, author="you", sent_at=self._now(), text=ask.command)
            self._timeline.add(said)
        ref = self._channels[ask.channel].ref
        asked = Invocation(text=ask.command, channel=ref, user=USER, zone=ask.zone, private=self._is_private(ask))
        reply = await self._answer(replace(asked, document=ask.document, document_name=ask.document_name))
        if reply.form is not None:
            return self._open(ask, reply.form)
        if ask.effect == "update" and ask.message is not None:
            changed = self._timeline.change(ask.message, reply)
            if changed is not None:
                return changed
        return self._post(ask, reply)

    async def submit(
        self, form: str, values: Mapping[str, str], zone: str = "", file_name: str = ""
    ) -> Message | OpenForm | None:
        """Answer a filled-in form; `None` where that form is no longer open. The values stay the form's own to order.

        A form that asks for a channel acts in the chosen one, and is answered there.
        """
        opened = self._forms.get(form)
        if opened is None:
            return None
        beside = {field.kind: values.get(field.name, "") for field in opened.form.inputs if field.kind in BESIDE}
        channel = self._chosen(beside.get("channel", ""), opened.channel)
        ask = Ask(
            channel=channel,
            command=opened.form.fill(values),
            thread=opened.thread if channel == opened.channel else None,
            zone=zone,
            document=beside.get("document", "").encode("utf-8", "replace"),
            document_name=file_name,
        )
        return await self.take(ask)

    def opened(self, form: str) -> OpenForm | None:
        """The form with this id, if it is still open."""
        return self._forms.get(form)

    def _chosen(self, value: str, otherwise: int) -> int:
        """The number of a channel as the form sent it; the one the form was opened in where it is none of the page's."""
        known = value in {str(n) for n in range(len(self._channels))}
        return int(value) if known else otherwise

    def _post(self, ask: Ask, reply: Reply) -> Message:
        shared = ask.effect == "share"
        private = reply.visibility == "caller" and not shared
        message = Message(
            channel=ask.channel,
            thread=None if shared else ask.thread,
            sent_at=self._now(),
            reply=replace(reply, visibility="channel") if shared else reply,
            text=ask.command if ask.command.startswith("/") else "",
            shared=shared,
            after=ask.message if private and self._stands_in_thread(ask) else None,
        )
        return self._timeline.add(message)

    def _is_private(self, ask: Ask) -> bool:
        """Whether nobody else will see the answer: it is not shared, and changes no message that others see."""
        changed = self._timeline.get(ask.message) if ask.effect == "update" and ask.message is not None else None
        return ask.effect != "share" and (changed is None or changed.private)

    def _is_thread(self, ask: Ask) -> bool:
        opener = self._timeline.get(ask.thread) if ask.thread is not None else None
        return opener is not None and opener.thread is None and opener.channel == ask.channel

    def _stands_in_thread(self, ask: Ask) -> bool:
        """Under forty replies an answer at the end would lose the reader's place: it goes under the button instead."""
        pressed = self._timeline.get(ask.message) if ask.message is not None else None
        return pressed is not None and pressed.thread is not None and pressed.thread == ask.thread

    def _open(self, ask: Ask, form: Form) -> OpenForm:
        opened = OpenForm(id=secrets.token_urlsafe(9), form=form, channel=ask.channel, thread=ask.thread)
        self._forms[opened.id] = opened
        while len(self._forms) > FORMS:
            self._forms.pop(next(iter(self._forms)))
        return opened
