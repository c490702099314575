"""A name, id, link or title → the paper that is meant: `/paper LIBERO`. Typing errors are forgiven, ties are a choice.

Bounded work, in this order: identifier → exact name → title → misspelt name → papers that mention it.
"""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.identity import read_identifier, same_as, title_key
from bot.model import Identifier, Paper
from bot.names import find_names, name_key
from bot.ports import Library, NameHolder
from bot.query import Concept, Form, Plan
from bot.results import Hit, LookUp, Reason

TITLE_CANDIDATES = 60
CLOSE_TITLE = 82.0
SURE_TITLE = 90.0
CLEAR_LEAD = 0.02
NEAR_NAMES = 3
LIKE = 0.5

_KIND_ORDER = {"name": 0, "part": 1, "coined": 2}


def look_up(text: str, library: Library, *, limit: int = 10) -> LookUp:
    """The paper that goes by this name, id, link or title, typing errors forgiven; or a choice; or what is near."""
    text = " ".join(text.split())
    exact = _by_identifier(text, library)
    if exact is not None:
        return LookUp(hits=(Hit(paper=exact, score=1.0, why=Reason(kind="identifier", asked=text)),), sure=True)
    key = name_key(text)
    if not key:
        return LookUp()
    named = _by_name(text, library.index.holders(key, limit=limit, viewer=library.viewer), library)
    if named.hits:
        return named
    titled = _by_title(text, library, limit)
    if titled.sure:
        return titled
    near = _near_names(key, library) if len(text.split()) <= 3 else []
    misspelt = _by_misspelt_name(text, near, library, limit)
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


def _by_name(text: str, holders: Sequence[NameHolder], library: Library) -> LookUp:
    """Holders of the very name: those whose title spells it as typed come first, then titles, pieces, coined names."""
    papers = _papers([holder.paper_id for holder in holders], library)
    known = [holder for holder in holders if holder.paper_id in papers]
    spelling = {holder.paper_id: _spelling_distance(text, papers[holder.paper_id]) for holder in known}

    def rank(holder: NameHolder) -> tuple[int, int, int, int, int]:
        """Title before piece before coined, spelt as typed, then by votes, then the newer one."""
        paper = papers[holder.paper_id]
        newness = paper.published_on.toordinal() if paper.published_on else 0
        return _KIND_ORDER[holder.kind], spelling[paper.id], -(paper.metrics.upvotes or 0), -newness, paper.id

    ranked = sorted(known, key=rank)
    hits = tuple(
        Hit(
            paper=papers[holder.paper_id],
            score=1.0 - _KIND_ORDER[holder.kind] * 0.1 - number * 0.001,
            why=Reason(kind="name", asked=text),
        )
        for number, holder in enumerate(ranked)
    )
    if not ranked:
        return LookUp()
    best = ranked[0].kind
    rivals = [holder for holder in ranked if holder.kind == best]
    alone = len(rivals) == 1 or spelling[rivals[0].paper_id] < spelling[rivals[1].paper_id]
    return LookUp(hits=hits, sure=alone)


def _spelling_distance(text: str, paper: Paper) -> int:
    """0 where the paper's name is written just as typed, 1 but for case, 2 otherwise."""
    names = find_names(paper.title, paper.abstract)
    written = (*names.title, *names.part, *names.coined)
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
        title = title_key(match.title)
        score = max(fuzz.ratio(wanted, title), fuzz.ratio(wanted, title[: len(wanted)]))
        if score < SURE_TITLE and " " in wanted:
            score = max(score, fuzz.partial_ratio(wanted, title) - 5)
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


def _near_names(key: str, library: Library) -> list[tuple[str, int]]:
    """Names within two letters of a key (one for short keys), nearest first."""
    most = 1 if len(key) <= 4 else 2
    found = process.extract(key, library.index.names(viewer=library.viewer), scorer=OSA.distance, score_cutoff=most, limit=20)
    return sorted(
        ((name, int(distance)) for name, distance, _ in found),
        key=lambda one: (one[1], one[0][:1] != key[:1], abs(len(one[0]) - len(key))),
    )


def _by_misspelt_name(text: str, near: Sequence[tuple[str, int]], library: Library, limit: int) -> LookUp:
    if not near:
        return LookUp()
    closest = near[0][1]
    hits: list[Hit] = []
    for name, distance in near[:8]:
        if distance > closest:
            break
        for hit in _by_name(name, library.index.holders(name, limit=limit, viewer=library.viewer), library).hits:
            shown = next((one for one in find_names(hit.paper.title, hit.paper.abstract).title if name_key(one) == name), "")
            why = Reason(kind="spelling", asked=text, found=shown or _as_written(name, hit.paper))
            hits.append(replace(hit, score=round(hit.score - 0.2 * distance, 4), why=why))
    hits.sort(key=lambda hit: -hit.score)
    unique = tuple({hit.paper.id: hit for hit in reversed(hits)}.values())[::-1][:limit]
    return LookUp(hits=unique, sure=len({hit.paper.id for hit in hits if hit.score >= hits[0].score - 0.05}) == 1)


def _as_written(key: str, paper: Paper) -> str:
    names = find_names(paper.title, paper.abstract)
    return next((name for name in (*names.part, *names.coined) if name_key(name) == key), key)


def _by_mention(text: str, near: Sequence[tuple[str, int]], library: Library, limit: int) -> LookUp:
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


def _names_like(key: str, near: Sequence[tuple[str, int]], library: Library) -> tuple[str, ...]:
    """Three names, as written, that are most like a key that no paper goes by."""
    keys = [name for name, _ in near]
    if not keys:
        similar = process.extract(
            key, library.index.names(viewer=library.viewer), scorer=OSA.normalized_similarity, score_cutoff=LIKE, limit=NEAR_NAMES
        )
        keys = [name for name, _, _ in similar]
    written = (library.index.complete(name, limit=1, viewer=library.viewer) for name in keys[:NEAR_NAMES])
    return tuple(dict.fromkeys(name for names in written for name in names))
