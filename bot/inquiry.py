"""One question to the library from the command line, and its answer in a shape for scripts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.as_json import hit_json
from bot.desk import Desk
from bot.lookup import look_up
from bot.query import read_query
from bot.results import Hit
from bot.search import search


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What was asked and what was found; `total` counts all matches, also those past the limit."""

    query: str
    hits: tuple[Hit, ...]
    total: int

    def as_json(self) -> dict[str, Any]:
        """The answer as `paperround search --json` prints it."""
        return {"query": self.query, "hits": [hit_json(hit) for hit in self.hits], "total": self.total}


def inquire(text: str, desk: Desk, *, limit: int, by_name: bool) -> Inquiry:
    """Search as `/papers` does, or look one paper up as `/paper` does.

    Raises:
        CommandError: the query cannot be understood.
    """
    if by_name:
        hits = look_up(text, desk.library, limit=limit).hits
        return Inquiry(query=text, hits=hits[:limit], total=len(hits))
    query = read_query(text, today=desk.today)
    if query.on is not None:
        return _listed(text, query.on, desk, limit)
    found = search(query, desk.library, limit=limit, offset=(query.page - 1) * limit)
    return Inquiry(query=text, hits=found.hits, total=found.total)


def _listed(text: str, day: date, desk: Desk, limit: int) -> Inquiry:
    ids = desk.library.store.listed_on(day, viewer=desk.viewer)
    papers = desk.library.store.papers(ids[:limit], viewer=desk.viewer)
    return Inquiry(query=text, hits=tuple(Hit(paper=paper, score=0.0) for paper in papers), total=len(ids))
