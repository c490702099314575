"""10,000 subscriptions due in the same minute: finding, composing and entering them; then delivering while people ask.

    python -m benchmarks.fanout [SUBSCRIPTIONS] [--postgres] [--threads]

Yardsticks in the same run: the ideal of a platform that takes one message a second in a channel, and the asyncio loop's own lag.
500 channels have 20 subscriptions each, on 20 topics; most of them as a list, which is one message, every tenth as a thread.
With `--threads` there are 10,000 channels of one subscription each, which brings a thread of eleven messages: as much as can be
to enter at once. They are only planned.
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from pydantic import SecretStr

from benchmarks.corpus import corpus_lines, named
from benchmarks.postgres import postgres
from benchmarks.timing import timed
from bot.app import App, answer_now, open_app
from bot.cards import Card
from bot.deciding import Decider
from bot.editions.deliver import Delivery
from bot.editions.plan import plan_due
from bot.errors import RateLimited
from bot.identity import identifiers_of
from bot.log import set_up_logs
from bot.metrics import Meters
from bot.model import QUIETLY, ChannelRef, Entry, Identifier, MessageRef, Opening
from bot.ports import Answer, Listing
from bot.serve import Rhythm
from bot.settings import Settings
from bot.subscription import EVERY_DAY, Subscription, Timing, Wish

TODAY: Final = date(2026, 11, 23)
PER_CHANNEL: Final = 20
NEW_PAPERS: Final = 60
OLD_PAPERS: Final = 5_000
TOPICS: Final = (
    "", "rl", "llm", "vision-language", "diffusion", "robotics", "agents", "reasoning", "3d", "speech", "retrieval",
    "code generation", "safety", "video", "alignment", "benchmark", "efficient inference", "graph", "multimodal", "time series",
)  # fmt: skip


class PacedPlatform:
    """A platform in this process that takes one message a second in a channel, and refuses those that come sooner."""

    platform = "paced"
    honours_keys = True

    def __init__(self) -> None:
        self.taken = 0
        self.refused = 0
        self._next: dict[ChannelRef, float] = {}

    async def run(self, answer: Answer) -> None:
        """Nobody types here."""

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Take a message, after a round trip of 20 ms."""
        await asyncio.sleep(0.02)
        now, free_at = time.monotonic(), self._next.get(channel, 0.0)
        if now < free_at:
            self.refused += 1
            raise RateLimited(free_at - now)
        self._next[channel] = now + 1.0
        self.taken += 1
        return MessageRef(channel=channel, message=key)

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Nobody listens here."""


def entry_of(number: int, line: bytes) -> Entry:
    """A line of the corpus as a digest's entry."""
    one = json.loads(line)
    scheme, _, value = one["id"].partition(":")
    return Entry(
        rank=number, line=number, title=one["title"], abstract=one["abstract"], authors=tuple(one["authors"]),
        identifiers=(Identifier(scheme, value),), upvotes=number % 50,
    )  # fmt: skip


def fill(app: App, subscriptions: int, now: datetime, *, threads: bool) -> None:
    """Old papers, subscriptions, and then the new digest that all of them wait for."""
    old = [entry_of(number, line) for number, line in enumerate(corpus_lines(OLD_PAPERS + NEW_PAPERS), start=1)]
    for day, entries in ((TODAY - timedelta(days=30), old[:OLD_PAPERS]), (TODAY, old[OLD_PAPERS:])):
        keys = [identifiers_of(one) for one in entries]
        listing = Listing(key=f"test:{day}", source="hf-daily", issued_on=day, received_on=day, sha256=f"{day.toordinal():064x}")
        app.library.store.ingest(entries, keys, Decider(day).of(keys), listing)
    since = app.library.store.change_before(TODAY)
    for number in range(subscriptions):
        place = number if threads else number // PER_CHANNEL
        channel = ChannelRef(platform="paced", workspace=f"t{place % 50}", channel=f"c{place}")
        wish = Wish(
            query="" if threads else TOPICS[number % len(TOPICS)],
            timing=Timing(days=EVERY_DAY),
            top=10 if threads else 5,
            layout="list" if number % 10 and not threads else "thread",
        )
        one = Subscription(
            id=0, channel=channel, wish=wish, made_by="u", made_at=now, since_change=since, start_on=TODAY,
            next_at=now - timedelta(seconds=number % 60),
        )  # fmt: skip
        assert app.rounds.subscriptions.add(one, most=PER_CHANNEL) is not None
    app.library.index.catch_up()


def memory_mb() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def database(folder: str, *, on_postgres: bool) -> Iterator[str]:
    """An empty database: its URL."""
    if not on_postgres:
        yield f"sqlite:///{folder}/fanout.db"
        return
    with postgres() as server:
        yield server.make("fanout")


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What the database says, asked past our own code."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(url, autocommit=True) as postgres_connection:
        return postgres_connection.execute(sql).fetchall()  # type: ignore[arg-type] # written in this file


