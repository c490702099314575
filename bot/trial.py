"""`paperround try`: the whole product on a sample, with no token and nothing kept.

A database in a temporary folder, a digest taken in, and a subscription that is due at once: its edition is planned, entered into
the ledger and delivered to the page or the terminal as every other one is, and so are those that a person subscribes to there.
"""

import asyncio
import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from tzlocal import get_localzone_name

from bot.app import App, answer_now, make_answer, now, open_app
from bot.commands import thread_of
from bot.intake import take_in
from bot.model import ChannelRef, ParseIssue
from bot.ports import ChatAdapter
from bot.settings import Settings
from bot.subscribing import beginning
from bot.subscription import EVERY_DAY, Subscription, Timing, Wish
from bot.zones import read_zone

SAMPLE = "daily_papers.txt"
QUESTIONS = ("/papers rl", "/paper LIBERO")
GRACE_S = 2.0
TOP = 50
MAKER = "Paper Round"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How to try it: on which digest, where, and whether to stop at once. `port` 0 takes any free one; `clock` is UTC."""

    file: str
    as_of: date
    terminal: bool
    once: bool
    port: int
    browser: bool
    clock: Callable[[], datetime] = now


def run_trial(trial: Trial) -> None:
    """Show Paper Round at work until it is stopped (`once`: until it has answered).

    Raises:
        BotError: the digest cannot be read, or the page cannot be opened.
    """
    with TemporaryDirectory(prefix="paperround-") as folder, open_app(trial_settings(Path(folder))) as opened:
        app = replace(opened, clock=trial.clock)
        receipt = take_in(trial.file or str(files("bot.sample") / SAMPLE), app.library, trial.as_of)
        app.library.index.catch_up()
        _name_what_was_lost(receipt.issues)
        if trial.once:
            _show_once(app, receipt.issued_on or app.library.store.newest_day(trial.as_of) or trial.as_of)
        else:
            asyncio.run(serve_trial(app, trial))


def trial_settings(folder: Path) -> Settings:
    """Settings that keep everything in a folder, on the clock of this machine."""
    zone = read_zone(get_localzone_name() or "") or "UTC"
    return Settings(database_url=SecretStr(f"sqlite:///{folder / 'try.db'}"), index_folder=folder / "index", zone=zone)


def _name_what_was_lost(issues: Sequence[ParseIssue]) -> None:
    if issues:
        from bot.report import issue_lines  # noqa: PLC0415 - the sample has none

        sys.stderr.write("\n".join(issue_lines(issues, more="; paperround parse --json shows all")) + "\n")


def _show_once(app: App, day: date) -> None:
    from bot.printing import terminal_text  # noqa: PLC0415 - rich is slow to import, and the page does not need it

    sys.stdout.write(terminal_text(thread_of(day, app.desk())))
    for question in QUESTIONS:
        sys.stdout.write(f"› {question}\n\n{terminal_text(answer_now(question, app.desk()))}")


async def serve_trial(app: App, trial: Trial) -> None:
    """Answer and deliver in the page or the terminal until cancelled, or until the terminal is left.

    Raises:
        AdapterError: the page cannot be opened.
    """
    with (
        ThreadPoolExecutor(max_workers=app.settings.workers, thread_name_prefix="answer") as answers,
        ThreadPoolExecutor(max_workers=2, thread_name_prefix="ledger") as pool,
    ):
        if trial.terminal:
            await _serve_terminal(app, answers, pool)
        else:
            await _serve_page(app, trial, answers, pool)


async def _serve_terminal(app: App, answers: ThreadPoolExecutor, pool: Executor) -> None:
    from rich.console import Console  # noqa: PLC0415 - for the terminal only

    from adapters.terminal.client import HERE, TerminalAdapter  # noqa: PLC0415

    terminal = TerminalAdapter(Console(highlight=False))
    await _first_edition(app, terminal, HERE, pool)
    sys.stdout.write("Type a command, or the number of a button; exit leaves.\n")
    stop = asyncio.Event()
    work = asyncio.create_task(_deliver(app, terminal, stop, pool))
    try:
        await terminal.run(make_answer(app, answers))
    finally:
        stop.set()
        await work


async def _serve_page(app: App, trial: Trial, answers: ThreadPoolExecutor, pool: Executor) -> None:
    from bot.page import PAPERS, make_page  # noqa: PLC0415 - aiohttp and jinja2 are for the page only

    note = "" if trial.file else "A sample digest; the abstracts are in our own words."
    page = make_page(app, answers, port=trial.port, sample_note=note)
    await page.start(make_answer(app, answers))
    try:
        await _first_edition(app, page, PAPERS, pool)
        sys.stdout.write(f"Paper Round is at {page.address} (Ctrl+C stops it; nothing is kept)\n")
        sys.stdout.flush()
        if trial.browser and _has_browser():
            webbrowser.open(page.address)
        await _deliver(app, page, asyncio.Event(), pool)
    finally:
        await page.stop()


async def _first_edition(app: App, adapter: ChatAdapter, channel: ChannelRef, pool: Executor) -> None:
    """Subscribe a channel to all papers, due at once, and wait until its edition is out."""
    from bot.editions.deliver import Delivery  # noqa: PLC0415 - what only `once` does shall start fast
    from bot.editions.plan import plan_due  # noqa: PLC0415
    from bot.metrics import Meters  # noqa: PLC0415
    from bot.serve import owner_name  # noqa: PLC0415

    moment = app.clock()
    app.rounds.subscriptions.add(sample_subscription(app, channel, moment), most=1)
    await asyncio.get_running_loop().run_in_executor(pool, partial(plan_due, app.library, app.rounds, moment))
    delivery = Delivery(
        rounds=app.rounds,
        adapters={adapter.platform: adapter},
        pool=pool,
        now=app.clock,
        meters=Meters(),
        owner=owner_name(),
    )
    await delivery.deliver_due()
    await delivery.until_idle()
    await delivery.stop(GRACE_S)


def sample_subscription(app: App, channel: ChannelRef, moment: datetime) -> Subscription:
    """All papers of the newest digest, every day at this time of day, due at once."""
    zone = app.settings.zone
    at = moment.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)
    wish = Wish(timing=Timing(days=EVERY_DAY, at=at, zone=zone), top=TOP, quiet=True)
    return beginning(wish, channel, app.desk(), made_by=MAKER, next_at=moment)


async def _deliver(app: App, adapter: ChatAdapter, stop: asyncio.Event, pool: Executor) -> None:
    """Plan and deliver what is due, second by second, until `stop` is set or we are cancelled."""
    from bot.metrics import Meters  # noqa: PLC0415
    from bot.serve import Rhythm, deliver_forever  # noqa: PLC0415

    rhythm = Rhythm(grace_s=GRACE_S)
    await deliver_forever(app, {adapter.platform: adapter}, Meters(), stop, pool=pool, clock=app.clock, rhythm=rhythm)


def _has_browser() -> bool:
    """Whether a window can be opened: text browsers would take over the terminal."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
