"""A misspelt name → the names that were probably meant, and their papers. Bounded: the index tells a few hundred at most."""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import OSA

from bot.holding import ranked
from bot.model import Paper
from bot.names import KINDS, find_names, name_key
from bot.ports import KnownName, Library
from bot.results import Hit, LookUp, Reason
from bot.slips import edits_allowed, slip

NEAR_NAMES = 3
NAMES_COMPARED = 200
NAMES_WEIGHED = 40
NEAR_TRIED = 5
CLEARLY_LIKELIER = 0.25
LIKE = 0.5


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


def by_misspelt_name(text: str, near: Sequence[KnownName], library: Library, limit: int) -> LookUp:
    """The papers of near names, in the order of the names; sure where one paper has the likeliest and the next is less likely."""
    key = name_key(text)
    tried = [(name, library.index.holders(name.key, limit=limit, viewer=library.viewer)) for name in near[:NEAR_TRIED]]
    ids = [holder.paper_id for _, holders in tried for holder in holders]
    papers = {paper.id: paper for paper in library.store.papers(ids, viewer=library.viewer)}
    hits: dict[int, Hit] = {}
    of_first = 0
    for name, holders in tried:
        known = [holder for holder in holders if holder.paper_id in papers]
        for hit in ranked(name.written, known, papers, limit).hits if known else ():
            why = Reason(kind="spelling", asked=text, found=_as_written(name, hit.paper))
            score = hit.score - 0.2 * slip(key, name.key) - len(hits) * 0.001
            hits.setdefault(hit.paper.id, replace(hit, score=round(score, 4), why=why))
        of_first = of_first or len(hits)
    clear = len(near) == 1 or (len(near) > 1 and slip(key, near[1].key) - slip(key, near[0].key) >= CLEARLY_LIKELIER)
    return LookUp(hits=tuple(hits.values())[:limit], sure=of_first == 1 and clear)


def _as_written(name: KnownName, paper: Paper) -> str:
    names = (written for _, written in find_names(paper.title, paper.abstract).written())
    return next((written for written in names if name_key(written) == name.key), name.written)


def names_alike(key: str, near: Sequence[KnownName], library: Library) -> tuple[str, ...]:
    """Three names, as written, that are most like a key that no paper goes by."""
    for size in (len(key) * 3 // 4, len(key) // 2):
        if near or size < 2:
            break
        wrong = 1 if size > 4 else 0
        found = library.index.names_like(key[:size], wrong=wrong, begins=True, limit=NAMES_COMPARED, viewer=library.viewer)
        alike = ((OSA.normalized_similarity(key, name.key), name) for name in found)
        near = [name for likeness, name in sorted(alike, key=lambda one: -one[0]) if likeness >= LIKE]
    return tuple(name.written for name in near[:NEAR_NAMES])
