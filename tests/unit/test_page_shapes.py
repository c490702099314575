"""Daily Papers pages as people and programs copy them: the same two papers come out of every shape."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import hf_page_text, parse_digest
from bot.digest.format import Document
from bot.digest.page_lines import page_lines
from bot.model import Digest, Identifier, Organization
from tests import page_shapes as shapes
from tests.builders import ABSTRACT, DAY, block, page

FEW = settings(max_examples=100, deadline=None)
LISTS = ("PLAIN", "WRAPPED", "MARKDOWN", "ADDRESSES", "REFERENCES")
QWEN = Organization(handle="Qwen", name="Qwen")


def _read(text: str) -> Digest:
    return parse_digest(text.encode(), as_of=DAY)


@pytest.mark.parametrize("shape", LISTS)
def test_every_shape_of_a_search_page_gives_the_same_papers(shape: str):
    """By hand, with hard line ends, as Markdown, with addresses on lines of their own, and with numbered references."""
    digest = _read(getattr(shapes, shape))
    assert (digest.source, digest.issued_on, digest.issues) == ("huggingface-page", DAY, ())
    assert [(e.title, e.abstract) for e in digest.entries] == [
        (shapes.FIRST, shapes.OF_FIRST),
        (shapes.SECOND, shapes.OF_SECOND),
    ]
    assert [(e.upvotes, e.comments, e.published_on) for e in digest.entries] == [
        (41, 2, date(2023, 6, 5)),
        (98, 3, date(2025, 11, 25)),
    ]
    assert [(e.author_count, e.organization) for e in digest.entries] == [(7, None), (None, QWEN)]


@pytest.mark.parametrize("shape", ["MARKDOWN", "ADDRESSES", "TRENDING"])
def test_a_title_that_is_a_link_says_which_paper_it_is(shape: str):
    """Its id comes from its own link, and the links follow from that."""
    entries = _read(getattr(shapes, shape)).entries
    assert [e.identifiers for e in entries] == [(Identifier("hf", "2306.03310"),), (Identifier("hf", "2511.20347"),)]
    assert entries[0].links.abs == "https://arxiv.org/abs/2306.03310"


def test_the_trending_page_has_its_counts_below_and_each_card_twice():
    """Upvotes and stars stand below the date; the second copy of a card is no second entry."""
    digest = _read(shapes.TRENDING)
    assert digest.issues == ()
    assert [(e.title, e.abstract) for e in digest.entries] == [
        (shapes.FIRST, shapes.OF_FIRST),
        (shapes.SECOND, shapes.OF_SECOND),
    ]
    assert [(e.rank, e.upvotes, e.github_stars, e.comments) for e in digest.entries] == [(1, 41, 1200, None), (2, 98, 131, None)]
    assert [e.published_on for e in digest.entries] == [date(2023, 6, 5), date(2025, 11, 25)]


def test_the_days_own_page_has_cards_without_abstract_and_date():
    """That is its nature, so nothing is missing."""
    digest = _read(shapes.CARDS)
    assert (digest.issued_on, digest.issues) == (DAY, ())
    assert [(e.title, e.upvotes, e.comments, e.abstract, e.published_on) for e in digest.entries] == [
        (shapes.FIRST, 41, 2, "", None),
        (shapes.SECOND, 98, 3, "", None),
    ]
    assert [(e.author_count, e.organization) for e in digest.entries] == [(7, None), (None, QWEN)]


@pytest.mark.parametrize(
    "title",
    [
        "A Title of It https://arxiv.org/abs/2306.03310",
        "A Title of It (https://huggingface.co/papers/2306.03310)",
        "A Title of It [arXiv:2306.03310]",
        "[A Title of It](https://arxiv.org/abs/2306.03310v2)",
        "### [A Title of It](https://hf.co/papers/2306.03310)",
        "A Title of It\nhttps://arxiv.org/abs/2306.03310",
        "A Title of It\n\nhttps://huggingface.co/papers/2306.03310",
    ],
)
def test_an_address_beside_a_title_is_its_identity(title: str):
    """On its line, around it, or below it; the title comes without it."""
    (entry,) = _read(page(block(title))).entries
    assert (entry.title, entry.abstract) == ("A Title of It", ABSTRACT)
    assert [one.value for one in entry.identifiers] == ["2306.03310"]


def test_a_paper_named_in_an_abstract_is_not_the_entrys_own():
    """Neither in a sentence nor where a line was broken before an address."""
    abstract = f"{shapes.wrapped(ABSTRACT)} as shown by\nhttps://arxiv.org/abs/1803.10122"
    for text in (f"{ABSTRACT} See https://arxiv.org/abs/1803.10122.", abstract):
        (entry,) = _read(page(block(abstract=text))).entries
        assert entry.identifiers == ()
        assert "1803.10122" in entry.abstract


@pytest.mark.parametrize("title", ["An Efficient Memory Management for Serving Large Language Models with\nPaged Attention"])
def test_a_title_on_two_lines_is_one(title: str):
    """A paragraph above the abstract is a title as a whole."""
    (entry,) = _read(page(block(title))).entries
    assert entry.title == title.replace("\n", " ")


@pytest.mark.parametrize("line", ["• 7 authors · Jun 5, 2023", "• 7 authors·Jun 5, 2023", "7authors · Published onJun 5, 2023"])
def test_a_byline_glued_to_its_date_is_read(line: str):
    """The dot may stand between them on one line."""
    (entry,) = _read(page(f"Title\n\n{ABSTRACT}\n\n{line}\n")).entries
    assert (entry.author_count, entry.published_on, entry.abstract) == (7, date(2023, 6, 5), ABSTRACT)


def test_upvotes_on_every_entry_but_one_cut_off_are_upvotes():
    """A page that was copied from its first title on: each number belongs to the title below it."""
    text = "\n".join([block("One"), "12", block("Two"), "-", block("Three")])
    assert [(e.title, e.upvotes, e.comments) for e in _read(text).entries] == [
        ("One", None, None),
        ("Two", 12, None),
        ("Three", None, None),
    ]


def test_several_days_in_one_paste_are_read_under_the_newest():
    """Dates without a year are seen from their own page, and the other day is told."""
    digest = _read(page(block("One", dated="Dec 5"), dated="Dec 5") + page(block("Two", dated="Dec 7")))
    assert [(e.title, e.published_on) for e in digest.entries] == [("One", date(2025, 12, 5)), ("Two", date(2025, 12, 7))]
    assert digest.issued_on == DAY
    assert [(issue.line, issue.excerpt) for issue in digest.issues] == [(11, "Dec 5")]


@pytest.mark.parametrize("shape", [*LISTS, "TRENDING", "CARDS"])
@pytest.mark.parametrize("cut", range(1, 20))
def test_wherever_a_shape_is_cut_off_no_title_is_lost(shape: str, cut: int):
    """What came through of each paper is an entry, or its title is among the issues."""
    text = getattr(shapes, shape)
    part = text[: len(text) * cut // 20]
    digest = hf_page_text.parse(Document(text=part, name="", as_of=DAY, sha256=""))
    said = " ".join([*(e.title for e in digest.entries), *(issue.excerpt for issue in digest.issues)])
    for title in (shapes.FIRST, shapes.SECOND):
        assert title not in part.replace("\\", "") or title[:60] in said


WORDS = st.text("abcdefghjkqxyz", min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=40, max_size=80).map(" ".join)


@FEW
@given(
    st.lists(st.tuples(st.lists(WORDS, min_size=2, max_size=6).map(" ".join), SENTENCES), min_size=1, max_size=6),
    st.integers(60, 110),
)
def test_hard_line_ends_change_nothing(parts: list[tuple[str, str]], width: int):
    """Abstracts come out as they were before their lines were broken."""
    parts = [(f"T {title}", f"{abstract} {ABSTRACT}") for title, abstract in parts]
    digest = _read(page(*(block(title, shapes.wrapped(abstract, width)) for title, abstract in parts)))
    assert [(one.title, one.abstract) for one in digest.entries] == parts
    assert digest.issues == ()


DRESS = st.sampled_from(
    [
        "[",
        "](https://a.b/c)",
        "][12]",
        "### [",
        "#",
        "```",
        "·",
        "- ",
        "https://huggingface.co/login",
        "![](a.svg)",
        "\\\\",
        "[-] 4",
    ]
)


@FEW
@given(st.lists(DRESS | SENTENCES.map(lambda text: text[:60].strip()), max_size=20))
def test_undressing_keeps_every_line_of_words(lines: list[str]):
    """Whatever brackets are open above or below: only marks and the site's own addresses go."""
    kept = " ".join(page_lines("\n".join(lines)).texts)
    assert all(line in kept for line in lines if line.replace(" ", "").isalpha())


def test_the_trending_pages_code_is_the_papers():
    """Its stars are a link to it."""
    codes = [one.links.code for one in _read(shapes.TRENDING).entries]
    assert codes[1] == "https://github.com/example/sapo"
    assert codes[0]


def test_an_address_on_its_own_line_is_of_an_entry_or_a_link_of_its_own():
    """One above a title names it; further ones on the page are links without a title, for whoever knows the paper."""
    page = shapes.PLAIN.replace(shapes.FIRST, f"{shapes.HUB}/papers/2306.03310\n{shapes.FIRST}")
    page += f"\n{shapes.HUB}/papers/1803.10122\n\n{shapes.HUB}/papers\n{shapes.HUB}/papers/2306.03310\n"
    digest = _read(page)
    assert [str(one) for one in digest.entries[0].identifiers] == ["hf:2306.03310"]
    assert [(one.rank, str(one.identifiers[0])) for one in digest.bare] == [(3, "hf:1803.10122")]
    assert page.split("\n")[digest.bare[0].line - 1].endswith("1803.10122")
