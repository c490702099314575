"""Papers as JSON with columns of any usual names: a list of objects, an object that holds such a list, or JSON lines.

`paperround ingest` reads JSON lines of its own form without a limit (`bot/ingest.py`); pasted, or in other names, they are read
here.
"""

import json
import re

from bot.digest.columns import Row, entry_of, has_title, key_of
from bot.digest.days import day_in_name
from bot.digest.format import Document, Format, issue
from bot.digest.json_values import read, read_lines
from bot.model import Digest, Entry, ParseIssue

SOURCE = "table"

_LISTS = frozenset("papers data results items records articles entries documents publications works hits".split())
_BEGINS = re.compile(r"\s*(?:\[\s*\{|\{)")
_KEY = re.compile(r'"([^"\\\n]{1,60})"\s*:')
_HEAD_CHARS = 64_000
_MOST_NAMES = 12


def recognises(text: str) -> bool:
    """Whether it is JSON, and a key of its first records is a title's."""
    return _BEGINS.match(text) is not None and has_title(keys_seen(text))


def keys_seen(text: str) -> list[str]:
    """The keys of the first records of a JSON document, each once, or nothing if it is none."""
    if _BEGINS.match(text) is None:
        return []
    return list(dict.fromkeys(found[1] for found in _KEY.finditer(text, 0, _HEAD_CHARS)))


def parse(document: Document) -> Digest:
    """Read the records. One that is no object or has no title is an issue with its line."""
    text = document.text
    found = read_lines(text) if _is_lines(text) else read(text, _LISTS)
    entries: list[Entry] = []
    issues = [issue(line, "not a JSON object", excerpt) for line, excerpt in found.skipped]
    for line, value in found.values:
        one = _entry(value, len(entries) + 1, line)
        if isinstance(one, ParseIssue):
            issues.append(one)
        else:
            entries.append(one)
    if found.broken is not None:
        issues.append(issue(found.broken[0], f"{found.broken[1]}; nothing after it was read", ""))
    return Digest(
        source=SOURCE, issued_on=day_in_name(document.name), entries=tuple(entries),
        issues=tuple(sorted(issues, key=lambda one: one.line)), sha256=document.sha256,
    )  # fmt: skip


def _is_lines(text: str) -> bool:
    """Whether it is JSON lines: its first line is a whole record, and another line stands below it."""
    first, _, rest = text.lstrip().partition("\n")
    if not first.rstrip().endswith("}") or not rest.strip():
        return False
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and has_title(value)


def _entry(value: object, rank: int, line: int) -> Entry | ParseIssue:
    if not isinstance(value, dict):
        return issue(line, "a record that is no object", str(value)[:400] if isinstance(value, str) else "")
    row: Row = {key_of(str(key)): one for key, one in reversed(value.items())}  # of two alike, the first
    try:
        return entry_of(row, rank=rank, line=line)
    except ValueError as error:
        names = ", ".join(map(str, list(value)[:_MOST_NAMES]))
        return issue(line, f"a record with {error}" if str(error) == "no title" else str(error), names)


FORMAT = Format(name="a JSON list of papers", recognises=recognises, parse=parse)
