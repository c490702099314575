"""Papers that turned out to be one, and those that may be: the records, what the one becomes, the seam. Knows no SQL."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from bot.model import Paper
from bot.newest import days_parted, filled, merged

NOBODY = ""
"""Who made a merge that a listing made: it named two stored papers by two of their identifiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A paper that became another one; `by` is empty where a listing showed that both are one. Titles as they were before."""

    kept_id: int
    gone_id: int
    kept_title: str
    gone_title: str
    by: str
    at: datetime


class Suspect(NamedTuple):
    """Two papers that may be one, and how alike their titles are, of 100."""

    first_id: int
    second_id: int
    score: float


class Dismissal(NamedTuple):
    """Two papers that somebody says are two, the lower id first."""

    first_id: int
    second_id: int
    by: str
    at: datetime


Refusal = Literal["gone", "same", "border"]
"""Why two papers are not merged or dismissed: one is not stored any more, both are one, or they are not for the same people."""


class MergeStore(Protocol):
    """What became of papers that are one. Synchronous; every method is one transaction and raises `StorageError`.

    `space` is where both papers are seen: empty for public ones, else the space whose own they are. No merge crosses it.
    """

    def merge(self, kept_id: int, gone_id: int, *, by: str, now: datetime) -> Merge | Refusal:
        """Let one paper become another: its names and all that refers to it. `split` undoes it exactly."""
        ...

    def split(self, paper_id: int, *, now: datetime) -> Merge | None:
        """Undo the last merge into a paper that is still in force; `None` where there is none."""
        ...

    def dismiss(self, one_id: int, other_id: int, *, by: str, now: datetime) -> Refusal | None:
        """Remember that two papers are two: they are suspected no more, and no listing joins them. `None`: it is done.

        A later `merge` of the two takes it back.
        """
        ...

    def undismiss(self, one_id: int, other_id: int) -> bool:
        """Forget that two papers are two; whether anybody had said so."""
        ...

    def dismissed(self, space: str, *, limit: int) -> list[Dismissal]:
        """The pairs that somebody says are two, as far as both are still there, the last said first."""
        ...

    def suspects(self, space: str, *, limit: int) -> list[Suspect]:
        """The pairs that may be one, the most alike first, without those merged, merged and split, or dismissed."""
        ...

    def suspect(self, space: str, pairs: list[Suspect], *, upto: int) -> None:
        """Keep these pairs; papers were compared up to this change number."""
        ...

    def compared(self, space: str) -> int:
        """Up to which change number papers were compared; 0 at first."""
        ...

    def unnamed(self, space: str, *, limit: int) -> list[int]:
        """The newest papers without an arXiv id: only they can be another one under that one's id."""
        ...


def combined(kept: Paper, gone: Paper, by: str) -> Paper:
    """What two papers are as one, with all identifiers of both.

    Where a listing showed it (`NOBODY`), that is what all their listings say of one paper. What a person keeps keeps its words,
    and is only filled from the other; of counts the newer are kept.
    """
    more = tuple(name for name in gone.identifiers if name not in kept.identifiers)
    both = merged(kept, gone) if by == NOBODY else filled(kept, gone)
    return replace(both, identifiers=kept.identifiers + more)


def parted(now: Paper, before: Paper, gone: Paper, by: str) -> Paper:
    """A merged paper as it is without the other: as before the merge, but for what it has learned since.

    Args:
        now: the merged paper as it is.
        before: as it was before the merge.
        gone: the other one, as it was.
        by: who merged them.
    """
    then = combined(before, gone, by)
    kept = {
        field.name: getattr(before if getattr(now, field.name) == getattr(then, field.name) else now, field.name)
        for field in fields(Paper)
        if field.name not in ("id", "identifiers", "said_on", "visible_to")
    }
    names = tuple(name for name in now.identifiers if name in before.identifiers or name not in gone.identifiers)
    paper = replace(now, identifiers=names, **kept)
    return replace(paper, said_on=days_parted(now, paper, before, then))
