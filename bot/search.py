"""Query → papers, with the reason for each: `/papers rl`. Plans what the index shall find, in every form a topic goes by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.model import Paper
from bot.names import name_key, title_names
from bot.ports import Candidates, Library
from bot.query import AllOf, AnyOf, Concept, Form, Group, Node, Plan, Query, Term, Without, Words
from bot.results import Found, Hit, Kind, Place, Reason
from bot.topics import acronym_key, narrower, plain, synonyms

SYNONYM_WEIGHT = 0.9
NARROWER_WEIGHT = 0.35
PHRASE_WEIGHT = 1.0
TOPIC_WORDS = 5
READING_SHARE = 0.3
ACRONYM_CHARS = 8


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch of the query that means one thing, with the other forms of it that are searched too."""

    text: str
    forms: tuple[Form, ...]


def search(query: Query, library: Library, *, limit: int, offset: int = 0) -> Found:
    """The papers that a query asks for: all its words in any of their forms; if there are none, with repaired spelling."""
    units = _units(query.terms, library)
    found = _find(query, units, library, limit=limit, offset=offset)
    if found.total or not query.terms:
        return found
    repaired = _repair(query.terms, library)
    if repaired:
        terms = _replace_words(query.terms, dict(repaired))
        again = _find(query, _units(terms, library), library, limit=limit, offset=offset)
        if again.total:
            hits = tuple(replace(hit, why=_spelling(hit.why, repaired)) for hit in again.hits)
            return replace(again, hits=hits, repaired=repaired)
    return replace(found, dropped=_what_kept_out(query, units, library))


def matching(query: Query, library: Library, *, added_after: int, limit: int) -> Found:
    """The papers first stored after a change number that a query asks for, exactly: no spelling is repaired."""
    return _find(query, _units(query.terms, library), library, limit=limit, offset=0, added_after=added_after)


def _find(  # noqa: PLR0913 - private, and all of it is one question
    query: Query, units: Sequence["_Unit | Node"], library: Library, *, limit: int, offset: int, added_after: int | None = None
) -> Found:
    plan = replace(_plan(query, units, library), added_after=added_after)
    candidates = library.index.candidates(plan, limit=limit, offset=offset, viewer=library.viewer)
    papers = {paper.id: paper for paper in _papers(candidates, library)}
    named = [unit for unit in units if isinstance(unit, _Unit)]
    hits = tuple(
        Hit(paper=papers[paper_id], score=round(score, 4), why=_reason(papers[paper_id], named))
        for paper_id, score in candidates.ranked
        if paper_id in papers
    )
    also = tuple(dict.fromkeys(form.text for unit in named for form in unit.forms[1:] if form.weight >= SYNONYM_WEIGHT))
    return Found(hits=hits, total=candidates.total, also=also)


def _papers(candidates: Candidates, library: Library) -> list[Paper]:
    return library.store.papers([paper_id for paper_id, _ in candidates.ranked], viewer=library.viewer)


def _plan(query: Query, units: Sequence["_Unit | Node"], library: Library) -> Plan:
    must = tuple(Concept(unit.forms) if isinstance(unit, _Unit) else unit for unit in units)
    should: tuple[Node, ...] = ()
    if len(query.words) > 1 and len(units) > 1:
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


def _units(terms: Sequence[Term], library: Library) -> list["_Unit | Node"]:
    """The wanted terms as units; neighbouring words that are one topic become one unit."""
    units: list[_Unit | Node] = []
    at = 0
    while at < len(terms):
        term = terms[at]
        if isinstance(term, Without):
            at += 1
            continue
        if isinstance(term, Group) or term.quoted:
            units.append(_node(term, library, widen=True) if isinstance(term, Group) else _Unit(term.text, (Form(term.text),)))
            at += 1
            continue
        unit, length = _topic_at(terms, at, library)
        units.append(unit)
        at += length
    return units


def _topic_at(terms: Sequence[Term], at: int, library: Library) -> tuple[_Unit, int]:
    run: list[str] = []
    for term in terms[at : at + TOPIC_WORDS]:
        if not isinstance(term, Words) or term.quoted:
            break
        run.append(term.text)
    for length in range(len(run), 0, -1):
        text = " ".join(run[:length])
        forms = _forms(text, library)
        if len(forms) > 1 or length == 1:
            return _Unit(text, forms), length
    raise AssertionError("a run holds at least one word")


def _forms(text: str, library: Library) -> tuple[Form, ...]:
    """A word or phrase and the other ways in which papers say it: from the table, and as stored abstracts define it."""
    others = list(synonyms(text))
    if " " not in text and len(text) <= ACRONYM_CHARS:
        learned = _common(library.index.long_forms(acronym_key(text), viewer=library.viewer))
        others += learned
        others += [other for long_form in learned for other in synonyms(long_form)]
    if len(plain(text).split()) > 1:
        others += _common(library.index.short_forms(plain(text), viewer=library.viewer))
    forms = {plain(text): Form(text)}
    for other in others:
        forms.setdefault(plain(other), Form(other, SYNONYM_WEIGHT))
    wider = [form for topic in (text, *others) for form in narrower(topic)] if synonyms(text) or others else []
    for other in wider:
        forms.setdefault(plain(other), Form(other, NARROWER_WEIGHT))
    return tuple(forms.values())


def _common(readings: Iterable[tuple[str, int]]) -> list[str]:
    """The readings that are as good as the most frequent one, at most three."""
    readings = list(readings)
    enough = max(2, readings[0][1] * READING_SHARE) if readings else 0
    most = [form for form, count in readings if count >= enough]
    return most[:3] or [form for form, _ in readings[:1]]


def _node(term: Words | Group, library: Library, *, widen: bool) -> Node:
    if isinstance(term, Words):
        return Concept(_forms(term.text, library) if widen and not term.quoted else (Form(term.text),))
    rows = []
    for row in term.alternatives:
        parts = [Concept(unit.forms) if isinstance(unit, _Unit) else unit for unit in _units(row, library)]
        rows.append(parts[0] if len(parts) == 1 else AllOf(tuple(parts)))
    return AnyOf(tuple(rows))


def _what_kept_out(query: Query, units: Sequence["_Unit | Node"], library: Library) -> tuple[str, ...]:
    """The units without which something would have been found, at most eight tried."""
    named = [unit for unit in units if isinstance(unit, _Unit)][:8]
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


def _reason(paper: Paper, units: Sequence[_Unit]) -> Reason:
    """The best that can be said: the name, the title, then the topic by another name, then words of the abstract."""
    if not units:
        return Reason(kind="filter")
    unit = units[0]
    if name_key(unit.text) in {name_key(name) for name in title_names(paper.title)}:
        return Reason(kind="name", asked=unit.text)
    places: tuple[tuple[Place, str], ...] = (
        ("title", plain(paper.title)),
        ("keywords", " ; ".join(map(plain, paper.keywords))),
        ("abstract", plain(paper.abstract)),
    )
    said = [form for form in unit.forms if form.weight >= SYNONYM_WEIGHT]
    for forms in (said, unit.forms[len(said) :]):
        for place, text in places:
            for form in forms:
                if _says(text, plain(form.text)):
                    return Reason(kind=_kind(unit, form, place), asked=unit.text, found=form.text, place=place)
    return Reason(kind="words", asked=unit.text)


def _kind(unit: _Unit, form: Form, place: str) -> Kind:
    if form is not unit.forms[0]:
        return "topic"
    if " " in unit.text:
        return "phrase"
    return "title" if place == "title" else "words"


def _says(text: str, form: str) -> bool:
    return f" {form}" in f" {text}"
