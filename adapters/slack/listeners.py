"""The Bolt app: every request of Slack's is acknowledged at once and handed on. The only place that knows Bolt's listeners.

Who may speak for a workspace is looked up after the acknowledgement, so `authorize` here asks nobody: nothing of a request
waits for the database or for Slack before it is answered.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.api import Api, quiet
from adapters.slack.asks import Ask, read_command, read_direct, read_mention, read_message, read_press, read_team
from adapters.slack.desk import PLATFORM, Desk
from adapters.slack.home import Home
from adapters.slack.installs import ends_installation
from adapters.slack.once import Once
from adapters.slack.places import Places
from adapters.slack.views import NAME, options
from adapters.slack.windows import Ack, Windows
from bot.cards import Reply
from bot.model import ChannelRef, Invocation
from bot.views.notices import old_button_card

ANY: Final = re.compile(r".*", re.DOTALL)
CHOICES_S: Final = 2.5
LIVE: Final = "input:"
ZONE: Final = "zone"

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
            _, late = await asyncio.wait(self._under_way, timeout=within_s)
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
        self._begin(self._taken(read_command(body)))

    async def message(self, ack: Ack, body: Body) -> None:
        """The shortcut on a message."""
        await ack()
        self._begin(self._taken(read_message(body)))

    async def find(self, ack: Ack, body: Body) -> None:
        """The global shortcut."""
        await ack()
        self._begin(self._windows.find(body))

    async def pressed(self, ack: Ack, body: Body) -> None:
        """A button, a menu, or a letter typed into a field that is checked meanwhile."""
        await ack()
        action_id = str(body["actions"][0].get("action_id") or "")
        if action_id.startswith(LIVE) and body.get("view"):
            self._begin(self._windows.typed(body))
            return
        if action_id in (NAME, ZONE) or action_id.startswith(LIVE):
            return  # a choice in a form that is not sent yet
        ask = read_press(body)
        self._begin(self._taken(ask) if ask else self._explain_old(body))

    async def submitted(self, ack: Ack, body: Body) -> None:
        """A form that was sent: acknowledged within it, since only then can it show what is wrong."""
        await self._windows.submitted(body, ack)

    async def completed(self, ack: Ack, body: Body) -> None:
        """What may follow in a menu; an empty one where that takes too long."""
        team = read_team(body)
        field = ZONE if str(body.get("action_id") or "").endswith(ZONE) else NAME
        user = body["user"]
        stranger = bool(user.get("team_id")) and user["team_id"] != team.id
        channel = ChannelRef(platform=PLATFORM, workspace=team.workspace, channel="")
        asked = Invocation(text="", channel=channel, user=user["id"], guest=stranger)
        found: Sequence[tuple[str, str]] = ()
        try:
            async with asyncio.timeout(CHOICES_S):
                found = await self._choices(field, str(body.get("value") or ""), asked)
        except TimeoutError:
            _log.warning("choices_too_slow", field=field)
        await ack(options=options(found))

    async def mentioned(self, ack: Ack, body: Body) -> None:
        """Somebody wrote to us in a channel."""
        await ack()
        if not body["event"].get("bot_id") and body["event"].get("user"):
            self._begin(self._taken(read_mention(body)))

    async def written(self, ack: Ack, body: Body) -> None:
        """Somebody wrote to us alone."""
        await ack()
        if (ask := read_direct(body)) is not None:
            self._begin(self._taken(ask))

    async def opened(self, ack: Ack, body: Body) -> None:
        """Somebody looks at our Home tab."""
        await ack()
        if body["event"].get("tab") == "home":
            self._begin(self._home.show(read_team(body), body["event"]["user"]))

    async def uninstalled(self, ack: Ack, body: Body) -> None:
        """The app was removed from a workspace, or our token was revoked; of people's own tokens we have none."""
        await ack()
        if ends_installation(body["event"]):
            at = datetime.fromtimestamp(int(body.get("event_time") or time.time()), UTC)
            self._begin(self._removed(read_team(body).workspace, at))

    async def sharing(self, ack: Ack, body: Body) -> None:
        """A channel is read by another company from now on, or no longer."""
        await ack()
        team, event = read_team(body), body["event"]
        self._places.forget(team, str(event["channel"]))
        channel = ChannelRef(platform=PLATFORM, workspace=team.workspace, channel=str(event["channel"]))
        still = event["type"] == "channel_shared" or bool(event.get("is_ext_shared"))
        self._begin(self._shared(channel, still))

    async def other(self, ack: Ack) -> None:
        """Nothing that we do anything about."""
        await ack()

    async def _taken(self, ask: Ask) -> None:
        if await self._once.first(ask.key):
            await self._desk.take(ask)

    async def _explain_old(self, body: Body) -> None:
        """A button of a version that is no more: what to type instead."""
        place = (body.get("channel") or {}).get("id") or ""
        ask = Ask(
            key=f"a:{body.get('trigger_id', '')}",
            team=read_team(body),
            user=body["user"]["id"],
            command="/papers help",
            channel=place,
            response_url=body.get("response_url") or "",
            trigger=body.get("trigger_id") or "",
        )
        if await self._once.first(ask.key):
            await self._desk.put(ask, Reply(cards=(old_button_card(),)))

    def _begin(self, work: Awaitable[object]) -> None:
        """Do it in a task of its own, which is kept until it ends; an error is a line in the log."""

        async def done() -> None:
            try:
                await work
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
