"""`Notes` on SQLite and PostgreSQL. Storage room."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from storage.database import Database
from storage.install_tables import NOTES
from storage.upserts import insert_into

FORGOTTEN_AT_ONCE: Final = 5_000
"""Notes in one transaction of `forget`, so that nobody waits long for the write lock."""

_KEY: Final = NOTES.c.key == bindparam("of_key")
_NOW: Final = bindparam("now", type_=NOTES.c.until.type)
_GET: Final = select(NOTES.c.text).where(_KEY, NOTES.c.until > _NOW)
_TAKE: Final = delete(NOTES).where(_KEY).returning(NOTES.c.text, NOTES.c.until)
_ENDED: Final = select(NOTES.c.key).where(NOTES.c.until <= _NOW).limit(bindparam("at_most"))
_FORGET: Final = delete(NOTES).where(NOTES.c.key.in_(_ENDED), NOTES.c.until <= _NOW)


class SqlNotes:
    """Notes in a database whose tables are up to date.

    Every method may be called from any thread and raises `StorageError`. The primary key is what makes `first` true once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def first(self, key: str, until: datetime, now: datetime) -> bool:
        """`True` for exactly one caller, over all processes, until then: of a delivery that comes twice, the first."""
        with self._database.writing() as connection:
            new = insert_into(connection, NOTES).values(key=key, text="", until=until)
            first = new.on_conflict_do_update(
                index_elements=[NOTES.c.key], set_={"text": "", "until": until}, where=NOTES.c.until <= now
            )
            return connection.execute(first.returning(NOTES.c.key)).first() is not None

    def put(self, key: str, text: str, until: datetime) -> None:
        """Keep a text, in place of what the key had."""
        with self._database.writing() as connection:
            new = insert_into(connection, NOTES).values(key=key, text=text, until=until)
            connection.execute(new.on_conflict_do_update(index_elements=[NOTES.c.key], set_={"text": text, "until": until}))

    def get(self, key: str, now: datetime) -> str | None:
        """The text of a key."""
        with self._database.reading() as connection:
            found = connection.execute(_GET, {"of_key": key, "now": now}).first()
        return found.text if found else None

    def take(self, key: str, now: datetime) -> str | None:
        """The text of a key, which then has none: exactly one caller, over all processes, is given it."""
        with self._database.writing() as connection:
            found = connection.execute(_TAKE, {"of_key": key}).first()
        return found.text if found and found.until > now else None

    def forget(self, now: datetime) -> int:
        """Drop what has ended; returns how many that were."""
        dropped = 0
        while True:
            with self._database.writing() as connection:
                batch = connection.execute(_FORGET, {"now": now, "at_most": FORGOTTEN_AT_ONCE}).rowcount
            dropped += batch
            if batch < FORGOTTEN_AT_ONCE:
                return dropped
