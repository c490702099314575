"""Which pages a source has, and when each is asked again. Pure.

Hugging Face lists papers by day, Monday to Friday, and a day's list and its votes go on growing: each day is fetched again for
two weeks, ever more rarely. arXiv has a page for its newest list and one for each past day that is filled in, by the
day of submission. Its feed is made anew at midnight US Eastern (https://info.arxiv.org/help/rss.html).
"""

from datetime import date, datetime, timedelta
from typing import Final

from bot.origins import Kind

GROWS_DAYS: Final = 14
FIRST_DAYS: Final = 4  # a new source begins with these last days, so that there is something at once even after a week-end
SATURDAY: Final = 5
FIRST_DAY: Final[dict[Kind, date]] = {"hf": date(2023, 5, 4), "arxiv": date(1991, 8, 14)}
"""The first day that a source knows, where it can be asked for days at all: of Hugging Face's lists, of arXiv's papers."""

_TODAY: Final = timedelta(minutes=15)
_YESTERDAY: Final = timedelta(hours=1)
_OLDER: Final = timedelta(hours=8)
_ARXIV: Final = timedelta(hours=1)
_FEED: Final = timedelta(minutes=30)


def weekdays(since: date, until: date) -> list[date]:
    """The days from `since` to `until`, both included, without week-ends."""
    days = (since + timedelta(days=number) for number in range((until - since).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def days_since(kind: Kind, first: date, today: date) -> list[str]:
    """The pages of a source's days from `first` on; none where it cannot be asked for a day.

    arXiv's end with yesterday, when submitting is over; papers are submitted to it on week-ends too.
    """
    if kind not in FIRST_DAY:
        return []
    first = max(first, FIRST_DAY[kind])
    if kind == "hf":
        return [day.isoformat() for day in weekdays(first, today)]
    return [(first + timedelta(days=number)).isoformat() for number in range((today - first).days)]


def names_to_begin(kind: Kind, today: date, known: frozenset[str] = frozenset()) -> list[str]:
    """The pages that a source should have by now, without those that are known.

    Args:
        kind: the source's.
        today: UTC, as Hugging Face counts its days.
        known: its pages, up to which all are there, however long nobody asked; without any, those of a new source are given.
    """
    if kind != "hf":
        return [] if "" in known else [""]
    newest = date.fromisoformat(max(known)) if known else today - timedelta(days=FIRST_DAYS + 1)
    return [day.isoformat() for day in weekdays(newest + timedelta(days=1), today)]


def next_time(kind: Kind, name: str, now: datetime) -> datetime | None:
    """When a page that answered now is asked again; `None`: its list does not grow any more."""
    match kind:
        case "hf":
            age = (now.date() - date.fromisoformat(name)).days
            if age > GROWS_DAYS:
                return None
            return now + (_TODAY if age <= 0 else _YESTERDAY if age == 1 else _OLDER)
        case "arxiv":
            return None if name else now + _ARXIV
        case "feed":
            return now + _FEED
