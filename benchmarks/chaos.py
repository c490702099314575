"""Editions under `kill -9`: real processes against a recording platform on loopback, killed at random instants.

    python -m benchmarks.chaos [ROUNDS]      # 300 by default, for each of four set-ups

A round is one local day: new papers arrive, every subscription is due, one replica (SQLite) or two (PostgreSQL) start, and are
killed after a random moment. At the end a last replica brings everything to its end, and the books are compared: every planned
part must have arrived, in its order; a part may appear twice only where the platform cannot tell repeats apart and a replica said
that the part was in doubt. Some rounds run while the platform answers 429 and 500, hangs or closes connections, and on PostgreSQL
the database itself is restarted in the midst of some.
"""

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg

from benchmarks.postgres import OUTAGES, Outage, Server, postgres
from benchmarks.recording_platform import Faults, RecordingPlatform
from bot.deciding import Decider
from bot.identity import identifiers_of
from bot.ledger import SubscriptionStore
from bot.model import ChannelRef, Entry, Identifier
from bot.ports import Listing, PaperStore
from bot.subscription import EVERY_DAY, Subscription, Timing, Wish
from storage.open import open_storage

FIRST_DAY = date(2026, 1, 1)
CHANNELS = 4
PAPERS_A_DAY = 3
LONGEST_S = 1.2
BAD_WEATHER = Faults(too_many=0.05, broken=0.05, hang=0.02, cut_before=0.05, cut_after=0.05)
TOLD: dict[Outage, str] = {
    "cut": "PostgreSQL's connections were cut",
    "fast": "it was stopped and started",
    "immediate": "it was crashed and started",
}
_AWAY = re.compile(r"tick failed: StorageError|steps_not_written|storage_away")
_DOUBT = re.compile(r"part_in_doubt.*?(e\d+p\d+)|(e\d+p\d+).*?part_in_doubt")


@dataclass(slots=True, kw_only=True)
class Result:
    """The books of one set-up; `away` is how often a replica said that it could not use the database."""

    rounds: int
    parts: int
    missing: int
    twice: int
    twice_unexplained: int
    out_of_order: int
    in_doubt: int
    away: int
    unfinished: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, nothing doubled without saying so, and nothing out of order."""
        return not (self.missing or self.twice_unexplained or self.out_of_order or self.unfinished)


@dataclass(slots=True)
class Replicas:
    """Starts and kills replicas."""

    process: subprocess.Popen[str]
    pids: list[int] = field(default_factory=list)

    def start(self, order: dict[str, Any]) -> int:
        """One more replica."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self.pids.append(pid)
        return pid

    def kill(self) -> None:
        """`kill -9`, at once, and wait until they are gone."""
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self.pids:
            wait_gone(pid, 10)
        self.pids.clear()


def wait_gone(pid: int, most_s: float) -> bool:
    """Whether a process ended within so many seconds."""
    end = time.monotonic() + most_s
    while time.monotonic() < end:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.01)
    return False


@contextlib.contextmanager
def replicas() -> Iterator[Replicas]:
    """The process that forks replicas; all are gone at the end."""
    command = [sys.executable, "-m", "benchmarks.chaos_worker"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    made = Replicas(process)
    try:
        yield made
    finally:
        made.kill()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            close(pipe)


def close(pipe: IO[str] | None) -> None:
    """Close a pipe whose other end may be gone."""
    if pipe is not None:
        with contextlib.suppress(BrokenPipeError):
            pipe.close()


def papers_of(number: int, day: date, store: PaperStore) -> None:
    """Take in the papers of a day, as a digest lists them."""
    entries = [
        Entry(
            rank=rank,
            line=rank,
            title=f"Paper {number}-{rank}: about topic{rank % 3}",
            abstract="It says something about it.",
            identifiers=(Identifier("arxiv", f"26{day.month:02d}.{number * 10 + rank:05d}"),),
            upvotes=rank,
        )
        for rank in range(1, PAPERS_A_DAY + 1)
    ]
    keys = [identifiers_of(one) for one in entries]
    listing = Listing(key=f"test:{day}", source="hf-daily", issued_on=day, received_on=day, sha256=f"{number:064x}")
    store.ingest(entries, keys, Decider(day).of(keys), listing)


def subscribe(subscriptions: SubscriptionStore) -> None:
    """Everybody wants everything, or one topic, every day at nine, in their own zone; two subscriptions in each channel."""
    zones = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")
    for number in range(CHANNELS):
        channel = ChannelRef(platform="loopback", workspace=f"team{number % 2}", channel=f"c{number}")
        for query in ("", "topic1"):
            layout = ("thread", "list", "cards")[number % 3]
            wish = Wish(query=query, timing=Timing(days=EVERY_DAY, zone=zones[number]), layout=layout, quiet=bool(query))  # type: ignore[arg-type]
            begun = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)
            one = Subscription(
                id=0, channel=channel, wish=wish, made_by="u", made_at=begun, since_change=0, start_on=FIRST_DAY, next_at=begun
            )
            assert subscriptions.add(one, most=20) is not None


