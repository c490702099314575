"""A name, id, link or title → the paper that is meant: `/paper LIBERO`. Typing errors are forgiven, ties are a choice.

Bounded work, in this order: identifier → exact name → title as typed → a paper that says it as a name → misspelt name or title →
papers that mention it.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.acronyms import acronym_key
from bot.holding import ranked
from bot.identity import read_identifier, same_as, title_key
from bot.misspelt import by_misspelt_name, names_alike, near_names
from bot.model import Identifier, Paper
from bot.names import bare_name, looks_coined, name_key
from bot.ports import Library
from bot.query import Concept, Form, Plan
from bot.results import Hit, LookUp, Reason
from bot.slips import edits

TITLE_CANDIDATES = 60
CLOSE_TITLE = 82.0
SURE_TITLE = 90.0
SAME_TITLE = 0.97
CLEAR_LEAD = 0.02
NAME_WORDS = 3
ACRONYM_CHARS = 8
LONG_FORMS = 3
SHORT_TITLE = 12  # characters; less of a title is too like the beginnings of others to be told from them by a letter

_JOINED = re.compile(r"(?:[A-Z]\w*-)+[A-Z]\w*")


def look_up(text: str, library: Library, *, limit: int = 10) -> LookUp:
    """The paper that goes by this name, id, link or title, typing errors forgiven; or a choice; or what is near."""
    text = " ".join(text.split())
    exact = _by_identifier(text, library)
    if exact is not None:
        return LookUp(hits=(Hit(paper=exact, score=1.0, why=Reason(kind="identifier", asked=text)),), sure=True)
    key = name_key(text)
    if not key:
        return LookUp()
    named = _by_name(text, key, library, limit)
    if named.hits:
        return named
    if len(text.split()) > NAME_WORDS:
        titled = _by_title(text, library, limit)
        return titled if titled.hits else _by_mention(text, library, limit)
    return _by_likeness(text, library, limit)


def _by_likeness(text: str, library: Library, limit: int) -> LookUp:
    """What a text of few words may mean that is nobody's name: a word that papers say, a title, or a misspelt name or title.

    A word that no paper says is misspelt, so names like it go before titles; one that is said is right where a title begins so.
    """
    spelt_out = _by_long_form(text, library)
    if spelt_out is not None:
        return LookUp(hits=(Hit(paper=spelt_out, score=1.0, why=Reason(kind="title", asked=text)),), sure=True)
    mentioned = _by_mention(text, library, limit)
    titled = _by_title(text, library, limit) if mentioned.hits or " " in text else None
    if titled and titled.sure and titled.hits[0].score >= SAME_TITLE:
        return titled
    said = [hit for hit in mentioned.hits if _says_name(text, hit.paper)]
    if said:
        return LookUp(hits=tuple(said), sure=len(said) == 1)
    near = near_names(text, library)
    key = name_key(text)
    if titled and titled.sure and " " in text and not (near and edits(key, near[0].key) <= 1):
        return titled
    misspelt = by_misspelt_name(text, near, library, limit)
    if misspelt.hits:
        return misspelt
    titled = titled or _by_title(text, library, limit)
    if titled.hits or mentioned.hits:
        return titled if titled.hits else mentioned
    return LookUp(near=names_alike(key, near, library))


def _by_identifier(text: str, library: Library) -> Paper | None:
    if text.startswith("#") and text[1:].isdecimal() and len(text) <= 12:
        found = library.store.papers([int(text[1:])], viewer=library.viewer)
        return found[0] if found else None
    identifier = read_identifier(text)
    if identifier is not None:
        papers = (library.store.paper_by_identifier(one, viewer=library.viewer) for one in same_as(identifier))
        return next((paper for paper in papers if paper is not None), None)
    key = title_key(text)
    return library.store.paper_by_identifier(Identifier("title", key), viewer=library.viewer) if len(key.split()) > 2 else None


def _by_long_form(text: str, library: Library) -> Paper | None:
    """The paper whose whole title is what stored abstracts say an acronym stands for: "Long Short-Term Memory" for LSTM."""
    if " " in text or len(text) > ACRONYM_CHARS:
        return None
    forms = library.index.long_forms(acronym_key(text), viewer=library.viewer)[:LONG_FORMS]
    keys = (Identifier("title", title_key(form + ending)) for form, _ in forms for ending in ("", "s"))  # forms lost their plural
    papers = (library.store.paper_by_identifier(key, viewer=library.viewer) for key in keys)
    return next((paper for paper in papers if paper is not None), None)


def _papers(ids: Sequence[int], library: Library) -> dict[int, Paper]:
    return {paper.id: paper for paper in library.store.papers(ids, viewer=library.viewer)}


def _by_name(text: str, key: str, library: Library, limit: int) -> LookUp:
    """Holders of the very name, else of the name in "the LIBERO benchmark"."""
    for name in dict.fromkeys((key, name_key(bare_name(text)))):
        holders = library.index.holders(name, limit=limit, viewer=library.viewer) if name else []
        papers = _papers([holder.paper_id for holder in holders], library)
        if papers:
            return ranked(text, holders, papers, limit)
    return LookUp()


def _by_title(text: str, library: Library, limit: int) -> LookUp:
    """Titles that the text is, begins or is a part of, but for typing errors."""
    wanted = title_key(text)
    if len(wanted) < 4 or (" " not in wanted and len(wanted) < 6):
        return LookUp()
    scored = []
    for match in library.index.titles_like(text, limit=TITLE_CANDIDATES, viewer=library.viewer):
        score = _title_score(wanted, title_key(match.title))
        if score >= CLOSE_TITLE:
            scored.append((score, match.paper_id))
    scored.sort(key=lambda one: (-one[0], -one[1]))  # of equal ones the latest stored
    papers = _papers([paper_id for _, paper_id in scored[:limit]], library)
    hits = tuple(
        Hit(paper=papers[paper_id], score=round(score / 100, 4), why=Reason(kind="title", asked=text))
        for score, paper_id in scored[:limit]
        if paper_id in papers
    )
    clear = len(hits) == 1 or (len(hits) > 1 and hits[0].score - hits[1].score >= CLEAR_LEAD)
    return LookUp(hits=hits, sure=bool(hits) and hits[0].score * 100 >= CLOSE_TITLE and clear)


def _title_score(wanted: str, title: str) -> float:
    """How well a title fits: as a whole, by its beginning, or with what was typed somewhere inside it."""
    score = fuzz.ratio(wanted, title)
    if len(title) > len(wanted):
        beginning = title[: len(wanted)]
        if len(wanted) >= SHORT_TITLE or beginning == wanted:
            score = max(score, fuzz.ratio(wanted, beginning))
        if score < SURE_TITLE and " " in wanted:
            score = max(score, fuzz.partial_ratio(wanted, title) - 5)
    return score


def _says_name(text: str, paper: Paper) -> bool:
    """Whether a paper writes what was typed as one writes a name: with capitals or digits inside, or joined by a hyphen."""
    key, size = name_key(text), len(text.split())
    words = f"{paper.title} {paper.abstract}".split()
    for at in range(len(words) - size + 1):
        written = " ".join(words[at : at + size]).strip("()[]{}<>*_\"“”'`’,;:?!.")
        if name_key(written) == key and (looks_coined(written) or written.isupper() or _JOINED.fullmatch(written)):
            return True
    return False


def _by_mention(text: str, library: Library, limit: int) -> LookUp:
    """Papers that say all the words somewhere: the answer where it is the only one, else a choice."""
    node = Concept((Form(text),))
    ranked = library.index.candidates(Plan(must=(node,)), limit=limit, viewer=library.viewer).ranked
    papers = _papers([paper_id for paper_id, _ in ranked], library)
    hits = tuple(
        Hit(paper=papers[paper_id], score=round(score, 4), why=Reason(kind="words", asked=text))
        for paper_id, score in ranked
        if paper_id in papers
    )
    return LookUp(hits=hits, sure=len(hits) == 1)
