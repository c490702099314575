"""Builders with defaults for what tests are about: entries, papers, pages, and a library on a real database and index."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.app import answer_now
from bot.cards import Card, Reply, element_text
from bot.deciding import Decider
from bot.desk import Desk
from bot.editions.plan import plan_due
from bot.identity import identifiers_of
from bot.imports import ImportStore
from bot.ingest import ingest_digest
from bot.ledger import Rounds
from bot.model import ChannelRef, Entry, Identifier, Invocation, MessageRef, Paper, Sighting
from bot.ports import Library, Resolution
from bot.shelf import SavedStore
from bot.subscription import SourceState, Step
from storage.index import TantivyIndex
from storage.open import open_storage
from storage.store import SqlPaperStore, open_store

DAY = date(2025, 12, 8)
"""The day of the bundled sample's page, and of everything built here that does not say otherwise."""

SAMPLE = Path(__file__).parents[1] / "bot" / "sample" / "daily_papers.txt"
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"

HEADER = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\n"
ABSTRACT = (
    "Robots that keep learning over a lifetime should carry over what they know, and this text stands in for such an abstract. "
    "It is long enough to be told from a title, which is all that a reader of pages needs of it, and it says nothing else."
)


def entry(title: str = "LIBERO: Benchmarking Knowledge Transfer", **fields: Any) -> Entry:  # noqa: ANN401 - any field of an entry
    """An entry; `arxiv="2306.03310"` gives it that identifier."""
    arxiv = fields.pop("arxiv", None)
    known = (Identifier("arxiv", arxiv),) if arxiv else ()
    return Entry(**{"rank": 1, "line": 1, "title": title, "identifiers": known, **fields})


def paper(title: str = "LIBERO: Benchmarking Knowledge Transfer", **fields: Any) -> Paper:  # noqa: ANN401 - any field of a paper
    """A stored paper, listed on `DAY`; `arxiv=` as in `entry`."""
    arxiv = fields.pop("arxiv", None)
    known = identifiers_of(entry(title, arxiv=arxiv))
    return Paper(**{"id": 1, "title": title, "identifiers": known, "first_seen_on": DAY, "listed_on": DAY, **fields})


def block(
    title: str = "LIBERO: Benchmarking Knowledge Transfer",
    abstract: str = ABSTRACT,
    byline: str = "  • 7 authors",
    dated: str = "Jun 5, 2023",
) -> str:
    """One entry of a Daily Papers page as it is copied."""
    return f"{title}\n\n{abstract}\n\n{byline}\n·\n{dated}\n"


def page(*blocks: str, dated: str = "Dec 8") -> str:
    """A Daily Papers page as text: its header, its own date, and the entries."""
    return HEADER + (f"{dated}\n\n" if dated else "") + "\n".join(blocks)


def decide(
    entries: Sequence[Entry], known: Sequence[Paper] = (), *, day: date = DAY, decider: Decider | None = None
) -> Sequence[Resolution]:
    """What the decider makes of a document's entries beside these stored papers."""
    keys = [identifiers_of(one) for one in entries]
    stored = {identifier: one for one in known for identifier in one.identifiers}
    return (decider or Decider(day)).of(keys)(entries, stored, max((one.id for one in known), default=0))


def store_entries(store: SqlPaperStore, entries: Sequence[Entry], *, day: date = DAY) -> None:
    """Store entries that belong to no digest, as JSON lines do."""
    keys = [identifiers_of(one) for one in entries]
    store.ingest(entries, keys, Decider(day).of(keys), None)


@contextmanager
def open_papers(folder: Path, entries: Sequence[Entry] = (), *, name: str = "papers.db") -> Iterator[SqlPaperStore]:
    """A real store on a database file in a folder, which holds these entries; closed at the end."""
    store = open_store(f"sqlite:///{folder / name}")
    try:
        if entries:
            store_entries(store, entries)
        yield store
    finally:
        store.close()


@contextmanager
def library(folder: Path, entries: Sequence[Entry] = ()) -> Iterator[Library]:
    """A real library in a folder: a store that holds these entries, and their search index; closed at the end."""
    with open_papers(folder, entries) as store:
        index = TantivyIndex(folder / "index", store)
        index.catch_up()
        yield Library(store, index)


