"""The composition root: the only place where parts meet and the only one that reads the clock."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from platformdirs import user_cache_path

from bot.cards import Reply
from bot.commands import answer, reply_to_error
from bot.desk import Desk
from bot.enrichment import EnrichmentStore
from bot.errors import BotError, CommandError
from bot.imports import ImportStore
from bot.installs import InstallationStore, Notes
from bot.ledger import Rounds
from bot.merges import MergeStore
from bot.model import Invocation
from bot.origins import SourceStore
from bot.ports import Answer, Library
from bot.settings import Settings
from bot.shelf import SavedStore
from bot.subscription import SourceState
from bot.views.notices import error_card, incident_card
from storage.index import TantivyIndex
from storage.open import open_storage

INCIDENT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are read as another


def today() -> date:
    """The day it is on this machine."""
    return datetime.now().astimezone().date()


def now() -> datetime:
    """The time it is, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """The parts of a running Paper Round.

    `installs` are the workspaces that let us in, `notes` what all processes must remember for a while.
    `origins` are the sources that are asked by themselves, `enrichments` what is asked about papers that lack something.
    `sources` says how the places where documents come from are doing; `clock` is the present moment, in UTC.
    """

    settings: Settings
    library: Library
    rounds: Rounds
    saved: SavedStore
    imports: ImportStore
    merges: MergeStore
    installs: InstallationStore
    notes: Notes
    origins: SourceStore
    enrichments: EnrichmentStore
    sources: Callable[[], tuple[SourceState, ...]] = tuple
    clock: Callable[[], datetime] = now

    def desk(self, asked: Invocation | None = None, *, viewer: str = "") -> Desk:
        """Where commands are answered now; `asked` says by whom and in which channel; without it, `viewer` what may be seen."""
        moment = self.clock()
        return Desk(
            library=self.library.seen_by(asked.viewer if asked else viewer),
            now=moment,
            today=moment.astimezone().date(),
            rounds=self.rounds,
            saved=self.saved,
            asked=asked,
            zone=self.settings.zone,
            sources=self.sources(),
            imports=self.imports,
            document=asked.document if asked else b"",
            document_name=asked.document_name if asked else "",
        )


@contextmanager
def open_app(settings: Settings) -> Iterator[App]:
    """Everything a command needs, opened and, at the end, closed.

    Raises:
        StorageError: the database or the index cannot be opened.
    """
    url = settings.database_url.get_secret_value()
    storage = open_storage(url, secret_keys=settings.secret_key_list)
    try:
        index = TantivyIndex(settings.index_folder or index_folder(url), storage.papers)
        index.catch_up()
        library, rounds = Library(storage.papers, index), Rounds(storage.subscriptions, storage.ledger)
        yield App(
            settings=settings,
            library=library,
            rounds=rounds,
            saved=storage.saved,
            imports=storage.imports,
            merges=storage.merges,
            installs=storage.installs,
            notes=storage.notes,
            origins=storage.sources,
            enrichments=storage.enrichments,
        )
    finally:
        storage.close()


def index_folder(url: str) -> Path:
    """Where the index of a database lies: beside an SQLite file, else in the user's cache folder."""
    if url.startswith("sqlite:///"):
        file = Path(url.removeprefix("sqlite:///").split("?")[0])
        return file.with_name(file.name + ".index")
    return user_cache_path("paperround") / f"index-{hashlib.sha256(url.encode()).hexdigest()[:16]}"


def answer_now(text: str, desk: Desk) -> Reply:
    """The answer to a command line; never raises. An error becomes a card, an unexpected one with an incident number."""
    try:
        return answer(text, desk)
    except CommandError as error:
        return reply_to_error(error)
    except BotError as error:
        return Reply(cards=(error_card(str(error), "/papers help"),))
    except Exception as error:  # noqa: BLE001 - the one boundary where anything at all becomes a card
        from bot.log import log_incident  # noqa: PLC0415 - structlog is slow to import and this should never happen

        incident = "".join(secrets.choice(INCIDENT_LETTERS) for _ in range(4))
        log_incident(incident, error)
        return Reply(cards=(incident_card(incident),))


def make_answer(app: App, pool: ThreadPoolExecutor) -> Answer:
    """`answer_now` off the event loop, on a bounded pool of threads."""

    async def answer_off_loop(invocation: Invocation) -> Reply:
        return await asyncio.get_running_loop().run_in_executor(pool, answer_now, invocation.text, app.desk(invocation))

    return answer_off_loop
