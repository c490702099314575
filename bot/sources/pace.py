"""How fast each server may be asked, over all processes: arXiv's own pace, and what servers ask of us. Kept as notes.

arXiv: one request every three seconds, one connection at a time, over everything (https://info.arxiv.org/help/api/tou.html).
Hugging Face tells what is left of a budget in `RateLimit` (https://huggingface.co/docs/hub/rate-limits); others ask us to wait
with `Retry-After` (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from bot.errors import SourceError
from bot.installs import Notes

ARXIV_GAP_S: Final = 3.0
LOOK_S: Final = 0.25
LINE_WAIT_S: Final = 60.0
MOST_WAIT_S: Final = 86_400.0
SPARE: Final = 3  # requests of a budget that are left to others at the same address
_PARAMETER: Final = re.compile(r"\b([rt])=(\d{1,9})\b")


class NotNow(SourceError):
    """Nothing is wrong, but it is not to be asked before `at`."""

    def __init__(self, at: datetime) -> None:
        super().__init__("It is not to be asked yet.")
        self.at = at


class Pace:
    """Lets requests through one by one as each server allows.

    Args:
        notes: shared by all processes.
        now: the present moment, UTC.
        busy_s: how long one request may take at most; for as long arXiv's line is held should its holder die.
        arxiv_hosts: servers that count as arXiv's beside its own.
        gap_s: seconds between two requests to arXiv.
    """

    def __init__(
        self,
        notes: Notes,
        now: Callable[[], datetime],
        *,
        busy_s: float,
        arxiv_hosts: frozenset[str] = frozenset(),
        gap_s: float = ARXIV_GAP_S,
    ) -> None:
        self._notes = notes
        self._now = now
        self._busy_s = busy_s
        self._arxiv_hosts = arxiv_hosts
        self._gap_s = gap_s
        self._line = asyncio.Lock()  # within this process, so that only one of its requests looks at the notes

    def turn(self, host: str) -> AbstractAsyncContextManager[None]:
        """The time in which one request to a server may be made.

        Raises:
            NotNow: the server asked us to wait, or arXiv's line is too long.
        """
        return self._arxiv_turn(host) if self._is_arxiv(host) else self._free_turn(host)

    async def wait_for(self, host: str, seconds: float) -> datetime:
        """Ask nothing of a server for that long, in any process; returns until when."""
        until = self._now() + timedelta(seconds=min(max(seconds, 1.0), MOST_WAIT_S))
        await asyncio.to_thread(self._notes.put, _wait_key(host), until.isoformat(), until)
        return until

    @asynccontextmanager
    async def _free_turn(self, host: str) -> AsyncIterator[None]:
        await self._check(host)
        yield

    @asynccontextmanager
    async def _arxiv_turn(self, host: str) -> AsyncIterator[None]:
        async with self._line:
            await self._check(host)
            await self._stand_in_line()
            try:
                yield
            finally:
                until = self._now() + timedelta(seconds=self._gap_s)
                await asyncio.to_thread(self._notes.put, _LINE, "", until)

    async def _stand_in_line(self) -> None:
        deadline = asyncio.get_running_loop().time() + LINE_WAIT_S
        while True:
            now = self._now()
            held = now + timedelta(seconds=self._busy_s + self._gap_s)
            if await asyncio.to_thread(self._notes.first, _LINE, held, now):
                return
            if asyncio.get_running_loop().time() > deadline:
                raise NotNow(now + timedelta(seconds=LINE_WAIT_S))
            await asyncio.sleep(LOOK_S)

    async def _check(self, host: str) -> None:
        until = await asyncio.to_thread(self._notes.get, _wait_key(host), self._now())
        if until:
            raise NotNow(datetime.fromisoformat(until))

    def _is_arxiv(self, host: str) -> bool:
        return host == "arxiv.org" or host.endswith(".arxiv.org") or host in self._arxiv_hosts


def retry_after_s(value: str, now: datetime) -> float | None:
    """The seconds that a `Retry-After` asks for: a number, or a date. `None` where it says neither."""
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value.strip()[:9]), MOST_WAIT_S)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), MOST_WAIT_S)


def budget_wait_s(rate_limit: str) -> float | None:
    """How long to wait where a `RateLimit` header says that hardly anything is left: `"api";r=0;t=55`. `None`: go on."""
    said = dict(_PARAMETER.findall(rate_limit))
    if "r" not in said or "t" not in said or int(said["r"]) > SPARE:
        return None
    return min(float(said["t"]), MOST_WAIT_S)


_LINE: Final = "source line arxiv"


def _wait_key(host: str) -> str:
    return f"source wait {host}"
