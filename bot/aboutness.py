"""Which topics of the table a paper is about, and how much: where and how often it says their forms. Pure.

The search index marks papers with this, so that a search for a topic is a search for one term.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.acronyms import acronym_key
from bot.topic_table import Topic, TopicForm, word_key, words
from bot.topics import is_same_topic, table

TITLE_MARKS = 6
KEYWORD_MARKS = 3
BEGINNING_MARKS = 1
MOST_MENTIONS = 8
BEGINNING_WORDS = 40
"""How many words of an abstract say what it is about: one or two sentences."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class Mentions:
    """How a paper says a topic: `title` and `keywords` whether, `beginning` of the abstract whether, `times` in the abstract."""

    title: bool = False
    keywords: bool = False
    beginning: bool = False
    times: int = 0

    @property
    def marks(self) -> int:
        """How much the paper is about it, 2 to 16: its title says most, then its keywords, then repetition."""
        return (
            TITLE_MARKS * self.title
            + KEYWORD_MARKS * self.keywords
            + BEGINNING_MARKS * self.beginning
            + min(self.times, MOST_MENTIONS)
            + (self.times > 0)
        )


def topic_marks(title: str, abstract: str, keywords: Sequence[str], defined: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The keys of all topics a paper is about, wider ones among them, and how much.

    Args:
        title: its title.
        abstract: its abstract, or nothing.
        keywords: those that its source gives it.
        defined: the acronyms that the abstract defines, as `definitions` finds them.
    """
    own = {key: said.marks for key, said in mentions(title, abstract, keywords, defined).items()}
    marks = Counter(own)
    for key in own:
        for wider in table().wider.get(key, ()):
            marks[wider] = own.get(wider, 0) + 1
    return dict(marks)


def mentions(title: str, abstract: str, keywords: Sequence[str], defined: Iterable[tuple[str, str]]) -> dict[str, Mentions]:
    """How a paper says each topic, by key; without the wider ones."""
    found: dict[str, Mentions] = {}
    doubtful: list[tuple[str, int, Topic, TopicForm]] = []
    meant = {acronym_key(short): long for short, long in defined}
    for place, text in (("title", title), ("abstract", abstract), *(("keywords", keyword) for keyword in keywords)):
        for at, topic, form, alone in _said_in(text):
            long_form = meant.get(form.text.lower()) if form.is_acronym else None
            if long_form is not None and not is_same_topic(long_form, topic):
                continue  # the paper says itself that it means something else
            if alone or long_form is not None:
                _note(found, topic, place, at)
            else:
                doubtful.append((place, at, topic, form))
    if doubtful:
        said = f" {' '.join((*words(title), *words(abstract)))} "
        for place, at, topic, form in doubtful:
            if topic.key in found or any(f" {word} " in said for word in form.beside):
                _note(found, topic, place, at)
    return found


def _note(found: dict[str, Mentions], topic: Topic, place: str, at: int) -> None:
    said = found.setdefault(topic.key, Mentions())
    if place == "title":
        said.title = True
    elif place == "keywords":
        said.keywords = True
    else:
        said.times += 1
        said.beginning = said.beginning or at < BEGINNING_WORDS


def _said_in(text: str) -> Iterator[tuple[int, Topic, TopicForm, bool]]:
    """Where a text says which topic in which form, and whether that form needs no other evidence; no topic twice at one place."""
    tokens = _WORD.findall(text)
    keys = list(map(word_key, tokens))
    said, lengths = table().said, _lengths()
    until: dict[str, int] = {}
    for at in [at for at, key in enumerate(keys) if key in lengths]:
        for length in lengths[keys[at]]:
            ones = said.get(tuple(keys[at : at + length]), ())
            for topic, form in ones:
                if until.get(topic.key, 0) > at:
                    continue
                if form.is_acronym and not all(token.rstrip("s").isupper() for token in tokens[at : at + length]):
                    continue
                until[topic.key] = at + length
                yield at, topic, form, not form.beside and (len(ones) == 1 or form is topic.forms[0])


@lru_cache(maxsize=1)
def _lengths() -> dict[str, tuple[int, ...]]:
    """By the first word of forms, how many words they have, long ones first."""
    found: dict[str, set[int]] = {}
    for form in table().said:
        found.setdefault(form[0], set()).add(len(form))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}
