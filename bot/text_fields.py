"""What the search index takes from a paper's texts: its names, topics and acronyms. Pure; knows no index.

This is most of the work of indexing, so that it can be done in a process of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bot.aboutness import topic_marks
from bot.acronyms import acronym_key, definitions, plain, title_acronyms
from bot.names import KINDS, Names, find_names, name_key
from bot.prose import readable

SEPARATOR = "\t"

Texts = tuple[str, str, tuple[str, ...]]
"""A paper's title, abstract and keywords."""
TextFields = dict[str, Any]
"""Values by field; see storage/index_documents.py for what the fields are."""


def text_fields(texts: Sequence[Texts]) -> list[TextFields]:
    """The fields that follow from each paper's texts alone, but for those that are its texts themselves; empty ones are left out.

    `title` and `abstract` are here only where they had to be made readable. `acronym` and `expansion` are vocabularies: key,
    tab, form. `topic` has a term for each mark. One step is done for all before the next: a tenth faster.
    """
    shown = [(readable(title), readable(abstract)) for title, abstract, _ in texts]
    names = [find_names(title, abstract) for title, abstract in shown]
    forms = [definitions(abstract) for _, abstract in shown]
    marks = [topic_marks(*two, text[2], of) for two, text, of in zip(shown, texts, forms, strict=True)]
    return list(map(_fields, texts, shown, names, forms, marks))


def _fields(
    texts: Texts, shown: tuple[str, str], names: Names, forms: list[tuple[str, str]], marks: dict[str, int]
) -> TextFields:
    if forms and not names.title:
        names = replace(names, coined=tuple(dict.fromkeys((*names.coined, *title_acronyms(shown[0], forms)))))
    keys = [(acronym_key(short), plain(long)) for short, long in forms]
    fields: TextFields = {
        "title": shown[0] if shown[0] != texts[0] else "",
        "abstract": shown[1] if shown[1] != texts[1] else "",
        "written": written_names(names),
        "name": list(map(name_key, names.title)),
        "part": list(map(name_key, names.part)),
        "coined": list(map(name_key, names.coined)),
        "also": list(map(name_key, names.also)),
        "topic": " ".join([topic_term(key) for key, count in marks.items() for _ in range(count)]),
        "acronym": [short + SEPARATOR + long for short, long in keys],
        "expansion": [long + SEPARATOR + short for short, long in keys],
    }
    return {name: value for name, value in fields.items() if value}


@lru_cache(maxsize=10_000)
def topic_term(key: str) -> str:
    """The term that marks a paper with a topic, whose key is made of letters, digits and single spaces."""
    return key.replace(" ", "_")


def written_names(names: Names) -> bytes:
    """A paper's names as its document keeps them, to be shown: a line each, which begins with the number of its kind."""
    return "\n".join(f"{KINDS.index(kind)}{' '.join(name.split())}" for kind, name in names.written()).encode()
