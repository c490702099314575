"""Discord: a command that a card tells people to type becomes one they can press. Pure; knows no SDK.

A mention of a command is `</name:id>`, with the id that Discord gave it when it was registered:
https://docs.discord.com/developers/reference#message-formatting . It carries no options, so only commands that stand for
themselves become one. Paper text never does: its backticks are escaped, and a span of code is one of our own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.discord import limits
from adapters.discord.commands import SLASHES
from bot.spans import utf16_length

_TEXT_DISPLAY: Final = 10
_ROOTS: Final = "|".join(slash.path[0] for slash in SLASHES if len(slash.path) == 1)
_COMMAND = re.compile(rf"(?<![\\`])`/({_ROOTS})`(?!`)")


def with_mentions(components: Sequence[Mapping[str, Any]], ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The components of a message, their commands mentioned; `ids` is empty until they are known.

    Args:
        components: a message's.
        ids: from a command's name to its id.
    """
    changed = [_mentioned(one, ids) for one in components]
    return changed if _text(changed) <= limits.TEXT else [dict(one) for one in components]


def _mentioned(component: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    if component.get("type") == _TEXT_DISPLAY:
        return {**component, "content": _COMMAND.sub(lambda found: _mention(found, ids), component["content"])}
    if "components" in component:
        return {**component, "components": [_mentioned(one, ids) for one in component["components"]]}
    return dict(component)


def _text(components: Sequence[Mapping[str, Any]]) -> int:
    return sum(utf16_length(one.get("content", "")) + _text(one.get("components") or ()) for one in components)


def _mention(found: re.Match[str], ids: Mapping[str, str]) -> str:
    known = ids.get(found[1])
    return f"</{found[1]}:{known}>" if known and len(found[1]) + len(known) < 30 else found[0]
