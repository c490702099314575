"""Sends the parts of one edition in their order: one lease, one channel. Knows no SQL and no platform.

A part is written down as begun, posted, and written down as sent. Whatever happens between those two leaves it in doubt, and that
is said (`part_in_doubt`) before it is sent once more on a platform that cannot tell.
"""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.editions.outfit import Outfit
from bot.editions.patience import lead_of, pace_of, plain_card, wait_asked
from bot.errors import ChannelGone, MentionGone, PayloadRejected, RateLimited, ThreadGone
from bot.model import QUIETLY, MessageRef
from bot.ports import ChatAdapter
from bot.subscription import Job, Part, Step

WAITS_IN_PLACE = 20
"""So often a part may be held up by a short rate limit before its edition makes room for others."""

_log = structlog.get_logger()


@dataclass(slots=True)
class Pace:
    """How far apart a channel's messages are to be, in seconds, as its platform taught us; and when it had its last one."""

    gap_s: float = 0.0
    posted_at: datetime | None = None


class Sending:
    """One leased edition on its way.

    Args:
        job: what is left to send.
        adapter: its platform.
        turn: how many editions of the workspace may post at the same time; one that waits holds no place.
        pace: the channel's, which the editions there share.
        outfit: what it is sent with.
    """

    def __init__(self, job: Job, adapter: ChatAdapter, turn: asyncio.Semaphore, pace: Pace, outfit: Outfit) -> None:
        self.job = job
        self.over = False
        self._adapter = adapter
        self._turn = turn
        self._with = outfit
        self._left = deque(job.parts)
        self._opener = job.opener
        self._idle: asyncio.Task[object] | None = None  # this edition's task while it only waits, and may be cut short
        self._stopping = False
        self._posting = False
        self._held_up = False  # the part that is begun was refused for now, so it is not in doubt
        self._plain = False
        self._asked_to_wait = 0
        self._opening_as = job.opening
        self._pace = pace

    async def run(self) -> None:
        """Send what is left. Ends early when the lease is lost, when the rest is to wait or is given up, or when stopped."""
        while not self._stopping:
            wait = await self._send_in_turn()
            if wait is None or self._stopping:
                break
            async with self._waiting():
                await self._with.sleep(wait)
        self.over = self.over or not self._stopping or not self._left
        if self._opening_as != self.job.opening:
            await self._with.unmentioned(self.job)

    def stop(self) -> None:
        """Begin no other part; cut waiting short."""
        self._stopping = True
        if self._idle is not None:
            self._idle.cancel()

    def last_step(self) -> Step | None:
        """What is to be written for an edition that was stopped before its end: `None` where only the lease's end is safe."""
        if self.over or self._posting:
            return None  # a message cut off in the middle may still arrive: another process should not post it at once
        edition = self.job.edition_id
        if self._held_up:
            return Step(
                kind="retry", edition_id=edition, number=self._left[0].number, reason="stopped", retry_at=self._with.now()
            )
        return Step(kind="released", edition_id=edition)

    @asynccontextmanager
    async def _waiting(self) -> AsyncIterator[None]:
        self._idle = asyncio.current_task()
        try:
            yield
        finally:
            self._idle = None

    async def _send_in_turn(self) -> float | None:
        """Send part after part while nothing makes us wait; the seconds to wait before going on, `None` at the end."""
        async with self._waiting():
            await self._turn.acquire()
        try:
            sent: tuple[Step, ...] = ()
            while self._left and not self._stopping:
                is_early = self._until_begun() > 0
                held = await (self._with.steps.write(*sent) if is_early else self._begin(*sent))
                if not held:
                    self.over = True
                    _log.warning("lease_lost", edition=self.job.edition_id, channel=str(self.job.channel))
                    return None
                if is_early:
                    return max(0.0, self._until_begun())  # less than before: it was written meanwhile
                if (rest := self._pause()) > 0:
                    await self._with.sleep(rest)  # not cut short: the part is begun, so it also goes out where we are stopped
                outcome = await self._send(self._left[0])
                if not isinstance(outcome, Step):
                    return outcome
                sent = (outcome,)
            await self._with.steps.write(*sent)
            return None
        finally:
            self._turn.release()

    def _pause(self) -> float:
        """The seconds until the channel may have its next message, at the pace learnt so far."""
        if not self._pace.gap_s or self._pace.posted_at is None:
            return 0.0
        since = max(0.0, (self._with.now() - self._pace.posted_at).total_seconds())
        return self._pace.gap_s - since

    def _until_begun(self) -> float:
        """The seconds until the next part is to be written down as begun, a little before it may go out."""
        return self._pause() - lead_of(self._with.steps.takes_s)

    async def _begin(self, *sent: Step) -> bool:
        """Write down what was sent and that the next part begins, with a lease that is fresh; `False` where it was lost."""
        begun = Step(kind="begun", edition_id=self.job.edition_id, number=self._left[0].number)
        self._held_up = False
        steps = (*sent, begun)
        while True:
            asked_at = asyncio.get_running_loop().time()
            if not await self._with.steps.write(*steps):
                return False
            if asyncio.get_running_loop().time() - asked_at < self._with.terms.in_place_s:
                return True
            steps = (begun,)  # the database was slow to answer: part of the lease may have gone by meanwhile

    async def _send(self, part: Part) -> Step | float | None:
        """Send a part: the step that says so, or the seconds to wait before the next try, or `None`: no more for now."""
        if part.in_doubt:
            self._with.doubt(self._adapter, self.job, part, "another process began it")
            self._left[0] = part = Part(number=part.number, card=part.card, tries=part.tries)
        try:
            message = await self._post(part)
        except RateLimited as error:
            return await self._wait_as_asked(part, error)
        except MentionGone as error:
            self._with.count(self.job, part, "no_role", error)
            self._held_up = True
            self._opening_as = replace(self._opening_as, mention="")
            return 0.0
        except PayloadRejected as error:
            return await self._say_less(part, error)
        except ThreadGone as error:
            await self._give_up("thread_gone", error)
        except ChannelGone as error:
            self._with.count(self.job, part, "gone", error)
            self.over = True
            await self._with.gone(self.job, error)
        except Exception as error:  # noqa: BLE001 - whatever an adapter raises, the ledger decides what comes next
            await self._try_later(part, error)
        else:
            return self._sent(part, message)
        return None

    async def _post(self, part: Part) -> MessageRef:
        card = plain_card(part.card) if self._plain else part.card
        thread = self._opener if self.job.in_thread and part.number > 1 else None
        opening = self._opening_as if part.number == 1 else QUIETLY
        self._posting = True
        try:
            async with asyncio.timeout(self._with.terms.post_timeout_s):
                key = self.job.key(part.number)
                message = await self._adapter.post(self.job.channel, card, thread=thread, key=key, opening=opening)
        except Exception:
            self._posting = False  # not so when cancelled: what is cut off in the middle may still arrive
            raise
        self._posting = False
        return message

    def _sent(self, part: Part, message: MessageRef | None) -> Step:
        """The step for a part that is out, or, without a message, that will never be."""
        self._left.popleft()
        self._plain, self._asked_to_wait = False, 0
        if message is not None:
            self._pace.posted_at = self._with.now()
            self._with.meters.parts_sent.labels(self.job.channel.platform).inc()
            if self._opener is None:
                self._opener = message
                late_s = (self._pace.posted_at - self.job.due_at).total_seconds()
                self._with.meters.late_s.observe(max(0.0, late_s))
        if not self._left:
            self._with.meters.editions.labels("sent", "").inc()
        return Step(kind="sent", edition_id=self.job.edition_id, number=part.number, message=message)

    async def _wait_as_asked(self, part: Part, error: RateLimited) -> float | None:
        self._with.count(self.job, part, "rate_limited", error)
        self._held_up = True
        now, wait = self._with.now(), wait_asked(error.retry_after_s)
        if self._pace.posted_at is not None:
            self._pace.gap_s = pace_of((now - self._pace.posted_at).total_seconds(), wait, self._pace.gap_s)
        self._asked_to_wait += 1
        if wait <= self._with.terms.in_place_s and self._asked_to_wait < WAITS_IN_PLACE:
            return wait
        if self._with.terms.too_late(now, self.job.due_at):
            await self._give_up("late", error)
        else:
            await self._retry(part, now + timedelta(seconds=wait), error)
        return None

    async def _say_less(self, part: Part, error: PayloadRejected) -> Step | float | None:
        """A refused card goes as its title alone; if that is refused too, the edition goes on without it."""
        self._with.count(self.job, part, "refused", error)
        self._held_up = True
        if not self._plain:
            self._plain = True
            return 0.0
        if self._opener is None and (self.job.in_thread or len(self._left) == 1):
            await self._give_up("refused", error)  # there is nothing to go on under, or nothing was shown at all
            return None
        return self._sent(part, None)

    async def _try_later(self, part: Part, error: Exception) -> None:
        kind = "timeout" if isinstance(error, TimeoutError) else "unreachable" if isinstance(error, OSError) else "other"
        self._with.count(self.job, part, kind, error)
        tries = part.tries + 1
        if tries >= self._with.terms.tries:
            await self._give_up("tries", error)
            return
        self._with.doubt(self._adapter, self.job, part, kind)
        retry_at = self._with.terms.retry_at(self._with.now(), tries, random.random())  # noqa: S311 - no secret
        await self._retry(part, retry_at, error)

    async def _retry(self, part: Part, retry_at: datetime, error: Exception) -> None:
        self.over = True
        step = Step(
            kind="retry", edition_id=self.job.edition_id, number=part.number, reason=str(error) or repr(error), retry_at=retry_at
        )
        await self._with.steps.write(step)

    async def _give_up(self, why: str, error: Exception) -> None:
        self.over = True
        self._with.meters.editions.labels("failed", why).inc()
        _log.error("edition_given_up", edition=self.job.edition_id, channel=str(self.job.channel), why=why, error=str(error))
        await self._with.steps.write(Step(kind="given_up", edition_id=self.job.edition_id, reason=str(error) or repr(error)))
