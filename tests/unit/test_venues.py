"""Where a paper is published, told from references and remarks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.digest import parse_digest
from bot.digest.venues import VENUE_CHARS, published_in, told_by_remark
from bot.export.bibtex import bibtex
from bot.export.records import records
from bot.export.ris import ris
from bot.export.table import table
from bot.model import Identifier, Paper
from bot.views.paper import paper_card
from tests.builders import DAY, paper
from tests.wire.enrich_room import Known, atom


@pytest.mark.parametrize(
    ("remark", "venue"),
    [
        ("Accepted at NeurIPS 2025", "NeurIPS 2025"),
        ("Accepted to CVPR 2025. Project page: https://x.example", "CVPR 2025"),
        ("20 pages; accepted as an oral at ICLR 2025", "ICLR 2025"),
        ("ICML 2025, 20 pages", "ICML 2025"),
        ("12 pages, EMNLP 2025 main", "EMNLP 2025"),
        ("ACL'25 Findings", "ACL'25"),
        ("To appear in Proceedings of the 41st ICML", "Proceedings of the 41st ICML"),
        ("Accepted by IEEE Transactions on Robotics (T-RO); 12 pages", "IEEE Transactions on Robotics"),
        ("Accepted for publication in Nature", "Nature"),
    ],
)
def test_a_remark_that_says_so_tells_the_venue(remark: str, venue: str):
    """Without what else it says."""
    assert told_by_remark(remark) == venue


@pytest.mark.parametrize(
    "remark",
    [
        "", "20 pages, 5 figures", "Submitted to NeurIPS 2025", "Under review at ICLR 2026", "Not accepted at ICLR 2024",
        "Not yet published in Nature", "Technical report", "accepted to it", "Published at arXiv", "Accepted at " + "X" * 500,
        "accepted " * 900,
    ],
)  # fmt: skip
def test_a_remark_that_does_not_tells_none(remark: str):
    """A guess would stand on the card as a fact."""
    assert told_by_remark(remark) is None


def test_a_preprint_is_no_venue():
    """As Google Scholar and DBLP write it; a long reference is cut."""
    assert [published_in(text) for text in ("arXiv preprint arXiv:2506.00001", "CoRR", "", " \n ")] == [None] * 4
    assert published_in("Phys. Rev. D 76,\n 013009 (2007)") == "Phys. Rev. D 76, 013009 (2007)"
    assert len(published_in("J" * 9_000) or "") == VENUE_CHARS


def test_digests_that_name_it_are_read():
    """ArXiv's reference before its remark; BibTeX's proceedings and journals."""
    both = "<arxiv:journal_ref>Nature 1 (2025)</arxiv:journal_ref><arxiv:comment>Accepted at ICML 2025</arxiv:comment>"
    known = [Known("2506.00001", "A"), Known("2506.00002", "B", atom=both)]
    found = parse_digest(atom(*known).encode(), as_of=date(2025, 12, 8))
    assert [one.venue for one in found.entries] == [None, "Nature 1 (2025)"]
    references = "@inproceedings{a, title={A}, booktitle={ICML \\& Friends}}\n@article{b, title={B}, journal={CoRR}}\n"
    assert [one.venue for one in parse_digest(references.encode(), as_of=DAY).entries] == ["ICML & Friends", None]


def test_the_card_and_every_export_say_it():
    """One small line; hostile words stay words; a paper without one says nothing of it."""
    one = paper("A Paper", arxiv="2506.00001", venue="ICML 2025} & @everyone")
    said = repr(paper_card(one, today=DAY).elements)
    assert "Published in: ICML 2025} & @everyone" in said
    assert r"note = {ICML 2025\textbraceright{} \& @everyone}" in bibtex([one])
    assert "JO  - ICML 2025} & @everyone\r\n" in ris([one])
    assert '"venue": "ICML 2025} & @everyone"' in records([one])
    assert '"ICML 2025} & @everyone"' in table([one])
    assert "Published in" not in repr(paper_card(paper("A Paper"), today=DAY).elements)
    article = paper("A Paper", identifiers=(Identifier("doi", "10.1234/x"),), venue="Nature")
    assert "@article{" in bibtex([article])
    assert "journal = {Nature}" in bibtex([article])


@pytest.mark.parametrize(
    ("tags", "venue"),
    [
        ("TY  - JOUR|T2  - Nature Physics|JO  - Nat. Phys.", "Nature Physics"),
        ("TY  - JOUR|JO  - Nat. Phys.|JF  - Nature Physics", "Nature Physics"),
        ("TY  - JOUR|JA  - Nat. Phys.", "Nat. Phys."),
        ("TY  - JOUR|T2  - Journal of Machine\n  Learning Research", "Journal of Machine Learning Research"),
        ("TY  - CONF|T2  - ICML 2025|C3  - Proceedings of ICML|T3  - PMLR", "Proceedings of ICML"),
        ("TY  - CPAPER|BT  - Proceedings of ICML", "Proceedings of ICML"),
        ("TY  - CONF|JO  - ICML 2025", "ICML 2025"),
        ("TY  - conf|T2  - ICML 2025", "ICML 2025"),
        ("TY  - CHAP|T2  - A Book of Robots", "A Book of Robots"),
        ("TY  - BOOK|T2  - A Series of Books|BT  - The Book", None),
        ("TY  - THES|T2  - A Department", None),
        ("TY  - JOUR|JO  - arXiv preprint arXiv:2506.00001", None),
        ("TY  - JOUR|T2  - arXiv|JO  - ICML 2025", "ICML 2025"),
        ("TY  - JOUR|T2  -|C3  - Not for journals", None),
        ("TY  - ", None),
    ],
)
def test_ris_names_it_as_its_type_of_record_does(tags: str, venue: str | None):
    """A journal, proceedings or a book of papers; never a series or a preprint's."""
    first = "TY  - GEN\nTI  - Another\nER  -\n"
    digest = parse_digest(f"{first}{tags.replace('|', chr(10))}\nTI  - A Paper\nER  - \n".encode(), as_of=DAY)
    assert [(one.title, one.venue) for one in digest.entries] == [("Another", None), ("A Paper", venue)]


