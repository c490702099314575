"""Whether two records with one title are one paper, and how close two titles are."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agreement import CLOSE, closeness, contradict, is_generic, same_by_title, same_paper, says_enough, title_key
from bot.model import Entry, Identifier
from tests.builders import ABSTRACT, entry, paper

LONG = "Learning to Grasp Things That Move"
ADA, GRACE = ("Ada Lovelace", "Bo Liu"), ("Grace Hopper",)
SAID = {"authors": ADA, "published_on": date(2025, 6, 1)}
OTHER = "Proteins fold slowly inside bacteria when temperature changes; membranes respond through lipid composition. " * 3


def one(title: str, **fields: Any) -> Entry:  # noqa: ANN401 - any field of an entry
    """An entry."""
    return entry(title, **fields)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        (SAID, {}),
        ({"authors": ("B. Liu",)}, SAID),
        ({"authors": ("Liu, Bo", "others")}, SAID),
        ({"authors": ("Liu Bo",)}, SAID),
        ({"published_on": date(2024, 12, 31)}, SAID),
        ({"arxiv": "2506.00001"}, {"identifiers": (Identifier("doi", "10.1/x"),)}),
        ({"arxiv": "2506.00001"}, {"identifiers": (Identifier("hf", "2506.00001"),)}),
        ({"abstract": ABSTRACT}, {"abstract": ABSTRACT[:150]}),
        ({"abstract": ABSTRACT}, {"abstract": ABSTRACT.replace(" ", "\n")}),
    ],
)
def test_a_long_title_joins_what_nothing_speaks_against(ours: dict[str, Any], theirs: dict[str, Any]):
    """Nobody known, authors in any form, a year apart, ids of different schemes."""
    assert same_by_title(one(LONG, **ours), one(LONG, **theirs))
    assert same_by_title(one(LONG, **theirs), one(LONG, **ours))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"authors": GRACE}, SAID),
        ({"authors": ("Wei Liu",)}, SAID),
        ({"published_on": date(2023, 12, 31)}, SAID),
        ({"arxiv": "2506.00001"}, {"arxiv": "2506.00002"}),
        ({"arxiv": "2506.00001"}, {"identifiers": (Identifier("hf", "2506.00002"),)}),
        ({"abstract": ABSTRACT}, {"abstract": OTHER}),
    ],
)
def test_a_long_title_does_not_join_what_speaks_against_it(ours: dict[str, Any], theirs: dict[str, Any]):
    """Other people, two years apart, two ids of one scheme, abstracts that have no word in common."""
    assert not same_by_title(one(LONG, **ours), one(LONG, **theirs))
    assert not same_by_title(one(LONG, **theirs), one(LONG, **ours))


@pytest.mark.parametrize("title", ["MIST", "Attention", "Qwen3 Technical Report", "A Survey of Language Models", "移転"])
def test_a_short_title_needs_more(title: str):
    """An author, the words or the very day; alone, with one side silent, or by others in the same year it joins nothing."""
    day = date(2025, 5, 14)
    assert not same_by_title(one(title), one(title))
    assert not same_by_title(one(title, arxiv="2506.00001", **SAID), one(title))
    assert not same_by_title(one(title, authors=GRACE), one(title, **SAID))
    assert not same_by_title(one(title, published_on=date(2025, 1, 1)), one(title, published_on=date(2025, 1, 1)))
    assert same_by_title(one(title, authors=ADA), one(title, **SAID))
    assert same_by_title(one(title, abstract=ABSTRACT), one(title, abstract=ABSTRACT, arxiv="2506.00001"))
    assert same_by_title(one(title, published_on=day), one(title, published_on=day, authors=ADA))


@pytest.mark.parametrize("title", ["Introduction", "Guest Editorial", "Introduction to the Special Issue", "Erratum 2"])
def test_a_title_of_many_papers_needs_an_author_and_the_year(title: str):
    """The same editor writes one each year, and the day is the issue's."""
    assert is_generic(title_key(title))
    assert not same_by_title(one(title, published_on=date(2025, 5, 14)), one(title, published_on=date(2025, 5, 14)))
    assert not same_by_title(one(title, authors=ADA), one(title, **SAID))
    assert not same_by_title(one(title, authors=ADA, published_on=date(2024, 6, 1)), one(title, **SAID))
    assert same_by_title(one(title, authors=ADA, published_on=date(2025, 1, 1)), one(title, **SAID))


