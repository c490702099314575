"""`SourceStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Connection, Integer, Row, and_, bindparam, delete, func, literal, or_, select, update

from bot.origins import Kind, Page, Settled, Source
from storage.database import Database
from storage.edition_tables import UtcTime
from storage.source_tables import SOURCE_PAGES, SOURCES
from storage.upserts import insert_into

_NOW: Final = bindparam("now", type_=UtcTime())
_ONLY: Final[BindParameter[int]] = bindparam("only_source", type_=Integer())
_FRESH: Final = {"etag": "", "modified": "", "sha256": "", "seen": [], "failures": 0, "failing_since": None, "error": ""}
_HELD: Final = and_(
    SOURCES.c.id == bindparam("of_source"), SOURCES.c.lease_owner == bindparam("owner"), SOURCES.c.lease_until > _NOW
)
_PAGE: Final = and_(SOURCE_PAGES.c.source_id == bindparam("of_source"), SOURCE_PAGES.c.name == bindparam("of_name"))
DUE: Final = (
    select(SOURCE_PAGES, SOURCES.c.kind, SOURCES.c.address, SOURCES.c.failures.label("source_failures"))
    .join(SOURCES, SOURCES.c.id == SOURCE_PAGES.c.source_id)
    .where(
        SOURCE_PAGES.c.next_at <= _NOW,
        or_(SOURCES.c.lease_until.is_(None), SOURCES.c.lease_until <= _NOW),
        or_(SOURCES.c.open_until.is_(None), SOURCES.c.open_until <= _NOW),
        or_(_ONLY == 0, SOURCES.c.id == _ONLY),
    )
    .order_by(SOURCE_PAGES.c.next_at, SOURCE_PAGES.c.name.desc())
    .limit(1)
)
_CLAIM: Final = DUE.with_for_update(of=SOURCES, skip_locked=True)
_FAILING: Final = (
    select(SOURCE_PAGES.c.source_id, SOURCE_PAGES.c.failing_since, SOURCE_PAGES.c.error)
    .where(SOURCE_PAGES.c.failing_since.is_not(None))
    .order_by(SOURCE_PAGES.c.failing_since.desc(), SOURCE_PAGES.c.name.desc())
)
_NEXT: Final = (
    select(SOURCE_PAGES.c.source_id, func.min(SOURCE_PAGES.c.next_at, type_=UtcTime()).label("next_at"))
    .group_by(SOURCE_PAGES.c.source_id)
)  # fmt: skip


class SqlSources:
    """Sources and their pages in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: Kind, address: str, *, by: str, now: datetime) -> Source | None:
        """Store a new source without any page; `None` where it is there already."""
        said = {"kind": kind, "address": address, "added_by": by, "added_at": now, "failures": 0}
        with self._database.writing() as connection:
            new = insert_into(connection, SOURCES).values(said).on_conflict_do_nothing().returning(SOURCES.c.id)
            source_id = connection.execute(new).scalar()
        return None if source_id is None else Source(id=source_id, kind=kind, address=address, added_by=by, added_at=now)

    def remove(self, source_id: int) -> bool:
        """Forget a source; what it brought stays. `False` where there is none."""
        with self._database.writing() as connection:
            return bool(connection.execute(delete(SOURCES).where(SOURCES.c.id == source_id)).rowcount)

    def all(self) -> list[Source]:
        """All sources, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(SOURCES).order_by(SOURCES.c.id)).all()
            # The one that fails the longest is the last, and stays.
            failing = {row.source_id: (row.failing_since, row.error) for row in connection.execute(_FAILING).all()}
            next_at = {row.source_id: row.next_at for row in connection.execute(_NEXT).all()}
        return [_source(row, failing.get(row.id), next_at.get(row.id)) for row in rows]

    def pages(self, source_id: int) -> frozenset[str]:
        """The names of a source's pages."""
        with self._database.reading() as connection:
            names = connection.execute(select(SOURCE_PAGES.c.name).where(SOURCE_PAGES.c.source_id == source_id)).scalars()
            return frozenset(names)

    def begin(self, source_id: int, names: Sequence[str], at: datetime) -> int:
        """Ask these pages from `at` on; those that are there already stay as they are. Returns how many are new."""
        with self._database.writing() as connection:
            return _begin(connection, source_id, names, at) if _lock(connection, source_id) else 0

    def hasten(self, source_id: int, names: Sequence[str], at: datetime) -> int:
        """Ask these pages at `at`, also those that were done with, and every other one that is still asked."""
        with self._database.writing() as connection:
            if not _lock(connection, source_id):
                return 0
            _begin(connection, source_id, names, at)
            connection.execute(update(SOURCES).where(SOURCES.c.id == source_id).values(open_until=None))
            wanted = or_(SOURCE_PAGES.c.next_at.is_not(None), SOURCE_PAGES.c.name.in_(names))
            hastened = update(SOURCE_PAGES).where(SOURCE_PAGES.c.source_id == source_id, wanted).values(next_at=at)
            return connection.execute(hastened).rowcount

    def claim(self, owner: str, now: datetime, *, lease_s: float, only: int | None = None) -> Page | None:
        """Lease the page that has waited longest, of a source that nobody has leased and whose circuit is not open."""
        asked = {"now": now, "only_source": only or 0}
        with self._database.reading() as connection:
            if connection.execute(DUE, asked).first() is None:  # most often, and without the write lock
                return None
        with self._database.writing() as connection:
            row = connection.execute(_CLAIM, asked).first()
            if row is None:
                return None
            lease = {"lease_owner": owner, "lease_until": now + timedelta(seconds=lease_s)}
            connection.execute(update(SOURCES).where(SOURCES.c.id == row.source_id).values(lease))
        return _page(row)

    def settle(self, owner: str, page: Page, now: datetime, settled: Settled) -> bool:
        """Write down what became of a leased page and give the lease back; `False`, and nothing is written, where it was lost."""
        this = {"of_source": page.source_id, "of_name": page.name, "owner": owner, "now": now}
        with self._database.writing() as connection:
            held = update(SOURCES).where(_HELD).values(lease_owner=None, lease_until=None, **_of_source(settled, now))
            if not connection.execute(held, this).rowcount:
                return False
            connection.execute(update(SOURCE_PAGES).where(_PAGE).values(_of_page(settled, now)), this)
            return True


