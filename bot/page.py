"""Wires the page on this machine: its channels, completions and what other platforms would be sent."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor

from adapters.discord.render import render_reply as discord
from adapters.slack.render import render_reply as slack
from adapters.web.client import WebAdapter, WebChannel
from bot.app import App
from bot.completion import Completion, complete, needs_subscriptions
from bot.model import ChannelRef

HOST = "127.0.0.1"
PAPERS = ChannelRef(platform="web", workspace="team", channel="papers")
ROBOTICS = ChannelRef(platform="web", workspace="team", channel="robotics")
PLAYGROUND = ChannelRef(platform="web", workspace="team", channel="playground")


def make_page(app: App, pool: Executor, *, port: int, sample_note: str = "") -> WebAdapter:
    """The page, not yet open. It has no password, so it listens to this machine only.

    Args:
        app: what it answers from.
        pool: threads for completions.
        port: the port; 0 takes any free one.
        sample_note: a line for the sidebar, such as where the papers come from.
    """

    def completed(text: str, channel: ChannelRef) -> Sequence[Completion]:
        library = app.library.seen_by(channel.space)  # everybody at this page is of its one workspace
        return complete(text, library, app.rounds.subscriptions.of_channel(channel) if needs_subscriptions(text) else ())

    async def completions(text: str, channel: ChannelRef) -> Sequence[Completion]:
        return await asyncio.get_running_loop().run_in_executor(pool, completed, text, channel)

    return WebAdapter(
        host=HOST,
        port=port,
        channels=(
            WebChannel(PAPERS, "papers", "The day’s papers"),
            WebChannel(ROBOTICS, "robotics", "Robots that learn; subscribe it to what you like"),
            WebChannel(PLAYGROUND, "playground", "Try any command here"),
        ),
        complete=completions,
        previews={"Slack": slack, "Discord": discord},
        now=app.clock,
        sample_note=sample_note,
    )