def used_index(url: str) -> str:
    """How the database finds what is due."""
    plan = "EXPLAIN QUERY PLAN" if url.startswith("sqlite") else "EXPLAIN (COSTS OFF)"
    found = rows(url, f"{plan} SELECT id FROM subscriptions WHERE next_at <= '2026-11-23' ORDER BY next_at LIMIT 9")
    return "; ".join(str(row[-1]).strip() for row in found)


async def lag(stop: asyncio.Event, lags: list[float]) -> None:
    """How much later than asked the loop wakes us, in milliseconds."""
    while not stop.is_set():
        start = time.perf_counter()
        await asyncio.sleep(0.01)
        lags.append((time.perf_counter() - start - 0.01) * 1000)


async def ask(app: App, pool: ThreadPoolExecutor, stop: asyncio.Event, waits: list[float]) -> None:
    """Somebody looks a paper up ten times a second."""
    while not stop.is_set():
        start = time.perf_counter()
        await asyncio.get_running_loop().run_in_executor(pool, answer_now, "/paper LIBERO", app.desk())
        waits.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(0.1)


async def deliver(app: App, platform: PacedPlatform, now: datetime) -> tuple[float, list[float], list[float]]:
    """Send everything that was planned: seconds, the loop's lags and the answers' waits in milliseconds."""
    began, lags, waits, stop = time.monotonic(), list[float](), list[float](), asyncio.Event()
    with ThreadPoolExecutor(4) as pool, ThreadPoolExecutor(4) as answers:
        delivery = Delivery(
            rounds=app.rounds,
            adapters={platform.platform: platform},
            pool=pool,
            now=lambda: now + timedelta(seconds=time.monotonic() - began),
            meters=Meters(),
            owner="fanout",
        )
        watching = [asyncio.create_task(lag(stop, lags)), asyncio.create_task(ask(app, answers, stop, waits))]
        start, loop, tick_at = time.perf_counter(), asyncio.get_running_loop(), 0.0
        while (await loop.run_in_executor(pool, app.rounds.ledger.backlog, now + timedelta(hours=1))).waiting_parts:
            if time.perf_counter() >= tick_at:  # as often as `run` does; in between editions follow one another by themselves
                tick_at = time.perf_counter() + Rhythm().tick_s
                await delivery.deliver_due()
            await asyncio.sleep(0.05)
        seconds = time.perf_counter() - start
        stop.set()
        await asyncio.gather(*watching)
        await delivery.stop(grace_s=5)
    return seconds, lags, waits


def ideal_s(url: str) -> tuple[float, int]:
    """Seconds that a message a second in the fullest channel takes, and how many messages there are in all."""
    of_channel = "SELECT count(*) FROM parts JOIN editions ON editions.id = parts.edition_id GROUP BY channel_id"
    counts = [count for (count,) in rows(url, of_channel)]
    return float(max(counts) - 1), sum(counts)


def p99(values: list[float]) -> float:
    """The value that 99 of 100 stay below."""
    return statistics.quantiles(values, n=100)[98]


def show_delivery(app: App, url: str, now: datetime) -> None:
    """Deliver what was planned and print how long that took."""
    platform = PacedPlatform()
    ideal, messages = ideal_s(url)
    took, lags, waits = asyncio.run(deliver(app, platform, now))
    sent = f"delivered {platform.taken:,} of {messages:,} messages in {took:.1f} s"
    print(f"{sent}, ideal {ideal:.1f} s: {took / ideal:.2f} x (asked <= 1.1); refused as too early {platform.refused:,}")
    print(f"loop lag p99 {p99(lags):.0f} ms (asked <= 50), most {max(lags):.0f} ms")
    print(f"/paper meanwhile p99 {p99(waits):.0f} ms (asked <= 300), median {statistics.median(waits):.0f} ms")
    print(f"memory at most {memory_mb():.0f} MB")


def main() -> None:
    """Print what each step took."""
    parser = argparse.ArgumentParser(prog="benchmarks.fanout")
    parser.add_argument("subscriptions", type=int, nargs="?", default=10_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--threads", action="store_true")
    asked = parser.parse_args()
    set_up_logs("error")
    now = datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=9, minutes=1)
    where = "PostgreSQL" if asked.postgres else "SQLite"
    print(named(corpus_lines(OLD_PAPERS + NEW_PAPERS)), f"· {asked.subscriptions:,} subscriptions · {where}")
    with (
        tempfile.TemporaryDirectory() as folder,
        database(folder, on_postgres=asked.postgres) as url,
        open_app(Settings(database_url=SecretStr(url), index_folder=Path(folder) / "index")) as app,
    ):
        fill(app, asked.subscriptions, now, threads=asked.threads)
        before = memory_mb()
        print(f"how due ones are found: {used_index(url)}")
        seconds, planned = timed(lambda: plan_due(app.library, app.rounds, now))
        print(f"found, composed, entered: {seconds:.1f} s (asked <= 10), {ideal_s(url)[1]:,} messages · {planned}")
        print(f"memory at most {memory_mb():.0f} MB (asked <= 300), {before:.0f} before")
        if not asked.threads:
            show_delivery(app, url, now)


if __name__ == "__main__":
    main()
