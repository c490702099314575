"""Discord: what is refused before anybody is asked: posting where Paper Round is not, or may not. Pure; knows no SDK."""

from collections.abc import Mapping
from typing import Any

from adapters.discord.access import ADMINISTRATOR, MENTION_EVERYONE, Kind, may_configure, missing
from adapters.discord.asking import Asker
from bot.cards import Reply
from bot.commands import command_of
from bot.spans import clean_line, shorten
from bot.views.notices import error_card

_NAME_CHARS = 60


def wants_posts(line: str) -> bool:
    """Whether a command line would make us post in a channel."""
    return command_of(line)[0].posts


def refusal(line: str, asker: Asker, kind: Kind, ours: int) -> Reply | None:
    """Why nothing can be posted in the channel, if that is so.

    Args:
        line: what was asked; once the fault is mended, it can be asked again.
        asker: who asks and for which channel.
        kind: the channel's kind.
        ours: our own permissions in it.
    """
    if asker.standing == "visiting":
        return refused(
            "Paper Round is not a member here, so it can post nothing here by itself. Nothing was changed. "
            "Subscribe in a direct message with it, or ask an admin to invite it."
        )
    if asker.standing == "direct" or not may_configure(asker.permissions):
        return None  # who may not change it is told so by the command itself
    if kind == "other":
        return refused(
            "This kind of channel takes no daily papers. Nothing was changed. Choose a text, announcement or forum channel.",
        )
    lacking = missing(kind, ours)
    if not lacking:
        return None
    names = " and ".join(filter(None, (", ".join(lacking[:-1]), lacking[-1])))
    verb = "permissions" if len(lacking) > 1 else "permission"
    return refused(
        f"In that channel Paper Round lacks the {verb} {names}. Nothing was changed. "
        "Allow that in the channel’s settings, under Permissions, and ask again.",
        line,
    )


def refused(message: str, usage: str = "/papers") -> Reply:
    """Something that was not done, in words."""
    return Reply(cards=(error_card(message, usage),), refused=message)


def role_refusal(role: Mapping[str, Any], ours: int) -> str:
    """Why a role cannot be mentioned with these permissions of ours, a sentence; empty where it can."""
    if role.get("mentionable") or ours & (MENTION_EVERYONE | ADMINISTRATOR):
        return ""
    name = shorten(clean_line(str(role.get("name", "That role"))), _NAME_CHARS)
    return (
        f"The role {name} may not be mentioned by others. Nothing was changed. "
        "Allow anyone to mention it in the role’s settings, and subscribe again."
    )
