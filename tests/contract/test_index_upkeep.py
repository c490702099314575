"""How the search index is kept up: built in the background while it answers, resumed, replaced, and told where it cannot be."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tantivy import Index

from bot.errors import StorageError
from bot.indexing import bring_up, index_notes
from bot.ports import Change, Coverage, Library
from bot.query import Concept, Form, Plan
from storage.index import TantivyIndex
from storage.index_documents import FORMAT
from storage.index_feed import IndexFeed
from storage.index_folder import IndexFolder
from storage.store import SqlPaperStore
from tests.builders import DAY, entry, open_papers, store_entries

PAPERS = tuple(
    entry(f"Paper {name}: About Learning", abstract=f"All on {name}.", arxiv=f"2501.0000{number}")
    for number, name in enumerate(("alpha", "beta", "gamma", "delta", "eta", "zeta"), start=1)
)
WAIT_S = 60.0  # nothing takes so long: whoever waits this long fails


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two papers are a batch, and more than three are many; all is done in this process, batch after batch."""
    monkeypatch.setattr("storage.index_upkeep._FEW", 3)
    monkeypatch.setattr("storage.index_upkeep._ROUND", 1)
    monkeypatch.setattr("storage.index_upkeep._WRITER_WAIT_S", 0.1)
    monkeypatch.setattr("storage.index_feed.is_worth_it", lambda: False)
    monkeypatch.setattr("storage.index_feed._BATCH", 2)
    monkeypatch.setattr("storage.index_feed._FIRST_COMMIT", 2)
    monkeypatch.setattr("storage.index_feed._MOST_UNCOMMITTED", 2)


