"""A folder whose files are taken in: what a person or a script puts there becomes papers. Knows nothing of what files say."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog

from bot.errors import BotError
from bot.subscription import SourceState

SETTLED_S = 2.0  # a file changed less long ago may still be written to
UNFINISHED = (".part", ".tmp", ".crdownload", ".partial")

_log = structlog.get_logger()

TakeIn = Callable[[str, date], object]
"""Takes in one file as of a day; raises `BotError` where it cannot."""


@dataclass(frozen=True, slots=True)
class _Seen:
    size: int
    changed_ns: int


class Inbox:
    """A folder that is looked through again and again.

    A file that fails is tried again at every look, and stays among the failing ones until it is taken in or gone.

    Args:
        folder: where the files lie; folders in it and hidden files are left alone.
        take_in: takes one in. The same file twice must change nothing: after a restart each is taken in once more.
    """

    def __init__(self, folder: Path, take_in: TakeIn) -> None:
        self._folder = folder
        self._take_in = take_in
        self._taken: dict[Path, _Seen] = {}
        self._failing: dict[Path, SourceState] = {}
        self._state = SourceState(name=f"folder {folder}")

    def states(self) -> tuple[SourceState, ...]:
        """The folder's own state first, then that of each file that fails, by name."""
        return (self._state, *(self._failing[file] for file in sorted(self._failing)))

    def refresh(self, now: datetime) -> int:
        """Take in what is new or has changed; how many files that were. Never raises for a file or the folder."""
        try:
            files = {file: _seen(file) for file in sorted(self._folder.iterdir()) if _wanted(file)}
        except OSError as error:
            self._state = _fails(self._state, now, f"The folder cannot be read: {(error.strerror or str(error)).lower()}.")
            _log.warning("source_failed", source=self._state.name, error=self._state.error)
            return 0
        self._state = replace(self._state, ok_at=now, failing_since=None, error="")
        for gone in self._failing.keys() - files.keys():
            del self._failing[gone]
        self._taken = {file: seen for file, seen in self._taken.items() if file in files}
        return sum(self._take(file, seen, now) for file, seen in files.items() if seen is not None)

    def _take(self, file: Path, seen: _Seen, now: datetime) -> bool:
        changed_at = datetime.fromtimestamp(seen.changed_ns / 1e9, UTC)
        if self._taken.get(file) == seen or timedelta() <= now - changed_at < timedelta(seconds=SETTLED_S):
            return False
        try:
            self._take_in(str(file), changed_at.astimezone().date())  # what a page leaves out of its date is told by its file's
        except BotError as error:
            before = self._failing.get(file, SourceState(name=file.name))
            self._failing[file] = _fails(before, now, str(error))
            _log.warning("source_failed", source=file.name, error=str(error))
            return False
        self._failing.pop(file, None)
        self._taken[file] = seen
        _log.info("source_taken_in", source=file.name)
        return True


def _wanted(file: Path) -> bool:
    return not file.name.startswith(".") and not file.name.endswith(UNFINISHED) and file.is_file()


def _seen(file: Path) -> _Seen | None:
    try:
        found = file.stat()
    except OSError:
        return None  # gone since the folder was listed
    return _Seen(found.st_size, found.st_mtime_ns)


def _fails(state: SourceState, now: datetime, error: str) -> SourceState:
    return replace(state, failing_since=state.failing_since or now, error=error)
