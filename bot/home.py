"""A person's own page of the app: pure but for reading what they subscribed."""

from bot.cards import Card
from bot.desk import Desk
from bot.views.home import home_cards

MOST = 15
MOST_READ = 2_000


def home(desk: Desk) -> list[tuple[str, Card]]:
    """The cards of the asker's own page, each with the id of the channel it is about, empty for none.

    Only what they made themselves: others' subscriptions may be of channels that they may not see.

    Raises:
        CommandError: nobody asks.
        StorageError: the subscriptions cannot be read.
    """
    asked, rounds = desk.in_channel()
    theirs = rounds.subscriptions.of_workspace(asked.channel.platform, asked.channel.workspace, limit=MOST_READ)
    mine = [] if asked.guest else [one for one in theirs if one.made_by == asked.user]
    return home_cards(mine, most=MOST, now=desk.now)
