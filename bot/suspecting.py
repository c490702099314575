"""Papers that may be one although nothing proves it: titles that are close. Found through the search index only, never merged."""

from collections.abc import Iterable
from typing import Final

from bot.agreement import closeness
from bot.merges import MergeStore, Suspect
from bot.model import Paper
from bot.ports import Library

MOST_COMPARED: Final = 10_000
CANDIDATES: Final = 12


def look_for_suspects(library: Library, merges: MergeStore) -> int:
    """Compare what is new with what is stored, and keep the pairs that may be one; returns how many were found.

    Two papers with arXiv ids are two, so a pair has one without. Either the new papers are looked up or all those without, as
    whichever is fewer: at most `MOST_COMPARED` questions to the index, however many papers came.
    """
    space = library.viewer
    since, newest = merges.compared(space), library.store.last_change()
    if since >= newest:
        return 0
    papers = _to_compare(library, merges, since, newest)
    unique = {(min(one[:2]), max(one[:2])): one for one in suspects_of(papers, library)}
    merges.suspect(space, list(unique.values()), upto=newest)
    return len(unique)


def suspects_of(papers: Iterable[Paper], library: Library) -> Iterable[Suspect]:
    """The pairs of these papers with stored ones, for the same people, whose titles are close and that may be one."""
    for paper in papers:
        close = library.index.titles_like(paper.title, limit=CANDIDATES, viewer=library.viewer)
        others = library.store.papers([one.paper_id for one in close if one.paper_id != paper.id], viewer=library.viewer)
        for other in others:
            score = closeness(paper, other) if other.visible_to == paper.visible_to and other.id != paper.id else 0
            if score:
                yield Suspect(paper.id, other.id, score)


def _to_compare(library: Library, merges: MergeStore, since: int, newest: int) -> list[Paper]:
    """The papers to look up, of the viewer's space alone."""
    unnamed = merges.unnamed(library.viewer, limit=MOST_COMPARED)
    if newest - since < len(unnamed):
        changed = library.store.changed_since(since, MOST_COMPARED)
        return [one.paper for one in changed if one.paper.visible_to == (library.viewer or None)]
    return library.store.papers(unnamed, viewer=library.viewer)
