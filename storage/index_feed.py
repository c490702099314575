"""The writing side of one index folder: gives it what the store has changed, batch by batch. Knows nothing of questions."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from threading import Event, RLock, Thread
from typing import Final, NamedTuple

from tantivy import IndexWriter

from bot.errors import StorageError
from bot.ports import Change, PaperStore
from bot.text_fields import TextFields, text_fields
from storage.index_documents import document
from storage.index_folder import IndexFolder
from storage.index_helper import IndexHelper, is_worth_it
from storage.index_memory import give_back_heap

_BATCH: Final = 1_000
_MANY: Final = 2_000
_FIRST_COMMIT: Final = 4_000
_MOST_UNCOMMITTED: Final = 64_000
_MOST_ASKED: Final = 4
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
        self._helper: IndexHelper | None = None
        self._asked: deque[_Asked] = deque()

    def step(self, newest: int, *, wait_s: float) -> int:
        """Feed one batch of what was changed up to `newest`; how many papers it had: 0 where there is no more.

        Also 0 where another process is writing, and goes on with it for longer than `wait_s`: it indexes the same changes.
        """
        with self._lock:
            if not self._may_write(newest, wait_s):
                return 0
            change = self._fed or self.folder.newest_change()
            batch = self._store.changed_since(change, _BATCH)
            self._take(batch, change, is_many=newest - change >= _MANY)
            self._fed = batch[-1].number if batch else newest
            if self._uncommitted >= self._commit_at:
                self._commit_at = min(4 * self._commit_at, _MOST_UNCOMMITTED)
                self._commit_put()
            return len(batch)

    def commit(self) -> None:
        """Make what was fed findable, and let other processes write."""
        with self._lock:
            self._put_asked(0)
            if self._uncommitted:
                self._commit_put()
            self._fed = 0
            self._commit_at = _FIRST_COMMIT
            self._dismiss_helper()
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
        self._dismiss_helper()
        writer, self._writer = self._writer, None
        if writer is None:
            return
        with suppress(ValueError, OSError):
            writer.wait_merging_threads()
        give_back_heap()

    def _dismiss_helper(self) -> None:
        helper, self._helper = self._helper, None
        self._asked.clear()
        if helper is not None:
            helper.close()

    def _commit_put(self) -> None:
        """Make findable what was put into the index; the helper goes on with what it was asked."""
        self._write(lambda writer: writer.commit())
        self._uncommitted = 0
        self.folder.reload()

    def _take(self, batch: Sequence[Change], upto: int, *, is_many: bool) -> None:
        """Put papers into the index: at once, or, if `is_many`, as soon as the helper has read their texts."""
        texts = [(one.paper.title, one.paper.abstract, one.paper.keywords) for one in batch]
        if self._helper is None and is_many and is_worth_it():
            with suppress(OSError):
                self._helper = IndexHelper()
        if self._helper is None:
            self._put(_Read(batch, text_fields(texts), upto))
        else:
            self._asked.append(_Asked(batch, self._helper.read(texts), upto))
            self._put_asked(_MOST_ASKED)

    def _put_asked(self, most: int) -> None:
        """Put into the index what the helper has read, waiting for all but the last `most` batches."""
        while self._asked and (len(self._asked) > most or self._asked[0].fields.done()):
            asked = self._asked.popleft()
            try:
                fields = asked.fields.result()
            except BaseException:
                self.forget()  # what was asked since is not lost: it is fed again
                raise
            self._put(_Read(asked.batch, fields, asked.upto))

    def _put(self, read: "_Read") -> None:
        self._write(lambda writer: _put(writer, read))
        self._uncommitted += len(read.batch)

    def _may_write(self, newest: int, wait_s: float) -> bool:
        """Whether there is something to write and nobody else does; the writer is then open."""
        if (self._fed or self.folder.newest_change()) >= newest:
            return False
        if self._writer is None:
            for_many = newest - self.folder.newest_change() >= _MANY
            self._writer = self.folder.writer(lambda: self.folder.newest_change() >= newest, wait_s, for_many=for_many)
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


class _Asked(NamedTuple):
    """Papers whose texts the helper reads. See `_Read`."""

    batch: Sequence[Change]
    fields: "Future[list[TextFields]]"
    upto: int


class _Read(NamedTuple):
    """Papers and the fields of their texts; the index holds all changes up to `upto`."""

    batch: Sequence[Change]
    fields: Sequence[TextFields]
    upto: int


def _put(writer: IndexWriter, read: _Read) -> None:
    """Put papers into the index, and take their earlier states out, if it can hold any."""
    for changed, of_texts in zip(read.batch, read.fields, strict=True):
        if changed.added <= read.upto:
            writer.delete_documents_by_term("id", changed.paper.id)
        writer.add_document(document(changed, of_texts))
