"""Files of references: each format read back by a parser that is not ours, and hostile papers that must not break out of it."""

import csv
import json
import re
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import Entry, parse_string

from bot.export import FORMATS, papers_file
from bot.export.bibtex import bibtex, keys_of
from bot.export.fields import abstract_of, authors_of, organization_of, title_of
from bot.export.records import records
from bot.export.ris import ris
from bot.export.table import COLUMNS, cell, table
from bot.model import Identifier, Links, Metrics, Organization, Paper
from tests.builders import DAY, paper
from tests.strategies import HOSTILE, URLS, short_texts, texts

LIBERO = paper(
    "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning",
    abstract="50% of tasks & more.",
    authors=("Bo Liu", "Yifeng Zhu", "Zoë Ångström"),
    author_count=9,
    published_on=date(2023, 6, 5),
    arxiv="2306.03310",
    keywords=("robots", "cs.LG"),
    metrics=Metrics(upvotes=41, comments=3, as_of=DAY),
)
ESCAPES = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    **{f"\\{char}": char for char in "$&#%_"},
}

hostile = st.one_of(short_texts, st.sampled_from(HOSTILE), st.text(alphabet='{}\\"@,= and%#\n\r', max_size=30))
identifiers = st.builds(Identifier, st.sampled_from(("arxiv", "doi", "hf", "openreview", "url", "title")), hostile)
known_ids = st.sampled_from(
    (
        Identifier("arxiv", "2306.03310"),
        Identifier("arxiv", "hep-th/9901001"),
        Identifier("arxiv", "math.AG/0309136"),
        Identifier("doi", "10.1000/a{b}c\\d"),
        Identifier("doi", "10.1145/3442188.3445922"),
        Identifier("openreview", "aBcD_12-34"),
    )
)
papers = st.builds(
    Paper,
    id=st.integers(0, 10**9),
    title=texts,
    abstract=texts,
    authors=st.lists(hostile, max_size=6).map(tuple),
    author_count=st.none() | st.integers(0, 5_000),
    organization=st.none() | st.builds(Organization, handle=hostile, name=hostile),
    published_on=st.none() | st.dates(),
    identifiers=st.lists(identifiers | known_ids, max_size=4).map(tuple),
    links=st.builds(Links, abs=st.sampled_from(URLS), pdf=st.sampled_from(URLS), code=st.sampled_from(URLS)),
    keywords=st.lists(hostile, max_size=5).map(tuple),
    tldr=st.none() | hostile,
    metrics=st.builds(Metrics, upvotes=st.none() | st.integers(0, 10**9)),
    first_seen_on=st.just(DAY),
    listed_on=st.just(DAY),
)
lists = st.lists(papers, min_size=1, max_size=4)


def entries(text: str) -> list[Entry]:
    """The entries of a BibTeX file, as pybtex reads them, which refuses what BibTeX would."""
    return list(parse_string(text, "bibtex").entries.values())


def spoken(value: str) -> str:
    """What a field says: its escapes undone, its grouping braces gone."""
    pattern = "|".join(re.escape(one) for one in sorted(ESCAPES, key=len, reverse=True)) + r"|[{}]"
    return re.sub(pattern, lambda found: ESCAPES.get(found[0], ""), value)


def people_of(one: Paper) -> int:
    """How many people BibTeX shall count: all that are named and "others", else the organisation."""
    named = len(authors_of(one))
    if named:
        return named + (max(len(one.authors), one.author_count or 0) > named)
    return int(organization_of(one) != "")


def ris_records(text: str) -> list[list[tuple[str, str]]]:
    """The records of an RIS file, read strictly: every line is a tag, every record ends before the next one begins."""
    found: list[list[tuple[str, str]]] = []
    assert text.endswith("\r\n")
    for line in text.removesuffix("\r\n").split("\r\n"):
        tag = re.fullmatch(r"([A-Z][A-Z0-9])  - ([^\r\n]*)", line)
        assert tag, line
        if tag[1] == "TY":
            assert not found or found[-1][-1] == ("ER", "")
            found.append([])
        found[-1].append((tag[1], tag[2]))
    assert found[-1][-1] == ("ER", "")
    return found


