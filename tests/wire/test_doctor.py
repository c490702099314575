"""`paperround doctor` against a Slack of our own: each fault is one line with its fix, and no line holds a secret."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.slack.manifest import SCOPES
from bot.doctor import diagnose_with, lines
from bot.errors import StorageError
from bot.findings import Check, Finding, examine, to_fix, well
from bot.ports import Coverage
from bot.settings import Settings
from storage.open import open_storage
from storage.sealing import new_key
from tests.contract.test_installs import one
from tests.wire.slack_install_room import install_room
from tests.wire.slack_server import CLOSED, Answer, SlackServer, broken, error

BOT, APP, SIGNING, CLIENT = "xoxb-very-secret", "xapp-very-secret", "0123456789abcdef" * 2, "client-very-secret"
KEY = new_key()
SECRETS = (BOT, APP, SIGNING, CLIENT, KEY)
GRANTED = {"x-oauth-scopes": ",".join(SCOPES)}


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    """Slack, where everything is in order."""
    async with SlackServer() as made:
        made.always("auth.test", Answer(body={"ok": True, "team": "Lab", "user": "paperround"}, headers=GRANTED))
        made.always("oauth.v2.access", error("invalid_code"))
        yield made


def settings(folder: Path, server: SlackServer, **given: Any) -> Settings:  # noqa: ANN401 - any setting
    """Settings whose database lies in a folder and whose Slack is ours."""
    url = SecretStr(f"sqlite:///{folder / 'papers.db'}")
    return Settings(_env_file=None, **{"database_url": url, "slack_api_url": server.url, **given})


async def found(given: Settings) -> dict[str, Finding]:
    """All findings by their name, each of which is there once and holds no secret."""
    findings = await diagnose_with(given)
    text = "\n".join(lines(findings))
    assert not [secret for secret in SECRETS if secret in text]
    assert text.count("\n") == len(findings) - 1
    assert len({finding.name for finding in findings}) == len(findings)
    return {finding.name: finding for finding in findings}


async def test_without_slack_there_is_nothing_to_fix(tmp_path: Path, server: SlackServer):
    """Database and index are looked at; Slack is not asked."""
    said = await found(settings(tmp_path, server))
    assert list(said) == ["Database", "Search index", "Slack settings", "Discord"]
    assert all(finding.is_ok for finding in said.values())
    assert server.calls == []


async def test_an_inbox_that_is_not_there_is_found(tmp_path: Path, server: SlackServer):
    """A mistyped folder would bring no papers, and nobody would be told why; one that is there is named."""
    said = await found(settings(tmp_path, server, inbox=tmp_path / "inbx"))
    assert not said["Inbox"].is_ok
    assert "no such file or directory" in said["Inbox"].said
    assert "PAPERROUND_INBOX" in said["Inbox"].said
    (tmp_path / "inbx").mkdir()
    assert (await found(settings(tmp_path, server, inbox=tmp_path / "inbx")))["Inbox"].is_ok


async def test_one_workspace_in_socket_mode_that_is_in_order(tmp_path: Path, server: SlackServer):
    """Token, scopes, clock and app-level token: each is asked of Slack with its own token."""
    said = await found(settings(tmp_path, server, slack_bot_token=BOT, slack_app_token=APP))
    assert [finding for finding in said.values() if not finding.is_ok] == []
    assert said["Slack bot token"].said == "Valid in Lab, as paperround."
    assert set(said) >= {"Slack scopes", "Clock", "Slack app-level token"}
    assert {call.method: call.token for call in server.calls} == {"auth.test": BOT, "apps.connections.open": APP}


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (error("invalid_auth"), "Copy the Bot User OAuth Token"),
        (error("token_revoked"), "Install the app to the workspace again"),
        (error("account_inactive"), "Install it again"),
        (error("something_new"), "Slack said: something_new."),
        (broken(503), "Slack said: status 503."),
        (Answer(body="<html>"), "Check the network"),
        (CLOSED, "Slack said: nothing that can be read (ServerDisconnectedError). Check the network"),
    ],
)
async def test_a_bot_token_that_does_not_work(tmp_path: Path, server: SlackServer, answer: Answer, fix: str):
    """What Slack says, as what to do."""
    server.always("auth.test", answer)
    said = await found(settings(tmp_path, server, slack_bot_token=BOT, slack_app_token=APP))
    assert not said["Slack bot token"].is_ok
    assert fix in said["Slack bot token"].said
    assert said["Slack app-level token"].is_ok


async def test_missing_scopes_are_named(tmp_path: Path, server: SlackServer):
    """Each that is in our table and not granted, and how to get it."""
    server.always("auth.test", Answer(headers={"x-oauth-scopes": ",".join([*list(SCOPES)[2:], "extra:read"])}))
    said = (await found(settings(tmp_path, server, slack_bot_token=BOT, slack_app_token=APP)))["Slack scopes"]
    assert (said.is_ok, said.said.startswith("Missing: commands, chat:write. ")) == (False, True)
    assert "reinstall the app" in said.said


@pytest.mark.parametrize(
    ("off_s", "is_ok", "way"), [(50, True, ""), (-50, True, ""), (90, False, "behind"), (-90, False, "ahead of")]
)
async def test_a_clock_that_is_off_is_found(tmp_path: Path, server: SlackServer, off_s: int, is_ok: bool, way: str):
    """By the time in Slack's own answer."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=off_s), usegmt=True)
    server.always("auth.test", Answer(headers={**GRANTED, "Date": date}))
    clock = (await found(settings(tmp_path, server, slack_bot_token=BOT, slack_app_token=APP)))["Clock"]
    assert clock.is_ok == is_ok
    assert way in clock.said


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (error("missing_scope"), "connections:write"),
        (error("invalid_auth"), "Generate an app-level token"),
        (broken(), "status 500"),
    ],
)
async def test_an_app_level_token_that_does_not_work(tmp_path: Path, server: SlackServer, answer: Answer, fix: str):
    """The bot token's check goes on beside it."""
    server.always("apps.connections.open", answer)
    said = await found(settings(tmp_path, server, slack_bot_token=BOT, slack_app_token=APP))
    assert (said["Slack app-level token"].is_ok, said["Slack bot token"].is_ok) == (False, True)
    assert fix in said["Slack app-level token"].said


