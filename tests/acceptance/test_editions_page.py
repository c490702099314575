"""Editions as a person meets them in the page: subscribe with the form, see the edition arrive, ask for preview, status, why."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from bot.app import open_app
from bot.intake import take_in
from bot.trial import SAMPLE, Trial, serve_trial, trial_settings
from tests.acceptance.browser import NARROW, WIDE, ask, browse_to, needs_chromium, overflow
from tests.acceptance.test_trial_page import picture

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
from playwright.async_api import Page, expect  # noqa: E402

pytestmark = needs_chromium
AS_OF = date(2025, 12, 8)


class Clock:
    """A clock that goes on as the real one does, but from another moment, and can be put forward."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC) + self._ahead

    def put_forward_to(self, moment: datetime) -> None:
        """Let it be that moment now."""
        self._ahead = moment - datetime.now(UTC)


@asynccontextmanager
async def trial_at(folder: Path, clock: Clock) -> AsyncIterator[str]:
    """The address of a trial page whose time the test sets."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    trial = Trial(file="", as_of=AS_OF, terminal=False, once=False, port=port, browser=False)
    with open_app(trial_settings(folder)) as opened:
        app = replace(opened, clock=clock)
        take_in(str(files("bot.sample") / SAMPLE), app.library, AS_OF)
        app.library.index.catch_up()
        serving = asyncio.create_task(serve_trial(app, trial))
        try:
            async with asyncio.timeout(30):
                while not serving.done():
                    with suppress(OSError):
                        _, writer = await asyncio.open_connection("127.0.0.1", port)
                        writer.close()
                        break
                    await asyncio.sleep(0.05)
            yield f"http://127.0.0.1:{port}/"
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


async def go_to(page: Page, channel: str, width: int) -> None:
    """Choose a channel in the sidebar."""
    if width == NARROW:
        await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("button", name=channel).click()
    await expect(page.locator("[data-channel-name]")).to_contain_text(channel)


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_a_person_subscribes_and_the_edition_arrives(tmp_path: Path, width: int):
    """The form subscribes another channel; at its minute the edition comes by itself; preview, status and why explain it."""
    clock = Clock(datetime(2025, 12, 8, 8, 58, tzinfo=UTC))
    async with trial_at(tmp_path, clock) as address, browse_to(address, width) as page:
        last = page.locator(".channel .message").last
        await expect(page.locator(".channel .message").first).to_contain_text("Paper Round · Mon 8 December 2025")
        await expect(page.get_by_role("button", name="40 replies")).to_be_visible()
        await go_to(page, "robotics", width)
        await subscribe_with_the_form(page, width)
        await last.get_by_role("button", name="Preview").click()
        await expect(last).to_contain_text("As things stand 7 of 40 new papers match and 5 go in.")
        await expect(last).to_contain_text("rank 6, past the top 5")
        await picture(page, "preview", width)
        clock.put_forward_to(datetime(2025, 12, 8, 9, 0, 1, tzinfo=UTC))
        await expect(last).to_contain_text("rl · 7 of 40 new papers, best match first", timeout=15_000)
        await expect(last.get_by_role("button", name="5 replies")).to_be_visible(timeout=15_000)
        await last.scroll_into_view_if_needed()
        await picture(page, "edition", width)
        assert await overflow(page) <= 0
        await explain(page, width)
        await follow_the_link(page)
        assert clock() < datetime(2025, 12, 8, 9, 0, 1, tzinfo=UTC) + timedelta(minutes=5)


async def subscribe_with_the_form(page: Page, width: int) -> None:
    """`/papers subscribe` opens the form; what is filled in becomes one line."""
    await ask(page, "/papers subscribe")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Topic or query").fill("rl")
    await dialog.get_by_label("Days").select_option("daily")
    await dialog.get_by_label("Time", exact=True).fill("09:00")
    await dialog.get_by_label("Time zone").fill("UTC")
    await dialog.get_by_label("At most").select_option("top 5")
    await picture(page, "subscribe-form", width)
    await dialog.get_by_role("button", name="Subscribe").click()
    card = page.locator(".channel .message").last
    await expect(card).to_contain_text("Subscribed: rl")
    await expect(card).to_contain_text("rl daily 09:00 UTC top 5")
    await expect(card).to_contain_text("Next edition: Mon 09:00 UTC")
    await expect(card).to_contain_text("7 of 40 new papers match so far.")
    await picture(page, "subscribed", width)


async def explain(page: Page, width: int) -> None:
    """What was posted, what was not and why, what comes next."""
    card = page.locator(".channel .message").last
    await ask(page, "/papers subscriptions")
    await expect(card).to_contain_text("next Tue 09:00 UTC · made by you on 8 Dec 2025")
    await picture(page, "subscriptions", width)
    await ask(page, "/papers why LIBERO")
    await expect(card).to_contain_text("It does not match: it does not say “rl”.")
    await picture(page, "why", width)
    await ask(page, "/papers preview 7")
    await expect(card).to_contain_text("5 of 7 that match")
    await picture(page, "preview-days", width)
    await ask(page, "/papers help")
    await expect(card).to_contain_text("This channel")
    await picture(page, "help", width)
    await ask(page, "/papers status")
    await expect(card).to_contain_text("Next: Tue 09:00 UTC")
    await expect(card.get_by_role("link", name="Mon 8 December 2025")).to_be_visible()
    await picture(page, "status", width)
    assert await overflow(page) <= 0


async def follow_the_link(page: Page) -> None:
    """The status links to the edition: the page opens at it, in its channel."""
    link = page.locator(".channel .message").last.get_by_role("link", name="Mon 8 December 2025")
    href = await link.get_attribute("href")
    assert href is not None
    await page.goto("about:blank")
    await page.goto(href)
    await page.locator("[data-ready]").wait_for()
    await expect(page.locator("[data-channel-name]")).to_contain_text("robotics")
    await expect(page.locator(".message:focus")).to_contain_text("rl · 7 of 40 new papers")
    await page.goto(f"{href}9")
    await expect(page.get_by_text("That message is no longer here")).to_be_visible()