def test_a_paper_as_bibtex_looks_as_a_person_would_write_it():
    """A key to type, the name's capitals kept, the first authors and others, arXiv's own fields, the month as a macro."""
    assert bibtex([LIBERO]) == (
        "@misc{liu2023libero,\n"
        "  title = {{LIBERO}: Benchmarking Knowledge Transfer for Lifelong Robot Learning},\n"
        "  author = {Bo Liu and Yifeng Zhu and Zoë Ångström and others},\n"
        "  year = {2023},\n"
        "  month = jun,\n"
        "  eprint = {2306.03310},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.LG},\n"
        "  url = {https://arxiv.org/abs/2306.03310},\n"
        "  abstract = {50\\% of tasks \\& more.}\n"
        "}\n"
    )


def test_bibtex_is_read_back_by_another_program():
    """Pybtex finds the type, the people and the month."""
    (entry,) = entries(bibtex([LIBERO]))
    assert (entry.type, entry.fields["year"], entry.fields["month"]) == ("misc", "2023", "June")
    assert [str(person) for person in entry.persons["author"]] == ["Liu, Bo", "Zhu, Yifeng", "Ångström, Zoë", "others"]


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("LIBERO: Benchmarking Robots", "{LIBERO}: Benchmarking Robots"),
        ("Image BERT Pre-Training with iBOT", "Image {BERT} Pre-Training with {iBOT}"),
        ("Q-learning and A Survey of GPT-4", "{Q-learning} and A Survey of {GPT-4}"),
        ("(MDPs), “LLMs”", "{(MDPs)}, {“LLMs”}"),
        (r"$\pi_{0.5}$ at 100% & a_b #1", r"π_0.5 at 100\% \& a\_b \#1".replace("π_", r"π\_")),
        ("V^* ~ {x} \\foo <y> |z|", r"V\textasciicircum{}* \textasciitilde{} \textbraceleft{}x\textbraceright{}"),
    ],
)
def test_titles_keep_their_capitals_and_their_signs(title: str, written: str):
    """Words with capitals inside stand in braces; every special character is one LaTeX prints."""
    assert f"title = {{{written}" in bibtex([paper(title)])


def test_a_brace_in_a_title_never_unbalances_the_file():
    """BibTeX counts escaped braces too, so none of the text's own are left."""
    (first, second) = entries(bibtex([paper("Open { and } and {{"), paper("Next")]))
    assert spoken(first.fields["title"]) == "Open { and } and {{"
    assert second.fields["title"] == "Next"


@pytest.mark.parametrize(
    ("authors", "people"),
    [
        (("Bo Liu",), ["Liu, Bo"]),
        (("Liu, Bo",), ["Liu, Bo"]),
        (("Research and Development",), ["{Research and Development}"]),
        (("AND", "Bo Liu"), ["{AND}", "Liu, Bo"]),
        (("others",), ["{others}"]),
        (("a, b, c, d, e",), ["{a, b, c, d, e}"]),
        ((", ,",), ["{, ,}"]),
        (("名前",), ["名前"]),
    ],
)
def test_each_author_stays_one_person(authors: tuple[str, ...], people: list[str]):
    """Names that BibTeX would split, or read as "and others", are kept together."""
    (entry,) = entries(bibtex([paper("A title", authors=authors)]))
    assert [str(person) for person in entry.persons["author"]] == people


def test_an_organisation_stands_in_for_authors_nobody_named():
    """As one name, however it is written."""
    qwen = Organization(handle="q", name="Qwen and Friends, Inc.")
    (entry,) = entries(bibtex([paper("A title", organization=qwen)]))
    assert [str(person) for person in entry.persons["author"]] == ["{Qwen and Friends, Inc.}"]
    assert "author" not in bibtex([paper("A title", author_count=7)])


