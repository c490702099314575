"""`PaperStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave.

Must not know how a paper is merged, searched or shown.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import bindparam, func, select

from bot.model import Entry, Identifier, Paper, Sighting
from bot.ports import Change, Decide, Listing, Outcome
from storage.database import BUSY_TIMEOUT_S, Database
from storage.migrate import open_migrated
from storage.rows import papers_from, read_added, read_papers, sighting_from
from storage.saving import save
from storage.tables import CLOCK, DIGESTS, IDENTIFIERS, PAPERS, SIGHTINGS
from storage.visible import GONE, is_gone, may_see, seen_by_viewer

MAX_ID: Final = 2**63 - 1
MAX_STEPS: Final = 20
"""How often a paper may have become another one in turn."""

_RECEIVED_ON: Final = select(func.min(DIGESTS.c.received_on)).where(
    DIGESTS.c.sha256 == bindparam("document"), DIGESTS.c.visible_to.is_(None)
)
_OWNER: Final = (
    select(IDENTIFIERS.c.paper_id)
    .where(
        IDENTIFIERS.c.scheme == bindparam("of_scheme"),
        IDENTIFIERS.c.value == bindparam("of_value"),
        IDENTIFIERS.c.space.in_(("", bindparam("viewer"))),
    )
    .order_by(IDENTIFIERS.c.space)  # the public one first
    .limit(1)
)
_FOLDED: Final = select(PAPERS.c.id, PAPERS.c.folded_into).where(
    PAPERS.c.id.in_(bindparam("ids", expanding=True)), PAPERS.c.folded_into.is_not(None)
)
_SIGHTINGS: Final = (
    select(SIGHTINGS, DIGESTS.c.source, DIGESTS.c.issued_on)
    .join_from(SIGHTINGS, DIGESTS, SIGHTINGS.c.digest_id == DIGESTS.c.id)
    .where(SIGHTINGS.c.paper_id == bindparam("of_paper"), seen_by_viewer(DIGESTS.c.visible_to))
    .order_by(DIGESTS.c.issued_on, DIGESTS.c.key)
)
_LISTED_ON: Final = (
    select(SIGHTINGS.c.paper_id)
    .join_from(SIGHTINGS, DIGESTS, SIGHTINGS.c.digest_id == DIGESTS.c.id)
    .where(DIGESTS.c.issued_on == bindparam("day"), seen_by_viewer(DIGESTS.c.visible_to))
    .group_by(SIGHTINGS.c.paper_id)
    .order_by(func.min(SIGHTINGS.c.rank), SIGHTINGS.c.paper_id)
)
_NEWEST_DAY: Final = (
    select(DIGESTS.c.issued_on)
    .where(DIGESTS.c.issued_on <= bindparam("not_after"), seen_by_viewer(DIGESTS.c.visible_to))
    .order_by(DIGESTS.c.issued_on.desc())
    .limit(1)
)
_SIZE: Final = select(func.count()).select_from(PAPERS)
# Those that are not to be seen are few and have an index of their own.
_UNSEEN: Final = (
    select(func.count()).select_from(PAPERS).where(PAPERS.c.visible_to.is_not(None), PAPERS.c.visible_to != bindparam("viewer"))
)
_COUNT: Final = select(_SIZE.scalar_subquery() - _UNSEEN.scalar_subquery())
_SPACES: Final = select(PAPERS.c.visible_to).where(PAPERS.c.visible_to.is_not(None)).distinct()
_CHANGED_SINCE: Final = (
    select(PAPERS).where(PAPERS.c.change > bindparam("since")).order_by(PAPERS.c.change).limit(bindparam("at_most"))
)
_ADDED_SINCE: Final = (
    select(PAPERS)
    .where(PAPERS.c.added > bindparam("since"), seen_by_viewer(PAPERS.c.visible_to))
    .order_by(PAPERS.c.added.desc())
    .limit(bindparam("at_most"))
)
_FIRST_ADDED: Final = select(func.min(PAPERS.c.added)).where(
    PAPERS.c.first_seen_on >= bindparam("day"), seen_by_viewer(PAPERS.c.visible_to)
)
_LAST_CHANGE: Final = select(CLOCK.c.change)


class SqlPaperStore:
    """Papers, digests and sightings in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`. What a `viewer` (a space) sees are
    the public papers and its own; an empty one sees the public ones.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: tuple[Change, ...] = ()

    def close(self) -> None:
        """Give back all connections. Call it once nobody uses the store any more."""
        self._database.close()

    def ingest(
        self, entries: Sequence[Entry], keys: Sequence[Sequence[Identifier]], decide: Decide, listing: Listing | None
    ) -> Sequence[Outcome]:
        """Find what is stored under `keys`, decide and save, all or nothing.

        Args:
            entries: what a document lists.
            keys: each entry's identifiers.
            decide: says what becomes of each entry. A new paper gets one of the ids that follow.
            listing: the digest the entries are from, if they are from one.

        Raises:
            StorageError: it could not be saved; nothing was. What `decide` raises passes through, and nothing is saved.
        """
        with self._database.writing() as connection:
            saved = save(connection, entries, keys, decide, listing)
        self._written = saved.written
        return saved.outcomes

    def received_on(self, sha256: str) -> date | None:
        """The day on which the very same document was first taken in for everybody, if no other has replaced it since."""
        with self._database.reading() as connection:
            day: date | None = connection.execute(_RECEIVED_ON, {"document": sha256}).scalar()
            return day

    def papers(self, ids: Sequence[int], *, viewer: str = "") -> list[Paper]:
        """The papers with these ids that a viewer may see, in the order asked for; others are left out.

        A paper that has become another since is found by its old number too.
        """
        with self._database.reading() as connection:
            asked = {paper_id: paper_id for paper_id in ids if 0 < paper_id <= MAX_ID}
            found = read_papers(connection, asked)
            for _ in range(MAX_STEPS):
                was = {paper.id for paper in found.values() if _is_followed(paper.visible_to, viewer)} & {*asked.values()}
                into = dict(connection.execute(_FOLDED, {"ids": was}).all()) if was else {}
                if not into:
                    break
                asked = {paper_id: into.get(now, now) for paper_id, now in asked.items()}
                found |= read_papers(connection, set(into.values()) - found.keys())
        seen = {paper.id: paper for paper in found.values() if may_see(paper.visible_to, viewer)}
        return [seen[asked[paper_id]] for paper_id in ids if asked.get(paper_id) in seen]

    def paper_by_identifier(self, identifier: Identifier, *, viewer: str = "") -> Paper | None:
        """The paper that carries this identifier: the public one, else the viewer's."""
        asked = {"of_scheme": identifier.scheme, "of_value": identifier.value, "viewer": viewer}
        with self._database.reading() as connection:
            owner = connection.execute(_OWNER, asked).scalar()
            return None if owner is None else read_papers(connection, [owner])[owner]

    def sightings(self, paper_id: int, *, viewer: str = "") -> list[Sighting]:
        """Where a paper was listed, oldest first, as far as a viewer may know."""
        with self._database.reading() as connection:
            return [sighting_from(row) for row in connection.execute(_SIGHTINGS, {"of_paper": paper_id, "viewer": viewer})]

    def listed_on(self, day: date, *, viewer: str = "") -> list[int]:
        """Ids of the papers in a viewer's digests of one day, best rank first, each once."""
        with self._database.reading() as connection:
            return list(connection.execute(_LISTED_ON, {"day": day, "viewer": viewer}).scalars())

    def newest_day(self, not_after: date, *, viewer: str = "") -> date | None:
        """The newest day up to `not_after` that a viewer's digest was issued on."""
        with self._database.reading() as connection:
            day: date | None = connection.execute(_NEWEST_DAY, {"not_after": not_after, "viewer": viewer}).scalar()
            return day

    def count(self, *, viewer: str = "") -> int:
        """How many papers a viewer may see."""
        with self._database.reading() as connection:
            count: int = connection.execute(_COUNT, {"viewer": viewer}).scalar_one()
            return count

    def size(self) -> int:
        """How many papers the store holds for anybody, and of those that nobody may see any more their numbers."""
        with self._database.reading() as connection:
            return connection.execute(_SIZE).scalar_one()

    def spaces(self) -> frozenset[str]:
        """The spaces that have papers of their own."""
        with self._database.reading() as connection:
            return frozenset(space for space in connection.execute(_SPACES).scalars() if not is_gone(space))

    def added_since(self, change: int, limit: int, *, viewer: str = "") -> list[Paper]:
        """Papers that a viewer may see, first stored after this change number, the last stored first: at most `limit`."""
        asked = {"since": change, "at_most": limit, "viewer": viewer}
        with self._database.reading() as connection:
            return papers_from(connection, connection.execute(_ADDED_SINCE, asked).all())

    def added_with(self, paper_id: int) -> int:
        """The change number with which a paper was first stored; 0 for one that is not."""
        with self._database.reading() as connection:
            return read_added(connection, [paper_id]).get(paper_id, 0)

    def change_before(self, day: date, *, viewer: str = "") -> int:
        """The change number just before the first paper that was first seen on or after a day; the newest where there is none."""
        with self._database.reading() as connection:
            first: int | None = connection.execute(_FIRST_ADDED, {"day": day, "viewer": viewer}).scalar()
            newest: int = connection.execute(_LAST_CHANGE).scalar_one()
            return newest if first is None else first - 1

    def changed_since(self, change: int, limit: int) -> list[Change]:
        """Everybody's papers whose change number is greater than `change`, in order of change: for the search index.

        One that nobody may see any more comes without its text, its `visible_to` beginning with "-". What this process wrote
        last need not be read again, as long as nobody has written since.
        """
        written = self._written
        if written and written[0].number <= change + 1 <= written[-1].number == self.last_change():
            begin = change + 1 - written[0].number  # a batch has every number from its first to its last
            return list(written[begin : begin + limit])
        with self._database.reading() as connection:
            rows = connection.execute(_CHANGED_SINCE, {"since": change, "at_most": limit}).all()
            return [Change(row.change, row.added, paper) for row, paper in zip(rows, papers_from(connection, rows), strict=True)]

    def last_change(self) -> int:
        """The newest change number; 0 where nothing was ever stored."""
        with self._database.reading() as connection:
            change: int = connection.execute(_LAST_CHANGE).scalar_one()
            return change


def open_store(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> SqlPaperStore:
    """The papers in the database at `url`, which is made, and whose tables are brought up to date, where needed.

    Args:
        url: `sqlite:///path/to/papers.db` or `postgresql://user:password@host/database`.
        busy_timeout_s: how long a writer waits for another one.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program.
    """
    return SqlPaperStore(open_migrated(url, busy_timeout_s=busy_timeout_s))


def _is_followed(visible_to: str | None, viewer: str) -> bool:
    """Whether a viewer is led from a paper that is gone to what it has become: a public one, or the viewer's own."""
    return visible_to == GONE or (bool(viewer) and visible_to == GONE + viewer)
