"""Which lines of a copied entry are its title and which its abstract, wherever lines were broken in copying."""

from collections.abc import Sequence
from itertools import pairwise

from bot.digest.page_lines import Lines

_LONG = 200
"""Titles are shorter, abstracts longer: characters of a line, or of the lines between two empty ones."""

_WRAPPED = range(40, 160)
"""How long a line is that was broken because it was full."""


def title_and_abstract(lines: Lines, body: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """Strays, title and abstract of an entry, by their places.

    The title is the line or the paragraph above the first long one; with no long one, the line before the last.
    """
    texts = lines.texts
    if len(body) <= 1:
        return ([], list(body), []) if body and len(texts[body[0]]) <= _LONG * 2 else (list(body), [], [])
    if len(body) == 2:
        return [], [body[0]], [body[1]]
    long_at = next((n for n in range(1, len(body)) if len(texts[body[n]]) > _LONG), None)
    if long_at is None:
        long_at = _long_paragraph(lines, body)
    title_at = len(body) - 2 if long_at is None else long_at - 1
    begins = title_at
    while begins and was_broken(lines, body, begins) and not lines.follows(body[title_at + 1]):
        begins -= 1
    if sum(len(texts[at]) for at in body[begins : title_at + 1]) > 2 * _LONG:
        begins = title_at
    return list(body[:begins]), list(body[begins : title_at + 1]), list(body[title_at + 1 :])


def _long_paragraph(lines: Lines, body: Sequence[int]) -> int | None:
    """Where in the body the first paragraph begins that is long as a whole, or looks wrapped; the first line is never of it."""
    begins = [n for n, at in enumerate(body) if n == 0 or not lines.follows(at)]
    paragraphs = [body[start:stop] for start, stop in pairwise([*begins, len(body)])]
    sizes = [sum(len(lines.texts[at]) + 1 for at in one) for one in paragraphs]
    for start, size in zip(begins[1:], sizes[1:], strict=True):
        if size > _LONG:
            return start
    if sizes[0] > _LONG and len(paragraphs[0]) > 2 and len(lines.texts[body[1]]) in _WRAPPED:
        return 1
    for start, one in zip(begins[1:], paragraphs[1:], strict=True):
        if len(one) > 1 and all(len(lines.texts[at]) in _WRAPPED for at in one[:-1]):
            return start
    return None


def was_broken(lines: Lines, body: Sequence[int], n: int) -> bool:
    """Whether a line of the body only goes on with the one above it."""
    return len(lines.texts[body[n - 1]]) in _WRAPPED and body[n] - body[n - 1] == 1 and lines.follows(body[n])


def abstract_of(lines: Lines, places: Sequence[int]) -> str:
    """The abstract as it was before its lines were broken; its paragraphs keep lines of their own."""
    if not places:
        return ""
    text = lines.texts[places[0]]
    if len(places) == 1:
        return text
    for n in range(1, len(places)):
        line = lines.texts[places[n]]
        if not was_broken(lines, places, n):
            text += "\n" + line
        elif text.endswith("-") and line[:1].islower():
            text += line
        else:
            text += " " + line
    return text
