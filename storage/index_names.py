"""Who goes by a name, and which names are like one: the index's names, read without ever listing them all."""

from collections.abc import Sequence
from dataclasses import dataclass

from tantivy import FieldType, Occur, Order, Query

from bot.names import KINDS, Kind, name_key
from bot.ports import KnownName, NameHolder
from bot.slips import begins, edits
from storage.index_documents import NO_DAY, person, read_names
from storage.index_view import View

TITLED: Sequence[Kind] = ("name", "part")
_COINED: Sequence[Kind] = ("coined", "also")
_OLDEST = 3
_MOST_PARTS = 5
_MOST_PAPERS = 300
"""How many papers' names are compared for one question, the most upvoted ones; of coined names half as many."""


def holders(view: View, key: str, *, limit: int) -> list[NameHolder]:
    """The papers that go by a name, those named so in their title first; of a coined one the most upvoted and the oldest."""
    found: dict[int, NameHolder] = {}
    for kind in KINDS:
        query = view.exactly(kind, key)
        hits = view.searcher.search(query, limit, count=False, order_by_field="votes").hits
        if kind in _COINED and len(hits) == limit:
            dated = Query.range_query(view.schema, "published", FieldType.Integer, NO_DAY + 1, None)
            oldest = Query.boolean_query([(Occur.Must, query), (Occur.Must, dated)])
            hits += view.searcher.search(oldest, _OLDEST, count=False, order_by_field="published", order=Order.Asc).hits
        for paper_id in view.searcher.fast_field_values("id", [address for _, address in hits]):
            found.setdefault(int(paper_id or 0), NameHolder(paper_id=int(paper_id or 0), kind=kind))
    return list(found.values())[: limit + _OLDEST]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key, how many of its letters may be `wrong`, and whether names need only `begin` with it."""

    key: str
    wrong: int
    begins: bool

    def fits(self, name: str) -> bool:
        """Whether a name's key is meant."""
        return begins(self.key, name, self.wrong) if self.begins else edits(self.key, name) <= self.wrong


def names_like(view: View, wanted: Wanted, *, limit: int) -> list[KnownName]:
    """The names that are meant: the very name, then those in titles, then coined ones; the most upvoted, then shorter, first."""
    found = _names(view, wanted, TITLED, _MOST_PAPERS)
    if len(found) < limit:
        known = {name.key for name in found}
        found += [name for name in _names(view, wanted, _COINED, _MOST_PAPERS // 2) if name.key not in known]
    found.sort(key=lambda name: name.key != wanted.key)
    return found[:limit]


def _names(view: View, wanted: Wanted, kinds: Sequence[Kind], most: int) -> list[KnownName]:
    """The names of these kinds that are meant, each once, among those of the most upvoted papers."""
    near = [view.nearly(kind, wanted.key, wanted.wrong, begins=wanted.begins) for kind in kinds]
    query = view.seen(Query.boolean_query([(Occur.Should, one) for one in near]))
    addresses = [address for _, address in view.searcher.search(query, most, count=False, order_by_field="votes").hits]
    found: dict[str, tuple[int, KnownName]] = {}
    for votes, address in zip(view.searcher.fast_field_values("votes", addresses), addresses, strict=True):
        for kind, written in read_names(view.searcher.doc(address)):
            if kind in kinds and (key := name_key(written)) not in found and wanted.fits(key):
                found[key] = (-int(votes or 0), KnownName(key=key, written=written, kind=kind))
    return [name for _, name in sorted(found.values(), key=lambda one: (one[0], len(one[1].key), one[1].key))]


def by_author(view: View, typed: str, wrong: int, *, limit: int) -> list[int]:
    """The most upvoted papers by people with these names; the last name may go on, with `wrong` letters before that."""
    *whole, last = person().analyze(typed) or [""]
    if not last:
        return []
    parts = [(Occur.Must, Query.term_query(view.schema, "authors", name)) for name in whole[:_MOST_PARTS]]
    begun = Query.fuzzy_term_query(view.schema, "authors", last, wrong, True, True)
    query = view.seen(Query.boolean_query([*parts, (Occur.Must, begun)]))
    hits = view.searcher.search(query, limit, count=False, order_by_field="votes").hits
    return [int(one or 0) for one in view.searcher.fast_field_values("id", [address for _, address in hits])]
