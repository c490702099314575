"""What Slack tells beside commands, read from its payload: what is typed into a window, who looks, what became of a channel.

Pure, from dict to record, as `adapters.slack.asks`. Knows no SDK, no network.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from adapters.slack.api import Team
from adapters.slack.asks import Ask, read_team
from adapters.slack.forms import FormAnswers
from adapters.slack.installs import ends_installation
from adapters.slack.payload import Misread, careful, identifier, known, words_of
from adapters.slack.views import FIND, found_name
from bot.spans import clean_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Letters typed into a field or a menu: whose action it is, what stands there, and the window around it if there is one.

    `stranger`: somebody of another company types.
    """

    team: Team
    user: str
    action_id: str
    text: str
    stranger: bool = False
    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A window that was sent. `key` is the same for the same answers; `name` is what was looked up, in the window for that."""

    team: Team
    user: str
    home: str
    view: Mapping[str, Any]
    key: str
    is_find: bool
    name: str = ""

    def ask(self, answers: FormAnswers) -> Ask:
        """The command that the window completes.

        Raises:
            Misread: the window names no channel of Slack's.
        """
        return Ask(
            key=self.key,
            team=self.team,
            user=self.user,
            home=self.home,
            command=words_of(answers.command),
            channel=answers.channel,
            thread=answers.thread,
            document=words_of(answers.document).encode(),
        )


class Sharing(NamedTuple):
    """A channel that another company reads (`still`), or reads no longer."""

    team: Team
    channel: str
    still: bool


class Opened(NamedTuple):
    """Somebody looks at their Home tab."""

    team: Team
    user: str


class Ended(NamedTuple):
    """The app was removed from a workspace, and when (UTC)."""

    workspace: str
    at: datetime


@careful
def read_suggestion(body: Mapping[str, Any]) -> Typing:
    """A menu asks what may follow: https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload."""
    team, user = read_team(body), body["user"]
    return Typing(
        team=team,
        user=known(user["id"]),
        action_id=identifier(body.get("action_id")),
        text=clean_line(words_of(body.get("value"))),
        stranger=bool(user.get("team_id")) and user["team_id"] != team.id,
        view={},
    )


@careful
def read_typing(body: Mapping[str, Any]) -> Typing:
    """A letter was typed into a field of a window that is not sent yet."""
    view, action = body["view"], body["actions"][0]
    blocks = view["blocks"]
    if not isinstance(blocks, list) or not all(isinstance(block, Mapping) for block in blocks):
        raise Misread("a window")
    return Typing(
        team=read_team(body),
        user=known(body["user"]["id"]),
        action_id=identifier(action.get("action_id")),
        text=clean_line(words_of(action.get("value"))),
        view={**view, "id": known(view["id"]), "hash": identifier(view.get("hash"))},
    )


@careful
def read_submitted(body: Mapping[str, Any]) -> Submitted:
    """A window was sent."""
    view, user = body["view"], body["user"]
    state = orjson.dumps(view.get("state") or {}, option=orjson.OPT_SORT_KEYS)  # one that comes back corrected is another one
    is_find = view.get("callback_id") == FIND
    return Submitted(
        team=read_team(body),
        user=known(user["id"]),
        home=identifier(user.get("team_id")),
        view=view,
        key=f"v:{known(view['id'])}:{hashlib.sha256(state).hexdigest()[:24]}",
        is_find=is_find,
        name=clean_line(words_of(found_name(view))) if is_find else "",
    )


@careful
def read_shortcut(body: Mapping[str, Any]) -> tuple[Team, str]:
    """Who used the global shortcut, and the trigger that opens a window for them, within three seconds."""
    return read_team(body), known(body["trigger_id"])


@careful
def read_opened(body: Mapping[str, Any]) -> Opened | None:
    """Whose Home tab is looked at; `None` for the app's other tabs."""
    event = body["event"]
    return Opened(read_team(body), known(event["user"])) if event.get("tab") == "home" else None


@careful
def read_sharing(body: Mapping[str, Any]) -> Sharing:
    """Whether another company reads a channel from now on."""
    event = body["event"]
    still = event["type"] == "channel_shared" or bool(event.get("is_ext_shared"))
    return Sharing(read_team(body), known(event["channel"]), still)


@careful
def read_ended(body: Mapping[str, Any]) -> Ended | None:
    """That we were removed; `None` where only people's own tokens were revoked, of which we have none."""
    if not ends_installation(body["event"]):
        return None
    return Ended(read_team(body).workspace, datetime.fromtimestamp(int(body["event_time"]), UTC))
