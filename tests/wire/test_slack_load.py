"""Slack under load and at its end: many requests at once, two replicas, a stop amid answers; nothing is left over."""

import asyncio
import gc
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from slack_sdk.oauth.installation_store import Installation
from structlog.testing import capture_logs

from adapters.slack import client, once, people, places, tokens
from adapters.slack.api import Api, Team
from adapters.slack.client import SlackAdapter
from adapters.slack.once import Once
from adapters.slack.people import People
from adapters.slack.places import Places
from adapters.slack.tokens import InstalledTokens, OneToken
from adapters.slack.voice import Voice
from bot.app import make_answer
from bot.cards import Card, Span, Text
from bot.errors import AdapterError
from bot.model import ChannelRef
from bot.slack import make_slack
from tests.wire.slack_room import SlackRoom, command_payload, slack_room, words
from tests.wire.slack_server import HANGING, SlackServer, error, ok
from tests.wire.test_slack_interactions import opened_form, submission

CARD = Card(title="Paper Round", elements=(Text((Span("Three papers today."),)),))
HERE = ChannelRef(platform="slack", workspace="T1", channel="C1")


async def test_two_hundred_commands_at_once_are_each_answered_once(tmp_path: Path):
    """All are acknowledged, and each response URL gets exactly its own answer."""
    async with slack_room(tmp_path) as room:

        async def one(number: int) -> int:
            url = room.slack.response_url(f"n{number}")
            line = ("/papers rl", "/paper LIBERO", "/papers help", "/papers saved")[number % 4]
            return (await room.request(urlencode(command_payload(line, response_url=url, user_id=f"U{number}")))).status

        with capture_logs() as logs:
            assert await asyncio.gather(*map(one, range(200))) == [200] * 200
            await room.settled(within_s=60)
        assert [len(room.slack.of(f"/response/n{number}")) for number in range(200)] == [1] * 200
        # A slow machine may answer before it has looked for a repeat: that is meant, and said.
        serious = [line for line in logs if line["log_level"] in ("warning", "error") and line["event"] != "repeat_not_checked"]
        assert not serious


async def test_two_hundred_people_subscribing_at_once_leave_twenty_subscriptions(tmp_path: Path):
    """A channel takes twenty: of two hundred that come together nobody breaks that, and each is told how it ended."""
    async with slack_room(tmp_path) as room:

        async def one(number: int) -> None:
            url = room.slack.response_url(f"n{number}")
            line = f"/papers subscribe topic{number} weekdays 09:00"
            await room.request(urlencode(command_payload(line, response_url=url, user_id=f"U{number % 7}")))

        await asyncio.gather(*map(one, range(200)))
        await room.settled(within_s=60)
        told = [words(call.payload) for number in range(200) for call in room.slack.of(f"/response/n{number}")]
        assert len(told) == 200
        assert len(room.app.rounds.subscriptions.of_channel(HERE)) == 20
        assert sum("Subscribed" in one for one in told) == 20


async def test_a_form_that_reaches_two_replicas_is_taken_once(tmp_path: Path):
    """The same view submitted to two processes on one database: one answer, one subscription."""
    async with slack_room(tmp_path) as room, replica(room) as other:
        view = await opened_form(room)
        body = urlencode({"payload": json.dumps(submission(view, {"Topic or query; empty for all papers": "rl"}))})
        first, second = await asyncio.gather(room.request(body), other.request(body))
        assert (first.status, second.status) == (200, 200)
        await room.settled()
        assert len(room.app.rounds.subscriptions.of_channel(HERE)) == 1
        assert len(room.slack.of("chat.postEphemeral")) == 1


async def test_a_command_that_reaches_two_replicas_is_answered_once(tmp_path: Path):
    """Slack delivers once more to another process; both acknowledge, one answers."""
    async with slack_room(tmp_path) as room, replica(room) as other:
        for _ in range(5):
            body = urlencode(command_payload("/paper LIBERO", response_url=room.slack.response_url()))
            await asyncio.gather(room.request(body), other.request(body))
        await room.settled()
        assert len(room.slack.of("/response/one")) == 5


