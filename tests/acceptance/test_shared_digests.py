"""The real arXiv, feed and Markdown files in the shared folder, against counts made by other means. Skips where they are not."""

import json
import re
from datetime import date
from xml.etree import ElementTree

import pytest

from bot.digest import parse_digest
from bot.errors import DigestError
from bot.model import Digest
from tests.builders import SHARED_DATA

DAY = date(2026, 11, 24)
ATOM = sorted((SHARED_DATA / "arxiv_atom").glob("*.json"))
LISTING = SHARED_DATA / "arxiv_listing" / "q-fin-new.txt"
FEED = SHARED_DATA / "feeds" / "hf_weekly.xml"
TABLE = SHARED_DATA / "markdown" / "table-02.md"

pytestmark = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the shared data is not here: {SHARED_DATA}")


def read(text: str) -> Digest:
    """The digest that a file is."""
    return parse_digest(text.encode(), as_of=DAY)


def ids(digest: Digest) -> list[str]:
    """The arXiv id of each entry."""
    return [one.value for entry in digest.entries for one in entry.identifiers if one.scheme == "arxiv"]


def test_the_mail_listing_is_read_whole():
    """Thirteen new papers and three replacements: the ids of the lines that begin with arXiv, and nothing is left over."""
    text = LISTING.read_text(encoding="utf-8")
    digest = read(text)
    assert ids(digest) == re.findall(r"^arXiv:(\S+)", text, re.MULTILINE)
    assert (len(digest.entries), digest.issues, digest.bare) == (16, (), ())
    assert [one.revised for one in digest.entries] == [False] * 13 + [True] * text.count("replaced with")
    assert [one.line for one in digest.entries] == [n for n, line in enumerate(text.split("\n")) if line.startswith("arXiv:")]
    assert (digest.source, digest.issued_on) == ("arxiv:q-fin", date(2023, 3, 17))
    assert all(one.authors and bool(one.abstract) is not one.revised for one in digest.entries)
    words = [len(" ".join(abstract.split())) for abstract in re.findall(r"\n\\\\\n  ([^\\]*?)\n\\\\ \(", text)]
    assert sum(words) > 0
    assert {len(one.abstract) for one in digest.entries} >= set(words)


@pytest.mark.parametrize("file", ATOM, ids=lambda one: one.stem)
def test_each_answer_of_arxivs_api_is_read_whole(file: object):
    """As the standard library's XML reader counts entries; an empty answer and an error are refused in words."""
    body = json.loads(file.read_text(encoding="utf-8"))["body"]  # type: ignore[attr-defined]
    space = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(body).findall(f"{space}entry")  # noqa: S314 - a file of ours
    papers = [one for one in entries if "/abs/" in (one.findtext(f"{space}id") or "")]
    if not papers:
        with pytest.raises(DigestError, match="incorrect id format" if entries else "lists no papers"):
            read(body)
        return
    digest = read(body)
    assert ids(digest) == [(one.findtext(f"{space}id") or "").rsplit("/", 1)[-1].split("v")[0] for one in papers]
    assert [len(one.authors) for one in digest.entries] == [len(one.findall(f"{space}author")) for one in papers]
    assert [one.abstract for one in digest.entries] == [
        " ".join((one.findtext(f"{space}summary") or "").split()) for one in papers
    ]
    assert digest.issues == ()


def test_the_weekly_feed_is_read_whole():
    """Each item with the votes and authors that its piece of HTML holds."""
    text = FEED.read_text(encoding="utf-8")
    digest = read(text)
    assert ids(digest) == re.findall(r"<guid[^>]*>https://arxiv\.org/abs/([\d.]+)", text)
    assert [one.upvotes for one in digest.entries] == list(map(int, re.findall(r"Upvotes:&lt;/b&gt; (\d+)", text)))
    assert len(digest.entries) == text.count("<item>") == 6
    assert [one.author_count for one in digest.entries] == [
        names.count(",") + 1 for names in re.findall(r"Authors:&lt;/b&gt; (.*?)&lt;", text)
    ]
    assert all(one.abstract and not one.abstract.startswith("Summary") for one in digest.entries)
    assert digest.issues == ()


def test_the_markdown_table_is_read_whole():
    """Each row that begins with a bar, titles over two lines among them, with both of its links."""
    text = TABLE.read_text(encoding="utf-8")
    digest = read(text)
    assert ids(digest) == re.findall(r"\[arXiv\]\(https://arxiv\.org/abs/([\d.]+)\)", text)
    assert len(digest.entries) == text.count("\n| ") - 1 == 27
    assert all(one.abstract and one.authors and "Read more" not in one.title for one in digest.entries)
    assert (digest.issued_on, digest.issues) == (date(2025, 6, 2), ())