class Gated:
    """A store that gives out as many batches as it is allowed to, and then waits."""

    def __init__(self, store: SqlPaperStore, batches: int) -> None:
        self._store = store
        self._gate = threading.Semaphore(batches)
        self.asked = threading.Event()
        """Somebody waits for a batch that is not given out yet."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a store has
        return getattr(self._store, name)

    def changed_since(self, change: int, limit: int) -> list[Change]:
        """As the store does, once that is allowed."""
        if not self._gate.acquire(blocking=False):
            self.asked.set()
            assert self._gate.acquire(timeout=WAIT_S)
        return self._store.changed_since(change, limit)

    def open(self) -> None:
        """Allow all the others."""
        self._gate.release(1_000)


@contextmanager
def _half_built(folder: Path, store: SqlPaperStore, batches: int = 1) -> Iterator[tuple[TantivyIndex, Gated]]:
    """An index that is being built, and has come to its first batches."""
    gated = Gated(store, batches)
    index = TantivyIndex(folder / "index", gated)  # type: ignore[arg-type] - a store, as far as an index knows
    assert not index.keep_up(0)
    assert gated.asked.wait(WAIT_S)
    try:
        yield index, gated
    finally:
        gated.open()
        index.close()


def _total(index: TantivyIndex, word: str = "learning", viewer: str = "") -> int:
    return index.candidates(Plan(must=(Concept((Form(word),)),)), limit=1, viewer=viewer).total


def test_what_is_indexed_is_found_while_the_rest_is_on_its_way(tmp_path: Path):
    """A large index is built in the background, answers meanwhile, says how far it is, and then has everything."""
    with open_papers(tmp_path, PAPERS) as store, _half_built(tmp_path, store) as (index, gated):
        assert (_total(index), index.coverage()) == (2, Coverage(indexed=2, stored=6))
        assert index_notes(index) == ["Search is still being built: 2 of 6 papers are in it so far."]
        gated.open()
        assert index.keep_up(WAIT_S)
        assert (_total(index), index.coverage(), index_notes(index)) == (6, None, [])


def test_little_is_indexed_at_once_by_whoever_finds_it(tmp_path: Path):
    """No thread and no waiting for the papers of a day."""
    with open_papers(tmp_path, PAPERS[:3]) as store:
        index = TantivyIndex(tmp_path / "index", store)
        assert index.keep_up(0)
        assert (_total(index), index.coverage()) == (3, None)


def test_a_paper_changed_while_the_index_is_built_is_in_it_once(tmp_path: Path):
    """In its newest state, whether it was indexed before it changed or not."""
    with open_papers(tmp_path, PAPERS) as store, _half_built(tmp_path, store) as (index, gated):
        store_entries(store, [PAPERS[at]._replace(abstract="Now on omega.") for at in (0, 5)], day=DAY + timedelta(days=1))
        gated.open()
        assert index.keep_up(WAIT_S) or index.keep_up(WAIT_S)
        assert (_total(index), _total(index, "omega")) == (6, 2)


def test_private_papers_stay_private_while_the_index_is_built(tmp_path: Path):
    """Neither hits nor the count of what is stored tell another space of them."""
    with open_papers(tmp_path, PAPERS) as store, store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE papers SET visible_to = 'slack:T1' WHERE id IN (1, 2, 3)")
    with open_papers(tmp_path) as store, _half_built(tmp_path, store) as (index, _):
        assert [_total(index, viewer=viewer) for viewer in ("", "slack:T2", "slack:T1")] == [0, 0, 2]
        assert index.coverage() == Coverage(indexed=2, stored=3)
        assert index.coverage(viewer="slack:T1") == Coverage(indexed=2, stored=6)


def test_closing_ends_the_work_and_the_next_process_goes_on(tmp_path: Path):
    """Nothing that was indexed is indexed again."""
    with open_papers(tmp_path, PAPERS) as store:
        with _half_built(tmp_path, store, batches=2) as (index, gated):
            threading.Timer(0.05, gated.open).start()
            index.close()
            had = _total(index)
        assert had >= 4
        assert TantivyIndex(tmp_path / "index", store).catch_up() == 6 - had


def test_killed_while_building_it_goes_on_from_there(tmp_path: Path):
    """Kill -9 after the second batch: the first ones are kept."""
    script = (
        "import os, sys; from pathlib import Path; import storage.index_feed as feed\n"
        "from storage.index import TantivyIndex; from storage.store import open_store\n"
        "feed._BATCH = feed._FIRST_COMMIT = feed._MOST_UNCOMMITTED = 2; feed.is_worth_it = lambda: False\n"
        "store = open_store('sqlite:///' + sys.argv[1] + '/papers.db')\n"
        "TantivyIndex(Path(sys.argv[1]) / 'index', store).catch_up(lambda count: count < 4 or os.kill(os.getpid(), 9))\n"
    )
    with open_papers(tmp_path, PAPERS) as store:
        root = Path(__file__).parents[2]
        done = subprocess.run([sys.executable, "-c", script, tmp_path], cwd=root, capture_output=True, check=False)
        assert done.returncode == -9
        index = TantivyIndex(tmp_path / "index", store)
        assert _total(index) == 4
        assert index.catch_up() == 2
        assert _total(index) == 6


def test_a_damaged_index_answers_until_a_new_one_is_built_beside_it(tmp_path: Path):
    """What is open can be read on; the new one takes its place when it has everything, and the old one is removed."""
    with open_papers(tmp_path, PAPERS) as store:
        gated = Gated(store, 0)
        gated.open()
        index = TantivyIndex(tmp_path / "index", gated)  # type: ignore[arg-type] - as above
        index.catch_up()
        gated._gate = threading.Semaphore(0)
        (IndexFolder(tmp_path / "index").path / "meta.json").write_text("{garbage")
        assert _total(index) == 6
        assert not index.keep_up(0) or index.rebuilding() is not None
        assert gated.asked.wait(WAIT_S)
        assert (_total(index), index.rebuilding()) == (6, Coverage(indexed=0, stored=6))
        gated.open()
        assert index.keep_up(WAIT_S)
        assert (_total(index, "zeta"), index.rebuilding()) == (1, None)
        assert [one.name for one in (tmp_path / "index").iterdir()] == [IndexFolder(tmp_path / "index", 2).path.name]


def test_who_waits_for_a_new_index_hears_of_it_every_few_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whether this process builds it or another one; not all the time."""
    with open_papers(tmp_path, PAPERS) as store:
        gated = Gated(store, batches=4)
        one, other = TantivyIndex(tmp_path / "index", gated), TantivyIndex(tmp_path / "index", store)
        one.catch_up()
        monkeypatch.setattr("bot.indexing.WAIT_S", 0.5)
        waiting = bring_up(Library(store, one), rebuild=True)
        began = time.monotonic()
        assert next(waiting).startswith("Search is being built anew: ")
        assert time.monotonic() - began >= 0.4
        assert gated.asked.wait(WAIT_S)
        others = bring_up(Library(store, other))
        assert next(others) == next(waiting)
        assert time.monotonic() - began >= 0.8
        gated.open()
        assert (list(waiting)[-1], list(others)[-1]) == ("The search index holds every paper: 6.",) * 2


def test_an_index_built_anew_replaces_the_old_one_in_every_process(tmp_path: Path):
    """Whoever had the old one open reads the new one, and both keep up with it."""
    with open_papers(tmp_path, PAPERS) as store:
        one, other = (TantivyIndex(tmp_path / "index", store) for _ in range(2))
        one.catch_up()
        assert _total(other) == 6
        assert list(bring_up(Library(store, one), rebuild=True)) == ["The search index holds every paper: 6."]
        assert not IndexFolder(tmp_path / "index").exists()
        assert (_total(one), _total(other)) == (6, 6)
        store_entries(store, [entry("A Late Paper", abstract="On learning.")])
        assert other.keep_up(WAIT_S)
        assert (_total(one), _total(other)) == (7, 7)
        assert other.catch_up() == 0


