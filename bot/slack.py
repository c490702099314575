"""Wires Slack: its tokens, pages and addresses, and what its menus and its Home tab are filled from. Decides nothing itself."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

from pydantic import SecretStr

from adapters.http.health import Route
from adapters.slack.api import Api, Tokens
from adapters.slack.client import Begin, SlackAdapter
from adapters.slack.installs import Workspaces, uninstalled
from adapters.slack.listeners import OnRemoved
from adapters.slack.many import many_workspaces
from adapters.slack.mode import slack_mode
from adapters.slack.one import OneWorkspace
from adapters.slack.tokens import OneToken
from adapters.slack.wiring import Parts
from bot.app import App
from bot.cards import Card
from bot.completion import complete, zones
from bot.home import home
from bot.lately import lately
from bot.model import ChannelRef, Invocation
from bot.settings import Settings

T = TypeVar("T")


class Way(NamedTuple):
    """How tokens are had, what a removal leads to, which pages are open and what is made sure of at the start."""

    tokens: Tokens
    removed: OnRemoved
    pages: Sequence[Route] = ()
    begin: Begin | None = None


def make_slack(app: App, pool: Executor, *, grace_s: float = 10.0) -> SlackAdapter | None:
    """Slack, not yet connected; `None` where no setting of it is given.

    Args:
        app: what it answers from.
        pool: threads for what is looked up outside of commands.
        grace_s: how long answers under way may take to end when we are stopped.

    Raises:
        SettingsError: the settings contradict one another or leave something out.
    """
    settings = app.settings
    mode = slack_mode(settings)
    if not mode.is_on:
        return None
    workspaces = Workspaces(
        installs=app.installs, notes=app.notes, subscriptions=app.rounds.subscriptions, pool=pool, clock=app.clock
    )
    way = _many(settings, workspaces) if mode.many else _one(settings, workspaces)
    return SlackAdapter(
        Api(settings.slack_api_url, way.tokens),
        parts(app, pool, way.removed),
        app_token=_secret(settings.slack_app_token),
        signing_secret=_secret(settings.slack_signing_secret),
        pages=way.pages,
        begin=way.begin,
        grace_s=grace_s,
    )


def _one(settings: Settings, workspaces: Workspaces) -> Way:
    one = OneWorkspace(workspaces)
    return Way(OneToken(_secret(settings.slack_bot_token)), one.removed, begin=one.begin)


def _many(settings: Settings, workspaces: Workspaces) -> Way:
    tokens, pages = many_workspaces(
        workspaces,
        base_url=settings.slack_api_url,
        client_id=settings.slack_client_id,
        client_secret=_secret(settings.slack_client_secret),
        public_url=settings.public_url,
    )

    async def removed(workspace: str, at: datetime) -> None:
        await uninstalled(workspaces, workspace, at=at)
        tokens.forget(workspace)

    return Way(tokens, removed, pages=pages)


def parts(app: App, pool: Executor, removed: OnRemoved) -> Parts:
    """What Slack's listeners ask of the engine beside answers; `removed` is told when a workspace has removed us."""

    async def call(function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, partial(function, *args))

    async def choices(field: str, typed: str, asked: Invocation) -> Sequence[tuple[str, str]]:
        return await call(_choices, app, field, typed, asked)

    async def count(asked: Invocation) -> str:
        return await call(lambda: lately(asked.text, app.desk(asked)))

    async def page(asked: Invocation) -> Sequence[tuple[str, Card]]:
        return await call(lambda: home(app.desk(asked)))

    async def shared(channel: ChannelRef, outside: bool) -> None:
        await call(app.rounds.subscriptions.set_shared, channel, outside)

    return Parts(
        notes=app.notes,
        pool=pool,
        now=app.clock,
        choices=choices,
        count=count,
        home=page,
        removed=removed,
        shared=shared,
    )


def _choices(app: App, field: str, typed: str, asked: Invocation) -> list[tuple[str, str]]:
    if field == "zone":
        return [(zone, zone) for zone in zones(typed)]
    found = complete(f"/paper {typed}", app.desk(asked).library)
    named = [(one.label, one.value.removeprefix("/paper ")) for one in found]
    # What was typed itself may be a whole title, an id or a name with a typing error, which no completion holds.
    return [*named, *([(typed, typed)] if typed.strip() and typed not in dict(named) else [])]


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value else ""
