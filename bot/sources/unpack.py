"""Unpacks an answer as it comes in, never further than the bound: a few kilobytes may unpack to gigabytes. Pure."""

import zlib
from typing import Final, Protocol

from bot.errors import SourceError

MAX_BYTES: Final = 16_000_000
ACCEPT_ENCODING: Final = "gzip, deflate"
_STEP: Final = 65_536
_WBITS: Final = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class _Inflater(Protocol):
    """What `zlib.decompressobj` gives."""

    @property
    def eof(self) -> bool:
        """Whether the end was reached."""
        ...

    @property
    def unconsumed_tail(self) -> bytes:
        """What did not fit."""
        ...

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        """At most `max_length` bytes of what is in `data`."""
        ...


class Body:
    """The document in an answer, bounded.

    Args:
        encoding: the answer's Content-Encoding.
        most: how many bytes the document may have.

    Raises:
        SourceError: the encoding is none that we asked for.
    """

    def __init__(self, encoding: str, most: int = MAX_BYTES) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", *_WBITS):
            raise SourceError(f"It answered in an encoding that was not asked for ({name[:40]!r}).")
        self._inflater: _Inflater | None = zlib.decompressobj(_WBITS[name]) if name in _WBITS else None
        self._may_be_raw = name == "deflate"
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    def take(self, chunk: bytes) -> None:
        """Take the next bytes from the line.

        Raises:
            SourceError: the document is too large, or its compression is damaged.
        """
        if self._inflater is None:
            self._keep(chunk)
            return
        while chunk and not self._inflater.eof:
            self._keep(self._inflate(chunk))
            chunk = self._inflater.unconsumed_tail

    def end(self) -> bytes:
        """The whole document.

        Raises:
            SourceError: it breaks off in the midst of its compression.
        """
        if self._inflater is not None and self._size and not self._inflater.eof:
            raise SourceError("Its answer broke off before its end.")
        return b"".join(self._parts)

    def _inflate(self, chunk: bytes) -> bytes:
        assert self._inflater is not None  # noqa: S101 - told to mypy
        try:
            out = self._inflater.decompress(chunk, _STEP)
        except zlib.error as error:
            if (
                self._may_be_raw
            ):  # some servers send deflate without its header: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2
                self._may_be_raw = False
                self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
                return self._inflate(chunk)
            raise SourceError("Its compressed answer is damaged.") from error
        self._may_be_raw = False
        return out

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._most:
            raise SourceError(f"Its answer is larger than {self._most // 1_000_000} MB.")
        self._parts.append(part)
