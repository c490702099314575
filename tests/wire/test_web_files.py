"""Files and private answers on the web page, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

from aiohttp import ClientSession, ClientTimeout

from adapters.web.client import WebAdapter
from bot.cards import Attachment, Button, Buttons, Card, Reply
from bot.model import Invocation
from tests.wire.test_web import Browser
from tests.wire.web_room import PAPERS, web_adapter

TEXT = '@misc{key,\n  title = {<script>alert(1)</script> & "quotes" é 名前},\n}\n'
FILE = Attachment(name='papers "x".bib', media_type="application/x-bibtex", text=TEXT)


async def answer(invocation: Invocation) -> Reply:
    """A file for an export; else a card that says whether only the caller will see it."""
    if "export" in invocation.text:
        return Reply(cards=(Card(title="1 paper as BibTeX"),), attachment=FILE)
    seen = "for you alone" if invocation.private else "for everyone"
    buttons = Buttons((Button("Show all", "/papers abstract #1", effect="update"),))
    return Reply(cards=(Card(title=seen, elements=(buttons,)),))


@asynccontextmanager
async def visit() -> AsyncIterator[tuple[WebAdapter, Browser]]:
    """A browser in front of a started page."""
    adapter = web_adapter()
    await adapter.start(answer)
    try:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            yield adapter, Browser(adapter, session)
    finally:
        await adapter.stop()


async def test_a_file_is_offered_and_kept_as_it_is():
    """The message links to it; the answer is a download of that name, byte for byte, that nothing sniffs or runs."""
    async with visit() as (adapter, browser):
        message = await browser.post("api/invoke", channel=0, command="/papers export bibtex")
        path = f"api/messages/{message['id']}/file"
        assert f'href="/{path}"' in message["html"]
        assert 'download="papers "x".bib"' in unescape(message["html"])
        assert "alert(1)" not in message["html"]
        async with browser.session.get(f"{adapter.address}{path}") as response:
            assert response.status == 200
            assert (await response.read()).decode() == TEXT
            assert response.headers["Content-Type"] == "application/x-bibtex; charset=utf-8"
            assert response.headers["Content-Disposition"].startswith("attachment; filename=")
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_message_without_a_file_has_none():
    """Nor has one that is not there, or was dismissed."""
    async with visit() as (adapter, browser):
        plain = await browser.post("api/invoke", channel=0, command="/paper LIBERO")
        assert "Download" not in plain["html"]
        gone = await browser.post("api/invoke", channel=0, command="/papers export bibtex")
        await browser.post("api/dismiss", message=gone["id"])
        for id in (plain["id"], gone["id"], "x", "..%2f..%2fetc"):
            async with browser.session.get(f"{adapter.address}api/messages/{id}/file") as response:
                assert response.status == 404
                assert "error" in await response.json()


async def test_a_file_is_not_given_to_another_site():
    """A request with another Host or Origin is refused, as all are."""
    async with visit() as (adapter, browser):
        message = await browser.post("api/invoke", channel=0, command="/papers export bibtex")
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
            address = f"{adapter.address}api/messages/{message['id']}/file"
            async with browser.session.get(address, headers=headers) as response:
                assert response.status == 403


async def test_an_answer_is_private_until_it_is_shared():
    """Typed or pressed it is the caller's; shared, or put in place of what others see, it is not."""
    async with visit() as (adapter, browser):
        await adapter.post(PAPERS.ref, Card(title="A card for all"), key="a")
        (public,) = [html.split('data-id="')[1].split('"')[0] for html in await browser.messages()]
        typed = await browser.post("api/invoke", channel=0, command="/paper LIBERO")
        assert "for you alone" in typed["html"]
        again = await browser.post("api/invoke", channel=0, command="/paper #1", effect="update", message=typed["id"])
        assert "for you alone" in again["html"]
        shared = await browser.post("api/invoke", channel=0, command="/paper #1", effect="share", message=typed["id"])
        assert "for everyone" in shared["html"]
        changed = await browser.post("api/invoke", channel=0, command="/papers abstract #1", effect="update", message=public)
        assert "for everyone" in changed["html"]
        reply = await browser.post("api/invoke", channel=0, command="/papers save #1", effect="reply", message=public)
        assert "for you alone" in reply["html"]
        assert "Only visible to you" in reply["html"]