@pytest.mark.parametrize(
    ("identifier", "fields"),
    [
        (Identifier("arxiv", "hep-th/9901001"), {"eprint": "hep-th/9901001", "primaryClass": "hep-th"}),
        (Identifier("arxiv", "math.AG/0309136"), {"eprint": "math.AG/0309136", "primaryClass": "math.AG"}),
        (Identifier("hf", "2306.03310"), {"eprint": "2306.03310", "archivePrefix": "arXiv"}),
        (Identifier("doi", "10.1145/3442188.3445922"), {"doi": "10.1145/3442188.3445922"}),
        (Identifier("openreview", "aBcD_12-34"), {"url": "https://openreview.net/forum?id=aBcD_12-34"}),
    ],
)
def test_each_identifier_goes_where_it_belongs(identifier: Identifier, fields: dict[str, str]):
    """Ids are not escaped, for LaTeX reads them as they stand."""
    (entry,) = entries(bibtex([paper("A title", identifiers=(identifier,))]))
    assert {name: entry.fields[name] for name in fields} == fields
    assert entry.type == ("article" if identifier.scheme == "doi" else "misc")


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"authors": ("Bo Liu",), "published_on": date(2023, 6, 5)}, "liu2023atlas"),
        ({"authors": ("Liu, Bo",)}, "liuatlas"),
        ({"authors": ("Zoë Ångström",), "published_on": DAY}, "angstrom2025atlas"),
        ({"authors": ("Søren Æbelø",)}, "aebeloatlas"),
        ({"organization": Organization(handle="q", name="Qwen Team"), "published_on": DAY}, "qwenteam2025atlas"),
        ({"authors": ("名前",), "published_on": DAY}, "atlas2025"),
        ({"authors": ("3M",)}, "paper3matlas"),
        ({"title": "The Art of Maps"}, "art"),
        ({"title": "Of the"}, "of"),
        ({"title": "名前", "id": 12}, "paper12"),
        ({"title": "2048", "published_on": DAY}, "paper20482025"),
    ],
)
def test_keys_are_made_of_author_year_and_the_first_telling_word(fields: dict[str, object], key: str):
    """In small plain letters, whatever the script; never empty."""
    assert keys_of([replace(paper("ATLAS: Maps"), **fields)]) == [key]


def test_equal_keys_get_letters():
    """Also where a letter makes another paper's own key."""
    same = paper("ATLAS", authors=("Bo Liu",))
    assert keys_of([same] * 3 + [replace(same, title="ATLASa")]) == ["liuatlas", "liuatlasa", "liuatlasb", "liuatlasaa"]
    assert len(set(keys_of([same] * 1_000))) == 1_000


def test_a_paper_as_ris():
    """Type, title, people family first, day, words and links, in lines of a tag each."""
    assert ris([LIBERO]).split("\r\n") == [
        "TY  - JOUR",
        "TI  - LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning",
        "AU  - Liu, Bo",
        "AU  - Zhu, Yifeng",
        "AU  - Ångström, Zoë",
        "PY  - 2023",
        "DA  - 2023/06/05",
        "JO  - arXiv preprint arXiv:2306.03310",
        "AB  - 50% of tasks & more.",
        "KW  - robots",
        "KW  - cs.LG",
        "UR  - https://arxiv.org/abs/2306.03310",
        "L1  - https://arxiv.org/pdf/2306.03310",
        "ER  - ",
        "",
    ]


def test_ris_of_a_paper_of_which_little_is_known():
    """What is not known is left out; an organisation is an author."""
    (record,) = ris_records(ris([paper("A title", organization=Organization(handle="q", name="Qwen Team"))]))
    assert record == [("TY", "GEN"), ("TI", "A title"), ("AU", "Qwen Team"), ("ER", "")]
    (dois,) = ris_records(ris([paper("A title", identifiers=(Identifier("doi", "10.1145/1"),))]))
    assert [one for one in dois if one[0] in ("TY", "DO", "UR")] == [
        ("TY", "JOUR"),
        ("DO", "10.1145/1"),
        ("UR", "https://doi.org/10.1145/1"),
    ]


def test_a_title_cannot_write_another_ris_record():
    """A line break in a title is a space."""
    (record,) = ris_records(ris([paper("A\r\nER  - \r\nTY  - BOOK\nTI  - B")]))
    assert dict(record)["TI"] == "A ER - TY - BOOK TI - B"


