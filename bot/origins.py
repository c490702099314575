"""The seam of sources: where documents are fetched from, and when each is asked next. Knows no HTTP and no SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, get_args
from urllib.parse import urlsplit

from bot.subscription import SourceState

Kind = Literal["hf", "arxiv", "feed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place that is asked again and again. `address` is an arXiv category or a feed's URL; Hugging Face needs none.

    `ok_at`: when it answered last. `failing_since` and `error` are those of the page of it that has failed the longest.
    `open_until`: after many failures in a row its circuit is open, it is not asked at all until then. `next_at`: when it is.
    """

    id: int
    kind: Kind
    address: str
    added_by: str
    added_at: datetime
    ok_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    open_until: datetime | None = None
    next_at: datetime | None = None

    @property
    def name(self) -> str:
        """What people in a channel call it: of a feed its host only, for the rest of a URL may hold a secret."""
        match self.kind:
            case "hf":
                return "Hugging Face Daily Papers"
            case "arxiv":
                return f"arXiv {self.address}"
            case "feed":
                return f"feed {urlsplit(self.address).hostname} (source {self.id})"

    @property
    def state(self) -> SourceState:
        """How it is doing, for `/papers status`."""
        is_open = self.open_until is not None and self.failing_since is not None
        return SourceState(
            name=self.name,
            ok_at=self.ok_at,
            failing_since=self.failing_since,
            error=self.error,
            rests_until=self.open_until if is_open else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address of a source, leased to be fetched now. `name` is the day at Hugging Face, else empty.

    `etag` and `modified` are what the server said of the document we took in last, `sha256` tells that document. `seen`: marks of
    what it listed. `failures` are this page's own in a row, `source_failures` those of the whole source.
    """

    source_id: int
    kind: Kind
    address: str
    name: str = ""
    etag: str = ""
    modified: str = ""
    sha256: str = ""
    seen: tuple[str, ...] = ()
    failures: int = 0
    source_failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a leased page.

    taken: it answered; what the server said of the document replaces what is stored. failed: `error` says why, and `open_until`
    opens the source's circuit. put_off: it was not asked, or not at its time; nothing but `next_at` changes.
    `next_at`: when it is asked again; `None` is never.
    """

    kind: Literal["taken", "failed", "put_off"]
    next_at: datetime | None
    etag: str = ""
    modified: str = ""
    sha256: str = ""
    seen: tuple[str, ...] = ()
    error: str = ""
    open_until: datetime | None = None


class SourceStore(Protocol):
    """Sources and their pages. Synchronous; every method is one transaction and raises `StorageError`."""

    def add(self, kind: Kind, address: str, *, by: str, now: datetime) -> Source | None:
        """Store a new source without any page; `None` where it is there already."""
        ...

    def remove(self, source_id: int) -> bool:
        """Forget a source; what it brought stays. `False` where there is none."""
        ...

    def all(self) -> list[Source]:
        """All sources, oldest first."""
        ...

    def pages(self, source_id: int) -> frozenset[str]:
        """The names of a source's pages."""
        ...

    def begin(self, source_id: int, names: Sequence[str], at: datetime) -> int:
        """Ask these pages from `at` on; those that are there already stay as they are. Returns how many are new."""
        ...

    def hasten(self, source_id: int, names: Sequence[str], at: datetime) -> int:
        """Ask these pages at `at`, also those that were done with, and every other one that is still asked.

        Closes the source's circuit. Returns how many pages that are.
        """
        ...

    def claim(self, owner: str, now: datetime, *, lease_s: float, only: int | None = None) -> Page | None:
        """Lease the page that has waited longest, of a source that nobody has leased and whose circuit is not open.

        A source is leased as a whole, so that it is asked once at a time. `only` looks at one source.
        """
        ...

    def settle(self, owner: str, page: Page, now: datetime, settled: Settled) -> bool:
        """Write down what became of a leased page and give the lease back; `False`, and nothing is written, where it was lost."""
        ...
