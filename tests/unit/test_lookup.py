"""A name, or what somebody made of it, and the paper that is meant."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.lookup import TITLE_CANDIDATES, look_up
from bot.ports import Library
from tests.builders import entry
from tests.builders import library as open_library

PAPERS = (
    entry("LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning", published_on=date(2023, 6, 5)),
    entry("SEE: Signal Embedding Energy for Quantifying Noise", abstract="Noise disturbs.", upvotes=1),
    entry("We See What Others Saw", abstract="To see is to believe; we see it again and again.", upvotes=9),
    entry("GloVe—Global Vectors for Word Representation"),
    entry("LIBSVM: A LIBRARY FOR SUPPORT VECTOR MACHINES"),
    entry("Large Margin Classifiers (LMCX): A Tutorial"),
    entry("The MovieLens Datasets: History and Context"),
    entry("Building a Large Annotated Corpus: The Penn Treebank"),
    entry("$\\tau$-bench: A Benchmark for Tool Use"),
    entry("UniMelbourne at SemEval-2016 Task 3: Identifying Questions"),
    entry("Helpful Steering of Dialogues", abstract="It follows the work on SteerLM in this and improves on it."),
    entry("Steel-LLM: From Scratch to Open Source"),
    entry("EmoAgent: Assessing Interaction"),
    entry("ET-Agent: Tools in Reasoning", upvotes=50),
    entry("VIKI-R: Coordinating Robots", abstract="We introduce VIKI-Suite, a set of tasks for many robots."),
    entry("Qwen2 Report of a Model"),
    entry("Ordinary Rewards", abstract="We introduce NAMX, which rewards.", published_on=date(2020, 1, 1), upvotes=0),
    entry("Other Rewards", abstract="We introduce NAMX again.", published_on=date(2024, 1, 1), upvotes=70),
    entry("Mapping Things", abstract="We propose FooMAP, a map.", upvotes=3),
    entry("FOOMAP: Something Else in Capitals", upvotes=3),
    entry("Deep Memory of Sequences"),
    entry("Sequences Remembered", abstract="We use deep memory of sequences (DMOS), which is known, and others."),
    entry("Bounded Markov Chains (BMCs) in Speech"),
    entry("The Lorem 3 Herd of Models"),
    entry("Barn-T: Grains", upvotes=1),
    entry("Grains Without a Name", abstract="We propose BarnT for grains."),
    entry("Combining", abstract="All of it."),
    entry("A Careful Study of Combining Distant Experts for Translation"),
)  # fmt: skip


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Papers with every kind of name."""
    with open_library(tmp_path_factory.mktemp("lookup"), PAPERS) as opened:
        yield opened


def _first(library: Library, typed: str) -> str:
    found = look_up(typed, library)
    return found.hits[0].paper.title if found.hits else ""


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("see", "SEE:"),
        ("SEE", "SEE:"),
        ("glove", "GloVe"),
        ("libsvm", "LIBSVM"),
        ("LMCX", "Large Margin"),
        ("large margin classifiers", "Large Margin"),
        ("movielens", "The MovieLens"),
        ("penn treebank", "Building"),
        ("tau-bench", "$\\tau$"),
        ("τ-bench", "$\\tau$"),
        ("unimelbourne", "UniMelbourne"),
        ("the LIBERO benchmark", "LIBERO"),
        ("LIBERO's", "LIBERO"),
        ("viki suite", "VIKI-R"),
        ("DMOS", "Deep Memory of Sequences"),
        ("bmc", "Bounded Markov"),
        ("lorem 3", "The Lorem 3"),
    ],
)
def test_a_paper_is_found_by_each_of_its_names(papers: Library, typed: str, begins: str):
    """Before a colon or a dash, in brackets, behind "the", with a Greek letter spelt out, or coined in its abstract."""
    assert _first(papers, typed).startswith(begins)


@pytest.mark.parametrize(
    ("typed", "begins", "found"),
    [
        ("LIBRO", "LIBERO", "LIBERO"),
        ("kibero", "LIBERO", "LIBERO"),
        ("ilbero", "LIBERO", "LIBERO"),
        ("EmAgent", "EmoAgent", "EmoAgent"),
        ("movilens", "The MovieLens", "MovieLens"),
        ("viki siute", "VIKI-R", "VIKI-Suite"),
    ],
)
def test_a_misspelt_name_is_the_likeliest_one(papers: Library, typed: str, begins: str, found: str):
    """By what fingers do, before how popular a paper is; the reason tells the name."""
    hit = look_up(typed, papers).hits[0]
    assert hit.paper.title.startswith(begins)
    assert hit.why is not None
    assert (hit.why.kind, hit.why.asked, hit.why.found) == ("spelling", typed, found)


def test_a_misspelt_name_before_a_title_is_told_by_its_colon(tmp_path: Path):
    """However short it is, if it is another's name, and however many titles go on like that."""
    many = [entry(f"On the Design of {number} Things") for number in range(TITLE_CANDIDATES + 10)]
    named = [entry(f"{name}: On the Design of Such Things") for name in ("KILO", "POKU", "The WAVU System")]
    with open_library(tmp_path, [*named, *many, entry("LOKU: Another Matter")]) as opened:
        found = [_first(opened, f"{name}: on the design of") for name in ("KLO", "LOKU", "The WVU system")]
    assert found == [one.title for one in named]


def test_a_name_that_papers_only_say_is_not_a_misspelt_one(papers: Library):
    """SteerLM is nobody's name here, but it is what one abstract says, and Steel-LLM is another thing."""
    assert _first(papers, "SteerLM") == "Helpful Steering of Dialogues"
    assert _first(papers, "SteelLLN").startswith("Steel-LLM")


def test_capitals_as_typed_decide_between_names(papers: Library):
    """FooMAP is written so by one paper alone; without capitals the title's name goes first."""
    assert _first(papers, "FooMAP") == "Mapping Things"
    assert _first(papers, "foomap").startswith("FOOMAP")
    assert _first(papers, "BarnT").startswith("Barn-T")  # a hyphen is no capital


def test_of_papers_that_coined_a_name_the_oldest_is_first(papers: Library):
    """All are a choice."""
    found = look_up("namx", papers)
    assert [hit.paper.title for hit in found.hits] == ["Ordinary Rewards", "Other Rewards"]
    assert not found.sure


def test_a_short_title_inside_what_was_typed_is_not_meant(papers: Library):
    """What was typed may be a part of a title, not a title a part of it."""
    assert _first(papers, "Study of Combining Distnat Experts for").startswith("A Careful Study")


@pytest.mark.parametrize("typed", ["", "?!", "zzzzqqqq", "x" * 4000, "qq ww ee", "\x1f\x00"])
def test_what_nobody_is_called_finds_nothing(papers: Library, typed: str):
    """However long or odd."""
    assert look_up(typed, papers).hits == ()


def test_names_alike_are_told_where_nothing_is_near(papers: Library):
    """A key three letters off is no name, but the name like it is told."""
    found = look_up("emoagentsss", papers)
    assert (found.hits, found.near[:1]) == ((), ("EmoAgent",))
