"""What `Notes` promises on both databases: once means once, over threads and processes, and an end is an end."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from storage import notes as storage_notes
from storage.open import Storage, open_storage
from tests.contract.rounds import NOW

ROOT = Path(__file__).parents[2]
END = NOW + timedelta(minutes=10)
TICK = timedelta(microseconds=1)

RACER = """
import sys
from pathlib import Path
from storage.open import open_storage
from tests.contract.test_notes import END, NOW
url, number, folder = sys.argv[1:]
storage = open_storage(url)
Path(folder, number).touch()
while len(list(Path(folder).iterdir())) < 3:  # all start at once
    pass
for key in range(40):
    if storage.notes.first(f"first {key}", END, NOW):
        print("first", key)
    if storage.notes.take(f"take {key}", NOW) == "text":
        print("take", key)
storage.close()
"""


def test_a_note_is_there_until_its_end(storage: Storage):
    """Not at its end and not after; putting again replaces text and end."""
    notes = storage.notes
    notes.put("a", "one\n“Ω”", END)
    assert [notes.get("a", NOW), notes.get("a", END - TICK), notes.get("a", END), notes.get("b", NOW)] == [
        "one\n“Ω”",
        "one\n“Ω”",
        None,
        None,
    ]
    notes.put("a", "two", END + TICK)
    assert notes.get("a", END) == "two"


def test_a_note_is_taken_once(storage: Storage):
    """What has ended is given to nobody."""
    notes = storage.notes
    notes.put("a", "one", END)
    notes.put("b", "late", END)
    assert [notes.take("a", NOW), notes.take("a", NOW), notes.get("a", NOW)] == ["one", None, None]
    assert [notes.take("b", END), notes.take("never", NOW)] == [None, None]


def test_a_key_is_first_once_until_its_end(storage: Storage):
    """Then it is first again, until the new end; other keys have nothing to do with it."""
    notes = storage.notes
    later = END + timedelta(minutes=10)
    said = [notes.first("a", END, NOW), notes.first("a", later, END - TICK), notes.first("b", END, NOW)]
    assert said == [True, False, True]
    assert [notes.first("a", later, END), notes.first("a", later, later - TICK)] == [True, False]


@pytest.mark.parametrize("many", [3, 7])
def test_what_has_ended_is_forgotten(storage: Storage, monkeypatch: pytest.MonkeyPatch, many: int):
    """In batches, however much it is; the rest stays."""
    monkeypatch.setattr(storage_notes, "FORGOTTEN_AT_ONCE", 3)
    notes = storage.notes
    for number in range(many):
        notes.first(f"old {number}", END, NOW)
    notes.put("new", "stays", END + TICK)
    assert [notes.forget(END - TICK), notes.forget(END), notes.forget(END)] == [0, many, 0]
    assert notes.get("new", END) == "stays"


def test_of_threads_at_once_one_is_first_and_one_takes(storage: Storage):
    """Eight ask for every key at the same moment."""
    keys = range(20)
    for key in keys:
        storage.notes.put(f"take {key}", "text", END)
    together = Barrier(8)

    def ask(_number: int) -> list[tuple[str, int]]:
        won = []
        for key in keys:
            together.wait()
            if storage.notes.first(f"first {key}", END, NOW):
                won.append(("first", key))
            if storage.notes.take(f"take {key}", NOW) is not None:
                won.append(("take", key))
        return won

    with ThreadPoolExecutor(8) as pool:
        won = Counter(one for of_thread in pool.map(ask, range(8)) for one in of_thread)
    assert won == {(kind, key): 1 for kind in ("first", "take") for key in keys}


def test_of_processes_at_once_one_is_first_and_one_takes(url: str, tmp_path: Path):
    """Three programs on one database race for forty keys."""
    storage = open_storage(url)
    for key in range(40):
        storage.notes.put(f"take {key}", "text", END)
    storage.close()
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, url, f"{number}", str(meeting)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    said = [racer.communicate(timeout=120) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0], said
    assert Counter(line for out, _err in said for line in out.splitlines()) == {
        f"{kind} {key}": 1 for kind in ("first", "take") for key in range(40)
    }
