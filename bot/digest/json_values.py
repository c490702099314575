"""The records of a JSON document, one at a time with their lines: a list, an object that holds a list, or JSON lines.

A document that breaks off gives the records before the break. Knows nothing of papers.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from bot.digest.format import MOST_STRANGE

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_BETWEEN = re.compile(r"[\s,]*")
_BROKEN = "the JSON breaks off or is broken here"
_STRANGE = f"more than {MOST_STRANGE:,} records of this list say nothing or are no objects"


@dataclass(slots=True)
class Values:
    """Records with the line (from 1) each begins on; what stood `around` a list; where and why reading stopped, if it did.

    `skipped` are lines of JSON lines that could not be read.
    """

    values: list[tuple[int, object]] = field(default_factory=list)
    around: dict[str, object] = field(default_factory=dict)
    broken: tuple[int, str] | None = None
    skipped: list[tuple[int, str]] = field(default_factory=list)


def read(text: str, lists: Collection[str]) -> Values:
    """Read a document whose records stand in a list, or under one of the keys `lists` of an object; else it is one record."""
    found = Values()
    at = _space(text, 0)
    if text.startswith("[", at):
        at = _read_list(text, at, found)
    elif text.startswith("{", at):
        at = _read_object(text, at, lists, found)
    at = _space(text, at)
    if at < len(text) and found.broken is None:
        found.broken = (text.count("\n", 0, at) + 1, "the JSON has ended above")
    return found


def read_lines(text: str) -> Values:
    """Read JSON lines. A line that is no JSON is `skipped`, and the rest is read."""
    found = Values()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.values.append((number, json.loads(line)))
        except (ValueError, RecursionError):
            found.skipped.append((number, line[:400]))
    return found


def _read_list(text: str, at: int, found: Values) -> int:
    """Read the list that begins at `at`; returns where it ends."""
    line, counted = text.count("\n", 0, at) + 1, at
    at += 1
    strange = 0
    while True:
        at = _space(text, at, _BETWEEN)
        line, counted = line + text.count("\n", counted, at), at
        if text.startswith("]", at):
            return at + 1
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            found.broken = (line, _BROKEN)
            return len(text)
        found.values.append((line, value))
        at = end
        strange += not (isinstance(value, dict) and value)
        if strange > MOST_STRANGE:
            found.broken = (line, _STRANGE)
            return len(text)


def _read_object(text: str, at: int, lists: Collection[str], found: Values) -> int:
    """Read the object that begins at `at`; returns where it ends."""
    begun = at
    at = _space(text, at + 1, _BETWEEN)
    while at < len(text) and not text.startswith("}", at):
        try:
            key, end = _DECODER.raw_decode(text, at)
            at = _space(text, end)
            if not isinstance(key, str) or not text.startswith(":", at):
                raise ValueError(key)
            at = _space(text, at + 1)
            if key.lower() in lists and text.startswith("[", at) and not found.values:
                at = _read_list(text, at, found)
            else:
                found.around[key], at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            found.broken = (text.count("\n", 0, at) + 1, _BROKEN)
            return len(text)
        at = _space(text, at, _BETWEEN)
    if at >= len(text) and found.broken is None:
        found.broken = (text.count("\n") + 1, _BROKEN)
    if not found.values and found.around and not any(isinstance(found.around.get(key), list) for key in lists):
        found.values.append((text.count("\n", 0, begun) + 1, found.around))
    return at + 1


def _space(text: str, at: int, pattern: re.Pattern[str] = _SPACE) -> int:
    return pattern.match(text, at).end()  # type: ignore[union-attr] # the patterns match the empty string
