"""Fifty searches a second for a minute, through the answers that chat platforms get, while another process takes in papers.

    python -m benchmarks.search_load DATABASE.db QUESTIONS.json FOLDER

`benchmarks.search --load` starts it: a process of its own, in which nothing else is kept. It adds papers to the database.
"""

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from benchmarks.search_run import settings_of
from benchmarks.timing import percentile
from benchmarks.upsample import made_papers, write_corpus
from bot.app import App, make_answer, open_app
from bot.model import ChannelRef, Invocation
from bot.ports import Answer

A_SECOND: Final = 50
SECONDS: Final = 60
SAMPLE_S: Final = 0.002
FURTHER: Final = range(5_000_000, 5_300_000)


def command_lines(questions: dict[str, list[str]], count: int) -> list[str]:
    """What people type: topics, names, misspelt ones, mixed."""
    chance = random.Random(50)
    topics = [f"/papers {text}" for text in questions["topics"] + questions["common words"]]
    names = [f"/paper {text}" for kind, texts in questions.items() if kind.startswith(("names", "typos")) for text in texts]
    return [chance.choice(topics if chance.random() < 0.5 else names) for _ in range(count)]


@contextlib.contextmanager
def running_ingest(database: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`paperround ingest` of papers that the database does not have, in a process of its own until the end."""
    file = folder / "further.jsonl.gz"
    if not file.exists():
        write_corpus(made_papers(FURTHER, seed=50), file)
    environment = {"PAPERROUND_DATABASE_URL": f"sqlite:///{database}", "PATH": "/usr/bin:/bin", "PYTHONPATH": "."}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "ingest", str(file)]
    with (folder / "ingest.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own words
        try:
            yield process
        finally:
            process.kill()
            process.wait()


async def ask(answer: Answer, lines: list[str]) -> tuple[list[float], list[float]]:
    """Seconds from when each line was due until its answer, and by how much the loop woke too late, all sorted."""
    waits: list[float] = []
    lags: list[float] = []
    loop = asyncio.get_running_loop()
    channel = ChannelRef(platform="slack", workspace="T1", channel="C1")

    async def one(line: str, due: float) -> None:
        reply = await answer(Invocation(text=line, channel=channel, user="U1"))
        assert reply.cards
        waits.append(loop.time() - due)

    async def watch() -> None:
        while True:
            due = loop.time() + SAMPLE_S
            await asyncio.sleep(SAMPLE_S)
            lags.append(loop.time() - due)

    watching = asyncio.create_task(watch())
    start = loop.time()
    tasks = []
    for number, line in enumerate(lines):
        due = start + number / A_SECOND
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.create_task(one(line, due)))
    await asyncio.gather(*tasks)
    watching.cancel()
    return sorted(waits), sorted(lags)


def _one_minute(app: App, lines: list[str]) -> tuple[list[float], list[float]]:
    with ThreadPoolExecutor(app.settings.workers) as pool:
        return asyncio.run(ask(make_answer(app, pool), lines))


def print_load(database: Path, questions: dict[str, list[str]], folder: Path) -> None:
    """A minute alone, then one beside an ingest."""
    lines = command_lines(questions, A_SECOND * SECONDS)
    print(f"\n| {A_SECOND} searches a second for {SECONDS} s | median ms | p99 ms | loop lag p99 ms | papers taken in |")
    print("| --- | ---: | ---: | ---: | ---: |")
    with open_app(settings_of(database)) as app:
        _one_minute(app, lines[: A_SECOND * 5])
        _row("alone", *_one_minute(app, lines), taken=0)
        before = app.library.store.size()
        with running_ingest(database, folder) as ingest:
            time.sleep(2.0)
            waits, lags = _one_minute(app, lines)
            ended = ingest.poll()
        _row("beside an ingest", waits, lags, taken=app.library.store.size() - before)
        if ended is not None:
            print(f"\nthe ingest had ended, with {ended}: {(folder / 'ingest.log').read_text(encoding='utf-8')[-300:]}")


def _row(name: str, waits: list[float], lags: list[float], *, taken: int) -> None:
    cells = (percentile(waits, 0.5), percentile(waits, 0.99), percentile(lags, 0.99))
    print(f"| {name} | {' | '.join(f'{one * 1e3:.1f}' for one in cells)} | {taken:,} |")


if __name__ == "__main__":
    print_load(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3]))