def run(  # noqa: PLR0913 - a set-up has that many sides
    url: str, *, rounds: int, honours_keys: bool, at_once: int, server: Server | None = None, outage_every: int = 10
) -> Result:
    """One set-up from its first round to its books; a `server` goes away in every so many rounds, each time in another way."""
    chance = random.Random(rounds)
    start = time.perf_counter()
    storage = open_storage(url)
    with tempfile.TemporaryDirectory() as folder, RecordingPlatform(honours_keys) as platform, replicas() as all_of_them:
        log = Path(folder) / "errors.log"
        subscribe(storage.subscriptions)

        def order(day: date, number: int, *, until_done: bool) -> dict[str, Any]:
            moment = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=22)
            return {
                "url": url, "index": f"{folder}/index{number}", "address": platform.address, "honours_keys": honours_keys,
                "now": moment.isoformat(), "until_done": until_done, "log": str(log),
            }  # fmt: skip

        for number in range(rounds):
            day = FIRST_DAY + timedelta(days=number)
            papers_of(number, day, storage.papers)
            platform.faults = BAD_WEATHER if number % 3 == 2 else Faults()
            for replica in range(at_once):
                all_of_them.start(order(day, replica, until_done=False))
            time.sleep(chance.uniform(0.02, LONGEST_S))
            if server is not None and number % outage_every == outage_every - 1:
                server.go_away(OUTAGES[number // outage_every % len(OUTAGES)])
                time.sleep(chance.uniform(0.2, LONGEST_S))
            all_of_them.kill()
        platform.faults = Faults()
        last = all_of_them.start(order(FIRST_DAY + timedelta(days=rounds), 0, until_done=True))
        unfinished = not wait_gone(last, 60)
        result = books(storage, url, platform, log.read_text() if log.exists() else "")
    storage.close()
    result.rounds, result.seconds, result.unfinished = rounds, time.perf_counter() - start, int(unfinished)
    return result


def books(storage: Any, url: str, platform: RecordingPlatform, log: str) -> Result:  # noqa: ANN401 - storage.open's own record
    """Compare what was planned with what the platform shows."""
    planned = planned_keys(url)
    times = Counter(key for _, key in platform.shown)
    twice = {key for key, count in times.items() if count > 1}
    doubted = {one or other for one, other in _DOUBT.findall(log)}
    return Result(
        rounds=0,
        parts=len(planned),
        missing=len(planned - times.keys()),
        twice=sum(times[key] - 1 for key in twice),
        twice_unexplained=len(twice - doubted),
        out_of_order=out_of_order(platform.shown),
        in_doubt=len(doubted),
        away=len(_AWAY.findall(log)),
        unfinished=0,
        seconds=0,
    )


def out_of_order(shown: list[tuple[str, str]]) -> int:
    """How many messages first appeared in a channel after a later one: of a later edition, or later in the same edition."""
    newest: dict[str, tuple[int, int]] = {}
    seen: set[str] = set()
    wrong = 0
    for channel, key in shown:
        if key in seen:
            continue
        seen.add(key)
        edition, part = (int(one) for one in re.findall(r"\d+", key))
        wrong += (edition, part) < newest.get(channel, (0, 0))
        newest[channel] = max(newest.get(channel, (0, 0)), (edition, part))
    return wrong


def planned_keys(url: str) -> set[str]:
    """The keys of all parts in the ledger, read past our own code."""
    query = "SELECT edition_id, number FROM parts"
    if url.startswith("sqlite"):
        import sqlite3  # noqa: PLC0415 - only for this kind of database

        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            rows = connection.execute(query).fetchall()
    else:
        with psycopg.connect(url) as connection:
            rows = connection.execute(query).fetchall()
    return {f"e{edition}p{number}" for edition, number in rows}


def main() -> None:
    """Run all set-ups and print their books; exit 1 where something was lost, doubled unexplained or out of order."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    print(
        f"{'set-up':<42}{'rounds':>7}{'parts':>8}{'missing':>8}{'twice':>7}{'unexpl.':>8}{'order':>7}{'doubt':>7}{'away':>6}{'s':>7}"
    )
    good = True
    with postgres() as server:
        for honours in (True, False):
            name = "keys honoured" if honours else "keys unknown to it"
            with tempfile.TemporaryDirectory() as folder:
                good &= show(f"SQLite, {name}", run(f"sqlite:///{folder}/p.db", rounds=rounds, honours_keys=honours, at_once=1))
            url = server.make(f"chaos_{'keys' if honours else 'none'}")
            result = run(url, rounds=rounds, honours_keys=honours, at_once=2, server=server)
            good &= show(f"PostgreSQL, 2 replicas, {name}", result)
        print(", ".join(f"{TOLD[how]} {server.outages[how]} times" for how in OUTAGES))
    sys.exit(0 if good else 1)


def show(name: str, result: Result) -> bool:
    """Print one line of books."""
    numbers = (result.rounds, result.parts, result.missing, result.twice, result.twice_unexplained, result.out_of_order)
    widths = (7, 8, 8, 7, 8, 7)
    cells = "".join(f"{number:>{width}}" for number, width in zip(numbers, widths, strict=True))
    cells += f"{result.in_doubt:>7}{result.away:>6}{result.seconds:>7.0f}"
    print(f"{name:<42}{cells}{'' if result.holds else '   NOT HELD'}", flush=True)
    return result.holds


if __name__ == "__main__":
    main()
