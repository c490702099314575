"""`paperround run`: plans, delivers and answers until it is stopped; several processes may share one database.

Wires the ticks, the platforms and the port for health; decides nothing itself.
"""

import asyncio
import gc
import os
import secrets
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from adapters.slack.mode import slack_mode
from bot.app import App, make_answer, now, open_app, today
from bot.editions.deliver import Delivery
from bot.editions.plan import plan_due
from bot.enrich import Enricher, make_enricher
from bot.errors import SettingsError
from bot.intake import take_in
from bot.log import set_up_logs
from bot.metrics import Meters
from bot.page import make_page
from bot.ports import ChatAdapter
from bot.refresh import Refresher, make_refresher
from bot.schedule import Pulse, Tick, keep
from bot.settings import Settings
from bot.sources.inbox import Inbox
from bot.stopping import until
from bot.subscription import SourceState
from bot.vitals import health, keep_index, warm, watch_lag

KEEP_DAYS = 60  # cards and verdicts of older editions are dropped; what was shown where stays known
DAY_S = 86_400.0
CATCH_UP_S = 30.0  # papers that another process took in are findable after that
BACKLOG_S = 10.0
SOURCES_S = 10.0
ENRICH_S = 300.0
LEDGER_THREADS = 4

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often and how patiently: seconds. `grace_s` is how long what is being sent may take to end when we are stopped."""

    tick_s: float = 1.0
    lease_s: float = 60.0
    post_timeout_s: float = 20.0
    grace_s: float = 25.0


def run_until_stopped(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl+C.

    Raises:
        BotError: it cannot start, or a platform's adapter ended.
    """
    set_up_logs(settings.log_level)
    with (
        open_app(settings) as app,
        ThreadPoolExecutor(max_workers=settings.workers, thread_name_prefix="answer") as answers,
        ThreadPoolExecutor(max_workers=LEDGER_THREADS, thread_name_prefix="ledger") as pool,
    ):
        asyncio.run(_run(app, answers, pool))


async def _run(app: App, answers: ThreadPoolExecutor, pool: Executor) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # on Windows Ctrl+C ends it without
            loop.add_signal_handler(number, stop.set)
    settings, meters, pulse = app.settings, Meters(), Pulse()
    chats = platforms(app, answers)
    http = health(app, meters, pulse, stop, pool, chats=chats) if settings.http_port else None
    if http is not None:
        await http.start()
    where = [chat.address for chat in chats if hasattr(chat, "address")] + ([f"{http.address}/healthz"] if http else [])
    sys.stdout.write(f"Paper Round runs. {' · '.join(where)} (Ctrl+C stops it)\n")
    if app.settings.inbox is None and not app.origins.all():
        sys.stdout.write("No source fills it by itself yet. Add one: paperround sources add hf\n")
    sys.stdout.flush()
    gc.collect()
    gc.freeze()  # what the start has made stays: a full collection, for which everything stops, then passes it over
    try:
        await serve(app, chats, meters, stop, pool=pool, answers=answers, pulse=pulse)
    finally:
        if http is not None:
            await http.stop()


def platforms(app: App, answers: Executor) -> list[ChatAdapter]:
    """The adapters of every platform that is set up.

    Raises:
        SettingsError: none is.
    """
    chats: list[ChatAdapter] = []
    if app.settings.page_port:
        chats.append(make_page(app, answers, port=app.settings.page_port))
    if slack_mode(app.settings).is_on:
        from bot.slack import make_slack  # noqa: PLC0415 - only who uses Slack waits for its SDK

        chats += filter(None, [make_slack(app, answers)])
    if app.settings.discord_token is not None:
        from bot.discord import make_discord  # noqa: PLC0415 - only who uses Discord waits for its SDK

        chats.append(make_discord(app, answers, app.settings.discord_token))
    if not chats:
        raise SettingsError(
            "There is no place to post to. Nothing was started. Set PAPERROUND_SLACK_BOT_TOKEN and PAPERROUND_SLACK_APP_TOKEN, "
            "PAPERROUND_DISCORD_TOKEN, or PAPERROUND_PAGE_PORT to a free port."
        )
    return chats


