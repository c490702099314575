"""Tables of papers: CSV, TSV, JSON, JSON lines, Markdown tables and lists."""

import json
from datetime import date

import pytest

from bot.digest import parse_digest
from bot.digest.columns import names_in
from bot.digest.format import MOST_STRANGE
from bot.errors import DigestError
from bot.model import Digest

DAY = date(2026, 11, 24)
CSV = (
    "Title,Authors,Year,DOI,URL,Abstract\n"
    'Robots,"Doe, J.; Roe, R.",2023,10.1234/x,,Short\n'
    '"Two\nlines","A B, C D and E F",2024.0,,https://arxiv.org/abs/2306.03310v2,"says ""hi"", twice"\n'
    "\n"
    'Bad,"open quote,x\n'
    "Next One,A,2020,,https://example.org/x,\n"
    ",A,2020,,,\n"
    'Sloppy,"the "best" one",2020,,,a\n'
    "one,two,three,four,five,six,seven\n"
)
MARKDOWN = """# Papers 2025-06-02

| # | Paper | Authors | Summary |
|:-:|:------|---------|---------|
| 1 | Robots that Learn
  for Life (Read more on [arXiv](https://arxiv.org/abs/2306.03310)
  or [HuggingFace](https://huggingface.co/papers/2306.03310)) | Ada One, Bob Two | They \\| learn. |
| 2 | [World *Models*](https://arxiv.org/abs/1803.10122) | Cee | |
| 3 | | Dee | nothing |
| 4 | A | B | C | D |

## [Open Minds](https://openreview.net/forum?id=abcDEF123)
**Authors:** Ada One, Bob Two
Published: 2024-03-27

> A mind that is open holds more than one that is shut, say those whose minds are open, at length.

[PDF](https://openreview.net/pdf?id=abcDEF123) | [Code](https://github.com/x/y)

## Others
- **Lifelong Robots** ([arXiv](https://arxiv.org/abs/2306.03311), [HF](https://hf.co/papers/2306.03311))
  - *Bo Liu, Yifeng Zhu*
  - odd line
- [Closed Minds](https://aclanthology.org/P19-1001) and [Shut Minds](https://aclanthology.org/P19-1002)

Plain words here, then https://arxiv.org/abs/2306.03312
"""


def read(text: str, name: str = "") -> Digest:
    """The digest that a table is."""
    return parse_digest(text.encode(), as_of=DAY, name=name)


def refused(text: str) -> str:
    """Why a text is refused."""
    with pytest.raises(DigestError) as error:
        read(text)
    return str(error.value)


def test_each_row_of_a_csv_is_a_paper_or_an_issue_with_its_line():
    """Line breaks in cells, doubled quotes, a quote that never closes, no title, cells too many."""
    digest = read(CSV, name="2026-11-20.csv")
    assert (digest.source, digest.issued_on) == ("table", date(2026, 11, 20))
    assert [(one.line, one.title) for one in digest.entries] == [(2, "Robots"), (3, "Two lines"), (7, "Next One"), (9, "Sloppy")]
    assert [(one.line, one.message) for one in digest.issues] == [
        (6, "a row whose quotes do not close"),
        (8, "a row with no title"),
        (10, "a row of 7 cells where the header names 6 columns"),
    ]


