"""One replica of Paper Round for the chaos benchmark: a real process that plans and delivers until it is killed.

Started once, it imports everything and then forks a replica for each JSON line on its standard input, whose process id it prints:
a replica lives from the first moment on, instead of spending most of its short life on imports.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from benchmarks.recording_platform import LoopbackAdapter
from bot.app import App, open_app
from bot.editions.deliver import Delivery
from bot.editions.plan import plan_due
from bot.log import set_up_logs
from bot.metrics import Meters
from bot.settings import Settings

TICK_S = 0.02
LEASE_S = 2.0
POST_TIMEOUT_S = 0.5


def clock_from(start: str) -> Callable[[], datetime]:
    """A clock that begins at a given moment and then runs as this machine's."""
    begun, monotonic = datetime.fromisoformat(start).astimezone(UTC), time.monotonic()
    return lambda: begun + timedelta(seconds=time.monotonic() - monotonic)


async def replica(app: App, now: Callable[[], datetime], order: dict[str, Any]) -> None:
    """Plan and deliver until all is sent and `until_done` was asked for, or for ever."""
    adapter = LoopbackAdapter(order["address"], honours_keys=order["honours_keys"])
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=4) as pool:
        delivery = Delivery(
            rounds=app.rounds,
            adapters={adapter.platform: adapter},
            pool=pool,
            now=now,
            meters=Meters(),
            owner=f"{os.getpid()}-{time.monotonic_ns()}",
            lease_s=LEASE_S,
            post_timeout_s=POST_TIMEOUT_S,
        )
        while True:
            try:
                await loop.run_in_executor(pool, plan_due, app.library, app.rounds, now())
                await delivery.deliver_due()
                backlog = await loop.run_in_executor(pool, app.rounds.ledger.backlog, now())
            except Exception as error:  # noqa: BLE001 - the database may be restarting; the next tick tries again
                sys.stderr.write(f"tick failed: {type(error).__name__}\n")
                backlog = None
            if order["until_done"] and backlog is not None and not backlog.due and not backlog.waiting_parts:
                break
            await asyncio.sleep(TICK_S)
        await delivery.stop(grace_s=5)
        await adapter.close()


def live(order: dict[str, Any]) -> None:
    """What a forked replica does: open everything anew and go to work."""
    errors = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(errors, 2)
    set_up_logs("warning")
    settings = Settings(database_url=SecretStr(order["url"]), index_folder=Path(order["index"]))
    with open_app(settings) as app:
        asyncio.run(replica(app, clock_from(order["now"]), order))


def main() -> None:
    """Fork a replica for every line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                live(order)
                os._exit(0)
            except BaseException as error:  # noqa: BLE001 - a forked child must never go back to reading orders
                sys.stderr.write(f"replica broke: {error!r}\n")
                os._exit(1)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
