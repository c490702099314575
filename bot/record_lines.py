"""JSON lines as entries: a line that is no paper becomes an issue with its number. Pure; knows nothing of storage."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import orjson

from bot.digest.columns import entry_of, key_of
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, issue, one_line
from bot.errors import SourceError
from bot.identity import read_identifier
from bot.model import Entry, ParseIssue

MAX_RECORD_BYTES = 1_000_000
MAX_ISSUES = 1_000
MAX_ID_CHARS = 2_000
_RECORD_KEYS = frozenset({"id", "title", "abstract", "authors", "date"})


def looks_like_records(first_line: bytes) -> bool:
    """Whether a file that begins with this line is JSON lines."""
    try:
        record = json.loads(first_line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and "title" in record and "paper" not in record


def read_records(lines: Iterable[bytes], issues: list[ParseIssue]) -> Iterator[Entry]:
    """The entries of the lines that are papers; the others become issues, the first `MAX_ISSUES` of them one by one."""
    bad = 0
    number = 0
    numbered = enumerate(lines, start=1)
    while True:
        try:
            number, line = next(numbered)
        except StopIteration:
            break
        except SourceError as error:
            issues.append(issue(number + 1, f"{error}; nothing after it was read", ""))
            break
        if not line.strip():
            continue
        record = _read_record(line, number)
        if isinstance(record, Entry):
            yield record
            continue
        bad += 1
        if len(issues) < MAX_ISSUES:
            issues.append(record)
    if bad > MAX_ISSUES:
        issues.append(issue(number, f"{bad - MAX_ISSUES:,} more lines were not understood", ""))


def _read_record(line: bytes, number: int) -> Entry | ParseIssue:
    try:
        if len(line) > MAX_RECORD_BYTES:
            raise ValueError(f"a line of more than {MAX_RECORD_BYTES:,} bytes")
        # With no escape and no double space in its JSON, no text of it can need more than its ends trimmed.
        is_plain = line.isascii() and b"\\" not in line and b"  " not in line
        return _record_entry(_load_record(line), number, str.strip if is_plain else one_line)
    except (ValueError, TypeError) as error:
        return issue(number, str(error), line[:400].decode("utf-8", "replace"))


def _load_record(line: bytes) -> dict[str, Any]:
    try:
        record = orjson.loads(line)
    except ValueError:
        record = _load_leniently(line)
    if not isinstance(record, dict) or not isinstance(record.get("title"), str) or not record["title"].strip():
        raise ValueError('a record without a "title"')
    return record


def _load_leniently(line: bytes) -> object:
    """What only the slower reader takes: half a surrogate pair, a number past 64 bits."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("not a JSON object") from error


def _record_entry(record: dict[str, Any], number: int, tidy: Callable[[str], str]) -> Entry:
    if not record.keys() <= _RECORD_KEYS:  # columns of another collector's: their links, ids and dates are read as a table's
        return entry_of({key_of(key): value for key, value in reversed(record.items())}, rank=number, line=number)
    title = tidy(record["title"])
    if len(title) > TITLE_CHARS:
        raise ValueError(f"a title of more than {TITLE_CHARS:,} characters")
    authors = record.get("authors") or []
    if not isinstance(authors, list) or not {*map(type, authors)} <= {str}:
        raise ValueError('"authors" must be a list of names')
    abstract = record.get("abstract") or ""
    if not isinstance(abstract, str):
        raise ValueError('"abstract" must be text')  # noqa: TRY004 - one kind of error for all of a record's faults
    identifier = None
    if record.get("id"):
        identifier = read_identifier(tidy(str(record["id"]))[:MAX_ID_CHARS])
        if identifier is None:
            raise ValueError('"id" must be scheme:value, as in arxiv:2306.03310')
    names = tuple(filter(None, map(tidy, authors)))
    return Entry(
        rank=number,
        line=number,
        title=title,
        abstract=tidy(abstract)[:ABSTRACT_CHARS],
        authors=names,
        author_count=len(names) or None,
        published_on=_date(record.get("date")),
        identifiers=(identifier,) if identifier else (),
    )


def _date(value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ValueError('"date" must be YYYY-MM-DD') from error
