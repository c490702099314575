"""The folder a search index lies in: opened, written by one process at a time, thrown away when it cannot be read."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tantivy import Index, IndexWriter, Query, Searcher

from bot.errors import StorageError
from bot.topics import table_version
from storage.index_documents import FORMAT, paper_text, person, schema

_HEAP_BYTES = 128_000_000
_THREADS = 2


class IndexFolder:
    """One folder with a tantivy index of the present format.

    Args:
        folder: the folder above it; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"format-{FORMAT}-{table_version()}"
        self.schema = schema()
        self._opened: Index | None = None

    def exists(self) -> bool:
        """Whether the index is still there; somebody may have deleted it."""
        return (self.path / "meta.json").exists()

    def searcher(self) -> Searcher:
        """A view of what is committed.

        Raises:
            StorageError: the folder cannot be made.
        """
        return self._open().searcher()

    def reload(self) -> None:
        """See what was committed since; an index that can no longer be read is thrown away."""
        try:
            self._open().reload()
        except ValueError:
            self.discard()

    def discard(self) -> None:
        """Throw the index away; the next use begins an empty one."""
        self._opened = None
        shutil.rmtree(self.path, ignore_errors=True)

    def newest_change(self) -> int:
        """The store's change number up to which the index has come; 0 where it is empty."""
        hits = self.searcher().search(Query.all_query(), 1, count=False, order_by_field="change").hits
        return int(hits[0][0]) if hits else 0

    def count(self) -> int:
        """How many papers are in it."""
        return int(self.searcher().num_docs)

    def writer(self, done: Callable[[], bool], wait_s: float) -> IndexWriter | None:
        """The only writer of the folder; `None` where another process keeps it until `done`, or for longer than `wait_s`.

        Raises:
            StorageError: the folder cannot be written.
        """
        give_up_at = time.monotonic() + wait_s
        while True:
            try:
                return self._open().writer(_HEAP_BYTES, _THREADS)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise StorageError(self.unwritable()) from error
            self.reload()
            if done() or time.monotonic() >= give_up_at:
                return None
            time.sleep(0.05)

    def unwritable(self) -> str:
        """What to tell a person whose index folder cannot be written."""
        return (
            f"The search index in {self.path} cannot be written; no paper is lost. Make the folder writable with some free "
            "space, or set PAPERROUND_INDEX_FOLDER to another one, and try again."
        )

    def _open(self) -> Index:
        if self._opened is None or not self.exists():
            try:
                self._opened = self._load()
            except ValueError:
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
        index.register_tokenizer("paper_text", paper_text())
        index.register_tokenizer("person", person())
        index.reload()
        return index
