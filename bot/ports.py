"""The seams: what the engine asks of storage, of the search index and of chat platforms."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple, Protocol

from bot.cards import Card, Reply
from bot.model import QUIETLY, ChannelRef, Entry, Identifier, Invocation, MessageRef, Opening, Paper, Sighting
from bot.names import Kind
from bot.query import Plan

Answer = Callable[[Invocation], Awaitable[Reply]]
"""Answers an invocation; never raises: errors become cards."""

Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The digest that a batch of entries belongs to, as it is stored.

    `key` is what makes the same digest the same (source and day, or the document's hash); `received_on` the day of import.
    `visible_to` is the space that imported it and alone may see it; `None` where everybody may. `counted_on` is the day its
    upvotes, comments and stars are of, where that is not `issued_on`: a list that is fetched again later.
    """

    key: str
    source: str
    issued_on: date
    received_on: date
    sha256: str
    visible_to: str | None = None
    counted_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What to do with one entry: the paper as it shall be and what that is called on the receipt.

    New papers get the ids that follow the store's greatest, the same one in all resolutions of a batch that are that paper.
    `absorbs` are stored papers that this entry shows to be the same one: everything said about them becomes this paper's.
    """

    entry: Entry
    paper: Paper
    outcome: Outcome
    absorbs: tuple[int, ...] = ()


Decide = Callable[[Sequence[Entry], Mapping[Identifier, Paper], int], Sequence[Resolution]]
"""Pure: entries, the stored papers that share an identifier with them, the greatest id → a resolution for each, in order."""


class Change(NamedTuple):
    """A paper as it is stored: the `number` of its newest change, and the one with which it was `added`."""

    number: int
    added: int
    paper: Paper


class PaperStore(Protocol):
    """Papers, digests and sightings. Synchronous; every method is one transaction and raises `StorageError`.

    What a `viewer` (a space, see `ChannelRef.space`) sees are the public papers and its own; an empty one sees the public ones.
    """

    def ingest(
        self, entries: Sequence[Entry], keys: Sequence[Sequence[Identifier]], decide: Decide, listing: Listing | None
    ) -> Sequence[Outcome]:
        """Find what is stored under `keys` (one list an entry), decide and save, all in one transaction, for everybody to see.

        What a space had of the same papers becomes the public ones, its text forgotten.
        """
        ...

    def received_on(self, sha256: str) -> date | None:
        """The day on which the very same document was first taken in for everybody, if it was."""
        ...

    def papers(self, ids: Sequence[int], *, viewer: str = "") -> list[Paper]:
        """The papers with these ids that a viewer may see, in the order asked for; others are left out.

        A paper of the viewer's that has become public since is found by its old number too.
        """
        ...

    def paper_by_identifier(self, identifier: Identifier, *, viewer: str = "") -> Paper | None:
        """The paper that carries this identifier: the public one, else the viewer's."""
        ...

    def sightings(self, paper_id: int, *, viewer: str = "") -> list[Sighting]:
        """Where a paper was listed, oldest first, as far as a viewer may know."""
        ...

    def listed_on(self, day: date, *, viewer: str = "") -> list[int]:
        """Ids of the papers in a viewer's digests of one day, best rank first, each once."""
        ...

    def newest_day(self, not_after: date, *, viewer: str = "") -> date | None:
        """The newest day up to `not_after` that a viewer's digest was issued on."""
        ...

    def count(self, *, viewer: str = "") -> int:
        """How many papers a viewer may see."""
        ...

    def size(self) -> int:
        """How many papers the store holds for anybody, and of those that nobody may see any more their numbers."""
        ...

    def spaces(self) -> frozenset[str]:
        """The spaces that have papers of their own."""
        ...

    def added_since(self, change: int, limit: int, *, viewer: str = "") -> list[Paper]:
        """Papers that a viewer may see, first stored after this change number, the last stored first: at most `limit`."""
        ...

    def added_with(self, paper_id: int) -> int:
        """The change number with which a paper was first stored; 0 for one that is not."""
        ...

    def change_before(self, day: date, *, viewer: str = "") -> int:
        """The change number just before the first paper that was first seen on or after a day; the newest where there is none."""
        ...

    def changed_since(self, change: int, limit: int) -> list[Change]:
        """Everybody's papers whose change number is greater than `change`, in order of change: for the search index.

        One that nobody may see any more comes without its text, its `visible_to` beginning with "-".
        """
        ...

    def last_change(self) -> int:
        """The newest change number; 0 where nothing was ever stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far a search index has come that is still being built: papers in it, and papers stored."""

    indexed: int
    stored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What an index found: (paper id, score) best first, and how many papers match in all."""

    total: int
    ranked: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameHolder:
    """A paper that goes by a name, and in what way."""

    paper_id: int
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """A name that a paper goes by, as `name_key` gives it and as it is `written`."""

    key: str
    written: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleMatch:
    """A title that may be the one that was meant."""

    paper_id: int
    title: str


class SearchIndex(Protocol):
    """A search index of one store: derived data, rebuilt whenever it is lost. Every call is bounded work.

    No answer tells a `viewer` (a space; empty: anybody) of a paper that it may not see: no hit, no count, no name, no word.
    """

    def follow(self) -> None:
        """Index what is new while more comes; `catch_up` makes all of it findable."""
        ...

    def catch_up(self, progress: Callable[[int], None] = ...) -> int:
        """Index all that the store has changed, however long it takes; returns how many papers that were."""
        ...

    def keep_up(self, wait_s: float = ...) -> bool:
        """Index what is new; a lot of it in the background, waiting at most so long. Whether all that is stored is findable."""
        ...

    def coverage(self, *, viewer: str = "") -> Coverage | None:
        """How far an index has come that is still being built; `None` where it holds everything."""
        ...

    def trouble(self) -> str:
        """Why the index could not be written the last time, for the operator; empty where it could."""
        ...

    def rebuild(self) -> None:
        """Build the index anew in the background; the present one answers until that is done."""
        ...

    def rebuilding(self, wait_s: float = 0.0) -> Coverage | None:
        """How far the index has come that is being built to replace this one; `None` where none is.

        Said when that has ended, but after `wait_s` at the latest.
        """
        ...

    def warm(self) -> None:
        """Have the first questions answered as fast as later ones."""
        ...

    def close(self) -> None:
        """End what goes on in the background; the next process goes on from there."""
        ...

    def candidates(self, plan: Plan, *, limit: int, offset: int = 0, viewer: str = "") -> Candidates:
        """The best papers for a plan."""
        ...

    def holders(self, key: str, *, limit: int, viewer: str = "") -> list[NameHolder]:
        """The papers that go by a name."""
        ...

    def names_like(self, key: str, *, wrong: int, limit: int, begins: bool = False, viewer: str = "") -> list[KnownName]:
        """Names at most `wrong` letters (0 to 2) away from a key, or that `begins` so; those of popular papers first."""
        ...

    def by_author(self, typed: str, *, wrong: int, limit: int, viewer: str = "") -> list[int]:
        """Popular papers by people with these names; the last may go on, and has at most `wrong` letters (0 to 2) wrong."""
        ...

    def titles_like(self, text: str, *, limit: int, viewer: str = "") -> list[TitleMatch]:
        """Titles that share words with a text, spelling errors forgiven."""
        ...

    def spelling(self, word: str, *, viewer: str = "") -> str | None:
        """The word that was probably meant by one that no paper holds."""
        ...

    def long_forms(self, acronym: str, *, viewer: str = "") -> list[tuple[str, int]]:
        """What stored abstracts say an acronym stands for, and how many do."""
        ...

    def short_forms(self, long_form: str, *, viewer: str = "") -> list[tuple[str, int]]:
        """The acronyms stored abstracts give a long form, and how many do."""
        ...

    def more_like(self, paper: Paper, *, limit: int, viewer: str = "") -> list[int]:
        """The papers most like this one."""
        ...


@dataclass(frozen=True, slots=True)
class Library:
    """All that is stored, and how to find it, as one `viewer` may see it.

    `viewer` is the space whose private papers are looked at beside the public ones; empty: only the public ones are.
    """

    store: PaperStore
    index: SearchIndex
    viewer: str = ""

    def seen_by(self, viewer: str) -> "Library":
        """The same papers, as another viewer may see them."""
        return replace(self, viewer=viewer)


class ChatAdapter(Protocol):
    """A chat platform.

    `honours_keys`: the platform itself drops a second message with the same key, whichever process sends it, so that a part of
    which nobody knows whether it arrived can be sent again.
    """

    platform: str
    honours_keys: bool

    async def run(self, answer: Answer) -> None:
        """Serve until cancelled."""
        ...

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Post a card, in a thread where one is given. `key` names this part: the same key never posts twice.

        `opening` is for an edition's first message; a platform that has nothing of the kind takes no notice of it.

        Raises:
            MentionGone: the role to be mentioned is gone; nothing was posted.
            RateLimited: wait that long, then try again.
            ChannelGone: the channel was deleted, archived or is forbidden to us.
            PayloadRejected: the platform refuses this card; again it would too.
            AdapterError: anything else that a later try may mend.
        """
        ...

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Send a card to one person of the channel's workspace, privately.

        Raises:
            AdapterError: they cannot be reached.
        """
        ...