def _lock(connection: Connection, source_id: int) -> bool:
    """Whether the source is there; it stays as it is until the transaction ends."""
    return connection.execute(select(SOURCES.c.id).where(SOURCES.c.id == source_id).with_for_update()).first() is not None


def _begin(connection: Connection, source_id: int, names: Sequence[str], at: datetime) -> int:
    if not names:
        return 0
    rows = [{"source_id": source_id, "name": name, "next_at": at, **_FRESH} for name in dict.fromkeys(names)]
    new = insert_into(connection, SOURCE_PAGES).values(rows).on_conflict_do_nothing().returning(SOURCE_PAGES.c.name)
    return len(connection.execute(new).all())


def _of_source(settled: Settled, now: datetime) -> dict[str, Any]:
    match settled.kind:
        case "taken":
            return {"ok_at": now, "failures": 0, "open_until": None}
        case "failed":
            return {"failures": SOURCES.c.failures + 1, "open_until": settled.open_until}
        case "put_off":
            return {}


def _of_page(settled: Settled, now: datetime) -> dict[str, Any]:
    match settled.kind:
        case "taken":
            said = {"etag": settled.etag, "modified": settled.modified, "sha256": settled.sha256, "seen": list(settled.seen)}
            return {**_FRESH, **said, "next_at": settled.next_at}
        case "failed":
            since = func.coalesce(SOURCE_PAGES.c.failing_since, literal(now, UtcTime()))
            failed = {"failures": SOURCE_PAGES.c.failures + 1, "failing_since": since, "error": settled.error}
            return {**failed, "next_at": settled.next_at}
        case "put_off":
            return {"next_at": settled.next_at}


def _source(row: Row[Any], failing: tuple[datetime, str] | None, next_at: datetime | None) -> Source:
    return Source(
        id=row.id,
        kind=cast("Kind", row.kind),
        address=row.address,
        added_by=row.added_by,
        added_at=row.added_at,
        ok_at=row.ok_at,
        failing_since=failing[0] if failing else None,
        error=failing[1] if failing else "",
        open_until=row.open_until,
        next_at=max(filter(None, (next_at, row.open_until)), default=None) if next_at else None,
    )


def _page(row: Row[Any]) -> Page:
    return Page(
        source_id=row.source_id,
        kind=cast("Kind", row.kind),
        address=row.address,
        name=row.name,
        etag=row.etag,
        modified=row.modified,
        sha256=row.sha256,
        seen=tuple(row.seen),
        failures=row.failures,
        source_failures=row.source_failures,
    )
