"""`paperround doctor`: looks at settings, database, index, inbox and platforms, and says in one line each what to fix."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from bot.app import index_folder, now
from bot.errors import BotError, SettingsError
from bot.findings import Check, Finding, examine, to_fix, well
from bot.settings import Settings, load_settings
from storage.index import TantivyIndex
from storage.open import Storage, open_storage

NAME_WIDTH = 22

_T = TypeVar("_T")


def diagnose() -> list[Finding]:
    """All that is found, in the order in which it is best mended."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [to_fix("Settings", str(error))]
    return [well("Settings", "They can be read."), *asyncio.run(diagnose_with(settings))]


async def diagnose_with(settings: Settings) -> list[Finding]:
    """What is found with these settings, the settings themselves aside."""
    url = settings.database_url.get_secret_value()
    try:
        storage = await _call(lambda: open_storage(url, secret_keys=settings.secret_key_list))
    except BotError as error:
        return [to_fix("Database", str(error)), *await examine(platform_checks(settings, None))]
    try:
        found = [await _database(storage, url), await _index(settings, storage, url), *await _inbox(settings.inbox)]
        return found + await examine(platform_checks(settings, storage))
    finally:
        storage.close()


def platform_checks(settings: Settings, storage: Storage | None) -> list[Check]:
    """The checks of every platform; each finds out itself whether it is set up."""
    from adapters.discord.doctor import discord_checks  # noqa: PLC0415 - its SDK takes a while to import
    from adapters.slack.doctor import slack_checks  # noqa: PLC0415 - as above

    slack = slack_checks(settings, storage.installs if storage is not None else None, _call)
    return [*slack, *discord_checks(settings)]


def lines(findings: Sequence[Finding]) -> list[str]:
    """The findings for a terminal, one a line."""
    return [f"{'ok ' if one.is_ok else 'fix'}  {one.name:<{NAME_WIDTH}} {' '.join(one.said.split())}" for one in findings]


async def _database(storage: Storage, url: str) -> Finding:
    kind = f"SQLite in {url.removeprefix('sqlite:///')}" if url.startswith("sqlite") else "PostgreSQL"
    try:
        papers = await _call(storage.papers.count)
        paused = (await _call(lambda: storage.ledger.backlog(now()))).paused
    except BotError as error:
        return to_fix("Database", str(error))
    resting = f", {paused} paused {'subscription' if paused == 1 else 'subscriptions'}" if paused else ""
    return well("Database", f"{kind}, {papers:,} papers{resting}.")


async def _index(settings: Settings, storage: Storage, url: str) -> Finding:
    def look() -> int:
        return TantivyIndex(settings.index_folder or index_folder(url), storage.papers).catch_up()

    try:
        behind = await _call(look)
    except BotError as error:
        return to_fix("Search index", str(error))
    return well("Search index", f"It had {behind:,} papers to catch up with, and has." if behind else "It holds every paper.")


async def _inbox(folder: Path | None) -> list[Finding]:
    """Nothing where no inbox is set."""
    if folder is None:
        return []
    try:
        await _call(lambda: next(folder.iterdir(), None))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        return [
            to_fix("Inbox", f"{folder} cannot be read: {why}. Nothing is taken in from it. Make it, or correct PAPERROUND_INBOX.")
        ]
    return [well("Inbox", f"{folder} is looked through.")]


async def _call(function: Callable[..., _T], *args: object) -> _T:
    return await asyncio.get_running_loop().run_in_executor(None, function, *args)
