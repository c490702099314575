"""Small words of English, which nearly every abstract says: they tell no paper from another and make searches slow. Pure."""

from typing import Final

SMALL_WORDS: Final = frozenset("a an and are as by for from in is of on or our that the this to we with".split())


def is_small_word(text: str) -> bool:
    """Whether a text is one of them, in lower case: `IS` and `TO` may be acronyms."""
    return text in SMALL_WORDS


def has_small_ends(text: str) -> bool:
    """Whether a text begins or ends with one, as no name of a topic does."""
    words = text.lower().split() or [""]
    return is_small_word(words[0]) or is_small_word(words[-1])
