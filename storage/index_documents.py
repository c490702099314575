"""How a paper stands in the search index: its fields and how text is cut into terms. Knows papers and tantivy, not queries."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from tantivy import Document, Filter, Schema, SchemaBuilder, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from bot.aboutness import topic_marks
from bot.acronyms import acronym_key, definitions, plain, title_acronyms
from bot.names import KINDS, Kind, Names, find_names, name_key
from bot.ports import Change
from bot.prose import readable
from storage.index_pairs import pairs
from storage.visible import is_gone

FORMAT = "7"
"""Part of the folder's name, as is the version of the table of topics: an index of another format is simply not found and a new
one is built."""

NO_DAY = 0
BEGINNING_CHARS = 300
"""How much of an abstract, one or two sentences, is also kept as it is spelt: it says what the paper is about."""
SEPARATOR = "\t"
VOCABULARIES = (*KINDS, "acronym", "expansion")
"""Fields whose very terms are told, so those of a space's own papers stand in fields of their own: see `own`."""

REACH = "reach"
PRIVATE = "private"
"""The `reach` of every paper that not everybody may see; public ones have none. See `to_space` for who may."""


@lru_cache(maxsize=1)
def paper_text() -> TextAnalyzer:
    """Split at what is no letter or digit, lower case, no accents, English stems."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(80))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


@lru_cache(maxsize=1)
def person() -> TextAnalyzer:
    """As paper text, without stems: names of people."""
    return TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase()).filter(Filter.ascii_fold()).build()


def own(field: str) -> str:
    """The twin of a vocabulary that holds the terms of spaces' own papers, each behind its space: see `own_term`."""
    return f"own_{field}"


def own_term(space: str, term: str) -> str:
    """A term of a space's own vocabulary. A space holds no control character, so none is the beginning of another's terms."""
    return f"{space}\x1f{term}"


def to_space(space: str) -> str:
    """The `reach` of the papers that a space alone may see."""
    return f"to {space}"


def schema() -> Schema:
    """The fields of the index."""
    build = SchemaBuilder()
    build.add_integer_field("id", stored=True, indexed=True, fast=True)
    build.add_integer_field("change", fast=True)
    build.add_integer_field("added", fast=True)
    build.add_integer_field("published", indexed=True, fast=True)
    build.add_integer_field("votes", fast=True)
    build.add_text_field("title", stored=True, tokenizer_name="paper_text")
    build.add_text_field("abstract", tokenizer_name="paper_text")
    build.add_text_field("keywords", tokenizer_name="paper_text")
    build.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
    build.add_text_field("title_words", tokenizer_name="person", index_option="basic")
    build.add_bytes_field("written", stored=True)
    build.add_text_field("authors", tokenizer_name="person")
    build.add_text_field("exact", tokenizer_name="person", index_option="freq")
    build.add_text_field("topic", tokenizer_name="raw", index_option="freq")
    for name in (REACH, *VOCABULARIES, *map(own, VOCABULARIES)):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return build.build()


def written_names(names: Names) -> bytes:
    """A paper's names as its document keeps them, to be shown: see `read_names`."""
    return "\n".join(f"{KINDS.index(kind)}{' '.join(name.split())}" for kind, name in names.written()).encode()


def read_names(found: Document) -> Iterator[tuple[Kind, str]]:
    """A stored paper's names as written, each with its kind."""
    lines = bytes(found.get_first("written") or b"").decode().split("\n")
    return ((KINDS[int(line[0])], line[1:]) for line in lines if line)


def document(changed: Change) -> Document:
    """A paper as the index holds it; of one that nobody may see any more, its number alone.

    `acronym` and `expansion` are vocabularies: key, tab, form. `title_words` are whole, not stems: typing errors are of words.
    """
    paper = changed.paper
    if is_gone(paper.visible_to):
        return Document.from_dict({"id": paper.id, "change": changed.number, "added": changed.added, REACH: [PRIVATE]})
    title, abstract = readable(paper.title), readable(paper.abstract)
    names = find_names(title, abstract)
    forms = definitions(abstract)
    keys = [(acronym_key(short), plain(long)) for short, long in forms]
    if forms and not names.title:
        names = replace(names, coined=tuple(dict.fromkeys((*names.coined, *title_acronyms(title, forms)))))
    fields: dict[str, Any] = {
        "id": paper.id,
        "change": changed.number,
        "added": changed.added,
        "published": paper.published_on.toordinal() if paper.published_on else NO_DAY,
        "votes": paper.metrics.upvotes or 0,
        "title": title,
        "abstract": abstract,
        "pairs": pairs(paper_text().analyze(abstract)),
        "keywords": list(paper.keywords),
        "authors": list(paper.authors) + ([paper.organization.name, paper.organization.handle] if paper.organization else []),
        "title_words": title,
        "written": written_names(names),
        **{kind: [name_key(name) for one, name in names.written() if one == kind] for kind in KINDS},
        "exact": [title, abstract[:BEGINNING_CHARS], *paper.keywords],
        "topic": [key for key, count in topic_marks(title, abstract, paper.keywords, forms).items() for _ in range(count)],
        "acronym": [short + SEPARATOR + long for short, long in keys],
        "expansion": [long + SEPARATOR + short for short, long in keys],
    }
    if paper.visible_to is not None:
        fields[REACH] = [PRIVATE, to_space(paper.visible_to)]
        for name in VOCABULARIES:
            fields[own(name)] = [own_term(paper.visible_to, term) for term in fields.pop(name)]
    return Document.from_dict({name: value for name, value in fields.items() if value != []})
