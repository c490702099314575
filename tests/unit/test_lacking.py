"""What a paper lacks, who is asked for it, which answer is taken, and what it changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.enrichment import TITLE, PaperGone, Private, Task
from bot.filling import filled, filling
from bot.identity import identifiers_of
from bot.lacking import RECENT_DAYS, WAITS, lacks, may_be_asked, next_try, question_of, the_answer, wants_of
from bot.model import Entry, Identifier, Links, Metrics, Paper
from tests.builders import DAY, entry, paper

NOW = datetime(2025, 12, 8, 12, tzinfo=UTC)
TITLE_TEXT = "Lifelong Robots Learn to Carry Knowledge Between Tasks"
FULL = paper(
    TITLE_TEXT,
    arxiv="2512.00001",
    abstract="What it says.",
    authors=("Bo Liu",),
    links=Links(code="https://github.com/a/b"),
    tldr="Short.",
    keywords=("robots",),
    venue="CoRL 2025",
)


def answer(one: Paper, said: Entry, question: str = TITLE, *others: Paper) -> Paper:
    """The paper as an answer leaves it."""
    known = {name: each for each in (*others, one) for name in each.identifiers}
    return filled(said, identifiers_of(said), Task(paper=one, question=question), known).paper


def test_a_paper_with_everything_is_asked_about_nowhere():
    """And each thing that is missing by who knows it."""
    assert (lacks(FULL), [want.question for want in wants_of(FULL, DAY)]) == (frozenset(), ["", ""])
    missing = {
        "abstract": replace(FULL, abstract=""),
        "authors": replace(FULL, authors=()),
        "code": replace(FULL, links=Links()),
        "tldr": replace(FULL, tldr=None),
        "keywords": replace(FULL, keywords=()),
        "venue": replace(FULL, venue=None),
    }
    asked = {name: tuple(want.guide for want in wants_of(one, DAY) if want.question) for name, one in missing.items()}
    both = ("hf", "arxiv")
    assert asked == {
        "abstract": both,
        "authors": both,
        "code": ("hf",),
        "tldr": ("hf",),
        "keywords": ("hf",),
        "venue": ("arxiv",),
    }
    assert [lacks(one) for one in missing.values()] == [{name} for name in missing]


def test_of_an_older_paper_only_text_and_people_are_asked():
    """Its publication counts, not the day somebody imported it."""
    old = replace(FULL, venue=None, tldr=None, published_on=DAY - timedelta(days=RECENT_DAYS + 1))
    assert [want.question for want in wants_of(old, DAY)] == ["", ""]
    assert question_of(replace(old, abstract=""), "hf", DAY) == "arxiv:2512.00001"


@pytest.mark.parametrize(
    ("names", "hf", "arxiv"),
    [
        ((Identifier("hf", "2512.00001"),), "arxiv:2512.00001", "arxiv:2512.00001"),
        ((Identifier("hf", "a-paper"),), "hf:a-paper", ""),
        ((Identifier("doi", "10.1/x"),), TITLE, TITLE),
        ((Identifier("title", "x"),), TITLE, TITLE),
    ],
)
def test_a_paper_is_asked_about_by_the_id_it_has_there(names: tuple[Identifier, ...], hf: str, arxiv: str):
    """One that neither knows by an id is looked for by its title."""
    one = replace(FULL, identifiers=names, abstract="", venue=None)
    assert (question_of(one, "hf", DAY), question_of(one, "arxiv", DAY)) == (hf, arxiv)


@pytest.mark.parametrize(
    "title", ["MIST", "Editorial", "Two Words", "A title that is cut …", "A title cut with ...", "word " * 80]
)
def test_a_title_that_proves_nothing_is_asked_nowhere(title: str):
    """Too short, borne by many, or not whole."""
    assert [want.question for want in wants_of(paper(title), DAY)] == ["", ""]


def test_titles_in_scripts_without_spaces_are_asked():
    """Their words cannot be counted."""
    assert question_of(paper("生涯学習するロボットのための知識移転の評価"), "arxiv", DAY) == TITLE


@pytest.mark.parametrize(
    ("private", "by_id", "by_title"), [("nothing", False, False), ("ids", True, False), ("titles", True, True)]
)
def test_what_may_be_asked_of_a_spaces_own_paper(private: Private, by_id: bool, by_title: bool):
    """A public one always."""
    own = replace(FULL, visible_to="slack:T1")
    assert may_be_asked(own, "arxiv:2512.00001", private) is by_id
    assert may_be_asked(own, TITLE, private) is by_title
    assert may_be_asked(FULL, TITLE, private)


def test_an_answer_is_taken_by_the_id_that_was_asked_for():
    """In any version and scheme; not another's, nor one by other people."""
    asked = "arxiv:2512.00001"
    right = Entry(rank=1, line=1, title="Any title", identifiers=(Identifier("hf", "2512.00001"),), authors=("Liu, Bo",))
    assert the_answer(asked, FULL, [entry("Other", arxiv="2512.00002"), right]) is right
    assert the_answer(asked, FULL, [entry(TITLE_TEXT, arxiv="2512.00002", authors=("Bo Liu",))]) is None
    assert the_answer(asked, FULL, [right._replace(authors=("Ada Lovelace",))]) is None
    assert the_answer(asked, FULL, []) is None


