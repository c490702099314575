"""`paperround try` as a newcomer meets it: the real command, its page in a real browser, wide and narrow."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.browser import NARROW, WIDE, ask, browse_to, needs_chromium, overflow

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
from playwright.async_api import Page, expect  # noqa: E402

pytestmark = needs_chromium
SHOTS = os.environ.get("TEST_SHOTS", "")


@asynccontextmanager
async def trial() -> AsyncIterator[str]:
    """The address of a running `paperround try`, which is stopped as a person stops it."""
    command = Path(sys.executable).with_name("paperround")
    process = await asyncio.create_subprocess_exec(
        str(command), "try", "--no-browser", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, line + (await process.stderr.read()).decode()
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 20)
        complaints = (await process.stderr.read()).decode()
        process._transport.close()  # type: ignore[attr-defined] # asyncio leaves the pipes to the collector otherwise
    assert process.returncode in (0, 130)
    assert "Traceback" not in complaints


async def picture(page: Page, name: str, width: int) -> None:
    """Keep a screenshot where the person who runs the tests asks for it."""
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png")


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_a_newcomer_reads_the_thread_asks_and_pages(width: int):
    """The day's thread is there; a completed command gives a card, its buttons answer, the list turns its page, a form finds."""
    async with trial() as address, browse_to(address, width) as page:
        await expect(page.locator(".message").first).to_contain_text("40 new papers")
        await picture(page, "channel", width)
        await page.get_by_role("button", name=re.compile("40 replies")).click()
        thread = page.locator("[data-thread-panel]")
        await expect(thread.locator(".message")).to_have_count(41)
        await expect(thread.get_by_text("LIBERO: Benchmarking Knowledge Transfer").last).to_be_attached()
        await picture(page, "thread", width)
        await page.keyboard.press("Escape")
        await complete_a_name(page)
        await picture(page, "paper", width)
        await turn_a_page(page)
        await picture(page, "list", width)
        await refine(page)
        assert await overflow(page) <= 0


async def complete_a_name(page: Page) -> None:
    """`/pap` offers the commands, `/paper LIB` the name; the card's own button unfolds the abstract in place."""
    box = page.get_by_role("combobox", name="Type / to ask for papers")
    options = page.get_by_role("listbox", name="Ways to go on").get_by_role("option")
    await box.press_sequentially("/pap")
    await expect(options.first).to_contain_text("/papers")
    await box.fill("")
    await box.press_sequentially("/paper LIB")
    await expect(options.first).to_contain_text("LIBERO")
    await box.press("ArrowDown")
    await box.press("Tab")
    await expect(box).to_have_value("/paper LIBERO")
    await box.press("Enter")
    card = page.locator(".channel .message").last
    await expect(card.get_by_role("heading")).to_have_text("LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning")
    await expect(card).to_contain_text("7 authors · 5 Jun 2023")
    short = len(await card.inner_text())
    await card.locator("summary", has_text="Abstract").click()
    await expect(card.locator(".fold .text")).to_be_visible()
    assert len(await card.inner_text()) > short


async def turn_a_page(page: Page) -> None:
    """The list of `/papers rl` turns its page where it stands, and a number opens that paper."""
    await ask(page, "/papers rl")
    card = page.locator(".channel .message").last
    await expect(card).to_contain_text("1–5 of 7")
    count = await page.locator(".channel .message").count()
    await card.get_by_role("button", name="Next").click()
    await expect(card).to_contain_text("6–7 of 7")
    assert await page.locator(".channel .message").count() == count
    await card.get_by_role("button", name="7", exact=True).click()
    await expect(page.locator(".channel .message").last.get_by_role("button", name="Similar")).to_be_visible()


async def refine(page: Page) -> None:
    """The form of a list makes a working command, and the payloads for Slack and Discord can be seen."""
    await ask(page, "/papers learning")
    await page.locator(".channel .message").last.get_by_role("button", name="Refine").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label(re.compile("^Words"))).to_have_value("learning")
    await dialog.get_by_label("Published since").fill("2025-01-01")
    await dialog.get_by_label("Order").select_option("new")
    await dialog.get_by_role("button", name="Search").click()
    answer = page.locator(".channel .message").last
    await expect(answer).to_contain_text("newest first")
    await expect(answer).to_contain_text("Soft Adaptive Policy Optimization")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_text("Slack", exact=True).click()
    await expect(answer).to_contain_text('"blocks"')
    await page.get_by_text("Discord", exact=True).click()
    await expect(answer).to_contain_text('"components"')
