"""The table of topics: how a line of topics.txt is read, and how words of forms and texts are compared. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_FORM = re.compile(r"(?P<text>[^()]+?)(?: \((?P<beside>[^()]+)\))?")
_WORD = re.compile(r"[^\W_]+")
_NO_WORD = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
_BRITISH = (("isation", "ization"), ("aviour", "avior"), ("odelling", "odeling"), ("abelling", "abeling"))
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
    return tuple(map(word_key, split_words(text)))


def split_words(text: str) -> list[str]:
    """The words of a text as written: its runs of letters and digits."""
    return text.translate(_NO_WORD).split() if text.isascii() else _WORD.findall(text)  # the first is three times as fast


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
    for british, american in _BRITISH:
        if british in word:
            word = word.replace(british, american)
    return word


def spellings(key: str) -> tuple[str, ...]:
    """The words in lower case whose `word_key` is this one; and its plural in s, which is one behind capitals (`GPUs`)."""
    singular = (key, *(key.replace(american, british) for british, american in _BRITISH if american in key))
    likely = (word + end for word in singular for end in ("", "s", "es"))
    changed = (word[:-1] + "ies" for word in singular if word.endswith("y"))
    return tuple(word for word in (*likely, *changed) if word == key + "s" or word_key(word) == key)


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
