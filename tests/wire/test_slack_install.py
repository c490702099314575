"""Installing, end to end: a browser's real requests, the real Bolt app, our Slack, and what lies in the database after."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from adapters.slack.installs import REMOVED
from adapters.slack.manifest import SCOPES
from bot.errors import SettingsError
from storage.sealing import new_key
from tests.contract.rounds import channel, subscribe
from tests.wire.slack_install_room import CLIENT_SECRET, CODE, COOKIE, REFRESH, TOKEN, InstallRoom, granted, install_room
from tests.wire.slack_server import CLOSED, HANGING, Answer, broken, error, ok

SECRETS = (TOKEN, REFRESH, CLIENT_SECRET, CODE)
KEY = new_key()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[InstallRoom]:
    """An app that nobody has installed yet."""
    async with install_room(tmp_path, KEY) as made:
        yield made


async def test_the_first_page_leads_to_slack_with_a_state_and_our_scopes(room: InstallRoom):
    """It says why each scope is asked for, sets the state's cookie, and may neither be kept, framed nor run a script."""
    response, text = await room.get("/slack/install")
    assert response.status == 200
    href = re.search(r'href="([^"]+)">Add to Slack', text)
    assert href is not None
    url = urlsplit(href[1].replace("&amp;", "&"))
    asked = parse_qs(url.query)
    assert url.path == "/oauth/v2/authorize"
    assert asked["client_id"] == ["1.2"]
    assert asked["scope"] == [",".join(SCOPES)]
    assert "user_scope" not in asked
    assert asked["redirect_uri"] == ["https://papers.example.org/slack/oauth_redirect"]
    assert all(why in text for why in SCOPES.values())
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}={asked['state'][0]};")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"))
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "<script" not in text
    assert CLIENT_SECRET not in text + str(response.headers)


async def test_a_workspace_installs_and_is_answered_with_its_own_token(room: InstallRoom, tmp_path: Path):
    """What Slack granted is found again, sealed: no byte of the database holds the token."""
    text = await room.install(refresh_token=REFRESH, expires_in=43_200)
    assert "Paper Round is in Lab &lt;b&gt;“One”&lt;/b&gt;" in text
    assert 'href="slack://app?team=T1&amp;id=A1"' in text
    assert "/papers subscribe" in text
    (exchange,) = room.slack.of("oauth.v2.access")
    assert exchange.payload == {"code": CODE, "redirect_uri": "https://papers.example.org/slack/oauth_redirect"}
    stored = room.storage.installs.find("slack", "T1")
    assert stored is not None
    assert (stored.name, stored.installed_by, stored.is_org) == ("Lab <b>“One”</b>", "U1", False)
    assert stored.expires_at is not None
    assert timedelta(hours=11, minutes=55) < stored.expires_at - datetime.now(UTC) <= timedelta(hours=12)
    assert await room.command() == (200, "Here.")
    assert room.heard == [(TOKEN, "T1")]
    assert _holders_of_secrets(tmp_path) == []


async def test_no_page_or_log_holds_a_secret(room: InstallRoom, caplog: pytest.LogCaptureFixture):
    """Neither when it works nor when Slack refuses the code."""
    caplog.set_level(logging.INFO)
    with capture_logs() as logs:
        pages = [await room.install(refresh_token=REFRESH, expires_in=43_200)]
        room.slack.script("oauth.v2.access", error("invalid_code"))
        response, text = await room.come_back(*await room.begin())
        pages += [text, str(response.headers)]
    said = "".join(pages) + str(logs) + caplog.text
    assert [line["event"] for line in logs] == ["slack_installed", "slack_install_refused"]
    assert not [secret for secret in SECRETS if secret in said]


async def test_a_state_is_good_once(room: InstallRoom):
    """The same address again, or a reload, installs nothing a second time and asks Slack nothing."""
    state, cookie = await room.begin()
    room.slack.script("oauth.v2.access", granted())
    assert (await room.come_back(state, cookie))[0].status == 200
    response, text = await room.come_back(state, cookie)
    assert (response.status, "no longer valid" in text, "/slack/install" in text) == (401, True, True)
    assert len(room.slack.of("oauth.v2.access")) == 1


