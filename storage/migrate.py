"""Brings a database's tables to the state this program knows. Storage room; the only place that runs Alembic."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from bot.errors import StorageError
from storage.database import BUSY_TIMEOUT_S, Database, open_database

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""All migrations, oldest first. Written here as well so that an up-to-date database opens without importing Alembic (0.4 s)."""

FOLDER: Final = Path(__file__).parent / "migrations"

_LOCK: Final = 0x50_61_70_65_72  # any number of our own


def migrate(database: Database) -> None:
    """Run the migrations that are missing, all in one transaction. Several processes may do this at once.

    Raises:
        StorageError: the database is newer than this program, or could not be read or written; its tables are as before.
    """
    with database.reading() as connection:
        if _is_current(connection):
            return
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if not _is_current(connection):
            _upgrade(connection)


def open_migrated(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Database:
    """The database at `url`, which is made, and whose tables are brought up to date, where needed.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program; nothing stays open.
    """
    database = open_database(url, busy_timeout_s=busy_timeout_s)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision not in REVISIONS:
        raise StorageError(
            f"The database was made by a newer Paper Round (revision {revision}; this one knows {REVISIONS[-1]}). "
            "Nothing was changed. Upgrade Paper Round."
        )
    return revision == REVISIONS[-1]


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - only where something is to be done, for it is slow to import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
