"""arXiv's mails: new papers, cross-lists, replacements, in the shapes of thirty years."""

from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from bot.digest import arxiv_mail, parse_digest
from bot.digest.format import Document
from bot.ingest import ingest_digest
from bot.model import Digest
from bot.origins import Page
from bot.ports import PaperStore
from bot.taking import take_document
from tests.builders import open_papers

RULE = "-" * 78
HEAD = f"""Date: Fri, 17 Mar 23 00:31:14 GMT
Subject: cs daily 2 new + 1 crosses received

{RULE}
Send any comments regarding submissions directly to submitter.
{RULE}
received from  Wed 15 Mar 23 18:00:00 GMT  to  Thu 16 Mar 23 18:00:00 GMT
{RULE}
"""
NEW = r"""\\
arXiv:2303.08867
Date: Wed, 15 Mar 2023 18:34:08 GMT   (243kb,D)

Title: Robots that Learn for
  a Lifetime
Authors: J\"org M\"uller (1 and 2), Fran\c{c}ois Roy and Micha{\l} Kos ((1)
  Univ. of Somewhere, (2) Elsewhere)
Categories: cs.RO cs.LG
Comments: 16 pages, and a figure
Report-no: X-1
MSC-class: 68T40
Journal-ref: J. Robots 1 (2023) 2
DOI: 10.1234/Robots.1
\\
  What a robot learned
yesterday it still knows today.
\\ ( https://arxiv.org/abs/2303.08867 ,  243kb)
"""
CROSS = r"""\\
arXiv:2303.08968 (*cross-listing*)
Date: Wed, 15 Mar 2023 22:37:33 GMT   (1742kb,D)

Title: Markets without Memory
Authors: Ada One
Categories: q-fin.CP cs.LG
\\
  They forget.
\\ ( https://arxiv.org/abs/2303.08968 ,  1742kb)
"""
OLD = r"""\\
Paper: hep-th/9901001
From: someone@example.org
Date: Fri, 1 Jan 1999 10:00:00 GMT   (12kb)

Title: Strings Once More
Author: B. Two
\\
  A string is a string.
\\ ( http://arxiv.org/abs/hep-th/9901001 , 12kb)
"""
REPLACED = r"""\\
arXiv:2011.00552
replaced with revised version Wed, 15 Mar 2023 18:05:58 GMT   (829kb,D)

Title: An Older Paper, Told Anew
Authors: Ada One, Bob Two
Categories: cs.LG
\\ ( https://arxiv.org/abs/2011.00552 ,  829kb)
"""
MAIL = (
    HEAD
    + NEW
    + RULE
    + "\n"
    + OLD
    + "%-" * 39
    + "\n"
    + RULE
    + "\n"
    + CROSS
    + "%%--" * 19
    + "\n"
    + RULE
    + "\n"
    + REPLACED
    + "%%%---" * 13
)


def read(text: str) -> Digest:
    """The digest that a mail is."""
    return parse_digest(text.encode(), as_of=date(2023, 3, 18))


def test_all_sections_are_read_and_nothing_else():
    """New ones, a paper with an old id, a cross-list and a replacement; the mail's own text is no issue."""
    digest = read(MAIL)
    assert (digest.source, digest.issued_on, digest.issues, digest.bare) == ("arxiv:cs", date(2023, 3, 17), (), ())
    assert [(one.rank, str(one.identifiers[0]), one.revised) for one in digest.entries] == [
        (1, "arxiv:2303.08867", False),
        (2, "arxiv:hep-th/9901001", False),
        (3, "arxiv:2303.08968", False),
        (4, "arxiv:2011.00552", True),
    ]


def test_fields_are_unwrapped_and_names_are_unicode():
    """A title and authors over two lines; accents of TeX; places in parentheses are no names."""
    one = read(MAIL).entries[0]
    assert one.title == "Robots that Learn for a Lifetime"
    assert one.authors == ("Jörg Müller", "François Roy", "Michał Kos")
    assert one.abstract == "What a robot learned yesterday it still knows today."
    assert (one.published_on, one.line) == (date(2023, 3, 15), MAIL[: MAIL.index("\\\\\narXiv")].count("\n") + 1)
    assert list(map(str, one.identifiers)) == ["arxiv:2303.08867", "doi:10.1234/robots.1"]


def test_a_replacement_brings_title_and_authors_but_no_day():
    """The day in it is the revision's, and its abstract is not sent."""
    one = read(MAIL).entries[3]
    assert (one.title, one.authors, one.abstract) == ("An Older Paper, Told Anew", ("Ada One", "Bob Two"), "")
    assert one.published_on is None


def test_a_replacement_is_known_without_its_section():
    """A mail cut out of its middle still says which entries are replacements."""
    assert read(REPLACED + NEW).entries[0].revised
    assert not read(REPLACED + NEW).entries[1].revised


def test_what_breaks_off_is_said():
    """A mail that ends within an abstract, and one that ends before a title."""
    cut = read(HEAD + NEW + RULE + "\n" + CROSS[: CROSS.index("forget")])
    assert [one.title for one in cut.entries] == ["Robots that Learn for a Lifetime", "Markets without Memory"]
    assert [one.message for one in cut.issues] == ["an entry that breaks off; its abstract may be cut"]
    headless = read(HEAD + NEW + CROSS[: CROSS.index("Title")])
    assert [(len(headless.entries), one.message) for one in headless.issues] == [(1, "an entry without a title")]


