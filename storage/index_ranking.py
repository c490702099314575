"""The order in which papers are found: the engine's scores, of the first ones set right by gentle priors, ties by number."""

from tantivy import DocAddress, Query, Searcher

from bot.ports import Candidates
from bot.priors import gently
from bot.query import Sort

HEAD = 200
"""How many of the best are ordered anew; behind them the engine's order stands, so that pages neither repeat nor miss a paper."""

_FIELDS = {"new": "published", "top": "votes"}


def ranked(searcher: Searcher, query: Query, sort: Sort, *, limit: int, offset: int) -> Candidates:
    """A page of what a query finds, best first, and how many it finds in all."""
    field = _FIELDS.get(sort)
    if offset >= HEAD:
        found = searcher.search(query, limit, count=True, order_by_field=field, offset=offset)
        return Candidates(total=found.count or 0, ranked=_numbered(searcher, found.hits))  # type: ignore[attr-defined]
    found = searcher.search(query, HEAD, count=True, order_by_field=field)
    page = _head(searcher, found.hits, is_relevance=field is None)[offset : offset + limit]
    if offset + limit > HEAD and len(found.hits) == HEAD:
        rest = searcher.search(query, offset + limit - HEAD, count=False, order_by_field=field, offset=HEAD)
        page += _numbered(searcher, rest.hits)
    return Candidates(total=found.count or 0, ranked=page)  # type: ignore[attr-defined]


def _head(searcher: Searcher, hits: list[tuple[float, DocAddress]], *, is_relevance: bool) -> tuple[tuple[int, float], ...]:
    """The first papers with their scores; of equal ones the latest stored comes first, wherever the engine has put it."""
    addresses = [address for _, address in hits]
    ids = _values(searcher, "id", addresses)
    scores = [float(score or 0) for score, _ in hits]
    if is_relevance:
        scores = gently(scores, _values(searcher, "published", addresses), _values(searcher, "votes", addresses))
    return tuple(sorted(zip(ids, scores, strict=True), key=lambda one: (-one[1], -one[0])))


def _numbered(searcher: Searcher, hits: list[tuple[float, DocAddress]]) -> tuple[tuple[int, float], ...]:
    ids = _values(searcher, "id", [address for _, address in hits])
    return tuple((one, float(score or 0)) for one, (score, _) in zip(ids, hits, strict=True))


def _values(searcher: Searcher, field: str, addresses: list[DocAddress]) -> list[int]:
    return [int(value or 0) for value in searcher.fast_field_values(field, addresses)]
