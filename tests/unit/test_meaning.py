"""What a query means on real papers: readings by what abstracts define, and why a paper was found."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.evidence import evidence_lines, meaning_lines, topic_lines
from bot.meaning import acronym_readings, meaning
from bot.ports import Library
from bot.query import read_query
from bot.search import FEW, meanings, search
from storage.index_ranking import HEAD
from tests.builders import DAY, entry, library

PAPERS = (
    entry("Noise for Learners", abstract="Differential privacy (DP) for all.", published_on=DAY),
    entry("Paths by Tables", abstract="Dynamic programming (DP) is fast.", published_on=DAY),
    entry("Paths by Tables Again", abstract="Dynamic programming (DP) is faster.", published_on=DAY),
    entry("Paths by Tables, Revisited", abstract="Dynamic programming (DP) is fastest.", published_on=DAY),
    entry("Paths by Tables, at Last", abstract="Dynamic programming (DP) ends.", published_on=DAY),
    entry("Many Tables of Paths", abstract="Dynamic programming (DP) begins.", published_on=DAY),
    entry("Wobble Bees", abstract="Grumble quokka zoology (GQZ) is young.", published_on=DAY),
    entry("More Wobble Bees", abstract="In grumble quokka zoology (GQZ), bees wobble.", published_on=DAY),
    entry("Odd Bees", abstract="A great quiet zone (GQZ) is needed.", published_on=DAY),
    entry("Fairness of Bees", abstract="Bees are judged.", published_on=DAY),
    entry("A Fair for Bees", abstract="It was fair, and fair, and a fair fair.", published_on=DAY),
    entry("Robots that Use PPO", abstract="They walk.", published_on=DAY),
    entry("Walking Robots", abstract="They learn, after a long while, by reinforcement learning.", published_on=DAY),
)  # fmt: skip


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library to read from."""
    with library(tmp_path_factory.mktemp("papers"), PAPERS) as opened:
        yield opened


def _found(library: Library, line: str, limit: int = 20) -> list[str]:
    return [hit.paper.title for hit in search(read_query(line, today=DAY), library, limit=limit).hits]


def test_the_reading_that_abstracts_define_most_often_is_searched(papers: Library):
    """Here DP is dynamic programming; the other reading with papers is offered, those without are not."""
    found = search(read_query("dp", today=DAY), papers, limit=20)
    assert found.hits[0].paper.title.startswith(("Paths", "Many"))
    assert found.others == (("dp", "differential privacy"),)
    assert "Noise for Learners" in {hit.paper.title for hit in found.hits[5:]}


def test_of_readings_that_are_defined_as_often_each_is_found_in_turn(tmp_path: Path):
    """Nothing tells which is meant: a page has papers of both, each is offered alone, and pages miss and repeat nothing."""
    zones = [entry(f"A Zone for {bee} Bees", abstract="A great quiet zone (GQZ) is needed.") for bee in ("Old", "Odd", "Red")]
    studies = [entry(f"Study {number}", abstract="Grumble quokka zoology (GQZ) is young.") for number in range(3)]
    said = [entry("Merely GQZ", abstract="GQZ is all.")]
    with library(tmp_path, zones + studies + said) as opened:
        query = read_query("gqz", today=DAY)
        found = search(query, opened, limit=4)
        pages = [search(query, opened, limit=2, offset=offset) for offset in range(0, 8, 2)]
        rare = search(read_query('gqz "needed"', today=DAY), opened, limit=9)
        by_day = search(read_query("gqz sort:new", today=DAY), opened, limit=9)
    assert sorted(hit.paper.title.split()[0] for hit in found.hits) == ["A", "A", "Study", "Study"]
    assert {reading for _, reading in found.others} == {"great quiet zone", "grumble quokka zoology"}
    titles = [hit.paper.title for page in pages for hit in page.hits]
    assert len(titles) == len(set(titles)) == found.total == by_day.total == len(by_day.hits) == 7
    assert titles[-1] == "Merely GQZ"
    assert (rare.total, len(rare.hits)) == (3, 3)


def test_one_paper_does_not_outvote_the_table(papers: Library):
    """What a field calls itself stands until several abstracts say otherwise."""
    (best, *_) = acronym_readings("RL", papers)
    assert best.topic is not None
    assert best.topic.name == "reinforcement learning"


def test_an_acronym_that_only_abstracts_define_is_known_both_ways(papers: Library):
    """GQZ finds the long form, the long form the acronym; the rarer reading is offered."""
    assert meaning("gqz", papers).names == ("gqz", "grumble quokka zoology")
    assert meaning("gqz", papers).others == ()
    assert "gqz" in meaning("grumble quokka zoology", papers).names


def test_a_long_form_that_the_table_knows_is_searched_as_its_topic(tmp_path: Path):
    """The table does not say what DM is; abstracts do. Papers about it come first, then those that only say DM."""
    papers = [
        entry("Pictures", abstract="With diffusion models (DMs) we draw."),
        entry("More Pictures", abstract="We use a diffusion model (DM)."),
        entry("Denoising Diffusion Probabilistic Models", abstract="They draw."),
        entry("Merely a DM", abstract="DM is all."),
    ]
    with library(tmp_path, papers) as opened:
        (found,) = acronym_readings("dm", opened)
        assert found.topic is not None
        assert (found.topic.key, found.is_listed, found.count) == ("diffusion model", False, 2)
        titles = _found(opened, "dm")
        assert titles[-1] == "Merely a DM"
        assert set(titles) == {paper.title for paper in papers}
        assert search(read_query("dm", today=DAY), opened, limit=5).others == ()


