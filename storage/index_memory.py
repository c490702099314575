"""Memory that the index no longer needs, given back to the system. Where a system has no such call, it stays as it is."""

import ctypes
import os
from functools import lru_cache
from pathlib import Path
from typing import Final

MOST_RESIDENT: Final = 240_000_000
"""Bytes of mapped files that may count as ours. A search that comes back to them finds them in the system's memory; to map one
anew takes the question that comes next a moment, to map all 10 ms."""

_DONT_NEED: Final = 4  # MADV_DONTNEED: https://man7.org/linux/man-pages/man2/madvise.2.html
_MAPS: Final = Path("/proc/self/maps")
_STATM: Final = Path("/proc/self/statm")  # its third number: pages of files, https://man7.org/linux/man-pages/man5/proc.5.html


def give_back_heap() -> None:
    """Return what a writer has freed: each of its threads leaves some 8 MB behind that glibc would keep."""
    libc = _libc()
    if libc is not None and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)  # https://man7.org/linux/man-pages/man3/malloc_trim.3.html


def give_back_pages(folder: Path, *, first: int = 0, most: int = MOST_RESIDENT) -> int:
    """Where more of mapped files is resident than `most` bytes, let go of the folder's, one after the other, until it is not.

    Nothing is read again from disk because of that: the pages stay in the system's cache, and are mapped anew where touched.
    The number that is returned, given as `first` the next time, has each of them take its turn: no question waits for all.
    """
    try:
        maps = [_range(line) for line in _mapped(folder)] if _resident() > most else []
        for at in range(first, first + len(maps)):
            if _resident() <= most:
                return at
            start, end = maps[at % len(maps)]
            _libc().madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONT_NEED)  # type: ignore[union-attr]
    except (OSError, ValueError, IndexError, AttributeError):
        return first
    return first + len(maps)


def _resident() -> int:
    """Bytes of mapped files that are in memory and count as ours."""
    return int(_STATM.read_text().split()[2]) * os.sysconf("SC_PAGE_SIZE")


def _mapped(folder: Path) -> list[str]:
    """The lines of this process's map that are about the folder's files, in the order of their names."""
    inside = f" {folder.resolve()}{os.sep}"
    lines = (line for line in _MAPS.read_text().splitlines() if inside in line and " r--" in line)
    return sorted(lines, key=lambda line: line.partition(inside)[2])


def _range(line: str) -> tuple[int, int]:
    start, _, end = line.partition(" ")[0].partition("-")
    return int(start, 16), int(end, 16)


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows
        return None
