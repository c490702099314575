"""One workspace by the bot token of the settings: what happens at the start, and when it is removed and installed again."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.slack.faults import SHUT_OUT
from bot.app import make_answer
from bot.errors import AdapterError
from bot.model import ChannelRef
from bot.slack import make_slack
from tests.wire.slack_room import BOT_TOKEN, NOW, SlackRoom, slack_room, words
from tests.wire.slack_server import CLOSED, HANGING, Answer, Script, broken, error, ok, rate_limited

HERE = ChannelRef(platform="slack", workspace="T1", channel="C1")


async def paused(room: SlackRoom, until: bool) -> str:
    """Why the subscription of C1 is paused, once it is so or no longer."""
    for _ in range(100):
        (one,) = room.app.rounds.subscriptions.of_channel(HERE)
        if bool(one.paused) is until:
            return one.paused
        await asyncio.sleep(0.02)
    raise AssertionError(f"paused: {one.paused!r}")


async def subscribed(room: SlackRoom, *, workspace: str = "T1") -> None:
    """A subscription of C1."""
    await room.type("/papers subscribe rl weekdays 09:00", team_id=workspace)
    await room.answers()


@asynccontextmanager
async def started_again(room: SlackRoom) -> AsyncIterator[None]:
    """The program is started anew on the same database, beside the first one."""
    with ThreadPoolExecutor(2) as pool:
        adapter = make_slack(room.app, pool, grace_s=0.1)
        assert adapter is not None
        running = asyncio.create_task(adapter.run(make_answer(room.app, pool)))
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def test_a_workspace_that_installs_again_goes_on_at_the_next_start(tmp_path: Path):
    """A removal pauses; the operator installs again and starts Paper Round: the same subscriptions run."""
    async with slack_room(tmp_path) as room:
        await room.begun()
        await subscribed(room)
        await room.event({"type": "app_uninstalled"})
        assert "removed from this workspace" in await paused(room, True)
        async with started_again(room):
            assert await paused(room, False) == ""
        assert [call.token for call in room.slack.of("auth.test")] == [BOT_TOKEN] * 2


async def test_what_a_post_found_out_goes_on_too_and_nothing_else(tmp_path: Path):
    """A channel that was paused when a post met a dead token runs again; one that was archived stays paused."""
    async with slack_room(tmp_path) as room:
        await room.begun()
        await subscribed(room)
        await room.type("/papers subscribe rl weekdays 09:00", channel_id="C2")
        await room.answers(2)
        archived = ChannelRef(platform="slack", workspace="T1", channel="C2")
        room.app.rounds.subscriptions.pause_channel(HERE, SHUT_OUT)
        room.app.rounds.subscriptions.pause_channel(archived, "The channel is archived.")
        async with started_again(room):
            assert await paused(room, False) == ""
        (other,) = room.app.rounds.subscriptions.of_channel(archived)
        assert other.paused == "The channel is archived."


async def test_an_organisation_by_one_token_goes_on_as_such(tmp_path: Path):
    """Where the whole organisation has the app, its id is the workspace."""
    async with slack_room(tmp_path) as room:
        await room.begun()
        org = {"enterprise_id": "E1", "is_enterprise_install": "true"}
        room.slack.always("users.info", ok(user={"id": "U1", "team_id": "T1", "enterprise_user": {"enterprise_id": "E1"}}))
        await room.type("/papers subscribe rl weekdays 09:00", **org)
        await room.answers()
        room.app.rounds.subscriptions.pause_workspace("slack", "E1", SHUT_OUT)
        room.slack.always("auth.test", ok(team_id="T1", enterprise_id="E1", is_enterprise_install=True))
        async with started_again(room):
            for _ in range(100):
                (one,) = room.app.rounds.subscriptions.of_workspace("slack", "E1", limit=9)
                if not one.paused:
                    break
                await asyncio.sleep(0.02)
        assert one.paused == ""


async def test_a_removal_that_is_told_late_pauses_nothing(tmp_path: Path):
    """Slack repeats events: one from before the token was found good says nothing of today."""
    async with slack_room(tmp_path) as room:
        await room.begun()
        await subscribed(room)
        with capture_logs() as logs:
            await room.event({"type": "app_uninstalled"}, event_time=int(NOW.timestamp()) - 60)
            await room.event({"type": "app_uninstalled"}, event_time=int(NOW.timestamp()) + 60, team_id="T9", authorizations=[])
            for _ in range(100):
                if any(line["event"] == "slack_uninstalled" for line in logs):
                    break
                await asyncio.sleep(0.02)
        assert [line["workspace"] for line in logs if line["event"] == "slack_uninstalled"] == ["T9"]
        (one,) = room.app.rounds.subscriptions.of_channel(HERE)
        assert one.paused == ""


@pytest.mark.parametrize("name", ["invalid_auth", "token_revoked", "account_inactive", "not_authed", "token_expired"])
async def test_a_refused_bot_token_ends_with_what_to_do(tmp_path: Path, name: str):
    """`run` ends with one sentence that names the setting and what Slack said; nothing is left open."""
    async with slack_room(tmp_path, sample=False) as room:
        await room.begun()
        room.slack.always("auth.test", error(name))
        with ThreadPoolExecutor(1) as pool:
            adapter = make_slack(room.app, pool, grace_s=0.1)
            assert adapter is not None
            with pytest.raises(AdapterError) as raised:
                async with asyncio.timeout(5):
                    await adapter.run(make_answer(room.app, pool))
        assert f"Slack does not take PAPERROUND_SLACK_BOT_TOKEN ({name}). Slack was not started." in str(raised.value)
        assert BOT_TOKEN not in str(raised.value)
        assert adapter._api._session is not None
        assert adapter._api._session.closed


@pytest.mark.parametrize(
    "away", [broken(503), CLOSED, rate_limited(0), Answer(body="<html>"), error("fatal_error"), ok(), Answer(body=[1])]
)
async def test_a_slack_that_is_away_at_the_start_blocks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: Script):
    """Commands are answered meanwhile, and what was paused goes on as soon as Slack says whose token it is."""
    monkeypatch.setattr("adapters.slack.one.AGAIN_S", 0.3)
    async with slack_room(tmp_path) as room:
        await room.begun()
        await subscribed(room)
        room.app.rounds.subscriptions.pause_workspace("slack", "T1", SHUT_OUT)
        room.slack.always("auth.test", away)
        async with started_again(room):
            await room.calls("auth.test", 2)
            await room.type("/paper LIBERO")
            assert "LIBERO" in words((await room.answers(2))[1])
            (one,) = room.app.rounds.subscriptions.of_channel(HERE)
            assert one.paused
            room.slack.always("auth.test", ok(team_id="T1"))
            assert await paused(room, False) == ""


async def test_a_slack_that_hangs_at_the_start_blocks_nothing(tmp_path: Path):
    """Nobody waits for the answer, neither commands nor the end."""
    async with slack_room(tmp_path) as room:
        room.slack.always("auth.test", HANGING)
        async with started_again(room):
            await room.calls("auth.test", 2)
            await room.type("/paper LIBERO")
            await room.answers()
