"""`SavedStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bot.shelf import Saved, Saving
from storage.database import Database
from storage.saved_tables import SAVED
from storage.tables import PAPERS
from storage.visible import seen_by_viewer

_MINE: Final = (SAVED.c.space == bindparam("of_space"), SAVED.c.person == bindparam("of_user"))
_THIS: Final = (*_MINE, SAVED.c.paper_id == bindparam("of_paper"))
_SINCE: Final = select(SAVED.c.saved_at).where(*_THIS)
_COUNT: Final = select(func.count()).select_from(SAVED).where(*_MINE)
LIST: Final = (
    select(SAVED.c.paper_id, SAVED.c.saved_at)
    .where(*_MINE)
    .order_by(SAVED.c.saved_at.desc(), SAVED.c.paper_id.desc())
    .limit(bindparam("at_most"))
    .offset(bindparam("leave_out"))
)
# The weakest lock that keeps a paper from being deleted meanwhile; SQLite has one writer and leaves it out.
_STORED: Final = (
    select(PAPERS.c.id)
    .where(PAPERS.c.id == bindparam("of_paper"), seen_by_viewer(PAPERS.c.visible_to))
    .with_for_update(read=True, key_share=True)
)


class SqlSaved:
    """Each person's own list in each space, in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, space: str, user: str, paper_id: int, now: datetime, *, most: int) -> Saving:
        """Put a paper on the list, which holds at most `most`."""
        this = _these(space, user, of_paper=paper_id)
        with self._database.writing() as connection:
            _lock_list(connection, space, user)
            since = connection.execute(_SINCE, this).scalar()
            if since is not None:
                return Saving(kind="already", at=since)
            if connection.execute(_STORED, {"of_paper": paper_id, "viewer": space}).scalar() is None:
                return Saving(kind="gone")
            if connection.execute(_COUNT, _these(space, user)).scalar_one() >= most:
                return Saving(kind="full")
            connection.execute(insert(SAVED).values(space=space, person=user, paper_id=paper_id, saved_at=now))
            return Saving(kind="saved", at=now)

    def unsave(self, space: str, user: str, paper_id: int) -> bool:
        """Take a paper off the list; `False` where it was not on it."""
        with self._database.writing() as connection:
            return bool(connection.execute(delete(SAVED).where(*_THIS), _these(space, user, of_paper=paper_id)).rowcount)

    def saved_at(self, space: str, user: str, paper_id: int) -> datetime | None:
        """Since when a paper is on the list."""
        with self._database.reading() as connection:
            since: datetime | None = connection.execute(_SINCE, _these(space, user, of_paper=paper_id)).scalar()
            return since

    def saved(self, space: str, user: str, *, limit: int, offset: int = 0) -> list[Saved]:
        """The list, the last saved first: at most `limit`, without the first `offset`."""
        with self._database.reading() as connection:
            rows = connection.execute(LIST, _these(space, user, at_most=limit, leave_out=offset)).all()
            return [Saved(row.paper_id, row.saved_at) for row in rows]

    def count(self, space: str, user: str) -> int:
        """How many papers are on the list."""
        with self._database.reading() as connection:
            return connection.execute(_COUNT, _these(space, user)).scalar_one()


def _these(space: str, user: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a statement's own parameters
    return {"of_space": space, "of_user": user, **more}


def _lock_list(connection: Connection, space: str, user: str) -> None:
    """Let nobody else add to this list until the transaction ends, so that it is never overfilled; SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"saved {space} {user}", 0))))
