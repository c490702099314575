"""Reading what Slack sends, on the guard: ids are ids, words are words, and whatever else it holds is `Misread`. Pure."""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar

_T = TypeVar("_T")
_ID: Final = re.compile(r"[!-~]{0,500}")  # whatever else Slack may put into ids one day, it will be seen and be one word


class Misread(ValueError):
    """A payload lacks what every one of its kind has, or holds something else there: it is acknowledged and left."""


def careful(read: Callable[[Mapping[str, Any]], _T]) -> Callable[[Mapping[str, Any]], _T]:
    """The same reader of a payload, whose every failure is `Misread`. For pure readers only: nothing of ours fails in them."""

    @wraps(read)
    def reader(body: Mapping[str, Any]) -> _T:
        try:
            return read(body)
        except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise Misread(f"{read.__name__}: {type(error).__name__}") from None

    return reader


def identifier(value: object) -> str:
    """An id, a timestamp or an address of Slack's as it came; empty for none.

    Raises:
        Misread: it is none.
    """
    if value is None:
        return ""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Misread(f"an id is {type(value).__name__}")
    return value


def known(value: object) -> str:
    """An id that every payload of its kind has.

    Raises:
        Misread: this one has none.
    """
    if not (found := identifier(value)):
        raise Misread("an id is missing")
    return found


def words_of(value: object) -> str:
    """What somebody wrote; half a character that is left of a cut pair is replaced, since no file can hold it.

    Raises:
        Misread: it is no text.
    """
    if not isinstance(value, str | None):
        raise Misread(f"a text is {type(value).__name__}")
    return (value or "").encode("utf-8", "replace").decode()
