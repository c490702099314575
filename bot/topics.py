"""Topics: what fields call themselves, both ways. The table stands in topics.txt, each line with its reason. Pure.

What stored abstracts define themselves is not here: see bot/acronyms.py and the search index.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import zip_longest
from zlib import crc32

from rapidfuzz import fuzz, process

_FORM = re.compile(r"(?P<text>[^()]+?)(?: \((?P<beside>[^()]+)\))?")
_WORD = re.compile(r"[^\W_]+")
NEAR = 80
_DEPTH = 2  # how many lines a narrower topic is followed down


@dataclass(frozen=True, slots=True)
class TopicForm:
    """One way to say a topic. `beside`: where it is not empty, it counts only in a text with one of these words or compounds.

    `is_acronym`: it counts in capitals only.
    """

    text: str
    beside: tuple[str, ...] = ()
    is_acronym: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A line of the table. `key` is what papers about it are marked with; `forms` begin with the usual name."""

    key: str
    forms: tuple[TopicForm, ...]
    narrower: tuple[str, ...]
    reason: str

    @property
    def name(self) -> str:
        """Its usual name."""
        return self.forms[0].text

    @property
    def names(self) -> tuple[str, ...]:
        """All its forms as written, the usual one first."""
        return tuple(form.text for form in self.forms)


@dataclass(frozen=True, slots=True)
class Table:
    """The topics, in the order of the file, and how they are found.

    `topics`: by key, narrower forms without a line of their own among them. `said`: by the words of a form, which topics it says.
    `wider`: by key, the topics that it is part of.
    """

    topics: dict[str, Topic]
    said: dict[tuple[str, ...], tuple[tuple[Topic, TopicForm], ...]]
    wider: dict[str, tuple[str, ...]]


def is_acronym(form: str) -> bool:
    """Whether a form is written in capitals, as RL and T2I are."""
    return form.isupper() and sum(map(str.isalpha, form)) > 1


def words(text: str) -> tuple[str, ...]:
    """The words of a text for comparing: lower case, without hyphens, plurals and British spelling."""
    return tuple(map(word_key, _WORD.findall(text)))


@lru_cache(maxsize=10_000)
def form_words(form: str) -> tuple[str, ...]:
    """As `words`, remembered: for forms and what people type, which come again."""
    return words(form)


@lru_cache(maxsize=100_000)
def word_key(word: str) -> str:
    """One word for comparing: `LLMs` and `llm`, `policies` and `policy`, `behaviours` and `behavior` are one."""
    if word.endswith("s") and word[:-1].isupper() and len(word) > 2:
        word = word[:-1]
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word.removesuffix("es") if word.endswith(("sses", "xes")) else word[:-1]
    for british, american in (("isation", "ization"), ("aviour", "avior"), ("odelling", "odeling"), ("abelling", "abeling")):
        if british in word:
            word = word.replace(british, american)
    return word


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


def read_table(text: str) -> Table:
    """Read a table of topics.

    Raises:
        ValueError: a line has no reason, or a topic stands in two lines; it says which.
    """
    topics: dict[str, Topic] = {}
    for topic in _lines(text):
        if topic.key in topics:
            raise ValueError(f"“{topic.name}” stands in two lines of the table of topics.")
        topics[topic.key] = topic
    named = [(words(form.text), topic, form) for topic in reversed(topics.values()) for form in topic.forms]
    named.sort(key=lambda one: (not one[2].beside, one[2] is one[1].forms[0]))  # of several, the surest form wins
    by_form = {own: topic for own, topic, _ in named}
    narrower: dict[str, tuple[str, ...]] = {}
    for topic in list(topics.values()):
        keys = []
        for form in topic.narrower:
            one = by_form.get(words(form))
            if one is None:
                one = by_form[words(form)] = Topic(
                    key=" ".join(words(form)), forms=(TopicForm(form, is_acronym=is_acronym(form)),), narrower=(), reason=""
                )
                topics[one.key] = one
            keys.append(one.key)
        narrower[topic.key] = tuple(keys)
    return Table(topics, _said(topics), _wider(narrower))


def _said(topics: dict[str, Topic]) -> dict[tuple[str, ...], tuple[tuple[Topic, TopicForm], ...]]:
    said: dict[tuple[str, ...], list[tuple[Topic, TopicForm]]] = {}
    for topic in topics.values():
        for form in topic.forms:
            ones = said.setdefault(words(form.text), [])
            if all(one is not topic for one, _ in ones):
                ones.append((topic, form))
    return {form: tuple(ones) for form, ones in said.items()}


def _lines(text: str) -> Iterator[Topic]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith(("#", "==")):
            continue
        says, _, reason = line.partition(" -- ")
        if not reason.strip():
            raise ValueError(f"Line {number} of the table of topics gives no reason after “--”.")
        says, _, narrower = says.partition(" > ")
        name, _, others = says.partition(" = ")
        forms = (_form(name, number), *(_form(other, number) for other in others.split(",") if other.strip()))
        yield Topic(
            key=" ".join(words(name)),
            forms=forms,
            narrower=tuple(form.strip() for form in narrower.split(",") if form.strip()),
            reason=reason.strip(),
        )


def _form(text: str, number: int) -> TopicForm:
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"Line {number} of the table of topics: “{text.strip()}” is no form.")
    beside = tuple(" ".join(words(one)) for one in (match["beside"] or "").split())
    return TopicForm(match["text"], beside, is_acronym(match["text"]))


def _wider(narrower: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    wider: dict[str, list[str]] = {}
    for key in narrower:
        for one in _below(key, narrower, _DEPTH) - {key}:
            wider.setdefault(one, []).append(key)
    return {key: tuple(ones) for key, ones in wider.items()}


def _below(key: str, narrower: dict[str, tuple[str, ...]], depth: int) -> set[str]:
    own = set(narrower.get(key, ()))
    return own.union(*(_below(one, narrower, depth - 1) for one in own)) if depth > 1 else own


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
    said = words(long_form)
    names = (" ".join(words(form.text)) for form in topic.forms if not form.is_acronym)
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
