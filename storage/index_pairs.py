"""Pairs of neighbouring words as terms of their own, so that phrases of very common words need no look at where words stand.

Known as common grams. A pair is kept where one of its words is among those that abstracts on machine learning say most, or both
are small words: these are what phrases are long to find by. That is 44 a paper, a twentieth of the text.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from bot.small_words import SMALL_WORDS

COMMON_STEMS: Final = frozenset(
    """agent art base data dataset evalu generat human imag inform knowledg languag larg learn method model network perform
    reason scale state system task text token train video visual world""".split()
)
"""Stems that a fifth or more of such abstracts say and that stand in phrases: "language model", "state of the art"."""


def is_paired(first: str, second: str) -> bool:
    """Whether two neighbouring stems are a term."""
    return first in COMMON_STEMS or second in COMMON_STEMS or (first in SMALL_WORDS and second in SMALL_WORDS)


def pair(first: str, second: str) -> str:
    """The term of two neighbouring stems."""
    return f"{first}-{second}"


def pairs(stems: Sequence[str]) -> str:
    """The terms of a text's stems, with spaces between."""
    return " ".join([pair(first, second) for first, second in pairwise(stems) if is_paired(first, second)])