def a_desk(library: Library, *, now: datetime = datetime(2025, 12, 8, 12, tzinfo=UTC), today: date | None = None) -> Desk:
    """A desk where commands are answered at a fixed moment, outside of any channel."""
    return Desk(library=library, now=now, today=today or now.date())


HERE = ChannelRef(platform="web", workspace="team", channel="papers")


class Room:
    """A channel where people type commands: the real storage, search index and ledger, and a clock that the test sets.

    Args:
        library: the papers.
        rounds: the subscriptions and the ledger.
        now: the time it is, UTC.
        saved: people's saved lists.
        imports: what each space imported.
    """

    def __init__(
        self,
        library: Library,
        rounds: Rounds,
        now: datetime,
        saved: SavedStore | None = None,
        imports: ImportStore | None = None,
    ) -> None:
        self.library = library
        self.imports = imports
        self.rounds = rounds
        self.saved = saved
        self.now = now
        self.sources: tuple[SourceState, ...] = ()

    def type(self, text: str, **who: Any) -> Reply:  # noqa: ANN401 - any field of an invocation
        """The answer to what somebody types; `user=`, `channel=`, `zone=`, `is_admin=`, `private=` … say who and where."""
        asked = Invocation(**{"text": text, "channel": HERE, "user": "ada", **who})
        desk = replace(self.desk(), asked=asked, library=self.library.seen_by(asked.viewer))
        return answer_now(text, replace(desk, document=asked.document, document_name=asked.document_name))

    def desk(self) -> Desk:
        """Where commands are answered now, outside of any channel."""
        desk = a_desk(self.library, now=self.now)
        stores = {"rounds": self.rounds, "saved": self.saved, "imports": self.imports}
        return replace(desk, zone="UTC", sources=self.sources, **stores)

    def says(self, text: str, **who: Any) -> str:  # noqa: ANN401 - as in `type`
        """The answer's words, buttons included."""
        return "\n".join(
            line for card in self.type(text, **who).cards for line in (card.title, *map(element_text, card.elements))
        )

    def post(self, *, url: str | None = "http://127.0.0.1:8700/#/0//m1") -> list[str]:
        """Plan what is due and send all of it; the titles of what was posted."""
        return [card.title for _, card in self.parts(url=url)]

    def parts(self, *, url: str | None = "http://127.0.0.1:8700/#/0//m1") -> list[tuple[ChannelRef, Card]]:
        """Plan what is due and send all of it; what was posted where."""
        plan_due(self.library, self.rounds, self.now)
        ledger = self.rounds.ledger
        posted = []
        while jobs := ledger.claim("test", self.now, lease_s=60, limit=10, platforms=("web",)):
            for job in jobs:
                for part in job.parts:
                    message = MessageRef(channel=job.channel, message=f"m{part.number}", url=url)
                    step = Step(kind="sent", edition_id=job.edition_id, number=part.number, message=message)
                    begun = Step(kind="begun", edition_id=job.edition_id, number=part.number)
                    assert ledger.record("test", self.now, [begun, step], lease_s=60) == [True, True]
                    posted.append((job.channel, part.card))
        return posted


@contextmanager
def open_channel(folder: Path, *, now: datetime = datetime(2025, 12, 8, 8, tzinfo=UTC)) -> Iterator[Room]:
    """A channel over the bundled sample of Monday, 8 December 2025, where nothing is subscribed yet; it is 08:00 UTC."""
    storage = open_storage(f"sqlite:///{folder / 'papers.db'}")
    try:
        index = TantivyIndex(folder / "index", storage.papers)
        ingest_digest(SAMPLE.read_bytes(), store=storage.papers, as_of=DAY, name="daily_papers.txt")
        index.catch_up()
        rounds = Rounds(storage.subscriptions, storage.ledger)
        yield Room(Library(storage.papers, index), rounds, now, storage.saved, storage.imports)
    finally:
        storage.close()


def stored_contents(store: SqlPaperStore) -> dict[str, tuple[Paper, list[Sighting]]]:
    """All papers by title, with where they were listed, whatever their numbers and the order of their identifiers."""
    contents = {}
    for *_, one in store.changed_since(0, store.count()):
        sightings = [replace(seen, paper_id=0) for seen in store.sightings(one.id)]
        contents[one.title] = (replace(one, id=0, identifiers=tuple(sorted(one.identifiers))), sightings)
    assert len(contents) == store.count()
    return contents
