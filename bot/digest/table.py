"""A table of papers as CSV or TSV: any delimiter, quoted cells with line breaks, one header that names a column of titles."""

import csv
import re
from collections.abc import Iterator

from bot.digest.columns import entry_of, has_title, key_of, known_in
from bot.digest.days import day_in_name
from bot.digest.format import Document, Format, issue
from bot.model import Digest, Entry, ParseIssue

SOURCE = "table"

_DELIMITERS = (",", "\t", ";", "|")
_HEADER_CHARS = 4_000
_NAME_CHARS = 60
_MOST_COLUMNS = 500
_SEP = re.compile(r"sep=(.)", re.IGNORECASE)
_MACHINE_MADE = re.compile(r"[\s\ufeff]*[\[{<|@%\\]")


def recognises(text: str) -> bool:
    """Whether its first line names columns, one of them for titles and another that we know."""
    names = columns_seen(text)
    return has_title(names) and known_in(names) >= 2


def columns_seen(text: str) -> list[str]:
    """The names of the columns, if the document begins as a table does; else nothing."""
    if _MACHINE_MADE.match(text):
        return []
    _, header = _first_line(text[: _HEADER_CHARS * 2])
    return _header(header)[1]


def parse(document: Document) -> Digest:
    """Read the rows. One without a title, or with more cells than the header has names, is an issue with its line."""
    lines = document.text.split("\n")
    at, header = _first_line(document.text)
    delimiter, names = _header(header)
    keys = [key_of(name) for name in names]
    entries: list[Entry] = []
    issues: list[ParseIssue] = []
    for line, row in _rows(lines, at, delimiter, len(names)):
        excerpt = lines[line - 1]
        if row is None:
            issues.append(issue(line, "a row whose quotes do not close", excerpt))
            continue
        cells = {key: cell for key, cell in reversed([*zip(keys, row, strict=False)]) if cell and not cell.isspace()}
        if any(cell.strip() for cell in row[len(keys) :]):
            issues.append(issue(line, f"a row of {len(row)} cells where the header names {len(keys)} columns", excerpt))
            continue
        if not cells:
            continue
        try:
            entries.append(entry_of(cells, rank=len(entries) + 1, line=line))
        except ValueError as error:
            issues.append(issue(line, f"a row with {error}" if str(error) == "no title" else str(error), excerpt))
    return Digest(
        source=SOURCE, issued_on=day_in_name(document.name),
        entries=tuple(entries), issues=tuple(issues), sha256=document.sha256,
    )  # fmt: skip


def _first_line(text: str) -> tuple[int, str]:
    """The number of the header's line (from 1) and the line; a line `sep=;`, which Excel writes, is passed over."""
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not _SEP.fullmatch(line.strip()):
            return number, line
    return number, ""


def _header(line: str) -> tuple[str, list[str]]:
    """The delimiter that gives the most columns we know, and the columns; none where the line is prose."""
    best: tuple[int, int, str, list[str]] = (0, 0, ",", [])
    if len(line) > _HEADER_CHARS:
        return ",", []
    for delimiter in _DELIMITERS:
        try:
            names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            continue
        while names and not names[-1]:
            names.pop()
        if 2 <= len(names) <= _MOST_COLUMNS and all(len(name) <= _NAME_CHARS for name in names):
            best = max(best, (known_in(names), len(names), delimiter, names), key=lambda one: one[:2])
    return best[2], best[3]


def _rows(lines: list[str], after: int, delimiter: str, columns: int) -> Iterator[tuple[int, list[str] | None]]:
    """Each row with its line; `None` for a line whose quote never closes, after which the next line is read anew."""
    at = after
    while at < len(lines):
        reader = csv.reader(_from(lines, at), delimiter=delimiter, strict=True)
        begun = at
        try:
            for row in reader:
                yield begun + 1, row
                begun = at + reader.line_num
            at = len(lines)
        except csv.Error:
            yield begun + 1, _sloppy(lines[begun], delimiter, columns)
            at = begun + 1


def _from(lines: list[str], at: int) -> Iterator[str]:
    for number in range(at, len(lines)):
        yield lines[number] + "\n"


def _sloppy(line: str, delimiter: str, columns: int) -> list[str] | None:
    """A row on one line that quotes within quotes, `"the "best" one"`, if it has as many cells as there are columns."""
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return None
    return row if len(row) == columns else None


FORMAT = Format(name="a table (CSV or TSV)", recognises=recognises, parse=parse)
