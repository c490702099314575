"""What the search benchmarks count: a wrong measure would tell us that search is right."""

import json
import random
from pathlib import Path

import pytest

from benchmarks.answerable import Names, Titles, leading_names
from benchmarks.corpus import generated
from benchmarks.judged import FILE, KEPT_ASIDE, WHOLE, Judged, read_judged, write_judged
from benchmarks.judging import pooled, taken, write_batches
from benchmarks.misspelling import could_be, misspelt
from benchmarks.questions import Name, Questions, held_out_questions
from benchmarks.scoring import gain, precision, reciprocal_rank, score
from benchmarks.topic_questions import Topic
from benchmarks.upsample import Upsampler
from bot.names import find_names, name_key


class Fixed:
    """An engine that always gives the same answers."""

    name = "fixed"

    def __init__(self, *ids: str) -> None:
        self._ids = ids

    def topics(self, _text: str, limit: int) -> list[str]:
        """As many as are wanted."""
        return list(self._ids[:limit])

    def names(self, _text: str) -> list[str]:
        """All."""
        return list(self._ids)

    def page(self, _text: str) -> object:
        """All."""
        return self._ids


def chance(seed: int) -> random.Random:
    """The same chance for the same seed."""
    return random.Random(seed)  # noqa: S311 - no secret


def test_missing_papers_count_as_wrong_but_no_more_are_wanted_than_there_are() -> None:
    """Two of three right papers found are two thirds; of twelve right ones, two tenths."""
    assert precision(["a", "x", "b"], frozenset("abc")) == pytest.approx(2 / 3)
    assert precision(["a", "b"], frozenset("abcdefghijkl")) == pytest.approx(0.2)


def test_gain_is_one_for_the_best_order_only() -> None:
    """A paper that is about the topic in a wider sense belongs behind those that are about it."""
    strict, lenient = frozenset("ab"), frozenset("abc")
    assert gain(["a", "b", "c"], strict, lenient) == pytest.approx(1)
    assert gain(["c", "a", "b"], strict, lenient) < 1
    assert gain([], strict, lenient) == 0


def test_the_reciprocal_rank_is_that_of_the_first_right_paper() -> None:
    """The third place is worth a third, none nothing."""
    assert reciprocal_rank(["x", "y", "a"], frozenset("ab")) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"], frozenset("ab")) == 0


def test_only_papers_that_were_judged_count() -> None:
    """An unjudged paper between two right ones takes no place; every query counts in both measures."""
    topic = Topic("topics", "rl", frozenset("ab"), frozenset("ab"), frozenset("abz"))
    wider = Topic("topics", "llm", frozenset("a"), frozenset("az"), frozenset("abz"))
    scores = score(Fixed("unjudged", "a", "b", "z"), Questions([Name("names", "A", "b")], [topic, wider]), 4)
    assert scores.mean("topics", "P@10 strict") == pytest.approx(1)
    assert scores.mean("topics", "P@10 lenient") == pytest.approx((1 + 0.5) / 2)
    assert scores.mean("names", "hit@1") == 0
    assert scores.worst(1) == ["0.00  names: A"]


def test_what_nobody_judged_is_seen_where_it_counts_as_wrong() -> None:
    """Of a pooled topic every paper counts, and how many of those found were judged is a measure of its own."""
    topic = Topic("judged", "rl", frozenset("ab"), frozenset("ab"), frozenset("abcd"), judged=frozenset("ab"))
    scores = score(Fixed("c", "a", "b"), Questions([], [topic]), 4)
    assert scores.mean("judged", "P@10 strict") == pytest.approx(0.5)
    assert scores.mean("judged", "judged") == pytest.approx(2 / 3)


def test_judges_see_what_an_engine_has_among_its_first_and_nobody_judged(tmp_path: Path) -> None:
    """Their grades are taken in beside the old ones; the file comes out the same when nothing new is said."""
    topic = Judged(KEPT_ASIDE, ["big bees", "bb"], {"a:1": 2})
    known = [topic, Judged(WHOLE, ["x"], {"a:1": 0})]
    unknown = pooled(known, [Fixed("a:1", "a:2"), Fixed("a:3")])
    assert unknown == {"big_bees": {"a:2", "a:3"}}
    papers = {one: {"title": f"Title {one}", "abstract": "[a:9] is no id here."} for one in ("a:1", "a:2", "a:3")}
    write_batches(known, unknown, papers, tmp_path)
    batch = (tmp_path / "big_bees.txt").read_text()
    assert "TOPIC: big bees = bb" in batch
    assert "[a:2] Title a:2" in batch
    assert "[a:1]" not in batch
    (tmp_path / "big_bees.tsv").write_text("a:3\t0\na:2\t1\n")
    write_judged(taken(known, tmp_path), tmp_path / "judged")
    now = read_judged(tmp_path / "judged")
    assert [dict(one.grades) for one in now] == [{"a:1": 2, "a:2": 1, "a:3": 0}, {"a:1": 0}]
    assert now[0].graded(1, 2) == frozenset({"a:1", "a:2"})


