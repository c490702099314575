"""The folder a search index lies in: opened, written by one process at a time, thrown away when it cannot be read.

An index that is built anew lies beside the one in use, as the next generation, until it is complete. See decision 15.
"""

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tantivy import Index, IndexWriter, Query, Searcher

from bot.errors import StorageError
from bot.topics import table_version
from storage.index_documents import FORMAT, paper_text, person, schema
from storage.index_memory import give_back_pages

_HEAP_BYTES: Final = 32_000_000
_HEAP_BYTES_OF_MANY: Final = 128_000_000
"""What a writer may hold in memory before it begins a new segment."""
_LOOK_EVERY: Final = 32
_CHUNK: Final = 1 << 20
_MOST_WARMED: Final = 2 << 30
_WARMED: Final = (".term", ".fast", ".fieldnorm", ".idx", ".pos", ".store")
_COMPLETE: Final = "complete"
_NAME: Final = re.compile(r"(format-\d+(?:-\w+)?)(?:\.(\d+))?")
# What the system refuses is no damage: another time, or with more space, the same index can be read.
_REFUSALS: Final = ("Permission denied", "Too many open files", "No space left", "Read-only file system", "Lock")


class IndexFolder:
    """One folder with a tantivy index of the present format.

    Args:
        folder: the folder above it; made when missing.
        generation: 1 for the first index there, more for those built anew.
    """

    def __init__(self, folder: Path, generation: int = 1) -> None:
        self.path = folder / (kind_now() + (f".{generation}" if generation > 1 else ""))
        self.generation = generation
        self.schema = schema()
        self._opened: Index | None = None
        self._seen: tuple[int, int] | None = None
        self._newest: int | None = None
        self._uses = 0
        self._let_go = 0
        self.is_damaged = False
        """Whether what was committed last cannot be read."""

    def exists(self) -> bool:
        """Whether the index is still there; somebody may have deleted it."""
        return self._state() is not None

    def searcher(self) -> Searcher:
        """A view of what is committed, by whichever process.

        Raises:
            StorageError: the folder cannot be made.
        """
        opened = self._open()
        if self._state() != self._seen:
            self.reload()
        return opened.searcher()

    def reload(self) -> None:
        """See what was committed since; where that can no longer be read, what was seen before remains, and `is_damaged`."""
        opened = self._open()
        self._newest = None
        self._seen = self._state()
        try:
            opened.reload()
        except ValueError as error:
            self.is_damaged = not _is_refused(error)

    def discard(self) -> None:
        """Throw the index away; the next use begins an empty one."""
        self._opened = self._seen = self._newest = None
        self.is_damaged = False
        shutil.rmtree(self.path, ignore_errors=True)

    def newest_change(self) -> int:
        """The store's change number up to which the index has come; 0 where it is empty."""
        searcher = self.searcher()
        if self._newest is None:
            hits = searcher.search(Query.all_query(), 1, count=False, order_by_field="change").hits
            self._newest = int(hits[0][0]) if hits else 0
        return self._newest

    def count(self) -> int:
        """How many papers are in it."""
        return int(self.searcher().num_docs)

    def writer(self, done: Callable[[], bool], wait_s: float, *, for_many: bool = False) -> IndexWriter | None:
        """The only writer of the folder; `None` where another process keeps it until `done`, or for longer than `wait_s`.

        It has one thread, which is as fast as what it is fed with; one `for_many` papers has more memory.

        Raises:
            StorageError: the folder cannot be written.
        """
        give_up_at = time.monotonic() + wait_s
        while True:
            try:
                return self._open().writer(_HEAP_BYTES_OF_MANY if for_many else _HEAP_BYTES, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise StorageError(self.unwritable()) from error
            self.reload()
            if done() or time.monotonic() >= give_up_at:
                return None
            time.sleep(0.05)

    def note_use(self) -> None:
        """Called once a question: every so often lets go of pages that count as ours, so that they stay bounded."""
        self._uses += 1
        if self._uses % _LOOK_EVERY == 0:
            self._let_go = give_back_pages(self.path, first=self._let_go)

    def is_merging(self) -> bool:
        """Whether a segment is being written that no commit names yet, while nothing is fed: segments are being merged."""
        try:
            named = {one["segment_id"].replace("-", "") for one in json.loads((self.path / "meta.json").read_bytes())["segments"]}
            return any(file.suffix == ".idx" and file.stem not in named for file in self.path.iterdir())
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def complete(self) -> None:
        """Say that this generation holds all that its elder held: from now on it is the one in use."""
        (self.path / _COMPLETE).touch()

    def warm(self) -> None:
        """Have the files in the machine's memory, so that the first questions do not wait for the disk; not in ours."""
        left = _MOST_WARMED
        for suffix in _WARMED:
            for file in self.path.glob(f"*{suffix}"):
                left -= _read_through(file, left)

    def unwritable(self) -> str:
        """What to tell a person whose index folder cannot be written."""
        return (
            f"The search index in {self.path} cannot be written; no paper is lost. Make the folder writable with some free "
            "space, or set PAPERROUND_INDEX_FOLDER to another one, and try again."
        )

    def _state(self) -> tuple[int, int] | None:
        """What tells one commit from the next; `None` where there is no index."""
        try:
            found = (self.path / "meta.json").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _open(self) -> Index:
        if self._opened is None or not self.exists():
            self._newest = None
            try:
                self._opened = self._load()
            except ValueError as error:
                if _is_refused(error):
                    raise StorageError(self.unwritable()) from error
                self.discard()
                self._opened = self._load_anew()
        return self._opened

    def _load_anew(self) -> Index:
        try:
            return self._load()
        except ValueError as error:
            raise StorageError(self.unwritable()) from error

    def _load(self) -> Index:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            index = Index(self.schema, path=str(self.path), reuse=True)
        except OSError as error:
            raise StorageError(self.unwritable()) from error
        index.config_reader("manual")  # `searcher` looks for new commits itself: no thread, and no time between
        index.register_tokenizer("paper_text", paper_text())
        index.register_tokenizer("person", person())
        self._seen = self._state()
        index.reload()
        return index


def kind_now() -> str:
    """The name of the folder of a first generation; one built anew has its number behind a dot."""
    return f"format-{FORMAT}-{table_version()}"


def generations(folder: Path) -> tuple[int, int | None]:
    """The generation of the index that is in use, and the one that is being built beside it, if one is."""
    found = sorted(number for kind, number, _ in _indexes(folder) if kind == kind_now()) or [1]
    complete = [number for number in found if (IndexFolder(folder, number).path / _COMPLETE).exists()]
    used = max([*complete, found[0]])
    return used, found[-1] if found[-1] > used else None


def remove_older(folder: Path, generation: int) -> None:
    """Remove what this generation replaces: its elders, and the indexes of other kinds unless their format is a newer one."""
    for kind, number, path in _indexes(folder):
        if number < generation if kind == kind_now() else int(kind.split("-")[1]) <= int(FORMAT):
            shutil.rmtree(path, ignore_errors=True)


def _indexes(folder: Path) -> list[tuple[str, int, Path]]:
    """Kind, generation and path of every index in a folder."""
    try:
        named = [(match, path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    except OSError:
        return []
    return [(match[1], int(match[2] or 1), path) for match, path in named]


def _is_refused(error: ValueError) -> bool:
    return any(refusal in str(error) for refusal in _REFUSALS)


def _read_through(file: Path, most: int) -> int:
    """Read a file of at most that many bytes and forget it: the system keeps it in memory."""
    try:
        size = file.stat().st_size
        if size > most:
            return 0
        with file.open("rb", buffering=0) as opened:
            while opened.read(_CHUNK):
                pass
    except OSError:
        return 0
    return size
