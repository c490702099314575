"""Sources are asked, and what they list is taken in: a lease, a fetch, an ingest, and what became of it. Decides nothing itself.

Whatever a source does, only it is affected: every failure is written down with the time of the next try, so that any process
goes on from there, also after a restart.
"""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

import structlog

from bot.errors import BotError, SourceError
from bot.installs import Notes
from bot.origins import Page, Settled, SourceStore
from bot.ports import Library
from bot.results import Receipt
from bot.settings import Settings
from bot.sources.client import WHOLE_S, Client, Refused
from bot.sources.days import names_to_begin, next_time
from bot.sources.fetching import Bases, fetch
from bot.sources.pace import NotNow
from bot.sources.polite import bases_of, client_maker
from bot.sources.setbacks import after_failure
from bot.stopping import taken
from bot.subscription import SourceState
from bot.taking import take_document

LEASE_S: Final = 300.0
WORKERS: Final = 4
NOT_YET: Final = timedelta(minutes=15)
REFUSED: Final = 400

_log = structlog.get_logger()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of one page. `receipt` is `None` where nothing new was there, `error` is empty where it did not fail.

    `put_off`: it was not to be asked, or had nothing to say, before `next_at`.
    """

    page: Page
    receipt: Receipt | None = None
    error: str = ""
    put_off: bool = False
    next_at: datetime | None = None


class Refresher:
    """Asks the sources that are due. Several processes may do so on one database.

    Args:
        sources: which there are, and when each is due.
        library: where papers go.
        make_client: an HTTP client for one round.
        bases: the servers that we know.
        pool: threads for storage.
        owner: names this process.
        now: the present moment, UTC.
    """

    def __init__(  # noqa: PLR0913 - all of it is wired once
        self,
        sources: SourceStore,
        library: Library,
        *,
        make_client: Callable[[], Client],
        bases: Bases,
        pool: Executor,
        owner: str,
        now: Callable[[], datetime],
    ) -> None:
        self._sources = sources
        self._library = library
        self._make_client = make_client
        self._bases = bases
        self._pool = pool
        self._owner = owner
        self._now = now
        self._states: tuple[SourceState, ...] = ()

    def states(self) -> tuple[SourceState, ...]:
        """How the sources were doing at the last look."""
        return self._states

    async def refresh_due(self, *, only: int | None = None) -> list[Refreshed]:
        """Ask every page that is due, of one source where `only` is given, until none is; what became of each.

        What is under way when it is cancelled can be leased again at once.

        Raises:
            StorageError: what became of a page could not be written down; it will be asked again.
        """
        await self._call(self._begin)
        done: list[Refreshed] = []
        first = await self._claim(only)
        if first is not None:
            async with self._make_client() as client:
                workers = [
                    self._work(client, first, only, done),
                    *(self._work(client, None, only, done) for _ in range(WORKERS - 1)),
                ]
                await asyncio.gather(*workers)
            await self._call(self._library.index.keep_up)
        await self._call(self._look)
        return done

    def _begin(self) -> None:
        """Let every source have the pages that it should have by now."""
        now = self._now()
        self._look()
        for source in self._sources.all():
            names = names_to_begin(source.kind, now.date(), self._sources.pages(source.id))
            if names:
                self._sources.begin(source.id, names, now)

    def _look(self) -> None:
        self._states = tuple(source.state for source in self._sources.all())

    async def _work(self, client: Client, page: Page | None, only: int | None, done: list[Refreshed]) -> None:
        while page := page or await self._claim(only):
            done.append(await self._refresh(client, page))
            page = None

    async def _claim(self, only: int | None) -> Page | None:
        claim = partial(self._sources.claim, self._owner, self._now(), lease_s=LEASE_S, only=only)
        return await taken(self._call(claim), self._put_back)

    def _put_back(self, page: Page | None) -> None:
        """At once, on this thread: we are being cancelled."""
        if page is not None:
            self._sources.settle(self._owner, page, self._now(), Settled(kind="put_off", next_at=self._now()))

    async def _refresh(self, client: Client, page: Page) -> Refreshed:
        try:
            settled, receipt = await self._taken(client, page)
        except asyncio.CancelledError:
            self._put_back(page)
            raise
        except NotNow as wait:
            settled, receipt = Settled(kind="put_off", next_at=wait.at), None
        except BotError as error:
            settled, receipt = self._failed(page, error, str(error)), None
        except Exception as error:  # noqa: BLE001 - a document that no parser foresaw must not stop the other sources
            _log.exception("source_not_understood", source=page.source_id, page=page.name)
            said = "Its document could not be read, which is a fault of Paper Round; the log has the details."
            settled, receipt = self._failed(page, error, said), None
        held = await self._call(partial(self._sources.settle, self._owner, page, self._now(), settled))
        if settled.error:
            _log.warning("source_failed", source=page.source_id, kind=page.kind, page=page.name, error=settled.error)
        elif receipt is not None:
            counts = {"added": receipt.added, "changed": receipt.changed}
            _log.info("source_taken_in", source=page.source_id, kind=page.kind, page=page.name, **counts)
        if not held:
            _log.warning("source_lease_lost", source=page.source_id, page=page.name)
        put_off = settled.kind == "put_off"
        return Refreshed(page=page, receipt=receipt, error=settled.error, put_off=put_off, next_at=settled.next_at)

    async def _taken(self, client: Client, page: Page) -> tuple[Settled, Receipt | None]:
        try:
            async with asyncio.timeout(LEASE_S - WHOLE_S):
                document = await fetch(client, page, self._bases)
        except TimeoutError as error:
            raise SourceError("It took too long to answer in full.") from error
        receipt, seen = None, page.seen
        if document.data is not None:
            store = self._library.store
            receipt, seen = await self._call(partial(take_document, page, document.data, store=store, now=self._now()))
        next_at = next_time(page.kind, page.name, self._now())
        settled = Settled(
            kind="taken", next_at=next_at, etag=document.etag, modified=document.modified, sha256=document.sha256, seen=seen
        )
        return settled, receipt

    def _failed(self, page: Page, error: Exception, said: str) -> Settled:
        now = self._now()
        refused = error if isinstance(error, Refused) else None
        if refused and refused.status == REFUSED and page.kind == "hf" and _is_fresh(page.name, now.date()):
            return Settled(kind="put_off", next_at=now + NOT_YET)  # the day has not begun there
        after = after_failure(
            now,
            failures=page.failures,
            in_a_row=page.source_failures,
            asked_at=refused.retry_at if refused else None,
            jitter=random.random(),  # noqa: S311 - spreads tries, guards nothing
        )
        return Settled(kind="failed", next_at=after.next_at, open_until=after.open_until, error=said)

    async def _call(self, function: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function)


def _is_fresh(day: str, today: date) -> bool:
    return date.fromisoformat(day) >= today - timedelta(days=1)


def make_refresher(  # noqa: PLR0913 - all of it is wired once
    settings: Settings,
    sources: SourceStore,
    library: Library,
    notes: Notes,
    *,
    pool: Executor,
    owner: str,
    now: Callable[[], datetime],
) -> Refresher:
    """A refresher with an HTTP client as the settings say.

    Raises:
        SettingsError: an address or a port in them cannot be used.
    """
    return Refresher(
        sources,
        library,
        make_client=client_maker(settings, notes, now),
        bases=bases_of(settings),
        pool=pool,
        owner=owner,
        now=now,
    )
