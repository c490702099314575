"""Memory of the mapped index is given back bit by bit, and nothing is lost by that."""

import sys
from pathlib import Path

import pytest

from storage.index_memory import give_back_pages
from tests.builders import entry, library

PAPERS = tuple(entry(f"Paper {number}: On Learning", arxiv=f"2501.{number:05}") for number in range(1, 30))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")
def test_files_take_turns_and_are_found_in_again(tmp_path: Path):
    """All of them where too much is resident whatever is let go; none where little is, or where nothing of a folder is mapped."""
    with library(tmp_path, PAPERS) as opened:
        assert opened.index.holders("paper1", limit=2)
        (folder,) = {file.parent for file in tmp_path.rglob("meta.json")}
        files = give_back_pages(folder, most=0)
        assert files > 1
        assert give_back_pages(folder, first=files, most=0) == 2 * files
        assert opened.index.holders("paper1", limit=2)
        assert give_back_pages(folder, first=3, most=2**60) == 3
        assert give_back_pages(tmp_path / "nothing", first=3, most=0) == 3


def test_a_system_without_such_a_call_keeps_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As there is no /proc elsewhere."""
    monkeypatch.setattr("storage.index_memory._STATM", tmp_path / "statm")
    assert give_back_pages(tmp_path, first=2, most=0) == 2
