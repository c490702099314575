"""What one workspace pasted, saved and subscribed is told to nobody else, on any command and any surface of Slack."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.commands import COMMANDS
from bot.model import ChannelRef
from tests.builders import block, page
from tests.wire.slack_room import SlackRoom, slack_room, words
from tests.wire.slack_server import Answer, Call, ok
from tests.wire.test_slack_delivery import delivered
from tests.wire.test_slack_interactions import submission

LATTICE = (
    "We introduce Glimmerfish, a frobnicated gradient lattice (FGL) for reinforcement learning (RL) of toasters, and call it "
    "Glimmerfish for short. Quixotrope agents learn to toast with robots in a world model, which no other zorblaxian method "
    "does, and the vexillary benchmark shows that large language models (LLMs) follow them over a lifetime of breakfasts."
)
PASTED = page(
    block("ZORBLAX: Quasiluminal Toaster Learning with Robots", LATTICE, "  • 3 authors", "Nov 20"),
    block("Glimmerfish World Models for Reinforcement Learning", LATTICE, "zorblab Zorblax Laboratories", "Nov 21"),
)
SECRETS = (
    "zorblax", "quasiluminal", "glimmerfish", "frobnicated", "quixotrope", "vexillary", "zorblab",  # of its papers
    "wibblewort", "mutterwort", "tuesday topic",  # of its subscriptions
)  # fmt: skip
ASKED = (
    "zorblxa", "ZORBLAX", "fgl", "toaster learning", "quixotrope", "glimerfish", "rl", "robots", "world model", "author:zorblab",
    "#1", "#2", "on:2025-12-08",
)  # fmt: skip
SAVED = "LIBERO"
WHOLE = "Benchmarking Knowledge Transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody who is not of T1: the workspace and channel of their requests, as each kind of payload has them."""

    command: dict[str, Any]
    team: dict[str, Any]
    user: dict[str, Any]
    event: dict[str, Any]
    channel: str = "C1"
    types: bool = True


def of_team(team: str, **fields: Any) -> Stranger:  # noqa: ANN401 - any field of the payloads
    """A member of another workspace, whose ids of people and channels happen to be the same."""
    org = fields.get("enterprise_id")
    whole = fields.get("is_enterprise_install", "false")
    enterprise = {"enterprise": {"id": org}, "is_enterprise_install": whole == "true"} if org else {}
    authorization = {"team_id": team, "enterprise_id": org, "is_enterprise_install": whole == "true"}
    return Stranger(
        command={"team_id": team, **fields},
        team={"team": {"id": team}, **enterprise},
        user={"id": "U1", "team_id": team},
        event={"team_id": team, "authorizations": [authorization], **({"enterprise_id": org} if org else {})},
    )


STRANGERS = {
    "another workspace": of_team("T2"),
    "a sister workspace of the same organisation": of_team("T4", enterprise_id="E1"),
    "an organisation that installed us as a whole": of_team("T3", enterprise_id="E1", is_enterprise_install="true"),
    "somebody of another company in a shared channel": Stranger(
        command={},
        team={"team": {"id": "T1"}},
        user={"id": "U9", "team_id": "T9"},
        event={"is_ext_shared_channel": True},
        types=False,  # commands of an app are typed by members of its own workspace only
    ),
}


def person(call: Call) -> Any:  # noqa: ANN401 - as the server takes it
    """Who somebody is: U9 is of another company."""
    user = call.payload["user"]
    other = {"team_id": "T9", "is_stranger": True} if user == "U9" else {}
    return ok(user={"id": user, "tz": "UTC", "is_admin": True, "profile": {"display_name": "Ada"}, **other})


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[SlackRoom]:
    """T1 pasted two papers, subscribed, muted and saved; then it is quiet."""
    async with slack_room(tmp_path) as made:
        made.slack.always("users.info", person)
        made.slack.always("files.getUploadURLExternal", ok(upload_url=made.slack.url.replace("/api/", "/upload/1"), file_id="F1"))
        files = made.slack.url.replace("/api/", "/files/2025-12-08.txt")
        made.slack.always("/files/2025-12-08.txt", lambda _call: ok_text(PASTED))
        paste = {"type": "message", "subtype": "file_share", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "6.6"}
        given = [{"name": "2025-12-08.txt", "size": 900, "url_private_download": files}]
        await made.event({**paste, "text": "", "files": given})
        await made.calls("chat.postMessage")
        for line in (
            '/papers subscribe wibblewort | "tuesday topic" | toaster daily 09:00',
            "/papers mute mutterwort",
            f"/papers save {SAVED}",
            "/papers save ZORBLAX",
        ):
            await made.type(line)
            await made.settled()
        made.slack.calls.clear()
        yield made
        await still_there(made)


