"""A name, id, link or title → the paper that is meant: `/paper LIBERO`. Typing errors are forgiven, ties are a choice.

Bounded work, in this order: identifier → exact name → title as typed → a paper that says it as a name → misspelt name or title →
papers that mention it.
"""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.identity import read_identifier, same_as, title_key
from bot.model import Identifier, Paper
from bot.names import KINDS, bare_name, find_names, looks_coined, name_key
from bot.ports import KnownName, Library, NameHolder
from bot.query import Concept, Form, Plan
from bot.results import Hit, LookUp, Reason
from bot.slips import edits, edits_allowed, slip

TITLE_CANDIDATES = 60
CLOSE_TITLE = 82.0
SURE_TITLE = 90.0
SAME_TITLE = 0.97
CLEAR_LEAD = 0.02
NAME_WORDS = 3
SHORT_TITLE = 12  # characters; less of a title is too like the beginnings of others to be told from them by a letter
NEAR_NAMES = 3
NAMES_COMPARED = 200
NAMES_WEIGHED = 40
NEAR_TRIED = 8
CLEARLY_LIKELIER = 0.25
LIKE = 0.5


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
    is_name = len(text.split()) <= NAME_WORDS
    titled = _by_title(text, library, limit)
    if titled.sure and (not is_name or titled.hits[0].score >= SAME_TITLE):
        return titled
    said = _by_saying(text, key, library, limit) if is_name else LookUp()
    if said.hits:
        return said
    near = near_names(text, library) if is_name else []
    misspelt = _by_misspelt_name(text, near, library, limit)
    if titled.sure and len(text.split()) > 1 and not (near and edits(key, near[0].key) <= 1):
        return titled
    if misspelt.hits or titled.hits:
        return misspelt if misspelt.hits else titled
    return _by_mention(text, near, library, limit)


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


def _papers(ids: Sequence[int], library: Library) -> dict[int, Paper]:
    return {paper.id: paper for paper in library.store.papers(ids, viewer=library.viewer)}


def _by_name(text: str, key: str, library: Library, limit: int) -> LookUp:
    """Holders of the very name, else of the name in "the LIBERO benchmark"."""
    for name in dict.fromkeys((key, name_key(bare_name(text)))):
        holders = library.index.holders(name, limit=limit, viewer=library.viewer) if name else []
        if found := _ranked_holders(text, holders, library, limit):
            return found
    return LookUp()


def _ranked_holders(text: str, holders: Sequence[NameHolder], library: Library, limit: int) -> LookUp | None:
    """Holders of a name, the strongest kind first, then those that spell it as typed."""
    papers = _papers([holder.paper_id for holder in holders], library)
    known = [holder for holder in holders if holder.paper_id in papers]
    spelling = {holder.paper_id: _spelling_distance(text, papers[holder.paper_id]) for holder in known}

    def rank(holder: NameHolder) -> tuple[int, int, int, int, int]:
        """By kind, spelt as typed, then by votes, then the newer one; of a coined name the oldest, which coined it."""
        paper = papers[holder.paper_id]
        day = paper.published_on.toordinal() if paper.published_on else 0
        votes = paper.metrics.upvotes or 0
        return KINDS.index(holder.kind), spelling[paper.id], -votes, -day, paper.id

    ranked = sorted(known, key=rank)[:limit]
    hits = tuple(
        Hit(
            paper=papers[holder.paper_id],
            score=1.0 - KINDS.index(holder.kind) * 0.1 - number * 0.001,
            why=Reason(kind="name", asked=text),
        )
        for number, holder in enumerate(ranked)
    )
    if not ranked:
        return None
    rivals = [holder for holder in ranked if holder.kind == ranked[0].kind]
    alone = len(rivals) == 1 or spelling[rivals[0].paper_id] < spelling[rivals[1].paper_id]
    return LookUp(hits=hits, sure=alone)


def _spelling_distance(text: str, paper: Paper) -> int:
    """0 where the paper's name is written just as typed, 1 but for case, 2 otherwise."""
    written = [name for _, name in find_names(paper.title, paper.abstract).written()]
    if text in written:
        return 0
    return 1 if text.casefold() in {name.casefold() for name in written} else 2


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
    scored.sort(key=lambda one: -one[0])
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