@pytest.mark.parametrize(("secret", "is_ok"), [(SIGNING, True), (SIGNING[1:], False), (SIGNING.upper(), False)])
async def test_a_signing_secret_has_a_form(tmp_path: Path, server: SlackServer, secret: str, is_ok: bool):
    """Nothing else can be told of it until Slack sends a request."""
    said = await found(settings(tmp_path, server, slack_bot_token=BOT, slack_signing_secret=secret))
    assert said["Slack signing secret"].is_ok == is_ok
    assert secret not in said["Slack signing secret"].said


async def test_settings_that_contradict_are_one_line(tmp_path: Path, server: SlackServer):
    """Then Slack is asked nothing."""
    said = await found(settings(tmp_path, server, slack_app_token=APP))
    assert not said["Slack settings"].is_ok
    assert "Set PAPERROUND_SLACK_BOT_TOKEN" in said["Slack settings"].said
    assert server.calls == []


async def test_many_workspaces_that_are_in_order(tmp_path: Path, server: SlackServer):
    """Client, installations and the public address, at which a real install page answers."""
    async with install_room(tmp_path, KEY) as room:
        room.storage.installs.save(one())
        said = await found(_many(tmp_path, server, public_url=room.base))
    assert [finding for finding in said.values() if not finding.is_ok] == []
    assert said["Slack installations"].said == "1, and the tokens of all can be read."
    assert said["Slack public address"].said == f"{room.base} leads to Paper Round."


async def test_many_workspaces_and_everything_wrong(tmp_path: Path, server: SlackServer):
    """A wrong secret, a lost key and nobody at the address: three lines, each with its own fix."""
    storage = open_storage(f"sqlite:///{tmp_path / 'papers.db'}", secret_keys=[new_key()])
    storage.installs.save(one())
    storage.close()
    server.always("oauth.v2.access", error("bad_client_secret"))
    said = await found(_many(tmp_path, server, public_url="http://127.0.0.1:9"))
    assert "PAPERROUND_SLACK_CLIENT_SECRET does not fit" in said["Slack client"].said
    assert "slack:T1" in said["Slack installations"].said
    assert "does not answer" in said["Slack public address"].said
    assert {name for name, finding in said.items() if not finding.is_ok} == {
        "Slack client",
        "Slack installations",
        "Slack public address",
    }


async def test_an_address_that_leads_to_somebody_else(tmp_path: Path, server: SlackServer):
    """It answers, but not as we would."""
    server.always("/slack/install", broken(404))
    base = server.url.removesuffix("/api/")
    said = (await found(_many(tmp_path, server, public_url=base)))["Slack public address"]
    assert (said.is_ok, "answers 404" in said.said) == (False, True)


async def test_a_database_that_cannot_be_opened_does_not_hide_the_rest(tmp_path: Path, server: SlackServer):
    """Slack is looked at all the same."""
    broken_url = SecretStr(f"sqlite:///{tmp_path}")
    said = await found(settings(tmp_path, server, database_url=broken_url, slack_bot_token=BOT, slack_app_token=APP))
    assert not said["Database"].is_ok
    assert "Search index" not in said
    assert said["Slack bot token"].is_ok


async def test_a_check_that_breaks_hangs_or_fails_is_a_finding():
    """The others are heard, in their order; what broke shows its kind and not its text."""

    async def raises(problem: Exception) -> list[Finding]:
        raise problem

    async def hangs() -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def fine() -> list[Finding]:
        return [well("d", "Fine.")]

    checks = [
        Check(name="a", look=lambda: raises(StorageError("It is locked. Wait."))),
        Check(name="b", look=lambda: raises(RuntimeError(BOT))),
        Check(name="c", look=hangs),
        Check(name="d", look=fine),
    ]
    said = await examine(checks, limit_s=0.05)
    assert said[0] == to_fix("a", "It is locked. Wait.")
    assert [finding.is_ok for finding in said] == [False, False, False, True]
    assert "RuntimeError" in said[1].said
    assert BOT not in "".join(lines(said))
    assert lines(said)[3] == "ok   d                      Fine."


def _many(folder: Path, server: SlackServer, **given: Any) -> Settings:  # noqa: ANN401 - any setting
    client = {"slack_client_id": "1.2", "slack_client_secret": CLIENT, "secret_keys": KEY, "slack_signing_secret": SIGNING}
    return settings(folder, server, **client, **given)


async def test_an_index_that_is_being_built_or_cannot_be_written_is_told(
    tmp_path: Path, server: SlackServer, monkeypatch: pytest.MonkeyPatch
):
    """How far it is and that nothing need be done; or what to do."""
    given = settings(tmp_path, server)
    monkeypatch.setattr("storage.index.TantivyIndex.coverage", lambda *_, **__: Coverage(indexed=340_000, stored=1_000_000))
    said = (await found(given))["Search index"]
    assert said.is_ok
    assert "340,000 of 1,000,000 papers are in it" in said.said
    monkeypatch.setattr("storage.index.TantivyIndex.trouble", lambda _: "The search index cannot be written.")
    assert (await found(given))["Search index"] == to_fix("Search index", "The search index cannot be written.")
