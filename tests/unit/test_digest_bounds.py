"""What every digest format promises: nothing raises, nothing is lost, nothing takes long."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import FORMATS, arxiv_mail, bibtex, decode, feed, markdown, message, parse_digest, records, ris, table
from bot.digest.format import Document, Format
from bot.errors import DigestError
from bot.model import Digest

DAY = date(2026, 11, 24)
LINK = "https://arxiv.org/abs/2306.03310"
FEW = settings(max_examples=60, deadline=None)


def parsed(form: Format, text: str) -> Digest:
    """The digest that a format makes of a text, recognised or not."""
    return form.parse(Document(text=text, name="", as_of=DAY, sha256=""))


@dataclass(frozen=True)
class Shape:
    """How a format writes a list of records: each is a number and whether it has its title, without which it is no paper."""

    form: Format
    begin: str
    record: Callable[[int, bool], str]
    end: str = ""
    between: str = ""

    def document(self, records: Sequence[bool]) -> str:
        """The whole document."""
        return self.begin + self.between.join(self.record(number, good) for number, good in enumerate(records)) + self.end


def _title(number: int) -> str:
    return f"Robot Paper {'abcdefghij'[number % 10]}{number}"


def _id(number: int) -> str:
    return f"2306.{number:05d}"


SHAPES = (
    Shape(
        arxiv_mail.FORMAT,
        "",
        lambda n, good: (
            f"\\\\\narXiv:{_id(n)}\nDate: Wed, 15 Mar 2023 18:34:08 GMT\n\n"
            + (f"Title: {_title(n)}\n" if good else "")
            + f"Authors: Ada\n\\\\\n  It says {n}.\n\\\\ ( https://arxiv.org/abs/{_id(n)} , 1kb)\n"
        ),
    ),
    Shape(
        feed.FORMAT,
        "<rss><channel>\n",
        lambda n, good: f"<item>\n<title>{_title(n) if good else ''}</title><link>https://arxiv.org/abs/{_id(n)}</link></item>\n",
        "</channel></rss>",
    ),
    Shape(
        bibtex.FORMAT,
        "@misc{x, title={First of All}}\n",
        lambda n, good: (
            f"@article{{k{n},\n  author = {{Ada}},"
            + (f"\n  title = {{{_title(n)}}}," if good else "")
            + f"\n  eprint = {{{_id(n)}}}\n}}\n"
        ),
    ),
    Shape(
        ris.FORMAT,
        "",
        lambda n, good: (
            "TY  - JOUR\nAU  - Ada\n"
            + (f"TI  - {_title(n)}\n" if good else "")
            + f"UR  - https://arxiv.org/abs/{_id(n)}\nER  - \n"
        ),
    ),
    Shape(
        table.FORMAT,
        "title,url,abstract\n",
        lambda n, good: f'{_title(n) if good else ""},https://arxiv.org/abs/{_id(n)},"with, a\nbreak"\n',
    ),
    Shape(
        records.FORMAT,
        '[{"title": "First of All"},\n',
        lambda n, good: json.dumps(
            {"title": _title(n), "url": f"https://arxiv.org/abs/{_id(n)}"} if good else {"arxiv": _id(n)}, indent=1
        ),
        "]",
        ",\n",
    ),
    Shape(
        records.FORMAT,
        '{"title": "First of All"}\n',
        lambda n, good: json.dumps({"title": _title(n), "id": _id(n)} if good else {"id": _id(n)}),
        "",
        "\n",
    ),
    Shape(
        markdown.FORMAT,
        "| Title | Link |\n|---|---|\n",
        lambda n, good: f"| {_title(n) + chr(10) + '  goes on' if good else ''} | https://arxiv.org/abs/{_id(n)} |\n",
    ),
    Shape(
        markdown.FORMAT,
        f"- [First of All]({LINK})\n- [Second of All]({LINK})\n",
        lambda n, good: f"- [{_title(n)}](https://arxiv.org/abs/{_id(n)})\n  Ada\n" if good else f"- odd {n}\n",
    ),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.form.name)
@FEW
@given(data=st.data())
def test_each_record_is_an_entry_or_an_issue(shape: Shape, data: st.DataObject):
    """A record without a title is an issue on its lines, or stays as a link; every other is an entry of its title on its line."""
    good = data.draw(st.lists(st.booleans(), min_size=1, max_size=12))
    text = shape.document(good)
    digest = parsed(shape.form, text)
    titles = {one.title.removesuffix(" goes on"): one for one in digest.entries}
    begins = shape.begin.count("\n") + 1
    told = {one.line for one in (*digest.issues, *digest.bare)}
    for number, is_good in enumerate(good):
        lines = shape.record(number, is_good).count("\n") + shape.between.count("\n")
        if is_good:
            assert titles[_title(number)].line in range(begins, begins + lines + 1)
        else:
            assert told & set(range(begins, begins + max(lines, 1)))
        begins += lines
    assert [one.rank for one in digest.entries] == sorted(one.rank for one in digest.entries)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.form.name)
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(shape: Shape):
    """As Windows saves it; and the form is the one it should be."""
    text = shape.document([True, True, False, True])
    one = parse_digest(text.encode(), as_of=DAY)
    other = parse_digest(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), as_of=DAY)
    assert (one.entries, one.issues) == (other.entries, other.issues)
    assert next(form for form in FORMATS if form.recognises(decode(text.encode()))) is shape.form


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.form.name)
@FEW
@given(data=st.data())
def test_a_document_cut_anywhere_keeps_its_whole_records(shape: Shape, data: st.DataObject):
    """All but the record in which it was cut, and perhaps the one before, are as they were."""
    text = shape.document([True] * 8)
    at = data.draw(st.integers(len(shape.begin), len(text)))
    whole = sum(shape.document([True] * count).removesuffix(shape.end) in text[:at] for count in range(1, 9))
    titles = {one.title.removesuffix(" goes on") for one in parsed(shape.form, text[:at]).entries}
    assert {_title(number) for number in range(whole - 1)} <= titles


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.form.name)
def test_latin_1_is_refused_with_its_line(shape: Shape):
    """Nothing of it is guessed."""
    text = shape.document([True]).replace("Robot", "Robóter").encode("latin-1")
    with pytest.raises(DigestError, match=r"Line \d+ is not valid UTF-8; nothing was read"):
        parse_digest(text, as_of=DAY)


SCRAPS = st.sampled_from(
    (
        "\\\\\n",
        "arXiv:2306.03310",
        "Title: A Robot\n",
        "%-%-%-%-",
        "-" * 40,
        "\n",
        "\n  ",
        "@article{a,",
        "title = {",
        "}",
        '"',
        "#",
        "{",
        "TY  - JOUR\n",
        "TI  - A Robot\n",
        "ER  - \n",
        "title,url\n",
        ",",
        ";",
        "\t",
        "|",
        "|---|---|\n",
        "| title | link |\n",
        "- ",
        "## ",
        "[A Robot](",
        ")",
        LINK,
        "<rss>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<![CDATA[",
        "]]>",
        "&",
        "&nbsp;",
        "<!ENTITY a 'b'>",
        "<!DOCTYPE rss [",
        "]>",
        '{"title": "A Robot"',
        '"papers": [',
        "[",
        "]",
        ":",
        "null",
        "\\",
        "$",
        "é",
        "\x0b",
        "\u2028",
        "1e999",
        "acl:P19-1001",
        "see also ",
        "2023-06-05",
    )
)


@settings(max_examples=400, deadline=None)
@given(st.lists(SCRAPS, max_size=30).map("".join) | st.text(max_size=200))
def test_no_scraps_raise_in_any_format(text: str):
    """Recognised or not, each format reads or leaves whatever it is handed, and every entry has a title and a place."""
    lines = text.count("\n") + 1
    for form in FORMATS[2:]:
        form.recognises(text)
        if form.recognises(text) or form in (
            arxiv_mail.FORMAT,
            bibtex.FORMAT,
            ris.FORMAT,
            markdown.FORMAT,
            message.FORMAT,
            feed.FORMAT,
        ):
            digest = parsed(form, text)
            assert all(one.title and 1 <= one.line <= lines for one in digest.entries)
            assert all(one.identifiers and not one.title for one in digest.bare)


DENSE = [
    *(
        (shape.form, shape.begin, "".join(shape.record(n, True) + shape.between for n in range(200)) + shape.end)
        for shape in SHAPES
    ),
]
HOSTILE = (
    [
        (feed.FORMAT, "<rss><channel>", scrap)
        for scrap in (
            "<item><title>a",
            "<a>",
            "&nbsp;",
            "<![CDATA[",
            "<item><link>x:1</link></item>",
            "<!-- x -->",
            "<!ENTITY a 'b'>",
            "<p x=",
        )
    ]
    + [
        (bibtex.FORMAT, "@article{a, title={x}, author={", scrap)
        for scrap in ("a and ", "{", '\\"{', "$", "\\emph{", "@article{a, title={", "   ", '# "')
    ]
    + [(ris.FORMAT, "TY  - JOUR\nTI  - x\n", scrap) for scrap in ("TY  - JOUR\n", "AU  - Doe, J\n", "words of it\n", "AB  - x ")]
    + [
        (table.FORMAT, "title,url\n", scrap)
        for scrap in ('"\n', ",", '"a b ', '"' + "x" * 140_000 + "\n", "no title, but a cell\n")
    ]
    + [(records.FORMAT, '[{"title":', scrap) for scrap in ("[", "{", '"a",', "1e9,", '{"title":"A"},')]
    + [
        (markdown.FORMAT, f"| Title | Link |\n|---|---|\n| a | {LINK} |\n", scrap)
        for scrap in (
            "|",
            "[a](",
            "|--",
            "_",
            "*a ",
            "- [x](" + " " * 30,
            " ",
            "\t",
            "\n\n" + " " * 30 + "x",
            "\n- one two three",
        )
    ]
    + [
        (arxiv_mail.FORMAT, "\\\\\narXiv:2303.08867\nTitle: A\nAuthors: ", scrap)
        for scrap in ("(a ", "a and ", "  x\n", "\\\\\n", "\\'{")
    ]
)


@pytest.mark.parametrize(("form", "begin", "scrap"), [*DENSE, *HOSTILE])
def test_a_megabyte_takes_at_most_a_second(form: Format, begin: str, scrap: str):
    """Dense records, and what makes careless readers slow; processor time, with room for a machine that is shared."""
    text = begin + (scrap * (1_000_000 // len(scrap) + 1))[:1_000_000]
    began = time.process_time()
    form.recognises(text)
    parsed(form, text)
    assert time.process_time() - began < 4


def test_twenty_megabytes_of_bibtex_are_read_within_twenty_seconds():
    """A library of a lifetime, each entry with its abstract."""
    entry = (
        "@article{{k{n},\n title={{Robot Paper {n}}},\n abstract={{"
        + "It says what it says at length. " * 30
        + "}},\n eprint={{2306.{n:05d}}}\n}}\n"
    )
    text = "".join(entry.format(n=n) for n in range(20_000_000 // len(entry)))
    began = time.process_time()
    digest = parse_digest(text.encode(), as_of=DAY)
    assert (len(digest.entries), digest.issues) == (text.count("@article"), ())
    assert time.process_time() - began < 40
