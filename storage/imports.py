"""`ImportStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave.

Must not know how a document is read or a receipt is worded.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from bot.imports import Batch, Import, Undone
from bot.model import Paper
from bot.ports import Decide
from storage.bulk import insert_rows
from storage.database import Database
from storage.folding import kept, remove
from storage.import_tables import IMPORTED, IMPORTS
from storage.rows import chunks, read_papers
from storage.saving import Saved, save
from storage.tables import CLOCK, DIGESTS, SIGHTINGS
from storage.visible import is_gone

_ONE: Final = select(IMPORTS).where(IMPORTS.c.space == bindparam("of_space"), IMPORTS.c.number == bindparam("numbered"))
_SAME: Final = (
    select(IMPORTS)
    .where(IMPORTS.c.space == bindparam("of_space"), IMPORTS.c.sha256 == bindparam("document"), IMPORTS.c.undone_at.is_(None))
    .order_by(IMPORTS.c.number.desc())
    .limit(1)
)
_LAST_NUMBER: Final = select(func.coalesce(func.max(IMPORTS.c.number), 0)).where(IMPORTS.c.space == bindparam("of_space"))
_PAPERS: Final = (
    select(IMPORTED.c.paper_id, IMPORTED.c.is_new)
    .where(IMPORTED.c.import_id == bindparam("of_import"))
    .order_by(IMPORTED.c.place)
)
_OTHERS: Final = (
    select(IMPORTED.c.paper_id, func.min(IMPORTED.c.import_id).label("import_id"))
    .join(IMPORTS, IMPORTS.c.id == IMPORTED.c.import_id)
    .where(
        IMPORTED.c.paper_id.in_(bindparam("ids", expanding=True)),
        IMPORTED.c.import_id != bindparam("but"),
        IMPORTS.c.space == bindparam("of_space"),
        IMPORTS.c.undone_at.is_(None),
    )
    .group_by(IMPORTED.c.paper_id)
)
_NOW_ITS: Final = (
    update(IMPORTED)
    .where(IMPORTED.c.import_id == bindparam("of_import"), IMPORTED.c.paper_id == bindparam("of_paper"))
    .values(is_new=True)
)


class SqlImports:
    """What each space took in, in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, batch: Batch, decide: Decide) -> Import | None:
        """Store a document's papers, those that are new for its space alone; `None` where it holds this very document already."""
        with self._database.writing() as connection:
            connection.execute(select(CLOCK.c.change).with_for_update())  # before anything is read, as every writer of papers
            if connection.execute(_SAME, {"of_space": batch.space, "document": batch.sha256}).first() is not None:
                return None
            saved = save(connection, batch.entries, batch.keys, decide, batch.listing, batch.space)
            number = connection.execute(_LAST_NUMBER, {"of_space": batch.space}).scalar_one() + 1
            _write(connection, batch, saved, number)
            return _read(connection, batch.space, number)

    def same(self, space: str, sha256: str) -> Import | None:
        """The import of the very same document, unless it was taken back."""
        with self._database.reading() as connection:
            row = connection.execute(_SAME, {"of_space": space, "document": sha256}).first()
            return None if row is None else _import(connection, row)

    def get(self, space: str, number: int) -> Import | None:
        """An import of a space."""
        with self._database.reading() as connection:
            return _read(connection, space, number)

    def undo(self, space: str, number: int, now: datetime) -> Undone | None:
        """Take back what an import added; `None` where there is no such import, or it was taken back before.

        A paper stays that has become public, that somebody keeps, or that another import of this space lists too: it then
        counts as that one's.
        """
        with self._database.writing() as connection:
            change: int = connection.execute(select(CLOCK.c.change).with_for_update()).scalar_one()
            row = connection.execute(_ONE, {"of_space": space, "numbered": number}).first()
            if row is None or row.undone_at is not None:
                return None
            new = _import(connection, row).new
            papers = [paper for paper in read_papers(connection, new).values() if not is_gone(paper.visible_to)]
            own = {paper.id: paper for paper in papers if paper.visible_to == space}
            again = _pass_on(connection, row.id, space, own)
            saved = kept(connection, own.keys() - again)
            going = [paper for paper in own.values() if paper.id not in again | saved]
            _take_back(connection, row, going, change, now)
            return Undone(gone=len(going), public=len(papers) - len(own), kept=len(saved), again=len(again))


def _write(connection: Connection, batch: Batch, saved: Saved, number: int) -> None:
    values = {
        "space": batch.space,
        "number": number,
        "made_by": batch.by,
        "made_at": batch.at,
        "name": batch.name,
        "sha256": batch.sha256,
        "digest_id": saved.digest_id,
        "undone_at": None,
    }
    import_id = connection.execute(insert(IMPORTS).values(values).returning(IMPORTS.c.id)).scalar_one()
    new = {change.paper.id for change in saved.written}
    places = {paper_id: place for place, paper_id in reversed([*enumerate(saved.paper_ids)])}
    rows = [
        {"import_id": import_id, "paper_id": paper_id, "place": place, "is_new": paper_id in new}
        for paper_id, place in places.items()
    ]
    insert_rows(connection, IMPORTED, rows)


def _pass_on(connection: Connection, import_id: int, space: str, papers: Collection[int]) -> set[int]:
    """The papers that other imports of the space list too; from now on they count as theirs."""
    others: dict[int, int] = {}
    for ids in chunks(papers):
        rows = connection.execute(_OTHERS, {"ids": ids, "but": import_id, "of_space": space}).all()
        others |= {row.paper_id: row.import_id for row in rows}
    if others:
        connection.execute(_NOW_ITS, [{"of_import": other, "of_paper": paper_id} for paper_id, other in others.items()])
    return set(others)


def _take_back(connection: Connection, row: Row[Any], papers: list[Paper], change: int, now: datetime) -> None:
    if row.digest_id is not None:
        connection.execute(delete(SIGHTINGS).where(SIGHTINGS.c.digest_id == row.digest_id))
        connection.execute(delete(DIGESTS).where(DIGESTS.c.id == row.digest_id))
    for ids in chunks(paper.id for paper in papers):
        connection.execute(delete(SIGHTINGS).where(SIGHTINGS.c.paper_id.in_(ids)))
    written = remove(connection, papers, change)
    if written:
        connection.execute(update(CLOCK).values(change=written[-1].number))
    connection.execute(update(IMPORTS).where(IMPORTS.c.id == row.id).values(undone_at=now, digest_id=None))


def _read(connection: Connection, space: str, number: int) -> Import | None:
    row = connection.execute(_ONE, {"of_space": space, "numbered": number}).first()
    return None if row is None else _import(connection, row)


def _import(connection: Connection, row: Row[Any]) -> Import:
    papers = connection.execute(_PAPERS, {"of_import": row.id}).all()
    return Import(
        space=row.space,
        number=row.number,
        by=row.made_by,
        at=row.made_at,
        name=row.name,
        new=tuple(paper.paper_id for paper in papers if paper.is_new),
        known=tuple(paper.paper_id for paper in papers if not paper.is_new),
        undone_at=row.undone_at,
    )