@pytest.mark.parametrize("grades", ["a:2\t1\n", "a:2\t1\na:3\t3\n", "a:2\t1\na:2\t1\na:3\t1\n", "a:2\t1\na:3\t\n"])
def test_grades_that_are_not_whole_are_refused(tmp_path: Path, grades: str) -> None:
    """A paper left out, one that is graded twice, a grade that there is not."""
    topic = Judged(KEPT_ASIDE, ["bees"], {})
    papers = {one: {"title": "Title", "abstract": "Text."} for one in ("a:2", "a:3")}
    write_batches([topic], {"bees": {"a:2", "a:3"}}, papers, tmp_path)
    (tmp_path / "bees.tsv").write_text(grades)
    with pytest.raises(ValueError, match="grade"):
        taken([topic], tmp_path)


def test_the_judged_topics_are_whole() -> None:
    """Each paper has one grade, and where every paper of a set is judged, it is the same set for each topic."""
    judged = read_judged()
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert all(len(one.grades) == sum(len(line[grade]) for grade in "012") for one, line in zip(judged, lines, strict=True))
    whole = [frozenset(one.grades) for one in judged if one.kind == WHOLE]
    assert len(set(whole)) == 1
    assert len({query for one in judged for query in one.queries if one.kind != WHOLE}) == sum(
        len(one.queries) for one in judged if one.kind != WHOLE
    )


def test_a_typing_error_changes_letters_and_the_same_chance_makes_the_same_one() -> None:
    """Every misspelt text differs from the right one, and first letters are struck too."""
    typed = [misspelt("Segment Anything", chance(seed), 1) for seed in range(200)]
    assert "Segment Anything" not in typed
    assert any(text[0] != "S" for text in typed)
    assert typed == [misspelt("Segment Anything", chance(seed), 1) for seed in range(200)]


def test_what_typing_errors_make_of_a_text_it_could_be() -> None:
    """However they fall; with fewer errors only what is nearer."""
    for seed in range(100):
        assert could_be("segment", misspelt("segment", chance(seed), 1), 1)
        assert could_be("segment", misspelt("segment", chance(seed), 2), 2)
    assert not could_be("segment", "segxent", 2)  # x is far from m
    assert not could_be("segment", "sgemetn", 1)


def test_a_misspelt_name_has_no_answer_where_another_is_as_near() -> None:
    """The same slip makes it of both; a slip that fingers do not make is none."""
    names = Names(["KAWERA", "KAWEDA", "Kawexa-II", "kawera"])
    assert names.has_as_near("KAWEA", "KAWERA", 1)  # a letter left out of either
    assert not names.has_as_near("KWERA", "KAWERA", 1)
    assert not names.has_as_near("KAWWERA", "KAWERA", 1)
    assert names.has_as_near("KAWEXA-I", "KAWERA", 2)  # one edit from another


def test_a_misspelt_title_has_no_answer_where_another_may_begin_so() -> None:
    """A title's beginning is told from others by the words that are typed, whatever signs stand between them."""
    titles = Titles(["KILO: On the Design of Red Things", "KILO - On the design of things", "POKU: On the Design of Red Things"])
    assert titles.has_as_near("KILO: On the Dsign", 0, 1)
    assert not titles.has_as_near("KILO: On the Dsign of Red", 0, 1)
    assert not titles.has_as_near("POKU: On the Dsign", 2, 1)
    assert titles.has_as_near("OKLO: On the Design of Red Tings", 0, 2) is False


def test_the_names_that_a_title_leads_with() -> None:
    """Before a colon or a dash, as a system, or made up."""
    assert leading_names("Kilo - On the Design") == {"Kilo"}
    assert leading_names("The Kilo system: On the Design") == {"Kilo"}
    assert leading_names("POKU2 Technical Report") == {"POKU2"}
    assert leading_names("ON THE DESIGN OF THINGS") == leading_names("On the Design") == set()


def test_made_papers_have_names_that_no_real_paper_has_and_come_out_the_same() -> None:
    """So questions about real papers keep their answers in a large corpus."""
    real = generated(300)
    made = [Upsampler(real).paper(300)["title"] for _ in range(2)]
    assert made[0] == made[1]
    make = Upsampler(real)
    names = [name for number in range(200) for name in find_names(make.paper(number)["title"], "").title]
    assert names
    assert not {name_key(name) for name in names} & {name_key(one["title"].split(":")[0]) for one in real}


def test_questions_that_are_kept_aside_ask_for_no_paper_that_is_taken() -> None:
    """A question about a paper of the development file would not be kept aside."""
    papers = [
        {
            "id": f"doi:10.5555/{number}",
            "title": f"NetX{number}Q: A Study of Seven Further Things",
            "abstract": json.dumps(number),
        }
        for number in range(20)
    ]
    taken = frozenset({"doi:10.5555/3"})
    names = held_out_questions(papers, taken).names
    assert {one.target for one in names if one.kind == "names, unique"} == {one["id"] for one in papers} - taken
    assert not taken & {one.target for one in names}
