"""Wires Discord: completions, notes, and what is resumed when a server lets us in again."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

from pydantic import SecretStr

from adapters.discord.client import DiscordAdapter
from adapters.discord.errors import CURABLE
from bot.app import App
from bot.completion import Completion, complete, needs_subscriptions
from bot.model import Invocation


def make_discord(app: App, pool: Executor, token: SecretStr) -> DiscordAdapter:
    """Discord, not yet connected.

    Args:
        app: what it answers from.
        pool: threads for completions, notes and resuming.
        token: the bot's token.
    """

    def completed(text: str, asked: Invocation) -> Sequence[Completion]:
        wanted = needs_subscriptions(text, guest=asked.guest)
        mine = app.rounds.subscriptions.of_channel(asked.channel) if wanted else ()
        return complete(text, app.library.seen_by(asked.viewer), mine)

    async def completions(text: str, asked: Invocation) -> Sequence[Completion]:
        return await asyncio.get_running_loop().run_in_executor(pool, completed, text, asked)

    async def came_back(server: str) -> None:
        await asyncio.get_running_loop().run_in_executor(pool, partial(resume_server, app, server))

    return DiscordAdapter(
        token=token.get_secret_value(),
        complete=completions,
        notes=app.notes,
        pool=pool,
        now=app.clock,
        came_back=came_back,
        api=app.settings.discord_api_url,
    )


def resume_server(app: App, server: str) -> int:
    """Let what was paused in a server for want of leave run again; how many subscriptions that were."""
    resume = app.rounds.subscriptions.resume_workspace
    return sum(resume("discord", server, reason, app.clock()) for reason in CURABLE)
