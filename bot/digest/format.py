"""What a digest format is. One format is one file in this folder: how to recognise a document and how to read it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.model import Digest, Entry, ParseIssue

EXCERPT_CHARS = 80
TITLE_CHARS = 1_000
ABSTRACT_CHARS = 50_000
MOST_STRANGE = 1_000
"""How many records of a JSON document may be no papers at all before it is read no further."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as text with `\\n` line ends. `as_of` is the day of import; `name` the file's name, "" if it has none."""

    text: str
    name: str
    as_of: date
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One digest format. `parse` never raises on bad records: they become issues of the digest."""

    name: str
    recognises: Callable[[str], bool]
    parse: Callable[[Document], Digest]


def issue(line: int, message: str, text: str) -> ParseIssue:
    """An issue whose excerpt is the beginning of `text`, on one line."""
    return ParseIssue(line=line, message=message, excerpt=one_line(text[: EXCERPT_CHARS * 4])[:EXCERPT_CHARS])


def only_a_link(entry: Entry) -> ParseIssue:
    """The issue with a link to a paper that has no title beside it."""
    return issue(entry.line, "only a link; put its title beside it", ", ".join(map(str, entry.identifiers)))


def all_issues(digest: Digest) -> tuple[ParseIssue, ...]:
    """What could not be read, links without a title among it, in the document's order."""
    return tuple(sorted((*digest.issues, *map(only_a_link, digest.bare)), key=lambda one: one.line))


def one_line(text: str) -> str:
    """The text on one line. What a JSON escape can say and no database can hold, NUL or half a surrogate pair, becomes U+FFFD."""
    if text.isprintable() and "  " not in text:  # nearly always, and twenty times as fast
        return text.strip()
    text = " ".join(text.split())
    return text if text.isprintable() else _UNSTORABLE.sub("\ufffd", text)