@pytest.mark.parametrize("column", ["venue", "Journal", "Publication Title", "booktitle", "Conference Name"])
def test_a_table_may_have_a_column_for_it(column: str):
    """As Zotero, Scopus, Semantic Scholar and we name it."""
    csv = f'title,url,{column}\n"A Paper",https://a.example,"ICML, 2025"\n"B Paper",https://b.example,CoRR\n'
    assert [one.venue for one in parse_digest(csv.encode(), as_of=DAY).entries] == ["ICML, 2025", None]


@pytest.mark.parametrize("write", [bibtex, ris, table])
@pytest.mark.parametrize("named", [{"arxiv": "2506.00001"}, {"identifiers": (Identifier("doi", "10.1234/x"),)}])
def test_what_is_exported_is_read_again(write: Callable[[list[Paper]], str], named: dict[str, Any]):
    """Of a paper of arXiv's as of one with a DOI."""
    one = paper("A Paper", venue="NeurIPS 2025", **named)
    (read,) = parse_digest(write([one]).encode(), as_of=DAY).entries
    assert (read.title, read.venue, read.identifiers) == ("A Paper", "NeurIPS 2025", one.identifiers[:1])
    (read,) = parse_digest(write([replace(one, venue=None)]).encode(), as_of=DAY).entries
    assert read.venue is None


def test_a_note_of_bibtex_is_read_as_a_remark():
    """Only where it says that the paper was taken; a journal comes before it, and biblatex names that otherwise."""
    texts = [
        "@misc{a, title={A}, note={Accepted at ICML 2025}}",
        "@misc{b, title={B}, note={12 pages, 5 figures}}",
        "@article{c, title={C}, journaltitle={Nature}, note={Accepted at ICML 2025}}",
        "@article{d, title={D}, journal={arXiv preprint arXiv:2506.00001}, note={Accepted at ICML 2025}}",
    ]
    venues = [one.venue for one in parse_digest("\n".join(texts).encode(), as_of=DAY).entries]
    assert venues == ["ICML 2025", None, "Nature", "ICML 2025"]
