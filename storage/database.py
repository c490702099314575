"""A database, opened: SQLite files and PostgreSQL, with the same transactions on both. Knows no table.

Storage room. SQLite's own settings: https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError

from bot.errors import StorageError
from storage.faults import place, translated

BUSY_TIMEOUT_S: Final = 10.0
CONNECTIONS: Final = 32
KEPT_CONNECTIONS: Final = 8


class Database:
    """A pool of connections and the two kinds of transaction. Safe to use from many threads.

    Args:
        engine: where to connect to.
        busy_timeout_s: how long a writer waits for another one.
    """

    def __init__(self, engine: Engine, busy_timeout_s: float) -> None:
        self._engine = engine
        self._busy_timeout_s = busy_timeout_s
        # Both share the pool. A read that takes two statements must see one state of the database in both.
        one_state = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = engine.execution_options(**one_state)
        self._writer = engine.execution_options(writes=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file; else it is PostgreSQL."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database.

        Raises:
            StorageError: the database could not be read.
        """
        with translated(self._engine.url), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or undone as a whole where an error leaves it.

        On SQLite it holds the write lock from its beginning, so what it reads cannot change under it.

        Raises:
            StorageError: the database could not be written, or stayed locked; nothing was saved.
        """
        with translated(self._engine.url), self._writer.begin() as connection:
            if not self.is_sqlite:
                wait = f"{self._busy_timeout_s * 1000:.0f}ms"
                connection.execute(select(func.set_config("lock_timeout", wait, True)))
            yield connection

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()


def open_database(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Database:
    """A database by its URL; a SQLite file's folder is made where it is missing. Tables are not looked at.

    Args:
        url: `sqlite:///path/to/papers.db` or `postgresql://user:password@host/database`.
        busy_timeout_s: how long a writer waits for another one.

    Raises:
        StorageError: the URL cannot be used, or the file's folder cannot be made.
    """
    at = _read_url(url)
    if at.get_backend_name() == "sqlite":
        _prepare_folder(at)
        engine = _engine(at, connect_args={"timeout": busy_timeout_s})
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    else:
        engine = _engine(at, connect_args={"connect_timeout": max(2, round(busy_timeout_s))}, pool_pre_ping=True)
    return Database(engine, busy_timeout_s)


def _engine(url: URL, **options: Any) -> Engine:  # noqa: ANN401 - create_engine's own options
    with translated(url):
        return create_engine(
            url,
            pool_size=KEPT_CONNECTIONS,
            max_overflow=CONNECTIONS - KEPT_CONNECTIONS,
            hide_parameters=True,  # what people paste must not end up in a log
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            **options,
        )


def _read_url(url: str) -> URL:
    hint = "Use sqlite:///path/to/papers.db or postgresql://user:password@host/database."
    try:
        at = make_url(url.strip())
    except (ArgumentError, ValueError):
        raise StorageError(f"The database URL cannot be read; nothing was opened. {hint}") from None
    if at.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return at.set(drivername="postgresql+psycopg")
    if at.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StorageError(f"Paper Round cannot use a database of the kind {at.drivername!r}; nothing was opened. {hint}")
    if at.database in (None, "", ":memory:"):
        raise StorageError("A database in memory would forget every paper; nothing was opened. Use sqlite:///path/to/papers.db.")
    path = Path(at.database or "")
    with suppress(RuntimeError):  # a `~name` that is no user here is a folder of that name
        path = path.expanduser()
    return at.set(database=str(path))


def _prepare_folder(url: URL) -> None:
    path = Path(url.database or "")
    with translated(url):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise StorageError(f"The database path {place(url)} is a folder; nothing was opened. Name a file inside it.")


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    try:
        # The driver must not begin transactions by itself: `_on_begin` does, and knows which kind.
        # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
        connection.isolation_level = None
        _use_wal(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA wal_autocheckpoint=8000")  # pages of 4 kB: not in the midst of every batch of papers
    except BaseException:
        connection.close()
        raise


def _use_wal(connection: sqlite3.Connection, tries: int = 100, pause_s: float = 0.05) -> None:
    """Turn on the write-ahead log, which the file then keeps. SQLite does not wait for a lock here, so we do."""
    for left in reversed(range(tries)):
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not left:
                raise
            time.sleep(pause_s)
        else:
            return


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
