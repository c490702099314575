"""Where one entry of a copied Daily Papers page ends and the next begins, and which of its lines is the byline."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.digest.page_furniture import number_of
from bot.digest.page_lines import Lines
from bot.digest.page_prose import was_broken
from bot.model import Organization

BYLINE_CHARS = 120
_CARD = re.compile(r"Submitted\s?by", re.IGNORECASE)
_AUTHORS = re.compile(r"[•·*\-]?\s*(\d[\d,]{0,6})\s*authors?", re.IGNORECASE)
_DATE_LIKE = re.compile(r"(?:Published\s*on\s*)?[A-Za-z]{3,9}\.?\s*\d", re.IGNORECASE)
_MONTHS = frozenset("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
_DATE_CHARS = 60
_CARD_LINES = 3
_BULLETS = "•* "


class Block(NamedTuple):
    """Where an entry's lines stop; there stands the lone "·" where it is `dotted`, and below it a line that may be a date.

    `end` is the place below all of these.
    """

    stop: int
    end: int
    dotted: bool
    dated: str | None


def blocks_of(texts: Sequence[str], *, cards: bool) -> list[Block]:
    """Where each entry of a page ends: at a lone "·", or, on cards, at its authors or where the next card begins."""
    if not cards:
        return [_dotted(texts, at) for at, text in enumerate(texts) if text == "·"]
    blocks: list[Block] = []
    opened: int | None = None
    for at, text in enumerate(texts):
        if text == "·":
            blocks.append(_dotted(texts, at))
            opened = None
        elif len(text) < BYLINE_CHARS and _AUTHORS.fullmatch(text) and texts[at + 1 : at + 2] != ["·"]:
            blocks.append(Block(at + 1, at + 1, False, None))
            opened = None
        elif _CARD.match(text):
            if opened is not None and at - opened >= _CARD_LINES:
                blocks.append(Block(at, at, False, None))
            opened = at
    if opened is not None and len(texts) - opened >= _CARD_LINES and any(not one.dotted for one in blocks):
        blocks.append(Block(len(texts), len(texts), False, None))
    return blocks


def _dotted(texts: Sequence[str], at: int) -> Block:
    below = texts[at + 1] if at + 1 < len(texts) else ""
    if below[:3] in _MONTHS or _DATE_LIKE.match(below):
        return Block(at, at + 2, True, below) if len(below) <= _DATE_CHARS else Block(at, at + 1, True, None)
    return Block(at, at + 1, True, None)


def split_byline(lines: Lines, body: list[int], *, dotted: bool) -> tuple[str | None, int | None, list[int]]:
    """The byline, a card's comment count, and what is left of an entry's lines.

    A byline is the last line where it counts authors, or where something short stands below a title and an abstract.
    """
    if not body:
        return None, None, body
    last = lines.texts[body[-1]]
    if dotted and len(body) == 3 and len(last) <= BYLINE_CHARS < len(lines.texts[body[1]]) and last.strip(_BULLETS):
        return last, None, body[:2]  # nearly always
    comments = None if dotted or len(body) < 2 else number_of(lines.texts[body[-1]])
    body = body if comments is None else body[:-1]
    last = lines.texts[body[-1]]
    if len(last) > BYLINE_CHARS:
        return None, comments, body
    named = len(body) >= (3 if dotted else 2) and last.strip(_BULLETS) and not was_broken(lines, body, len(body) - 1)
    if named or _AUTHORS.fullmatch(last):
        return last, comments, body[:-1]
    return None, comments, body


def authors_or_organization(byline: str | None) -> tuple[int | None, Organization | None]:
    """What a byline says: how many authors, or else who stands behind the paper."""
    if byline is None:
        return None, None
    counted = _AUTHORS.fullmatch(byline)
    if counted:
        return int(counted[1].replace(",", "")), None
    handle, _, name = byline.lstrip(_BULLETS).partition(" ")
    return None, Organization(handle=handle, name=name.strip() or handle)