def test_a_colleagues_words_around_a_mail_are_read_as_a_message():
    """A forwarded mail with a link above it and a line below: nothing is lost."""
    digest = read("World Models arXiv:1803.10122\n" + MAIL + "\nEnjoy\nhttps://arxiv.org/abs/2306.03310\n")
    assert len(digest.entries) == 5
    assert digest.entries[0].title == "World Models"
    assert [str(one.identifiers[0]) for one in digest.bare] == ["arxiv:2306.03310"]
    assert [one.excerpt for one in digest.issues] == ["Enjoy"]


def test_windows_line_ends_change_nothing():
    """As mail programs save it."""
    assert read(MAIL.replace("\n", "\r\n")).entries == read(MAIL).entries


@pytest.mark.parametrize("at", range(0, len(MAIL), 61))
def test_a_mail_cut_anywhere_keeps_what_came_before(at: int):
    """Each whole entry before the cut is read, and the cut one is an entry or an issue."""
    digest = arxiv_mail.parse(Document(text=MAIL[:at], name="", as_of=date(2023, 3, 18), sha256=""))
    whole = sum(at >= MAIL.index(end) + len(end) for end in (",  243kb)", ", 12kb)", ",  1742kb)", ",  829kb)"))
    begun = MAIL[:at].count("\\\\\narXiv:2") + MAIL[:at].count("\\\\\nPaper: hep")
    assert len(digest.entries) >= whole
    assert (
        len({*(one.line for one in digest.entries), *(one.line for one in digest.issues)} - {0}) + len(digest.bare) >= begun - 1
    )


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "7bit"])
@pytest.mark.parametrize("with_html", [False, True])
def test_a_saved_mail_is_unwrapped(encoding: str, with_html: bool):
    """However its text was encoded for the way, and whether it came alone or beside HTML, day and archive are known."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "no-reply@arXiv.org", "rabble@arXiv.org"
    mail["Date"], mail["Subject"] = "Fri, 17 Mar 2023 00:31:14 GMT", "cs.RO daily Subj-class mailing ab12 1"
    mail.set_content(MAIL.partition("\n\n")[2], cte=encoding)
    if with_html:
        mail.add_alternative("<p>arXiv</p>", subtype="html")
    digest = read(mail.as_string())
    assert (digest.source, digest.issued_on, digest.issues) == ("arxiv:cs.RO", date(2023, 3, 17), ())
    assert [one.title for one in digest.entries] == [one.title for one in read(MAIL).entries]
    assert digest.entries[0] == read(MAIL).entries[0]._replace(line=digest.entries[0].line)


@pytest.mark.parametrize(
    "head",
    [
        "Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=nothing\n",
        "Content-Transfer-Encoding: base64\nContent-Type: multipart/mixed; boundary=b\n",
        "Content-Transfer-Encoding: base64\nFrom: a@example.org\n",
    ],
)
def test_a_mail_that_cannot_be_unwrapped_is_read_as_it_is(head: str):
    """A broken heading costs nothing below it."""
    assert [one.title for one in read(f"{head}\n{NEW}").entries] == ["Robots that Learn for a Lifetime"]


def test_two_archives_of_one_day_lose_nothing(tmp_path: Path):
    """A paper in the mails of both has a sighting in each, whichever comes first, and once more changes nothing."""
    stat = MAIL.replace("Subject: cs daily", "Subject: stat daily").replace(NEW, "").replace("2011.00552", "2011.00553")
    seen = []
    for number, order in enumerate(([MAIL, stat], [stat, MAIL])):
        with open_papers(tmp_path, name=f"{number}.db") as store:
            for mail in [*order, *order]:
                ingest_digest(mail.encode(), store=store, as_of=date(2023, 3, 18))
            titles = {one.paper.id: one.paper.title for one in store.changed_since(0, store.count())}
            seen.append({(title, one.source, one.rank) for at, title in titles.items() for one in store.sightings(at)})
    assert seen[0] == seen[1]
    assert {one for one in seen[0] if one[0] == "Markets without Memory"} == {
        ("Markets without Memory", "arxiv:cs", 3),
        ("Markets without Memory", "arxiv:stat", 2),
    }
    assert {title for title, *_ in seen[0]} == {one.title for one in read(MAIL).entries if not one.revised}


def test_a_weekends_empty_feed_is_an_empty_day():
    """ArXiv's RSS has no items then: that is nothing new, and no error of the source."""
    rss = b"<?xml version='1.0'?><rss version='2.0'><channel><title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG"
    rss += b"</link><pubDate>Sat, 06 Dec 2025 00:00:00 -0500</pubDate><skipDays><day>Sunday</day></skipDays></channel></rss>"
    page = Page(source_id=1, kind="arxiv", address="cs.LG")
    now = datetime(2025, 12, 6, 12, tzinfo=UTC)
    assert take_document(page, rss, store=cast("PaperStore", None), now=now) == (None, ())
