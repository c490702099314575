"""Discord: what is refused before anybody is asked: posting where Paper Round is not, or may not. Pure; knows no SDK."""

from collections.abc import Sequence

from adapters.discord.access import ADMINISTRATOR, MENTION_EVERYONE, MENTION_EVERYONE_NAME, Kind, may_configure, missing
from adapters.discord.asking import Asker
from adapters.discord.roles import Role, asked_opening
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


def opening_refusal(line: str, kind: Kind | None, roles: Sequence[Role] | None, ours: int) -> Reply | None:
    """Why a subscription's first messages cannot mention the role, or be published, as a line asks; `None` where they can.

    Args:
        line: what was asked.
        kind: the channel's kind, where it is known.
        roles: the server's, where they are known.
        ours: our own permissions in the channel.
    """
    mention, publish = asked_opening(line)
    if publish and kind not in (None, "announcements"):
        return refused(
            "Only an announcement channel publishes to channels that follow it. Nothing was changed. Leave “publish” out, "
            "or make this an announcement channel in its settings."
        )
    if not mention or roles is None:
        return None
    role = next((one for one in roles if one.id == mention), None)
    message = role_refusal(role, ours) if role else "This server has no such role. Nothing was changed. Choose one of its roles."
    return refused(message, line if role else "/papers subscribe rl weekdays 09:00") if message else None


def role_refusal(role: Role, ours: int) -> str:
    """Why a role cannot be mentioned with these permissions of ours, a sentence; empty where it can.

    Of the role that everybody has it says nothing: that one is refused by the command, for all platforms.
    """
    if role.mentionable or role.name == "@everyone" or ours & (MENTION_EVERYONE | ADMINISTRATOR):
        return ""
    name = shorten(clean_line(role.name), _NAME_CHARS)
    return (
        f"The role {name} may not be mentioned by everybody, and in that channel Paper Round lacks the permission "
        f"{MENTION_EVERYONE_NAME}. Nothing was changed. Allow anyone to mention it in the role’s settings, or give Paper Round "
        "that permission, and ask again."
    )
