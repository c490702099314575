"""The Home tab: a person's own page, made anew whenever they look. Knows no commands."""

from collections.abc import Awaitable, Callable, Sequence

from adapters.slack.api import Team
from adapters.slack.people import People
from adapters.slack.render import home_view
from adapters.slack.voice import Voice
from bot.cards import Card
from bot.model import ChannelRef, Invocation

HomeCards = Callable[[Invocation], Awaitable[Sequence[tuple[str, Card]]]]
"""The cards of somebody's page, each with the channel it is about."""


class Home:
    """Shows people their page.

    Args:
        voice: publishes it.
        people: whether they belong here.
        cards: what it holds.
    """

    def __init__(self, voice: Voice, people: People, cards: HomeCards) -> None:
        self._voice = voice
        self._people = people
        self._cards = cards

    async def show(self, team: Team, user: str) -> None:
        """Publish somebody's page.

        Raises:
            AdapterError: Slack did not take it, or does not say who they are.
        """
        person = await self._people.person(team, user)
        channel = ChannelRef(platform="slack", workspace=team.workspace, channel="")
        asked = Invocation(text="", channel=channel, user=user, zone=person.zone, guest=person.stranger)
        shown = await self._cards(asked)
        await self._voice.publish(team, user, home_view([card for _, card in shown], [place for place, _ in shown]))
