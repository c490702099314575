"""A headless Chromium for the tests that use the page as a person does."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
from playwright.async_api import Page, async_playwright  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = 1280, 390

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium or google-chrome on this machine")


@asynccontextmanager
async def browse_to(address: str, width: int = WIDE, *, dark: bool = False) -> AsyncIterator[Page]:
    """A page in a browser; fails where the page itself reports an error."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = await browser.new_page(
            viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        await page.goto(address)
        await page.locator("[data-ready]").wait_for()
        yield page
        await browser.close()
        assert errors == []


async def ask(page: Page, command: str) -> None:
    """Type a command and send it."""
    box = page.get_by_role("combobox", name="Type / to ask for papers")
    await box.fill(command)
    await box.press("Escape")
    await box.press("Enter")


async def overflow(page: Page) -> int:
    """By how many pixels anything reaches past the right edge of the window or of a message list."""
    return await page.evaluate(
        """() => Math.max(document.documentElement.scrollWidth - innerWidth,
            ...[...document.querySelectorAll(".stream, .top, dialog")].map((e) => e.scrollWidth - e.clientWidth))"""
    )
