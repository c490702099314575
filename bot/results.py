"""What the engine found or did, as frozen records, before views.py puts it into words. Knows no platform and no storage."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.model import Paper, ParseIssue

Kind = Literal["identifier", "name", "title", "phrase", "topic", "words", "spelling", "filter"]
Place = Literal["title", "abstract", "keywords", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a paper was found. `asked` is what was typed, `found` what the paper says instead, `place` where."""

    kind: Kind
    asked: str = ""
    found: str = ""
    place: Place = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A paper that was found; a higher score is better within one answer."""

    paper: Paper
    score: float
    why: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a query: one page of hits, how many match in all, the other names of its topic that were searched.

    Where nothing matched all words, `dropped` names the words that kept everything out, and `total` is 0 unless `repaired`
    says which spelling was searched instead.
    """

    hits: tuple[Hit, ...]
    total: int
    also: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """The answer to a name. `sure`: the first hit is the one meant; else a choice. `near`: names that are like it."""

    hits: tuple[Hit, ...] = ()
    sure: bool = False
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What one document brought: how many papers were added, changed, left as they were; what was not understood."""

    source: str
    issued_on: date | None
    added: int
    changed: int
    unchanged: int
    issues: tuple[ParseIssue, ...]
