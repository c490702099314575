"""Saved Hugging Face pages: their own JSON, else their cards."""

import json
import time
from datetime import date
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import hf_html, parse_digest
from bot.digest.format import Document
from bot.errors import DigestError
from bot.model import Digest, Identifier, Organization
from tests.builders import ABSTRACT, DAY

FEW = settings(max_examples=100, deadline=None)
RECORD = {
    "paper": {"id": "2306.03310", "title": "LIBERO:\n  Lifelong & <Robots>", "summary": ABSTRACT, "upvotes": 41},
    "numComments": 2,
}


def _page(props: object, body: str = "") -> str:
    said = props if isinstance(props, str) else json.dumps(props)
    target = f'<div class="SVELTE_HYDRATER contents" data-target="DailyPapers" data-props="{escape(said)}">'
    return f"<!doctype html>\n<html><title>Daily Papers</title>\n<body><main>\n{target}{body}</div></main></body></html>"


def _card(number: str = "2306.03310", title: str = "LIBERO: <b>Lifelong</b>\n Robots", more: str = "") -> str:
    return f"""<article class="relative"><a href="/papers/{number}"><img src="t.png"></a>
<div class="leading-none">41</div><h3><a href="/papers/{number}" class="line-clamp-3">{title}</a></h3>{more}
<a href="/papers/{number}#community">2</a></article>"""


def _read(text: str) -> Digest:
    return parse_digest(text.encode(), as_of=DAY)


def test_the_pages_own_json_is_read():
    """The records are those of the API; the page says its day."""
    digest = _read(_page({"periodType": "day", "dateString": "2025-12-05", "dailyPapers": [RECORD]}))
    (entry,) = digest.entries
    assert (digest.source, digest.issued_on, digest.issues) == ("huggingface-html", date(2025, 12, 5), ())
    assert (entry.title, entry.abstract, entry.upvotes, entry.comments, entry.line) == (
        "LIBERO: Lifelong & <Robots>", ABSTRACT, 41, 2, 4,
    )  # fmt: skip
    assert entry.identifiers == (Identifier("arxiv", "2306.03310"),)


def test_a_week_is_of_no_one_day():
    """Its papers are not all listed on the day that names it."""
    assert _read(_page({"periodType": "week", "dateString": "2025-W49", "dailyPapers": [RECORD]})).issued_on is None


def test_a_search_page_gives_what_was_found():
    """It carries the day's papers as well, which nobody looked for."""
    found = {"paper": {"id": "2511.20347", "title": "SAPO"}}
    digest = _read(_page({"dailyPapers": [RECORD], "searchResults": [found]}))
    assert [entry.title for entry in digest.entries] == ["SAPO"]


def test_a_record_that_is_no_paper_is_an_issue():
    """The others are read."""
    digest = _read(_page({"dailyPapers": [RECORD, {"paper": {}}, 5]}))
    assert (len(digest.entries), [issue.message for issue in digest.issues]) == (
        1,
        ["a paper without a title", "a record without a paper"],
    )


@pytest.mark.parametrize("props", ["", "{", "[1]", '{"dailyPapers": []}', "[" * 100_000])
def test_cards_are_read_where_the_json_is_missing_or_broken(props: str):
    """Each paper once, with what either of its two cards says."""
    narrow = _card(more="<p>" + ABSTRACT + "</p><span>· Jun 5, 2023</span>")
    wide = _card(more="<ul><li><img></li><li>7 authors</li></ul>")
    other = _card("2511.20347", "SAPO", '<a href="/Qwen"><img alt="">Qwen Team</a>')
    digest = _read(_page(props, narrow + wide + other))
    assert [(e.rank, e.title, e.upvotes, e.comments) for e in digest.entries] == [
        (1, "LIBERO: Lifelong Robots", 41, 2),
        (2, "SAPO", 41, 2),
    ]
    first, second = digest.entries
    assert (first.abstract, first.author_count, first.published_on) == (ABSTRACT, 7, date(2023, 6, 5))
    assert second.organization == Organization(handle="Qwen", name="Qwen Team")
    assert [len(e.identifiers) for e in digest.entries] == [1, 1]


def test_cards_without_articles_are_told_apart():
    """Where the page's elements change, a card is what holds one title."""
    text = _page("", "".join(f"<div><div>{_card(f'2306.0331{n}', f'Title {n}')}</div></div>" for n in range(3)))
    digest = _read(text.replace("article", "section"))
    assert [entry.title for entry in digest.entries] == ["Title 0", "Title 1", "Title 2"]
    assert [entry.line for entry in digest.entries] == sorted(entry.line for entry in digest.entries)


def test_a_card_without_a_title_is_an_issue():
    """It is told with its line."""
    digest = _read(_page("", _card() + _card("2511.20347", "")))
    assert (len(digest.entries), [issue.message for issue in digest.issues]) == (1, ["a card without a title"])


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><title>A blog</title><p>Nothing of ours",
        '<html><h3><a href="/papers/2306.03310">On another site</a></h3></html>',
    ],
)
def test_html_of_another_site_is_told_how_to_copy_its_text(text: str):
    """The advice stays what it was."""
    with pytest.raises(DigestError, match="Select the page's text"):
        _read(text)


def _seconds(text: str) -> float:
    began = time.process_time()
    hf_html.parse(Document(text=text, name="", as_of=DAY, sha256=""))
    return time.process_time() - began


def test_scraps_of_a_page_in_a_text_do_not_make_it_html():
    """What stands between them is read, or told of."""
    record = "PLANTED Paper About Gardens\n\n" + "Words of an abstract that go on and on. " * 5 + "\n\n  • 3 authors\n·\nMay 3\n"
    records = [record.replace("PLANTED", name) for name in ("First", "Second")]
    text = f'<div>Daily Papers\n\n{records[0]}<h3><a href="/papers/2306.03310">\n{records[1]}'
    digest = parse_digest(text.encode(), as_of=DAY)
    assert [entry.title for entry in digest.entries] == ["First Paper About Gardens", "Second Paper About Gardens"]


@pytest.mark.parametrize(
    "piece", ["<div>", "<a href='/papers/2306.03310'>x", "<b><p>", "<li><ul>", "</div>", "<", "&amp;", "<svg><g>"]
)
def test_elements_nested_without_end_take_little_time(piece: str):
    """The parser's time grows with the square of the depth, so a megabyte of open elements is not given to it."""
    assert _seconds('<html data-target="DailyPapers">' + piece * (1_000_000 // len(piece))) < 5


PIECES = st.sampled_from(
    ["<div>", "</div>", "<h3>", "</h3>", "<p>", "·", "Dec 8", "7 authors", "&lt;", '<a href="/papers/2306.03310">', "</a>", "x"]
)
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["paper", "title", "id", "dailyPapers"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@FEW
@given(JSON, st.lists(PIECES, max_size=30))
def test_no_page_crashes_and_no_record_is_lost(props: object, pieces: list[str]):
    """Every record is an entry or an issue, whatever the page's JSON and its elements are."""
    records = [RECORD, props]
    digest = hf_html.parse(Document(text=_page({"dailyPapers": records}, "".join(pieces)), name="", as_of=DAY, sha256=""))
    assert len(digest.entries) + len(digest.issues) == len(records)
    hf_html.parse(Document(text=_page(props, "".join(pieces)), name="", as_of=DAY, sha256=""))
