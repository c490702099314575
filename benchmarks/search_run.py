"""Ours in a process of its own: opened, asked everything once, then again while warm; what it took, as JSON on standard output.

`python -m benchmarks.search_run DATABASE.db QUESTIONS.json`: see `benchmarks.search`, which starts it. What the system keeps
of the files in memory is dropped before, so the first pass reads from the disk.
"""

import contextlib
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from benchmarks.ours import TODAY, Ours
from benchmarks.timing import each, timed
from bot.app import index_folder, open_app
from bot.ingest import ingest_records
from bot.ports import Library
from bot.query import read_query
from bot.search import search
from bot.settings import Settings

REPEATS: Final = 7
SLOW_S: Final = 5.0
"""A class whose first pass took longer is asked once more only."""
NEW_PAPERS: Final = 50
ROUNDS: Final = 5


@dataclass(slots=True)
class Run:
    """Seconds of each question by class, sorted, in the first pass and warm; seconds to open and to see new papers; kilobytes.

    `busy`: seconds of the processor, warm: what it takes however busy others keep the machine.
    """

    open_s: float = 0.0
    first: dict[str, list[float]] = field(default_factory=dict)
    warm: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, list[float]] = field(default_factory=dict)
    new_s: list[float] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)


def settings_of(database: Path) -> Settings:
    """Settings for a database with its index beside it, whatever the environment says."""
    return Settings(_env_file=None, database_url=SecretStr(f"sqlite:///{database}"))  # type: ignore[call-arg]


def work_of(kind: str, ours: Ours) -> Callable[[str], object]:
    """What answers a class of questions."""
    if kind.startswith("completion"):
        return ours.completed
    return ours.named if kind.startswith(("names", "typos")) else ours.page


def memory() -> dict[str, int]:
    """Kilobytes of this process: resident in all, its own, and of mapped files."""
    wanted = ("VmRSS", "RssAnon", "RssFile", "VmHWM")
    lines = (line.split() for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return {key: int(rest[0]) for head, *rest in lines if (key := head.rstrip(":")) in wanted}


def forget_pages(database: Path) -> None:
    """Drop from memory what the system keeps of a database and its index."""
    for file in [database, *index_folder(f"sqlite:///{database}").rglob("*")]:
        if file.is_file():
            handle = os.open(file, os.O_RDONLY)
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def add_papers(number: int, library: Library) -> None:
    """Take in new papers and find one of them.

    Raises:
        AssertionError: it is not found.
    """
    name = f"Novelty{number}Net"
    lines = [
        json.dumps(
            {
                "id": f"doi:10.5555/new.{number}.{at}",
                "title": f"{name}: Paper {at} of a List that Came In Later" if at else f"{name}: An Approach to News",
                "abstract": f"We present {name}, number {at}. " + "It is measured how soon a new paper can be found. " * 20,
                "date": TODAY.isoformat(),
            }
        ).encode()
        for at in range(NEW_PAPERS)
    ]
    ingest_records(lines, store=library.store, as_of=TODAY)
    library.index.catch_up()
    assert search(read_query(name, today=TODAY), library, limit=5).total >= NEW_PAPERS


def mixed(questions: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """All questions with their classes, in turn from each class, as people ask."""
    for row in zip_longest(*([(kind, text) for text in asked] for kind, asked in questions.items())):
        yield from filter(None, row)


def measure(database: Path, questions: dict[str, list[str]]) -> Run:
    """Open, ask, ask again, add."""
    forget_pages(database)
    run = Run()
    with contextlib.ExitStack() as opened:
        run.open_s, app = timed(lambda: opened.enter_context(open_app(settings_of(database))))
        ours = Ours(app.library)
        gc.collect()
        gc.freeze()  # what is loaded stays: as little garbage collected as in a server that has run for a while
        for kind, text in mixed(questions):
            run.first.setdefault(kind, []).extend(each(work_of(kind, ours), [text]))
        run.first = {kind: sorted(seconds) for kind, seconds in run.first.items()}
        for kind, asked in questions.items():
            times = REPEATS if sum(run.first[kind]) < SLOW_S else 1
            run.warm[kind] = each(work_of(kind, ours), asked * times)
            run.busy[kind] = each(work_of(kind, ours), asked, time.thread_time)
        run.memory = memory()
        known = app.library.store.last_change()
        run.new_s = [timed(lambda number=number: add_papers(known + number, app.library))[0] for number in range(ROUNDS)]  # type: ignore[misc]
    return run


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))))
