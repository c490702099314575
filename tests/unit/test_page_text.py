"""The Daily Papers page as text: every entry is read, every line is accounted for."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import parse_digest
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS
from bot.errors import DigestError
from bot.model import Digest, Entry, Organization
from tests.builders import ABSTRACT, DAY, SAMPLE, block, page

FEW = settings(max_examples=100, deadline=None)

# Words that make no byline, date or header by chance.
WORDS = st.text("abcdefghjkqxyzäß^*<>{}\\$%", min_size=1, max_size=12)
TITLES = st.lists(WORDS, min_size=2, max_size=8).map(lambda words: "T " + " ".join(words))
ABSTRACTS = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: " ".join([*words, ABSTRACT]))


def _read(text: str, as_of: date = DAY) -> Digest:
    return parse_digest(text.encode(), as_of=as_of)


def _only(text: str, as_of: date = DAY) -> Entry:
    digest = _read(text, as_of)
    (entry,) = digest.entries
    assert digest.issues == ()
    return entry


def test_an_entry_is_title_abstract_byline_dot_and_date():
    """All parts of an entry are read, and what a page does not say is unknown."""
    entry = _only(page(block()))
    assert (entry.title, entry.abstract) == ("LIBERO: Benchmarking Knowledge Transfer", ABSTRACT)
    assert (entry.author_count, entry.published_on) == (7, date(2023, 6, 5))
    assert (entry.comments, entry.upvotes, entry.organization, entry.authors, entry.identifiers) == (None, None, None, (), ())


def test_ranks_count_from_one_and_lines_point_at_titles():
    """Each entry says on which line of the file its title stands."""
    text = page(block("First"), block("Second"), block("Third"))
    digest = _read(text)
    assert [entry.rank for entry in digest.entries] == [1, 2, 3]
    assert [text.split("\n")[entry.line - 1] for entry in digest.entries] == ["First", "Second", "Third"]


def test_the_source_and_the_hash_name_the_document():
    """The digest says which form it was read from and which bytes it was."""
    data = page(block()).encode()
    digest = parse_digest(data, as_of=DAY)
    assert digest.source == "huggingface-page"
    assert digest.sha256 == parse_digest(data, as_of=date(2026, 3, 1)).sha256 != _read(page(block("Other"))).sha256


@pytest.mark.parametrize(
    ("written", "as_of", "meant"),
    [
        ("Dec 8", date(2025, 12, 8), date(2025, 12, 8)),
        ("Dec 8", date(2025, 12, 7), date(2024, 12, 8)),
        ("Dec 8", date(2026, 12, 7), date(2025, 12, 8)),
        ("Dec 8", date(2026, 12, 8), date(2026, 12, 8)),
        ("Jan 1", date(2026, 1, 1), date(2026, 1, 1)),
        ("Dec 31", date(2026, 1, 1), date(2025, 12, 31)),
        ("Feb 29", date(2025, 12, 8), date(2024, 2, 29)),
        ("Feb 29", date(2024, 2, 28), date(2020, 2, 29)),
        ("Feb 29", date(1903, 6, 1), date(1896, 2, 29)),
        ("Dec 8, 2024", date(2026, 5, 1), date(2024, 12, 8)),
        ("December 8", date(2025, 12, 8), date(2025, 12, 8)),
    ],
)
def test_the_pages_date_is_the_latest_such_day_not_after_the_import(written: str, as_of: date, meant: date):
    """A page's own date has no year; the day of import decides which one is meant."""
    assert _read(page(block(), dated=written), as_of).issued_on == meant


def test_a_page_without_a_date_has_none():
    """Where the header holds no date the digest says so, and entries are seen from the day of import."""
    digest = _read(page(block(dated="Sep 2"), dated=""), date(2025, 9, 1))
    assert digest.issued_on is None
    assert digest.entries[0].published_on == date(2024, 9, 2)


def test_a_header_date_that_no_calendar_has_is_an_issue():
    """30 February is no date: it is told, not swallowed."""
    digest = _read(page(block(), dated="Feb 30"))
    assert digest.issued_on is None
    assert [(issue.line, issue.excerpt) for issue in digest.issues] == [(11, "Feb 30")]


