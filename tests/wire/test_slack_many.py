"""Many workspaces, from the settings to the last message: installed through the pages, answered, posted to, renewed, removed."""

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.errors import ChannelGone
from bot.model import ChannelRef
from storage.sealing import new_key
from tests.wire.slack_install_room import CLIENT_SECRET, CODE, PUBLIC, granted
from tests.wire.slack_room import NOW, SlackRoom, slack_room, words
from tests.wire.slack_server import error, ok
from tests.wire.test_slack_delivery import CARD, delivered, posts
from tests.wire.test_slack_rotation import HOUR_S, Slack

HERE = ChannelRef(platform="slack", workspace="T1", channel="C1")
FIRST, AGAIN = "xoxb-1", "xoxb-again"


class Clock:
    """The time it is; a test moves it on."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        """Now."""
        return self.at


def many(folder: Path, clock: Clock) -> AbstractAsyncContextManager[SlackRoom]:
    """The app as its settings for many workspaces make it."""
    return slack_room(
        folder,
        clock=clock,
        slack_bot_token=None,
        slack_client_id="1.2",
        slack_client_secret=SecretStr(CLIENT_SECRET),
        secret_keys=SecretStr(new_key()),
        public_url=PUBLIC,
    )


async def install(room: SlackRoom, token: str = FIRST, team: str = "T1", **fields: Any) -> str:  # noqa: ANN401
    """A workspace installs us, as a browser does; the last page."""
    room.slack.script("oauth.v2.access", granted(access_token=token, team={"id": team, "name": "Lab"}, **fields))
    async with ClientSession() as browser:
        async with browser.get(f"{room.base}/slack/install") as first:
            text = await first.text()
            cookie = first.headers["Set-Cookie"].partition(";")[0]
        href = re.search(r'href="([^"]+/oauth/v2/authorize[^"]+)"', text)
        assert href is not None
        state = parse_qs(urlsplit(href[1].replace("&amp;", "&")).query)["state"][0]
        address = f"{room.base}/slack/oauth_redirect?code={CODE}&state={state}"
        async with browser.get(address, headers={"Cookie": cookie}) as last:
            assert last.status == 200
            return await last.text()


def ending(hours: float) -> dict[str, Any]:
    """Tokens that end so many hours from the moment that the tests begin at. Slack tells it in seconds from its own now."""
    left_s = (NOW + timedelta(hours=hours)).timestamp() - datetime.now(UTC).timestamp()
    return {"expires_in": round(left_s), "refresh_token": "xoxe-1"}


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are looked up at every call, as they are a minute later."""
    monkeypatch.setattr("adapters.slack.tokens.KEPT_S", 0.0)


async def test_from_installing_to_installing_again(tmp_path: Path):
    """Installed on the port of requests; commands and editions use its token; a removal stops both; installing again resumes."""
    clock = Clock()
    async with many(tmp_path, clock) as room:
        assert "Lab" in await install(room)
        await room.type("/papers subscribe rl daily 09:00")
        assert "Subscribed: rl" in words((await room.answers())[0])
        await delivered(room)
        assert len(posts(room)) == 8
        assert {call.token for method in ("users.info", "chat.postMessage") for call in room.slack.of(method)} == {FIRST}

        gone = {"event_time": int(datetime.now(UTC).timestamp())}
        with capture_logs() as logs:
            await room.event({"type": "app_uninstalled"}, **gone)
            await room.event({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}, **gone)
            await said(logs, "slack_uninstalled", times=2)
            await room.type("/papers status", user_id="U2")
            assert "removed from this workspace" in words((await room.answers(2))[1])
        assert not [line for line in logs if line["log_level"] == "error"]
        assert room.app.installs.find("slack", "T1") is None
        clock.at += timedelta(days=1)
        asked = len(room.slack.of("chat.postMessage"))
        await delivered(room, times=2)
        (one,) = room.app.rounds.subscriptions.of_channel(HERE)
        assert "removed" in one.paused
        assert len(room.slack.of("chat.postMessage")) == asked

        assert "1 subscription from before runs again" in await install(room, AGAIN)
        (one,) = room.app.rounds.subscriptions.of_channel(HERE)
        assert one.paused == ""
        await room.type("/papers status", user_id="U2")
        assert "removed" not in words((await room.answers(3))[2])
        assert room.slack.of("users.info")[-1].token == AGAIN


async def test_tokens_are_renewed_before_they_end_and_used_at_once(tmp_path: Path, unhurried: None):
    """Two hours before its end a command, or an edition, brings the next token; it is stored and used from then on."""
    clock = Clock()
    async with many(tmp_path, clock) as room:
        await install(room, **ending(hours=12))
        slack = Slack()
        room.slack.always("oauth.v2.access", slack)
        await room.type("/papers subscribe rl daily 09:00")
        await room.answers()
        assert room.slack.of("users.info")[-1].token == FIRST
        clock.at += timedelta(hours=10.5)
        await delivered(room)
        assert {call.token for call in room.slack.of("chat.postMessage")} == {"xoxb-2"}
        renewals = [
            call.payload for call in room.slack.of("oauth.v2.access") if call.payload.get("grant_type") == "refresh_token"
        ]
        assert [one["refresh_token"] for one in renewals] == ["xoxe-1"]
        stored = room.app.installs.find("slack", "T1")
        assert stored is not None
        assert stored.expires_at is not None
        assert stored.expires_at.timestamp() - datetime.now(UTC).timestamp() > 11 * HOUR_S


