"""A document becomes a Digest: recognise its format by content, read it. Pure; knows nothing of files or storage.

A new format is one file beside this one and one entry in `FORMATS`, the most specific first.
"""

import hashlib
import re
from datetime import date

from bot.digest import arxiv_mail, bibtex, feed, hf_api, hf_html, hf_mail, hf_page_text, markdown, message, records, ris, table
from bot.digest.columns import has_title
from bot.digest.format import Document, Format
from bot.digest.mail import unwrapped
from bot.errors import DigestError, EmptyDigest
from bot.model import Digest

FORMATS: tuple[Format, ...] = (
    *(hf_api.FORMAT, hf_mail.FORMAT, hf_html.FORMAT, hf_page_text.FORMAT),
    *(arxiv_mail.FORMAT, feed.FORMAT, bibtex.FORMAT, ris.FORMAT, records.FORMAT, table.FORMAT, markdown.FORMAT),
    message.FORMAT,
)
MAX_BYTES = 32_000_000
MANY_LINES = 20_000
LEAST_LINE_CHARS = 8
"""What reading costs grows with the lines. Digests of so many lines have longer ones than this on average."""
_MOST_NAMES = 12
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,60}?encoding\s*=\s*[\"'](iso-8859-1|iso-8859-15|windows-1252)[\"']", re.IGNORECASE)

_KNOWN = (
    "Known forms: a Hugging Face papers page as text or HTML, its daily mail, the answers of its papers API (JSON), "
    "an arXiv mail, an RSS, Atom or JSON feed, BibTeX, RIS, "
    "a table (CSV, TSV, JSON, Markdown) with a column of titles, a Markdown list, "
    "and any text with links to papers and their titles."
)
_BINARY = "This is a binary file, not a digest. " + _KNOWN


def parse_digest(data: bytes, *, as_of: date, name: str = "") -> Digest:
    """Read one document.

    Args:
        data: the document's bytes, UTF-8, at most 32 MB.
        as_of: the day of import; dates without a year are read as seen from it.
        name: the file's name, which may hold the day (`2025-12-08.json`).

    Raises:
        DigestError: it is no digest we know, or holds no paper; the message says what to do.
    """
    text = decode(data)
    if not hf_mail.recognises(text):  # it opens its mail itself: it prefers the HTML
        text = unwrapped(text)
    document = Document(text=text, name=name, as_of=as_of, sha256=hashlib.sha256(data).hexdigest())
    for form in FORMATS:
        if form.recognises(document.text):
            digest = form.parse(document)
            if not digest.entries and not digest.bare:
                raise (DigestError if digest.issues else EmptyDigest)(_no_entries(form, digest))
            return digest
    raise DigestError(_unknown(document.text))


def decode(data: bytes) -> str:
    """The document as text with `\\n` line ends.

    Raises:
        DigestError: it is empty, too large, binary, not UTF-8, or hardly more than line ends.
    """
    if len(data) > MAX_BYTES:
        raise DigestError(
            f"This document is larger than {MAX_BYTES // 1_000_000} MB, so it is no day's digest; nothing was read. "
            "Give one day a file, or JSON lines (.jsonl, .jsonl.gz) to `paperround ingest`, which have no limit."
        )
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else _declared(data) or "utf-8-sig"
    if encoding != "utf-16" and b"\0" in data:
        raise DigestError(_BINARY)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line, name = data.count(b"\n", 0, error.start) + 1, encoding.removesuffix("-sig").upper()
        raise DigestError(f"Line {line} is not valid {name}; nothing was read. Save the file as UTF-8 and try again.") from error
    if encoding == "utf-16" and "\0" in text:
        raise DigestError(_BINARY)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        raise DigestError("This document is empty. " + _KNOWN)
    lines = text.count("\n")
    if lines > MANY_LINES and len(text) < lines * LEAST_LINE_CHARS:
        raise DigestError(
            f"This document has {lines:,} lines of {len(text) // lines} characters on average, so it is no digest; "
            "nothing was read."
        )
    return text


def _declared(data: bytes) -> str:
    """The Latin encoding that an XML document says it has; others are UTF-8 or are refused."""
    found = _XML_ENCODING.match(data[:200])
    return found[1].decode("ascii").lower() if found else ""


def _no_entries(form: Format, digest: Digest) -> str:
    if digest.issues:
        first = digest.issues[0]
        return (
            f"This looks like {form.name}, but no paper in it could be read; nothing was taken in. "
            f"Line {first.line}: {first.message} (“{first.excerpt}”)."
        )
    hint = " Hugging Face lists none at weekends; try another day." if digest.source.startswith("huggingface") else ""
    return f"This looks like {form.name}, but it lists no papers.{hint}"


def _unknown(text: str) -> str:
    start = text.lstrip()[:500].lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) or "<html" in start:
        return (
            "This is a web page (HTML), not a digest we know. Select the page's text, copy it into a file, and give us that. "
            + _KNOWN
        )
    return "This is not a digest we know. " + _KNOWN + _columns(text)


def _columns(text: str) -> str:
    """What the columns of a table without titles are called, for whoever made it."""
    names = table.columns_seen(text) or records.keys_seen(text)
    if not names or has_title(names):
        return ""
    return (
        f" Its columns are {', '.join(names[:_MOST_NAMES])}{' …' if len(names) > _MOST_NAMES else ''}; one must be called title."
    )
