"""The web page in a real browser, from the keyboard, wide and narrow."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.acceptance.browser import NARROW, WIDE, ask, browse_to, needs_chromium, overflow
from tests.wire.web_room import PAPERS, open_room, opener_card

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
from playwright.async_api import Page, expect  # noqa: E402

pytestmark = needs_chromium


@asynccontextmanager
async def browse(width: int = WIDE, *, replies: int = 40, dark: bool = False) -> AsyncIterator[Page]:
    """The page of a pretend engine, in a browser."""
    async with open_room(replies=replies) as adapter, browse_to(adapter.address, width, dark=dark) as page:
        page.adapter = adapter  # type: ignore[attr-defined]
        yield page


async def background(page: Page) -> str:
    """The colour of the page."""
    return await page.evaluate("() => getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_a_command_is_completed_and_sent_from_the_keyboard(width: int):
    """Slash opens the box, the arrow picks a way to go on, Tab takes it, Enter sends, arrow up brings it back."""
    async with browse(width) as page:
        await page.locator("body").click(position={"x": 5, "y": 300})
        await page.keyboard.press("/")
        box = page.get_by_role("combobox", name="Type / to ask for papers")
        await expect(box).to_be_focused()
        await page.keyboard.type("pap")
        options = page.get_by_role("listbox", name="Ways to go on").get_by_role("option")
        await expect(options).to_have_count(4)
        await expect(box).to_have_attribute("aria-expanded", "true")
        for _ in range(4):
            await page.keyboard.press("ArrowDown")
        await expect(options.nth(3)).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Tab")
        await expect(box).to_have_value("/paper LIBERO")
        await expect(options).to_have_count(0)
        await page.keyboard.press("Enter")
        answer = page.locator(".channel .message").last
        await expect(answer.get_by_role("heading")).to_contain_text("LIBERO: Benchmarking")
        await expect(answer).to_contain_text("Only visible to you")
        await expect(page.get_by_role("status")).to_contain_text("LIBERO")
        await page.keyboard.press("ArrowUp")
        await expect(box).to_have_value("/paper LIBERO")


async def test_escape_closes_the_completions_and_enter_sends_what_was_typed():
    """Help never gets in the way of somebody who knows what to type."""
    async with browse() as page:
        box = page.get_by_role("combobox", name="Type / to ask for papers")
        await box.press_sequentially("/papers")
        await expect(page.get_by_role("listbox")).to_be_visible()
        await box.press("Escape")
        await expect(page.get_by_role("listbox")).to_be_hidden()
        await box.press("Enter")
        await expect(page.locator(".channel .message").last).to_contain_text("1–5 of 9")


async def test_paging_happens_in_place_and_keeps_the_keyboard():
    """The list turns its page where it stands, and the same button still has the focus."""
    async with browse() as page:
        await ask(page, "/papers rl")
        answer = page.locator(".channel .message").last
        await expect(answer).to_contain_text("1–5 of 9")
        await answer.get_by_role("button", name="›").press("Enter")
        await expect(answer).to_contain_text("6–9 of 9")
        await expect(answer.get_by_role("button", name="›")).to_be_focused()
        await expect(page.locator(".channel .message")).to_have_count(2)


async def test_a_button_answers_below_and_sharing_tells_the_channel():
    """Reply appends; share is visible to everyone and says who shared it."""
    async with browse() as page:
        await ask(page, "/papers rl")
        await page.locator(".channel .message").last.get_by_role("button", name="1", exact=True).click()
        answer = page.locator(".channel .message").nth(2)
        await expect(answer).to_contain_text("You used /paper #0")
        await answer.get_by_role("button", name="Share").click()
        shared = page.locator(".channel .message").nth(3)
        await expect(shared).to_contain_text("You shared /paper #0")
        await expect(shared).not_to_contain_text("Only visible to you")
        await expect(page.get_by_role("alert")).to_contain_text("Shared in #papers")


async def test_a_dismissed_answer_is_gone_after_loading_again():
    """Dismissing is not only cosmetic."""
    async with browse() as page:
        await ask(page, "/papers rl")
        await page.get_by_role("button", name="Dismiss").click()
        await expect(page.locator(".channel .message")).to_have_count(1)
        await page.reload()
        await expect(page.locator(".channel .message")).to_have_count(1)


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_a_form_is_filled_in_and_answered(width: int):
    """The dialog takes the focus, Escape gives it back, Enter submits."""
    async with browse(width) as page:
        await ask(page, "/papers rl")
        narrow = page.get_by_role("button", name="Narrow")
        await narrow.click()
        dialog = page.get_by_role("dialog", name="Search papers")
        await expect(dialog.get_by_label("Words")).to_be_focused()
        assert await overflow(page) <= 0
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await expect(narrow).to_be_focused()
        await narrow.click()
        await dialog.get_by_label("Words").fill("world model")
        await dialog.get_by_label("Since").fill("2025-06-01")
        await dialog.get_by_label("Order").select_option("Newest")
        await page.keyboard.press("Tab")
        await dialog.get_by_role("button", name="Search", exact=True).press("Enter")
        await expect(dialog).to_be_hidden()
        await expect(page.locator(".channel .message").last).to_contain_text(
            "Searched: /papers search world model since:2025-06-01 sort:new"
        )


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_the_thread_opens_answers_and_closes(width: int):
    """A button in the panel is answered right under its card; Escape gives the focus back to the replies."""
    async with browse(width) as page:
        replies = page.get_by_role("button", name=re.compile("40 replies"))
        await replies.click()
        panel = page.get_by_role("complementary", name="Thread")
        await expect(panel.locator(".message")).to_have_count(41)
        await panel.get_by_role("button", name="Similar").nth(1).click()
        await expect(panel.locator(".message").nth(3)).to_contain_text("You used /papers similar 1")
        await panel.get_by_role("button", name="Abstract").first.click()
        await expect(panel.locator(".message").nth(1)).to_contain_text("This benchmark asks how much")
        assert await overflow(page) <= 0
        await page.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        await expect(replies).to_be_focused()


async def test_the_view_of_a_platform_shows_its_payload_and_back():
    """Slack and Discord: a likeness and the exact JSON; the choice survives loading again."""
    async with browse() as page:
        for platform in ("Slack", "Discord"):
            await page.locator(".views").get_by_text(platform).click()
            summary = page.get_by_text(f"Payload for {platform}")
            await summary.click()
            await expect(page.locator("pre")).to_contain_text('"blocks"' if platform == "Slack" else '"components"')
        await page.reload()
        await expect(page.get_by_text("Payload for Discord")).to_be_visible()
        await page.get_by_role("radio", name="Discord").press("ArrowRight")  # comes round to the first
        await expect(page.locator(".channel .card")).to_be_visible()


async def test_a_post_appears_without_loading_again():
    """What is posted shows up at once, a dot tells of it in the channel one is not in, and a dead link is said."""
    async with browse(replies=0) as page:
        await expect(page.get_by_role("heading", name="Nothing in #papers yet")).to_be_visible()
        await page.wait_for_function("() => document.querySelector('[data-offline]').hidden")
        await page.adapter.post(PAPERS.ref, opener_card(), key="one")  # type: ignore[attr-defined]
        await expect(page.locator(".channel .message")).to_have_count(1)
        await page.get_by_role("button", name="robots").click()
        await expect(page.get_by_role("heading", name="Nothing in #robots yet")).to_be_visible()
        await page.adapter.post(PAPERS.ref, opener_card(), key="two")  # type: ignore[attr-defined]
        await expect(page.get_by_role("button", name="papers has new messages")).to_be_visible()
        await page.adapter.stop()  # type: ignore[attr-defined]
        await expect(page.get_by_text("Not connected")).to_be_visible()
        await ask(page, "/papers rl")
        await expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        await expect(page.get_by_role("combobox", name="Type / to ask for papers")).to_have_value("/papers rl")


async def test_an_example_of_an_empty_channel_can_be_pressed():
    """A newcomer's first answer is one press away."""
    async with browse(replies=0) as page:
        await page.get_by_role("button", name="/papers rl").click()
        await expect(page.locator(".channel .message")).to_contain_text("You used /papers rl")