def test_the_cells_of_a_row_are_fields():
    """Names with their last part first, a year that a spreadsheet made a number, ids from columns and links."""
    first, second, third, _ = read(CSV).entries
    assert (first.authors, first.published_on) == (("J. Doe", "R. Roe"), date(2023, 1, 1))
    assert str(first.identifiers[0]) == "doi:10.1234/x"
    assert (second.authors, second.published_on) == (("A B", "C D", "E F"), date(2024, 1, 1))
    assert (second.abstract, str(second.identifiers[0])) == ('says "hi", twice', "arxiv:2306.03310")
    assert (third.identifiers, third.links.abs) == ((), "https://example.org/x")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_any_delimiter_is_found(delimiter: str):
    """Also after a byte order mark and Excel's own line, in any case, with blanks and signs in the names."""
    rows = [["Paper Title", "Publication-Date", "arXiv ID"], ["Lifelong Robots", "5 Jun 2023", "2306.03310v1"]]
    text = "\ufeff" + (f"sep={delimiter}\n" if delimiter == ";" else "") + "\n".join(delimiter.join(row) for row in rows)
    assert [(one.title, one.published_on, str(one.identifiers[0])) for one in read(text).entries] == [
        ("Lifelong Robots", date(2023, 6, 5), "arxiv:2306.03310")
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id,name\n1,LIBERO\n", "Its columns are id, name; one must be called title."),
        ("id;name;url\n1;LIBERO;x\n", "Its columns are id, name, url; one must be called title."),
        ('[{"id": 1, "name": "LIBERO"}]', "Its columns are id, name; one must be called title."),
        (",".join(f"c{n}" for n in range(20)) + "\n", "c10, c11 …; one must be called title."),
    ],
)
def test_a_table_without_titles_is_refused_with_its_columns(text: str, names: str):
    """So that whoever made it can rename one."""
    message = refused(text)
    assert message.startswith("This is not a digest we know. Known forms: ")
    assert message.endswith(names)


RECORDS = [
    {"Title": "Lifelong Robots", "authors": [{"name": "Ada One"}, {"given": "Bob", "family": "Two"}], "arxiv_id": "2306.03310v2",
     "published": "2023-06-05T00:00:00Z", "externalIds": {"DOI": "10.1234/zz"}, "year": 2022, "GitHub": "https://github.com/x/y"},
    {"title": "World Models", "url": "https://aclanthology.org/P19-1001", "tags": ["a", "b"], "summary": "Short.\nStill."},
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=2),
        json.dumps({"count": 2, "papers": RECORDS}),
        json.dumps({"data": RECORDS, "next": None}),
        "\n".join(map(json.dumps, RECORDS)),
    ],
)
def test_json_is_read_in_any_frame(text: str):
    """A list, an object that holds one, JSON lines; names in any case; authors as objects; the finer date wins."""
    digest = read(text)
    first, second = digest.entries
    assert (digest.source, digest.issues) == ("table", ())
    assert (first.title, first.authors, first.published_on) == ("Lifelong Robots", ("Ada One", "Bob Two"), date(2023, 6, 5))
    assert (list(map(str, first.identifiers)), first.links.code) == (
        ["arxiv:2306.03310", "doi:10.1234/zz"],
        "https://github.com/x/y",
    )
    assert (str(second.identifiers[0]), second.keywords, second.abstract) == ("acl:P19-1001", ("a", "b"), "Short. Still.")


def test_json_that_breaks_off_keeps_what_came_before_and_names_each_bad_record():
    """Records that are none, one without a title, and the end of a cut file."""
    text = '{"papers": [\n{"title": "A One"},\n3,\n{"x": 1},\n{"title": "B Two"},\n{"title": "C'
    digest = read(text)
    assert [(one.line, one.title) for one in digest.entries] == [(2, "A One"), (5, "B Two")]
    assert [one.line for one in digest.issues] == [3, 4, 6]
    lines = read('{"title": "A One"}\n{broken\n{"title": "B Two", "authors": "Ada One, Bob Two"}\n')
    assert [(one.line, one.authors) for one in lines.entries] == [(1, ()), (3, ("Ada One", "Bob Two"))]
    assert [(one.line, one.message) for one in lines.issues] == [(2, "not a JSON object")]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ada One, Bob Two and Cee Three", ("Ada One", "Bob Two", "Cee Three")),
        ("One, Ada; Two, Bob", ("Ada One", "Bob Two")),
        ("One, Ada and Two, Bob", ("Ada One", "Bob Two")),
        ("Ada One; Bob Two", ("Ada One", "Bob Two")),
        ("Ada One & Bob Two", ("Ada One", "Bob Two")),
        ("['Ada One', 'Bob Two']", ("Ada One", "Bob Two")),
        ("Ada One, et al.", ("Ada One",)),
        (["One, Ada", "Bob Two", 3], ("Ada One", "Bob Two")),
        ("Ada M\\\"uller", ("Ada Müller",)),
        (None, ()),
        (7, ()),
    ],
)  # fmt: skip
def test_authors_are_listed_in_many_ways(value: object, names: tuple[str, ...]):
    """By commas, semicolons or "and", with the last name first or last."""
    assert names_in(value) == names


