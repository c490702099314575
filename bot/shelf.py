"""The seam of saved lists: what the engine asks of storage to keep papers for one person. Knows no SQL and no platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What became of saving a paper.

    saved: it is on the list since `at`, which is now. already: it has been since `at`. full: the list holds as many as it may,
    and this paper is not on it. gone: the paper is no longer stored. `at` is UTC, `None` where the paper is not on the list.
    """

    kind: Literal["saved", "already", "full", "gone"]
    at: datetime | None = None


class Saved(NamedTuple):
    """A paper on a list, and since when: UTC."""

    paper_id: int
    at: datetime


class SavedStore(Protocol):
    """Each person's own list in each space. Synchronous; every method is one transaction and raises `StorageError`.

    `space` is a workspace on its platform, `slack:T…`; `user` a person as that platform names them. Every method sees the list of
    this one person in this one space and no other. A paper that is deleted leaves all lists.
    """

    def save(self, space: str, user: str, paper_id: int, now: datetime, *, most: int) -> Saving:
        """Put a paper on the list, which holds at most `most`."""
        ...

    def unsave(self, space: str, user: str, paper_id: int) -> bool:
        """Take a paper off the list; `False` where it was not on it."""
        ...

    def saved_at(self, space: str, user: str, paper_id: int) -> datetime | None:
        """Since when a paper is on the list."""
        ...

    def saved(self, space: str, user: str, *, limit: int, offset: int = 0) -> Sequence[Saved]:
        """The list, the last saved first: at most `limit`, without the first `offset`."""
        ...

    def count(self, space: str, user: str) -> int:
        """How many papers are on the list."""
        ...