def test_a_paper_as_csv():
    """A head and a line, every cell quoted, unknown empty."""
    text = table([LIBERO])
    (row,) = csv.DictReader(StringIO(text, newline=""), strict=True)
    assert row["id"] == "arxiv:2306.03310"
    assert (row["authors"], row["author_count"]) == ("Bo Liu; Yifeng Zhu; Zoë Ångström", "9")
    assert (row["published_on"], row["upvotes"], row["github_stars"]) == ("2023-06-05", "41", "")
    assert all(line.startswith('"') and line.endswith('"') for line in text.split("\r\n")[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("https://evil.example","x")',
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1",
        "-survey",
        " =1",
        "\u200b=1",
    ],
)
def test_no_cell_is_a_formula(text: str):
    """Whatever a title begins with, a spreadsheet shows it and runs nothing."""
    (row,) = csv.DictReader(
        StringIO(table([paper(text, abstract=text, authors=(text,), keywords=(text,), tldr=text)]), newline="")
    )
    for column in ("title", "abstract", "authors", "keywords", "tldr"):
        assert row[column].startswith("'"), (column, row[column])


def test_a_cell_that_is_no_formula_stays_as_it_is():
    """Nothing is put before plain words."""
    assert [cell(value) for value in ("a=b", "x-y", 7, None, "'q", "é")] == ["a=b", "x-y", "7", "", "'q", "é"]


def test_a_paper_as_json():
    """Everything that is stored, as typed, with ISO dates and null for unknown."""
    (one,) = json.loads(records([replace(LIBERO, title=r"$\pi_0$")]))["papers"]
    assert (one["title"], one["published_on"], one["tldr"]) == (r"$\pi_0$", "2023-06-05", None)
    assert one["identifiers"] == ["arxiv:2306.03310", "hf:2306.03310"]
    assert one["metrics"] == {"upvotes": 41, "comments": 3, "github_stars": None, "as_of": "2025-12-08"}


@settings(max_examples=150, deadline=None)
@given(lists)
def test_bibtex_of_any_papers_says_what_they_say(some: list[Paper]):
    """No title, name or abstract breaks out of its field, is lost, or becomes another entry."""
    read = entries(bibtex(some))
    assert len(read) == len(some)
    for entry, one in zip(read, some, strict=True):
        assert spoken(entry.fields["title"]) == title_of(one)
        assert spoken(entry.fields.get("abstract", "")) == abstract_of(one)
        assert len(entry.persons.get("author", ())) == people_of(one)
        assert re.fullmatch("[a-z][a-z0-9]*", entry.key)


@settings(max_examples=150, deadline=None)
@given(lists)
def test_ris_of_any_papers_has_a_record_each(some: list[Paper]):
    """Every line is a tag of ours, and the title is the paper's."""
    read = ris_records(ris(some))
    assert [dict(record)["TI"] for record in read] == [title_of(one) for one in some]
    for record, one in zip(read, some, strict=True):
        assert [tag for tag, _ in record].count("AU") in (len(authors_of(one)), 1)


@settings(max_examples=150, deadline=None)
@given(lists)
def test_csv_of_any_papers_has_a_line_each_and_no_formula(some: list[Paper]):
    """Read strictly, every cell is in its column and none begins as a formula does."""
    rows = list(csv.reader(StringIO(table(some), newline=""), strict=True))
    assert rows[0] == list(COLUMNS)
    assert [len(row) for row in rows] == [len(COLUMNS)] * (len(some) + 1)
    for row, one in zip(rows[1:], some, strict=True):
        assert row[1].removeprefix("'") == title_of(one).removeprefix("'")
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for value in row)


@settings(max_examples=150, deadline=None)
@given(lists)
def test_every_file_of_any_papers_can_be_sent(some: list[Paper]):
    """It is UTF-8, holds no control characters but line ends, and JSON has a record each."""
    for written in FORMATS.values():
        file = papers_file(some, "papers-x", written)
        assert file.text.encode()
        assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", file.text)
        assert file.name == f"papers-x.{written.ending}"
    assert len(json.loads(records(some))["papers"]) == len(some)