def test_a_markdown_table_is_read_with_its_line_breaks_and_links():
    """A title that wraps, pointers to the paper, links as titles; rows without a title or with too many cells are issues."""
    digest = read(MARKDOWN)
    assert (digest.source, digest.issued_on) == ("markdown", date(2025, 6, 2))
    first, second = digest.entries[:2]
    assert (first.title, first.line, first.authors) == ("Robots that Learn for Life", 5, ("Ada One", "Bob Two"))
    assert (list(map(str, first.identifiers)), first.abstract) == (["arxiv:2306.03310", "hf:2306.03310"], "They | learn.")
    assert (second.title, second.line, str(second.identifiers[0])) == ("World Models", 8, "arxiv:1803.10122")
    assert [(one.line, one.message) for one in digest.issues[:2]] == [
        (9, "a row with no title"),
        (10, "a row of 5 cells where the header names 4 columns"),
    ]


def test_markdown_headings_and_items_hold_what_stands_below_them():
    """Labelled lines, prose, emphasised names; other lines are issues; several papers in one item are as many entries."""
    digest = read(MARKDOWN)
    by_title = {one.title: one for one in digest.entries}
    assert list(by_title)[2:] == ["Open Minds", "Lifelong Robots", "Closed Minds", "Shut Minds", "Plain words here, then"]
    minds, robots = by_title["Open Minds"], by_title["Lifelong Robots"]
    assert (minds.authors, minds.published_on, minds.line) == (("Ada One", "Bob Two"), date(2024, 3, 27), 12)
    assert minds.abstract.startswith("A mind that is open")
    assert (robots.authors, list(map(str, robots.identifiers))) == (
        ("Bo Liu", "Yifeng Zhu"),
        ["arxiv:2306.03311", "hf:2306.03311"],
    )
    assert [(one.line, one.excerpt) for one in digest.issues[2:]] == [(23, "- odd line")]


def test_signs_of_formulas_and_code_names_survive_markdown():
    """`V^*` is no emphasis, and snake_case is none either."""
    text = "| Title | Link |\n|--|--|\n| V^* and Q^* of my_snake_case <projektor> | https://arxiv.org/abs/2306.03310 |\n"
    assert read(text).entries[0].title == "V^* and Q^* of my_snake_case <projektor>"


def test_two_linked_bullets_are_a_list_and_a_table_without_papers_is_none():
    """A Markdown file about something else is no digest."""
    text = "- [Robot One](https://arxiv.org/abs/2306.03310)\n- [Robot Two](https://arxiv.org/abs/2306.03311)\n"
    assert [one.title for one in read(text).entries] == ["Robot One", "Robot Two"]
    assert refused("| a | b |\n|---|---|\n| c | d |\n").startswith("This is not a digest we know.")


def test_json_lines_with_anything_between_them_lose_no_paper():
    """Only the first line has to be a record; what is none is named."""
    digest = read('{"title": "One"}\n\\\n{"title": "Two"}\nsee above\n')
    assert [one.title for one in digest.entries] == ["One", "Two"]
    assert [(one.line, one.excerpt) for one in digest.issues] == [(2, "\\"), (4, "see above")]


@pytest.mark.parametrize("text", ['[{"title": "One"}]\n[{"title": "Two"}]', '{"papers": [{"title": "One"}]}\n\n x'])
def test_what_stands_behind_a_json_document_is_told(text: str):
    """It ends where its brackets close."""
    digest = read(text)
    assert [one.title for one in digest.entries] == ["One"]
    assert [one.line for one in digest.issues] == [text.count("\n") + 1]
    assert "ended above; nothing after it was read" in digest.issues[0].message


@pytest.mark.parametrize("strange", ["{}", '""', "0"])
def test_a_list_of_records_that_say_nothing_is_read_only_so_far(strange: str):
    """A bound on what a bomb costs, and it is told."""
    digest = read('[{"title": "One"},' + f"{strange}," * (MOST_STRANGE + 5) + '{"title": "Two"}]')
    assert [one.title for one in digest.entries] == ["One"]
    assert digest.issues[-1].message.endswith("nothing after it was read")