class replica:  # noqa: N801 - used as a context
    """Another process on the same database, with its own port."""

    def __init__(self, room: SlackRoom) -> None:
        self._room = room

    async def __aenter__(self) -> SlackRoom:
        """Start it."""
        self._pool = ThreadPoolExecutor(2)
        adapter = make_slack(self._room.app, self._pool, grace_s=0.5)
        assert adapter is not None
        served = web.Application()
        served.add_routes(adapter.routes)
        self._runner = web.AppRunner(served, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._running = asyncio.create_task(adapter.run(make_answer(self._room.app, self._pool)))
        made = SlackRoom(self._room.slack, self._room.app, self._room._session, adapter)
        made.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        await asyncio.sleep(0)
        return made

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        await self._runner.cleanup()
        self._pool.shutdown()


@pytest.mark.parametrize("way", ["/response/one", "users.info", "views.open", "auth.test"])
@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_a_stop_while_answers_are_under_way_leaves_nothing_running(
    tmp_path: Path, way: str, transport: str, caplog: pytest.LogCaptureFixture
):
    """Slack hangs and we are stopped: after the grace no task, no connection and no complaint of asyncio is left."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    before = asyncio.all_tasks()
    async with slack_room(tmp_path, transport=transport) as room:
        room.slack.always(way, HANGING)
        for number, line in enumerate(("/papers rl", "/papers status", "/papers subscribe", "/papers subscribe rl daily 09:00")):
            payload = command_payload(line, response_url=room.slack.response_url())
            if transport == "http":
                assert (await room.request(urlencode(payload))).status == 200
            else:
                await room.slack.push({"envelope_id": f"e{number}", "type": "slash_commands", "payload": payload})
                await room.slack.acknowledged(f"e{number}")
        await room.calls(way)
        session = room.adapter._api._session
    assert session is not None
    assert session.closed
    await asyncio.sleep(0.05)
    assert not asyncio.all_tasks() - before
    gc.collect()
    assert not complaints
    assert "was destroyed" not in caplog.text


async def test_a_form_that_is_under_way_ends_with_us(tmp_path: Path):
    """What a form asked for is given up after the grace, like any other answer."""
    before = asyncio.all_tasks()
    async with slack_room(tmp_path) as room:
        view = await opened_form(room)
        room.slack.always("conversations.info", HANGING)
        sent = submission(view, {"Topic or query; empty for all papers": "rl"})
        assert (await room.interact(sent)).status == 200
        await room.calls("conversations.info")
    await asyncio.sleep(0.05)
    assert not asyncio.all_tasks() - before


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch):
    """People, channels, deliveries, messages, tokens and workspaces without the new blocks: the oldest are forgotten."""
    for module, name in ((people, "PEOPLE"), (places, "PLACES"), (once, "REMEMBERED"), (client, "KEYS"), (tokens, "KEPT")):
        monkeypatch.setattr(module, name, 10)
    async with SlackServer() as slack:
        slack.always("conversations.info", lambda call: ok(channel={"id": call.payload["channel"], "is_member": True}))
        api = Api(slack.url, OneToken("xoxb-1"))
        who, where, voice = People(api), Places(api), Voice(api)
        adapter = SlackAdapter(api, None)  # type: ignore[arg-type] # nothing is listened to
        with ThreadPoolExecutor(1) as pool:
            first = Once(AllNew(), pool, lambda: datetime.now(UTC))  # type: ignore[arg-type] # by attribute
            many = InstalledTokens(Rotator())  # type: ignore[arg-type] # by attribute
            for number in range(30):
                await who.person(Team("T1"), f"U{number}")
                await where.place(Team("T1"), f"C{number}")
                slack.script("chat.postMessage", *([error("internal_error")] if number % 2 else []))
                with suppress(AdapterError):
                    await adapter.post(HERE, CARD, key=f"e{number}p1")
                assert await first.first(f"k{number}")
                assert await many.token(f"T{number}") == f"xoxb-T{number}"
        await api.close()
    kept = (who._known, where._known, adapter._sent, first._taken, many._known)
    assert [len(one) for one in kept] == [10] * 5
    assert voice.is_modern(Team("T1"))


class AllNew:
    """Notes that know nothing yet."""

    def first(self, _key: str, _until: datetime, _now: datetime) -> bool:
        """The first time, always."""
        return True


class Rotator:
    """Every workspace is installed."""

    async def current(self, workspace: str) -> Installation:
        """Its installation."""
        return Installation(user_id="U1", team_id=workspace, bot_token=f"xoxb-{workspace}")
