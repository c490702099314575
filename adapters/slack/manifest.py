"""What the app is, as a Slack manifest: commands, shortcuts, events, scopes. Slack's room; pure, knows no SDK.

Reference: https://docs.slack.dev/reference/app-manifest; the limits: https://github.com/slackapi/manifest-schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.commands import COMMANDS, Command

NAME: Final = "Paper Round"
DESCRIPTION: Final = "The day’s research papers in your channels, and every past paper one command away."
LONG_DESCRIPTION: Final = (
    "Paper Round posts a daily thread of new research papers to the channels that subscribe to it, by topic, at the time and in "
    "the time zone they choose. Every paper it ever listed can be found with /papers and looked up by name with /paper.\n\n"
    "It reads no conversations: only commands, buttons, direct messages to it, and messages that mention it."
)
BACKGROUND: Final = "#1f2a44"

EVENTS_PATH: Final = "/slack/events"
INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"

ADD_PAPERS: Final = "add_papers"
FIND_PAPER: Final = "find_paper"

SCOPES: Final[Mapping[str, str]] = {
    "commands": "To answer /papers and /paper, and the two shortcuts.",
    "chat:write": "To post the daily thread and answers that somebody shares.",
    "app_mentions:read": "To answer where somebody writes @Paper Round, as in a thread, where commands do not work.",
    "im:history": "To answer direct messages to Paper Round; it sees no other conversation.",
    "channels:read": "To see whether a public channel is archived, or shared with another company.",
    "groups:read": "To see the same of private channels that it was invited to.",
    "channels:join": "To join a public channel when somebody subscribes it; private ones need an invitation.",
    "files:read": "To read a digest that somebody hands over as a file.",
    "files:write": "To send somebody the file of an export, in their conversation with Paper Round.",
    "users:read": "To know a person’s time zone, and whether they may change what a channel is posted.",
}
"""Each bot scope, and why: https://docs.slack.dev/reference/scopes."""

EVENTS: Final[Mapping[str, str]] = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "app_home_opened": "",
    "app_uninstalled": "",
    "tokens_revoked": "",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
}
"""Each event, and the scope it needs, if any: https://docs.slack.dev/reference/events."""

_SHORTCUTS: Final = (
    {
        "name": "Add these papers",
        "type": "message",
        "callback_id": ADD_PAPERS,
        "description": "Takes in the papers that this message lists or links to.",
    },
    {"name": "Find a paper", "type": "global", "callback_id": FIND_PAPER, "description": "Looks a paper up by name or id."},
)


def manifest(*, public_url: str | None = None, many: bool = False) -> dict[str, Any]:
    """The app's manifest.

    Args:
        public_url: where Slack reaches us over HTTP, as `https://papers.example.org`; `None` is Socket Mode.
        many: workspaces install through our pages over HTTP, and their tokens rotate, which Slack lets nobody turn off again.
    """
    base = public_url.rstrip("/") if public_url is not None else None
    with_pages = base is not None and many
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    if with_pages:
        oauth = {"redirect_urls": [f"{base}{REDIRECT_PATH}"], **oauth}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": BACKGROUND,
        },
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [dict(one) for one in _SHORTCUTS],
            "slash_commands": slash_commands(COMMANDS, base),
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**_url("request_url", base), "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **_url("request_url", base), **_url("message_menu_options_url", base)},
            "org_deploy_enabled": True,
            "socket_mode_enabled": base is None,
            "token_rotation_enabled": with_pages,
        },
    }


def slash_commands(commands: Sequence[Command], base: str | None) -> list[dict[str, Any]]:
    """One entry for each slash in the table of commands: what it gives without a verb, and as a hint how it is typed."""
    entries = []
    for slash in dict.fromkeys(command.slash for command in commands):
        plain = next(command for command in commands if command.slash == slash and not command.verb)
        entries.append(
            {
                "command": slash,
                "description": plain.gives[:1].upper() + plain.gives[1:],
                "usage_hint": _hint(plain, [one for one in commands if one.slash == slash and one.verb]),
                "should_escape": False,
                **_url("url", base),
            }
        )
    return entries


def _hint(plain: Command, others: Sequence[Command]) -> str:
    """The plain use, the first verb of each group, and `help`, which lists them all."""
    firsts = {command.group: command.verb for command in reversed(others) if command.verb != "help"}
    verbs = [command.verb for command in others if firsts.get(command.group) == command.verb or command.verb == "help"]
    return " | ".join([plain.usage.removeprefix(plain.slash).strip(), *verbs])


def _url(key: str, base: str | None) -> dict[str, str]:
    return {key: f"{base}{EVENTS_PATH}"} if base is not None else {}
