"""What a query that is being typed would bring: one line, for a form that stands open."""

from bot.desk import Desk
from bot.editions.preview import past_days
from bot.errors import CommandError
from bot.subscribing import beginning
from bot.subscription import Timing, Wish
from bot.views.wording import count_of

DAYS = 7


def lately(query: str, desk: Desk) -> str:
    """How many papers of the last week match, or what is wrong with the query.

    Raises:
        StorageError: the papers cannot be read.
    """
    asked, _ = desk.in_channel()
    try:
        wish = Wish(query=" ".join(query.split()), timing=Timing(zone=desk.zone))
        one = beginning(wish, asked.channel, desk, made_by=asked.user, next_at=desk.now)
        count = sum(day.matched for day in past_days(one, desk.library, DAYS, desk.now))
    except CommandError as error:
        return str(error)
    if not query.strip():
        return f"All papers: {count_of(count, 'paper')} in the last seven days."
    if not count:
        return "No paper of the last seven days matches. Is the query what you mean?"
    return f"{count_of(count, 'paper')} of the last seven days {'matches' if count == 1 else 'match'}."