def _by_saying(text: str, key: str, library: Library, limit: int) -> LookUp:
    """Papers that write just this word as one writes a name, though none of them goes by it."""
    node = Concept((Form(text),))
    ranked = library.index.candidates(Plan(must=(node,)), limit=limit, viewer=library.viewer).ranked
    papers = _papers([paper_id for paper_id, _ in ranked], library)
    says = [(paper_id, score) for paper_id, score in ranked if paper_id in papers and _says_name(text, key, papers[paper_id])]
    hits = tuple(
        Hit(paper=papers[paper_id], score=round(score, 4), why=Reason(kind="words", asked=text)) for paper_id, score in says
    )
    return LookUp(hits=hits, sure=len(hits) == 1)


def _says_name(text: str, key: str, paper: Paper) -> bool:
    """Whether a text has the word, or words, in capitals or with a letter or digit that makes it a name."""
    size = len(text.split())
    words = f"{paper.title} {paper.abstract}".split()
    for at in range(len(words) - size + 1):
        written = " ".join(words[at : at + size]).strip("()[]{}<>*_\"“”'`’,;:?!.")
        if name_key(written) == key and (looks_coined(written) or written.isupper()):
            return True
    return False


def near_names(text: str, library: Library) -> list[KnownName]:
    """Names within a letter, else two, of what was typed, the likeliest first.

    Likely is what fingers do, then the spelling with its case and signs, then a name in a title, then the popular paper's.
    """
    key = name_key(text)
    for wrong in range(1, edits_allowed(key) + 1):
        found = library.index.names_like(key, wrong=wrong, limit=NAMES_COMPARED, viewer=library.viewer)
        if found:
            nearest = sorted(found, key=lambda name: OSA.distance(text, name.written))[:NAMES_WEIGHED]
            return sorted(nearest, key=lambda name: _unlikeliness(text, key, name))
    return []


def _unlikeliness(text: str, key: str, name: KnownName) -> float:
    other_signs = min(OSA.distance(text, name.written), OSA.distance(text.casefold(), name.written.casefold()) + 1)
    return slip(key, name.key) + other_signs * 0.05 + KINDS.index(name.kind) * 0.1


def _by_misspelt_name(text: str, near: Sequence[KnownName], library: Library, limit: int) -> LookUp:
    """The papers of near names, in the order of the names; sure where one paper has the likeliest and the next is less likely."""
    key = name_key(text)
    hits: dict[int, Hit] = {}
    of_first = 0
    for name in near[:NEAR_TRIED]:
        holders = library.index.holders(name.key, limit=limit, viewer=library.viewer)
        found = _ranked_holders(name.written, holders, library, limit)
        for hit in found.hits if found else ():
            why = Reason(kind="spelling", asked=text, found=_as_written(name, hit.paper))
            score = hit.score - 0.2 * slip(key, name.key) - len(hits) * 0.001
            hits.setdefault(hit.paper.id, replace(hit, score=round(score, 4), why=why))
        of_first = of_first or len(hits)
    clear = len(near) == 1 or (len(near) > 1 and slip(key, near[1].key) - slip(key, near[0].key) >= CLEARLY_LIKELIER)
    return LookUp(hits=tuple(hits.values())[:limit], sure=of_first == 1 and clear)


def _as_written(name: KnownName, paper: Paper) -> str:
    names = (written for _, written in find_names(paper.title, paper.abstract).written())
    return next((written for written in names if name_key(written) == name.key), name.written)


def _by_mention(text: str, near: Sequence[KnownName], library: Library, limit: int) -> LookUp:
    """Papers that say all the words somewhere: the answer where it is the only one, else a choice."""
    node = Concept((Form(text),))
    ranked = library.index.candidates(Plan(must=(node,)), limit=limit, viewer=library.viewer).ranked
    papers = _papers([paper_id for paper_id, _ in ranked], library)
    hits = tuple(
        Hit(paper=papers[paper_id], score=round(score, 4), why=Reason(kind="words", asked=text))
        for paper_id, score in ranked
        if paper_id in papers
    )
    return LookUp(hits=hits, sure=len(hits) == 1, near=() if hits else _names_like(name_key(text), near, library))


def _names_like(key: str, near: Sequence[KnownName], library: Library) -> tuple[str, ...]:
    """Three names, as written, that are most like a key that no paper goes by."""
    for size in (len(key) * 3 // 4, len(key) // 2):
        if near or size < 2:
            break
        wrong = 1 if size > 4 else 0
        found = library.index.names_like(key[:size], wrong=wrong, begins=True, limit=NAMES_COMPARED, viewer=library.viewer)
        alike = ((OSA.normalized_similarity(key, name.key), name) for name in found)
        near = [name for likeness, name in sorted(alike, key=lambda one: -one[0]) if likeness >= LIKE]
    return tuple(name.written for name in near[:NEAR_NAMES])
