"""The process that reads texts for the index: it says what ours would say, and nothing is lost where it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.text_fields import text_fields
from storage import index_feed, index_helper
from storage.index import TantivyIndex
from storage.index_helper import IndexHelper, is_worth_it
from tests.builders import entry, open_papers, store_entries

TEXTS = [("SAPO: Soft Policies", "We use reinforcement learning (RL).", ("rl",)), ("Ünïcode — 中文", "", ()), ("", "\x00", ())]
PAPERS = tuple(entry(f"Name{number}: A Paper", arxiv=f"2501.{number:05}") for number in range(1, 40))
WAIT_S = 60.0


def test_it_says_what_ours_would_say():
    """Twice: it goes on after an answer."""
    helper = IndexHelper()
    try:
        first, second = helper.read(TEXTS), helper.read(TEXTS[:1])
        assert first.result(WAIT_S) == text_fields(TEXTS)
        assert second.result(WAIT_S) == text_fields(TEXTS[:1])
    finally:
        helper.close()
    assert helper._process.returncode == 0


def test_one_that_was_killed_is_done_without():
    """Before it is asked, or while it is."""
    helper = IndexHelper()
    asked = helper.read(TEXTS * 20_000)
    os.kill(helper._process.pid, signal.SIGKILL)
    try:
        assert asked.result(WAIT_S) == text_fields(TEXTS) * 20_000
        assert helper.read(TEXTS).result(WAIT_S) == text_fields(TEXTS)
    finally:
        helper.close()


def test_it_ends_with_the_process_that_began_it(tmp_path: Path):
    """Also where that is killed, and where another `bot` and `storage` lie in the folder it stands in."""
    for name in ("bot", "storage"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit(3)")
    code = (
        "import time; from storage.index_helper import IndexHelper; one = IndexHelper(); "
        "print(len(one.read([('A', 'b', ())]).result()), one._process.pid, one._process.poll(), flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-P", "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        count, pid, ended = ours.stdout.readline().split()
        ours.kill()
    assert (count, ended) == ("1", "None")
    give_up_at = time.monotonic() + WAIT_S
    while _runs(int(pid)) and time.monotonic() < give_up_at:
        time.sleep(0.01)
    assert not _runs(int(pid))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> list[IndexHelper]:
    """Two papers are many; the helpers that were begun."""
    begun: list[IndexHelper] = []

    class Noted(IndexHelper):
        def __init__(self) -> None:
            super().__init__()
            begun.append(self)

    monkeypatch.setattr(index_feed, "IndexHelper", Noted)
    monkeypatch.setattr(index_feed, "is_worth_it", lambda: True)
    monkeypatch.setattr(index_feed, "_BATCH", 2)
    monkeypatch.setattr(index_feed, "_MANY", 2)
    monkeypatch.setattr(index_feed, "_FIRST_COMMIT", 2)
    monkeypatch.setattr(index_feed, "_MOST_UNCOMMITTED", 4)
    return begun


def test_many_papers_are_read_by_it_and_all_are_found(tmp_path: Path, helped: list[IndexHelper]):
    """It is begun once, and ended when all is findable; one more paper is read without it."""
    with open_papers(tmp_path) as store:
        index = TantivyIndex(tmp_path / "index", store)
        store_entries(store, PAPERS)
        index.catch_up()
        assert len(helped) == 1
        assert helped[0]._process.returncode == 0
        store_entries(store, [entry("Name40: A Paper", arxiv="2501.00040")])
        index.catch_up()
        assert len(helped) == 1
        assert all(index.holders(f"name{number}", limit=2) for number in range(1, 41))


def test_what_cannot_be_read_is_fed_again(tmp_path: Path, helped: list[IndexHelper], monkeypatch: pytest.MonkeyPatch):
    """A failure in the midst is told, and costs no paper."""
    with open_papers(tmp_path) as store:
        index = TantivyIndex(tmp_path / "index", store)
        store_entries(store, PAPERS)
        with monkeypatch.context() as broken:
            broken.setattr(index_helper, "_write", _break)
            broken.setattr(index_helper, "text_fields", _break)
            with pytest.raises(ValueError, match="broken"):
                index.catch_up()
        index.catch_up()
        assert len(helped) == 2
        assert all(index.holders(f"name{number}", limit=2) for number in range(1, 40))


def _break(*_: object) -> None:
    raise ValueError("broken")


def test_one_core_has_no_use_for_it(monkeypatch: pytest.MonkeyPatch):
    """Nor has a system that does not say how many there are."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert not is_worth_it()
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert not is_worth_it()
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert is_worth_it()
