"""RIS, as libraries, publishers and reference managers export it: `TY  - JOUR` begins a record, `ER  -` ends it.

The tags: https://en.wikipedia.org/wiki/RIS_(file_format). What stands between records is read as a message. Where a paper is
published stands under tags that mean something else in another type of record (`T2` of a book is its series); what they mean is
as Zotero reads and writes them: https://github.com/zotero/translators/blob/master/RIS.js.
"""

import re
from collections.abc import Iterator

from bot.digest.columns import Row, entry_of
from bot.digest.days import day_in_name
from bot.digest.format import Document, Format, issue
from bot.digest.message import beside
from bot.digest.venues import published_in
from bot.model import Digest, Entry, ParseIssue

SOURCE = "ris"

_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9])  ?-(?: (?P<value>.*)|\s*)")
_BEGINS = re.compile(r"^\ufeff?TY  ?- ?\w", re.MULTILINE)
_COLUMNS = {
    "TI": "title", "T1": "papertitle", "CT": "documenttitle", "AB": "abstract", "N2": "summary", "AU": "authors", "A1": "authors",
    "DA": "date", "PY": "publicationyear", "Y1": "year", "DO": "doi", "UR": "urls", "L1": "pdf", "L2": "links", "LK": "links",
    "KW": "keywords", "ID": "id", "AN": "externalid", "M3": "externalids",
}  # fmt: skip
_IN_PROCEEDINGS = ("C3", "BT", "T2", "JF", "JO")
_IN_A_JOURNAL = ("T2", "JF", "BT", "JO", "JA", "J1", "J2")
_VENUES = {
    **dict.fromkeys(("CONF", "CPAPER"), _IN_PROCEEDINGS),
    **dict.fromkeys(("JOUR", "EJOUR", "JFULL", "MGZN", "NEWS", "ABST", "INPR", "CHAP", "ECHAP", "GEN"), _IN_A_JOURNAL),
}
"""Which tags name a record's journal or proceedings, the surest first; in other types of records only `JF` and `JO` do."""


def recognises(text: str) -> bool:
    """Whether a line begins a record."""
    return _BEGINS.search(text) is not None


def parse(document: Document) -> Digest:
    """Read the records. One without a title is an issue, and so is one that breaks off, though it is read."""
    entries: list[Entry] = []
    issues: list[ParseIssue] = []
    taken: set[int] = set()
    lines = document.text.split("\n")
    for line, fields, ended in _records(lines, taken):
        try:
            entries.append(entry_of(_row(fields), rank=len(entries) + 1, line=line))
        except ValueError as error:
            issues.append(issue(line, f"a record with {error}" if str(error) == "no title" else str(error), lines[line - 1]))
            continue
        if not ended:
            issues.append(issue(line, "a record without its end (ER  -)", entries[-1].title))
    digest = Digest(
        source=SOURCE, issued_on=day_in_name(document.name),
        entries=tuple(entries), issues=tuple(issues), sha256=document.sha256,
    )  # fmt: skip
    return beside(document, taken, digest)


def _records(lines: list[str], taken: set[int]) -> Iterator[tuple[int, list[tuple[str, list[str]]], bool]]:
    """Each record as its line, its fields in their order (a tag and its lines), and whether its end was there."""
    begun = 0
    fields: list[tuple[str, list[str]]] = []
    for number, line in enumerate(lines, start=1):
        found = _TAG.fullmatch(line.lstrip("\ufeff").rstrip())
        tag = found["tag"] if found else ""
        if tag == "TY":
            if begun:
                yield begun, fields, False
            begun, fields = number, [(tag, [found["value"] or ""] if found else [""])]
        elif tag == "ER" and begun:
            yield begun, fields, True
            begun = 0
        elif not begun:
            continue
        elif found:
            fields.append((tag, [found["value"] or ""]))
        elif fields:
            fields[-1][1].append(line)  # a wrapped value
        taken.add(number)
    if begun:
        yield begun, fields, False


def _row(fields: list[tuple[str, list[str]]]) -> Row:
    row: dict[str, list[str]] = {}
    for tag, values in fields:
        column = _COLUMNS.get(tag)
        if column is not None and (text := " ".join(" ".join(values).split())):
            row.setdefault(column, []).append(text)
    if venue := _venue(fields):
        row["venue"] = [venue]
    return row


def _venue(fields: list[tuple[str, list[str]]]) -> str | None:
    said = {tag: " ".join(values) for tag, values in reversed(fields)}
    named = (published_in(said.get(tag, "")) for tag in _VENUES.get(said["TY"].strip().upper(), ("JF", "JO")))
    return next(filter(None, named), None)


FORMAT = Format(name="a RIS file", recognises=recognises, parse=parse)