async def test_hostile_words_stay_words():
    """No title becomes an element, in cards, in likenesses and in what was typed."""
    async with browse() as page:
        await ask(page, "/papers all")
        await expect(page.locator(".channel .message").last).to_contain_text("<projektor> @everyone <!channel>")
        await ask(page, "<img src=x onerror=alert(1)>")
        await expect(page.locator(".said").last).to_have_text("<img src=x onerror=alert(1)>")
        assert await page.locator("img[src=x]").count() == 0


async def test_a_menu_opens_and_closes_from_the_keyboard():
    """Enter opens it, Escape closes it, a choice is answered."""
    async with browse() as page:
        await ask(page, "/papers all")
        menu = page.locator("details.menu summary")
        await menu.press("Enter")
        await expect(page.get_by_role("button", name="World models")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="World models")).to_be_hidden()
        await menu.press("Enter")
        await page.get_by_role("button", name="Robotics").press("Enter")
        await expect(page.locator(".channel .message").last).to_contain_text("You used /papers robotics")


async def test_dark_colours_follow_the_system_and_the_switch():
    """The switch wins over the system and is remembered."""
    async with browse(dark=True) as page:
        dark = await background(page)
        await page.get_by_role("button", name="Dark colours").click()
        light = await background(page)
        assert dark != light
        await page.reload()
        assert await background(page) == light


@pytest.mark.parametrize("width", [NARROW, 360])
async def test_nothing_scrolls_sideways_on_a_phone(width: int):
    """Cards, lists, payloads and the drawer all fit."""
    async with browse(width) as page:
        for command in ("/papers all", "/papers rl", "/paper " + "x" * 200):
            await ask(page, command)
        await expect(page.locator(".channel .message")).to_have_count(4)
        assert await overflow(page) <= 0
        await page.locator(".views").get_by_text("Slack").click()
        await page.get_by_text("Payload for Slack").last.click()
        assert await overflow(page) <= 0
        await page.get_by_role("button", name="Channels").click()
        await page.get_by_role("button", name="robots").click()
        await expect(page.get_by_role("heading", name="Nothing in #robots yet")).to_be_visible()
        assert await overflow(page) <= 0
