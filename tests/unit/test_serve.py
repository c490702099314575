"""`paperround run`: what it wires, how it starts, how it stops."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.discord.errors import CURABLE
from bot import serve
from bot.app import App, open_app
from bot.cards import Card
from bot.deciding import Decider
from bot.discord import make_discord
from bot.enrich import make_enricher
from bot.errors import AdapterError, SettingsError
from bot.identity import identifiers_of
from bot.intake import take_in
from bot.metrics import Meters
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening
from bot.ports import Answer
from bot.refresh import make_refresher
from bot.schedule import Pulse, Tick
from bot.serve import Rhythm, all_states, deliver_forever, enrich_ticks, inbox_of, owner_name, platforms, sources_tick, upkeep
from bot.settings import Settings
from bot.sources.inbox import Inbox
from bot.subscription import Subscription, Wish
from bot.vitals import health, probe, watch_lag
from tests.builders import DAY, SAMPLE, entry


def settings_in(folder: Path, **more: object) -> Settings:
    """Settings of a database in a folder, without a `.env`."""
    url = SecretStr(f"sqlite:///{folder / 'papers.db'}")
    return Settings(_env_file=None, database_url=url, index_folder=folder / "index", **more)  # type: ignore[arg-type]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An app on an empty database."""
    with open_app(settings_in(tmp_path)) as opened:
        yield opened


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads."""
    with ThreadPoolExecutor(max_workers=4) as made:
        yield made


class Chat:
    """A platform whose connection does what a test wants."""

    platform = "test"
    honours_keys = True

    def __init__(self, listen: Callable[[], Awaitable[object]]) -> None:
        self._listen = listen
        self.closed = False
        self.keys: list[str] = []

    async def run(self, answer: Answer) -> None:
        """Listen until cancelled."""
        try:
            await self._listen()
        finally:
            self.closed = True

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Take anything."""
        self.keys.append(key)
        return MessageRef(channel=channel, message=key)

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Tell nobody."""


async def test_platforms_answer_until_the_last_part_is_out(app: App, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch):
    """Told to stop, delivery ends first; only then do the platforms close."""
    stop = asyncio.Event()
    chat = Chat(asyncio.Event().wait)
    order = []

    async def deliver(*_args: object, **_options: object) -> None:
        await stop.wait()
        order.append(("delivered", chat.closed))

    monkeypatch.setattr(serve, "deliver_forever", deliver)
    asyncio.get_running_loop().call_soon(stop.set)
    async with asyncio.timeout(10):
        await serve.serve(app, [chat], Meters(), stop, pool=pool, answers=pool)
    assert order == [("delivered", False)]
    assert chat.closed


async def test_a_platform_that_cannot_start_ends_everything(app: App, pool: ThreadPoolExecutor):
    """Its error is ours, and the other platforms are closed in order."""

    async def refuse() -> None:
        raise AdapterError("The token is not valid.")

    other = Chat(asyncio.Event().wait)
    with capture_logs():
        async with asyncio.timeout(30):
            with pytest.raises(AdapterError, match="The token is not valid"):
                await serve.serve(app, [Chat(refuse), other], Meters(), asyncio.Event(), pool=pool, answers=pool)
    assert other.closed


async def test_delivering_ticks_until_it_is_stopped(app: App, pool: ThreadPoolExecutor):
    """Further ticks run beside planning and delivering; the end hands back and returns."""
    stop, meters = asyncio.Event(), Meters()

    async def last() -> None:
        stop.set()

    with capture_logs():
        async with asyncio.timeout(30):
            more = [Tick(name="last", every_s=60, run=last)]
            await deliver_forever(app, {}, meters, stop, pool=pool, pulse=Pulse(), more=more)
    for tick in ("plan", "deliver", "last"):
        assert meters.registry.get_sample_value("paperround_tick_seconds_count", {"tick": tick}), tick


async def test_what_is_due_is_planned_and_sent(app: App, pool: ThreadPoolExecutor):
    """A subscription whose time has come brings its edition, opener first; the ledger has it as done."""
    channel = ChannelRef(platform="test", workspace="lab", channel="papers")
    moment = datetime(2025, 12, 8, 9, 0, 5, tzinfo=UTC)
    take_in(str(SAMPLE), app.library, DAY)
    app.library.index.catch_up()
    wish = Wish(query="rl", top=2)
    due = Subscription(
        id=0, channel=channel, wish=wish, made_by="ada", made_at=moment, since_change=0, start_on=DAY,
        next_at=moment.replace(second=0),
    )  # fmt: skip
    subscription = app.rounds.subscriptions.add(due, most=20)
    assert subscription is not None
    stop, chat, meters = asyncio.Event(), Chat(asyncio.Event().wait), Meters()

    async def look() -> None:
        found = app.rounds.ledger.editions(subscription.id, limit=1)
        if found and found[0].state == "done":
            stop.set()

    more = [Tick(name="look", every_s=0.05, run=look)]
    rhythm = Rhythm(tick_s=0.05)
    async with asyncio.timeout(30):
        await deliver_forever(app, {"test": chat}, meters, stop, pool=pool, clock=lambda: moment, rhythm=rhythm, more=more)
    assert chat.keys == ["e1p1", "e1p2", "e1p3"]
    value = meters.registry.get_sample_value
    assert value("paperround_editions_total", {"outcome": "planned", "reason": ""}) == 1
    assert value("paperround_editions_total", {"outcome": "sent", "reason": ""}) == 1


async def test_upkeep_takes_the_inbox_in_and_makes_it_findable(tmp_path: Path, pool: ThreadPoolExecutor):
    """A digest that is put into the folder is stored and indexed by one tick; failing sources are counted."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, text in (("daily.txt", SAMPLE.read_bytes()), ("bad.txt", b"hello")):
        (folder / name).write_bytes(text)
        os.utime(folder / name, (1_765_200_000, 1_765_200_000))
    meters = Meters()
    with open_app(settings_in(tmp_path, inbox=folder)) as app, capture_logs():
        inbox = inbox_of(app)
        assert inbox is not None
        ticks = {tick.name: tick for tick in upkeep(replace(app, sources=inbox.states), meters, inbox, pool)}
        await ticks["refresh"].run()
        assert app.library.store.count() == 40
        assert app.library.index.holders("libero", limit=5)
    assert set(ticks) == {"backlog", "index", "forget", "refresh"}
    assert meters.registry.get_sample_value("paperround_sources_failing") == 1


