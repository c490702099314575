"""A file becomes stored papers, or the thread it would be posted as: reads the file, decides which kind it is, takes it in."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import BinaryIO

from bot.cards import Thread
from bot.deciding import Decider
from bot.digest import parse_digest
from bot.identity import identifiers_of
from bot.ingest import ingest_digest, ingest_records
from bot.ports import Library
from bot.record_lines import MAX_RECORD_BYTES, looks_like_records
from bot.results import Receipt
from bot.sources.file import open_document, read_document, read_lines
from bot.views.thread import day_thread


def take_in(file: str, library: Library, as_of: date) -> Receipt:
    """Take in a digest, or papers as JSON lines; which it is shows in its first line.

    Raises:
        BotError: it cannot be read, understood or stored; nothing of it was stored, but for earlier batches of JSON lines.
    """
    with open_document(file) as stream:
        first = _first_line(stream)
        if first and looks_like_records(first):
            with _progress(file) as show:

                def after_batch(lines: int) -> None:
                    library.index.follow()
                    show(lines)

                lines = chain([first], read_lines(stream))
                return ingest_records(lines, store=library.store, as_of=as_of, progress=after_batch)
        rest = read_document(file, stream, first)
    return ingest_digest(rest, store=library.store, as_of=as_of, name=file.rsplit("/", 1)[-1])


def thread_of_document(data: bytes, *, name: str, as_of: date, today: date) -> Thread:
    """The thread that a digest would be posted as, without storing anything.

    Raises:
        DigestError: it is no digest we know.
    """
    digest = parse_digest(data, as_of=as_of, name=name)
    day = digest.issued_on or as_of
    entries = [entry for entry in digest.entries if not entry.revised]
    keys = [identifiers_of(entry) for entry in entries]
    resolutions = Decider(day).of(keys)(entries, {}, 0)
    papers = {resolution.paper.id: resolution.paper for resolution in resolutions}
    return day_thread(day, [replace(paper, id=0) for paper in papers.values()], sources=[digest.source], today=today)


def _first_line(stream: BinaryIO) -> bytes:
    return next(read_lines(stream), b"")[: MAX_RECORD_BYTES + 1]


@contextmanager
def _progress(file: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _lines: None
        return
    from rich.console import Console  # noqa: PLC0415 - only long files need rich
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.rsplit("/", 1)[-1], total=None)
        yield lambda lines: bar.update(task, completed=lines)
