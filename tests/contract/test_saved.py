"""What every `SavedStore` must do: run on a SQLite file and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import delete

from bot.errors import StorageError
from bot.shelf import Saved, Saving
from storage.open import Storage, open_storage
from storage.saved import LIST
from storage.tables import IDENTIFIERS, PAPERS
from tests.contract.builders import entry, take_in
from tests.contract.rounds import NOW
from tests.contract.test_query_plans import plan_of

SPACE = "slack:T1"
HOUR = timedelta(hours=1)
ODD = ("", " ", "U'; DROP TABLE saved; --", "é", "e\u0301", "名前", "U1 ", "u1", "x" * 500)


def fill(storage: Storage, papers: int = 3) -> None:
    """Store papers, whose ids count from 1."""
    take_in(storage.papers, *(entry(f"2501.{number:05}") for number in range(1, papers + 1)))


def save(
    storage: Storage, paper_id: int = 1, *, space: str = SPACE, user: str = "U1", now: datetime = NOW, most: int = 9
) -> Saving:
    """Save a paper, here and now where not said otherwise."""
    return storage.saved.save(space, user, paper_id, now, most=most)


def delete_paper(storage: Storage, paper_id: int) -> None:
    """A paper is deleted, as when what somebody pasted is undone."""
    with storage.database.writing() as connection:
        connection.execute(delete(IDENTIFIERS).where(IDENTIFIERS.c.paper_id == paper_id))
        connection.execute(delete(PAPERS).where(PAPERS.c.id == paper_id))


def test_a_saved_paper_is_on_the_list_since_then(storage: Storage):
    """With its moment in UTC, microseconds too."""
    fill(storage)
    assert save(storage) == Saving(kind="saved", at=NOW)
    assert storage.saved.saved_at(SPACE, "U1", 1) == NOW
    assert storage.saved.saved(SPACE, "U1", limit=9) == [Saved(1, NOW)]
    assert storage.saved.count(SPACE, "U1") == 1


def test_a_paper_is_saved_once(storage: Storage):
    """Again says since when, and keeps that moment."""
    fill(storage)
    save(storage)
    assert save(storage, now=NOW + HOUR) == Saving(kind="already", at=NOW)
    assert storage.saved.saved(SPACE, "U1", limit=9) == [Saved(1, NOW)]


def test_moments_come_back_in_utc(storage: Storage):
    """Whatever zone they were given in."""
    fill(storage)
    save(storage, now=NOW.astimezone(timezone(timedelta(hours=5, minutes=45))))
    at = storage.saved.saved_at(SPACE, "U1", 1)
    assert at is not None
    assert (at, at.utcoffset()) == (NOW, timedelta(0))


def test_a_moment_without_a_zone_is_refused(storage: Storage):
    """Nobody guesses what it meant."""
    fill(storage)
    with pytest.raises((StorageError, ValueError), match="without a zone"):
        save(storage, now=datetime(2025, 6, 12))  # noqa: DTZ001 - that is the point
    assert storage.saved.count(SPACE, "U1") == 0


def test_the_last_saved_comes_first_and_pages_do_not_overlap(storage: Storage):
    """Those of one moment by their id, so that every page is the same each time."""
    fill(storage, 7)
    for paper_id in (3, 1, 7):
        save(storage, paper_id, now=NOW + paper_id * HOUR)
    for paper_id in (2, 4):
        save(storage, paper_id, now=NOW)
    pages = [storage.saved.saved(SPACE, "U1", limit=2, offset=start) for start in (0, 2, 4, 6)]
    assert [[one.paper_id for one in page] for page in pages] == [[7, 3], [1, 4], [2], []]


def test_unsaving_takes_one_paper_off(storage: Storage):
    """Only that one; what is not on the list cannot be taken off."""
    fill(storage)
    save(storage, 1)
    save(storage, 2)
    assert storage.saved.unsave(SPACE, "U1", 1)
    assert not storage.saved.unsave(SPACE, "U1", 1)
    assert [one.paper_id for one in storage.saved.saved(SPACE, "U1", limit=9)] == [2]
    assert save(storage, 1, now=NOW + HOUR) == Saving(kind="saved", at=NOW + HOUR)


def test_a_list_is_one_persons_in_one_space(storage: Storage):
    """The same person in another workspace, another person here, another platform: each sees only their own."""
    fill(storage)
    save(storage, 1)
    others = (("slack:T1", "U2"), ("slack:T2", "U1"), ("discord:T1", "U1"), ("slack:T1U", "1"), ("slack:T", "1U1"))
    for space, user in others:
        assert storage.saved.saved(space, user, limit=9) == []
        assert storage.saved.saved_at(space, user, 1) is None
        assert storage.saved.count(space, user) == 0
        assert not storage.saved.unsave(space, user, 1)
        assert save(storage, 1, space=space, user=user).kind == "saved"
    assert storage.saved.count(SPACE, "U1") == 1


def test_names_are_told_apart_by_every_character(storage: Storage):
    """Case, spaces, accents and quotes make another person, and none of them is anything but a name."""
    fill(storage)
    for user in ODD:
        assert save(storage, user=user).kind == "saved"
    assert [storage.saved.count(SPACE, user) for user in ODD] == [1] * len(ODD)


def test_a_full_list_takes_no_more(storage: Storage):
    """What is on it is still known; taking one off makes room; another list has room of its own."""
    fill(storage)
    assert [save(storage, paper_id, most=2).kind for paper_id in (1, 2, 3)] == ["saved", "saved", "full"]
    assert save(storage, 2, most=2) == Saving(kind="already", at=NOW)
    assert save(storage, 3, user="U2", most=2).kind == "saved"
    assert storage.saved.unsave(SPACE, "U1", 1)
    assert save(storage, 3, most=2).kind == "saved"


def test_a_list_is_not_overfilled_by_one_who_saves_at_once(storage: Storage):
    """Eight buttons pressed in one instant, room for three."""
    fill(storage, 8)
    together = Barrier(8)

    def press(paper_id: int) -> str:
        together.wait()
        return save(storage, paper_id, most=3).kind

    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(press, range(1, 9)))
    assert sorted(kinds) == ["full"] * 5 + ["saved"] * 3
    assert storage.saved.count(SPACE, "U1") == 3


def test_the_same_button_pressed_eight_times_at_once_saves_once(storage: Storage):
    """One press saves; all others hear that it is saved."""
    fill(storage)
    together = Barrier(8)

    def press(_: int) -> str:
        together.wait()
        return save(storage).kind

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(press, range(8))) == ["already"] * 7 + ["saved"]


def test_a_paper_that_is_not_stored_cannot_be_saved(storage: Storage):
    """Deleted between the look-up and the press: said, not an error."""
    fill(storage)
    assert save(storage, 99) == Saving(kind="gone")
    assert storage.saved.count(SPACE, "U1") == 0


def test_a_deleted_paper_leaves_every_list(storage: Storage):
    """And a paper that later gets its id is on nobody's."""
    fill(storage)
    save(storage, 3)
    save(storage, 3, user="U2")
    save(storage, 1)
    delete_paper(storage, 3)
    assert [one.paper_id for one in storage.saved.saved(SPACE, "U1", limit=9)] == [1]
    assert storage.saved.count(SPACE, "U2") == 0
    take_in(storage.papers, entry("2501.99999"))
    assert [paper.id for paper in storage.papers.papers([3])] == [3]
    assert storage.saved.saved_at(SPACE, "U1", 3) is None


def test_lists_outlive_a_restart(url: str):
    """They are in the database, not in the process."""
    with closing(open_storage(url)) as first:
        fill(first)
        save(first)
    with closing(open_storage(url)) as second:
        assert second.saved.saved(SPACE, "U1", limit=9) == [Saved(1, NOW)]


def test_listing_reads_one_persons_rows_in_their_order(storage: Storage):
    """However many people save: the index gives the rows sorted."""
    fill(storage, 100)
    for user in ("U1", "U2", "U3"):
        for paper_id in range(1, 101):
            save(storage, paper_id, user=user, most=100)
    said = plan_of(storage, LIST, of_space=SPACE, of_user="U1", at_most=5, leave_out=0)
    assert "SCAN" not in said
    assert "B-TREE" not in said