def ok_text(text: str) -> Any:  # noqa: ANN401 - as the server takes it
    """A file's content."""
    return Answer(body=text)


async def still_there(room: SlackRoom) -> None:
    """Nothing of T1 was changed by strangers either, and its own people see all of it."""
    await room.settled()
    room.slack.calls.clear()
    for line, told in (
        ("/paper ZORBLAX", "Quasiluminal Toaster Learning"),
        ("/papers saved", WHOLE),
        ("/papers subscriptions", "wibblewort"),
        ("/papers unmute", "mutterwort"),
    ):
        await room.type(line)
        await room.settled()
        assert told in sent(room), line
        room.slack.calls.clear()
    (one,) = room.app.rounds.subscriptions.of_channel(ChannelRef(platform="slack", workspace="T1", channel="C1"))
    assert one.paused == ""


def sent(room: SlackRoom) -> str:
    """All that was said to Slack, in every call."""
    return "\n".join(words(call.payload) for call in room.slack.calls)


async def check(room: SlackRoom, asked: str, *, replied: str = "", but: Sequence[str] = ()) -> None:
    """Nothing that was sent since the last look holds a word of T1's; what was typed may be told back."""
    await room.settled()
    said = (sent(room) + replied).lower()
    room.slack.calls.clear()
    for secret in (*SECRETS, *but):
        assert secret not in said or secret in asked.lower(), (asked, secret, said[:3000])


def lines(asked: Sequence[str] = ASKED, numbers: int = 60) -> list[str]:
    """Every command: as its help shows it, and with every word that could bring up what is T1's."""
    found = ["/papers page:2", "/papers subscriptions all", "/papers preview 7", "/papers unsubscribe all"]
    found += ["/papers export csv saved"]
    for command in COMMANDS:
        start = f"{command.slash} {command.verb}".strip()
        found += [command.usage, start]
        if command.takes_text:
            keeps = command.verb in ("subscribe", "mute", "unmute")  # what they typed there themselves comes back later
            fit = [word for word in asked if not (keeps and any(secret in word.lower() for secret in SECRETS))]
            found += [f"{start} {'bibtex ' if command.verb == 'export' else ''}{word}" for word in fit]
    return [*dict.fromkeys(found), *(f"/paper #{number}" for number in range(1, numbers))]


Say = Callable[[SlackRoom, Stranger, str], Awaitable[object]]


async def type_it(room: SlackRoom, who: Stranger, line: str) -> None:
    """As a slash command."""
    await room.type(line, **who.command)


async def mention_it(room: SlackRoom, who: Stranger, line: str) -> None:
    """In a channel, to us."""
    text = f"<@UBOT> {line.removeprefix('/')}"
    event = {"type": "app_mention", "user": who.user["id"], "user_team": who.user["team_id"], "text": text, "ts": "5.5"}
    await room.event({**event, "channel": who.channel}, **who.event)


async def press_it(room: SlackRoom, who: Stranger, line: str) -> None:
    """As a button in front of everybody, whose answer is shared."""
    press = {"type": "button", "action_id": "share:0", "value": line}
    await room.press(press, ephemeral=False, user=who.user, **who.team)


async def press_privately(room: SlackRoom, who: Stranger, line: str) -> None:
    """As a button whose answer is the presser's alone."""
    await room.press({"type": "button", "action_id": "reply:0", "value": line}, user=who.user, **who.team)


async def write_it(room: SlackRoom, who: Stranger, line: str) -> None:
    """To us alone."""
    event = {"type": "message", "channel_type": "im", "user": who.user["id"], "user_team": who.user["team_id"], "ts": "6.6"}
    await room.event({**event, "text": line.removeprefix("/"), "channel": "D9"}, **who.event)


@pytest.mark.parametrize("say", [type_it, mention_it, press_it, press_privately, write_it], ids=lambda say: say.__name__)
@pytest.mark.parametrize("name", STRANGERS)
async def test_no_command_tells_a_stranger_anything(room: SlackRoom, name: str, say: Say):
    """Each command of the table, typed, mentioned, pressed and written, with each word that could bring it up."""
    who = STRANGERS[name]
    if say is type_it and not who.types:
        return
    for line in (
        lines() if say is (type_it if who.types else press_privately) else lines(("zorblxa", "quixotrope", "#1"), numbers=0)
    ):
        await say(room, who, line)
        lists = line in ("/papers saved", "/papers export csv saved")
        await check(room, line, but=[WHOLE.lower(), "saved by you"] if lists else ["saved by you"])
        if line.startswith("/papers save "):  # what they saved themselves is theirs
            await say(room, who, f"/papers unsave {line.removeprefix('/papers save ')}")
            await check(room, line)


