"""Memory that the index no longer needs, given back to the system. Where a system has no such call, it stays as it is."""

import ctypes
import os
from functools import lru_cache
from pathlib import Path
from typing import Final

MOST_RESIDENT: Final = 240_000_000
"""Bytes of mapped files that may count as ours. A search that comes back to them finds them in the system's memory; to map them
anew takes the questions that come next some 10 ms."""

_DONT_NEED: Final = 4  # MADV_DONTNEED: https://man7.org/linux/man-pages/man2/madvise.2.html
_MAPS: Final = Path("/proc/self/maps")
_STATM: Final = Path("/proc/self/statm")  # its third number: pages of files, https://man7.org/linux/man-pages/man5/proc.5.html


def give_back_heap() -> None:
    """Return what a writer has freed: each of its threads leaves some 8 MB behind that glibc would keep."""
    libc = _libc()
    if libc is not None and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)  # https://man7.org/linux/man-pages/man3/malloc_trim.3.html


def give_back_pages(folder: Path, *, most: int = MOST_RESIDENT) -> bool:
    """Where more of mapped files is resident than `most` bytes, let go of the folder's; whether that was done.

    Nothing is read again from disk because of that: the pages stay in the system's cache, and are mapped anew where touched.
    """
    libc = _libc()
    try:
        resident = int(_STATM.read_text().split()[2]) * os.sysconf("SC_PAGE_SIZE")
        if libc is None or resident <= most:
            return False
        lines = [line for line in _MAPS.read_text().splitlines() if f" {folder.resolve()}{os.sep}" in line and " r--" in line]
    except (OSError, ValueError, IndexError, AttributeError):
        return False
    for line in lines:
        start, _, end = line.partition(" ")[0].partition("-")
        libc.madvise(ctypes.c_void_p(int(start, 16)), ctypes.c_size_t(int(end, 16) - int(start, 16)), _DONT_NEED)
    return bool(lines)


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows
        return None
