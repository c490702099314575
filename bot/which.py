"""Which subscription of a channel is meant, and whether the asker may change it. Pure."""

from collections.abc import Sequence

from bot.errors import CommandError
from bot.model import Invocation
from bot.subscribe_line import wish_line
from bot.subscription import Subscription


def named(argument: str, mine: Sequence[Subscription]) -> list[Subscription]:
    """The subscription with this number, line or query, if there is one."""
    number = argument.removeprefix("#")
    if number.isdecimal() and len(number) < 10:
        found = [one for one in mine if one.id == int(number)]
        if found:
            return found
    by_line = [one for one in mine if wish_line(one.wish).casefold() == argument.casefold()]
    return by_line or [one for one in mine if same_query(one.wish.query, argument)]


def numbered(number: int, mine: Sequence[Subscription]) -> Subscription:
    """The subscription with this number.

    Raises:
        CommandError: the channel has none.
    """
    found = next((one for one in mine if one.id == number), None)
    if found is None:
        raise CommandError(f"This channel has no subscription #{number}. Nothing was changed.", usage="/papers subscriptions")
    return found


def same_query(one: str, other: str) -> bool:
    """Whether two queries are the same but for spaces and case."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def require_leave(asked: Invocation) -> None:
    """See to it that only those change a channel's posts who may.

    Raises:
        CommandError: the asker may not.
    """
    if not asked.may_configure:
        raise CommandError(
            "Only people who may change this channel’s settings may change what is posted in it. "
            "Nothing was changed. Ask one of them.",
            usage="/papers subscriptions",
        )
