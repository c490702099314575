"""Discord: which permissions posting needs, by kind of channel, and what they are called. Pure; knows no SDK.

Bits: https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags .
"""

from typing import Final, Literal

ADMINISTRATOR: Final = 1 << 3
MANAGE_CHANNELS: Final = 1 << 4
MANAGE_GUILD: Final = 1 << 5
VIEW_CHANNEL: Final = 1 << 10
SEND_MESSAGES: Final = 1 << 11
READ_HISTORY: Final = 1 << 16
MENTION_EVERYONE: Final = 1 << 17
MENTION_EVERYONE_NAME: Final = "Mention @everyone, @here, and All Roles"
CREATE_THREADS: Final = 1 << 35
SEND_IN_THREADS: Final = 1 << 38

Kind = Literal["text", "announcements", "forum", "direct", "other"]

_BASE: Final = (VIEW_CHANNEL, SEND_MESSAGES, READ_HISTORY, SEND_IN_THREADS)
NEEDED: Final[dict[Kind, tuple[int, ...]]] = {
    "text": (*_BASE, CREATE_THREADS),
    "announcements": (*_BASE, CREATE_THREADS),
    "forum": _BASE,
    "direct": (),
    "other": (),
}
"""Read Message History is for threads, and to see whether a message that may have been lost is there."""

_NAMES: Final = {
    VIEW_CHANNEL: "View Channel",
    SEND_MESSAGES: "Send Messages",
    READ_HISTORY: "Read Message History",
    CREATE_THREADS: "Create Public Threads",
    SEND_IN_THREADS: "Send Messages in Threads",
}
_FORUM_NAMES: Final = {**_NAMES, SEND_MESSAGES: "Create Posts", SEND_IN_THREADS: "Send Messages in Posts"}
INVITED: Final = sum(_NAMES)
"""All that is asked for when Paper Round is invited."""


POSTED_TO: Final = (0, 5, 15)
"""The types of channels of a server that can be subscribed: text, announcements, forum."""


def kind_of(channel_type: int) -> Kind:
    """The kind of a channel, by its type: https://docs.discord.com/developers/resources/channel#channel-object-channel-types ."""
    match channel_type:
        case 0:
            return "text"
        case 5:
            return "announcements"
        case 15:
            return "forum"
        case 1 | 3:
            return "direct"
        case _:
            return "other"


def missing(kind: Kind, permissions: int) -> list[str]:
    """The names of the permissions that posting to such a channel needs and that are not among these."""
    if permissions & ADMINISTRATOR:
        return []
    names = _FORUM_NAMES if kind == "forum" else _NAMES
    return [names[bit] for bit in NEEDED[kind] if not permissions & bit]


def may_configure(permissions: int) -> bool:
    """Whether somebody with these permissions may change what is posted in a channel."""
    return bool(permissions & (ADMINISTRATOR | MANAGE_GUILD | MANAGE_CHANNELS))


def is_admin(permissions: int) -> bool:
    """Whether somebody with these permissions may see the subscriptions of the whole server."""
    return bool(permissions & (ADMINISTRATOR | MANAGE_GUILD))


def invite_link(application: str) -> str:
    """Where an admin lets Paper Round into a server, with exactly the permissions it needs."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application}"
        f"&permissions={INVITED}&integration_type=0&scope=bot+applications.commands"
    )
