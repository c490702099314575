"""Delivers what the ledger holds: leases editions, sends each in a task of its own, hands back what is left when stopped.

Concurrent over channels, in order within one. Knows no SQL and no platform; ledger calls run on a pool of threads.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar
from weakref import WeakValueDictionary

import structlog

from bot.cards import Card
from bot.editions.outfit import Outfit
from bot.editions.patience import Terms
from bot.editions.sending import Pace, Sending
from bot.editions.steps import Sleep, Steps
from bot.errors import ChannelGone, StorageError
from bot.ledger import Rounds
from bot.metrics import Meters
from bot.model import ChannelRef
from bot.ports import ChatAdapter
from bot.subscribe_line import wish_line
from bot.subscription import Job, Step
from bot.views.paused import paused_card, role_gone_card

CLAIM = 100
"""Editions leased by one call: more would hold the database, and the event loop that starts them, for too long."""
PUT_OFF_S = 15.0
AGAIN_S = 0.2
"""How long after the end of an edition we look for the next one of its channel: those that end together are then one look."""
PACE_KEPT_S = 60.0
PACES = 20_000
LONGEST_WAIT_S = 15.0
LAST_WORDS_S = 5.0

T = TypeVar("T")

_log = structlog.get_logger()


class Delivery:
    """Sends planned editions.

    Args:
        rounds: the ledger and the subscriptions.
        adapters: each platform's adapter, by its name; editions of other platforms are left to other processes.
        pool: threads for the ledger.
        now: the present moment, UTC.
        meters: what is measured.
        owner: names this process to the ledger; no other one, not even an earlier run, has the same.
        lease_s: how long an edition is ours when we say nothing more of it.
        post_timeout_s: how long one post may take.
        retry_s: the wait after a first failure.
        at_once: editions under way. One that waits for its platform costs memory only, so this is high.
        per_workspace: posts to one workspace at the same time, so that a slow one only holds up itself.
        sleep: waits.
    """

    def __init__(  # noqa: PLR0913  (all of it is wired once)
        self,
        *,
        rounds: Rounds,
        adapters: Mapping[str, ChatAdapter],
        pool: Executor,
        now: Callable[[], datetime],
        meters: Meters,
        owner: str,
        lease_s: float = 60.0,
        post_timeout_s: float = 20.0,
        retry_s: float = 1.0,
        at_once: int = 8000,
        per_workspace: int = 64,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._rounds = rounds
        self._adapters = dict(adapters)
        self._pool = pool
        self._now = now
        self._meters = meters
        self._owner = owner
        self._at_once = at_once
        self._per_workspace = per_workspace
        self._sleep = sleep
        self._terms = Terms(lease_s=lease_s, post_timeout_s=post_timeout_s, retry_s=retry_s)
        self._steps = Steps(self._record, sleep, now)
        self._outfit = Outfit(
            steps=self._steps,
            meters=meters,
            now=now,
            sleep=sleep,
            terms=self._terms,
            gone=self._pause,
            unmentioned=self._unmentioned,
        )
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Semaphore] = WeakValueDictionary()
        self._under_way: dict[int, tuple[Sending, asyncio.Task[None]]] = {}
        self._crowd: Counter[tuple[str, str]] = Counter()
        self._claiming = asyncio.Lock()
        self._stopping = False
        self._again: asyncio.Task[None] | None = None
        self._paces: dict[ChannelRef, Pace] = {}

    async def deliver_due(self) -> int:
        """Lease what waits to be sent and begin to send it; how many editions that were. Does not wait for them to end.

        Raises:
            StorageError: the ledger cannot be read; what was begun goes on.
        """
        started = 0
        async with self._claiming:
            while not self._stopping and (room := min(CLAIM, self._at_once - len(self._under_way))) > 0:
                jobs = await self._claim(room)
                # An edition whose lease ran out while it waited here comes again: it is still ours, and under way.
                new = [job for job in jobs if job.edition_id not in self._under_way]
                put_off = [job for job in new if not self._start(job)]
                started += len(new) - len(put_off)
                await self._put_off(put_off)
                if not new:
                    break
        return started

    async def _claim(self, limit: int) -> list[Job]:
        claim, platforms = self._rounds.ledger.claim, tuple(self._adapters)
        return await self._in_pool(
            partial(claim, self._owner, self._now(), lease_s=self._terms.lease_s, limit=limit, platforms=platforms)
        )

    async def until_idle(self) -> None:
        """Wait until nothing is under way."""
        while tasks := [*(task for _, task in self._under_way.values()), *([self._again] if self._again else [])]:
            await asyncio.wait(tasks)

    async def stop(self, grace_s: float) -> None:
        """Lease no more, let the parts under way end for so many seconds, and hand back the rest for another process."""
        self._stopping = True
        if self._again is not None:
            self._again.cancel()
        for sending, _ in self._under_way.values():
            sending.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s), self._claiming:
                pass  # what is being leased is known now, and handed back too
        sendings = list(self._under_way.values())
        tasks = [task for _, task in sendings]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._hand_back([step for sending, _ in sendings if (step := sending.last_step()) is not None])

    async def _hand_back(self, steps: Sequence[Step]) -> None:
        writes = [asyncio.ensure_future(self._steps.write(step)) for step in steps]
        if writes:
            await asyncio.wait(writes, timeout=LAST_WORDS_S)
        await self._steps.close(LAST_WORDS_S)
        for write in writes:
            write.cancel()
        await asyncio.gather(*writes, return_exceptions=True)
        if steps:
            _log.info("editions_handed_back", editions=len(steps))

    def _start(self, job: Job) -> bool:
        """Begin to send an edition; `False` where its workspace has too many under way already."""
        place = (job.channel.platform, job.channel.workspace)
        if self._crowd[place] >= self._at_once // 2:
            return False
        self._crowd[place] += 1
        turn = self._turns.setdefault(place, asyncio.Semaphore(self._per_workspace))
        sending = Sending(job, self._adapters[job.channel.platform], turn, self._pace_of(job.channel), self._outfit)
        if self._stopping:
            sending.stop()
        task = asyncio.create_task(sending.run(), name=f"edition {job.edition_id}")
        self._under_way[job.edition_id] = (sending, task)
        task.add_done_callback(partial(self._ended, job))
        return True

    def _pace_of(self, channel: ChannelRef) -> Pace:
        """What was learnt of a channel in the last minute: its next edition need not be refused first."""
        pace = self._paces.pop(channel, None)
        if pace is None or pace.posted_at is None or self._now() - pace.posted_at > timedelta(seconds=PACE_KEPT_S):
            pace = Pace()
        self._paces[channel] = pace
        while len(self._paces) > PACES:
            self._paces.pop(next(iter(self._paces)))
        return pace

    async def _put_off(self, jobs: Sequence[Job]) -> None:
        """Let editions of a crowded workspace wait in the ledger, so that others find room here."""
        retry_at = self._now() + timedelta(seconds=PUT_OFF_S)
        why = "others of its workspace come first"
        steps = [Step(kind="retry", edition_id=job.edition_id, reason=why, retry_at=retry_at) for job in jobs]
        await asyncio.gather(*(self._steps.write(step) for step in steps))

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        if self._stopping:
            return  # kept until it is handed back
        del self._under_way[job.edition_id]
        place = (job.channel.platform, job.channel.workspace)
        self._crowd[place] -= 1
        if not self._crowd[place]:
            del self._crowd[place]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("edition_broke", edition=job.edition_id, channel=str(job.channel), exc_info=error)
        if self._again is None:
            self._again = asyncio.create_task(self._claim_again(), name="claim again")

    async def _claim_again(self) -> None:
        """Begin the next edition of a channel as soon as the one before has ended, not only at the next tick."""
        await asyncio.sleep(AGAIN_S)
        self._again = None
        with suppress(StorageError):  # the next tick meets it too, and says so
            await self.deliver_due()

    async def _record(self, steps: Sequence[Step]) -> Sequence[bool]:
        record = partial(self._rounds.ledger.record, lease_s=self._terms.lease_s)
        return await self._in_pool(record, self._owner, self._now(), steps)

    async def _pause(self, job: Job, error: ChannelGone) -> None:
        """Pause a channel that is gone; each maker of a subscription there is told once, and so is the operator."""
        reason = str(error) or "the channel is gone"
        paused = await self._at_last(self._rounds.subscriptions.pause_channel, job.channel, reason)
        if not paused:
            return  # it was paused already, and they were told then
        platform = job.channel.platform
        self._meters.paused.labels(platform).inc(len(paused))
        self._meters.editions.labels("failed", "gone").inc()
        _log.error("channel_paused", channel=str(job.channel), subscriptions=[one.id for one in paused], reason=reason)
        for maker, theirs in groupby(sorted(paused, key=lambda one: one.made_by), key=lambda one: one.made_by):
            await self._tell(job.channel, maker, paused_card(job.channel, [wish_line(one.wish) for one in theirs], reason))

    async def _unmentioned(self, job: Job) -> None:
        """Take a role that is gone out of its subscription; whose process does is the one that tells the maker, once."""
        subscriptions, role = self._rounds.subscriptions, job.opening.mention
        changed = await self._at_last(subscriptions.mention_nobody, job.subscription_id, role)
        if changed is None:
            return
        _log.warning("role_gone", channel=str(job.channel), subscription=job.subscription_id)
        await self._tell(job.channel, changed.made_by, role_gone_card(job.channel, wish_line(changed.wish)))

    async def _tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        try:
            async with asyncio.timeout(self._terms.post_timeout_s):
                await self._adapters[channel.platform].tell(channel, user, card)
        except Exception as failed:  # noqa: BLE001 - that nobody could be told must not end anything else
            _log.warning("maker_not_told", channel=str(channel), error=str(failed) or repr(failed))

    async def _at_last(self, call: Callable[..., T], *args: object) -> T:
        """A ledger call that is made again until the database is there."""
        failed = 0
        while True:
            try:
                return await self._in_pool(call, *args)
            except StorageError as error:
                failed += 1
                _log.warning("storage_away", tries=failed, error=str(error))
                await self._sleep(min(0.25 * 2 ** min(failed, 10), LONGEST_WAIT_S))

    async def _in_pool(self, call: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args))