@pytest.mark.parametrize(
    ("title", "enough"),
    [
        (LONG, True),
        ("Attention Is All You Need", True),
        ("A Survey of Large Vision Language Models", True),
        ("A Survey on the Use of Models", False),
        ("Depth Anything V2", False),
        ("1 2 3 4 5 6 7 8 9 10 11 12 13 14", False),
        ("大規模言語モデルの知識移転に関する研究", True),
    ],
)
def test_titles_with_words_enough_are_told_from_others(title: str, enough: bool):
    """Small words, numbers and kinds of paper do not count."""
    assert says_enough(title_key(title)) is enough


def test_stored_papers_are_one_by_an_id_or_by_what_the_title_says():
    """As records are; a shared title between others' papers is none."""
    assert same_paper(paper("A", arxiv="2506.00001"), paper("B", identifiers=(Identifier("hf", "2506.00001"),)))
    assert same_paper(paper(LONG), paper(LONG, arxiv="2506.00001"))
    assert not same_paper(paper("Editorial", authors=ADA), paper("Editorial", authors=GRACE))
    assert not same_paper(paper("A"), paper("B"))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (LONG, "Learning to Grasp Thigns That Move"),
        (LONG, "Learning to Grasp Things…"),
        (LONG, "Learning to Grasp Things That"),
        ("A Survey of Robot Learning", "A Survey on Robot Learning"),
        ("Only-IF:Revealing the Effect of Diversity", "Only-IFRevealing the Effect of Diversity"),
        ("Grasping With Four Hands: Part II of Many", "Grasping With Four Hands…"),
    ],
)
def test_close_titles_are_suspected(ours: str, theirs: str):
    """A typing error, a title that was cut, glued words."""
    assert CLOSE <= closeness(one(ours), one(theirs)) < 100
    assert closeness(one(theirs), one(ours)) == closeness(one(ours), one(theirs))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (one(f"{LONG}: Part I"), one(f"{LONG}: Part II")),
        (one(f"{LONG}: Part II"), one(LONG)),
        (one("DINOv2: Learning Visual Features"), one("DINOv3: Learning Visual Features")),
        (one(LONG, authors=ADA), one("Learning to Grasp Thing That Move", authors=GRACE)),
        (one(LONG, arxiv="2506.00001"), one(LONG, arxiv="2506.00002")),
        (one(LONG), one("Learning to Walk on Sand")),
        (one("???"), one("???")),
        (one("MIST"), one("MIST: A Long Title of Another Paper")),
    ],
)
def test_what_cannot_be_one_paper_is_not_suspected(ours: Entry, theirs: Entry):
    """Another part or version, other people, two ids, another title, none."""
    assert closeness(ours, theirs) == 0


NAMES = st.text(max_size=12) | st.sampled_from(["Ada Lovelace", "Lovelace, A.", ","])


@settings(max_examples=150, deadline=None)
@given(
    *[
        st.builds(
            entry,
            title=st.sampled_from([LONG, "MIST", "Editorial", ""]) | st.text(max_size=40),
            authors=st.lists(st.text(max_size=12) | st.sampled_from(["Ada Lovelace", "Lovelace, A.", ","]), max_size=3).map(
                tuple
            ),
            published_on=st.none() | st.dates(),
            abstract=st.sampled_from(["", ABSTRACT, OTHER]) | st.text(max_size=300),
        )
    ]
    * 2
)
def test_any_two_records_agree_or_not_whichever_comes_first(ours: Entry, theirs: Entry):
    """Nothing raises, and neither order nor repetition changes the answer; what contradicts is never one."""
    theirs = theirs._replace(title=ours.title)
    same, back = same_by_title(ours, theirs), same_by_title(theirs, ours)
    assert same == back
    assert not (same and contradict(ours, theirs))
    assert 0 <= closeness(ours, theirs) <= 100
