"""Gentle priors: of papers that fit a query alike, the newer ones and those with more votes come first. Pure."""

from collections.abc import Sequence
from math import log1p

RECENT = 0.05
VOTED = 0.1
"""How much of its score a paper gains at most for being the newest, and for having the most votes, of those compared."""
HALF_LIFE_DAYS = 730


def gently(scores: Sequence[float], days: Sequence[int], votes: Sequence[int]) -> list[float]:
    """Scores that newness and votes have raised a little.

    Args:
        scores: how well each paper fits, 0 or more.
        days: the day each was published on, as an ordinal; 0 where it is unknown.
        votes: how many each has.
    """
    newest = max(days, default=0)
    most = log1p(max(votes, default=0))
    raised = []
    for score, day, count in zip(scores, days, votes, strict=True):
        recent = RECENT * 0.5 ** ((newest - day) / HALF_LIFE_DAYS) if day else 0.0
        voted = VOTED * log1p(max(count, 0)) / most if most else 0.0
        raised.append(score * (1 + recent + voted))
    return raised