async def test_a_token_that_another_process_replaced_pauses_nothing(tmp_path: Path):
    """Removed and installed again through another process: what this one remembers is refused once, and looked up anew."""
    async with many(tmp_path, Clock()) as room:
        await install(room)
        await room.adapter.post(HERE, CARD, key="e1p1")
        stored = room.app.installs.find("slack", "T1")
        assert stored is not None
        room.app.installs.save(replace(stored, secret=stored.secret.replace(FIRST, AGAIN)))
        room.slack.always("chat.postMessage", lambda call: ok(ts="2.2") if call.token == AGAIN else error("token_revoked"))
        assert (await room.adapter.post(HERE, CARD, key="e1p2")).message == "2.2"
        assert [call.token for call in room.slack.of("chat.postMessage")] == [FIRST, FIRST, AGAIN]
        room.slack.always("chat.postMessage", error("token_revoked"))
        with pytest.raises(ChannelGone):
            await room.adapter.post(HERE, CARD, key="e1p3")
        assert len(room.slack.of("chat.postMessage")) == 4


async def test_each_workspace_is_spoken_to_with_its_own_token(tmp_path: Path):
    """Two teams and an organisation: no call of one is made with the token of another."""
    async with many(tmp_path, Clock()) as room:
        org = {"enterprise": {"id": "E1", "name": "Org"}, "is_enterprise_install": True}
        await install(room, "xoxb-of-T1", "T1")
        await install(room, "xoxb-of-T2", "T2")
        await install(room, "xoxb-of-E1", "T3", **org)
        room.slack.always("users.info", lambda call: ok(user={"id": call.payload["user"], "team_id": call.payload["user"][1:]}))
        for team, user in (("T1", "UT1"), ("T2", "UT2"), ("T1", "UT1b"), ("T2", "UT2b")):
            await room.type("/papers status", team_id=team, user_id=user)
        await room.type("/papers status", team_id="T3", user_id="UT3", enterprise_id="E1", is_enterprise_install="true")
        calls = await room.calls("users.info", 5)
        await room.answers(5)
        assert {call.payload["user"]: call.token for call in calls} == {
            "UT1": "xoxb-of-T1",
            "UT1b": "xoxb-of-T1",
            "UT2": "xoxb-of-T2",
            "UT2b": "xoxb-of-T2",
            "UT3": "xoxb-of-E1",
        }


@pytest.mark.parametrize("how", ["command", "mention", "home", "button", "find", "form"])
async def test_a_workspace_that_is_not_installed_is_acknowledged_and_logged(tmp_path: Path, how: str):
    """Nobody is answered with another workspace's token, and no trace fills the log."""
    async with many(tmp_path, Clock()) as room:
        await install(room)
        who = {"team": {"id": "T8"}, "user": {"id": "U8", "team_id": "T8"}}
        mention = {"type": "app_mention", "user": "U8", "text": "<@UBOT> rl", "ts": "5.5", "channel": "C8"}
        of_t8 = {"team_id": "T8", "authorizations": [{"team_id": "T8", "enterprise_id": None, "is_enterprise_install": False}]}
        press = {"type": "button", "action_id": "share:0", "value": "/paper LIBERO"}
        with capture_logs() as logs:
            match how:
                case "command":
                    await room.type("/papers subscribe rl daily 09:00", team_id="T8")
                    (answer,) = await room.answers()
                    assert "Install it again" in words(answer)
                    await said(logs, "answered_with_error")
                case "mention":
                    assert (await room.event(mention, **of_t8)).status == 200
                    await said(logs, "answer_not_delivered")
                case "home":
                    seen = {"type": "app_home_opened", "user": "U8", "tab": "home", "channel": "D8"}
                    assert (await room.event(seen, **of_t8)).status == 200
                    await said(logs, "slack_request_failed")
                case "button":
                    assert (await room.press(press, **who)).status == 200
                    (answer,) = await room.answers()  # where we may not post, the response URL still leads there
                    assert answer["response_type"] == "in_channel"
                case "find":
                    shortcut = {"type": "shortcut", "callback_id": "find_paper", "trigger_id": "t1", **who}
                    assert (await room.interact(shortcut)).status == 200
                    await said(logs, "form_not_opened")
                case _:
                    await room.type("/papers subscribe", team_id="T8")
                    await room.answers()
        assert not [line for line in logs if line["log_level"] == "error" or "exc_info" in line]
        assert [call for call in room.slack.calls if call.token and call.method != "auth.test"] == []  # that was at installing
        assert room.app.rounds.subscriptions.of_workspace("slack", "T8", limit=9) == []


async def said(logs: list[Any], event: str, times: int = 1) -> None:
    """Wait until that word is in the log so often."""
    for _ in range(200):
        if sum(line["event"] == event for line in logs) >= times:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"no {event} in {logs}")
