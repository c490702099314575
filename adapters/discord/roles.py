"""Discord: the roles of a server, and the one that a subscription's line says is to be mentioned. Pure; knows no SDK."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands import command_of
from bot.errors import CommandError
from bot.subscribe_parts import read_line

_NUMBERED = re.compile(r"#\d{1,9}(?:\s+|$)")
_NAMED = re.compile(r"(?i)(?<=\bmention )@(?!&)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: its id, its name, and whether everybody may mention it. The one that everybody has is called "@everyone"."""

    id: str
    name: str
    mentionable: bool = False


def with_role_ids(line: str, roles: Sequence[Role]) -> str:
    """A command line, the role behind `mention @` written as `<@&123>`: the longest name that fits, in any case.

    What is no role's name stays as it is, and is refused where the line is read.
    """
    found = _NAMED.search(line)
    if found is None:
        return line
    rest = line[found.end() :]
    fitting = [role for role in roles if role.name and not role.name.startswith("@") and _begins_with(rest, role.name)]
    if not fitting:
        return line
    role = max(fitting, key=lambda one: len(one.name))
    return f"{line[: found.start()]}<@&{role.id}>{rest[len(role.name) :]}"


def _begins_with(text: str, name: str) -> bool:
    return text[: len(name)].casefold() == name.casefold() and (len(text) == len(name) or text[len(name)] in " ,")


def asked_opening(line: str) -> tuple[str, bool]:
    """The id of the role that a line would have mentioned, empty for none, and whether it asks to publish.

    A line that cannot be read asks for nothing; why it cannot is said by the command itself.
    """
    command, argument = command_of(line)
    if command.verb != "subscribe":
        return "", False
    try:
        settings = read_line(" ".join(_NUMBERED.sub("", argument, count=1).split())).settings
    except CommandError:
        return "", False
    return str(settings["mention"].value) if "mention" in settings else "", "publish" in settings
