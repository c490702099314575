"""The Bolt app: every request of Slack's is acknowledged at once and handed on. The only place that knows Bolt's listeners.

Who may speak for a workspace is looked up after the acknowledgement, so `authorize` here asks nobody: nothing of a request
waits for the database or for Slack before it is answered.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.api import Api, quiet
from adapters.slack.asks import (
    Ask,
    read_command,
    read_control,
    read_direct,
    read_mention,
    read_message,
    read_old_press,
    read_press,
)
from adapters.slack.desk import PLATFORM, Desk
from adapters.slack.home import Home
from adapters.slack.once import Once
from adapters.slack.payload import Misread
from adapters.slack.places import Places
from adapters.slack.tidings import (
    Typing,
    read_ended,
    read_opened,
    read_sharing,
    read_shortcut,
    read_submitted,
    read_suggestion,
    read_typing,
)
from adapters.slack.views import NAME, options
from adapters.slack.windows import Ack, Windows
from bot.cards import Reply
from bot.errors import BotError
from bot.model import ChannelRef, Invocation
from bot.views.notices import old_button_card

ANY: Final = re.compile(r".*", re.DOTALL)
CHOICES_S: Final = 2.5
LIVE: Final = "input:"
ZONE: Final = "zone"

_T = TypeVar("_T")
Body = dict[str, Any]
Choices = Callable[[str, str, Invocation], Awaitable[Sequence[tuple[str, str]]]]
"""What a field ("name", "zone") may be, as (label, value), for what was typed so far."""
OnRemoved = Callable[[str, datetime], Awaitable[object]]
OnShared = Callable[[ChannelRef, bool], Awaitable[None]]

_log = structlog.get_logger()


class Listeners:
    """What each kind of request is handed to.

    Args:
        desk: answers commands.
        windows: forms.
        home: the Home tab.
        once: tells what came already.
        places: forgets what has changed.
        choices: completes what is typed into a menu.
        removed: told of a workspace that removed the app, and when.
        shared: told that another company reads a channel, or no longer does.
    """

    def __init__(  # noqa: PLR0913 - all of it is wired once
        self,
        *,
        desk: Desk,
        windows: Windows,
        home: Home,
        once: Once,
        places: Places,
        choices: Choices,
        removed: OnRemoved,
        shared: OnShared,
    ) -> None:
        self._desk = desk
        self._windows = windows
        self._home = home
        self._once = once
        self._places = places
        self._choices = choices
        self._removed = removed
        self._shared = shared
        self._under_way: set[asyncio.Task[None]] = set()

    async def end(self, within_s: float) -> None:
        """Let the answers under way end, for so many seconds; then they end without."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within_s)
        late = set(self._under_way)  # also what began meanwhile
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def add_to(self, app: AsyncApp) -> None:
        """Listen to everything that the manifest asks for; what is not known is acknowledged and left."""
        app.command(ANY)(self.command)
        app.shortcut("add_papers")(self.message)
        app.shortcut("find_paper")(self.find)
        app.shortcut(ANY)(self.other)
        app.view(ANY)(self.submitted)
        app.options(ANY)(self.completed)
        app.action(ANY)(self.pressed)
        app.event("app_mention")(self.mentioned)
        app.event("message")(self.written)
        app.event("app_home_opened")(self.opened)
        for name in ("app_uninstalled", "tokens_revoked"):
            app.event(name)(self.uninstalled)
        for name in ("channel_shared", "channel_unshared"):
            app.event(name)(self.sharing)
        app.event(ANY)(self.other)

    async def command(self, ack: Ack, body: Body) -> None:
        """A slash command."""
        await ack()
        if ask := self._read(read_command, body):
            self._begin(self._taken(ask))

    async def message(self, ack: Ack, body: Body) -> None:
        """The shortcut on a message."""
        await ack()
        if ask := self._read(read_message, body):
            self._begin(self._taken(ask))

    async def find(self, ack: Ack, body: Body) -> None:
        """The global shortcut."""
        await ack()
        if wish := self._read(read_shortcut, body):
            self._begin(self._windows.find(*wish))

    async def pressed(self, ack: Ack, body: Body) -> None:
        """A button, a menu, or a letter typed into a field that is checked meanwhile."""
        await ack()
        control = self._read(read_control, body)
        if control is None or control in (NAME, ZONE):
            return  # a choice in a form that is not sent yet
        if control.startswith(LIVE):
            if body.get("view") and (typing := self._read(read_typing, body)):
                self._begin(self._windows.typed(typing))
            return
        if ask := self._read(read_press, body):
            self._begin(self._taken(ask))
        elif old := self._read(read_old_press, body):
            self._begin(self._explain_old(old))

    async def submitted(self, ack: Ack, body: Body) -> None:
        """A form that was sent: acknowledged within it, since only then can it show what is wrong."""
        if sent := self._read(read_submitted, body):
            self._begin(self._windows.submitted(sent, ack))
        else:
            await ack()

    async def completed(self, ack: Ack, body: Body) -> None:
        """What may follow in a menu; an empty one where that takes too long."""
        if asked := self._read(read_suggestion, body):
            self._begin(self._complete(asked, ack))
        else:
            await ack(options=[])

    async def mentioned(self, ack: Ack, body: Body) -> None:
        """Somebody wrote to us in a channel."""
        await ack()
        if ask := self._read(read_mention, body):
            self._begin(self._taken(ask))

    async def written(self, ack: Ack, body: Body) -> None:
        """Somebody wrote to us alone."""
        await ack()
        if ask := self._read(read_direct, body):
            self._begin(self._taken(ask))

    async def opened(self, ack: Ack, body: Body) -> None:
        """Somebody looks at our Home tab."""
        await ack()
        if seen := self._read(read_opened, body):
            self._begin(self._home.show(seen.team, seen.user))

    async def uninstalled(self, ack: Ack, body: Body) -> None:
        """The app was removed from a workspace, or our token was revoked."""
        await ack()
        if ended := self._read(read_ended, body):
            self._begin(self._removed(ended.workspace, ended.at))

    async def sharing(self, ack: Ack, body: Body) -> None:
        """A channel is read by another company from now on, or no longer."""
        await ack()
        if told := self._read(read_sharing, body):
            self._places.forget(told.team, told.channel)
            channel = ChannelRef(platform=PLATFORM, workspace=told.team.workspace, channel=told.channel)
            self._begin(self._shared(channel, told.still))

    async def other(self, ack: Ack) -> None:
        """Nothing that we do anything about."""
        await ack()

    async def _taken(self, ask: Ask) -> None:
        if await self._once.first(ask.key):
            await self._desk.take(ask)

    async def _explain_old(self, ask: Ask) -> None:
        """A button of a version that is no more: what to type instead."""
        if await self._once.first(ask.key):
            await self._desk.put(ask, Reply(cards=(old_button_card(),)))

    async def _complete(self, asked: Typing, ack: Ack) -> None:
        found: Sequence[tuple[str, str]] = ()
        field = ZONE if asked.action_id.endswith(ZONE) else NAME
        channel = ChannelRef(platform=PLATFORM, workspace=asked.team.workspace, channel="")
        invocation = Invocation(text="", channel=channel, user=asked.user, guest=asked.stranger)
        try:
            async with asyncio.timeout(CHOICES_S):
                found = await self._choices(field, asked.text, invocation)
        except (BotError, TimeoutError) as error:
            _log.warning("choices_not_found", field=field, error=str(error) or repr(error))
        await ack(options=options(found))

    def _read(self, read: Callable[[Body], _T], body: Body) -> _T | None:
        """What a payload tells; `None`, and a line in the log, where it is not what every one of its kind is."""
        try:
            return read(body)
        except Misread as error:
            _log.info("slack_request_misread", error=str(error))
            return None

    def _begin(self, work: Awaitable[object]) -> None:
        """Do it in a task of its own, which is kept until it ends; an error is a line in the log."""

        async def done() -> None:
            try:
                await work
            except BotError as error:
                _log.warning("slack_request_failed", error=str(error))
            except Exception:  # noqa: BLE001 - the border: the listener has ended long ago
                _log.exception("slack_request_failed")

        task = asyncio.create_task(done(), name="slack")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def build(listeners: Listeners, api: Api, *, signing_secret: str) -> AsyncApp:
    """The Bolt app with these listeners.

    Args:
        listeners: where requests go.
        api: how Slack is called.
        signing_secret: proves that a request over HTTP is Slack's; Socket Mode needs none.
    """
    app = AsyncApp(
        name="Paper Round",
        client=api.client(None),
        signing_secret=signing_secret,
        authorize=_authorize,
        logger=quiet,
        request_verification_enabled=True,
        ignoring_self_events_enabled=False,  # told by their bot_id, since nobody was asked who we are
        attaching_function_token_enabled=False,
    )
    listeners.add_to(app)
    return app


async def _authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
