"""The one readable line that is the language of subscriptions: `rl weekdays 09:00 Europe/Berlin top 10 layout list quiet`. Pure.

A line is a query and then settings, in any order. Settings are read from the end backwards up to the first word that is none, so
that a query may hold words such as "daily". What is in quotation marks, and a word right behind “|” or “(”, is never a setting. A
`;` that stands alone divides the query from the settings where that is not clear by itself: behind the last one is nothing but
settings. `wish_line` writes it only where it is needed.
"""

import re
from collections.abc import Sequence
from datetime import date, time
from functools import lru_cache
from typing import cast

from bot.errors import CommandError
from bot.query import MAX_CHARS, read_query
from bot.subscribe_parts import QUOTED, USAGE, Line, read_line, refuse
from bot.subscribe_words import SHORT_DAYS, WEEKEND
from bot.subscription import EVERY_DAY, MONDAY_TO_FRIDAY, Layout, Timing, Wish
from bot.zones import nearest_zones, read_zone, zone_names

__all__ = ["days_text", "nearest_zones", "read_wish", "wish_line", "zone_names"]

_MOST_CHARS = MAX_CHARS + 200
_REFUSED_FIELD = re.compile(r'(?i)(?:^|[\s()|"])-?(on|page|sort):')


def read_wish(line: str, *, zone: str, today: date) -> Wish:
    """Read what a person wants to subscribe to; what the line leaves out is as `Wish` has it, the time zone as `zone`.

    Raises:
        CommandError: a setting cannot be understood or stands twice, a word among the settings is none, or the query cannot be
            used; the message says that nothing was changed.
    """
    line = " ".join(line.split())
    if len(line) > _MOST_CHARS:
        refuse(f"A query may have {MAX_CHARS} characters; this line has {len(line):,}.")
    read = read_line(line)
    _check_query(read.query, today)
    return _wish(read, zone)


@lru_cache(maxsize=16_384)
def wish_line(wish: Wish) -> str:
    """The line that says all of a wish: `read_wish` makes the same wish of it. Days, time and zone are always in it.

    Cached, because it is written on thousands of cards in one minute, and reads its own line to see whether that is clear.
    """
    settings = [*_when(wish)]
    settings += [f"top {wish.top}"] if wish.top != Wish().top else []
    settings += [f"layout {wish.layout}"] if wish.layout != Wish().layout else []
    settings += _late(wish)
    settings += ["quiet"] if wish.quiet else []
    settings += [f"mention {role_text(wish.mention)}"] if wish.mention else []
    settings += ["publish"] if wish.publish else []
    said = " ".join(settings)
    plain = f"{wish.query} {said}".strip()
    try:
        is_clear = _wish(read_line(plain), "") == wish
    except CommandError:
        is_clear = False
    return plain if is_clear else f"{wish.query} ; {said}"


def when_line(wish: Wish) -> str:
    """The line of a wish's query, days, time and zone, and how late it may be; further settings may follow it."""
    return f"{wish.query} ; {' '.join((*_when(wish), *_late(wish)))}".strip()


def role_text(role: str) -> str:
    """A role as a line has it: `<@&123>`; nobody, where it is empty."""
    return f"<@&{role}>" if role else "nobody"


def _when(wish: Wish) -> list[str]:
    return [days_text(wish.timing.days), f"{wish.timing.at:%H:%M}", wish.timing.zone]


def _late(wish: Wish) -> list[str]:
    return [f"within {wish.within_h}h"] if wish.within_h is not None else []


def days_text(days: Sequence[int]) -> str:
    """Days in one word: weekdays, daily, weekends, or as in "mon,wed"."""
    named = {MONDAY_TO_FRIDAY: "weekdays", EVERY_DAY: "daily", WEEKEND: "weekends"}
    return named.get(tuple(days)) or ",".join(SHORT_DAYS[day] for day in days)


def _wish(read: Line, zone: str) -> Wish:
    settings = read.settings
    at_home = settings["zone"].value if "zone" in settings else read_zone(zone)
    if at_home is None:
        refuse(f"“{zone}”, your own time zone, is none that is known here. Write one at the end of the line.")
    timing = Timing(
        days=cast("tuple[int, ...]", settings["days"].value) if "days" in settings else Timing().days,
        at=cast("time", settings["time"].value) if "time" in settings else Timing().at,
        zone=cast("str", at_home),
    )
    return Wish(
        query=read.query,
        timing=timing,
        top=cast("int", settings["top"].value) if "top" in settings else Wish().top,
        layout=cast("Layout", settings["layout"].value) if "layout" in settings else Wish().layout,
        quiet="quiet" in settings,
        within_h=cast("int", settings["within"].value) if "within" in settings else None,
        mention=cast("str", settings["mention"].value) if "mention" in settings else "",
        publish="publish" in settings,
    )


def _check_query(query: str, today: date) -> None:
    try:
        found = read_query(query, today=today)
    except CommandError as error:
        message = str(error).replace("Nothing was searched.", "Nothing was changed.")
        if "Nothing was changed." not in message:
            message = f"{message} Nothing was changed."
        raise CommandError(message, usage=USAGE) from error
    fields = _REFUSED_FIELD.search(QUOTED.sub('""', query))
    if fields or found.on or found.page != 1 or found.sort != "relevance":
        name = fields[1].lower() if fields else "sort"
        refuse(f"“{name}:” has no meaning in a subscription: each edition has what is new, best match and most votes first.")
