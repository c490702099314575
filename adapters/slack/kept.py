"""What was looked up, kept for some time and only so much of it. Knows no Slack."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values under their keys; what was put first goes first where there are too many.

    Args:
        kept_s: how long a value is good, in seconds.
        most: how many are kept.
    """

    def __init__(self, kept_s: float, most: int) -> None:
        self._kept_s = kept_s
        self._most = most
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._values)

    def get(self, key: K) -> V | None:
        """The value, while it is good."""
        known = self._values.get(key)
        return known[1] if known is not None and time.monotonic() - known[0] < self._kept_s else None

    def put(self, key: K, value: V) -> None:
        """Keep a value from now on."""
        self._values[key] = (time.monotonic(), value)
        self._values.move_to_end(key)
        while len(self._values) > self._most:
            self._values.popitem(last=False)

    def drop(self, key: K) -> None:
        """Look it up anew next time."""
        self._values.pop(key, None)
