"""What the database's errors mean for the person who reads them. Storage room: knows drivers' codes, not tables.

Codes: https://www.sqlite.org/rescode.html and https://www.postgresql.org/docs/current/errcodes-appendix.html.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StorageError

NOTHING: Final = "Nothing was changed."

_SQLITE: Final = {
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Check that its folder exists and that this user may write there.",
    sqlite3.SQLITE_PERM: "may not be opened by this user. Give this user write permission on the file and its folder.",
    sqlite3.SQLITE_READONLY: "is read-only. Give this user write permission on the file and its folder.",
    sqlite3.SQLITE_BUSY: "stayed locked by another program. Wait until that program has finished, then try again.",
    sqlite3.SQLITE_LOCKED: "stayed locked by another program. Wait until that program has finished, then try again.",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Free some space, then try again.",
    sqlite3.SQLITE_IOERR: "could not be read or written by the operating system. Check the disk, and that it is not full.",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database. Choose another path, or put the right file back.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Move it away and restore a backup, or start anew and import your documents again.",
}

_POSTGRES: Final = {
    "28": "refused this user or password. Check both in the database URL.",
    "3D": "has no such database. Create it, or correct its name in the database URL.",
    "42501": "does not allow this user to do that. Grant the user all rights on the database's schema.",
    "53100": "has no space left on its disk. Free some space, then try again.",
    "53300": "has too many connections already. Raise its max_connections, or run fewer copies of Paper Round.",
    "54": "cannot hold a text that long. Shorten the longest title in the document, then try again.",
    "55P03": "kept the data locked for another program. Wait until that program has finished, then try again.",
    "57014": "stopped a statement that took too long. Try again; if it stays so, raise its statement_timeout.",
    "25006": "is read-only, perhaps a standby. Give the URL of the primary server.",
}


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Whatever goes wrong inside with the database at `url` leaves as a `StorageError` in plain words.

    Raises:
        StorageError: with the place, never the password, and what to do.
    """
    try:
        yield
    except (SQLAlchemyError, OSError, UnicodeEncodeError, OverflowError) as error:
        message = _message(error, url)
        # A driver may quote its connection string: then its own error must not be shown below ours.
        raise StorageError(message) from (error if _redacted(str(error), url) == str(error) else None)


def place(url: URL) -> str:
    """Where a database is, for people: the file's path, or database, host and port. Never the user's password."""
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or "").absolute())
    host = url.host or _first(url.query.get("host")) or "this machine"
    return f'"{url.database or url.username or ""}" on {host}' + (f", port {url.port}" if url.port else "")


def _message(error: Exception, url: URL) -> str:
    match error:
        case UnicodeEncodeError() | OverflowError() | DataError():  # half a surrogate pair, a NUL, a number over 64 bits
            return f"A text or number cannot be stored in the database {place(url)}: {_detail(error, url)}. {NOTHING}"
        case PoolTimeout():
            return f"All connections to the database {place(url)} are busy. {NOTHING} Try again in a moment."
        case OSError():
            why = error.strerror or "it cannot be reached"
            return f"The database {place(url)} cannot be opened: {why}. {NOTHING} Choose a path that this user may write."
        case DBAPIError() if isinstance(error.orig, sqlite3.Error):
            return f"The database {place(url)} {_sqlite_reason(error.orig)} {NOTHING}"
        case DBAPIError():
            return f"PostgreSQL {place(url)} {_postgres_reason(error.orig, url)} {NOTHING}"
        case _:
            return f"The database {place(url)} could not be used: {_detail(error, url)}. {NOTHING}"


def _sqlite_reason(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # extended codes keep the primary one in the low byte
    return _SQLITE.get(code, f"could not be used: {error}. Run `paperround doctor`, or restore a backup.")


def _postgres_reason(error: BaseException | None, url: URL) -> str:
    state: str = getattr(error, "sqlstate", None) or ""
    known = _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    if known:
        return known
    detail = " ".join(_redacted(str(error), url).split()).rstrip(".")
    if state and state[:2] not in ("08", "57"):  # only the first line: the next ones may quote what was to be saved
        first_line = _redacted(str(error), url).partition("\n")[0]
        return f"could not do that: {first_line} (code {state}). Update Paper Round, or report this."
    if "password" in detail or "authentication" in detail:
        return f"refused this user or password. Check both in the database URL. It said: {detail}."
    return f"cannot be reached. Check that it runs and that host and port in the database URL are right. It said: {detail}."


def _detail(error: Exception, url: URL) -> str:
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    return _redacted(said.partition("\n")[0], url).rstrip(".")


def _redacted(text: str, url: URL) -> str:
    """The text without the URL's passwords, wherever the URL holds them."""
    for secret in (url.password, _first(url.query.get("password"))):
        text = text.replace(str(secret), "***") if secret else text
    return text


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value
