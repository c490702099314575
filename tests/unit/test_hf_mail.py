"""Hugging Face's daily mail, as a file, as its HTML, and as text."""

from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import hf_mail, parse_digest
from bot.digest.format import Document
from bot.model import Digest
from tests.builders import DAY

PAPERS = [("2306.03310", "LIBERO: Lifelong Robots", 140), ("2511.20347", "Soft Adaptive Policy Optimization", 98)]
TEXT = "Daily papers of 17 Jul 2026\n\n" + "\n".join(
    f"{title} ({votes} ▲)\nhttps://huggingface.co/papers/{number}?utm_source=digest-papers\n" for number, title, votes in PAPERS
)
HTML = "<html><body><h1>Daily papers of 17 Jul 2026</h1>\n" + "\n".join(
    f'<a href="https://huggingface.co/papers/{number}?utm_source=digest-papers&amp;utm_medium=email"><img src="t.png"></a>'
    f'<p><a href="https://huggingface.co/papers/{number}?utm_source=digest-papers">{title} ({votes} <span>▲</span>)</a></p>'
    for number, title, votes in PAPERS
)


def _mail(
    *, html: str = "", text: str = "", subject: str = "Daily papers of 17 Jul 2026", encoding: str = "quoted-printable"
) -> str:
    mail = EmailMessage()
    mail["From"] = "Hugging Face <daily_papers_digest@notifications.huggingface.co>"
    mail["Subject"] = subject
    mail.set_content(text or "Open this mail in a reader that shows HTML.", cte=encoding)
    if html:
        mail.add_alternative(html, subtype="html", cte=encoding)
    return mail.as_string()


def _read(text: str) -> Digest:
    return parse_digest(text.encode(), as_of=DAY)


@pytest.mark.parametrize(
    "text",
    [
        TEXT, HTML, _mail(html=HTML), _mail(text=TEXT), _mail(html=HTML, encoding="base64"), _mail(text=TEXT, encoding="base64"),
    ],
    ids=["text", "html", "mail of html", "mail of text", "base64 html", "base64 text"],
)  # fmt: skip
def test_the_mail_is_read_in_every_form(text: str):
    """Each paper once, with its id and its upvotes, on the day that the mail is of."""
    digest = _read(text)
    assert (digest.source, digest.issued_on) == ("huggingface-mail", date(2026, 7, 17))
    assert [(e.rank, e.title, e.upvotes, e.identifiers[0].value) for e in digest.entries] == [
        (rank, title, votes, number) for rank, (number, title, votes) in enumerate(PAPERS, start=1)
    ]
    assert digest.issues == ()


def test_titles_without_links_are_papers():
    """As the mail is copied as text: a title and its upvotes, and a line that is neither is told."""
    digest = _read("Daily papers of 6 May 2026\nSome greeting\nA Title (2 ▲)\nAnother One (1,204 ▲)\n")
    assert [(e.title, e.upvotes, e.line, e.identifiers) for e in digest.entries] == [
        ("A Title", 2, 3, ()),
        ("Another One", 1204, 4, ()),
    ]
    assert [(issue.line, issue.excerpt) for issue in digest.issues] == [(2, "Some greeting")]


def test_lines_are_those_of_the_file():
    """An entry's line leads to its link."""
    head = (
        "From: a@notifications.huggingface.co\nSubject: Daily papers of 17 Jul 2026\nContent-Type: text/html; charset=utf-8\n\n"
    )
    text = head + HTML
    for entry in _read(text).entries:
        assert entry.identifiers[0].value in text.split("\n")[entry.line - 1]


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from(["utf-8", "x-unknown", "utf-16"]),
    st.sampled_from(["base64", "quoted-printable", "8bit", "?"]),
)
def test_no_mail_crashes(body: str, charset: str, encoding: str):
    """A body that is not what its headers say is read or told."""
    head = (
        f"From: a@notifications.huggingface.co\nSubject: Daily papers of 17 Jul 2026\nContent-Type: text/html; charset={charset}"
    )
    text = f"{head}\nContent-Transfer-Encoding: {encoding}\n\n{body}"
    digest = hf_mail.parse(Document(text=text, name="", as_of=DAY, sha256=""))
    assert digest.issued_on == date(2026, 7, 17)
