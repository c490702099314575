"""Several writers, readers and sudden deaths: what `PaperStore` promises when more than one program uses a database."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

from storage.store import SqlPaperStore, open_store
from tests.contract.builders import DAY, arxiv, entry, everything, listing, take_in

ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from pathlib import Path
from storage.store import open_store
from tests.contract.builders import entry, listing, take_in
url, number, folder = sys.argv[1:]
Path(folder, number).touch()
while len(list(Path(folder).iterdir())) < 3:  # all start at once
    pass
store = open_store(url)
for batch in range(10):
    outcomes = take_in(store, *(entry(f"{batch}-{paper}") for paper in range(20)), listed=listing())
    print(outcomes.count("added"))
store.close()
"""

MORTAL = """
import os, signal, sys
from sqlalchemy import Engine, event
from storage.store import open_store
from tests.contract.builders import entry, listing, take_in

def die(_connection, _cursor, statement, *_rest):
    if statement.startswith("INSERT INTO sightings"):
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", die)
take_in(open_store(sys.argv[1]), entry("a"), entry("b"), listed=listing())
"""


def start(program: str, *arguments: str) -> "subprocess.Popen[str]":
    """A Python program in a process of its own."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_threads_that_bring_the_same_papers_store_each_once(store: SqlPaperStore):
    """Exactly one of them adds a paper; the others find it."""
    together = Barrier(6)

    def write(number: int) -> list[str]:
        together.wait()
        names = [f"{(number + step) % 40}" for step in range(40)]
        return [outcome for name in names for outcome in take_in(store, entry(name), entry("same"), listed=listing())]

    with ThreadPoolExecutor(6) as pool:
        outcomes = Counter(outcome for of_thread in pool.map(write, range(6)) for outcome in of_thread)
    assert outcomes == {"added": 41, "unchanged": 6 * 80 - 41}
    assert sorted(one.number for one in store.changed_since(0, 99)) == list(range(1, 42))
    assert sorted(paper.id for paper in everything(store)) == list(range(1, 42))
    assert len(store.listed_on(DAY)) == 41


def test_processes_that_start_at_once_on_a_new_database_store_each_paper_once(url: str, tmp_path: Path):
    """Both make the tables, both write, nothing is lost and nothing is there twice."""
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    writers = [start(WRITER, url, f"{number}", str(meeting)) for number in range(3)]
    said = [writer.communicate(timeout=120) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], said
    assert sum(int(line) for out, _err in said for line in out.split()) == 200
    store = open_store(url)
    assert (store.count(), store.last_change(), len(store.listed_on(DAY))) == (200, 200, 200)
    store.close()


def test_a_program_that_is_killed_while_it_saves_leaves_nothing_half_written(url: str):
    """The next one finds the database as it was before, and can write at once."""
    mortal = start(MORTAL, url)
    out, err = mortal.communicate(timeout=120)
    assert mortal.returncode == -9, (out, err)
    store = open_store(url)
    assert (store.count(), store.last_change(), store.paper_by_identifier(arxiv("a"))) == (0, 0, None)
    assert take_in(store, entry("a"), listed=listing()) == ["added"]
    store.close()


def test_an_index_that_follows_while_others_write_misses_nothing(store: SqlPaperStore):
    """Changes become visible in the order of their numbers, so reading on from the last one seen is enough."""
    written = Event()

    def write(number: int) -> None:
        for batch in range(15):
            take_in(store, *(entry(f"{number}-{batch}-{paper}") for paper in range(3)))

    def follow() -> list[int]:
        seen: list[int] = []
        while not (written.is_set() and store.last_change() == (seen or [0])[-1]):
            seen += [one.number for one in store.changed_since((seen or [0])[-1], 10)]
        return seen

    with ThreadPoolExecutor(4) as pool:
        follower = pool.submit(follow)
        for writer in [pool.submit(write, number) for number in range(3)]:
            writer.result()
        written.set()
        assert follower.result() == list(range(1, 3 * 15 * 3 + 1))


def test_reading_goes_on_while_somebody_writes(store: SqlPaperStore):
    """A reader neither waits for a writer nor sees what is not committed yet."""
    take_in(store, entry("a"))
    seen_inside: list[int] = []

    def look(*arguments: object) -> list[object]:
        with ThreadPoolExecutor(1) as pool:
            seen_inside.append(pool.submit(store.count).result(timeout=10))
        return []

    store.ingest([], [], look, listing())  # type: ignore[arg-type]
    assert seen_inside == [1]
