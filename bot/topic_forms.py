"""Finds the forms of topics in a text: every form of the table, in all its spellings, in one pass. Pure.

The pass is Aho and Corasick's, "Efficient string matching: an aid to bibliographic search", CACM 18(6), 1975.
"""

import re
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

    `is_plain`: it needs no other evidence. `beside`: words that are evidence.
    """

    key: str
    topic: Topic
    acronym: str
    is_plain: bool
    beside: tuple[str, ...]


def said_in(text: str) -> list[tuple[int, Saying]]:
    """Where a text says which topic in which form, in its order; the longest form of a topic, where several are at one place.

    A place is the number of characters before it. One character is between two words of a form; an acronym is in capitals.
    """
    forms, sayings = _forms()
    found = [
        (begin, -end, number)
        for number, begin, end in forms.find_matches_as_indexes(f" {_for_comparing(text)} ", overlapping=True)
    ]
    found.sort()
    said: list[tuple[int, Saying]] = []
    until: dict[str, int] = {}
    for at, minus_end, number in found:
        end = -minus_end - 2  # without the spaces around the text and behind the form
        for saying in sayings[number]:
            if until.get(saying.key, 0) > at or (saying.acronym and not _in_capitals(text[at:end])):
                continue
            until[saying.key] = end
            said.append((at, saying))
    return said


def _for_comparing(text: str) -> str:
    """A text of the same length in lower case, with spaces for signs."""
    if text.isascii():
        return text.translate(_FOR_COMPARING)
    lower = text.lower()
    if len(lower) != len(text):  # some letters become two
        lower = "".join(one if len(one := char.lower()) == 1 else char for char in text)
    return _SIGN.sub(" ", lower)


def _in_capitals(written: str) -> bool:
    return all(word.rstrip("s").isupper() for word in split_words(written))


@lru_cache(maxsize=1)
def _forms() -> tuple[AhoCorasick, list[tuple[Saying, ...]]]:
    """What is looked for, and what each of it says."""
    patterns: dict[str, tuple[Saying, ...]] = {}
    for form, ones in table().said.items():
        says = tuple(_saying(topic, one, is_only=len(ones) == 1) for topic, one in ones)
        for words in product(*map(spellings, form)):
            patterns.setdefault(f" {' '.join(words)} ", says)
    # A DFA is a tenth faster and takes ten times the memory, 26 MB.
    return AhoCorasick(list(patterns), implementation=Implementation.ContiguousNFA), list(patterns.values())


def _saying(topic: Topic, form: TopicForm, *, is_only: bool) -> Saying:
    is_plain = not form.beside and (is_only or form is topic.forms[0])
    return Saying(topic.key, topic, form.text.lower() if form.is_acronym else "", is_plain, form.beside)
