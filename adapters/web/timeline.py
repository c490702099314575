"""The page's messages, in memory and bounded, and those who watch them change. Knows nothing of HTTP or HTML.

Everything here runs on one event loop and never awaits between reading and writing, so no lock is needed.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from adapters.web.records import Change, Message
from bot.cards import Reply

KEPT = 500  # messages a channel or thread keeps; the oldest leave first
WATCHERS = 32  # open pages at once
BACKLOG = 256  # changes a slow page may be behind before it is sent away to load afresh

Place = tuple[int, str | None]
Queue = asyncio.Queue[Change | None]


class Timeline:
    """The message log of every channel and thread."""

    def __init__(self) -> None:
        # Ids differ from one start to the next, so a page that outlived a restart never mistakes one message for another.
        self._start = secrets.token_hex(3)
        self._count = 0
        self._messages: dict[str, Message] = {}
        self._places: dict[Place, list[str]] = {}
        self._watchers: set[Queue] = set()
        self._closed = False

    def get(self, id: str) -> Message | None:
        """The message with this id, if it is still kept."""
        return self._messages.get(id)

    def listing(self, channel: int, thread: str | None = None) -> list[Message]:
        """The messages of a channel, or of one thread in it, oldest first."""
        return [self._messages[id] for id in self._places.get((channel, thread), ())]

    def add(self, draft: Message) -> Message:
        """Append a message under an id of its own and tell everyone who watches."""
        self._count += 1
        message = replace(draft, id=f"{self._start}-{self._count}")
        self._messages[message.id] = message
        place = self._places.setdefault((message.channel, message.thread), [])
        place.insert(place.index(message.after) + 1 if message.after in place else len(place), message.id)
        self._tell(Change("message", message))
        if message.thread is not None:
            self._count_reply(message.thread)
        if len(place) > KEPT:
            self.remove(place[0])
        return message

    def change(self, id: str, reply: Reply) -> Message | None:
        """Put another answer in a message's place; who can see it stays as it was. `None` where it is gone."""
        old = self._messages.get(id)
        if old is None:
            return None
        return self._put(replace(old, reply=replace(reply, visibility=old.reply.visibility)))

    def remove(self, id: str) -> None:
        """Take a message away, with the thread under it."""
        message = self._messages.pop(id, None)
        if message is None:
            return
        self._places[message.channel, message.thread].remove(id)
        for reply in self._places.pop((message.channel, id), ()):
            self._messages.pop(reply, None)
        self._tell(Change("remove", message))
        if message.thread is not None:
            self._count_reply(message.thread)

    @contextmanager
    def watch(self) -> Iterator[Queue | None]:
        """A queue of what changes from now on; `None` in it means: no more. No queue where too many watch already."""
        if self._closed or len(self._watchers) >= WATCHERS:
            yield None
            return
        queue: Queue = asyncio.Queue(BACKLOG)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    def close(self) -> None:
        """Send everyone who watches away."""
        self._closed = True
        for queue in tuple(self._watchers):
            self._send_away(queue)

    def _count_reply(self, opener_id: str) -> None:
        opener = self._messages.get(opener_id)
        if opener is None:
            return
        public = [message for message in self.listing(opener.channel, opener_id) if not message.private]
        last = public[-1].sent_at if public else None
        self._put(replace(opener, replies=len(public), last_reply_at=last))

    def _put(self, message: Message) -> Message:
        message = replace(message, revision=message.revision + 1)
        self._messages[message.id] = message
        self._tell(Change("message", message))
        return message

    def _tell(self, change: Change) -> None:
        for queue in tuple(self._watchers):
            try:
                queue.put_nowait(change)
            except asyncio.QueueFull:
                self._send_away(queue)

    def _send_away(self, queue: Queue) -> None:
        self._watchers.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
