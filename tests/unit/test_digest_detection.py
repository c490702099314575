"""Which document is which, and what each bad one is told."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import MAX_BYTES, decode, parse_digest
from bot.errors import DigestError
from tests.builders import DAY, SAMPLE, block, page

FEW = settings(max_examples=150, deadline=None)
API = b'[{"paper": {"id": "2306.03310", "title": "LIBERO"}}]'


def _refusal(data: bytes) -> str:
    with pytest.raises(DigestError) as refused:
        parse_digest(data, as_of=DAY)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (page(block()).encode(), "huggingface-page"),
        (block().encode(), "huggingface-page"),
        (API, "huggingface"),
        (b"\xef\xbb\xbf" + API, "huggingface"),
        (b"\n\n  " + API + b"\n", "huggingface"),
        (API.decode().encode("utf-16"), "huggingface"),
        (page(block()).encode("utf-16"), "huggingface-page"),
        (b"\xff\xfe" + page(block()).encode("utf-16-le"), "huggingface-page"),
        (b"\xfe\xff" + page(block()).encode("utf-16-be"), "huggingface-page"),
    ],
)
def test_a_form_is_known_by_its_content(data: bytes, source: str):
    """Neither the file's name nor its encoding decides what it is."""
    digest = parse_digest(data, as_of=DAY, name="digest.bin")
    assert (digest.source, len(digest.entries), digest.issues) == (source, 1, ())


@pytest.mark.parametrize("data", [b"", b"\n \r\n\t", b"\xef\xbb\xbf", b"\xff\xfe", "\u00a0\u2003".encode()])
def test_an_empty_document_is_said_to_be_empty(data: bytes):
    """Nothing but blanks is nothing."""
    assert _refusal(data).startswith("This document is empty.")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\0\0",
        b"\x7fELF\x02\x01\x01\0",
        page(block()).encode() + b"\0",
        page(block()).encode("utf-32"),
        page(block("NUL \0 here")).encode("utf-16"),
    ],
)
def test_a_binary_file_is_said_to_be_binary(data: bytes):
    """A picture or an archive is no digest, and the message names the forms we know."""
    message = _refusal(data)
    assert message.startswith("This is a binary file, not a digest.")
    assert "Known forms" in message


@pytest.mark.parametrize(
    "start", [b"<!DOCTYPE html>", b"<html lang='en'>", b"\n  <HEAD>", b"<?xml version='1.0'?>\n<html>", b"<body>"]
)
def test_a_web_page_is_told_how_to_copy_its_text(start: bytes):
    """HTML of any site gets the advice that helps."""
    message = _refusal(start + b"<title>Another site</title><p>Nothing of ours</p>")
    assert "web page (HTML)" in message
    assert "Select the page's text" in message


@pytest.mark.parametrize("lines_before", [0, 1, 13, 500])
def test_invalid_utf8_is_told_with_its_line(lines_before: int):
    """A file in another encoding says where it is broken and what to do."""
    message = _refusal(b"good\n" * lines_before + b"caf\xe9 au lait\n" + block().encode())
    line = lines_before + 1
    assert message == f"Line {line} is not valid UTF-8; nothing was read. Save the file as UTF-8 and try again."


def test_broken_utf16_is_not_called_utf8():
    """A file cut in the middle of a character names its own encoding."""
    assert "is not valid UTF-16" in _refusal(page(block()).encode("utf-16")[:-1])


def test_a_document_of_more_than_32_mb_is_refused_unread():
    """The limit holds to the byte, and the message names the way for long lists."""
    assert len(decode(b"x" * MAX_BYTES)) == MAX_BYTES
    message = _refusal(b"x" * (MAX_BYTES + 1))
    assert message.startswith("This document is larger than 32 MB")
    assert "JSON lines" in message