@pytest.mark.parametrize(
    ("written", "published_on", "comments"),
    [
        ("Apr 19, 2024", date(2024, 4, 19), None),
        ("Sep 2", date(2025, 9, 2), None),
        ("May 23 2", date(2025, 5, 23), 2),
        ("Nov 8, 2024 2", date(2024, 11, 8), 2),
        ("Nov 8, 2024 131", date(2024, 11, 8), 131),
        ("Dec 8", date(2025, 12, 8), None),
        ("Dec 9", date(2024, 12, 9), None),
        ("Dec 8, 2022", date(2022, 12, 8), None),
        ("Feb 29", date(2024, 2, 29), None),
        ("Sept. 2", date(2025, 9, 2), None),
        ("Sep\u00a02", date(2025, 9, 2), None),
        ("sep 2", date(2025, 9, 2), None),
    ],
)
def test_an_entrys_date_takes_the_pages_year_and_may_carry_a_comment_count(
    written: str, published_on: date, comments: int | None
):
    """`Sep 2` is a day, `May 23 2` a day and two comments, and no entry is younger than its page."""
    entry = _only(page(block(dated=written)))
    assert (entry.published_on, entry.comments) == (published_on, comments)


def test_entry_dates_depend_on_the_page_not_on_the_import():
    """Importing the page half a year later changes nothing."""
    text = page(block(dated="Nov 11"), block("Other", dated="Mar 4"))
    now, later = _read(text), _read(text, date(2026, 6, 30))
    assert now.entries == later.entries


@pytest.mark.parametrize("written", ["Feb 30", "Feb 29, 2023", "Apr 19, 0000", "Mai 5", "Jun 5, 2023 and more"])
def test_a_date_that_cannot_be_read_is_an_issue_and_the_entry_stays(written: str):
    """The entry is kept without a date, and the line is told."""
    digest = _read(page(block(dated=written)))
    assert [entry.published_on for entry in digest.entries] == [None]
    assert [(issue.line, issue.message, issue.excerpt) for issue in digest.issues] == [(19, "not a date", written)]


@pytest.mark.parametrize(
    ("byline", "count"),
    [("  • 1 author", 1), ("  • 39 authors", 39), ("· 4 authors", 4), ("12 authors", 12), ("* 1,024 Authors", 1024)],
)
def test_a_byline_counts_authors(byline: str, count: int):
    """However the bullet was copied, the count is read."""
    entry = _only(page(block(byline=byline)))
    assert (entry.author_count, entry.organization) == (count, None)


@pytest.mark.parametrize(
    ("byline", "handle", "name"),
    [
        ("Qwen Qwen", "Qwen", "Qwen"),
        ("nvidia NVIDIA Corporation", "nvidia", "NVIDIA Corporation"),
        ("ByteDance-Seed", "ByteDance-Seed", "ByteDance-Seed"),
        ("  • deepseek-ai DeepSeek", "deepseek-ai", "DeepSeek"),
    ],
)
def test_a_byline_may_be_an_organisation(byline: str, handle: str, name: str):
    """An organisation is a handle and the name to show, and then nobody counted authors."""
    entry = _only(page(block(byline=byline)))
    assert (entry.author_count, entry.organization) == (None, Organization(handle=handle, name=name))


@pytest.mark.parametrize(("line", "upvotes"), [("73", 73), ("1,204", 1204), ("0", 0)])
def test_a_number_above_the_title_is_the_upvotes(line: str, upvotes: int):
    """A page that was copied with its vote buttons gives votes."""
    entry = _only(page(f"Upvote\n\n{line}\n\n{block()}"))
    assert (entry.upvotes, entry.title) == (upvotes, "LIBERO: Benchmarking Knowledge Transfer")


def test_a_lone_comma_is_no_number():
    """Signs where a count could stand become issues or names, never a crash."""
    digest = _read(page(",\n" + block(byline=", authors")))
    assert [(issue.line, issue.excerpt) for issue in digest.issues] == [(13, ",")]
    assert digest.entries[0].author_count is None


@pytest.mark.parametrize("break_", ["\r\n", "\r"])
def test_windows_and_old_mac_line_ends_read_the_same(break_: str):
    """Line ends change neither entries nor line numbers."""
    text = page(block(), block("Other"))
    assert _read(text.replace("\n", break_)).entries == _read(text).entries


def test_a_byte_order_mark_reads_the_same():
    """A file saved by an editor that marks UTF-8 holds the same entries."""
    data = page(block("first line"), dated="")[len("new\n\n") :].encode()
    marked = parse_digest(b"\xef\xbb\xbf" + data, as_of=DAY)
    assert (marked.entries, marked.issues) == (parse_digest(data, as_of=DAY).entries, ())


def test_text_residue_survives():
    """LaTeX, stars, carets, angle brackets and stuck full stops come through letter for letter."""
    residue = r"Here sp(V^*), **top-H**, <projektor>, 11.6\%, mathcal{O}, rightarrow and https://example.org/x. stay. " + ABSTRACT
    assert _only(page(block(abstract=residue))).abstract == residue


