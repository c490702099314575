"""Opening databases, their settings, and migrations."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import IntegrityError

from bot.errors import StorageError
from storage import edition_tables, enrichment_tables, import_tables, merge_tables  # noqa: F401 - complete the metadata
from storage.database import open_database
from storage.migrate import FOLDER, REVISIONS, migrate
from storage.store import open_store
from storage.tables import IDENTIFIERS, Row
from tests.contract.builders import entry, take_in


def test_migrations_make_exactly_the_tables_that_the_code_describes(url: str):
    """Alembic, asked what a migration would still have to change, finds nothing."""
    database = open_database(url)
    migrate(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Row.metadata.tables, "alembic_version"}
    database.close()


def test_every_migration_is_in_the_list_of_revisions():
    """The list in the code is the one in the folder, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    assert tuple(script.revision for script in reversed(scripts)) == REVISIONS


def test_migrating_again_changes_nothing(url: str, writes: list[str]):
    """An up-to-date database is only looked at."""
    for _time in range(2):
        writes.clear()
        open_store(url).close()
    assert writes == []


def test_an_up_to_date_database_opens_without_alembic(url: str):
    """Importing Alembic takes longer than all the rest of opening a database."""
    open_store(url).close()
    program = f"import sys; from storage.store import open_store; open_store({url!r}).close(); print('alembic' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout == "False\n"


def test_a_database_of_a_newer_program_is_left_alone(url: str):
    """An unknown revision is an error that says what to do."""
    open_store(url).close()
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"newer Paper Round.*Upgrade Paper Round"):
        open_store(url)
    with database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    database.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(url: str):
    """All migrations run in one transaction, also on SQLite."""
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE sightings (id INTEGER)"))
    with pytest.raises(StorageError, match="sightings"):
        migrate(database)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["sightings"]
    database.close()


def test_sqlite_files_are_opened_for_many_readers_and_checked_references(sqlite_url: str):
    """Write-ahead log, no fsync a commit, foreign keys, and writers that wait."""
    database = open_database(sqlite_url)
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with database.reading() as connection:
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas] == ["wal", 1, 1, 10_000]
    database.close()


def test_an_identifier_cannot_belong_to_a_paper_that_is_not_there(url: str):
    """References are checked on both databases."""
    database = open_database(url)
    migrate(database)
    row = {"scheme": "arxiv", "value": "1", "paper_id": 7, "position": 0}
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(insert(IDENTIFIERS), row)
    assert isinstance(caught.value.__cause__, IntegrityError)
    database.close()


def test_what_a_write_did_is_undone_when_an_error_leaves_it(url: str):
    """Tables too: a transaction is all or nothing."""
    database = open_database(url)

    def make_the_same_table_twice() -> None:
        with database.writing() as connection:
            for _time in range(2):
                connection.execute(text("CREATE TABLE half (id INTEGER)"))

    with pytest.raises(StorageError, match="half"):
        make_the_same_table_twice()
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path):
    """Nobody has to prepare anything; a `~` is the home folder and a `%` is just a character."""
    path = tmp_path / "new 100%" / "folders" / "papers.db"
    store = open_store(f"sqlite:///{path}")
    take_in(store, entry("a"))
    store.close()
    assert path.is_file()


def test_a_tilde_in_a_path_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A URL from a settings file has seen no shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    open_store("sqlite:///~/papers.db").close()
    assert (tmp_path / "papers.db").is_file()


def test_closing_leaves_one_file(sqlite_url: str, tmp_path: Path):
    """The write-ahead log is folded in, so a copy of the file is a backup."""
    store = open_store(sqlite_url)
    take_in(store, entry("a"))
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["papers.db"]
