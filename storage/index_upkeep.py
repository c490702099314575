"""Keeps the search index up with its store: at once where little is new, else in the background, while it answers.

What cannot be read is built anew; where the old index still answers some questions, beside it. See decision 15.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Final

from bot.errors import StorageError
from bot.ports import Coverage, PaperStore
from storage.index_feed import IndexFeed
from storage.index_folder import IndexFolder, generations, remove_older

_WRITER_WAIT_S = 5.0
_MEND_WAIT_S = 5.0
_LOOK_S: Final = 0.05
_CLOSE_WAIT_S: Final = 10.0
_MERGE_WAIT_S: Final = 600.0
_MEND_AGAIN_S: Final = 600.0
_ROUND = 1_000  # who may not see a paper is not told the moment at which it was indexed
_FEW = 5_000
"""So many changes are indexed by whoever finds them; more are left to the background."""


class IndexUpkeep:
    """The writing side of one store's index. Safe to use from several threads, and beside other processes.

    Args:
        folder: where the index lies.
        store: what it is derived from.
    """

    def __init__(self, folder: Path, store: PaperStore) -> None:
        self._root = folder
        self._store = store
        self._lock = RLock()
        self._used = IndexFeed(IndexFolder(folder, generations(folder)[0]), store)
        self._beside: IndexFeed | None = None
        self._stop = Event()
        self._idle = Event()
        self._idle.set()
        self._checked = -1
        self._mended_at = float("-inf")
        self.trouble = ""
        """Why the background could not write, the last time it tried."""

    @property
    def folder(self) -> IndexFolder:
        """The index that is in use."""
        return self._used.folder

    def follow(self) -> None:
        """Feed what is new; it becomes findable every now and then, and all of it at `catch_up`."""
        newest = self._store.last_change()
        while self._used.step(newest, wait_s=0):
            pass

    def catch_up(self, progress: Callable[[int], None]) -> int:
        """Index everything that is new, however long it takes; how many papers that were."""
        newest = self._look()
        if self.folder.is_damaged:
            self._discard()
        count = self._feed_all(newest, progress)
        if self._is_foreign(newest):
            self._discard()
            count = self._feed_all(newest, progress)
        if count > _FEW:
            self._used.settle(_MERGE_WAIT_S)
        if self._is_current(newest):
            remove_older(self._root, self.folder.generation)
        return count

    def keep_up(self, wait_s: float) -> bool:
        """Index what is new, or begin to in the background and wait so long; whether all that is stored is findable now."""
        newest = self._look()
        try:
            self._keep_up(newest, wait_s)
        except StorageError as error:
            self.trouble = str(error)
        return self._is_current(newest)

    def _keep_up(self, newest: int, wait_s: float) -> None:
        if self._is_foreign(newest):
            self._discard()
        if self.folder.is_damaged and self._store.size() > _FEW:
            self._begin_beside()
        if self._beside is not None or newest - self.folder.newest_change() > _FEW:
            self._begin()
        if newest - self.folder.newest_change() <= _FEW and not self.folder.is_damaged:
            self.catch_up(lambda _count: None)
            self.trouble = ""
        else:
            self._idle.wait(wait_s)

    def coverage(self, viewer: str) -> Coverage | None:
        """How far an index has come that is still being built; `None` where it holds all, or nearly so."""
        try:
            if self._store.last_change() - self.folder.newest_change() <= _FEW:
                return None
        except (StorageError, ValueError):
            return None  # who searches is told what is wrong
        return self._coverage(self.folder, viewer)

    def rebuild(self) -> None:
        """Build the index anew in the background; the present one answers until that is done."""
        self._begin_beside()
        self._begin()

    def rebuilding(self, wait_s: float = 0.0) -> Coverage | None:
        """How far the one has come that is being built to replace the one in use, at its end or then; `None` where none is."""
        give_up_at = time.monotonic() + wait_s
        while self._beside is not None and not self.trouble and time.monotonic() < give_up_at:
            time.sleep(_LOOK_S)  # this process builds it, or another one
            with self._lock:
                self._choose()
        if self._beside is None:
            self._idle.wait(max(0.0, give_up_at - time.monotonic()))  # what it replaces is being removed
        beside = self._beside
        return None if beside is None else self._coverage(beside.folder, "")

    def mend(self) -> IndexFolder:
        """Have an index built that can be read, and wait a little for it; the one to ask until then, as far as it has come."""
        with self._lock:
            self._choose()
            if not self.folder.exists():
                self._used.forget()
                self.folder.discard()
            elif time.monotonic() - self._mended_at > _MEND_AGAIN_S:
                self._mended_at = time.monotonic()
                self._begin_beside()
        self._begin()
        self._idle.wait(_MEND_WAIT_S)
        beside = self._beside
        return self.folder if beside is None else beside.folder

    def close(self) -> None:
        """End what goes on in the background; what was indexed until now is kept, and the next process goes on from there."""
        self._stop.set()
        self._idle.wait(_CLOSE_WAIT_S)

    def _coverage(self, folder: IndexFolder, viewer: str) -> Coverage:
        stored = self._store.count(viewer=viewer)
        return Coverage(indexed=min(folder.count() // _ROUND * _ROUND, stored), stored=stored)

    def _feed_all(self, newest: int, progress: Callable[[int], None]) -> int:
        count = 0
        while fed := self._used.step(newest, wait_s=_WRITER_WAIT_S):
            count += fed
            progress(count)
        self._used.commit()
        return count

    def _look(self) -> int:
        """Have a folder of this store's papers, as it is on disk now. Returns the store's newest change."""
        newest = self._store.last_change()
        self._choose()
        if self.folder.newest_change() > newest:
            self._discard()
        return newest

    def _choose(self) -> None:
        """Use the generation that is to be used now; another process may have completed one."""
        with self._lock:
            used, beside = generations(self._root)
            if used != self.folder.generation:
                self._used.forget()
                self._used = self._feed(used)
            if beside is None:
                self._beside = None
            elif self._beside is None or self._beside.folder.generation != beside:
                self._beside = self._feed(beside)

    def _feed(self, generation: int) -> IndexFeed:
        return IndexFeed(IndexFolder(self._root, generation), self._store)

    def _is_current(self, newest: int) -> bool:
        return self.folder.newest_change() >= newest

    def _is_foreign(self, newest: int) -> bool:
        """Whether the index, up to date by its number, holds another number of papers: it belongs to another database."""
        if newest == self._checked or self.folder.newest_change() != newest:
            return False
        if self.folder.count() != self._store.size():
            return self._store.last_change() == newest
        self._checked = newest
        return False

    def _discard(self) -> None:
        """Throw all of it away; the next use begins with an empty index."""
        with self._lock:
            self._checked = -1
            for feed in (self._used, self._beside):
                if feed is not None:
                    feed.forget()
                    feed.folder.discard()
            self._beside, self._used = None, self._feed(1)
            shutil.rmtree(self.folder.path, ignore_errors=True)

    def _begin_beside(self) -> None:
        with self._lock:
            if self._beside is None:
                beside = self._feed(self.folder.generation + 1)
                beside.folder.searcher()  # makes it, so that other processes know
                self._beside = beside

    def _begin(self) -> None:
        """Have the background at work."""
        with self._lock:
            if self._idle.is_set() and not self._stop.is_set():
                self._idle.clear()
                Thread(target=self._work, name="index-build", daemon=True).start()

    def _work(self) -> None:
        try:
            if not self.folder.is_damaged:
                self._build(self._used)
            beside = self._beside
            if beside is not None and self._build(beside):
                self._replace(beside)
            elif beside is None and self._is_current(self._store.last_change()):
                remove_older(self._root, self.folder.generation)
            self.trouble = ""
        except StorageError as error:
            self.trouble = str(error)
        finally:
            self._idle.set()

    def _build(self, feed: IndexFeed) -> bool:
        """Feed all there is, until told to stop; whether that succeeded, which it does not while another process writes."""
        newest = self._store.last_change()
        while not self._stop.is_set() and feed.step(newest, wait_s=0):
            newest = self._store.last_change()
        feed.commit()
        return feed.folder.newest_change() >= newest

    def _replace(self, beside: IndexFeed) -> None:
        """Use the generation that is complete, and remove its elder."""
        beside.folder.complete()
        with self._lock:
            self._used.forget()
            self._used, self._beside = beside, None
            self._checked = -1
        remove_older(self._root, beside.folder.generation)
