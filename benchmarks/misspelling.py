"""Typing errors as hands make them, in first letters too: letters swapped, dropped, doubled, or a neighbouring key struck."""

import random
from collections.abc import Iterator
from typing import Final

from rapidfuzz.distance import OSA

# The letters around each on a QWERTY keyboard.
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS: Final = {
    letter: "".join(
        other
        for near in (row - 1, row, row + 1)
        if 0 <= near < len(_ROWS)
        for column in (at - 1, at, at + 1)
        if 0 <= column < len(_ROWS[near]) and (other := _ROWS[near][column]) != letter
    )
    for row, letters in enumerate(_ROWS)
    for at, letter in enumerate(letters)
}


def misspelt(text: str, chance: random.Random, errors: int) -> str:
    """The text with so many errors, each in a word of its own where there are enough words of four letters or more."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if sum(map(str.isalpha, word)) >= 4] or [0]
    places = chance.sample(long, errors) if len(long) >= errors else chance.choices(long, k=errors)
    for at in places:
        words[at] = _one_error(words[at], chance)
    return " ".join(words)


def _one_error(word: str, chance: random.Random) -> str:
    letters = [at for at, char in enumerate(word) if char.lower() in NEIGHBOURS]
    if not letters:
        return word
    for _ in range(20):
        at = chance.choice(letters)
        kind = chance.choice(("swap", "drop", "double", "neighbour"))
        char = word[at]
        if kind == "swap" and at + 1 < len(word):
            changed = word[:at] + word[at + 1] + char + word[at + 2 :]
        elif kind == "drop":
            changed = word[:at] + word[at + 1 :]
        elif kind == "double":
            changed = word[:at] + char + word[at:]
        else:
            near = chance.choice(NEIGHBOURS[char.lower()])
            changed = word[:at] + (near.upper() if char.isupper() else near) + word[at + 1 :]
        if changed.lower() != word.lower():
            return changed
    return word


def could_be(meant: str, typed: str, errors: int) -> bool:
    """Whether at most so many of these errors make what was typed of what was meant; both in small letters."""
    if meant == typed or not errors:
        return meant == typed
    return any(could_be(one, typed, errors - 1) for one in set(_all_errors(meant)) if OSA.distance(one, typed) < errors)


def _all_errors(word: str) -> Iterator[str]:
    """What one error may make of a word."""
    for at, char in enumerate(word):
        if char in NEIGHBOURS:
            before, behind = word[:at], word[at + 1 :]
            yield before + behind[:1] + char + behind[1:]
            yield before + behind
            yield before + char + char + behind
            yield from (before + near + behind for near in NEIGHBOURS[char])
