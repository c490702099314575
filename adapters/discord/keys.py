"""Discord: how a part of an edition is known again on the platform, whichever process sent it. Pure.

Discord drops a second message with the same nonce for a few minutes only, and shows no nonce afterwards. So the key stands in the
message as well: as the `id` of its outermost component, a number that Discord keeps and never shows.
https://docs.discord.com/developers/resources/message#create-message (nonce),
https://docs.discord.com/developers/components/reference#anatomy-of-a-component (id: 32 bits, unique in a message).
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapters.discord import limits

CONTAINER: Final = 17
_SMALLEST: Final = 1 << 20  # the ids that Discord gives by itself count up from 1


def nonce_of(channel: str, key: str, number: int) -> str:
    """The nonce of the `number`-th message (from 1) of a part in a channel."""
    return _digest(channel, key, number)[: limits.NONCE]


def mark_of(channel: str, key: str, number: int) -> int:
    """The number that marks the same message for good."""
    return _SMALLEST + int(_digest(channel, key, number)[:8], 16) % ((1 << 31) - _SMALLEST)


def marked(payload: Mapping[str, Any], mark: int) -> dict[str, Any]:
    """The payload of a message with its mark."""
    return {**payload, "components": [_with_mark(one, mark) for one in payload["components"]]}


def coloured(payload: Mapping[str, Any], colour: int) -> dict[str, Any]:
    """The payload of a message with another colour at its side."""
    parts = [{**one, "accent_color": colour} if one.get("type") == CONTAINER else one for one in payload["components"]]
    return {**payload, "components": parts}


def found_in(messages: Iterable[Mapping[str, Any]], me: str, mark: int) -> Mapping[str, Any] | None:
    """Our own message with this mark."""
    for message in messages:
        components = message.get("components") or ()
        is_ours = str((message.get("author") or {}).get("id")) == me
        if is_ours and any(one.get("type") == CONTAINER and one.get("id") == mark for one in components):
            return message
    return None


def edition_of(key: str) -> str:
    """What the parts of one edition have in common: `Job.key` is "e", the edition, "p" and the part."""
    return key.rpartition("p")[0] or key


def is_first(key: str) -> bool:
    """Whether this is an edition's first part."""
    return key.rpartition("p")[2] == "1"


def _with_mark(component: Mapping[str, Any], mark: int) -> dict[str, Any]:
    return {**component, "id": mark} if component.get("type") == CONTAINER else dict(component)


def _digest(channel: str, key: str, number: int) -> str:
    return hashlib.sha256(f"{channel}\n{key}\n{number}".encode()).hexdigest()
