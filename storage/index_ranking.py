"""The order in which papers are found: the engine's scores, of the first ones set right by gentle priors."""

from tantivy import DocAddress, Query, Searcher

from bot.ports import Candidates
from bot.priors import gently_ranked
from bot.query import Sort

HEAD = 200
"""How many of the best are ranked anew; behind them the engine's order stands, so that pages neither repeat nor miss a paper."""

_FIELDS = {"new": "published", "top": "votes"}


def ranked(searcher: Searcher, query: Query, sort: Sort, *, limit: int, offset: int) -> Candidates:
    """A page of what a query finds, best first, and how many it finds in all."""
    if sort != "relevance" or offset >= HEAD:
        found = searcher.search(query, limit, count=True, order_by_field=_FIELDS.get(sort), offset=offset)
        return Candidates(total=_total(found.count), ranked=_numbered(searcher, found.hits))  # type: ignore[attr-defined]
    found = searcher.search(query, HEAD, count=True)
    page = _head(searcher, found.hits)[offset : offset + limit]
    if offset + limit > HEAD and len(found.hits) == HEAD:
        page += _numbered(searcher, searcher.search(query, offset + limit - HEAD, count=False, offset=HEAD).hits)
    return Candidates(total=_total(found.count), ranked=page)  # type: ignore[attr-defined]


def _head(searcher: Searcher, hits: list[tuple[float, DocAddress]]) -> tuple[tuple[int, float], ...]:
    addresses = [address for _, address in hits]
    ids, days, votes = (_values(searcher, field, addresses) for field in ("id", "published", "votes"))
    return tuple((ids[place], score) for place, score in gently_ranked([score for score, _ in hits], days, votes))


def _numbered(searcher: Searcher, hits: list[tuple[float, DocAddress]]) -> tuple[tuple[int, float], ...]:
    ids = _values(searcher, "id", [address for _, address in hits])
    return tuple((one, float(score or 0)) for one, (score, _) in zip(ids, hits, strict=True))


def _values(searcher: Searcher, field: str, addresses: list[DocAddress]) -> list[int]:
    return [int(value or 0) for value in searcher.fast_field_values(field, addresses)]


def _total(count: int | None) -> int:
    return int(count or 0)
