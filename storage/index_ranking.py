"""The order in which papers are found: the engine's scores, of the first ones set right by gentle priors, ties by number."""

from tantivy import DocAddress, Query, Searcher

from bot.ports import Candidates
from bot.priors import gently
from bot.query import Sort

HEAD = 200
"""How many of the best are ordered anew; behind them the engine's order stands, so that pages neither repeat nor miss a paper."""

TIED = 60
"""How many behind them are looked at for ties: mostly enough, and 4 us each."""
MOST_TIED = 1_000
Hit = tuple[float, DocAddress]

_FIELDS = {"new": "published", "top": "votes"}


def ranked(searcher: Searcher, query: Query, sort: Sort, *, limit: int, offset: int) -> Candidates:
    """A page of what a query finds, best first, and how many it finds in all."""
    field = _FIELDS.get(sort)
    found = searcher.search(query, HEAD + TIED, count=True, order_by_field=field)
    first = _first(searcher, query, field, found.hits)
    page = _head(searcher, first, is_relevance=field is None)[offset : offset + limit] if offset < len(first) else ()
    behind = max(offset, len(first))
    if offset + limit > behind and len(first) >= HEAD:
        rest = searcher.search(query, offset + limit - behind, count=False, order_by_field=field, offset=behind)
        page += _numbered(searcher, rest.hits)
    return Candidates(total=found.count or 0, ranked=page)  # type: ignore[attr-defined]


def _first(searcher: Searcher, query: Query, field: str | None, hits: list[Hit]) -> list[Hit]:
    """The papers that are ordered anew: the best `HEAD`, and those behind them that are as good as the last.

    Which of equally good ones the engine has put first depends on how the index was built. Where too many are, it stays so.
    """
    tied = _tied(hits)
    if tied == TIED:
        hits = searcher.search(query, MOST_TIED, count=False, order_by_field=field).hits
        tied = _tied(hits)
    return hits[: HEAD + tied] if HEAD + tied < MOST_TIED else hits[:HEAD]


def _tied(hits: list[Hit]) -> int:
    """How many behind the best `HEAD` are as good as the last of them."""
    return sum(score == hits[HEAD - 1][0] for score, _ in hits[HEAD:])


def _head(searcher: Searcher, hits: list[Hit], *, is_relevance: bool) -> tuple[tuple[int, float], ...]:
    """The first papers with their scores; of equal ones the latest stored comes first, wherever the engine has put it."""
    addresses = [address for _, address in hits]
    ids = _values(searcher, "id", addresses)
    scores = [float(score or 0) for score, _ in hits]
    if is_relevance:
        scores = gently(scores, _values(searcher, "published", addresses), _values(searcher, "votes", addresses))
    return tuple(sorted(zip(ids, scores, strict=True), key=lambda one: (-one[1], -one[0])))


def _numbered(searcher: Searcher, hits: list[Hit]) -> tuple[tuple[int, float], ...]:
    ids = _values(searcher, "id", [address for _, address in hits])
    return tuple((one, float(score or 0)) for one, (score, _) in zip(ids, hits, strict=True))


def _values(searcher: Searcher, field: str, addresses: list[DocAddress]) -> list[int]:
    return [int(value or 0) for value in searcher.fast_field_values(field, addresses)]
