"""Finds the forms of topics in a text: every form of the table, in all its spellings, in one pass. Pure.

The pass is Aho and Corasick's, "Efficient string matching: an aid to bibliographic search", CACM 18(6), 1975.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from bot.topic_table import Topic, TopicForm, spellings, split_words
from bot.topics import table

_SIGN = re.compile(r"[\W_]")
_FOR_COMPARING = str.maketrans({chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)})


class Saying(NamedTuple):
    """A form as it says a topic, whose key is `key`; `acronym`: in lower case, where it is one, else empty.

    `is_plain`: it needs no other evidence. `beside`: words that are evidence, in all their spellings, for `has_beside`.
    """

    key: str
    topic: Topic
    acronym: str
    is_plain: bool
    beside: tuple[str, ...]


def said_in(text: str) -> list[tuple[int, Saying]]:
    """Where a text says which topic in which form, from its end on; no form of a topic overlaps another one of it.

    A place is the number of characters before it. One character is between two words of a form; an acronym is in capitals.
    """
    forms, sayings = _forms()
    said: list[tuple[int, Saying]] = []
    begun: dict[str, int] = {}
    for number, at, end in reversed(forms.find_matches_as_indexes(f" {for_comparing(text)} ", overlapping=True)):
        for saying in sayings[number]:
            key = saying.key
            if (key in begun and end - 1 > begun[key]) or (saying.acronym and not _in_capitals(text[at : end - 2])):
                continue
            begun[key] = at
            said.append((at, saying))
    return said


def has_beside(compared: str, saying: Saying) -> bool:
    """Whether a text, as `for_comparing` gives it, has one of the words that are evidence for a form."""
    return any(map(compared.__contains__, saying.beside))


def for_comparing(text: str) -> str:
    """A text of the same length in lower case, with spaces for signs."""
    if text.isascii():
        return text.translate(_FOR_COMPARING)
    lower = text.lower()
    if len(lower) != len(text):  # some letters become two
        lower = "".join(one if len(one := char.lower()) == 1 else char for char in text)
    return _SIGN.sub(" ", lower)


def _in_capitals(written: str) -> bool:
    words = [word.rstrip("s") for word in split_words(written)]
    return words == [word.upper() for word in words]  # what has no letters, too: COVID-19


@lru_cache(maxsize=1)
def _forms() -> tuple[AhoCorasick, list[tuple[Saying, ...]]]:
    """What is looked for, and what each of it says."""
    patterns: dict[str, tuple[Saying, ...]] = {}
    for form, ones in table().said.items():
        says = tuple(_saying(topic, one, is_only=len(ones) == 1) for topic, one in ones)
        for pattern in _patterns(form):
            patterns[pattern] = (*patterns.get(pattern, ()), *says)  # VIS is a form, and the plural of VI
    # A DFA is a tenth faster and takes ten times the memory, 26 MB.
    return AhoCorasick(list(patterns), implementation=Implementation.ContiguousNFA), list(patterns.values())


def _patterns(words: Iterable[str]) -> tuple[str, ...]:
    """Words one after the other in all their spellings, as they stand in a text for comparing."""
    return tuple(f" {' '.join(spelt)} " for spelt in product(*map(spellings, words)))


def _saying(topic: Topic, form: TopicForm, *, is_only: bool) -> Saying:
    is_plain = not form.beside and (is_only or form is topic.forms[0])
    beside = tuple(pattern for word in form.beside for pattern in _patterns(word.split()))
    return Saying(topic.key, topic, form.text.lower() if form.is_acronym else "", is_plain, beside)