@pytest.mark.parametrize("kind", ["forged", "expired", "other browser", "no cookie", "no state"])
async def test_a_state_that_is_not_ours_to_trust_installs_nothing(room: InstallRoom, kind: str):
    """Whoever sends another person's browser back to us with a code of theirs gets nowhere."""
    state, cookie = await room.begin()
    other_state, other_cookie = await room.begin()
    if kind == "expired":
        room.now_offset = timedelta(minutes=10, seconds=1)
    state, cookie = {
        "forged": ("forged", f"{COOKIE}=forged"),
        "expired": (state, cookie),
        "other browser": (state, other_cookie),
        "no cookie": (state, ""),
        "no state": ("", f"{COOKIE}="),
    }[kind]
    response, text = await room.come_back(state, cookie)
    assert response.status in (400, 401), other_state
    assert "othing was installed" in text
    assert "Start again" in text
    assert response.headers["Cache-Control"] == "no-store"
    assert f"{COOKIE}=deleted" in response.headers["Set-Cookie"]
    assert room.slack.calls == []
    assert room.storage.installs.all("slack") == []


async def test_who_cancels_is_told_that_nothing_was_changed(room: InstallRoom):
    """No error, no blame."""
    state, cookie = await room.begin()
    response, text = await room.get(f"/slack/oauth_redirect?error=access_denied&state={state}", cookie)
    assert (response.status, "You cancelled in Slack" in text) == (200, True)


@pytest.mark.parametrize("reason", ["<script>alert(1)</script>", "Call +1 555 now", "x" * 61, "a_new_reason_of_slack"])
async def test_whatever_an_address_says_as_reason_is_not_repeated(room: InstallRoom, reason: str):
    """Only a word of Slack's kind is shown, so that nobody can put a text of theirs on our page."""
    _, text = await room.get("/slack/oauth_redirect?error=" + reason.replace(" ", "%20").replace("+", "%2B"))
    assert (reason in text) == (reason == "a_new_reason_of_slack")
    assert "<script" not in text


@pytest.mark.parametrize("said", [error("invalid_code"), broken(), CLOSED, Answer(body="<html>"), ok(access_token=TOKEN)])
async def test_a_slack_that_does_not_confirm_ends_in_a_page(room: InstallRoom, said: Answer):
    """Refused, broken, gone, no JSON or half an answer: nothing is stored, and the page says so."""
    room.slack.always("oauth.v2.access", said)
    room.slack.always("auth.test", error("invalid_auth"))
    response, text = await room.come_back(*await room.begin())
    assert response.status in (401, 502)
    assert "Slack did not confirm the installation" in text
    assert room.storage.installs.all("slack") == []


async def test_a_slack_that_hangs_ends_in_a_page(room: InstallRoom):
    """After the client's own patience."""
    room.flow.client.timeout = 1
    room.slack.always("oauth.v2.access", HANGING)
    response, text = await room.come_back(*await room.begin())
    assert (response.status, "Slack did not confirm" in text) == (502, True)


async def test_without_a_key_nothing_is_stored_and_the_page_says_whose_turn_it_is(tmp_path: Path):
    """The operator finds the fix in the log."""
    async with install_room(tmp_path) as room:
        room.slack.script("oauth.v2.access", granted())
        with capture_logs() as logs:
            response, text = await room.come_back(*await room.begin())
        assert response.status == 500
        assert "could not be stored" in text
        assert "paperround keys new" in str(logs)
        assert room.storage.installs.all("slack") == []


async def test_an_org_installs_once_for_all_its_workspaces(room: InstallRoom):
    """There is no team; requests of each of its workspaces are answered, with the org as their workspace."""
    room.slack.script("auth.test", ok(url="https://org.example/", team="Org", user="paperround", bot_id="B1", enterprise_id="E1"))
    text = await room.install(team=None, enterprise={"id": "E1", "name": "Org"}, is_enterprise_install=True)
    assert "https://org.example/manage/organization/apps/profile/A1/workspaces/add" in text
    stored = room.storage.installs.find("slack", "E1")
    assert stored is not None
    assert (stored.is_org, stored.name) == (True, "Org")
    for team in ("T7", "T8"):
        assert await room.command(team, "E1", org=True) == (200, "Here.")
    assert room.heard == [(TOKEN, "E1")] * 2


async def test_a_workspace_that_has_not_installed_is_not_served_with_anothers_token(room: InstallRoom):
    """Nor is a workspace of an org in which only another workspace has."""
    await room.install(enterprise={"id": "E1", "name": "Org"})
    assert await room.command("T1", "E1") == (200, "Here.")
    for team, enterprise in (("T2", ""), ("T2", "E1")):
        await room.command(team, enterprise)
    assert room.heard == [(TOKEN, "T1")]


