"""Which of all that listings say of a paper is stored: for each field, what the newest of them says. Pure.

A paper is then the same whatever the order in which listings came, and however often: of two values of a field one wins by what
it is and by its day, never by which came first. So each field has a day of its own, kept where it is not the paper's (`said_on`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any, Final, NamedTuple

from bot.identity import same_as
from bot.model import Identifier, Links, Metrics, Paper

_TEXTS: Final = (
    "title", "abstract", "authors", "author_count", "organization", "published_on", "keywords", "tldr", "venue",
)  # fmt: skip
_LINKS: Final = ("abs", "pdf", "code", "project", "discussion")
_COUNTS: Final = ("upvotes", "comments", "github_stars")
_PUBLISHED: Final = "published_on"


class _Said(NamedTuple):
    """The value of a field and the day of the newest listing that says it."""

    value: Any
    day: date


def merged(stored: Paper, said: Paper) -> Paper:
    """A stored paper with what a listing says of it, as a paper of the listing's day; the same object where that is nothing new.

    The newer day's value is stored, an older one only where nothing is known. On one day the fuller one is: the longer text, the
    longer list, the greater count. A day of publication stays before a month, a month before a year, whoever says it: BibTeX
    knows only the year. Names are all kept.
    """
    new_ids = new_names(stored, said)
    if not new_ids and _is_known(stored, said):
        return stored
    ours, theirs = _all_said(stored), _all_said(said)
    for name, one in theirs.items():
        if name not in ours or _wins(name, one, ours[name]):
            ours[name] = one
    return _written(stored, ours, said, stored.identifiers + new_ids)


def filled(stored: Paper, other: Paper) -> Paper:
    """A paper with what another one knows besides; of counts the newer. Names are the paper's alone."""
    ours, theirs = _all_said(stored), _all_said(other)
    for name, one in theirs.items():
        known = ours.get(name)
        finer = name == _PUBLISHED and known is not None and _precision(one.value) > _precision(known.value)
        if known is None or finer or (name in _COUNTS and _wins(name, one, known)):
            ours[name] = one
    return _written(stored, ours, other, stored.identifiers)


def new_names(stored: Paper, said: Paper) -> tuple[Identifier, ...]:
    """The identifiers that a stored paper does not have yet, in this scheme or another."""
    return tuple(key for key in said.identifiers if not any(same in stored.identifiers for same in same_as(key)))


def is_dated_only(paper: Paper, before: Paper) -> bool:
    """Whether two states of a paper differ at most in the days of what is said, which nobody sees."""
    return paper is before or replace(paper, listed_on=before.listed_on, said_on=before.said_on) == before


def days_parted(now: Paper, left: Paper, before: Paper, then: Paper) -> tuple[tuple[str, date], ...]:
    """The `said_on` of a paper that is split: of each field the day it had before the merge, unless it has another one since.

    Args:
        now: the merged paper as it is.
        left: what is left of it, its days not told yet.
        before: as it was before the merge.
        then: as it was just after the merge.
    """
    is_now, was, became = map(_all_said, (now, before, then))
    days = {name: was[name] if name in was and is_now[name] == became.get(name) else is_now[name] for name in _all_said(left)}
    return _days(days, left.listed_on, left.metrics.as_of)


def _is_known(stored: Paper, said: Paper) -> bool:
    """Whether a listing of the paper's own day says nothing but what is stored: so it is whenever a document comes again."""
    if said.listed_on != stored.listed_on or said.first_seen_on < stored.first_seen_on or said.said_on or stored.said_on:
        return False
    texts = ((getattr(said, name), getattr(stored, name)) for name in _TEXTS)
    links = ((getattr(said.links, name), getattr(stored.links, name)) for name in _LINKS)
    if any(one and one != known for one, known in chain(texts, links)):
        return False
    return said.metrics in (Metrics(), stored.metrics)


def _all_said(paper: Paper) -> dict[str, _Said]:
    """All that is known of a paper, by the field's name; no count, text, link or list is known that is empty."""
    days = dict(paper.said_on)
    counted_on = paper.metrics.as_of or paper.listed_on
    values = {name: getattr(paper, name) or None for name in _TEXTS} | {name: getattr(paper.links, name) for name in _LINKS}
    said = {name: _Said(value, days.get(name, paper.listed_on)) for name, value in values.items() if value is not None}
    counts = ((name, getattr(paper.metrics, name)) for name in _COUNTS)
    return said | {name: _Said(count, days.get(name, counted_on)) for name, count in counts if count is not None}


def _written(stored: Paper, said: Mapping[str, _Said], other: Paper, identifiers: tuple[Identifier, ...]) -> Paper:
    """The paper of all this."""
    listed_on = max(stored.listed_on, other.listed_on)
    as_of = max((said[name].day for name in _COUNTS if name in said), default=None)
    texts = {name: said[name].value if name in said else getattr(stored, name) for name in _TEXTS}
    counts = {name: said[name].value for name in _COUNTS if name in said}
    return replace(
        stored,
        **texts,
        identifiers=identifiers,
        links=Links(**{name: said[name].value for name in _LINKS if name in said}),
        metrics=Metrics(**counts, as_of=as_of),
        first_seen_on=min(stored.first_seen_on, other.first_seen_on),
        listed_on=listed_on,
        said_on=_days(said, listed_on, as_of),
    )


def _days(said: Mapping[str, _Said], listed_on: date, as_of: date | None) -> tuple[tuple[str, date], ...]:
    usual = {name: as_of if name in _COUNTS else listed_on for name in said}
    return tuple(sorted((name, one.day) for name, one in said.items() if one.day != usual[name]))


def _wins(name: str, one: _Said, other: _Said) -> bool:
    """Whether a value is stored rather than another one: by precision, day, size; then by any order that is theirs alone."""
    mine, theirs = ((_precision(it.value) if name == _PUBLISHED else 0, it.day, *_size(it.value)) for it in (one, other))
    return mine > theirs or (mine == theirs and repr(one.value) < repr(other.value))


def _precision(published: date) -> int:
    """A year is stored as its first day, a month as its own."""
    return (published.day > 1) + ((published.month, published.day) != (1, 1))


def _size(value: Any) -> tuple[int, int]:  # noqa: ANN401 - the value of any field
    match value:
        case int():
            return value, 0
        case str():
            return len(value), 0
        case tuple():
            return len(value), sum(map(len, value))
        case _:
            return 0, 0
