"""What the search index takes from a paper's texts: its names, topics, acronyms and words. Pure; knows no index.

This is most of the work of indexing, so that it can be done in a process of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.aboutness import topic_marks
from bot.acronyms import acronym_key, definitions, plain, title_acronyms
from bot.names import KINDS, Names, find_names, name_key
from bot.prose import readable

BEGINNING_CHARS = 300
"""How much of an abstract, one or two sentences, is also kept as it is spelt: it says what the paper is about."""
SEPARATOR = "\t"

Texts = tuple[str, str, tuple[str, ...]]
"""A paper's title, abstract and keywords."""
TextFields = dict[str, Any]
"""Values by field; see storage/index_documents.py for what the fields are."""


def text_fields(title: str, abstract: str, keywords: Sequence[str]) -> TextFields:
    """The fields that follow from a paper's texts alone; those that would be empty are left out.

    `acronym` and `expansion` are vocabularies: key, tab, form. `title_words` are whole, not stems: typing errors are of words.
    `topic` has a term for each mark.
    """
    title, abstract = readable(title), readable(abstract)
    names = find_names(title, abstract)
    forms = definitions(abstract)
    if forms and not names.title:
        names = replace(names, coined=tuple(dict.fromkeys((*names.coined, *title_acronyms(title, forms)))))
    keys = [(acronym_key(short), plain(long)) for short, long in forms]
    marks = topic_marks(title, abstract, keywords, forms)
    fields = {
        "title": title,
        "title_words": title,
        "abstract": abstract,
        "keywords": list(keywords),
        "exact": [title, abstract[:BEGINNING_CHARS], *keywords],
        "written": written_names(names),
        "name": list(map(name_key, names.title)),
        "part": list(map(name_key, names.part)),
        "coined": list(map(name_key, names.coined)),
        "also": list(map(name_key, names.also)),
        "topic": "".join([f"{topic_term(key)} " * count for key, count in marks.items()]),
        "acronym": [short + SEPARATOR + long for short, long in keys],
        "expansion": [long + SEPARATOR + short for short, long in keys],
    }
    return {name: value for name, value in fields.items() if value}


def topic_term(key: str) -> str:
    """The term that marks a paper with a topic, whose key is made of letters, digits and single spaces."""
    return key.replace(" ", "_")


def written_names(names: Names) -> bytes:
    """A paper's names as its document keeps them, to be shown: a line each, which begins with the number of its kind."""
    return "\n".join(f"{KINDS.index(kind)}{' '.join(name.split())}" for kind, name in names.written()).encode()
