"""What somebody did in Slack, read from the payload that tells of it: pure, from dict to record. Knows no SDK, no network.

Payloads: https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling ,
https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/apis/events-api#the-events-api-event-object.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.slack.api import Team
from adapters.slack.layout import AT
from adapters.slack.payload import Misread, careful, identifier, known, words_of
from adapters.slack.render import read_action
from bot.cards import Effect
from bot.commands import COMMANDS

JOIN: Final = "join "
"""What a button's command begins with that first lets us into its public channel."""

SHARED: Final = "shared-"
"""What the id of the line begins with that says who shared a message: anybody may turn its pages."""

_VERBS: Final = frozenset(command.verb for command in COMMANDS if command.verb)
_LINK: Final = re.compile(r"<([^<>|\s]+)(?:\|([^<>]*))?>")
_MENTION: Final = re.compile(r"^\s*(?:<@[A-Z0-9]+(?:\|[^>]*)?>[\s,:]*)+")
_PLACE: Final = re.compile(AT + r"([CGD][A-Z0-9]{2,})\|")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file that came with a message: what it is called, its bytes' count and where they are, for our token only."""

    name: str
    size: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The message or view whose button was pressed. `ts` is empty for a view; `view` for a message."""

    ts: str = ""
    ephemeral: bool = False
    shared: bool = False
    view: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A command and where its answer belongs.

    `key` is the same in every delivery of the same act. `channel` is empty where there is none (the Home tab, a global
    shortcut). `thread` is the thread's first message. `public`: asked in front of everybody, so answered there. `outside`:
    another company reads this channel. `home`: the person's own team, where the payload tells it.
    """

    key: str
    team: Team
    user: str
    command: str
    home: str = ""
    effect: Effect = "reply"
    channel: str = ""
    thread: str = ""
    public: bool = False
    outside: bool = False
    join: bool = False
    response_url: str = field(default="", repr=False)
    trigger: str = field(default="", repr=False)
    pressed: Pressed | None = None
    files: tuple[FileRef, ...] = ()
    document: bytes = field(default=b"", repr=False)
    document_name: str = ""

    def __post_init__(self) -> None:
        """Ids are ids, since they are stored and sent back; and somebody asks.

        Raises:
            Misread: one is not.
        """
        for one in (self.key, self.user, self.home, self.channel, self.thread, self.response_url, self.trigger):
            if one is None or identifier(one) != one:
                raise Misread("an id is missing")
        known(self.user)

    @property
    def is_direct(self) -> bool:
        """Whether this is a conversation with us alone."""
        return self.channel.startswith("D")


@careful
def read_team(body: Mapping[str, Any]) -> Team:
    """The workspace in which something happened, and whether its whole organisation installed us.

    Source: https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
    """
    team, enterprise, user = body.get("team"), body.get("enterprise"), body.get("user")
    authorized = (body.get("authorizations") or [{}])[0]
    named = team.get("id") if isinstance(team, Mapping) else None
    own = user.get("team_id") if isinstance(user, Mapping) else None  # an organisation's view may name no team
    org = enterprise.get("id") if isinstance(enterprise, Mapping) else None
    whole = body.get("is_enterprise_install", authorized.get("is_enterprise_install"))
    team_id = identifier(named or body.get("team_id") or own)
    org_id = identifier(org or body.get("enterprise_id") or authorized.get("enterprise_id"))
    found = Team(team_id, org_id, whole is True or whole == "true")
    known(found.workspace)
    return found


@careful
def read_command(body: Mapping[str, Any]) -> Ask:
    """A slash command."""
    return Ask(
        key=f"c:{body['trigger_id']}",
        team=read_team(body),
        user=body["user_id"],
        command=f"{words_of(body['command'])} {unescape(words_of(body.get('text')))}".strip(),
        channel=body["channel_id"],
        response_url=body.get("response_url") or "",
        trigger=body["trigger_id"],
    )


@careful
def read_control(body: Mapping[str, Any]) -> str:
    """The id of the button, menu or field that was used; empty where it has none."""
    return identifier(body["actions"][0].get("action_id"))


@careful
def read_press(body: Mapping[str, Any]) -> Ask | None:
    """A pressed button or a chosen option; `None` where it is not one of ours, or of a version that is no more."""
    action = body["actions"][0]
    action_id = identifier(action.get("action_id"))
    value = words_of(action.get("value") or (action.get("selected_option") or {}).get("value"))
    read = read_action(action_id, value)
    if read is None:
        return None
    container = body.get("container") or {}
    message = body.get("message") or {}
    view = dict(body.get("view") or {})
    if view:
        known(view.get("id"))
    place = _PLACE.match(action.get("block_id") or "")
    ts = identifier(container.get("message_ts") or message.get("ts"))
    blocks = message.get("blocks") or ()
    return Ask(
        key=f"a:{body.get('trigger_id', '')}:{action.get('action_ts', '')}:{action_id}",
        team=read_team(body),
        user=body["user"]["id"],
        home=body["user"].get("team_id") or "",
        command=read[1].removeprefix(JOIN),
        effect=read[0],
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or (place[1] if place else ""),
        thread=container.get("thread_ts") or message.get("thread_ts") or "",
        join=read[1].startswith(JOIN),
        response_url=body.get("response_url") or "",
        trigger=body.get("trigger_id") or "",
        pressed=Pressed(
            ts=ts,
            ephemeral=bool(container.get("is_ephemeral")),
            shared=any(str(block.get("block_id", "")).startswith(SHARED) for block in blocks),
            view=view,
        ),
    )


