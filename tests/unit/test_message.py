"""Plain messages with links to papers, as teams post them."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import FORMATS, message, parse_digest
from bot.digest.format import Document
from bot.errors import DigestError
from bot.model import Digest
from tests.builders import block, page

DAY = date(2025, 12, 8)


def read(text: str) -> Digest:
    """The digest that a message is."""
    return parse_digest(text.encode(), as_of=DAY)


def listed(text: str) -> list[tuple[str, str]]:
    """(title, identifiers) of each entry."""
    return [(entry.title, " ".join(map(str, entry.identifiers))) for entry in read(text).entries]


@pytest.mark.parametrize(
    ("line", "title", "identifiers"),
    [
        ("LIBERO: Benchmarking Transfer https://arxiv.org/abs/2306.03310", "LIBERO: Benchmarking Transfer", "arxiv:2306.03310"),
        ("https://arxiv.org/pdf/2306.03310v2.pdf — Lifelong Robots", "Lifelong Robots", "arxiv:2306.03310"),
        ("1. Lifelong Robots (https://arxiv.org/abs/2306.03310).", "Lifelong Robots", "arxiv:2306.03310"),
        ("- [Lifelong Robots](https://huggingface.co/papers/2306.03310), new", "Lifelong Robots", "hf:2306.03310"),
        ("• <https://arxiv.org/abs/2306.03310|Lifelong Robots>", "Lifelong Robots", "arxiv:2306.03310"),
        ("*Lifelong Robots*: <https://arxiv.org/abs/2306.03310>", "Lifelong Robots", "arxiv:2306.03310"),
        ("“Lifelong Robots” arXiv:2306.03310", "Lifelong Robots", "arxiv:2306.03310"),
        ("Lifelong Robots, arxiv.org/abs/2306.03310!", "Lifelong Robots", "arxiv:2306.03310"),
        ("2306.03310 Lifelong Robots", "Lifelong Robots", "arxiv:2306.03310"),
        ("Lifelong Robots hf.co/papers/2306.03310", "Lifelong Robots", "hf:2306.03310"),
        ("Lifelong Robots https://www.alphaxiv.org/abs/2306.03310", "Lifelong Robots", "arxiv:2306.03310"),
        ("One Trial https://doi.org/10.1016/S0140-6736(20)30183-5.", "One Trial", "doi:10.1016/s0140-6736(20)30183-5"),
        ("Open Minds https://openreview.net/forum?id=abcDEF123&noteId=x,", "Open Minds", "openreview:abcDEF123"),
        ("Words of Meaning https://aclanthology.org/2020.acl-main.1/.", "Words of Meaning", "acl:2020.acl-main.1"),
        ("Lifelong Robots alphaxiv.org/overview/2306.03310v2", "Lifelong Robots", "arxiv:2306.03310"),
        ("Strings Again arXiv:hep-th/9901001v2", "Strings Again", "arxiv:hep-th/9901001"),
        ("My Robots arXiv:2306.03310 https://hf.co/papers/2306.03310", "My Robots", "arxiv:2306.03310 hf:2306.03310"),
        ("ロボット 学習 https://arxiv.org/abs/2306.03310", "ロボット 学習", "arxiv:2306.03310"),
    ],
)  # fmt: skip
def test_the_words_beside_a_link_are_its_title(line: str, title: str, identifiers: str):
    """However it is written: bare, in brackets, in Markdown, as Slack does, before or behind, with the sentence's full stop."""
    assert listed(line) == [(title, identifiers)]
    assert read(line).issues == ()


def test_the_line_above_a_link_is_its_title():
    """One line may be empty between them; further links to the same paper below belong to it."""
    text = (
        "Lifelong Robots\nhttps://arxiv.org/abs/2306.03310\nhttps://hf.co/papers/2306.03310\n\nWorld Models\n\narXiv:1803.10122\n"
    )
    assert listed(text) == [("Lifelong Robots", "arxiv:2306.03310 hf:2306.03310"), ("World Models", "arxiv:1803.10122")]
    assert [entry.line for entry in read(text).entries] == [1, 5]


def test_several_papers_in_one_line_each_have_the_words_before_them():
    """As people chat."""
    text = "World Models (arxiv.org/abs/1803.10122), and Lifelong Robots (hf.co/papers/2306.03310)"
    assert listed(text) == [("World Models", "arxiv:1803.10122"), ("and Lifelong Robots", "hf:2306.03310")]


