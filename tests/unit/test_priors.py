"""Gentle priors set papers right that fit alike, and no others."""

from bot.priors import HALF_LIFE_DAYS, RECENT, VOTED, gently

DAY = 739_000


def _places(scores: list[float], days: list[int], votes: list[int]) -> list[int]:
    raised = gently(scores, days, votes)
    return sorted(range(len(raised)), key=lambda place: -raised[place])


def test_of_equals_the_newer_and_the_more_voted_come_first():
    """A day unknown is no advantage."""
    assert _places([1, 1, 1], [DAY - HALF_LIFE_DAYS, DAY, 0], [0, 0, 0]) == [1, 0, 2]
    assert _places([1, 1, 1], [DAY] * 3, [0, 50, 5]) == [1, 2, 0]


def test_a_clearly_better_fit_stays_first():
    """Newness and votes together lift by no more than they may."""
    assert _places([1 + RECENT + VOTED + 0.01, 1], [1, DAY], [0, 9_000]) == [0, 1]


def test_without_days_and_votes_the_order_stands():
    """Scores stay as they were, and nothing is divided by nothing."""
    assert gently([2.0, 1.0, 1.0], [0, 0, 0], [0, 0, 0]) == [2.0, 1.0, 1.0]
    assert gently([], [], []) == []