@careful
def read_old_press(body: Mapping[str, Any]) -> Ask:
    """A button of a version that is no more, which asks for nothing: where to say so."""
    return Ask(
        key=f"a:{body.get('trigger_id', '')}",
        team=read_team(body),
        user=body["user"]["id"],
        command="/papers help",
        channel=(body.get("channel") or {}).get("id") or "",
        response_url=body.get("response_url") or "",
        trigger=body.get("trigger_id") or "",
    )


@careful
def read_mention(body: Mapping[str, Any]) -> Ask | None:
    """Somebody wrote to us in a channel: what they said, answered in the thread of their message; `None` for other bots."""
    event = body["event"]
    if event.get("bot_id") or not event.get("user"):
        return None
    return Ask(
        key=f"e:{body['event_id']}",
        team=read_team(body),
        user=event["user"],
        home=event.get("user_team") or event.get("source_team") or "",
        command=said(unescape(_MENTION.sub("", words_of(event.get("text"))))),
        channel=event["channel"],
        thread=event.get("thread_ts") or event["ts"],
        public=True,
        outside=bool(body.get("is_ext_shared_channel")),
        files=read_files(event),
    )


@careful
def read_direct(body: Mapping[str, Any]) -> Ask | None:
    """Somebody wrote to us alone; `None` for what is no person's new message."""
    event = body["event"]
    if event.get("channel_type") != "im" or event.get("bot_id") or event.get("subtype") not in (None, "file_share"):
        return None
    if not event.get("user") or not (event.get("text") or event.get("files")):
        return None
    text = unescape(_MENTION.sub("", words_of(event.get("text"))))
    files = read_files(event)
    whole = text.count("\n") >= 2  # several lines are a list of papers, not a question
    return Ask(
        key=f"e:{body['event_id']}",
        team=read_team(body),
        user=event["user"],
        home=event.get("user_team") or event.get("source_team") or "",
        command="/papers import" if whole or files else said(text),
        channel=event["channel"],
        thread=event.get("thread_ts") or "",
        public=True,
        files=files,
        document=text.encode() if whole and not files else b"",
    )


@careful
def read_message(body: Mapping[str, Any]) -> Ask:
    """The shortcut on a message: take in the papers that it lists."""
    message = body["message"]
    return Ask(
        key=f"m:{body['trigger_id']}",
        team=read_team(body),
        user=body["user"]["id"],
        home=body["user"].get("team_id") or "",
        command="/papers import",
        channel=body["channel"]["id"],
        thread=message.get("thread_ts") or "",
        response_url=body.get("response_url") or "",
        trigger=body["trigger_id"],
        files=read_files(message),
        document=unescape(words_of(message.get("text"))).encode(),
    )


def read_files(message: Mapping[str, Any]) -> tuple[FileRef, ...]:
    """The files of a message that we may read."""
    found = (
        FileRef(
            name=str(file.get("name") or ""), size=int(file.get("size") or 0), url=str(file.get("url_private_download") or "")
        )
        for file in message.get("files") or ()
    )
    return tuple(file for file in found if file.url)


def said(text: str) -> str:
    """The command that plain words stand for: `/papers find rl` for "rl"; a command may be written without its slash or name."""
    words = " ".join(text.split())
    first = words.split(" ", 1)[0].lower()
    if first in ("/papers", "/paper"):
        return words
    if first in ("papers", "paper"):
        return f"/{words}"
    if first in _VERBS:
        return f"/papers {words}"
    return f"/papers find {words}" if words else "/papers help"


def unescape(text: str) -> str:
    """Slack's message text as it was typed: links in full, with their words before them, and no entities.

    Source: https://docs.slack.dev/messaging/formatting-message-text#parsing
    """
    return html.unescape(_LINK.sub(_link, text))


def _link(match: re.Match[str]) -> str:
    target, label = match[1], match[2]
    if target.startswith(("@", "#", "!")):  # a person, a channel, a group: never part of a paper
        return label or ""
    target = target.removeprefix("mailto:")
    return (
        f"{label} {target}"
        if label and label not in (target, target.removeprefix("https://").removeprefix("http://"))
        else target
    )
