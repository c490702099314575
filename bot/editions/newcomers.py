"""What is new since a change number, and what of it matches a query: read once for all subscriptions of a tick."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.editions.compose import Arrivals, ranked
from bot.model import Paper
from bot.ports import Library
from bot.query import read_query
from bot.results import Hit
from bot.search import matching

MOST_NEW: Final = 2_000
MOST_HITS: Final = 400
MOST_KEPT: Final = 100_000


class Newcomers:
    """The new papers at one moment, as every subscription asks for them. Each question is put to storage once.

    `upto_change` is read before the index catches up, so that no paper up to it is missed; one that is stored meanwhile may be
    seen twice, and the ledger knows where it was shown. Where the index is still being built they are not `complete`.

    Raises:
        StorageError: from every method, the papers cannot be read.
    """

    def __init__(self, library: Library, now: datetime) -> None:
        self._library = library
        self.upto_change = library.store.last_change()
        self.complete = library.index.keep_up()
        self._latest = now.date() + timedelta(days=1)  # it is tomorrow already in some zones
        self._spaces = library.store.spaces()
        self._newest_days: dict[str, date | None] = {}
        self._papers: dict[int, Paper] = {}
        self._new: dict[tuple[int, str], tuple[Paper, ...]] = {}
        self._new_ids: dict[tuple[int, str], frozenset[int]] = {}
        self._arrivals: dict[tuple[str, date, int, str], Arrivals] = {}
        self._kept = 0

    def arrivals(self, query: str, day: date, added_after: int, viewer: str = "") -> Arrivals:
        """The papers first stored after a change number that match a query, in the order of an edition.

        Args:
            query: as it was typed; empty for all papers.
            day: what "today" means in it.
            added_after: the change number.
            viewer: the space whose private papers count too.

        Raises:
            CommandError: the query cannot be read.
        """
        viewer = self._seen_as(viewer)
        key = (query, day, added_after, viewer)
        found = self._arrivals.get(key)
        if found is None:
            found = self._find(query, day, added_after, viewer)
            self._kept += len(found.hits)
            if self._kept > MOST_KEPT:  # as many different queries as that are asked anew rather than all kept
                self._arrivals.clear()
                self._kept = len(found.hits)
            self._arrivals[key] = found
        return found

    def new(self, added_after: int, viewer: str = "") -> tuple[Paper, ...]:
        """The papers first stored after a change number: the newest day's first, each day's as they were listed."""
        viewer = self._seen_as(viewer)
        papers = self._new.get((added_after, viewer))
        if papers is None:
            stored = map(self._once, self._library.store.added_since(added_after, MOST_NEW, viewer=viewer))
            papers = tuple(sorted(stored, key=lambda paper: (-paper.first_seen_on.toordinal(), paper.id)))
            self._new[added_after, viewer] = papers
            self._new_ids[added_after, viewer] = frozenset(paper.id for paper in papers)
        return papers

    def _seen_as(self, viewer: str) -> str:
        """Spaces without papers of their own see what everybody sees, and so share what was found."""
        return viewer if viewer in self._spaces else ""

    def _newest_day(self, viewer: str) -> date | None:
        if viewer not in self._newest_days:
            self._newest_days[viewer] = self._library.store.newest_day(self._latest, viewer=viewer)
        return self._newest_days[viewer]

    def _find(self, query: str, day: date, added_after: int, viewer: str) -> Arrivals:
        new = self.new(added_after, viewer)
        known = Arrivals(
            seen=len(new),
            new=self._new_ids[added_after, self._seen_as(viewer)],
            upto_change=self.upto_change,
            newest_day=self._newest_day(viewer),
        )
        if not query:
            return replace(known, hits=ranked([Hit(paper=paper, score=0.0) for paper in new]))
        asked = read_query(query, today=day)
        if not new:
            return known
        found = matching(asked, self._library.seen_by(viewer), added_after=added_after, limit=MOST_HITS)
        hits = ranked([replace(hit, paper=self._once(hit.paper)) for hit in found.hits])
        return replace(known, hits=hits, unread=max(0, found.total - len(hits)))

    def _once(self, paper: Paper) -> Paper:
        """One object a paper, however many queries find it: ten thousand editions share a few hundred papers."""
        return self._papers.setdefault(paper.id, paper)
