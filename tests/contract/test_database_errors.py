"""What a person reads when a database cannot be used: the place, what to do, and never a password."""

import os
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bot.errors import StorageError
from storage.store import open_store
from tests.contract.builders import entry, take_in

SECRET = "hunter2-Ж"  # noqa: S105 - a password that must never be seen


@contextmanager
def on_every_connection(*pragmas: str) -> Iterator[None]:
    """Makes SQLite behave as if the disk or the file were different, for connections opened inside."""

    def apply(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(Pool, "connect", apply)
    try:
        yield
    finally:
        event.remove(Pool, "connect", apply)


def failure_of_opening(url: str) -> str:
    """The message of the error that opening this database raises."""
    with pytest.raises(StorageError) as caught:
        open_store(url, busy_timeout_s=0.2)
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    return str(caught.value)


def failure_of_saving(url: str) -> str:
    """The message of the error that saving a paper raises."""
    store = open_store(url, busy_timeout_s=0.2)
    with pytest.raises(StorageError) as caught:
        take_in(store, *(entry(f"{number}", abstract="x" * 50_000) for number in range(50)))
    store.close()
    return str(caught.value)


@pytest.mark.parametrize("place", ["{file}/below/papers.db", "/proc/paperround/papers.db", "{folder}"])
def test_a_path_that_cannot_be_a_file(tmp_path: Path, place: str):
    """A path below a regular file, one where nobody may write, and a folder."""
    (tmp_path / "file").write_text("x")
    path = place.format(file=tmp_path / "file", folder=tmp_path)
    message = failure_of_opening(f"sqlite:///{path}")
    assert path in message
    assert "Choose a path" in message or "Name a file" in message


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permission bits do not stop root")
def test_a_folder_without_write_permission(tmp_path: Path):
    """The person is told to give the permission."""
    tmp_path.chmod(0o500)
    message = failure_of_opening(f"sqlite:///{tmp_path}/papers.db")
    tmp_path.chmod(0o700)
    assert "may write" in message


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permission bits do not stop root")
def test_a_file_without_write_permission(sqlite_url: str, tmp_path: Path):
    """The person is told to give the permission."""
    open_store(sqlite_url).close()
    (tmp_path / "papers.db").chmod(0o400)
    assert "read-only" in failure_of_saving(sqlite_url)


def test_a_file_that_is_no_database(sqlite_url: str, tmp_path: Path):
    """It is not touched."""
    (tmp_path / "papers.db").write_text("Dear diary, " * 100)
    assert "papers.db is not a SQLite database" in failure_of_opening(sqlite_url)
    assert (tmp_path / "papers.db").read_text().startswith("Dear diary")


def test_a_damaged_file(sqlite_url: str, tmp_path: Path):
    """The person is told to restore a backup."""
    path = tmp_path / "papers.db"
    open_store(sqlite_url).close()
    intact = path.stat().st_size  # the description of the tables, without which the file does not even open
    store = open_store(sqlite_url)
    take_in(store, *(entry(f"{number}", abstract="x" * 5_000) for number in range(100)))
    store.close()
    content = bytearray(path.read_bytes())
    content[intact:] = b"\xaa" * (len(content) - intact)
    path.write_bytes(content)
    assert "is damaged. Move it away and restore a backup" in failure_of_saving(sqlite_url)


def test_a_file_that_another_program_keeps_locked(sqlite_url: str, tmp_path: Path):
    """A writer waits for a while, then says who is in the way and that nothing was saved."""
    open_store(sqlite_url).close()
    other = sqlite3.connect(tmp_path / "papers.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    message = failure_of_saving(sqlite_url)
    other.close()
    assert "locked by another program. Wait until" in message
    assert message.endswith("Nothing was changed.")


def test_a_full_disk(sqlite_url: str):
    """What did not fit is undone as a whole."""
    open_store(sqlite_url).close()
    with on_every_connection("max_page_count=60"):
        assert "the disk is full. Free some space" in failure_of_saving(sqlite_url)
    store = open_store(sqlite_url)
    assert (store.count(), store.last_change()) == (0, 0)
    store.close()


def test_a_read_only_file(sqlite_url: str):
    """Reading works; writing says why not."""
    open_store(sqlite_url).close()
    with on_every_connection("query_only=ON"):
        assert "is read-only. Give this user write permission" in failure_of_saving(sqlite_url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "papers.db",
        "://",
        f"postgresql://me:{SECRET}@host:port/papers",
        f"mysql://me:{SECRET}@host/papers",
        f"postgres+asyncpg2://me:{SECRET}@host/papers",
        f"sqlite+pysqlcipher://:{SECRET}@/papers.db",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_url_that_cannot_be_used(url: str):
    """The person is shown what a good one looks like."""
    message = failure_of_opening(url)
    assert "nothing was opened" in message
    assert "sqlite:///path/to/papers.db" in message


@pytest.mark.parametrize("host", ["localhost:1", "no-such-host.invalid"])
def test_a_postgresql_that_does_not_answer(host: str):
    """The person learns where we looked."""
    message = failure_of_opening(f"postgresql://me:{SECRET}@{host}/papers")
    assert f'PostgreSQL "papers" on {host.partition(":")[0]}' in message
    assert "cannot be reached. Check that it runs" in message


def test_an_option_of_the_url_that_postgresql_does_not_know():
    """A misspelt option is named, whatever else the URL holds."""
    message = failure_of_opening(f"postgresql://me:{SECRET}@localhost:1/papers?sslmod=require&password={SECRET}")
    assert "sslmod" in message


def test_a_postgresql_database_that_is_not_there(postgres: Any):  # noqa: ANN401 - the wheel has no types
    """The person is told to create it."""
    message = failure_of_opening(postgres.get_uri(database="nowhere"))
    assert '"nowhere" on ' in message
    assert "does not exist" in message


def test_a_wrong_password(postgres: Any, new_postgres_url: Callable[[], str]):  # noqa: ANN401 - the wheel has no types
    """The person is told to check user and password, and the password is not repeated."""
    url = new_postgres_url()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'right'")
        rules = Path(postgres.pgdata) / "pg_hba.conf"
        rules.write_text("local all guest scram-sha-256\n" + rules.read_text())
        connection.execute("SELECT pg_reload_conf()")
    message = failure_of_opening(url.replace("postgres:@", f"guest:{SECRET}@"))
    assert "refused this user or password. Check both" in message


def test_a_postgresql_whose_data_another_program_keeps_locked(new_postgres_url: Callable[[], str]):
    """The same wait, and the same words, as on SQLite."""
    url = new_postgres_url()
    open_store(url).close()
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM clock FOR UPDATE")
        message = failure_of_saving(url)
    assert "locked for another program. Wait until" in message


def test_a_user_who_may_not_write(new_postgres_url: Callable[[], str]):
    """The person is told which right is missing."""
    url = new_postgres_url()
    open_store(url).close()
    with psycopg.connect(url) as owner:
        owner.execute("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    assert "does not allow this user" in failure_of_saving(url.replace("postgres:@", "reader:@"))


def test_a_connection_that_broke_is_replaced(new_postgres_url: Callable[[], str]):
    """After a restart of the server the store goes on by itself."""
    url = new_postgres_url()
    store = open_store(url)
    assert take_in(store, entry("a")) == ["added"]
    with psycopg.connect(url) as other:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # noqa: S608 - no outside text
    assert store.count() == 1
    store.close()
