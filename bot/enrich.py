"""Papers that lack something are asked about, apart from all else: a lease, a request, and what came of it, paper by paper.

Nothing waits for it. Every answer is written down at once with the time of the next try, so that any process goes on from there.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, TypeVar, assert_never

import structlog

from bot.answers import entries_in
from bot.enrichment import (
    GUIDES,
    TITLE,
    Attempt,
    Enriched,
    EnrichmentStore,
    Errand,
    Guide,
    GuideState,
    Private,
    Task,
    Verdict,
)
from bot.errors import DigestError, SourceError
from bot.filling import filling
from bot.identity import title_key
from bot.installs import Notes
from bot.lacking import MOST_FAILURES, lacks, may_be_asked, named, next_try, the_answer, wants_of
from bot.model import Entry
from bot.ports import Library
from bot.settings import Settings
from bot.sources.asking import ask_for_ids, ask_for_title
from bot.sources.client import Client, Refused
from bot.sources.fetching import Bases
from bot.sources.pace import NotNow
from bot.sources.polite import bases_of, client_maker
from bot.sources.setbacks import after_failure
from bot.stopping import taken

LEASE_S: Final = 300.0
TOGETHER: Final[dict[Guide, int]] = {"hf": 10, "arxiv": 50}
"""Papers that are leased at once; arXiv is asked for all of them in one request."""
MOST_REQUESTS: Final = 60
"""Requests to one guide in one run."""
RUN_S: Final = 240.0
LOOKED_AT_ONCE: Final = 500
MOST_LOOKS: Final = 40
ENDS_AFTER: Final = 2
"""So many failures of a guide end a run."""

_log = structlog.get_logger()
_T = TypeVar("_T")


@dataclass(slots=True)
class _Budget:
    """What is left of a run for one guide."""

    papers: int
    requests: int = MOST_REQUESTS
    failures: int = 0

    @property
    def is_spent(self) -> bool:
        return self.papers <= 0 or self.requests <= 0 or self.failures >= ENDS_AFTER


class Enricher:
    """Asks about the papers that are due. Several processes may do so on one database.

    Args:
        store: what is asked, and when.
        library: where the papers are.
        make_client: an HTTP client for one run.
        bases: the servers that we know.
        pool: threads for storage.
        owner: names this process.
        now: the present moment, UTC.
        private: what of spaces' own papers may be asked.
    """

    def __init__(  # noqa: PLR0913 - all of it is wired once
        self,
        store: EnrichmentStore,
        library: Library,
        *,
        make_client: Callable[[], Client],
        bases: Bases,
        pool: Executor,
        owner: str,
        now: Callable[[], datetime],
        private: Private = "ids",
    ) -> None:
        self._store = store
        self._library = library
        self._make_client = make_client
        self._bases = bases
        self._pool = pool
        self._owner = owner
        self._now = now
        self._private = private
        self._states: tuple[GuideState, ...] = ()

    def states(self) -> tuple[GuideState, ...]:
        """How the guides were doing at the last look."""
        return self._states

    async def enrich(self, limit: int, *, run_s: float = RUN_S) -> list[Enriched]:
        """Ask about at most `limit` papers at each guide, for at most `run_s` seconds; what became of each, in order.

        What is not asked when it is cancelled can be leased again at once.

        Raises:
            StorageError: what became of a paper could not be written down; it will be asked about again.
        """
        await self._call(self._look)
        done: list[Enriched] = []
        ended: list[BaseException | None] = []
        with suppress(TimeoutError):  # what is left is due at the next run
            async with asyncio.timeout(run_s), self._make_client() as client:
                visits = [self._visit(client, guide, _Budget(limit), done) for guide in GUIDES]
                ended = await asyncio.gather(*visits, return_exceptions=True)
        self._states = tuple(await self._call(partial(self._store.states, self._now())))
        for error in filter(None, ended):
            raise error
        if any(one.result == "found" for one in done):
            await self._call(self._library.index.catch_up)
        return done

    def _look(self) -> None:
        """See what papers that are new or have changed lack."""
        today = self._now().date()
        upto = self._store.looked_upto()
        for _ in range(MOST_LOOKS):
            changes = self._library.store.changed_since(upto, LOOKED_AT_ONCE)
            if not changes:
                return
            upto = changes[-1].number
            self._store.look([want for one in changes for want in wants_of(one.paper, today)], upto, self._now())

    async def _visit(self, client: Client, guide: Guide, budget: _Budget, done: list[Enriched]) -> None:
        while not budget.is_spent:
            most = min(TOGETHER[guide], budget.papers)
            claim = partial(self._store.claim, guide, self._owner, self._now(), lease_s=LEASE_S, most=most, private=self._private)
            errand = await taken(self._call(claim), partial(self._hand_back, guide))
            if errand is None:
                return
            try:
                verdict = await self._run(client, errand, budget, done)
            except asyncio.CancelledError:
                self._hand_back(guide, errand)
                raise
            await self._call(partial(self._store.give_back, guide, self._owner, self._now(), verdict))
            if verdict.rest_until is not None:
                return

    def _hand_back(self, guide: Guide, errand: Errand | None) -> None:
        """At once, on this thread: we are being cancelled."""
        if errand is not None:
            self._store.give_back(guide, self._owner, self._now(), Verdict())

    async def _run(self, client: Client, errand: Errand, budget: _Budget, done: list[Enriched]) -> Verdict:
        verdict = Verdict(failures=errand.failures)
        for tasks in _requests(errand):
            if budget.is_spent:
                break
            budget.requests -= 1
            tasks = [one for one in tasks if may_be_asked(one.paper, one.question, self._private)]  # noqa: PLW2901 - never less sure
            if not tasks:
                continue
            budget.papers -= len(tasks)
            try:
                entries = await self._ask(client, errand.guide, tasks)
            except NotNow as wait:
                return replace(verdict, rest_until=wait.at)
            except SourceError as error:
                verdict = self._failed(errand.guide, tasks[0], verdict, error)
                budget.failures += 1
                attempts = [self._unanswered(one, verdict, error) for one in tasks]
            else:
                verdict = Verdict(answered=True)
                attempts = [self._answered(errand.guide, one, entries) for one in tasks]
            for attempt, entry in attempts:
                if not await self._write(errand.guide, attempt, entry, done):
                    return verdict
            if verdict.rest_until is not None:
                break
        return verdict

    async def _ask(self, client: Client, guide: Guide, tasks: Sequence[Task]) -> list[Entry]:
        if tasks[0].question == TITLE:
            words = title_key(tasks[0].paper.title).split()
            data: bytes | None = await ask_for_title(client, guide, words, self._bases)
        else:
            ids = [one.question.partition(":")[2] for one in tasks]
            data = await ask_for_ids(client, guide, ids, self._bases)
        if data is None:
            return []
        try:
            return await self._call(partial(entries_in, guide, data, self._now().date()))
        except SourceError:
            raise
        except DigestError as error:
            raise SourceError(str(error)) from error
        except Exception as error:
            _log.exception("guide_not_understood", guide=guide)  # no answer that no parser foresaw may stop the others
            raise SourceError(
                "Its answer could not be read, which is a fault of Paper Round; the log has the details."
            ) from error

    def _answered(self, guide: Guide, task: Task, entries: Sequence[Entry]) -> tuple[Attempt, Entry | None]:
        """What an answer is to one task; what it changes is only known once it is written."""
        again = next_try(self._now(), task.tries + 1, _jitter())
        entry = the_answer(task.question, task.paper, entries)
        if entry is not None:
            return Attempt(task=task, result="nothing", next_at=again), entry
        # arXiv answers for many papers at once, so what is there may be about the others.
        others = guide == "arxiv" and task.question != TITLE and not any(named(task.question, one) for one in entries)
        return Attempt(task=task, result="refused" if entries and not others else "unknown", next_at=again), None

    def _failed(self, guide: Guide, first: Task, before: Verdict, error: SourceError) -> Verdict:
        asked_at = error.retry_at if isinstance(error, Refused) else None
        setback = after_failure(
            self._now(), failures=first.failures, in_a_row=before.failures, asked_at=asked_at, jitter=_jitter()
        )
        _log.warning("guide_failed", guide=guide, error=str(error))
        return Verdict(failures=before.failures + 1, error=str(error), rest_until=setback.open_until or asked_at)

    def _unanswered(self, task: Task, verdict: Verdict, error: SourceError) -> tuple[Attempt, Entry | None]:
        """A try that failed: soon again, and alone, so that whatever is wrong with one paper does not hold up the others."""
        soon = after_failure(self._now(), failures=task.failures, in_a_row=0, asked_at=None, jitter=_jitter()).next_at
        next_at = max(soon, verdict.rest_until or soon) if task.failures + 1 < MOST_FAILURES else None
        return Attempt(task=task, result="failed", next_at=next_at, error=str(error)), None

    async def _write(self, guide: Guide, attempt: Attempt, entry: Entry | None, done: list[Enriched]) -> bool:
        fill = None if entry is None else filling(attempt.task, entry)
        write = partial(self._store.write, guide, self._owner, attempt, self._now(), lease_s=LEASE_S, filling=fill)
        written = await self._call(write)
        if written is None:
            _log.warning("guide_lease_lost", guide=guide)
            return False
        result, paper = written
        before = attempt.task.paper
        gained = tuple(sorted(lacks(before) - lacks(paper))) if paper is not None and result == "found" else ()
        done.append(Enriched(guide=guide, task=attempt.task, result=result, paper=paper, gained=gained, error=attempt.error))
        return True

    async def _call(self, function: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function)


def _requests(errand: Errand) -> list[list[Task]]:
    """An errand's tasks as they are asked: arXiv for all ids at once, all else one by one."""
    match errand.guide:
        case "hf":
            return [[one] for one in errand.tasks]
        case "arxiv":
            by_id = [one for one in errand.tasks if one.question != TITLE]
            return [*([by_id] if by_id else []), *([one] for one in errand.tasks if one.question == TITLE)]
        case _:
            assert_never(errand.guide)


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads tries, guards nothing


def make_enricher(  # noqa: PLR0913 - all of it is wired once
    settings: Settings,
    store: EnrichmentStore,
    library: Library,
    notes: Notes,
    *,
    pool: Executor,
    owner: str,
    now: Callable[[], datetime],
) -> Enricher:
    """An enricher with an HTTP client as the settings say.

    Raises:
        SettingsError: an address or a port in them cannot be used.
    """
    return Enricher(
        store,
        library,
        make_client=client_maker(settings, notes, now),
        bases=bases_of(settings),
        pool=pool,
        owner=owner,
        now=now,
        private=settings.enrich_private,
    )
