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

MAX_ID: Final = 2**63 - 1

_RECEIVED_ON: Final = select(func.min(DIGESTS.c.received_on)).where(DIGESTS.c.sha256 == bindparam("document"))
_OWNER: Final = select(IDENTIFIERS.c.paper_id).where(
    IDENTIFIERS.c.scheme == bindparam("of_scheme"), IDENTIFIERS.c.value == bindparam("of_value")
)
_SIGHTINGS: Final = (
    select(SIGHTINGS, DIGESTS.c.source, DIGESTS.c.issued_on)
    .join_from(SIGHTINGS, DIGESTS, SIGHTINGS.c.digest_id == DIGESTS.c.id)
    .where(SIGHTINGS.c.paper_id == bindparam("of_paper"))
    .order_by(DIGESTS.c.issued_on, DIGESTS.c.id)
)
_LISTED_ON: Final = (
    select(SIGHTINGS.c.paper_id)
    .join_from(SIGHTINGS, DIGESTS, SIGHTINGS.c.digest_id == DIGESTS.c.id)
    .where(DIGESTS.c.issued_on == bindparam("day"))
    .group_by(SIGHTINGS.c.paper_id)
    .order_by(func.min(SIGHTINGS.c.rank), SIGHTINGS.c.paper_id)
)
_NEWEST_DAY: Final = select(func.max(DIGESTS.c.issued_on)).where(DIGESTS.c.issued_on <= bindparam("not_after"))
_COUNT: Final = select(func.count()).select_from(PAPERS)
_CHANGED_SINCE: Final = (
    select(PAPERS).where(PAPERS.c.change > bindparam("since")).order_by(PAPERS.c.change).limit(bindparam("at_most"))
)
_ADDED_SINCE: Final = (
    select(PAPERS).where(PAPERS.c.added > bindparam("since")).order_by(PAPERS.c.added.desc()).limit(bindparam("at_most"))
)
_FIRST_ADDED: Final = select(func.min(PAPERS.c.added)).where(PAPERS.c.first_seen_on >= bindparam("day"))
_LAST_CHANGE: Final = select(CLOCK.c.change)


class SqlPaperStore:
    """Papers, digests and sightings in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.
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
            outcomes, written = save(connection, entries, keys, decide, listing)
        self._written = tuple(written)
        return outcomes

    def received_on(self, sha256: str) -> date | None:
        """The day on which the very same document was first taken in, if it was and no other has replaced it since."""
        with self._database.reading() as connection:
            day: date | None = connection.execute(_RECEIVED_ON, {"document": sha256}).scalar()
            return day

    def papers(self, ids: Sequence[int]) -> list[Paper]:
        """The papers with these ids, in the order asked for; unknown ids are left out."""
        with self._database.reading() as connection:
            found = read_papers(connection, (paper_id for paper_id in ids if 0 < paper_id <= MAX_ID))
        return [found[paper_id] for paper_id in ids if paper_id in found]

    def paper_by_identifier(self, identifier: Identifier) -> Paper | None:
        """The paper that carries this identifier."""
        with self._database.reading() as connection:
            owner = connection.execute(_OWNER, {"of_scheme": identifier.scheme, "of_value": identifier.value}).scalar()
            return None if owner is None else read_papers(connection, [owner])[owner]

    def sightings(self, paper_id: int) -> list[Sighting]:
        """Where a paper was listed, oldest first."""
        with self._database.reading() as connection:
            return [sighting_from(row) for row in connection.execute(_SIGHTINGS, {"of_paper": paper_id})]

    def listed_on(self, day: date) -> list[int]:
        """Ids of the papers in the digests of one day, best rank first, each once."""
        with self._database.reading() as connection:
            return list(connection.execute(_LISTED_ON, {"day": day}).scalars())

    def newest_day(self, not_after: date) -> date | None:
        """The newest day up to `not_after` that a digest was issued on."""
        with self._database.reading() as connection:
            day: date | None = connection.execute(_NEWEST_DAY, {"not_after": not_after}).scalar()
            return day

    def count(self) -> int:
        """How many papers are stored."""
        with self._database.reading() as connection:
            return connection.execute(_COUNT).scalar_one()

    def added_since(self, change: int, limit: int) -> list[Paper]:
        """Papers first stored after this change number, the last stored first: at most `limit`."""
        with self._database.reading() as connection:
            return papers_from(connection, connection.execute(_ADDED_SINCE, {"since": change, "at_most": limit}).all())

    def added_with(self, paper_id: int) -> int:
        """The change number with which a paper was first stored; 0 for one that is not."""
        with self._database.reading() as connection:
            return read_added(connection, [paper_id]).get(paper_id, 0)

    def change_before(self, day: date) -> int:
        """The change number just before the first paper that was first seen on or after a day; the newest where there is none."""
        with self._database.reading() as connection:
            first: int | None = connection.execute(_FIRST_ADDED, {"day": day}).scalar()
            newest: int = connection.execute(_LAST_CHANGE).scalar_one()
            return newest if first is None else first - 1

    def changed_since(self, change: int, limit: int) -> list[Change]:
        """Papers whose change number is greater than `change`, in order of change.

        What this process wrote last need not be read again, as long as nobody has written since.
        """
        written = self._written
        if written and written[0].number == change + 1 and written[-1].number == self.last_change():
            return list(written[:limit])
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
