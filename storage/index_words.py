"""Titles and their words, looked for by what was typed wrongly."""

from collections import Counter
from collections.abc import Sequence

from tantivy import Document, Occur, Query

from bot.names import find_names, name_key
from bot.ports import TitleMatch
from bot.slips import edits, slip
from storage.index_documents import paper_text, person
from storage.index_names import TITLED
from storage.index_view import View

_MOST_WORDS = 24
_MOST_MISSPELT = 3
_MOST_CONTEXT = 8
"""How many of the known words are looked for, the rarest: common ones cost most and tell least."""
_CONTEXT_ENOUGH = 4
"""With so many known words, a title that has most of them and the misspelt ones too is the one; no dictionary is searched."""
_REPAIRED_CHARS = 4  # a shorter word is too near to too many others
_LONG_CHARS = 8
_NEAR_TITLES = 20
_MOST_NAMES = 2
_NAME_CHARS = 3


def titles_like(view: View, text: str, *, limit: int) -> list[TitleMatch]:
    """Titles that share words with a text; besides, of words that no title holds, those with one a letter or two away.

    A word alone only by one letter: a title cannot be told by less. Where a text begins with a name, as "LIBERO: Benchmarking"
    does, also those of papers whose name is a letter away from it.
    """
    words = list(dict.fromkeys(person().analyze(text)))[:_MOST_WORDS]
    known = [word for word in words if view.says("title_words", word)]
    misspelt = [word for word in words if word not in known and len(word) >= _REPAIRED_CHARS]
    known = sorted(known, key=lambda word: view.searcher.doc_freq("title_words", word))[:_MOST_CONTEXT]
    context = [(Occur.Should, Query.term_query(view.schema, "title", stem)) for stem in paper_text().analyze(" ".join(known))]
    alike = view.documents(view.seen(Query.boolean_query(context)), limit) if context else []
    found: dict[int, TitleMatch] = {}
    if len(context) < _CONTEXT_ENOUGH or not any(_holds(one, misspelt) for one in alike):
        for word in sorted(misspelt, key=len, reverse=True)[:_MOST_MISSPELT]:
            _add(found, _titles_near(view, word, context, _allowed(word) if len(words) > 1 else 1))
    if context:
        _add(found, _titles_named_like(view, text, context, _NEAR_TITLES))
    _add(found, alike)
    return list(found.values())[:limit]


def _holds(paper: Document, misspelt: Sequence[str]) -> bool:
    """Whether a title has something like each of these words."""
    title = person().analyze(str(paper.get_first("title")))
    return all(any(edits(word, other) <= _allowed(word) for other in title) for word in misspelt)


def spelling(view: View, word: str) -> str | None:
    """The word of a title that was probably meant by one that no paper holds; `None` where it is known or beyond repair."""
    stems, whole = paper_text().analyze(word), person().analyze(word)
    if len(stems) != 1 or any(view.says(field, stems[0]) for field in ("title", "abstract", "keywords")):
        return None
    titles = (str(one.get_first("title")) for one in _titles_near(view, whole[0], [], _allowed(whole[0])))
    near = Counter(other for title in titles for other in person().analyze(title) if edits(whole[0], other) <= _allowed(whole[0]))
    if not near:
        return None
    found = min(near, key=lambda other: (round(slip(whole[0], other), 1), -near[other], other))
    return found if word.islower() else found.title() if word.istitle() else found


def _titles_near(view: View, word: str, context: list[tuple[Occur, Query]], most: int) -> list[Document]:
    """Papers with a word in their title that is one letter away, else two, at `most`; those with more context first."""
    for wrong in range(1, most + 1):
        near = Query.const_score_query(Query.fuzzy_term_query(view.schema, "title_words", word, wrong), 0.0)
        found = view.documents(view.seen(Query.boolean_query([(Occur.Must, near), *context])), _NEAR_TITLES)
        if found:
            return found
    return []


def _titles_named_like(view: View, text: str, context: list[tuple[Occur, Query]], limit: int) -> list[Document]:
    """Papers with a name that is a letter away from the one before the text's colon; those with more context first."""
    names = find_names(text, "")
    keys = dict.fromkeys(name_key(name) for name in (*names.title, *names.part) if name != text)
    near = [
        (Occur.Should, view.nearly(kind, key, 1, begins=False))
        for key in list(keys)[:_MOST_NAMES]
        if len(key) >= _NAME_CHARS
        for kind in TITLED
    ]
    if not near:
        return []
    named = Query.const_score_query(Query.boolean_query(near), 0.0)
    return view.documents(view.seen(Query.boolean_query([(Occur.Must, named), *context])), limit)


def _allowed(word: str) -> int:
    return 1 if len(word) < _LONG_CHARS else 2


def _add(found: dict[int, TitleMatch], papers: list[Document]) -> None:
    for one in papers:
        paper_id = int(one.get_first("id") or 0)
        found.setdefault(paper_id, TitleMatch(paper_id=paper_id, title=str(one.get_first("title"))))