@pytest.mark.parametrize(
    "data",
    [
        b"hello",
        b"{}",
        b'{"error": "not found"}',
        b'[{"error": "not found"}]',
        b'["LIBERO", "MIST"]',
        b"[1, 2]",
        b"[link](https://example.org) to a 'paper'",
        b"id,name\n1,LIBERO\n",
        "·".encode(),
        "A\n·\nnot a date\n".encode(),
        b"%PDF-1.7 without a NUL",
    ],
)
def test_what_is_no_digest_is_said_to_be_none(data: bytes):
    """The message names the forms we know."""
    assert _refusal(data).startswith("This is not a digest we know. Known forms: ")


@pytest.mark.parametrize(("data", "form"), [(b"[]", "API's answer"), (page().encode(), "page as text")])
def test_a_digest_without_papers_is_said_to_list_none(data: bytes, form: str):
    """A quiet day is told from a broken file."""
    message = _refusal(data)
    assert form in message
    assert "lists no papers" in message


def test_a_digest_of_broken_records_names_the_first():
    """Where nothing could be read, the refusal shows the first line that was not."""
    message = _refusal(b'[\n{"paper": {"id": "2306.03310"}}]')
    assert "no paper in it could be read; nothing was taken in. Line 2: a paper without a title" in message


def test_every_refusal_has_the_exit_code_of_a_digest():
    """Scripts tell a bad document from bad usage."""
    assert DigestError("x").exit_code == 3


def test_the_bundled_sample_is_a_digest_without_issues():
    """What `paperround try` shows is read without a word."""
    digest = parse_digest(SAMPLE.read_bytes(), as_of=DAY)
    assert (len(digest.entries), digest.issues, digest.issued_on) == (40, (), date(2025, 12, 8))


FRAGMENTS = st.sampled_from(
    ("·", "\n", "Dec 8", "Feb 29", "Sep 2 4", " authors", "17", ",", "[", "]", "{", "}", '"paper":', "'paper':", '"title": "x"',
     "\\", "null", "1e999", "-", "é", "🤗", "ſep 2", "٣", "Daily Papers", "byAK and the research community", "<html", "x" * 201)
)  # fmt: skip


def _read_or_refused(data: bytes, as_of: date = DAY) -> bool:
    """Whether papers came out, or a refusal in words; anything else raises."""
    try:
        return bool(parse_digest(data, as_of=as_of).entries)
    except DigestError as refused:
        return bool(str(refused))


@FEW
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_digest_error(data: bytes):
    """Any bytes at all are read or refused in words."""
    assert _read_or_refused(data)


@FEW
@given(st.text(max_size=300))
def test_no_text_raises_anything_but_a_digest_error(text: str):
    """Any text at all is read or refused in words, with a header that makes it look like a page or without."""
    assert _read_or_refused(text.encode("utf-8", "replace"))
    assert _read_or_refused(page(block(), text).encode("utf-8", "replace"))


@FEW
@given(st.lists(FRAGMENTS, max_size=40), st.dates())
def test_no_scraps_of_digests_raise_anything_but_a_digest_error(scraps: list[str], as_of: date):
    """Pieces of both forms in any order, imported on any day."""
    joined = "".join(scraps)
    for text in (joined, "\n".join(scraps), page("\n".join(scraps), dated=joined[:12]), "[" + joined):
        assert _read_or_refused(text.encode(), as_of)


@FEW
@given(st.integers(0, 1_000), st.binary(min_size=1, max_size=4))
def test_a_damaged_digest_is_read_or_refused(at: int, damage: bytes):
    """A few bytes changed anywhere in a good file never crash."""
    for data in (page(block(), block("Other")).encode(), API * 3):
        place = at % len(data)
        assert _read_or_refused(data[:place] + damage + data[place + len(damage) :])


def test_a_flood_of_line_ends_is_no_digest():
    """What reading costs grows with the lines; a page of many long ones is read."""
    with pytest.raises(DigestError, match="lines of 2 characters on average"):
        parse_digest(page(block()).encode() + b"a\n" * 60_001, as_of=DAY)


@pytest.mark.parametrize("text", ["[]", "[\n]", "[\n  ]\n", "{}"])
def test_an_empty_answer_is_refused_in_words(text: str):
    """However the API indents it: as on a weekend."""
    with pytest.raises(DigestError):
        parse_digest(text.encode(), as_of=DAY)
