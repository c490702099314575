"""The last answers of a search index, kept until it changes: people turn pages, and many ask for the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

from bot.ports import Candidates

_MOST: Final = 1_000
_MOST_RANKED: Final = 50
"""Longer answers are for editions and exports, which ask once."""


class Answers:
    """A bounded memory, safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version: object = None
        self._kept: OrderedDict[Hashable, Candidates] = OrderedDict()

    def recall(self, version: object, question: Hashable, find: Callable[[], Candidates]) -> Candidates:
        """What was answered to a question as long as the index has been at this version; else what is found now."""
        with self._lock:
            if version != self._version:
                self._version = version
                self._kept.clear()
            known = self._kept.get(question)
            if known is not None:
                self._kept.move_to_end(question)
                return known
        found = find()
        with self._lock:
            if version == self._version and len(found.ranked) <= _MOST_RANKED:
                self._kept[question] = found
                if len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
        return found
