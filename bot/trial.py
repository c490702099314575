"""`paperround try`: the whole product on a sample, with no token and nothing kept.

A database in a temporary folder, a digest taken in, its thread posted to a channel of the page or the terminal.
"""

import asyncio
import os
import sys
import webbrowser
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from bot.app import App, answer_now, make_answer, now, open_app
from bot.cards import Thread
from bot.commands import thread_of
from bot.completion import Completion, complete
from bot.intake import take_in
from bot.model import ChannelRef
from bot.ports import ChatAdapter
from bot.settings import Settings

SAMPLE = "daily_papers.txt"
QUESTIONS = ("/papers rl", "/paper LIBERO")
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How to try it: on which digest, where, and whether to stop at once. `port` 0 takes any free one."""

    file: str
    as_of: date
    terminal: bool
    once: bool
    port: int
    browser: bool


def run_trial(trial: Trial) -> None:
    """Show Paper Round at work until it is stopped (`once`: until it has answered).

    Raises:
        BotError: the digest cannot be read, or the page cannot be opened.
    """
    with TemporaryDirectory(prefix="paperround-") as folder:
        settings = Settings(database_url=SecretStr(f"sqlite:///{Path(folder) / 'try.db'}"), index_folder=Path(folder) / "index")
        with open_app(settings) as app:
            file = trial.file or str(files("bot.sample") / SAMPLE)
            receipt = take_in(file, app.library, trial.as_of)
            app.library.index.catch_up()
            day = receipt.issued_on or app.library.store.newest_day(trial.as_of) or trial.as_of
            thread = thread_of(day, app.desk())
            if trial.once:
                _show_once(app, thread)
            else:
                asyncio.run(_serve(app, thread, trial))


def _show_once(app: App, thread: Thread) -> None:
    from bot.printing import terminal_text  # noqa: PLC0415 - rich is slow to import, and the page does not need it

    sys.stdout.write(terminal_text(thread))
    for question in QUESTIONS:
        sys.stdout.write(f"› {question}\n\n{terminal_text(answer_now(question, app.desk()))}")


async def _serve(app: App, thread: Thread, trial: Trial) -> None:
    with ThreadPoolExecutor(max_workers=app.settings.workers, thread_name_prefix="answer") as pool:
        answer = make_answer(app, pool)
        if trial.terminal:
            from rich.console import Console  # noqa: PLC0415

            from adapters.terminal.client import HERE, TerminalAdapter  # noqa: PLC0415

            terminal = TerminalAdapter(Console(highlight=False))
            await post_thread(terminal, HERE, thread)
            sys.stdout.write("Type a command, or the number of a button; exit leaves.\n")
            await terminal.run(answer)
            return
        await _serve_page(app, thread, trial, pool)


async def _serve_page(app: App, thread: Thread, trial: Trial, pool: ThreadPoolExecutor) -> None:
    from adapters.discord.render import render_reply as discord  # noqa: PLC0415 - aiohttp and jinja2 are for the page only
    from adapters.slack.render import render_reply as slack  # noqa: PLC0415
    from adapters.web.client import WebAdapter, WebChannel  # noqa: PLC0415

    async def completions(text: str) -> Sequence[Completion]:
        return await asyncio.get_running_loop().run_in_executor(pool, complete, text, app.library)

    papers = ChannelRef(platform="web", workspace="team", channel="papers")
    random = ChannelRef(platform="web", workspace="team", channel="playground")
    page = WebAdapter(
        host=HOST,
        port=trial.port,
        channels=(
            WebChannel(papers, "papers", "The day's papers, every working day"),
            WebChannel(random, "playground", "Try any command here"),
        ),
        complete=completions,
        previews={"Slack": slack, "Discord": discord},
        now=now,
        sample_note="" if trial.file else "A sample digest; the abstracts are in our own words.",
    )
    await page.start(make_answer(app, pool))
    try:
        await post_thread(page, papers, thread)
        sys.stdout.write(f"Paper Round is at {page.address} (Ctrl+C stops it; nothing is kept)\n")
        sys.stdout.flush()
        if trial.browser and _has_browser():
            webbrowser.open(page.address)
        await asyncio.Event().wait()
    finally:
        await page.stop()


async def post_thread(adapter: ChatAdapter, channel: ChannelRef, thread: Thread) -> None:
    """Post an opener and its replies, in order."""
    opener = await adapter.post(channel, thread.opener, key="opener")
    for number, reply in enumerate(thread.replies, start=1):
        await adapter.post(channel, reply, thread=opener, key=f"reply {number}")


def _has_browser() -> bool:
    """Whether a window can be opened: text browsers would take over the terminal."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
