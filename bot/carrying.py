"""Subscriptions as lines of text, out and in: `slack:T1/C2 rl weekdays 09:00 Europe/Berlin`. For backups and for moving house."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.desk import Desk
from bot.errors import CommandError
from bot.model import ChannelRef, Invocation
from bot.spans import clean_line
from bot.subscribe_line import wish_line
from bot.subscribing import subscribe
from bot.subscription import Subscription

BY = "operator"
PLATFORMS = ("slack", "discord", "web", "terminal")
EXAMPLE = "slack:T1/C2 rl weekdays 09:00 Europe/Berlin"
_LINE = re.compile(r"(?P<platform>[a-z]{1,20}):(?P<workspace>[^\s/]{1,100})/(?P<channel>\S{1,100})\s+(?P<wish>\S.*)")


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that was not taken in: its number, from 1, and why."""

    number: int
    why: str


def lines_of(subscriptions: Sequence[Subscription]) -> list[str]:
    """A line for each subscription: its channel and its wish."""
    return [f"{one.channel} {wish_line(one.wish)}" for one in subscriptions]


def take_lines_in(lines: Iterable[str], desk: Desk) -> tuple[int, list[Misread]]:
    """Subscribe to every line; one whose query its channel has already is changed. How many were taken in, and the others.

    Empty lines and those that begin with `#` are left out.

    Raises:
        StorageError: the database cannot be written; the lines before were taken in, and giving all again is safe.
    """
    taken, misread = 0, []
    for number, line in enumerate(lines, start=1):
        text = clean_line(line)
        if not text or text.startswith("#"):
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            misread.append(Misread(number, f"a line is a channel and what it gets, as in: {EXAMPLE}"))
            continue
        if found["platform"] not in PLATFORMS:
            misread.append(Misread(number, f"there is no platform “{found['platform']}”; there are {', '.join(PLATFORMS)}"))
            continue
        channel = ChannelRef(platform=found["platform"], workspace=found["workspace"], channel=found["channel"])
        asked = Invocation(text=f"/papers subscribe {found['wish']}", channel=channel, user=BY)
        try:
            subscribe(found["wish"], replace(desk, asked=asked))
        except CommandError as error:
            misread.append(Misread(number, str(error)))
        else:
            taken += 1
    return taken, misread
