"""A process that reads papers' texts for the index while ours stores papers: Python runs on one core a process.

As a module it is that process: it answers each list of texts with their fields, until its input ends, which it also does when
the process that began it is killed. What it cannot do, whoever asks does.
"""

import gc
import marshal
import os
import struct
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import Any, BinaryIO, Final, cast

from bot.text_fields import TextFields, Texts, text_fields

_END_S: Final = 5.0
_PIPE_BYTES: Final = 1 << 20
"""Where the system grants it: each time a pipe is full or empty costs a wait for the interpreter's lock."""
_HEAD: Final = struct.Struct("<Q")


class IndexHelper:
    """Reads texts in a process of its own, one list after the other. Begun at once; `close` it.

    Raises:
        OSError: no process could be begun.
    """

    def __init__(self) -> None:
        # -P: a folder `bot` where the user happens to be is not ours. A session of its own: Ctrl-C is for us alone.
        command = [sys.executable, "-P", "-m", __name__]
        self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, pipesize=_PIPE_BYTES, start_new_session=True)  # noqa: S603 - our own module
        self._to, self._from = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        self._asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index-helper")

    def read(self, texts: list[Texts]) -> "Future[list[TextFields]]":
        """The fields of each paper's texts, when they are there; read in this process where the other has ended."""
        return self._asking.submit(self._ask, texts)

    def close(self) -> None:
        """End the process; of what was asked, what it has not begun with is not read."""
        self._asking.shutdown(cancel_futures=True)
        for pipe in (self._to, self._from):
            with suppress(OSError):  # what was not sent to one that has ended
                pipe.close()
        try:
            self._process.wait(_END_S)
        except TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, texts: list[Texts]) -> list[TextFields]:
        try:
            _write(self._to, texts)
            answer: list[TextFields] = _read(self._from)
        except (OSError, EOFError, ValueError, TypeError):
            return text_fields(texts)
        return answer


def is_worth_it() -> bool:
    """Whether this process may use more than one core."""
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) > 1


def _write(pipe: BinaryIO, value: list[Any]) -> None:
    data = marshal.dumps(value)
    pipe.write(_HEAD.pack(len(data)) + data)
    pipe.flush()


def _read(pipe: BinaryIO) -> Any:  # noqa: ANN401 - whatever was written
    """What was written next.

    Raises:
        EOFError: that has not come to its end.
    """
    head = pipe.read(_HEAD.size)
    data = pipe.read(_HEAD.unpack(head)[0]) if len(head) == _HEAD.size else b""
    return marshal.loads(data)  # noqa: S302 - from a process of ours, of the same Python


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed stands between answers
    gc.disable()  # texts make no cycles, and looking for some takes a tenth of the time
    with suppress(EOFError, BrokenPipeError):
        while True:
            _write(answers, text_fields(_read(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