async def test_a_workspace_that_removes_us_is_forgotten_and_left_in_peace(room: InstallRoom):
    """Its token is gone, its subscriptions are paused with the reason; another workspace notices nothing."""
    await room.install()
    await room.install(team={"id": "T2", "name": "Two"}, access_token="xoxb-2")  # noqa: S106 - nobody's
    mine = subscribe(room.storage, channel=channel("C1", "T1", "slack"))
    other = subscribe(room.storage, channel=channel("C1", "T2", "slack"))
    status, _ = await room.event({"type": "app_uninstalled"}, at=datetime.now(UTC).timestamp() + 60)
    assert status == 200
    await _until(lambda: room.storage.installs.find("slack", "T1") is None)
    assert [one.workspace for one in room.storage.installs.all("slack")] == ["T2"]
    (paused,) = room.storage.subscriptions.of_channel(mine.channel)
    assert (paused.paused, paused.next_at) == (REMOVED, None)
    assert room.storage.subscriptions.of_channel(other.channel) == [other]
    await room.command()
    assert room.heard == []
    text = await room.install()
    assert "1 subscription from before runs again" in text
    (running,) = room.storage.subscriptions.of_channel(mine.channel)
    assert running.paused == ""
    assert running.next_at is not None


@pytest.mark.parametrize(
    ("event", "ends"),
    [
        ({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, False),
    ],
)
async def test_only_the_bots_own_tokens_end_an_installation(room: InstallRoom, event: dict[str, object], ends: bool):
    """A person who revokes a token of theirs changes nothing."""
    await room.install()
    made = subscribe(room.storage, channel=channel("C1", "T1", "slack"))
    await room.event(event, at=datetime.now(UTC).timestamp() + 60)
    if ends:
        await _until(lambda: room.storage.installs.find("slack", "T1") is None)
    (now,) = room.storage.subscriptions.of_channel(made.channel)
    assert (now.paused, room.storage.installs.find("slack", "T1") is None) == ((REMOVED, True) if ends else ("", False))


async def test_a_late_word_of_an_earlier_removal_does_not_end_a_new_installation(room: InstallRoom):
    """Slack sends both events, in any order, and again."""
    await room.install()
    made = subscribe(room.storage, channel=channel("C1", "T1", "slack"))
    await room.event({"type": "app_uninstalled"}, at=datetime.now(UTC).timestamp() - 60)
    assert await room.command() == (200, "Here.")
    assert room.storage.installs.find("slack", "T1") is not None
    assert room.storage.subscriptions.of_channel(made.channel) == [made]


async def test_an_org_that_removes_us_is_forgotten(room: InstallRoom):
    """The event names no team."""
    await room.install(team=None, enterprise={"id": "E1", "name": "Org"}, is_enterprise_install=True)
    authorizations = [{"enterprise_id": "E1", "team_id": None, "is_bot": True, "is_enterprise_install": True, "user_id": "UBOT"}]
    await room.event(
        {"type": "app_uninstalled"},
        at=datetime.now(UTC).timestamp() + 60,
        team=None,
        enterprise_id="E1",
        is_enterprise_install=True,
        authorizations=authorizations,
    )
    await _until(lambda: room.storage.installs.find("slack", "E1") is None)


async def test_a_workspace_whose_tokens_cannot_be_opened_can_still_go(tmp_path: Path):
    """The key was lost; what it sealed is deleted, and its subscriptions are paused."""
    async with install_room(tmp_path, KEY) as room:
        await room.install()
    async with install_room(tmp_path, new_key()) as room:
        made = subscribe(room.storage, channel=channel("C1", "T1", "slack"))
        await room.event({"type": "app_uninstalled"}, at=datetime.now(UTC).timestamp() + 60)
        await _until(lambda: _is_gone(room))
        (paused,) = room.storage.subscriptions.of_channel(made.channel)
        assert paused.paused == REMOVED


async def test_what_posts_without_being_asked_is_given_the_workspaces_token(room: InstallRoom):
    """The same that Bolt answers with; a workspace that has not installed has none."""
    await room.install()
    found = await room.flow.rotator.current("T1")
    assert found is not None
    assert found.bot_token == TOKEN
    assert await room.flow.rotator.current("T2") is None


def _holders_of_secrets(folder: Path) -> list[Path]:
    """The files that hold one."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    return [file for file in files if any(secret.encode() in file.read_bytes() for secret in SECRETS)]


def _is_gone(room: InstallRoom) -> bool:
    """Whether no workspace is stored any more; one that cannot be opened is."""
    try:
        return room.storage.installs.all("slack") == []
    except SettingsError:
        return False


async def _until(done: Callable[[], bool]) -> None:
    """Wait until something is so: Bolt answers an event before its listener has run."""
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 - a database has no event
            await asyncio.sleep(0.02)