def test_blank_lines_between_parts_do_not_matter():
    """Copying may add or drop blank lines."""
    tight = "\n".join(line for line in page(block(), block("Other")).split("\n") if line.strip())
    loose = tight.replace("\n", "\n\n\n")
    for text in (tight, loose):
        assert [entry.title for entry in _read(text).entries] == ["LIBERO: Benchmarking Knowledge Transfer", "Other"]


def test_an_abstract_of_several_paragraphs_is_one_abstract():
    """Lines after the first long one belong to it."""
    entry = _only(page(block(abstract=f"{ABSTRACT}\n\nA second paragraph.\nCode is out.")))
    assert entry.abstract == f"{ABSTRACT}\nA second paragraph.\nCode is out."


def test_a_short_abstract_is_an_abstract():
    """Nothing has to be long for a page to be read."""
    assert _only(page(block(abstract="We try it."))).abstract == "We try it."


def test_a_stray_line_above_a_title_is_an_issue_with_its_line():
    """A line that belongs to no entry is told, and both entries are whole."""
    digest = _read(page(block(), "Advertisement of the day\n\n" + block("Other")))
    assert [(entry.title, entry.abstract) for entry in digest.entries][1] == ("Other", ABSTRACT)
    assert [(one.line, one.message, one.excerpt) for one in digest.issues] == [
        (21, "belongs to no entry", "Advertisement of the day")
    ]


def test_a_page_cut_off_in_an_entry_keeps_the_entries_before():
    """What was cut off is told line by line."""
    text = page(block(), block("Other")).rsplit("  • 7", 1)[0]
    digest = _read(text)
    assert [entry.title for entry in digest.entries] == ["LIBERO: Benchmarking Knowledge Transfer"]
    assert [issue.excerpt[:20] for issue in digest.issues] == ["Other", ABSTRACT[:20]]
    assert all("cut off" in issue.message for issue in digest.issues)


def test_a_page_cut_off_at_the_dot_keeps_the_entry_without_a_date():
    """Of the last entry only the date is missing."""
    digest = _read(page(block(), block("Other")).rsplit("Jun 5", 1)[0])
    assert [(entry.title, entry.published_on) for entry in digest.entries][1] == ("Other", None)
    assert [issue.message for issue in digest.issues] == ["a “·” without a date below it"]


