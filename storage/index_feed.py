"""The writing side of one index folder: gives it what the store has changed, batch by batch. Knows nothing of questions."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, RLock, Thread
from typing import Final

from tantivy import IndexWriter

from bot.errors import StorageError
from bot.ports import Change, PaperStore
from storage.index_documents import document
from storage.index_folder import IndexFolder
from storage.index_memory import give_back_heap

_BATCH: Final = 1_000
_FIRST_COMMIT: Final = 4_000
_MOST_UNCOMMITTED: Final = 64_000
_MERGE_SEGMENTS: Final = 8  # tantivy merges none where there are fewer: LogMergePolicy's min_num_segments
_LOOK_S: Final = 0.2
_MERGE_S: Final = 1_800.0


class IndexFeed:
    """Brings one folder up to what a store holds. Safe to use from several threads; each step is short.

    What is fed becomes findable, and is kept should we be killed, at `commit` and every now and then before.

    Args:
        folder: the index.
        store: what it is derived from.

    Raises:
        StorageError: from every method, the folder cannot be written.
    """

    def __init__(self, folder: IndexFolder, store: PaperStore) -> None:
        self.folder = folder
        self._store = store
        self._lock = RLock()
        self._writer: IndexWriter | None = None
        self._fed = 0
        self._uncommitted = 0
        self._commit_at = _FIRST_COMMIT
        self._settling: Event | None = None

    def step(self, newest: int, *, wait_s: float) -> int:
        """Feed one batch of what was changed up to `newest`; how many papers it had: 0 where there is no more.

        Also 0 where another process is writing, and goes on with it for longer than `wait_s`: it indexes the same changes.
        """
        with self._lock:
            if not self._may_write(newest, wait_s):
                return 0
            change = self._fed or self.folder.newest_change()
            batch = self._store.changed_since(change, _BATCH)
            self._write(lambda writer: _put(writer, batch, change))
            self._fed = batch[-1].number if batch else newest
            self._uncommitted += len(batch)
            if self._uncommitted >= self._commit_at:
                self._commit_at = min(2 * self._commit_at, _MOST_UNCOMMITTED)
                self.commit()
            return len(batch)

    def commit(self) -> None:
        """Make what was fed findable, and let other processes write."""
        with self._lock:
            if self._uncommitted:
                self._write(lambda writer: writer.commit())
                self._uncommitted = 0
                self.folder.reload()
            self._fed = 0
            if self._writer is None or self._settling is not None:
                return
            if self.folder.searcher().num_segments < _MERGE_SEGMENTS:
                self._release()
                return
            self._settling = Event()
            Thread(target=self._settle, args=(self._settling,), name="index-merge", daemon=True).start()

    def settle(self, wait_s: float) -> None:
        """Wait until no segments are being merged, at most that long."""
        settling = self._settling
        if settling is not None:
            settling.wait(wait_s)

    def forget(self) -> None:
        """Give up the writer and what was fed since the last commit."""
        with self._lock:
            self._fed = self._uncommitted = 0
            self._release()

    def _release(self) -> None:
        """Let other processes write. A writer that is merely dropped keeps its lock for as long as any frame knows it."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        with suppress(ValueError, OSError):
            writer.wait_merging_threads()
        give_back_heap()

    def _may_write(self, newest: int, wait_s: float) -> bool:
        """Whether there is something to write and nobody else does; the writer is then open."""
        if (self._fed or self.folder.newest_change()) >= newest:
            return False
        if self._writer is None:
            threads = 1 if newest - self.folder.newest_change() < _FIRST_COMMIT else 2
            self._writer = self.folder.writer(lambda: self.folder.newest_change() >= newest, wait_s, threads)
        # Another process may have written while we waited.
        return self._writer is not None and (self._fed or self.folder.newest_change()) < newest

    def _write(self, work: Callable[[IndexWriter], object]) -> None:
        assert self._writer is not None  # noqa: S101 - for the type checker: it has just been opened
        try:
            work(self._writer)
        except (ValueError, OSError) as error:
            self.forget()
            raise StorageError(self.folder.unwritable()) from error

    def _settle(self, done: Event) -> None:
        """Keep the writer while it merges segments, which ends with it; whoever has something to write uses it meanwhile."""
        give_up_at = time.monotonic() + _MERGE_S
        while True:
            time.sleep(_LOOK_S)
            with self._lock:
                if self._fed and self._writer is not None:
                    continue
                if not self.folder.is_merging() or time.monotonic() > give_up_at:
                    self._release()
                    self._settling = None
                    break
        done.set()


def _put(writer: IndexWriter, batch: Sequence[Change], upto: int) -> None:
    """Put papers into an index that holds all changes up to a number, and take their earlier states out, if it can hold any."""
    for changed in batch:
        if changed.added <= upto:
            writer.delete_documents_by_term("id", changed.paper.id)
        writer.add_document(document(changed))
