"""The dates of a Daily Papers page: "Apr 19, 2024", or "Sep 2" without a year, with or without a comment count behind them."""

import re
from datetime import date

_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}

DAY = (
    r"(?:Published\s*on\s*)?(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?\s*(?P<day>\d{1,2})"
    r"(?:,\s*(?P<year>\d{4}))?"
)
"""A day as the page writes it. What was glued in copying (`Published onOct 4`) is read as well."""

DATED = re.compile(DAY + r"(?:\s+(?P<comments>\d{1,6}))?", re.IGNORECASE)


def resolve(found: re.Match[str], seen_from: date) -> date | None:
    """The day that is meant: with its year as written, else the latest such day not after `seen_from`."""
    name, number, written, _ = found.groups()
    month, day = _MONTHS[name[:3].casefold()], int(number)
    if written:
        return _day(int(written), month, day)
    for year in range(seen_from.year, seen_from.year - 9, -1):  # 29 February comes back within eight years
        meant = _day(year, month, day)
        if meant is not None and meant <= seen_from:
            return meant
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