def test_a_rebuild_that_was_broken_off_is_ended_by_the_next_process(tmp_path: Path):
    """The old index is used until then."""
    with open_papers(tmp_path, PAPERS) as store:
        TantivyIndex(tmp_path / "index", store).catch_up()
        IndexFolder(tmp_path / "index", 2).searcher()  # begun, and empty
        index = TantivyIndex(tmp_path / "index", store)
        assert _total(index) == 6
        assert len(list(bring_up(Library(store, index)))) >= 1
        assert (_total(index), index.rebuilding()) == (6, None)
        assert not IndexFolder(tmp_path / "index").exists()


def test_the_index_of_an_older_version_goes_when_the_new_one_is_complete(tmp_path: Path):
    """Not before, and one of a newer version stays for when it is needed again."""
    older, newer = tmp_path / "index" / "format-0", tmp_path / "index" / "format-9999.2"
    other = tmp_path / "index" / f"format-{FORMAT}-another.3"
    with open_papers(tmp_path, PAPERS) as store:
        for folder in (older, newer, other):
            folder.mkdir(parents=True)
            (folder / "meta.json").write_text("{}")
        with _half_built(tmp_path, store) as (index, gated):
            assert (_total(index), older.exists(), other.exists()) == (2, True, True)
            gated.open()
            assert index.keep_up(WAIT_S)
        assert (_total(index), older.exists(), other.exists(), newer.exists()) == (6, False, False, True)


def test_while_another_process_builds_nobody_waits(tmp_path: Path):
    """It is used as far as it has come, and followed as it grows."""
    with open_papers(tmp_path, PAPERS) as store, _half_built(tmp_path, store) as (building, gated):
        other = TantivyIndex(tmp_path / "index", store)
        assert not other.keep_up(WAIT_S)
        assert (_total(other), other.coverage()) == (2, Coverage(indexed=2, stored=6))
        gated.open()
        assert building.keep_up(WAIT_S)
        assert (_total(other), other.coverage()) == (6, None)


def test_small_segments_are_merged_while_more_comes(tmp_path: Path):
    """Twenty days of papers are not twenty segments, and each day is found at once."""
    with open_papers(tmp_path, PAPERS) as store:
        index = TantivyIndex(tmp_path / "index", store)
        for day in range(20):
            store_entries(store, [entry(f"Day {day}: A Paper", abstract="On learning.")])
            assert index.keep_up(WAIT_S)
            assert _total(index) == len(PAPERS) + day + 1
        index.catch_up()
        index._upkeep._used.settle(WAIT_S)
        assert index._folder.searcher().num_segments < 16
        assert _total(TantivyIndex(tmp_path / "index", store)) == len(PAPERS) + 20


def test_where_the_index_cannot_be_written_it_is_told_and_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As on a full disk: old papers are found, and once there is space new ones are."""

    def full(folder: IndexFolder, *_: object, **__: object) -> None:
        raise StorageError(folder.unwritable())

    with open_papers(tmp_path, PAPERS[:3]) as store:
        index = TantivyIndex(tmp_path / "index", store)
        assert index.keep_up(WAIT_S)
        for papers in (PAPERS[3:4], PAPERS[4:]):
            store_entries(store, papers)
        with monkeypatch.context() as broken:
            broken.setattr(IndexFolder, "writer", full)
            assert not index.keep_up(WAIT_S)
            assert "PAPERROUND_INDEX_FOLDER" in index.trouble()
            assert index_notes(index) == [index.trouble()]
            assert _total(index) == 3
            with pytest.raises(StorageError, match="cannot be written; no paper is lost"):
                list(bring_up(Library(store, index)))
        assert index.keep_up(WAIT_S)
        assert (_total(index), index.trouble()) == (6, "")


def test_a_refusal_of_the_system_destroys_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Too many open files is no damage: the index is there when it is asked again."""
    with open_papers(tmp_path, PAPERS[:3]) as store:
        TantivyIndex(tmp_path / "index", store).catch_up()

        def refused(*_: object, **__: object) -> Index:
            raise ValueError("An IO error occurred: 'Too many open files (os error 24)'")

        with monkeypatch.context() as broken:
            broken.setattr("storage.index_folder.Index", refused)
            with pytest.raises(StorageError, match="no paper is lost"):
                TantivyIndex(tmp_path / "index", store).keep_up(WAIT_S)
        index = TantivyIndex(tmp_path / "index", store)
        assert (_total(index), index.catch_up()) == (3, 0)


def test_the_folder_is_free_for_others_after_every_commit(tmp_path: Path):
    """Even where something still knows the writer, as a frame in a traceback does."""
    with open_papers(tmp_path, PAPERS) as store:
        feed = IndexFeed(IndexFolder(tmp_path / "index"), store)
        feed._commit_at = 100
        assert feed.step(store.last_change(), wait_s=0) == 2
        known = feed._writer
        feed.commit()
        assert known is not None
        assert TantivyIndex(tmp_path / "index", store).catch_up() == 4
