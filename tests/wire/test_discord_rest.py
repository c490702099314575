"""Discord's bad days, through discord.py's own HTTP client: rate limits, errors, silence, half answers; each message once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from discord.http import Route
from structlog.testing import capture_logs

from adapters.discord.client import DiscordAdapter
from bot.cards import Card
from bot.editions.deliver import Delivery
from bot.editions.plan import plan_due
from bot.errors import AdapterError, RateLimited, SettingsError
from bot.metrics import Meters
from bot.model import ChannelRef
from bot.subscription import Subscription, Wish
from tests.builders import DAY, Room, open_channel
from tests.wire.discord_room import DictNotes, answering, make_adapter
from tests.wire.discord_server import TOKEN, Server, open_server

HERE = ChannelRef(platform="discord", workspace="3", channel="50")
OPENER = Card(title="Paper Round · Mon 8 December 2025")


class Line(NamedTuple):
    """An adapter that is logged in to a server on loopback."""

    server: Server
    adapter: DiscordAdapter
    room: Room


@pytest.fixture
async def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """discord.py as it is, but for the base of its addresses."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # put back afterwards
    with open_channel(tmp_path) as room:
        async with open_server() as server:
            adapter = make_adapter(room, DictNotes(), token=TOKEN, api=server.base)
            await adapter.gateway.login(TOKEN)
            adapter._began = True
            try:
                yield Line(server, adapter, room)
            finally:
                server.release()
                await adapter.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """A thread for the ledger."""
    with ThreadPoolExecutor(max_workers=1) as made:
        yield made


async def test_commands_are_registered_over_http(line: Line):
    """The whole set goes in one request that Discord could take."""
    assert [one["name"] for one in line.server.commands][:3] == ["papers", "paper", "round"]


@pytest.mark.parametrize("fault", ["429", "global", "500"])
async def test_a_short_refusal_is_waited_out(line: Line, fault: str):
    """discord.py waits as long as Discord says and sends it again."""
    line.server.faults.append(fault)
    await line.adapter.post(HERE, OPENER, key="e1p1")
    assert len(line.server.messages["50"]) == 1


async def test_a_global_limit_holds_up_everything_and_ends(line: Line):
    """All channels wait, and all go on."""
    line.server.faults.append("global")
    other = ChannelRef(platform="discord", workspace="3", channel="51")
    await asyncio.gather(line.adapter.post(HERE, OPENER, key="e1p1"), line.adapter.post(other, OPENER, key="e2p1"))
    assert (len(line.server.messages["50"]), len(line.server.messages["51"])) == (1, 1)


async def test_a_post_that_is_cut_off_in_a_global_limit_holds_up_nobody(line: Line):
    """Its timeout ends in the midst of the wait; discord.py's lock is let go of all the same."""
    line.server.faults.append("global")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await line.adapter.post(HERE, OPENER, key="e1p1")
    async with asyncio.timeout(5):
        await line.adapter.post(HERE, OPENER, key="e1p2")
        await line.adapter.post(HERE, OPENER, key="e1p1")
    assert len(line.server.messages["50"]) == 2


async def test_a_long_limit_is_the_ledgers_to_wait_out(line: Line):
    """More than half a minute comes back at once, with its seconds."""
    line.server.faults.append("long")
    with pytest.raises(RateLimited) as raised:
        await line.adapter.post(HERE, OPENER, key="e1p1")
    assert raised.value.retry_after_s == 60


async def test_a_wall_before_discord_says_how_long(line: Line):
    """A page of Cloudflare is no JSON; its header counts."""
    line.server.faults.append("wall")
    with pytest.raises(RateLimited) as raised:
        await line.adapter.post(HERE, OPENER, key="e1p1")
    assert raised.value.retry_after_s == 40