async def test_the_sources_tick_asks_and_counts_those_that_fail(app: App, pool: ThreadPoolExecutor):
    """A source that cannot be reached is counted and shown; the folder's state comes first."""
    meters, stop = Meters(), asyncio.Event()
    closed = app.settings.model_copy(update={"hf_url": "http://127.0.0.1:9"})
    refresher = make_refresher(
        closed, app.origins, app.library, app.notes, pool=pool, owner="test", now=lambda: datetime.now(UTC)
    )
    inbox = Inbox(app.settings.index_folder or Path(), lambda _file, _day: None)
    enricher = make_enricher(
        closed, app.enrichments, app.library, app.notes, pool=pool, owner="test", now=lambda: datetime.now(UTC)
    )
    shown = replace(app, sources=lambda: all_states(inbox, refresher, enricher))
    source = app.origins.add("hf", "", by="test", now=datetime.now(UTC))
    assert source is not None
    tick = sources_tick(shown, meters, refresher, stop)
    with capture_logs():
        await tick.run()
    states = shown.sources()
    assert [state.name.split()[0] for state in states] == ["folder", "Hugging"]
    assert states[1].error == "It cannot be reached."
    assert meters.registry.get_sample_value("paperround_sources_failing") == 1


async def test_the_enrich_tick_asks_once_there_is_a_source_and_counts(app: App, pool: ThreadPoolExecutor):
    """Nobody is asked anything before; a guide that cannot be reached is shown; it can be turned off."""
    meters, stop = Meters(), asyncio.Event()
    nowhere = "http://127.0.0.1:9"
    closed = app.settings.model_copy(update={"hf_url": nowhere, "arxiv_api_url": nowhere})
    enricher = make_enricher(
        closed, app.enrichments, app.library, app.notes, pool=pool, owner="test", now=lambda: datetime.now(UTC)
    )
    listed = [entry("A Paper on Robots", arxiv="2512.00001")]
    keys = [identifiers_of(one) for one in listed]
    app.library.store.ingest(listed, keys, Decider(DAY).of(keys), None)
    shown = replace(app, sources=lambda: tuple(one.state for one in enricher.states()))
    (tick,) = enrich_ticks(shown, meters, enricher, stop)
    value = meters.registry.get_sample_value
    await tick.run()
    assert (enricher.states(), value("paperround_sources_failing")) == ((), 0)
    assert app.origins.add("feed", "https://example.org/feed.xml", by="test", now=datetime.now(UTC)) is not None
    with capture_logs():
        await tick.run()
    assert value("paperround_enrichments_total", {"guide": "hf", "result": "failed"}) == 1
    assert value("paperround_enrichments_waiting", {"guide": "arxiv"}) == 1
    assert value("paperround_sources_failing") == 2
    assert shown.sources()[0].error == "It cannot be reached."
    off = replace(app, settings=app.settings.model_copy(update={"enrich": False}))
    assert enrich_ticks(off, meters, enricher, stop) == []


async def test_without_an_inbox_nothing_is_refreshed(app: App, pool: ThreadPoolExecutor):
    """The tick is not there at all."""
    assert inbox_of(app) is None
    assert "refresh" not in [tick.name for tick in upkeep(app, Meters(), None, pool)]


async def test_upkeep_drops_the_notes_that_have_ended(app: App, pool: ThreadPoolExecutor):
    """With the daily tick; the others stay."""
    ends = (datetime.now(UTC) - timedelta(seconds=1), datetime.now(UTC) + timedelta(hours=1))
    for key, until in zip(("old", "new"), ends, strict=True):
        app.notes.put(key, "text", until)
    ticks = {tick.name: tick for tick in upkeep(app, Meters(), None, pool)}
    await ticks["forget"].run()
    before = datetime(2025, 1, 1, tzinfo=UTC)
    assert [app.notes.get(key, before) for key in ("old", "new")] == [None, "text"]


