"""Whether we may post in a channel, before somebody subscribes it: are we in it, may we join, who else reads it."""

from dataclasses import dataclass
from typing import Final, Literal

from adapters.slack.api import Api, Team
from adapters.slack.asks import JOIN
from adapters.slack.faults import Gone, translated
from adapters.slack.kept import Kept
from bot.cards import Button, Buttons, Card, Span, Text

KEPT_S: Final = 60.0
PLACES: Final = 10_000

Standing = Literal["in", "may_join", "invite", "archived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel as we stand to it. `outside`: another company reads it too."""

    standing: Standing
    outside: bool = False


class Places:
    """Looks channels up, each once a minute.

    Args:
        api: how Slack is asked.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: Kept[tuple[Team, str], Place] = Kept(KEPT_S, PLACES)

    async def place(self, team: Team, channel: str) -> Place:
        """How we stand to a channel. A conversation with one person alone is always open to us.

        Raises:
            AdapterError: Slack does not say.
        """
        if channel.startswith("D"):
            return Place(standing="in")
        known = self._known.get((team, channel))
        if known is not None:
            return known
        place = await self._ask(team, channel)
        if place.standing == "in":  # anything else is about to be mended
            self._known.put((team, channel), place)
        return place

    async def join(self, team: Team, channel: str) -> None:
        """Go into a public channel.

        Raises:
            ChannelGone: it is not public, or archived, or we may not.
            AdapterError: Slack does not answer.
        """
        self._known.drop((team, channel))
        client = await self._api.asking(team)
        with translated():
            await client.conversations_join(channel=channel)

    def forget(self, team: Team, channel: str) -> None:
        """What was known of a channel has changed."""
        self._known.drop((team, channel))

    async def _ask(self, team: Team, channel: str) -> Place:
        client = await self._api.asking(team)
        try:
            with translated():
                answer = await client.conversations_info(channel=channel)
        except Gone as error:
            if error.name != "channel_not_found":
                raise
            return Place(standing="invite")  # a private channel is as good as none to those outside
        found = answer.get("channel") or {}
        outside = bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))
        if found.get("is_archived"):
            return Place(standing="archived", outside=outside)
        if found.get("is_member"):
            return Place(standing="in", outside=outside)
        public = not (found.get("is_private") or found.get("is_mpim") or found.get("is_im"))
        return Place(standing="may_join" if public else "invite", outside=outside)


def not_here_card(place: Place, command: str) -> Card:
    """What keeps us from posting in this channel, and the one thing to do."""
    if place.standing == "archived":
        words = (Span("This channel is archived. Nothing was changed. Unarchive it, or subscribe another one."),)
        return Card(title="An archived channel takes no posts", elements=(Text(words),))
    if place.standing == "may_join":
        words = (Span("Paper Round is not in this channel yet. Nothing was changed. It can join by itself."),)
        return Card(
            title="One step first", elements=(Text(words), Buttons((Button("Join and go on", JOIN + command, "primary"),)))
        )
    invite = (
        Span("Paper Round is not in this channel yet, and it is private. Nothing was changed. Type "),
        Span("/invite @Paper Round", "code"),
        Span(" here, then try again."),
    )
    return Card(title="One step first", elements=(Text(invite), Buttons((Button("Try again", command),))))