def test_an_answer_for_a_title_needs_the_proof_that_joins_two_listings():
    """The same title, and nothing that speaks against it; two papers with it are none."""
    one = paper(TITLE_TEXT, authors=("Bo Liu",), published_on=date(2025, 12, 1))
    right = entry(TITLE_TEXT.upper() + ".", arxiv="2512.00001", authors=("Zhu, Y.", "Liu, B."))
    assert the_answer(TITLE, one, [right]) is right
    assert the_answer(TITLE, one, [right, right._replace(rank=2)]) is right
    assert the_answer(TITLE, one, [right, entry(TITLE_TEXT, arxiv="2512.00002", authors=("Bo Liu",))]) is None
    for wrong in (
        entry(TITLE_TEXT + " and Rooms", arxiv="2512.00001", authors=("Bo Liu",)),
        entry(TITLE_TEXT, arxiv="2512.00001", authors=("Ada Lovelace",)),
        entry(TITLE_TEXT, arxiv="2212.00001", authors=("Bo Liu",), published_on=date(2022, 12, 1)),
        entry(TITLE_TEXT, authors=("Bo Liu",)),
    ):
        assert the_answer(TITLE, one, [wrong]) is None


def test_it_is_asked_again_ever_later_and_then_no_more():
    """From hours to weeks; jitter only makes it later."""
    nexts = [next_try(NOW, tries, 0.0) for tries in range(1, len(WAITS) + 2)]
    waits = [at - NOW for at in nexts if at]
    assert waits == sorted(WAITS)
    assert (waits[0] < timedelta(days=1), waits[-1] > timedelta(weeks=2), nexts[-1]) == (True, True, None)
    later = next_try(NOW, 1, 1.0)
    assert later is not None
    assert NOW + waits[0] < later < NOW + 2 * waits[0]


def test_an_answer_only_fills():
    """What the digest said stays, its day, counts and border too; what it did not say is there, older than any digest's word."""
    said = entry(
        "Another Title",
        arxiv="2512.00001",
        abstract="Theirs.",
        tldr="Theirs.",
        authors=("Bo Liu", "Ada Lovelace"),
        author_count=2,
        upvotes=9,
        venue="ICML 2026",
        published_on=date(2025, 12, 1),
    )
    one = replace(FULL, tldr=None, venue=None, visible_to="slack:T1", metrics=Metrics(upvotes=1, as_of=DAY))
    after = answer(one, said, "arxiv:2512.00001")
    told = {"tldr": "Theirs.", "venue": "ICML 2026", "author_count": 2, "published_on": date(2025, 12, 1)}
    named = (*one.identifiers, Identifier("title", "another title"))
    assert after == replace(one, **told, identifiers=named, said_on=tuple((name, date.min) for name in sorted(told)))
    assert answer(after, said, "arxiv:2512.00001") == after


def test_counts_of_an_answer_are_left_out():
    """They are of no list that the paper was seen in."""
    assert (
        answer(replace(FULL, venue=None), entry(TITLE_TEXT, arxiv="2512.00001", upvotes=9), "arxiv:2512.00001").metrics
        == Metrics()
    )


def test_an_answer_to_what_has_changed_since_changes_nothing():
    """Another title by now; the paper is gone by now."""
    one = paper(TITLE_TEXT, authors=("Bo Liu",))
    said = entry(TITLE_TEXT, arxiv="2512.00001", authors=("Bo Liu",))
    named = identifiers_of(said)
    now = replace(one, title="A Wholly Different Title", identifiers=one.identifiers)
    decision = filled(said, named, Task(paper=one, question=TITLE), dict.fromkeys(one.identifiers, now))
    assert (decision.paper, decision.outcome) == (now, "unchanged")
    with pytest.raises(PaperGone):
        filled(said, named, Task(paper=one, question=TITLE), {})


def test_papers_that_an_answer_shows_to_be_one_become_the_one_with_the_id():
    """Unless something speaks against it, or a border lies between."""
    one = paper(TITLE_TEXT, authors=("Bo Liu",))
    said = entry(TITLE_TEXT, arxiv="2512.00001", authors=("Bo Liu",), abstract="Theirs.")
    stored = replace(paper("An earlier name", arxiv="2512.00001", authors=("Bo Liu",)), id=7)

    def decided(other: Paper) -> tuple[int, tuple[int, ...], str]:
        known = {name: each for each in (one, other) for name in each.identifiers}
        made = filled(said, identifiers_of(said), Task(paper=one, question=TITLE), known)
        return made.paper.id, made.absorbs, made.outcome

    assert decided(stored) == (7, (1,), "changed")
    assert decided(replace(stored, authors=("Ada Lovelace",))) == (1, (), "unchanged")
    assert decided(replace(stored, visible_to="slack:T1")) == (1, (), "changed")


def test_what_is_looked_up_names_the_paper_and_the_answer():
    """So that the store finds both, whatever either is called."""
    one = paper(TITLE_TEXT, authors=("Bo Liu",))
    said = entry("Another Title", arxiv="2512.00001")
    assert {*filling(Task(paper=one, question="arxiv:2512.00001"), said).keys} >= {*one.identifiers, *identifiers_of(said)}
