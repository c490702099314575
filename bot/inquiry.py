"""One question to the library from the command line, and its answer in a shape for scripts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.as_json import hit_json
from bot.desk import Desk
from bot.evidence import evidence_lines, meaning_lines
from bot.lookup import look_up
from bot.query import read_query
from bot.results import Hit
from bot.search import meanings, search


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What was asked and what was found; `total` counts all matches, also those past the limit.

    Where reasons were asked for, `taken_as` says what the query was taken to mean, and `evidence` what speaks for each hit.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    taken_as: tuple[str, ...] = ()
    evidence: tuple[tuple[str, ...], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The answer as `paperround search --json` prints it."""
        hits = [hit_json(hit) for hit in self.hits]
        for hit, lines in zip(hits, self.evidence, strict=False):
            hit["evidence"] = list(lines)
        told = {"query": self.query, "hits": hits, "total": self.total}
        return {**told, "taken_as": list(self.taken_as)} if self.taken_as else told


def inquire(text: str, desk: Desk, *, limit: int, by_name: bool, explain: bool = False) -> Inquiry:
    """Search as `/papers` does, or look one paper up as `/paper` does; with `explain`, a search says why.

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
    if not explain:
        return Inquiry(query=text, hits=found.hits, total=found.total)
    taken = meanings(query, desk.library)
    evidence = tuple(tuple(evidence_lines(hit.paper, taken)) for hit in found.hits)
    return Inquiry(query=text, hits=found.hits, total=found.total, taken_as=tuple(meaning_lines(taken)), evidence=evidence)


def _listed(text: str, day: date, desk: Desk, limit: int) -> Inquiry:
    ids = desk.library.store.listed_on(day, viewer=desk.viewer)
    papers = desk.library.store.papers(ids[:limit], viewer=desk.viewer)
    return Inquiry(query=text, hits=tuple(Hit(paper=paper, score=0.0) for paper in papers), total=len(ids))
