"""The seams: what the engine asks of storage, of the search index and of chat platforms."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from bot.cards import Card, Reply
from bot.model import ChannelRef, Entry, Identifier, Invocation, MessageRef, Paper, Sighting

Answer = Callable[[Invocation], Awaitable[Reply]]
"""Answers an invocation; never raises: errors become cards."""

Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The digest that a batch of entries belongs to, as it is stored.

    `key` is what makes the same digest the same (source and day, or the document's hash); `received_on` the day of import.
    """

    key: str
    source: str
    issued_on: date
    received_on: date
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What to do with one entry: the paper as it shall be (id 0: new) and what that is called on the receipt."""

    entry: Entry
    paper: Paper
    outcome: Outcome


Decide = Callable[[Sequence[Entry], Mapping[Identifier, Paper]], Sequence[Resolution]]
"""Pure: entries and the stored papers that share an identifier with them → a resolution for each entry, in order."""


class PaperStore(Protocol):
    """Papers, digests and sightings. Synchronous; every method is one transaction and raises `StorageError`."""

    def ingest(
        self, entries: Sequence[Entry], keys: Sequence[Sequence[Identifier]], decide: Decide, listing: Listing | None
    ) -> Sequence[Outcome]:
        """Find what is stored under `keys` (one list an entry), decide and save, all in one transaction."""
        ...

    def received_on(self, sha256: str) -> date | None:
        """The day on which the very same document was first taken in, if it was."""
        ...

    def papers(self, ids: Sequence[int]) -> list[Paper]:
        """The papers with these ids, in the order asked for; unknown ids are left out."""
        ...

    def paper_by_identifier(self, identifier: Identifier) -> Paper | None:
        """The paper that carries this identifier."""
        ...

    def sightings(self, paper_id: int) -> list[Sighting]:
        """Where a paper was listed, oldest first."""
        ...

    def listed_on(self, day: date) -> list[int]:
        """Ids of the papers in the digests of one day, best rank first, each once."""
        ...

    def newest_day(self, not_after: date) -> date | None:
        """The newest day up to `not_after` that a digest was issued on."""
        ...

    def count(self) -> int:
        """How many papers are stored."""
        ...

    def changed_since(self, change: int, limit: int) -> list[tuple[int, Paper]]:
        """Papers whose change number is greater than `change`, in order of change: (change number, paper)."""
        ...

    def last_change(self) -> int:
        """The newest change number; 0 where nothing was ever stored."""
        ...


class ChatAdapter(Protocol):
    """A chat platform."""

    platform: str

    async def run(self, answer: Answer) -> None:
        """Serve until cancelled."""
        ...

    async def post(self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str) -> MessageRef:
        """Post a card, in a thread where one is given. `key` names this part: the same key never posts twice."""
        ...
