"""Votes that rose: from which day to which, and when that is worth saying."""

from datetime import date

import pytest

from bot.history import Rise, rose_since
from bot.model import Metrics, Sighting


def seen(day: int, upvotes: int | None, *, counted: int | None = None) -> Sighting:
    """A sighting of a day of December with so many votes, counted that day or on another."""
    metrics = Metrics(upvotes=upvotes, as_of=date(2025, 12, counted or day) if upvotes is not None else None)
    return Sighting(paper_id=1, source="hf", issued_on=date(2025, 12, day), rank=1, metrics=metrics)


@pytest.mark.parametrize("sightings", [[seen(8, 12), seen(10, 41)], [seen(10, 41), seen(9, 20), seen(8, 12), seen(9, None)]])
def test_a_rise_is_told_with_both_days(sightings: list[Sighting]):
    """From the first count to the last, in whatever order they come."""
    assert rose_since(sightings) == Rise(before=12, before_on=date(2025, 12, 8), after=41, after_on=date(2025, 12, 10))


@pytest.mark.parametrize(
    "sightings",
    [
        [],
        [seen(8, 12)],
        [seen(8, 12), seen(10, None)],
        [seen(8, 12), seen(8, 41)],
        [seen(8, 12), seen(10, 21)],
        [seen(8, 100), seen(10, 140)],
        [seen(8, 41), seen(10, 12)],
        [seen(8, 12), seen(10, 41, counted=8)],
    ],
)
def test_what_hardly_rose_is_no_rise(sightings: list[Sighting]):
    """One count, one day, a few more votes, fewer votes: nothing is said."""
    assert rose_since(sightings) is None


def test_a_rise_from_nothing_is_one():
    """Zero is a count."""
    assert rose_since([seen(8, 0), seen(9, 10)]) == Rise(
        before=0, before_on=date(2025, 12, 8), after=10, after_on=date(2025, 12, 9)
    )
