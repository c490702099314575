"""BibTeX and RIS, as reference managers and publishers write them."""

import logging
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import parse_digest
from bot.digest.days import month_day, read_day
from bot.digest.tex import accents, plain
from bot.errors import DigestError
from bot.model import Digest

DAY = date(2026, 11, 24)
BIB = r"""% Encoding: UTF-8
@string{conf = "Proc. of {Robots}"}
@preamble{"\newcommand{\x}{y}"}

@article{one,
  title = {The {LIBERO} Benchmark: {\"U}ber $V^*$ \& So --- on},
  author = {M{\"u}ller, J{\"o}rg and {The Big, Bold Team} and Doe, Jr., John and others},
  journal = conf # { 2023},
  year = 2023, month = jun,
  eprint = {2306.03310v2}, archivePrefix = {arXiv}
}
@misc{two, title = "A (round) one", author="Ada Lovelace AND C. Babbage", journal={arXiv preprint arXiv:1803.10122}, year=2018}
@inproceedings{broken, title = {No end, year = 2020,
@inproceedings(three, title = {Next {One}}, url = {https://aclanthology.org/P19-1001/}, month = "5~" # jan, year=2019)
@article{one, title={Same key}, title={and twice}, doi = {https://doi.org/10.1234/A_b}}
@article{none, author={X}}
@proceedings{volume, title={All of them}}
"""
RIS = """TY  - JOUR
TI  - Long
  Robots
AU  - Doe, Jane
AU  - Roe, R.
PY  - 2023///
DO  - 10.1234/Ab
N2  - first
  second
KW  - robots
KW  - life
ER  -

TY  - CONF
AU  - X
ER  - \nTY  - CONF
T1  - Third One
UR  - https://arxiv.org/abs/2306.03310
Y1  - 2023/06/05/
"""


def read(text: str, name: str = "") -> Digest:
    """The digest that a bibliography is."""
    return parse_digest(text.encode(), as_of=DAY, name=name)


def test_each_entry_is_a_paper_or_an_issue_with_its_line():
    """A broken one costs only itself; the same key twice costs nothing; strings and preambles are no papers."""
    digest = read(BIB)
    assert digest.source == "bibtex"
    assert [(one.line, one.title) for one in digest.entries] == [
        (5, "The LIBERO Benchmark: Über $V^*$ & So — on"),
        (12, "A (round) one"),
        (14, "Next One"),
        (15, "Same key"),
    ]
    assert [(one.line, one.message.split(":")[0]) for one in digest.issues] == [
        (13, "a broken entry"),
        (16, "an entry without a title, or with one that is too long"),
        (17, "a whole volume, not a paper"),
    ]


def test_authors_are_written_as_people_write_them():
    """Last names first, juniors, teams in braces, "others"; where names are missing their number is unknown."""
    entries = read(BIB).entries
    assert (entries[0].authors, entries[0].author_count) == (("Jörg Müller", "The Big, Bold Team", "John Doe Jr."), None)
    assert (entries[1].authors, entries[1].author_count) == (("Ada Lovelace", "C. Babbage"), 2)


def test_ids_are_found_wherever_they_hide():
    """An eprint, Google Scholar's journal, a link, a DOI given as one."""
    assert [" ".join(map(str, one.identifiers)) for one in read(BIB).entries] == [
        "arxiv:2306.03310", "arxiv:1803.10122", "acl:P19-1001", "doi:10.1234/a_b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "identifier"),
    [
        ("eprint = {hep-th/9901001}", "arxiv:hep-th/9901001"),
        ("eprint = {arXiv:2306.03310}", "arxiv:2306.03310"),
        ("eprinttype = {pubmed}, eprint = {2306.03310}", ""),
        ("journal = {CoRR}, volume = {abs/2306.03310}", "arxiv:2306.03310"),
        ("note = {arXiv:2306.03310 [cs]}", "arxiv:2306.03310"),
        ("howpublished = {\\url{https://openreview.net/forum?id=abcDEF123}}", "openreview:abcDEF123"),
        ("url = {https://example.org/2306.03310}", ""),
        ("doi = {10.1234/a\\_b}", "doi:10.1234/a_b"),
    ],
)
def test_one_field_can_name_a_paper(fields: str, identifier: str):
    """And a link elsewhere is kept as a link, for it may be a whole conference's."""
    one = read(f"@misc{{k, title = {{Some Title}}, {fields}}}").entries[0]
    assert " ".join(map(str, one.identifiers)) == identifier
    if "example.org" in fields:
        assert one.links.abs == "https://example.org/2306.03310"


