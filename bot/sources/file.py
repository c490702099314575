"""Documents from files and from standard input, bounded in size; gzip is read as it is."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from bot.digest import MAX_BYTES
from bot.errors import SourceError
from bot.record_lines import MAX_RECORD_BYTES

STANDARD_INPUT = "-"
_BUFFER_BYTES = 1 << 20  # gzip asks for little at a time, and each time that goes to the system other threads take over


def read_document(name: str, stream: BinaryIO | None = None, begun: bytes = b"") -> bytes:
    """The bytes of one document, at most one more than a digest may have. `-` is standard input.

    Args:
        name: the file.
        stream: the file where it is open already, and `begun` what was read of it.
        begun: the bytes before the stream's position.

    Raises:
        SourceError: there is no such file, or it cannot be read.
    """
    if stream is None:
        with open_document(name) as opened:
            return read_document(name, opened)
    try:
        return begun + stream.read(max(0, MAX_BYTES + 1 - len(begun)))
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{name} cannot be read: {_why(error)}. Nothing was taken in.") from error


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream; of a line that is too long, its beginning.

    Raises:
        SourceError: the file is damaged or cut off after the lines given so far.
    """
    try:
        while line := stream.readline(MAX_RECORD_BYTES + 1):
            yield line
            while len(line) > MAX_RECORD_BYTES and not line.endswith(b"\n"):
                line = stream.readline(MAX_RECORD_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(_why(error)) from error


@contextmanager
def open_document(name: str) -> Iterator[BinaryIO]:
    """A file (unpacked where its name ends in .gz) or standard input, as a stream of bytes.

    Raises:
        SourceError: there is no such file, or it cannot be opened.
    """
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    path = Path(name)
    if path.is_dir():
        raise SourceError(f"{name} is a folder. Give the files in it, as in {name}/*.json.")
    try:
        opened = path.open("rb", buffering=_BUFFER_BYTES)
    except OSError as error:
        raise SourceError(f"{name} cannot be read: {_why(error)}. Nothing was taken in.") from error
    with opened as stream:
        yield cast("BinaryIO", BufferedReader(gzip.GzipFile(fileobj=stream))) if path.suffix == ".gz" else stream


def _why(error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return "the compressed file is damaged or cut off"
    return (getattr(error, "strerror", None) or str(error)).lower()