async def test_a_lasting_502_is_tried_again_later(line: Line):
    """The post is cut off as the ledger does it; the next one succeeds, once."""
    line.server.faults.extend(["502"] * 2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await line.adapter.post(HERE, OPENER, key="e1p1")
    await line.adapter.post(HERE, OPENER, key="e1p1")
    await asyncio.sleep(0)
    assert len(line.server.messages["50"]) == 1


@pytest.mark.parametrize("fault", ["broken", "cut"])
async def test_an_answer_that_breaks_off_is_no_second_message(line: Line, fault: str):
    """The message is out, its answer was not: the same part again finds it."""
    line.server.faults.append(fault)
    with pytest.raises(AdapterError):
        await line.adapter.post(HERE, OPENER, key="e1p1")
    again = await line.adapter.post(HERE, OPENER, key="e1p1")
    assert [one["id"] for one in line.server.messages["50"]] == [again.message]


@pytest.mark.parametrize(("fault", "stored"), [("hang", 0), ("lost", 1)])
async def test_silence_ends(line: Line, monkeypatch: pytest.MonkeyPatch, fault: str, stored: int):
    """A request without an answer is given up, whether its message arrived or not; then the part goes out, once."""
    monkeypatch.setattr("adapters.discord.rest.HUNG_S", 0.2)
    line.server.faults.append(fault)
    with pytest.raises(AdapterError):
        await line.adapter.post(HERE, OPENER, key="e1p1")
    assert len(line.server.messages.get("50", [])) == stored
    await line.adapter.post(HERE, OPENER, key="e1p1")
    assert len(line.server.messages["50"]) == 1


async def test_after_minutes_the_mark_tells(line: Line):
    """Where the nonce is forgotten, another process still finds the message by the mark it carries."""
    first = await line.adapter.post(HERE, OPENER, key="e1p1")
    for message in line.server.messages["50"]:
        message["nonce"] = "forgotten"
    adapter = make_adapter(line.room, DictNotes(), token=TOKEN, api=line.server.base)
    await adapter.gateway.login(TOKEN)
    try:
        assert await adapter.post(HERE, OPENER, key="e1p1") == first
    finally:
        adapter._began = True
        await adapter.close()
    assert len(line.server.messages["50"]) == 1


async def test_a_whole_edition_survives_a_bad_day(line: Line, pool: ThreadPoolExecutor):
    """Limits, errors, half answers and lost connections in the midst: every part is there once, in its order."""
    line.adapter.listen(answering(line.room, []))
    subscription = Subscription(
        id=0,
        channel=HERE,
        wish=Wish(query="rl", top=5),
        made_by="1",
        made_at=line.room.now,
        since_change=0,
        start_on=DAY,
        next_at=line.room.now,
    )
    line.room.rounds.subscriptions.add(subscription, most=5)
    plan_due(line.room.library, line.room.rounds, line.room.now)
    line.server.faults.extend(["429", "", "broken", "", "global", "cut", "", "500"])
    meters = Meters()
    delivery = Delivery(
        rounds=line.room.rounds,
        adapters={"discord": line.adapter},
        pool=pool,
        now=lambda: line.room.now,
        meters=meters,
        owner="test",
        retry_s=0.0,
    )
    for _ in range(20):
        await delivery.deliver_due()
        await delivery.until_idle()
        (edition,) = line.room.rounds.ledger.editions(1, limit=1)
        if edition.state != "planned":
            break
    await delivery.stop(1)
    assert edition.state == "done"
    assert edition.opener is not None
    assert len(line.server.messages["50"]) == 1
    assert len(line.server.messages[edition.opener.message]) == 5


async def test_a_token_that_discord_does_not_take_ends_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In words, with the setting's name, and without the token."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    with open_channel(tmp_path) as room:
        async with open_server() as server:
            adapter = make_adapter(room, DictNotes(), token="wrong.secret", api=server.base)  # noqa: S106
            with capture_logs() as logs, pytest.raises(SettingsError, match="PAPERROUND_DISCORD_TOKEN") as raised:
                await adapter.run(answering(room, []))
    assert "wrong.secret" not in str(raised.value)
    assert "wrong.secret" not in str(logs)


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so, for five seconds at most."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - it is another task's to change
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(folder: Path, server: Server) -> AsyncIterator[DiscordAdapter]:
    """`run` over a real websocket, stopped as `paperround run` stops it."""
    with open_channel(folder) as room:
        adapter = make_adapter(room, DictNotes(), token=TOKEN, api=server.base)
        task = asyncio.create_task(adapter.run(answering(room, [])))
        try:
            await until(lambda: bool(server.identified))
            yield adapter
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


ASKED = {
    "id": "900",
    "application_id": "2",
    "type": 2,
    "token": "t900",
    "version": 1,
    "data": {"id": "9", "name": "papers", "type": 1, "options": [{"name": "query", "type": 3, "value": "rl"}]},
    "channel_id": "60",
    "channel": {"id": "60", "type": 1, "recipients": []},
    "user": {"id": "7", "username": "ada", "discriminator": "0", "avatar": None, "global_name": None},
    "app_permissions": "0",
    "locale": "en-US",
    "entitlements": [],
    "authorizing_integration_owners": {"1": "7"},
    "context": 1,
    "attachment_size_limit": 10_000_000,
}


@pytest.fixture
def _base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # put back afterwards


@pytest.mark.usefixtures("_base")
async def test_run_connects_answers_and_ends(tmp_path: Path):
    """Over a websocket: servers are all that is asked for, a command is answered, and a stop leaves nothing open."""
    async with open_server() as server, running(tmp_path, server) as adapter:
        await until(adapter.gateway.is_connected)
        assert server.identified[0]["intents"] == 1
        await server.push("INTERACTION_CREATE", ASKED)
        await until(lambda: bool(server.answered))
    assert server.answered[0]["type"] == 4
    assert "### Papers: rl" in str(server.answered[0])


@pytest.mark.usefixtures("_base")
async def test_run_waits_for_a_discord_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A start while Discord is down is no end."""
    monkeypatch.setattr("adapters.discord.client.FIRST_WAIT_S", 0.01)
    async with open_server() as server:
        server.away = 2
        async with running(tmp_path, server) as adapter:
            await until(adapter.gateway.is_connected)


@pytest.mark.usefixtures("_base")
async def test_a_connection_that_is_ended_for_good_ends_run(tmp_path: Path):
    """Discord no longer takes the token (4004): the process says so instead of waiting for ever."""
    async with open_server() as server:
        with open_channel(tmp_path) as room:
            adapter = make_adapter(room, DictNotes(), token=TOKEN, api=server.base)
            task = asyncio.create_task(adapter.run(answering(room, [])))
            await until(lambda: bool(server.identified) and adapter.gateway.is_connected())
            await server.hang_up(4004)
            with pytest.raises(AdapterError):
                async with asyncio.timeout(5):
                    await task
