"""Many rows at once: what they must do on a SQLite file and on a real PostgreSQL, which take them in different ways."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import StorageError
from storage.bulk import insert_rows
from storage.edition_tables import CHANNELS, MUTES
from storage.open import Storage, open_storage

NOON = datetime(2025, 12, 8, 12, tzinfo=UTC)
TEXTS = ("tab\tand\nline", r"\N back\slash \. ", "“ü” 知識 🤖", "", "'quoted', \"twice\"; -- ?%s{}")


def _mutes(*words: str, at: datetime = NOON) -> list[dict[str, Any]]:
    return [{"channel_id": 1, "word": word, "made_by": "ada", "made_at": at} for word in words]


def _channel(storage: Storage) -> None:
    with storage.database.writing() as connection:
        insert_rows(connection, CHANNELS, [{"id": 1, "platform": "web", "workspace": "t", "channel": "c"}])


def test_rows_come_back_as_they_were_given(storage: Storage):
    """Whatever the texts hold; a moment of any zone is the same moment."""
    _channel(storage)
    with storage.database.writing() as connection:
        insert_rows(connection, MUTES, _mutes(*TEXTS, at=NOON.astimezone(timezone(timedelta(hours=5)))))
    with storage.database.reading() as connection:
        found = connection.execute(select(MUTES.c.word, MUTES.c.made_at)).all()
    assert {row.word for row in found} == set(TEXTS)
    assert {row.made_at for row in found} == {NOON}


def test_no_rows_write_nothing(storage: Storage):
    """An empty list is no error."""
    with storage.database.writing() as connection:
        insert_rows(connection, MUTES, [])


@pytest.mark.parametrize("words", [("a", "b", "a"), ("a", "half a pair \ud800")], ids=["a key twice", "no text"])
def test_rows_that_cannot_be_taken_leave_nothing_behind(storage: Storage, words: tuple[str, ...]):
    """All of them are undone, in plain words, and the next rows are taken."""
    _channel(storage)
    with pytest.raises(StorageError, match="Nothing was changed"), storage.database.writing() as connection:
        insert_rows(connection, MUTES, _mutes(*words))
    with storage.database.writing() as connection:
        insert_rows(connection, MUTES, _mutes("c"))
        assert connection.execute(select(MUTES.c.word)).scalars().all() == ["c"]


def test_a_connection_that_breaks_meanwhile_is_replaced(new_postgres_url: Callable[[], str]):
    """The rows are refused in plain words, and the next ones go through another connection."""
    storage = open_storage(new_postgres_url())
    _channel(storage)
    with pytest.raises(StorageError, match="Nothing was changed"):
        _write_after_a_break(storage)
    with storage.database.writing() as connection:
        insert_rows(connection, MUTES, _mutes("b"))
        assert connection.execute(select(MUTES.c.word)).scalars().all() == ["b"]
    storage.close()


def _write_after_a_break(storage: Storage) -> None:
    with storage.database.writing() as connection:
        driver: Any = connection.connection.driver_connection
        driver.close()
        insert_rows(connection, MUTES, _mutes("a"))
