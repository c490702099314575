"""Merging as an operator asks for it: the words for what cannot be done, and that nothing is then changed."""

from pathlib import Path

import pytest

from bot.errors import CommandError
from bot.joining import (
    dismiss,
    dismissed_line,
    dismissed_lines,
    merge,
    merged_line,
    name_of,
    pair_lines,
    split,
    split_line,
    suspected,
    undismiss,
    undismissed_line,
)
from storage.index import TantivyIndex
from storage.open import open_storage
from tests.builders import Library, entry, store_entries
from tests.contract.rounds import NOW
from tests.contract.test_private import OURS, take_in


def test_a_merge_never_shows_a_workspaces_own_paper(tmp_path: Path):
    """Said so, with both papers named; from outside the workspace its paper is not even found."""
    storage = open_storage(f"sqlite:///{tmp_path / 'papers.db'}")
    try:
        store_entries(storage.papers, [entry("Public Words", arxiv="2506.00001")])
        take_in(storage, entry("Own Words", arxiv="2506.00002"))
        index = TantivyIndex(tmp_path / "index", storage.papers)
        index.catch_up()
        library = Library(storage.papers, index)
        with pytest.raises(CommandError, match=r"“Public Words” \(#1\) and “Own Words” \(#2\) are not for the same people"):
            merge("#1", "#2", library.seen_by(OURS), storage.merges, now=NOW)
        with pytest.raises(CommandError, match="Nothing stored is called “#2”"):
            merge("#1", "#2", library, storage.merges, now=NOW)
        assert storage.papers.count(viewer=OURS) == 2
    finally:
        storage.close()


def test_an_operator_reads_what_was_done_and_how_to_undo_it(tmp_path: Path):
    """The pair, the merge and the split, each in a line or two that can be copied."""
    storage = open_storage(f"sqlite:///{tmp_path / 'papers.db'}")
    try:
        titles = ("Learning to Grasp Things That Move", "Learning to Grasp Thing That Move")
        store_entries(storage.papers, [entry(titles[0], arxiv="2506.00001"), entry(titles[1])])
        index = TantivyIndex(tmp_path / "index", storage.papers)
        index.catch_up()
        library = Library(storage.papers, index)
        (pair,) = suspected(library, storage.merges)
        lines = list(pair_lines([pair]))
        assert lines[0].endswith("#1 Learning to Grasp Things That Move (arxiv:2506.00001)")
        assert lines[-2:] == [
            "To make two of them one: paperround papers merge '#1' '#2'",
            "To have them as two: paperround papers dismiss '#1' '#2'",
        ]
        done = merge(titles[0], titles[1], library, storage.merges, now=NOW)
        said = "“Learning to Grasp Thing That Move” (#2) is now “Learning to Grasp Things That Move” (#1). To undo it: "
        assert merged_line(done) == said + "paperround papers split '#1'"
        assert name_of(library.store.papers([2])[0]) == "“Learning to Grasp Things That Move” (#1)"
        assert split_line(split("#1", library, storage.merges, now=NOW)).startswith(
            "“Learning to Grasp Thing That Move” (#2) is a "
        )
        assert suspected(library, storage.merges) == []
    finally:
        storage.close()


def test_an_operator_dismisses_a_pair_and_takes_it_back(tmp_path: Path):
    """Each step in a line or two that can be copied; what is not so is said."""
    storage = open_storage(f"sqlite:///{tmp_path / 'papers.db'}")
    try:
        titles = ("Learning to Grasp Things That Move", "Learning to Grasp Thing That Move")
        store_entries(storage.papers, [entry(titles[0], arxiv="2506.00001"), entry(titles[1])])
        index = TantivyIndex(tmp_path / "index", storage.papers)
        index.catch_up()
        library, merges = Library(storage.papers, index), storage.merges
        named = "“Learning to Grasp Thing That Move” (#2) and “Learning to Grasp Things That Move” (#1) "
        with pytest.raises(CommandError, match=r"\(#2\) and .* \(#1\) are not dismissed\. Nothing was changed"):
            undismiss("#2", "#1", library, merges)
        with pytest.raises(CommandError, match=r"“#1” and “2506\.00001” are one paper already"):
            dismiss("#1", "2506.00001", library, merges, now=NOW)
        assert list(dismissed_lines(library, merges)) == ["No pair was dismissed."]
        said = dismissed_line(*dismiss("#2", "#1", library, merges, now=NOW))
        assert said == named + "are two papers and suspected no more. To undo it: paperround papers dismiss '#2' '#1' --undo"
        assert suspected(library, merges) == []
        assert list(dismissed_lines(library, merges)) == [
            f"{NOW:%Y-%m-%d}  #1 Learning to Grasp Things That Move (arxiv:2506.00001)",
            "            #2 Learning to Grasp Thing That Move (title:learning to grasp thing that move)",
            "To take one back: paperround papers dismiss '#1' '#2' --undo",
        ]
        assert undismissed_line(*undismiss("#2", "#1", library, merges)) == named + "may be suspected again."
        assert len(suspected(library, merges)) == 1
    finally:
        storage.close()