def test_days_come_from_dates_years_and_months():
    """A year is its first of January, a month its first day."""
    assert [one.published_on for one in read(BIB).entries] == [date(2023, 6, 1), date(2018, 1, 1), date(2019, 1, 5), None]
    assert read("@misc{k, title={A B}, date={2023-06-05/2023-06-07}}").entries[0].published_on == date(2023, 6, 5)


def test_words_between_entries_are_a_message_and_comments_are_comments():
    """A colleague's line with a link is a paper too."""
    digest = read("Look at this\n% a comment\n" + BIB + "\nWorld Models https://arxiv.org/abs/1803.10123\n")
    assert digest.entries[-1].title == "World Models"
    assert [one.excerpt for one in digest.issues if one.line == 1] == ["Look at this"]


def test_a_broken_entry_is_not_logged(caplog: pytest.LogCaptureFixture):
    """The library would write the document's text into the log."""
    with caplog.at_level(logging.DEBUG):
        read(BIB)
    assert caplog.records == []


def test_ris_records_are_read():
    """Wrapped values, several authors, a record without a title, and one without its end."""
    digest = read(RIS)
    first, last = digest.entries
    assert (digest.source, first.title, first.abstract) == ("ris", "Long Robots", "first second")
    assert (first.authors, first.keywords, first.published_on) == (("Jane Doe", "R. Roe"), ("robots", "life"), date(2023, 1, 1))
    assert (str(first.identifiers[0]), str(last.identifiers[0])) == ("doi:10.1234/ab", "arxiv:2306.03310")
    assert (last.line, last.published_on) == (17, date(2023, 6, 5))
    assert [(one.line, one.message) for one in digest.issues] == [
        (14, "a record with no title"),
        (17, "a record without its end (ER  -)"),
    ]


def test_a_bibliography_without_papers_is_refused_in_words():
    """Its first issue is named."""
    with pytest.raises(DigestError, match="This looks like a BibTeX file, but no paper in it could be read"):
        read("@article{none, author={X}}")


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("M\\\"uller", "Müller"), ("{\\\"o}", "ö"), ("{\\'E}cole", "École"), ("\\'{\\i}", "í"), ("Fran\\c{c}ois", "François"),
        ("\\v Cech", "Čech"), ("Erd\\H{o}s", "Erdős"), ("Micha{\\l}", "Michał"), ("\\O yvind", "Øyvind"), ("Gra{\\ss}", "Graß"),
        ("\\~n", "ñ"), ("a \\times b", "a \\times b"), ("plain", "plain"),
    ],
)  # fmt: skip
def test_tex_accents_become_letters(tex: str, text: str):
    """And what is no accent stays."""
    assert accents(tex) == text


def test_tex_of_a_field_is_read_and_formulas_are_kept():
    """Braces go, but those of a formula and of an unknown command stay."""
    assert (
        plain("{T}he \\emph{big} 50\\% R\\&D ``x'' {\\em now}~$a_{i}$ \\mathcal{O}")
        == "The big 50% R&D “x” now $a_{i}$ \\mathcal{O}"
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-06-05T10:00:00Z", date(2023, 6, 5)),
        ("Sun, 26 Jul 2026 00:00:00 +0000", date(2026, 7, 26)),
        ("Fri, 17 Mar 23 00:31:14 GMT", date(2023, 3, 17)),
        ("June 5th, 2023", date(2023, 6, 5)),
        ("5 June 2023", date(2023, 6, 5)),
        ("2023/06/05/", date(2023, 6, 5)),
        ("Jun 2023", date(2023, 6, 1)),
        ("2023", date(2023, 1, 1)),
        ("2023.0", date(2023, 1, 1)),
        ("20230605", date(2023, 6, 5)),
        ("2023-02-30", None),
        ("12.5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days_are_read_in_any_usual_form(text: str, day: date | None):
    """ISO, mails, people, RIS, spreadsheets."""
    assert read_day(text) == day


def test_a_month_may_be_a_name_or_a_number_and_wrong_ones_leave_the_year():
    """As BibTeX has them."""
    said = [month_day("2023", month) for month in ("jun", "June", "6", "jun~5", "13", "spring", "")]
    assert said == [date(2023, 6, 1)] * 3 + [date(2023, 6, 5)] + [date(2023, 1, 1)] * 3


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\\{}$`'\"~-^cvuHlo asn%&_", max_size=60))
def test_any_tex_is_read_to_text(text: str):
    """Whatever is typed, and formulas with their dollars survive."""
    assert isinstance(plain(text), str)
    assert plain("$" + "x" + "$") == "$x$"