def test_a_link_alone_is_bare_and_other_lines_are_issues():
    """Nothing is dropped silently, and nothing becomes a paper without a title."""
    digest = read("Morning\n\nhttps://arxiv.org/abs/2306.03310\nWorld Models arXiv:1803.10122\nhttps://example.org/blog\n")
    assert [(one.line, str(one.identifiers[0]), one.title) for one in digest.bare] == [(3, "arxiv:2306.03310", "")]
    assert [entry.title for entry in digest.entries] == ["World Models"]
    assert [(one.line, one.excerpt) for one in digest.issues] == [(1, "Morning"), (5, "https://example.org/blog")]


@pytest.mark.parametrize(
    "words",
    [
        "see also",
        "See also:",
        "Paper (PDF):",
        "read more on",
        "code and paper",
        "new paper",
        "this one",
        "good stuff",
        "Check this out",
    ],
)
def test_words_that_only_point_at_a_link_are_no_title(words: str):
    """Nor are two words without a capital; the link is left to whoever knows the paper."""
    digest = read(f"World Models arXiv:1803.10122\n\n{words} https://arxiv.org/abs/2306.03310")
    assert [entry.title for entry in digest.entries] == ["World Models"]
    assert [str(one.identifiers[0]) for one in digest.bare] == ["arxiv:2306.03310"]


def test_a_line_that_is_cut_is_an_issue():
    """What stands behind twenty thousand characters is not read, and said so."""
    digest = read("World Models arXiv:1803.10122 " + "x" * 20_000 + " Lifelong Robots arXiv:2306.03310")
    assert ([entry.title for entry in digest.entries], [one.line for one in digest.issues]) == (["World Models"], [1])


@pytest.mark.parametrize(
    "text",
    [
        "Random prose, of 12.5 and 2012.1234 dollars, and a link: https://example.org/papers/2306.03310",
        "Mail me at 2306.03310@arxiv.org",
        '{"url": "https://arxiv.org/abs/2306.03310"}',
        '[{"url": "https://arxiv.org/abs/2306.03310"}]',
        "<html><a href='https://arxiv.org/abs/2306.03310'>LIBERO</a></html>",
        "<!doctype html>\nhttps://arxiv.org/abs/2306.03310",
    ],
)
def test_what_names_no_paper_or_is_no_message_is_no_digest(text: str):
    """Prose, other links, JSON and web pages are left alone."""
    with pytest.raises(DigestError):
        read(text)


def test_other_formats_come_first():
    """A copied page that holds links stays a copied page."""
    text = page(block("LIBERO: Benchmarking https://arxiv.org/abs/2306.03310"))
    assert read(text).source == "huggingface-page"
    assert FORMATS[-1] is message.FORMAT


KNOWN = {
    "https://arxiv.org/abs/2306.03310": "2306.03310",
    "arXiv:1803.10122": "1803.10122",
    "[A Label](https://hf.co/papers/2511.20347)": "2511.20347",
}
LINE = st.sampled_from(("Two Words", "", "·", "one", *KNOWN)) | st.text(max_size=60)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE | st.tuples(st.sampled_from(("Two Words", "one")), st.sampled_from([*KNOWN])).map(" ".join), max_size=12))
def test_no_link_and_no_line_is_lost(lines: list[str]):
    """Each link on a line of its own is an entry or bare; every other line with something on it is a title or an issue."""
    lines = [line for one in lines for line in one.split("\n")]
    digest = message.parse(Document(text="\n".join(lines), name="", as_of=DAY, sha256=""))
    assert all(entry.title and entry.identifiers for entry in digest.entries)
    named = {one.value for entry in (*digest.entries, *digest.bare) for one in entry.identifiers}
    assert named >= {value for link, value in KNOWN.items() if link in lines}
    told = {one.line for one in (*digest.entries, *digest.issues)}
    assert all(number in told for number, line in enumerate(lines, start=1) if line in ("Two Words", "one"))


@pytest.mark.parametrize("text", ["a ", "https://arxiv.org/abs/2306.03310 ", "[", "[a](", "<https://", "2306.", "doi:10.1000/a)"])
def test_a_very_long_message_takes_little_time(text: str):
    """Two megabytes of words, of links, and of what nearly is one: on one line and on many."""
    for whole in (text * (2_000_000 // len(text)), f"{text}\n" * (2_000_000 // (len(text) + 1))):
        began = time.process_time()
        message.parse(Document(text=whole, name="", as_of=DAY, sha256=""))
        assert time.process_time() - began < 20