async def serve(  # noqa: PLR0913  (all of it is wired once)
    app: App,
    chats: Sequence[ChatAdapter],
    meters: Meters,
    stop: asyncio.Event,
    *,
    pool: Executor,
    answers: ThreadPoolExecutor,
    pulse: Pulse | None = None,
    rhythm: Rhythm = Rhythm(),
) -> None:
    """Answer and deliver on these platforms until `stop` is set, or one of them ends; its error then ends us too.

    Raises:
        BotError: an adapter could not open or keep its connection.
    """
    inbox = inbox_of(app)
    refresher = make_refresher(app.settings, app.origins, app.library, app.notes, pool=pool, owner=owner_name(), now=now)
    enricher = make_enricher(app.settings, app.enrichments, app.library, app.notes, pool=pool, owner=owner_name(), now=now)
    app = replace(app, sources=partial(all_states, inbox, refresher, enricher))
    answer = make_answer(app, answers)
    listening = [asyncio.create_task(chat.run(answer), name=chat.platform) for chat in chats]
    work = asyncio.create_task(
        deliver_forever(
            app,
            {chat.platform: chat for chat in chats},
            meters,
            stop,
            pool=pool,
            pulse=pulse,
            rhythm=rhythm,
            more=[
                *upkeep(app, meters, inbox, pool),
                sources_tick(app, meters, refresher, stop),
                *enrich_ticks(app, meters, enricher, stop),
            ],
        )
    )
    watch = asyncio.create_task(watch_lag(meters))
    pool.submit(warm, app.library, today())
    stopped = asyncio.create_task(stop.wait())
    ended, _ = await asyncio.wait({*listening, work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.wait({work})  # people are answered until the last part is out
    for task in (*listening, watch, stopped):
        task.cancel()
    await asyncio.gather(*listening, watch, stopped, return_exceptions=True)
    for task in (*ended, work):
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def deliver_forever(  # noqa: PLR0913  (all of it is wired once)
    app: App,
    adapters: Mapping[str, ChatAdapter],
    meters: Meters,
    stop: asyncio.Event,
    *,
    pool: Executor,
    clock: Callable[[], datetime] = now,
    pulse: Pulse | None = None,
    rhythm: Rhythm = Rhythm(),
    more: Sequence[Tick] = (),
) -> None:
    """Plan what is due and send what is planned, until `stop` is set; then end what is under way and hand the rest back."""
    delivery = Delivery(
        rounds=app.rounds,
        adapters=adapters,
        pool=pool,
        now=clock,
        meters=meters,
        owner=owner_name(),
        lease_s=rhythm.lease_s,
        post_timeout_s=rhythm.post_timeout_s,
    )

    async def plan() -> None:
        due = partial(plan_due, app.library, app.rounds, clock(), sources=app.sources())
        done = await asyncio.get_running_loop().run_in_executor(pool, due)
        for outcome, editions in (("planned", done.planned), ("empty", done.empty), ("skipped", done.skipped)):
            meters.editions.labels(outcome, "").inc(editions)

    ticks = [
        Tick(name="plan", every_s=rhythm.tick_s, run=plan),
        Tick(name="deliver", every_s=rhythm.tick_s, run=delivery.deliver_due),
        *more,
    ]
    try:
        await keep(ticks, stop, meters, pulse)
    finally:
        await delivery.stop(rhythm.grace_s)


def upkeep(app: App, meters: Meters, inbox: Inbox | None, pool: Executor) -> list[Tick]:
    """The ticks beside planning and delivering: source refresh, the search index, the backlog's gauges, forgetting."""

    def forget() -> None:
        app.rounds.ledger.forget(today() - timedelta(days=KEEP_DAYS))
        app.notes.forget(now())

    def count() -> None:
        meters.set_backlog(app.rounds.ledger.backlog(now()))

    def refresh(inbox: Inbox) -> None:
        if inbox.refresh(now()):
            app.library.index.keep_up()
        count_failing(app, meters)

    calls: list[tuple[str, float, Callable[[], object]]] = [
        ("backlog", BACKLOG_S, count),
        ("index", CATCH_UP_S, partial(keep_index, app.library.index, meters)),
        ("forget", DAY_S, forget),
    ]
    if inbox is not None:
        calls.append(("refresh", app.settings.refresh_minutes * 60, partial(refresh, inbox)))
    return [Tick(name=name, every_s=every_s, run=partial(_in_pool, pool, call)) for name, every_s, call in calls]


def sources_tick(app: App, meters: Meters, refresher: Refresher, stop: asyncio.Event) -> Tick:
    """The tick that asks the sources whose time has come."""

    async def ask() -> None:
        await until(stop, refresher.refresh_due())
        count_failing(app, meters)

    return Tick(name="sources", every_s=SOURCES_S, run=ask)


def enrich_ticks(app: App, meters: Meters, enricher: Enricher, stop: asyncio.Event) -> list[Tick]:
    """The tick that asks about papers that lack something, where it is wanted; nothing else waits for it.

    Nothing is asked before an operator has added a source: until then this installation asks nobody anything.
    """

    async def ask() -> None:
        if not await asyncio.to_thread(app.origins.all):
            return
        for one in await until(stop, enricher.enrich(app.settings.enrich_papers)) or ():
            meters.enrichments.labels(one.guide, one.result).inc()
        for state in enricher.states():
            meters.enrichments_waiting.labels(state.guide).set(state.waiting)
        count_failing(app, meters)

    return [Tick(name="enrich", every_s=ENRICH_S, run=ask)] if app.settings.enrich else []


def all_states(inbox: Inbox | None, refresher: Refresher, enricher: Enricher) -> tuple[SourceState, ...]:
    """How everything that fills us is doing: the folder first, and at the end guides that fail."""
    failing = [one.state for one in enricher.states() if one.failing_since is not None]
    return (*(inbox.states() if inbox is not None else ()), *refresher.states(), *failing)


def count_failing(app: App, meters: Meters) -> None:
    """Show how many sources cannot be taken in now."""
    meters.sources_failing.set(sum(state.failing_since is not None for state in app.sources()))


def inbox_of(app: App) -> Inbox | None:
    """The folder that is taken in, where one is set."""
    folder = app.settings.inbox
    return Inbox(folder, lambda file, day: take_in(file, app.library, day)) if folder is not None else None


def owner_name() -> str:
    """A name for this process that no other one has, not even after a restart."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"


def _in_pool(pool: Executor, call: Callable[..., object], *args: object) -> Awaitable[object]:
    return asyncio.get_running_loop().run_in_executor(pool, partial(call, *args))