@pytest.mark.parametrize("cut", range(2, 40))
def test_wherever_a_page_is_cut_off_nothing_crashes_and_the_first_entries_stay(cut: int):
    """Every cut of the bundled sample gives the entries before it, in order, and at most the one that was cut."""
    text = SAMPLE.read_text(encoding="utf-8")
    whole = _read(text).entries
    part = text[: len(text) * cut // 40]
    digest = _read(part)
    complete = [entry for entry in whole if entry.line + 6 < part.count("\n")]
    assert digest.entries[: len(complete)] == tuple(complete)
    assert len(digest.entries) <= len(complete) + 1


def test_an_entry_without_a_byline_is_kept_and_told():
    """The abstract is not mistaken for a byline."""
    digest = _read(page(f"Title\n\n{ABSTRACT}\n\n·\nSep 2\n"))
    assert (digest.entries[0].abstract, digest.entries[0].author_count) == (ABSTRACT, None)
    assert [issue.message for issue in digest.issues] == ["an entry without a byline"]


@pytest.mark.parametrize("line", ["*", "•", "• *"])
def test_a_bullet_without_words_is_no_byline(line: str):
    """An organisation has a name; a lone bullet is only a line like any other."""
    digest = _read(page(block(byline=line)))
    assert (digest.entries[0].organization, digest.entries[0].author_count) == (None, None)
    assert digest.entries[0].abstract == f"{ABSTRACT}\n{line}"
    assert [issue.message for issue in digest.issues] == ["an entry without a byline"]


def test_an_entry_without_an_abstract_is_kept_and_told():
    """A title with a byline is an entry."""
    digest = _read(page("Title\n\n  • 2 authors\n·\nSep 2\n"))
    assert (digest.entries[0].title, digest.entries[0].abstract, digest.entries[0].author_count) == ("Title", "", 2)
    assert [issue.message for issue in digest.issues] == ["an entry without an abstract"]


def test_a_dot_and_a_date_alone_are_an_issue_not_an_entry():
    """An entry needs a title."""
    digest = _read(page(block(), "·\nSep 2\n"))
    assert len(digest.entries) == 1
    assert [issue.message for issue in digest.issues] == ["an entry without a title"]


def test_a_title_longer_than_any_title_is_an_issue():
    """A title that is too long to be one is told, and the other entries are read."""
    digest = _read(page(block("x" * (TITLE_CHARS + 1)), block("Other")))
    assert [entry.title for entry in digest.entries] == ["Other"]
    assert {issue.message for issue in digest.issues} == {"an entry without a title"}


def test_an_abstract_longer_than_any_abstract_is_cut_and_told():
    """Nothing grows without bound, and nothing is cut in silence."""
    digest = _read(page(block(abstract="word " * ABSTRACT_CHARS)))
    assert len(digest.entries[0].abstract) == ABSTRACT_CHARS
    assert [issue.message for issue in digest.issues] == ["an abstract cut at 50,000 characters"]


def test_a_header_without_entries_is_refused_with_advice():
    """A page of a day without papers is no digest, and the message says why."""
    with pytest.raises(DigestError, match="lists no papers"):
        _read(page())


def test_a_page_whose_only_lines_make_no_entry_names_the_first():
    """The refusal says which line was not understood."""
    with pytest.raises(DigestError, match=r"Line 13: .*Half a title"):
        _read(page("Half a title"))


@FEW
@given(st.lists(st.tuples(TITLES, ABSTRACTS), min_size=1, max_size=12))
def test_no_entry_is_lost(parts: list[tuple[str, str]]):
    """A page of N entries gives N entries, with the very titles and abstracts, and no issue."""
    digest = _read(page(*(block(title, abstract) for title, abstract in parts)))
    assert [(one.title, one.abstract) for one in digest.entries] == parts
    assert digest.issues == ()


CHROME = {"new", "get trending papers in your email inbox!", "subscribe", "daily papers", "byak and the research community"}
PIECES = st.sampled_from(
    [
        "·",
        "Sep 2",
        "May 23 2",
        "Dec 8",
        "Feb 30",
        "• 3 authors",
        "Qwen Qwen",
        "17",
        ",",
        "A title",
        ABSTRACT,
        "",
        "new",
        "Subscribe",
    ]
)


@FEW
@given(st.lists(PIECES | WORDS, max_size=30))
def test_every_line_is_part_of_an_entry_or_chrome_or_an_issue(lines: list[str]):
    """Nothing is lost silently, however the lines of a page are shuffled."""
    text = page(block("Anchor", byline="• 7 authors"), *lines)
    digest = _read(text)
    told = {issue.line for issue in digest.issues}
    held = Counter(_bare(line) for entry in digest.entries for line in _lines_of(entry))
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line and line.lower() not in CHROME]
    numbered = numbered[1:]  # the page's own date
    left = Counter(
        _bare(line) for at, (number, line) in enumerate(numbered) if number not in told and not _closes(numbered, at, told)
    )
    assert not left - held


@FEW
@given(st.lists(PIECES | WORDS, max_size=30))
def test_every_dot_closes_an_entry_or_an_issue(lines: list[str]):
    """Between one lone dot and the next something was read or told."""
    text = page(block("Anchor"), *lines)
    digest = _read(text)
    said = [one.line for one in (*digest.entries, *digest.issues)]
    dots = [number for number, line in enumerate(text.split("\n"), start=1) if line.strip() == "·"]
    for before, dot in pairwise([0, *dots]):
        assert any(before < line <= dot for line in said)


def _bare(line: str) -> str:
    """A line without the bullet that a byline may begin with."""
    return line.lstrip("•* ")


def _lines_of(entry: Entry) -> list[str]:
    """The lines of a page that an entry was read from, but for its dot and date."""
    lines = [entry.title, *entry.abstract.split("\n")]
    if entry.upvotes is not None:
        lines.append(str(entry.upvotes))
    if entry.comments is not None:
        lines.append(str(entry.comments))
    if entry.author_count is not None:
        lines.append(f"• {entry.author_count} authors")
    if entry.organization is not None:
        handle, name = entry.organization.handle, entry.organization.name
        lines += [handle, f"{handle} {name}"] if handle == name else [f"{handle} {name}"]
    return lines


def _closes(numbered: list[tuple[int, str]], at: int, told: set[int]) -> bool:
    """Whether a line is a dot, the date below one, or the byline above one that was told."""
    line = numbered[at][1]
    above = numbered[at - 1][1] if at else ""
    below = numbered[at + 1] if at + 1 < len(numbered) else (0, "")
    return line == "·" or (above == "·" and line[:3] in "Sep May Dec Feb Jun") or (below[1] == "·" and below[0] in told)
