"""Says cards in Slack: in a channel, to one person, over a response URL, in a window. Knows no commands and no payloads.

A card is tried with the blocks of 2026 first. They are rolled out workspace by workspace, so where Slack refuses them
(`invalid_blocks`) the same card goes in classic ones, and the workspace is not asked again for a day.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import orjson
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits
from adapters.slack.api import Api, Team
from adapters.slack.asks import SHARED
from adapters.slack.faults import INVALID_BLOCKS, Rejected, Removed, Unreachable, of_name, translated
from adapters.slack.render import render_card, render_update
from adapters.slack.text import escape, plain
from bot.cards import Card
from bot.spans import clean_line

PLAIN_KEPT_S: Final = 86_400.0

_T = TypeVar("_T")
Message = dict[str, Any]


class Voice:
    """Sends messages and opens windows.

    Args:
        api: how Slack is called.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._plain: dict[str, float] = {}

    async def say(
        self, team: Team, card: Card, send: Callable[[Message], Awaitable[_T]], *, begin: int = 0, in_place: bool = False
    ) -> list[_T]:
        """Send the messages of a card with `send`, in order, from the message `begin` (of 0) on.

        `in_place`: it takes the place of a message, so it is one message, whose end says if there is more.

        Raises:
            AdapterError: one was not taken; those before it were.
        """
        sent: list[_T] = []
        if begin == 0 and self.is_modern(team):
            first, *rest = _rendered(card, True, in_place)
            try:
                sent.append(await send(first))
            except Rejected as error:
                if error.name not in INVALID_BLOCKS:
                    raise
                self._plain[team.workspace] = time.monotonic()
            else:
                return sent + [await send(message) for message in rest]
        return sent + [await send(message) for message in _rendered(card, self.is_modern(team), in_place)[begin:]]

    async def post(self, team: Team, channel: str, message: Message, *, thread: str = "") -> str:
        """Post a message once and for all to see; its timestamp, which is its name.

        Raises:
            AdapterError: it was not taken, or nobody knows whether it was.
        """
        client = await self._api.posting(team)
        try:
            return await self._post(client, team, channel, message, thread)
        except Removed:
            newer = await self._api.posting(team)  # it may have been installed again, through another process
            if newer.token == client.token:
                raise
            return await self._post(newer, team, channel, message, thread)

    async def whisper(self, team: Team, channel: str, user: str, message: Message, *, thread: str = "") -> None:
        """Show a message to one person in a channel, for as long as they look.

        Raises:
            AdapterError: it was not taken: they, or we, are not in the channel.
        """
        client = await self._api.asking(team)
        kept = {key: value for key, value in message.items() if key in ("text", "blocks")}
        with self._calling(team):
            await client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread or None, **kept)

    async def respond(self, response_url: str, message: Message, *, kind: str = "ephemeral", replace: bool = False) -> None:
        """Answer an interaction over its response URL: 5 times within 30 minutes.

        Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses

        Raises:
            AdapterError: it was not taken.
        """
        if not self._api.is_slacks(response_url):
            raise Unreachable("The address for the answer is not Slack's. It was not used.")
        body = {**message, "replace_original": replace, **({} if replace else {"response_type": kind})}
        with translated():
            answer = await self._api.webhook(response_url).send_dict(body)
        name = _refusal(answer.body or "")
        if answer.status_code >= 400 or name:
            raise of_name(name or f"status {answer.status_code}", status=answer.status_code, headers=answer.headers or {})

    async def link(self, team: Team, channel: str, ts: str) -> str | None:
        """Where a person finds a message; `None` where Slack does not say, since a message is worth more than its link."""
        client = await self._api.asking(team)
        try:
            with translated():
                answer = await client.chat_getPermalink(channel=channel, message_ts=ts)
        except Exception:  # noqa: BLE001 - whatever it is, the message is out
            return None
        return str(answer.get("permalink") or "") or None

    async def open(self, team: Team, trigger: str, view: Message, *, on_top: bool = False) -> None:
        """Open a window, on top of the one that stands there.

        Raises:
            AdapterError: it was not opened: the trigger has expired, or was used.
        """
        client = await self._api.posting(team)
        with self._calling(team):
            await (client.views_push if on_top else client.views_open)(trigger_id=trigger, view=view)

    async def change(self, team: Team, view_id: str, known: str, view: Message) -> None:
        """Change a window; not if it has changed since it was known by this hash.

        Raises:
            AdapterError: it was not changed.
        """
        client = await self._api.posting(team)
        with self._calling(team):
            await client.views_update(view_id=view_id, view=view, hash=known or None)

    async def publish(self, team: Team, user: str, view: Message) -> None:
        """Show somebody their Home tab.

        Raises:
            AdapterError: Slack did not take it.
        """
        client = await self._api.asking(team)
        with self._calling(team):
            await client.views_publish(user_id=user, view=view)

    def is_modern(self, team: Team) -> bool:
        """Whether the workspace is thought to take the blocks of 2026."""
        refused_at = self._plain.get(team.workspace)
        return refused_at is None or time.monotonic() - refused_at > PLAIN_KEPT_S

    async def _post(self, client: AsyncWebClient, team: Team, channel: str, message: Message, thread: str) -> str:
        with self._calling(team):
            answer = await client.chat_postMessage(channel=channel, thread_ts=thread or None, **message)
        return str(answer.get("ts") or "")

    @contextmanager
    def _calling(self, team: Team) -> Iterator[None]:
        """Errors become ours; a token that Slack does not take any more is looked up anew next time."""
        try:
            with translated():
                yield
        except Removed:
            self._api.forget(team)
            raise


def _rendered(card: Card, modern: bool, in_place: bool) -> list[Message]:
    return [render_update(card, modern=modern)] if in_place else render_card(card, modern=modern)


def shared_by(message: Message, name: str) -> list[Message]:
    """A message under a line that says who shared it; the name is plain text, so nobody is mentioned."""
    words = f"Shared by {clean_line(name)}" if name else "Shared"
    line = {"type": "context", "block_id": f"{SHARED}1", "elements": [plain(words)]}
    if len(message["blocks"]) < limits.BLOCKS_PER_MESSAGE:
        return [{**message, "blocks": [line, *message["blocks"]]}]
    return [{**message, "text": escape(words), "blocks": [line]}, message]


def _refusal(body: str) -> str:
    """Slack's name of what is wrong, from JSON or bare text; empty where all is well."""
    if body in ("", "ok"):
        return ""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.strip()[:80] if body.replace("_", "").strip().isalnum() else ""
    if isinstance(answer, dict) and answer.get("ok") is False:
        return str(answer.get("error") or "unknown")[:80]
    return ""
