"""Topics: what fields call themselves, both ways. The table stands in topics.txt, each line with its reason. Pure.

What stored abstracts define themselves is not here: see bot/acronyms.py and the search index.
"""

from functools import lru_cache
from importlib import resources
from itertools import zip_longest
from zlib import crc32

from rapidfuzz import fuzz, process

from bot.topic_table import Table, Topic, read_table, words

NEAR = 80


@lru_cache(maxsize=1)
def table() -> Table:
    """The table of topics.txt."""
    return read_table(_text())


@lru_cache(maxsize=1)
def table_version() -> str:
    """Eight letters that change with the table: papers are marked by it, so what was marked by another is out of date."""
    return f"{crc32(_text().encode()):08x}"


def _text() -> str:
    return resources.files("bot").joinpath("topics.txt").read_text(encoding="utf-8")


def readings(text: str) -> tuple[Topic, ...]:
    """The topics that a text is the name of, in the order of the table; several where it is an acronym with several readings."""
    found = table().said.get(words(text), ())
    named = [topic for topic, form in found if form is topic.forms[0]]
    return tuple(named or [topic for topic, _ in found])


def topic_named(text: str) -> Topic | None:
    """The first topic that a text is the name of."""
    return next(iter(readings(text)), None)


def is_same_topic(long_form: str, topic: Topic) -> bool:
    """Whether a long form is a name of a topic, or holds one, or is held by one."""
    return _is_named(long_form, topic.key)


@lru_cache(maxsize=10_000)
def _is_named(long_form: str, key: str) -> bool:
    said = words(long_form)
    names = (" ".join(words(form.text)) for form in table().topics[key].forms if not form.is_acronym)
    text = f" {' '.join(said)} "
    return any(f" {name} " in text or (len(said) > 1 and text in f" {name} ") for name in names)


def below(topic: Topic) -> tuple[str, ...]:
    """The names of all that a topic holds."""
    return _names_below().get(topic.key, ())


@lru_cache(maxsize=1)
def _names_below() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for topic in table().topics.values():
        for key in table().wider.get(topic.key, ()):
            names.setdefault(key, []).extend(topic.names)
    return {key: tuple(ones) for key, ones in names.items()}


def synonyms(text: str) -> tuple[str, ...]:
    """The other names of the topics that a text says; empty where the table does not know it or knows no other name."""
    own = words(text)
    return tuple(dict.fromkeys(name for topic in readings(text) for name in topic.names if words(name) != own))


def narrower(text: str) -> tuple[str, ...]:
    """Forms that widen a search for a topic with less weight."""
    return tuple(dict.fromkeys(form for topic in readings(text) for form in topic.narrower))


@lru_cache(maxsize=1)
def topic_names() -> tuple[tuple[str, ...], ...]:
    """The names of every topic with a line of its own, in lower case as people type them, the usual one first."""
    own = (topic for topic in table().topics.values() if topic.reason)
    return tuple(tuple(dict.fromkeys(map(str.lower, topic.names))) for topic in own)


def as_written(text: str) -> str | None:
    """A form as the table writes it: `RL` for rl; `None` where it has none."""
    found = table().said.get(words(text), ())
    return next((form.text for _, form in found if form.text.lower() == text.lower()), None)


def near_topics(text: str, limit: int) -> list[str]:
    """The usual names of topics that look like a text, or of which a word looks like one of it; none that is the text itself."""
    forms = {" ".join(words(form)): names[0] for names in topic_names() for form in names}
    whole = process.extract(" ".join(words(text)), list(forms), scorer=fuzz.ratio, score_cutoff=NEAR, limit=limit)
    found = [[forms[form] for form, _, _ in whole]]
    by_word = _by_word()
    for word in words(text):
        near = process.extract(word, list(by_word), scorer=fuzz.ratio, score_cutoff=NEAR, limit=limit) if len(word) > 3 else ()
        found.append([by_word[one] for one, _, _ in near])
    in_turn = (topic for row in zip_longest(*found) for topic in row if topic is not None)
    return [topic for topic in dict.fromkeys(in_turn) if words(topic) != words(text)][:limit]


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    """Each longer word of a topic's usual name, and the first topic, of those with the fewest words, that has it."""
    by_length = sorted((words(names[0]), names[0]) for names in topic_names())
    by_length.sort(key=lambda one: len(one[0]))
    return {word: name for own, name in reversed(by_length) for word in own if len(word) > 3}
