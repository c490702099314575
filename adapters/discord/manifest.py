"""Discord: the commands as they are registered. Knows no SDK, no network.

Shapes: https://docs.discord.com/developers/interactions/application-commands#application-command-object .
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.discord.access import MANAGE_CHANNELS, POSTED_TO
from adapters.discord.commands import (
    ADD_THESE,
    CHAT,
    FIND_HERE,
    SLASHES,
    SUBCOMMAND,
    Option,
)

MESSAGE = 3
STRING, INTEGER, BOOLEAN, CHANNEL, ROLE, ATTACHMENT = 3, 4, 5, 7, 8, 11
GUILD_INSTALL, USER_INSTALL = 0, 1
GUILD, BOT_DM, PRIVATE_CHANNEL = 0, 1, 2

_TYPES: Final = {"text": STRING, "count": INTEGER, "yes": BOOLEAN, "channel": CHANNEL, "role": ROLE, "file": ATTACHMENT}


def manifest() -> list[dict[str, Any]]:
    """All commands as Discord registers them: `/papers`, `/paper`, `/round …` and the two of a message's menu."""
    roots: dict[str, dict[str, Any]] = {}
    for slash in SLASHES:
        name, *rest = slash.path
        options = [_option(one) for one in sorted(slash.options, key=lambda one: not one.required)]
        if not rest:
            roots[name] = {**_root(name, CHAT), "description": slash.gives, "options": options}
            continue
        root = roots.setdefault(name, _group(name))
        root["options"].append({"type": SUBCOMMAND, "name": rest[0], "description": slash.gives, "options": options})
    return [*roots.values(), _root(FIND_HERE, MESSAGE), _root(ADD_THESE, MESSAGE)]


def changed(registered: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of the commands that Discord has otherwise than this version, or has not, or has and should not."""
    theirs = {(one.get("name"), one.get("type", CHAT)): one for one in registered if one.get("type", CHAT) <= MESSAGE}
    ours = {(one["name"], one["type"]): one for one in manifest()}
    differing = [name for (name, kind), one in ours.items() if not _holds(theirs.get((name, kind)), one)]
    return [*differing, *(str(name) for name, kind in theirs if (name, kind) not in ours)]


def _holds(theirs: Any, ours: Any) -> bool:  # noqa: ANN401 - JSON of any shape
    """Whether Discord has all that we asked for; it adds fields of its own, and leaves out what is empty."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(_holds(theirs.get(key), value) for key, value in ours.items())
    if isinstance(ours, list) and ours and isinstance(ours[0], dict):
        return isinstance(theirs, list) and len(theirs) == len(ours) and all(map(_holds, theirs, ours))
    if isinstance(ours, list):
        return sorted(theirs or []) == sorted(ours)
    return bool(theirs == ours)


def _root(name: str, kind: int) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "contexts": [GUILD, BOT_DM, PRIVATE_CHANNEL],
        "integration_types": [GUILD_INSTALL, USER_INSTALL],
    }


def _group(name: str) -> dict[str, Any]:
    gives = "What Paper Round posts in this channel, and why; your own lists"
    return {**_root(name, CHAT), "description": gives, "options": [], "default_member_permissions": str(MANAGE_CHANNELS)}


def _option(option: Option) -> dict[str, Any]:
    made: dict[str, Any] = {"type": _TYPES[option.kind], "name": option.name, "description": option.gives}
    if option.required:
        made["required"] = True
    if option.choices:
        made["choices"] = [{"name": name, "value": value} for name, value in option.choices]
    elif option.kind == "text":
        made |= {"max_length": option.most} | ({"autocomplete": True} if option.completes or option.offers else {})
    if option.kind == "count":
        made |= {"min_value": 1, "max_value": option.most}
    if option.kind == "channel":
        made["channel_types"] = [*POSTED_TO]
    return made
