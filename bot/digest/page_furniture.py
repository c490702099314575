"""What stands on a Daily Papers page besides its papers: headings, buttons, menus, and the counts below an entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FURNITURE = frozenset(
    {
        "new", "subscribe", "papers", "daily papers", "trending papers", "upvote", "arxiv page", "view all", "-",
        "daily", "weekly", "monthly", "get trending papers in your email inbox", "get trending papers in your email inbox!",
        "get trending papers in your email inbox once a day!", "by ak and the research community",
        "byak and the research community",
    }
)  # fmt: skip
_MENU = frozenset(
    {
        "hugging face", "models", "datasets", "spaces", "buckets new", "docs", "enterprise", "pricing", "website", "tasks",
        "huggingchat", "collections", "languages", "organizations", "community", "blog", "posts", "learn", "discord", "forum",
        "github", "solutions", "team & enterprise", "hugging face pro", "inference providers", "inference endpoints",
        "storage buckets", "log in", "sign up", "by", "ak", "and the research community", "daily papers - hugging face",
        "trending papers - hugging face", "hugging face's logo", "hugging face's logo hugging face",
    }
)  # fmt: skip
_HEADINGS = frozenset({"daily papers", "trending papers", "byak and the research community", "by ak and the research community"})
_COMMUNITY = re.compile(r"by.{0,60}and the research community", re.IGNORECASE)
_NUMBER = re.compile(r"(?:Upvotes?\s*)?(?:(?P<whole>\d[\d,]{0,6})|(?P<thousands>\d{1,4}(?:\.\d{1,2})?)k)", re.IGNORECASE)
_BUTTONS = re.compile(
    r"(?:GitHub\s*(?P<stars>\d[\d.,]{0,8}k?)?)?\s*(?:(?:View )?arXiv page|(?:View )?PDF|Project page)?", re.IGNORECASE
)
_SUBMITTED = re.compile(r"Submitted\s?by\s?(?P<who>[\w.-]{0,60})", re.IGNORECASE)
_HANDLE = re.compile(r"[\w.-]{1,60}")
FURNITURE_CHARS = 60
"""The longest line that may be furniture."""

COUNT_CHARS = 32
"""The longest line that may be a count or a button below an entry."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The counts below an entry, and the place of the line after them."""

    end: int
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None


def is_furniture(text: str) -> bool:
    """Whether a line of at most `FURNITURE_CHARS` belongs to the page and to no entry."""
    return text.casefold() in _FURNITURE


def is_menu(text: str) -> bool:
    """Whether a line in the page's head is of its menu or its heading."""
    return len(text) <= FURNITURE_CHARS + 40 and (text.casefold() in _MENU or _COMMUNITY.fullmatch(text) is not None)


def is_heading(text: str) -> bool:
    """Whether a line is the heading of a page."""
    return len(text) <= FURNITURE_CHARS and text.casefold() in _HEADINGS


def without_submitter(texts: Sequence[str], body: list[int]) -> list[int]:
    """The lines of a card without those that say who submitted the paper: one (`Submitted by ada`) or two."""
    for n, at in enumerate(body):
        found = _SUBMITTED.fullmatch(texts[at]) if len(texts[at]) <= FURNITURE_CHARS + 20 else None
        if found is not None:
            two = not found["who"] and n + 2 < len(body) and _HANDLE.fullmatch(texts[body[n + 1]])
            return body[:n] + body[n + (2 if two else 1) :]
    return body


def number_of(text: str) -> int | None:
    """The count that a line is, as `73`, `1,204`, `1.2k` or `Upvote 73`; else nothing."""
    found = _NUMBER.fullmatch(text) if len(text) <= COUNT_CHARS else None
    if found is None:
        return None
    return int(found["whole"].replace(",", "")) if found["whole"] else round(float(found["thousands"]) * 1_000)


def upvotes_come_first(texts: Sequence[str], first_stop: int, ends: Sequence[int]) -> bool:
    """Whether each entry's upvotes stand above its title, as on search pages, and not below its date.

    Args:
        texts: the page's lines.
        first_stop: where the first entry's lines end.
        ends: for each entry, the place of the line below its date.
    """
    head = [text for text in texts[:first_stop] if len(text) <= COUNT_CHARS]
    if any(number_of(text) is not None for text in head):
        return True
    below = [texts[end] if end < len(texts) else "" for end in ends]
    if any(len(text) <= COUNT_CHARS and text[:6].casefold() == "upvote" for text in below):
        return False
    return "-" in head or (len(below) > 1 and all(map(_is_count, below[:-1])) and not _is_count(below[-1]))


def _is_count(text: str) -> bool:
    return text == "-" or number_of(text) is not None


def read_tail(texts: Sequence[str], at: int, *, votes_first: bool, comments: int | None) -> Tail:
    """The counts and buttons from `at` on that belong to the entry above; `comments` where its date line said them."""
    upvotes = stars = None
    while at < len(texts) and len(texts[at]) <= COUNT_CHARS:
        text = texts[at]
        number, button = number_of(text), _BUTTONS.fullmatch(text)
        if text.casefold().startswith("upvote") and not votes_first and upvotes is None:
            upvotes = number if number is not None else number_of(texts[at + 1]) if at + 1 < len(texts) else None
            at += 1 if number is not None or upvotes is None else 2
        elif number is not None and comments is None and not _is_the_next_ones(texts, at, votes_first=votes_first):
            comments, at = number, at + 1
        elif button is not None:
            stars, at = number_of(button["stars"] or "") if stars is None else stars, at + 1
        else:
            break
    return Tail(at, upvotes, comments, stars)


def _is_the_next_ones(texts: Sequence[str], at: int, *, votes_first: bool) -> bool:
    """Whether a count between two entries is the second one's upvotes, and not the first one's comments."""
    if not votes_first or at + 1 >= len(texts):
        return False
    below = texts[at + 1]
    return not (below == "-" or number_of(below) is not None or _SUBMITTED.match(below))
