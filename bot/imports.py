"""What a workspace takes in for itself: the records of an import, and the seam to keep them. Knows no SQL and no platform."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model import Entry, Identifier
from bot.ports import Decide, Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A document that a space is about to take in: its entries, their identifiers, who brought it and when.

    `listing` is the digest, where the document says its day; `name` the file's name, empty for a pasted text.
    """

    space: str
    by: str
    at: datetime
    name: str
    sha256: str
    entries: tuple[Entry, ...]
    keys: tuple[tuple[Identifier, ...], ...]
    listing: Listing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A document that a space took in, as it is stored; `number` counts from 1 in each space.

    `new` are the papers that this import brought, in the document's order, `known` those that were stored before. A paper that
    has become public since is here by its public number. `undone_at` is when it was taken back.
    """

    space: str
    number: int
    by: str
    at: datetime
    name: str
    new: tuple[int, ...]
    known: tuple[int, ...]
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What taking an import back did: how many papers are gone, and how many stay and why."""

    gone: int
    public: int = 0
    kept: int = 0
    again: int = 0


class ImportStore(Protocol):
    """What each space took in. Synchronous; every method is one transaction and raises `StorageError`."""

    def add(self, batch: Batch, decide: Decide) -> Import | None:
        """Store a document's papers, those that are new for its space alone; `None` where it holds this very document already."""
        ...

    def same(self, space: str, sha256: str) -> Import | None:
        """The import of the very same document, unless it was taken back."""
        ...

    def get(self, space: str, number: int) -> Import | None:
        """An import of a space."""
        ...

    def undo(self, space: str, number: int, now: datetime) -> Undone | None:
        """Take back what an import added; `None` where there is no such import, or it was taken back before.

        A paper stays that has become public, that somebody keeps, or that another import of this space lists too: it then
        counts as that one's.
        """
        ...