def test_narrower_papers_come_after_those_that_say_the_topic(papers: Library):
    """A title with PPO is RL, behind an abstract that says so."""
    assert _found(papers, "rl") == ["Walking Robots", "Robots that Use PPO"]
    assert _found(papers, "ppo") == ["Robots that Use PPO"]


def test_a_word_as_typed_is_before_another_word_of_its_stem(papers: Library):
    """A paper on fairness is before one that is often fair; without a topic of that name, too."""
    assert _found(papers, "fairness")[0] == "Fairness of Bees"


def test_small_words_count_only_quoted_alone_or_in_capitals(papers: Library):
    """The fairness of bees is found by "fairness for bees"; what is quoted must be said so; TO may be an acronym."""
    assert _found(papers, "fairness for bees") == ["Fairness of Bees"]
    assert _found(papers, 'fairness "for" bees') == []
    assert _found(papers, "fairness FOR bees") == []
    assert set(_found(papers, "for")) == {"A Fair for Bees", "Noise for Learners"}
    assert [one.text for one in meanings(read_query("fairness of bees", today=DAY), papers)] == ["fairness", "bees"]


def test_a_title_that_says_a_query_with_its_small_words_comes_first(papers: Library):
    """They still tell the order: "a fair for" is said by one title."""
    assert _found(papers, "bees of odd")[0] == "Odd Bees"
    assert _found(papers, "for bees")[0] == "A Fair for Bees"


def test_words_with_a_small_end_are_no_long_form(papers: Library):
    """The topic begins after the small word."""
    assert meaning("of grumble quokka zoology", papers).names == ("of grumble quokka zoology",)
    known = meanings(read_query("bees of grumble quokka zoology", today=DAY), papers)
    assert [one.text for one in known] == ["bees", "grumble quokka zoology"]


def test_words_that_are_no_topic_stay_words(papers: Library):
    """Nothing is made of what nobody defines."""
    known = meaning("wobble", papers)
    assert (known.names, known.narrower, known.others) == (("wobble",), (), ())


def test_the_words_of_a_topic_that_few_papers_say_may_stand_apart(tmp_path: Path):
    """Behind the papers that say it as one; not where enough do so, and never what stands in quotes."""
    apart = [entry("Design of Proteins by Bees", published_on=DAY), entry("Proteins", abstract="A design.", published_on=DAY)]
    one = [entry(f"Protein Design {number}", published_on=DAY) for number in range(FEW - 1)]
    with library(tmp_path / "few", [*apart, *one]) as opened:
        assert len(_found(opened, "protein design")) == FEW + 1
        assert set(_found(opened, "protein design")[-2:]) == {paper.title for paper in apart}
        assert len(_found(opened, '"protein design"')) == FEW - 1
        assert len(_found(opened, "protein desing")) == FEW + 1
        assert len(_found(opened, "protein design bees")) == 1
    with library(tmp_path / "enough", [*apart, *one, entry("Late Protein Design", published_on=DAY)]) as opened:
        assert len(_found(opened, "protein design")) == FEW


def test_pages_are_complete_and_repeat_nothing(tmp_path: Path):
    """Behind the papers that are ranked anew the engine's order goes on, on every page and across the border."""
    many = [
        entry(f"Bees number {number}", abstract="bees " * (1 + number % 7), published_on=date(2020, 1, 1) + timedelta(number))
        for number in range(HEAD + 60)
    ]
    with library(tmp_path, many) as opened:
        query = read_query("bees", today=DAY)
        pages = [search(query, opened, limit=30, offset=offset) for offset in range(0, HEAD + 60, 30)]
    titles = [hit.paper.title for page in pages for hit in page.hits]
    assert len(titles) == len(set(titles)) == pages[0].total == HEAD + 60


def test_what_was_searched_and_what_speaks_for_a_hit_is_said(papers: Library):
    """The names, with less weight the narrower ones, other readings; then where the paper says which."""
    query = read_query("rl dp", today=DAY)
    said = list(meaning_lines(meanings(query, papers)))
    assert said[0].startswith("“rl” is searched as the topic: rl, reinforcement learning")
    assert "PPO" in said[1] or "proximal policy optimization" in said[1]
    assert said[-1] == "  it can also mean: differential privacy"
    (hit,) = search(read_query("ppo", today=DAY), papers, limit=5).hits
    lines = list(evidence_lines(hit.paper, meanings(query, papers)))
    assert lines == ["“rl” · narrower, title: PPO", "“dp” · its words, or words of the same stem"]


def test_a_topic_is_explained(papers: Library):
    """Its lines of the table with their reason, counts of definitions and papers; an unknown word says so."""
    text = "\n".join(topic_lines("DP", papers))
    assert "1. dynamic programming · is searched · 5 stored abstracts define it so" in text
    assert "2. differential privacy · is offered as another reading · 1 stored abstracts define it so" in text
    assert "papers that say it or a part of it: 5" in text
    assert "because: " in text
    assert "no line of the table" in "\n".join(topic_lines("xyzzy", papers))