async def test_readiness_goes_when_it_is_to_stop(app: App, pool: ThreadPoolExecutor):
    """Ready while database and index answer; once stopping, a load balancer is told so."""
    stop = asyncio.Event()
    checks = health(app, Meters(), Pulse(), stop, pool)
    assert await checks._checked() == {"running": "", "database": "", "index": ""}
    stop.set()
    checks.recheck()
    assert (await checks._checked())["running"] == "stopping"


async def test_a_call_that_hangs_is_asked_once(pool: ThreadPoolExecutor):
    """However often somebody asks, one thread waits for a database that does not answer."""
    loop = asyncio.get_running_loop()
    answered, calls = asyncio.Event(), []

    def hang() -> None:
        calls.append(1)
        asyncio.run_coroutine_threadsafe(answered.wait(), loop).result()

    check = probe(pool, hang)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await check()
    assert calls == [1]
    answered.set()
    assert await check() == ""


async def test_the_loops_lag_is_measured():
    """How late a short sleep comes back."""
    meters = Meters()
    watch = asyncio.create_task(watch_lag(meters))
    async with asyncio.timeout(10):
        while not meters.registry.get_sample_value("paperround_loop_lag_seconds_count"):  # noqa: ASYNC110 - a metric tells nobody
            await asyncio.sleep(0.01)
    watch.cancel()


def test_no_place_to_post_to_is_an_error(tmp_path: Path, pool: ThreadPoolExecutor):
    """The message names the setting that gives one."""
    with open_app(settings_in(tmp_path, page_port=0)) as app, pytest.raises(SettingsError, match="PAPERROUND_PAGE_PORT"):
        platforms(app, pool)


@pytest.mark.parametrize("token", [None, SecretStr("t")])
def test_discord_is_served_where_its_token_is_set(tmp_path: Path, pool: ThreadPoolExecutor, token: SecretStr | None):
    """And only there."""
    with open_app(settings_in(tmp_path, page_port=8700, discord_token=token)) as app:
        assert ("discord" in [chat.platform for chat in platforms(app, pool)]) == (token is not None)


async def test_a_discord_server_that_is_back_runs_what_was_paused_for_want_of_leave(app: App, pool: ThreadPoolExecutor):
    """For each reason that an invitation or a permission ends; not what was paused by hand, and no other server's."""
    day, subscriptions = datetime(2025, 12, 8, tzinfo=UTC), app.rounds.subscriptions
    for server, reason in [*(("3", reason) for reason in CURABLE), ("3", "by hand"), ("4", CURABLE[0])]:
        made = Subscription(
            id=0,
            channel=ChannelRef(platform="discord", workspace=server, channel="50"),
            wish=Wish(query="rl"),
            made_by="1",
            made_at=day,
            since_change=0,
            start_on=day.date(),
            next_at=day,
            paused=reason,
        )
        assert subscriptions.add(made, most=20)
    await make_discord(app, pool, SecretStr("t")).gateway._came_back("3")
    paused = [(one.channel.workspace, one.paused) for one in subscriptions.all(limit=20) if one.paused]
    assert paused == [("3", "by hand"), ("4", CURABLE[0])]


def test_every_process_has_its_own_name():
    """Not even the same process id after a restart is the same owner."""
    assert owner_name() != owner_name()
    assert re.fullmatch(rf".+-{os.getpid()}-[0-9a-f]{{8}}", owner_name())


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`paperround run` as a real process that has said that it runs, and the address of its health."""
    page, http = free_port(), free_port()
    ours = {key: value for key, value in os.environ.items() if not key.upper().startswith("PAPERROUND_")}
    ours |= {
        "PAPERROUND_DATABASE_URL": f"sqlite:///{tmp_path / 'papers.db'}",
        "PAPERROUND_PAGE_PORT": str(page),
        "PAPERROUND_HTTP_PORT": str(http),
    }
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
    root = str(Path(__file__).parents[2])
    with (tmp_path / "log").open("w") as log:
        started = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=tmp_path, env=ours | {"PYTHONPATH": root}
        )
        try:
            assert started.stdout is not None
            said = started.stdout.readline()
            assert said.startswith("Paper Round runs."), (tmp_path / "log").read_text()
            assert f"http://127.0.0.1:{page}/" in said
            assert started.stdout.readline() == "No source fills it by itself yet. Add one: paperround sources add hf\n"
            yield started, f"http://127.0.0.1:{http}"
        finally:
            started.kill()
            started.wait()
            if started.stdout is not None:
                started.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_process_answers_and_stops_with_0(process: tuple[subprocess.Popen[str], str], number: signal.Signals):
    """Ready over HTTP, metrics there, and a polite end at either signal."""
    started, address = process
    with urllib.request.urlopen(f"{address}/readyz", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:  # noqa: S310
        assert b"paperround_parts_waiting" in answer.read()
    started.send_signal(number)
    assert started.wait(timeout=30) == 0