@pytest.mark.parametrize("name", STRANGERS)
async def test_no_window_menu_or_page_tells_a_stranger_anything(room: SlackRoom, name: str):
    """The Home tab, the menus that complete names, the window that finds papers, the count under a query, the shortcut."""
    who = STRANGERS[name]
    await room.event({"type": "app_home_opened", "user": who.user["id"], "tab": "home", "channel": "D9"}, **who.event)
    await check(room, "home")
    base = {"user": who.user, **who.team, "api_app_id": "A1"}
    for typed in ("zo", "zorb", "quasi", "gli", "Zorblax Lab", "toaster", "fg"):
        menu = {"type": "block_suggestion", "action_id": "name", "block_id": "b", "value": typed, **base}
        response = await room.interact(menu)
        assert response.status == 200
        await check(room, typed, replied=await response.text())
    for typed in ("zorblxa", "toaster learning", "fgl", "rl"):
        await room.interact({"type": "shortcut", "callback_id": "find_paper", "trigger_id": "t1", **base})
        (call,) = await room.calls("views.open")
        values = {"name": {"name": {"type": "external_select", "selected_option": {"value": typed}}}}
        view = {**call.payload["view"], "id": f"V-{typed[:2]}", "hash": "h", "state": {"values": values}}
        response = await room.interact({"type": "view_submission", "trigger_id": "t1", "view": view, **base})
        await check(room, typed, replied=await response.text())
    message = {"ts": "1.1", "text": "Soft Crumpets\nhttps://arxiv.org/abs/2511.99999\n", "user": "U2"}
    shortcut = {"type": "message_action", "callback_id": "add_papers", "channel": {"id": "C1"}, "message": message}
    await room.interact({**shortcut, "trigger_id": "t2", "response_url": room.slack.response_url(), **base})
    await check(room, "shortcut")


@pytest.mark.parametrize("name", [name for name in STRANGERS if STRANGERS[name].types])
async def test_a_count_under_a_query_is_of_what_they_may_see(room: SlackRoom, name: str):
    """A word that only T1's papers hold matches none for others, and T1's for T1."""
    notices = {}
    for whose, who in (("theirs", STRANGERS[name]), ("T1's", of_team("T1"))):
        await room.type("/papers subscribe", **who.command)
        (call,) = await room.calls("views.open")
        view = call.payload["view"]
        live = next(one for one in view["blocks"] if one.get("dispatch_action"))
        action = {"type": "plain_text_input", "action_id": live["element"]["action_id"], "block_id": live["block_id"]}
        payload = {
            **room.press_payload({}),
            "actions": [{**action, "value": "quixotrope"}],
            "view": {**view, "id": "V1", "hash": "h1", "state": {"values": {}}},
            "container": {"type": "view", "view_id": "V1"},
            "user": who.user,
            **who.team,
        }
        await room.interact(payload)
        (changed,) = await room.calls("views.update")
        notices[whose] = words(next(one for one in changed.payload["view"]["blocks"] if one.get("block_id") == "notice"))
        room.slack.calls.clear()
    assert "No paper of the last seven days" in notices["theirs"]
    assert "2 papers of the last seven days" in notices["T1's"]


async def test_no_edition_of_a_stranger_holds_anything(room: SlackRoom):
    """Both workspaces subscribe the same words: T1's edition brings its papers, T2's does not."""
    await room.type("/papers subscribe toaster | robots daily 09:00", channel_id="C2", team_id="T2")
    await room.settled()
    room.slack.calls.clear()
    await delivered(room)
    posted = {"C1": "", "C2": ""}
    for call in room.slack.of("chat.postMessage"):
        posted[call.payload["channel"]] += words(call.payload).lower()
    room.slack.calls.clear()
    assert "quasiluminal" in posted["C1"]
    assert posted["C2"]
    assert not [secret for secret in SECRETS if secret in posted["C2"]]


async def test_a_form_of_another_workspace_opens_nothing_of_t1(room: SlackRoom):
    """A view whose hidden command names T1's subscription by its number finds none in T2."""
    await room.type("/papers subscribe")
    (call,) = await room.calls("views.open")
    room.slack.calls.clear()
    view = call.payload["view"]
    carried = {**json.loads(view["private_metadata"]), "command": "/papers subscribe #1"}
    sent_view = submission({**view, "private_metadata": json.dumps(carried)}, {})
    response = await room.interact({**sent_view, "team": {"id": "T2"}, "user": {"id": "U1", "team_id": "T2"}})
    await check(room, "form", replied=await response.text())
    await room.interact(
        room.press_payload(
            {"type": "button", "action_id": "form:0", "value": "/papers subscribe #1"},
            team={"id": "T2"},
            user={"id": "U1", "team_id": "T2"},
        )
    )
    await check(room, "button")
