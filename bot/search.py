"""Query → papers, with the reason for each: `/papers rl`. Plans what the index shall find, in every form a topic goes by."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from bot.meaning import Meaning, meaning
from bot.model import Paper
from bot.names import name_key, title_names
from bot.ports import Candidates, Library
from bot.query import AllOf, AnyOf, Concept, Form, Group, Node, Plan, Query, Term, Without, Words
from bot.results import Found, Hit, Kind, Place, Reason
from bot.small_words import is_small_word
from bot.topic_table import form_words, words

PHRASE_WEIGHT = 2.0
FEW = 10
"""Where fewer papers than that say a topic, those that say all its words apart are found, too."""
APART = 0.3
"""The weight of words that stand apart: below all that say them as one."""
TOPIC_WORDS = 5


def search(query: Query, library: Library, *, limit: int, offset: int = 0) -> Found:
    """The papers that a query asks for: all its words in any of their forms; if there are none, with repaired spelling.

    Small words beside others need not occur. The words of a topic that few papers say may stand apart.
    """
    units = _units(query.terms, library)
    found = _together_or_apart(query, units, library, limit=limit, offset=offset)
    if found.total or not query.terms:
        return found
    repaired = _repair(query.terms, library)
    if repaired:
        terms = _replace_words(query.terms, dict(repaired))
        again = _together_or_apart(query, _units(terms, library), library, limit=limit, offset=offset)
        if again.total:
            hits = tuple(replace(hit, why=_spelling(hit.why, repaired)) for hit in again.hits)
            return replace(again, hits=hits, repaired=repaired)
    return replace(found, dropped=_what_kept_out(query, units, library))


def meanings(query: Query, library: Library) -> tuple[Meaning, ...]:
    """What each stretch of a query is taken to mean, alternatives in brackets left out."""
    return tuple(unit for unit in _units(query.terms, library) if isinstance(unit, Meaning))


def matching(query: Query, library: Library, *, added_after: int, limit: int) -> Found:
    """The papers first stored after a change number that a query asks for, exactly: no spelling is repaired."""
    units = _units(query.terms, library)
    return _find(replace(_plan(query, units, library), added_after=added_after), units, library, limit=limit, offset=0)


def _together_or_apart(query: Query, units: Sequence["Meaning | Node"], library: Library, *, limit: int, offset: int) -> Found:
    plan = _plan(query, units, library)
    found = _find(plan, units, library, limit=limit, offset=offset)
    if found.total < FEW and any(map(_is_phrase, units)):
        return _find(_apart(plan, units), units, library, limit=limit, offset=offset)
    return found


def _find(plan: Plan, units: Sequence["Meaning | Node"], library: Library, *, limit: int, offset: int) -> Found:
    candidates = library.index.candidates(plan, limit=limit, offset=offset, viewer=library.viewer)
    even = next((unit for unit in units if isinstance(unit, Meaning) and unit.even), None)
    if even is not None and plan.sort == "relevance":
        in_turn = _in_turn(_each_reading(plan, units.index(even), even), library, limit=limit, offset=offset)
        candidates = replace(candidates, ranked=in_turn)
    papers = {paper.id: paper for paper in _papers(candidates, library)}
    named = [unit for unit in units if isinstance(unit, Meaning)]
    hits = tuple(
        Hit(paper=papers[paper_id], score=round(score, 4), why=_reason(papers[paper_id], named))
        for paper_id, score in candidates.ranked
        if paper_id in papers
    )
    also = tuple(dict.fromkeys(name for unit in named for name in unit.names[1:]))
    others = tuple((unit.text, other) for unit in named for other in unit.others)
    return Found(hits=hits, total=candidates.total, also=also, others=others)


def _each_reading(plan: Plan, at: int, even: Meaning) -> list[Plan]:
    """A plan for each of the even readings of its wanted part at a place."""
    return [replace(plan, must=(*plan.must[:at], Concept(forms), *plan.must[at + 1 :])) for forms in even.even]


def _in_turn(plans: Sequence[Plan], library: Library, *, limit: int, offset: int) -> tuple[tuple[int, float], ...]:
    """What several plans find, a paper of each in turn and none twice."""
    lists = [library.index.candidates(one, limit=offset + limit, viewer=library.viewer).ranked for one in plans]
    first: dict[int, float] = {}
    for paper_id, score in (one for row in zip_longest(*lists) for one in row if one is not None):
        first.setdefault(paper_id, score)
    return tuple(first.items())[offset : offset + limit]


def _papers(candidates: Candidates, library: Library) -> list[Paper]:
    return library.store.papers([paper_id for paper_id, _ in candidates.ranked], viewer=library.viewer)


def _plan(query: Query, units: Sequence["Meaning | Node"], library: Library) -> Plan:
    must = tuple(Concept(unit.forms) if isinstance(unit, Meaning) else unit for unit in units)
    should: tuple[Node, ...] = ()
    if len(query.words) > 1 and (len(units) > 1 or _is_a_part(units[0], query)):
        should = (Concept((Form(" ".join(query.words), PHRASE_WEIGHT),)),)
    without = tuple(term.term for term in query.terms if isinstance(term, Without))
    return Plan(
        must=must,
        must_not=tuple(_node(term, library, widen=False) for term in without),
        should=should,
        authors=query.authors,
        since=query.since,
        until=query.until,
        sort=query.sort,
    )


def _apart(plan: Plan, units: Sequence["Meaning | Node"]) -> Plan:
    """A plan that also finds papers which say the words of a topic apart."""
    return replace(plan, must=tuple(map(_loosened, plan.must, units)))


def _loosened(node: Node, unit: "Meaning | Node") -> Node:
    if not isinstance(unit, Meaning) or not _is_phrase(unit):
        return node
    each = (Concept((Form(word, APART),)) for word in unit.text.split() if not is_small_word(word))
    return AnyOf((node, AllOf(tuple(each))))


def _is_phrase(unit: "Meaning | Node") -> bool:
    """Whether a unit is several words that are found as one; what was typed in quotes is, and stays so."""
    return isinstance(unit, Meaning) and " " in unit.text and _is_known(unit)


def _is_known(unit: Meaning) -> bool:
    return len(unit.names) > 1 or unit.forms[0].is_topic


def _units(terms: Sequence[Term], library: Library) -> list["Meaning | Node"]:
    """The wanted terms as units; neighbouring words that are one topic become one unit. Small words stand in for none."""
    units: list[Meaning | Node] = []
    small: list[Meaning | Node] = []
    at = 0
    while at < len(terms):
        term = terms[at]
        if isinstance(term, Without):
            at += 1
            continue
        if isinstance(term, Group) or term.quoted:
            units.append(_node(term, library, widen=True) if isinstance(term, Group) else _as_it_is(term.text))
            at += 1
            continue
        unit, length = _topic_at(terms, at, library)
        (small if is_small_word(unit.text) else units).append(unit)
        at += length
    return units or small


def _is_a_part(unit: "Meaning | Node", query: Query) -> bool:
    """Whether the only unit leaves words of the query out."""
    return isinstance(unit, Meaning) and unit.text != " ".join(query.words)


def _topic_at(terms: Sequence[Term], at: int, library: Library) -> tuple[Meaning, int]:
    run: list[str] = []
    for term in terms[at : at + TOPIC_WORDS]:
        if not isinstance(term, Words) or term.quoted:
            break
        run.append(term.text)
    for length in range(len(run), 1, -1):
        known = meaning(" ".join(run[:length]), library)
        if _is_known(known):
            return known, length
    return meaning(run[0], library), 1


def _as_it_is(text: str) -> Meaning:
    return Meaning(text=text, forms=(Form(text),), names=(text,))


def _node(term: Words | Group, library: Library, *, widen: bool) -> Node:
    if isinstance(term, Words):
        return Concept(meaning(term.text, library).forms if widen and not term.quoted else (Form(term.text),))
    rows = []
    for row in term.alternatives:
        parts = [Concept(unit.forms) if isinstance(unit, Meaning) else unit for unit in _units(row, library)]
        rows.append(parts[0] if len(parts) == 1 else AllOf(tuple(parts)))
    return AnyOf(tuple(rows))


def _what_kept_out(query: Query, units: Sequence["Meaning | Node"], library: Library) -> tuple[str, ...]:
    """The units without which something would have been found, at most eight tried."""
    named = [unit for unit in units if isinstance(unit, Meaning)][:8]
    if len(named) < 2:
        return tuple(unit.text for unit in named)
    kept_out = []
    for unit in named:
        rest = [other for other in units if other is not unit]
        plan = replace(_plan(query, rest, library), should=())
        if library.index.candidates(plan, limit=1, viewer=library.viewer).total:
            kept_out.append(unit.text)
    return tuple(kept_out)


def _repair(terms: Sequence[Term], library: Library) -> tuple[tuple[str, str], ...]:
    words = [term.text for term in terms if isinstance(term, Words) and not term.quoted]
    spelt = ((word, library.index.spelling(word, viewer=library.viewer)) for word in words)
    return tuple((word, better) for word, better in spelt if better is not None)


def _replace_words(terms: Sequence[Term], better: dict[str, str]) -> tuple[Term, ...]:
    return tuple(
        Words(better.get(term.text, term.text)) if isinstance(term, Words) and not term.quoted else term for term in terms
    )


def _spelling(why: Reason | None, repaired: Sequence[tuple[str, str]]) -> Reason:
    asked, better = repaired[0]
    return Reason(kind="spelling", asked=asked, found=better, place=why.place if why else "")


def _reason(paper: Paper, units: Sequence[Meaning]) -> Reason:
    """The best that can be said: the name, the title, then the topic by another name, then words of the abstract."""
    if not units:
        return Reason(kind="filter")
    unit = units[0]
    if name_key(unit.text) in {name_key(name) for name in title_names(paper.title)}:
        return Reason(kind="name", asked=unit.text)
    places: tuple[tuple[Place, str], ...] = (
        ("title", paper.title),
        ("keywords", " ; ".join(paper.keywords)),
        ("abstract", paper.abstract),
    )
    texts = [(place, f" {' '.join(words(text))} ") for place, text in places if text]
    for forms in (unit.names, unit.narrower):
        said = [(form, f" {' '.join(form_words(form))} ") for form in forms]
        for place, text in texts:
            for form, form_text in said:
                if form_text in text:
                    return Reason(kind=_kind(unit, form, place), asked=unit.text, found=form, place=place)
    return Reason(kind="words", asked=unit.text)


def _kind(unit: Meaning, form: str, place: str) -> Kind:
    if form != unit.text:
        return "topic"
    if " " in unit.text:
        return "phrase"
    return "title" if place == "title" else "words"
