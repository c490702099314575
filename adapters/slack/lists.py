"""Slack: headlines under one another as a numbered list, whose second lines are set in. Knows no cards, no SDK.

A list of ours is a text whose every line begins with its number and two spaces, one more each time.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from adapters.slack.text import rich_text
from bot.cards import Span, join_spans
from bot.spans import is_blank

_NUMBER = re.compile(r"([1-9][0-9]{0,3})  (?=\S|$)")


class Entry(NamedTuple):
    """A line of a list: its number, and its words without it."""

    number: int
    spans: tuple[Span, ...]


def entries(spans: Sequence[Span]) -> list[Entry]:
    """The entries of tidy spans that are a list of two or more; none where they are not."""
    found: list[Entry] = []
    for line in _lines(spans):
        start = _NUMBER.match(line[0].text) if line and line[0].is_bare else None
        if start is None or (found and int(start[1]) != found[-1].number + 1):
            return []
        first = replace(line[0], text=line[0].text[start.end() :])
        words = tuple(span for span in (first, *line[1:]) if span.text)
        if is_blank(join_spans(words)):
            return []
        found.append(Entry(int(start[1]), words))
    return found if len(found) > 1 else []


def rich_list(listed: Sequence[Entry]) -> dict[str, Any]:
    """A rich_text block without a block_id: the entries in a list that goes on counting from the first one's number."""
    sections = [rich_text(entry.spans)["elements"][0] for entry in listed]
    shown: dict[str, Any] = {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": sections}
    if listed[0].number > 1:
        shown["offset"] = listed[0].number - 1
    return {"type": "rich_text", "elements": [shown]}


def _lines(spans: Sequence[Span]) -> list[list[Span]]:
    """The spans by lines; a link or a moment that runs over several stays whole, in the first of them."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        first, *others = [span.text] if span.url or span.at else span.text.split("\n")
        lines[-1].append(replace(span, text=first))
        lines += [[replace(span, text=text)] for text in others]
    return [[span for span in line if span.text] for line in lines]
