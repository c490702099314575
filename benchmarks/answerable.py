"""Which misspelt names and titles have one answer: where the same slips make the same text of another one, no engine can know.

Of the benchmark's own: what counts is how `benchmarks.misspelling` makes errors, not how search weighs them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from benchmarks.misspelling import could_be

_LED = re.compile(r"^(?:The )?(?P<name>[^\s:]{2,30})(?:: |\s(?:[–—]|-{1,3})\s| (?:system|dataset|benchmark|corpus)\b)")
_LEADING_WORDS = 2
_PLACES = 8


def key(text: str) -> str:
    """A name or title for comparing: its letters and digits, small."""
    return "".join(char for char in text.lower() if char.isalnum())


def made_up(word: str) -> bool:
    """Whether a word has two capitals or a digit."""
    return sum(char.isupper() for char in word) > 1 or any(char.isdigit() for char in word)


def leading_names(title: str) -> set[str]:
    """Names that a title may give its paper: before a colon or dash, `The X system`, made-up words among its first two."""
    led = {match["name"]} if (match := _LED.match(title)) else set()
    words = [] if title.isupper() else title.split()[:_LEADING_WORDS]
    return led | {word.rstrip(":") for word in words if made_up(word)}


class Names:
    """Names of a corpus, told apart by their `key`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._keys = sorted({key(name) for name in names})

    def has_as_near(self, typed: str, meant: str, errors: int) -> bool:
        """Whether another name than the meant one is fewer edits away, or may have become what was typed by no more errors."""
        near = process.extract(key(typed), self._keys, scorer=OSA.distance, score_cutoff=errors, limit=None)
        others = ((one, edits) for one, edits, _ in near if one != key(meant))
        return any(edits < errors or could_be(one, key(typed), errors) for one, edits in others)


class Titles:
    """Titles of a corpus, by the keys of their words; words of signs alone do not count."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._words = [_words(title) for title in titles]
        self._at: dict[tuple[int, str], list[int]] = defaultdict(list)
        for number, words in enumerate(self._words):
            for place, word in enumerate(words[:_PLACES]):
                self._at[place, word].append(number)

    def has_as_near(self, typed: str, meant: int, errors: int) -> bool:
        """Whether another title than that number, or its beginning, may have become what was typed, by no more errors."""
        wanted = _words(typed)
        lists = sorted((self._at.get(one, []) for one in enumerate(wanted[:_PLACES])), key=len)
        near = set().union(*lists[: errors + 1]) - {meant}  # of so many words one is right
        return any(_may_be(self._words[one], wanted, errors) for one in near)


def _words(title: str) -> list[str]:
    return [word for word in map(key, title.split()) if word]


def _may_be(words: Sequence[str], typed: Sequence[str], errors: int) -> bool:
    if len(words) < len(typed):
        return False
    wrong = [pair for pair in zip(words, typed, strict=False) if pair[0] != pair[1]]
    return len(wrong) <= errors and all(could_be(word, other, errors) for word, other in wrong)
