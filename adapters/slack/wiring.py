"""What the Slack adapter is put together from: given by bot/app's side, assembled here. Decides nothing."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from adapters.slack.api import Api
from adapters.slack.desk import Desk
from adapters.slack.files import Files
from adapters.slack.home import Home, HomeCards
from adapters.slack.listeners import Choices, Listeners, OnRemoved, OnShared
from adapters.slack.once import Once
from adapters.slack.people import People
from adapters.slack.places import Places
from adapters.slack.voice import Voice
from adapters.slack.windows import Count, Windows
from bot.installs import Notes
from bot.ports import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What listeners need beside the answers to commands.

    Args:
        notes: what all processes know of what came already.
        pool: threads for them.
        now: the present moment, UTC.
        choices: completes what is typed into a menu.
        count: what a query that is being typed would bring.
        home: the cards of somebody's own page.
        removed: told of a workspace that removed the app, and when.
        shared: told that another company reads a channel, or no longer does.
    """

    notes: Notes
    pool: Executor
    now: Callable[[], datetime]
    choices: Choices
    count: Count
    home: HomeCards
    removed: OnRemoved
    shared: OnShared


def assemble(parts: Parts, answer: Answer, api: Api, voice: Voice) -> Listeners:
    """The listeners, with everything behind them."""
    people, places, files = People(api), Places(api), Files(api)
    once = Once(parts.notes, parts.pool, parts.now)
    desk = Desk(answer, voice, people, places, files)
    return Listeners(
        desk=desk,
        windows=Windows(desk, voice, files, once, parts.count),
        home=Home(voice, people, parts.home),
        once=once,
        places=places,
        choices=parts.choices,
        removed=parts.removed,
        shared=parts.shared,
    )
