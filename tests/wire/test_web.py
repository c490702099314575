"""The web page over real HTTP: who may ask, what is answered, what is never answered."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, ClientTimeout

from adapters.web import timeline
from adapters.web.client import WebAdapter
from adapters.web.records import Message
from adapters.web.timeline import Timeline
from bot.cards import Button, Card, Fold, Form, Input, Reply, Row, Span
from bot.errors import AdapterError, ChannelGone, ThreadGone
from bot.model import ChannelRef, Invocation, MessageRef
from tests.wire.web_room import HOSTILE, PAPERS, QUIET, fake_answer, open_room, opener_card, paper_card, web_adapter

OWN = {"X-Paperround": "1"}


class Browser:
    """Asks a page the way its own scripts do."""

    def __init__(self, adapter: WebAdapter, session: ClientSession) -> None:
        self.adapter = adapter
        self.session = session

    async def get(self, path: str, **query: str):
        """The JSON at a path."""
        async with self.session.get(f"{self.adapter.address}{path}", params=query) as response:
            return await response.json()

    async def post(self, path: str, status: int = 200, **body: object):
        """The JSON answer to a POST, once its status is as expected."""
        data = BytesIO(json.dumps(body).encode())  # a stream, since some bodies are large
        headers = {**OWN, "Content-Type": "application/json"}
        async with self.session.post(f"{self.adapter.address}{path}", data=data, headers=headers) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def messages(self, n: int = 0, **query: str) -> list[str]:
        """The HTML of each message of a channel."""
        answer = await self.get(f"api/channels/{n}/messages", **query)
        return list(answer["messages"])


EVERY_KIND = Form(
    title="Subscribe",
    command="/papers subscribe",
    inputs=(
        Input(name="time", label="Time", kind="time", value="09:00"),
        Input(name="zone", label="Time zone", kind="zone", value="UTC"),
        Input(name="where", label="Channel", kind="channel"),
        Input(name="text", label="Digest", kind="document"),
    ),
)


@asynccontextmanager
async def visit(*, replies: int = 0) -> AsyncIterator[Browser]:
    """A browser in front of a started page."""
    async with open_room(replies=replies) as adapter, ClientSession(timeout=ClientTimeout(total=10)) as session:
        yield Browser(adapter, session)


async def next_event(response: ClientResponse) -> tuple[str, dict[str, Any]]:
    """The next server-sent event: its name and its JSON."""
    name = ""
    while True:
        line = (await asyncio.wait_for(response.content.readline(), 5)).decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))


async def test_the_page_holds_the_daily_thread_before_any_script_runs():
    """A newcomer sees the day's opener, its replies counted, the channels and the sample note."""
    async with visit(replies=40) as browser, browser.session.get(browser.adapter.address) as response:
        page = await response.text()
    assert response.status == 200
    assert "Paper Round · Mon 8 December 2025" in page
    assert "40 replies" in page
    assert "robots" in page
    assert "Nothing leaves this machine." in page


async def test_every_answer_carries_the_protective_headers():
    """Pages, scripts, refusals and errors alike may not be framed, sniffed or scripted from elsewhere."""
    async with visit() as browser:
        for path in ("", "static/main.js", "healthz", "nowhere", "api/channels/99/messages"):
            async with browser.session.get(f"{browser.adapter.address}{path}") as response:
                policy = response.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Referrer-Policy"] == "no-referrer"


async def test_the_page_has_no_inline_script_style_or_handler():
    """What the content policy forbids is not there in the first place."""
    async with visit(replies=3) as browser, browser.session.get(browser.adapter.address) as response:
        page = await response.text()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')


async def test_a_foreign_host_header_is_refused():
    """A name that was rebound to 127.0.0.1 cannot read the page."""
    async with visit() as browser:
        for host in ("evil.example", "127.0.0.1:1", "localhost"):
            async with browser.session.get(browser.adapter.address, headers={"Host": host}) as response:
                assert response.status == 403
        port = browser.adapter.address.rsplit(":", 1)[1].rstrip("/")
        async with browser.session.get(browser.adapter.address, headers={"Host": f"localhost:{port}"}) as response:
            assert response.status == 200


async def test_another_origin_is_refused_and_the_own_one_is_not():
    """A web site open in the same browser cannot use the page."""
    async with visit() as browser:
        body = {"channel": 0, "command": "/papers rl"}
        own = browser.adapter.address.rstrip("/")
        for origin, status in (("https://evil.example", 403), ("null", 403), (own, 200)):
            async with browser.session.post(f"{own}/api/invoke", json=body, headers={**OWN, "Origin": origin}) as response:
                assert response.status == status


async def test_a_post_without_the_own_header_is_refused():
    """A form on another page cannot set that header, so it cannot type commands here."""
    async with visit() as browser:
        async with browser.session.post(f"{browser.adapter.address}api/invoke", data="{}") as response:
            assert response.status == 403
        assert await browser.messages() == []


async def test_a_command_is_answered_for_you_alone_under_what_you_used():
    """The answer shows the command, stays private and is kept in the channel."""
    async with visit() as browser:
        answer = await browser.post("api/invoke", channel=0, command="/papers rl")
        kept = await browser.messages()
    assert "rl · 1–5 of 9" in answer["html"]
    assert "Only visible to you" in answer["html"]
    assert "<code>/papers rl</code>" in answer["html"]
    assert kept == [answer["html"]]


async def test_plain_words_are_said_by_you_and_get_a_hint():
    """What is no command appears as your own message, and the engine's hint after it."""
    async with visit() as browser:
        await browser.post("api/invoke", channel=0, command="hello there")
        said, hint = await browser.messages()
    assert 'data-author="you"' in said
    assert "hello there" in said
    assert "Commands begin with a slash" in hint


async def test_update_changes_the_message_in_place():
    """Paging keeps the message's id and its visibility, and counts the revision up."""
    async with visit() as browser:
        first = await browser.post("api/invoke", channel=0, command="/papers rl")
        second = await browser.post("api/invoke", channel=0, command="/papers rl page:2", effect="update", message=first["id"])
        kept = await browser.messages()
    assert second["id"] == first["id"]
    assert "rl · 6–9 of 9" in kept[0]
    assert 'data-revision="1"' in kept[0]
    assert "Only visible to you" in kept[0]
    assert len(kept) == 1


async def test_update_of_a_message_that_is_gone_answers_anew():
    """A button on a forgotten message still does what it says."""
    async with visit() as browser:
        answer = await browser.post("api/invoke", channel=0, command="/papers rl", effect="update", message="old-1")
    assert "rl · 1–5 of 9" in answer["html"]


async def test_share_posts_the_answer_to_everyone():
    """A private answer, shared, is a channel message that says who shared it."""
    async with visit() as browser:
        answer = await browser.post("api/invoke", channel=0, command="/papers rl", effect="share")
    assert answer["shared"] is True
    assert "Only visible to you" not in answer["html"]
    assert "You</span> shared <code>/papers rl</code>" in answer["html"]


async def test_a_form_is_filled_in_by_the_cards_own_rules():
    """The server builds the command from the form it kept; the page only sends values."""
    async with visit() as browser:
        opened = await browser.post("api/invoke", channel=0, command="/papers form", effect="form")
        token = opened["form"].split('data-form="')[1].split('"')[0]
        values = {"words": "world  model", "since": "2025-06-01", "sort": "best", "command": "/papers break"}
        answer = await browser.post("api/form", form=token, values=values)
        unknown = await browser.post("api/form", status=410, form="nothing", values={})
        broken = await browser.post("api/form", status=400, form=token, values=["x"])
    assert "Searched: /papers search world model since:2025-06-01 sort:best" in answer["html"]
    assert "no longer open" in unknown["error"]
    assert "could not be read" in broken["error"]


async def test_a_form_hands_a_whole_document_over():
    """Two megabytes, far more than other requests may have; its name comes too; what is larger still is refused."""
    async with visit() as browser:
        opened = await browser.post("api/invoke", channel=0, command="/papers import", effect="form")
        token = opened["form"].split('data-form="')[1].split('"')[0]
        answer = await browser.post("api/form", form=token, values={"document": "a “paper”\n" * 150_000}, file="2025-12-08.txt")
        refused = await browser.post("api/form", status=413, form=token, values={"document": "x" * 6_000_000})
        elsewhere = await browser.post("api/invoke", status=413, channel=0, command="x" * 600_000)
    assert '<textarea id="input-1" name="document"' in opened["form"]
    assert "2100000 bytes of 2025-12-08.txt" in answer["html"]
    assert "A document may have 2 MB" in refused["error"]
    assert "Nothing was changed" in elsewhere["error"]


async def test_a_list_folds_text_and_keeps_further_commands_behind_the_first():
    """An abstract opens in place, further commands of an entry are a menu, an id of a person is plain text."""
    spans = (Span("rl", "bold"), Span(" made by "), Span("U012<b>", "user", "https://evil.example"))
    row = Row(spans, Button("Change", "/papers subscribe #1"), (Button("Stop", "/papers unsubscribe #1"),))
    fold = Fold("Abstract", (Span("all of <it>"),), Button("Show all", "/papers abstract #1"))

    async def answer(_invocation: Invocation) -> Reply:
        return Reply(cards=(Card(title="T", elements=(row, fold)),))

    adapter = web_adapter()
    await adapter.start(answer)
    async with ClientSession(timeout=ClientTimeout(total=10)) as session:
        html = (await Browser(adapter, session).post("api/invoke", channel=0, command="/papers"))["html"]
    await adapter.stop()
    assert '<details class="fold"><summary>Abstract</summary><p class="text">all of &lt;it&gt;</p></details>' in html
    assert html.index("Change</button>") < html.index('<details class="menu">') < html.index("Stop</button>")
    assert "U012&lt;b&gt;" in html
    assert "evil.example" not in html
    assert "Show all" not in html


async def test_a_form_that_asks_for_a_channel_acts_there_and_hands_over_what_was_pasted():
    """Channel and text go beside the command; a channel that is none of the page's is the one the form was opened in."""
    asked: list[Invocation] = []

    async def answer(invocation: Invocation) -> Reply:
        asked.append(invocation)
        return Reply(form=EVERY_KIND) if invocation.text == "/papers form" else Reply(cards=(Card(title=invocation.text),))

    adapter = web_adapter()
    await adapter.start(answer)
    async with ClientSession(timeout=ClientTimeout(total=10)) as session:
        browser = Browser(adapter, session)
        opened = await browser.post("api/invoke", channel=0, command="/papers form", effect="form")
        token = opened["form"].split('data-form="')[1].split('"')[0]
        values = {"time": "07:30", "zone": "Asia/Tokyo", "where": "1", "text": "1. A paper\n2. Ünother"}
        there = await browser.post("api/form", form=token, values=values)
        here = await browser.post("api/form", form=token, values={"where": "7"})
    await adapter.stop()
    assert 'type="time" value="09:00"' in opened["form"]
    assert '<option value="Europe/Berlin"></option>' in opened["form"]
    assert '<option value="0" selected>#papers</option>' in opened["form"]
    assert "<textarea" in opened["form"]
    assert (there["channel"], here["channel"]) == (1, 0)
    assert asked[1].channel == QUIET.ref
    assert asked[1].text == "/papers subscribe 07:30 Asia/Tokyo"
    assert asked[1].document.decode() == "1. A paper\n2. Ünother"
    assert (asked[2].channel, asked[2].document) == (PAPERS.ref, b"")


async def test_hostile_words_are_shown_as_they_are():
    """No paper title becomes an element, a mention or a script link; links lead only to the web."""
    async with visit() as browser:
        answer = await browser.post("api/invoke", channel=0, command="/papers all")
        echoed = await browser.post("api/invoke", channel=0, command="/papers search <script>alert(1)</script>")
    html = answer["html"]
    assert "&lt;img src=x onerror=alert(1)&gt; &lt;projektor&gt; @everyone &lt;!channel&gt; *not bold*" in html
    assert "<img src=x" not in html
    assert "javascript:" not in html
    assert html.count("<a ") == html.count('target="_blank" rel="noopener noreferrer"')
    assert "<script>" not in echoed["html"]
    assert HOSTILE in unescape(html)


async def test_a_failure_is_a_sentence_and_never_a_trace():
    """Whatever breaks inside, the page learns no detail."""
    async with visit() as browser:
        answer = await browser.post("api/invoke", status=500, channel=0, command="/papers break")
    assert answer == {"error": "Something broke on our side. Nothing was changed; try again."}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"channel": 0, "command": "/" + "x" * 2000}, 400),
        ({"channel": 0, "command": "   "}, 400),
        ({"channel": 7, "command": "/papers"}, 404),
        ({"channel": "0", "command": "/papers"}, 404),
        ({"channel": 0, "command": "/papers", "effect": "destroy"}, 400),
        ({"channel": 0, "command": "/papers " + "x" * 600_000}, 413),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_words(body: dict[str, Any], status: int):
    """Too long, empty, nowhere, unknown: each is told, none is run."""
    async with visit() as browser:
        answer = await browser.post("api/invoke", status=status, **body)
        assert answer["error"].endswith((".", "; send less at once."))
        assert await browser.messages() == []


async def test_a_body_that_is_not_json_is_refused():
    """Neither broken JSON nor a bare list reaches the engine."""
    async with visit() as browser:
        for body in ("{", "[]"):
            url = f"{browser.adapter.address}api/invoke"
            async with browser.session.post(url, data=body, headers=OWN) as response:
                assert response.status == 400


async def test_the_same_key_never_posts_twice():
    """Posting again under a key gives the first message back."""
    async with visit() as browser:
        first = await browser.adapter.post(PAPERS.ref, opener_card(), key="2025-12-08 opener")
        again = await browser.adapter.post(PAPERS.ref, Card(title="Another"), key="2025-12-08 opener")
        assert again == first
        assert len(await browser.messages()) == 1


async def test_a_thread_holds_its_opener_and_its_replies():
    """Replies stand in the thread, not in the channel; the opener counts them."""
    async with visit(replies=3) as browser:
        (opener,) = await browser.messages()
        token = opener.split('data-id="')[1].split('"')[0]
        inside = await browser.messages(thread=token)
        await browser.post("api/invoke", channel=0, command="/paper LIBERO", thread=token)
        after = await browser.messages(thread=token)
    assert "3 replies" in opener
    assert len(inside) == 4
    assert len(after) == 5
    assert "Only visible to you" in after[-1]
    assert "3 replies" in after[0]


async def test_an_answer_in_a_thread_stands_under_the_button_that_asked():
    """Forty cards down, nobody loses their place; what everyone sees stays at the end."""
    async with visit(replies=3) as browser:
        (opener,) = await browser.messages()
        token = opener.split('data-id="')[1].split('"')[0]
        pressed = (await browser.messages(thread=token))[1].split('data-id="')[1].split('"')[0]
        await browser.post("api/invoke", channel=0, command="/paper LIBERO", thread=token, message=pressed)
        await browser.post("api/invoke", channel=0, command="/papers all", thread=token, message=pressed)
        after = await browser.messages(thread=token)
    assert "<code>/paper LIBERO</code>" in after[2]
    assert "<code>/papers all</code>" in after[5]


async def test_posting_where_nothing_is_raises_channel_gone():
    """An unknown channel and a forgotten thread are told apart from a failure."""
    adapter = web_adapter()
    elsewhere = ChannelRef(platform="web", workspace="team", channel="nowhere")
    gone = MessageRef(channel=PAPERS.ref, message="m1")
    with pytest.raises(ChannelGone, match="has no channel"):
        await adapter.post(elsewhere, opener_card(), key="a")
    with pytest.raises(ThreadGone, match="no longer holds that thread"):
        await adapter.post(PAPERS.ref, opener_card(), thread=gone, key="b")
    with pytest.raises(ChannelGone, match="has no channel"):
        await adapter.tell(elsewhere, "you", opener_card())


async def test_a_posted_message_has_a_link_to_it():
    """The link names channel, thread and message, at the page's own address; before the page is open there is none."""
    early = web_adapter()
    assert (await early.post(PAPERS.ref, opener_card(), key="a")).url is None
    async with visit() as browser:
        opener = await browser.adapter.post(QUIET.ref, opener_card(), key="a")
        reply = await browser.adapter.post(QUIET.ref, paper_card(0), thread=opener, key="b")
        assert opener.url == f"{browser.adapter.address}#/1//{opener.message}"
        assert reply.url == f"{browser.adapter.address}#/1/{opener.message}/{reply.message}"


async def test_what_one_person_is_told_only_they_see():
    """A card to the maker of a subscription stands in its channel as only visible to them."""
    async with visit() as browser:
        await browser.adapter.tell(PAPERS.ref, "you", Card(title="Your daily papers are paused"))
        (told,) = await browser.messages()
    assert "Your daily papers are paused" in told
    assert "Only visible to you" in told


async def test_a_command_carries_the_zone_of_the_browser():
    """So that 09:00 means the clock of the person who types it; one that is far too long is cut."""
    asked: list[Invocation] = []

    async def answer(invocation: Invocation) -> Reply:
        asked.append(invocation)
        return Reply(cards=(Card(title="Heard"),))

    adapter = web_adapter()
    await adapter.start(answer)
    try:
        headers = {"X-Paperround": "1"}
        async with ClientSession(adapter.address, headers=headers) as session:
            for zone in ("Europe/Berlin", "x" * 500, None, 7):
                body = {"channel": 0, "command": "/papers", "zone": zone}
                async with session.post("/api/invoke", json=body) as response:
                    assert response.status == 200
    finally:
        await adapter.stop()
    assert [one.zone for one in asked] == ["Europe/Berlin", "x" * 64, "", ""]


async def test_a_dismissed_answer_is_gone_and_a_public_one_stays():
    """Only what nobody else sees can be dismissed."""
    async with visit(replies=1) as browser:
        mine = await browser.post("api/invoke", channel=0, command="/papers rl")
        await browser.post("api/dismiss", message=mine["id"])
        (opener,) = await browser.messages()
        await browser.post("api/dismiss", status=400, message=opener.split('data-id="')[1].split('"')[0])
        await browser.post("api/dismiss", status=404, message=mine["id"])


async def test_a_post_reaches_open_pages_at_once():
    """The event stream begins with ready and then tells of what is posted, in the view asked for."""
    async with visit() as browser:
        url = f"{browser.adapter.address}api/events?view=Slack"
        async with browser.session.get(url) as response:
            assert response.content_type == "text/event-stream"
            assert (await next_event(response))[0] == "ready"
            ref = await browser.adapter.post(QUIET.ref, opener_card(), key="x")
            name, told = await next_event(response)
    assert (name, told["id"], told["channel"]) == ("message", ref.message, 1)
    assert "Payload for Slack" in told["html"]


async def test_stopping_ends_open_streams_at_once():
    """Stop does not wait for pages that are still open."""
    async with visit() as browser, browser.session.get(f"{browser.adapter.address}api/events") as response:
        await next_event(response)
        began = asyncio.get_running_loop().time()
        await browser.adapter.stop()
        assert asyncio.get_running_loop().time() - began < 1
        rest = await asyncio.wait_for(response.content.read(), 2)
        assert b"event: message" not in rest


async def test_pages_that_close_give_their_place_back(monkeypatch: pytest.MonkeyPatch):
    """Streams are bounded, and a closed one does not hold its place."""
    monkeypatch.setattr(timeline, "WATCHERS", 1)
    async with visit() as browser:
        url = f"{browser.adapter.address}api/events"
        async with browser.session.get(url) as first:
            await next_event(first)
            async with browser.session.get(url) as second:
                assert second.status == 503
        for _ in range(40):
            async with browser.session.get(url) as third:
                if third.status == 200:
                    break
            await asyncio.sleep(0.1)
        assert third.status == 200


async def test_completions_come_as_they_are():
    """The page gets value, label and hint, and nothing for an endless line or a channel that is none."""
    async with visit() as browser:
        found = await browser.get("api/complete", text="/pap")
        assert await browser.get("api/complete", text="/" * 3000) == []
        for channel in ("9", "-1", "x", "00000000001"):
            assert "no such channel" in (await browser.get("api/complete", text="/pap", channel=channel))["error"]
    assert found[0] == {"value": "/papers ", "label": "/papers", "hint": "search everything ever delivered"}


async def test_a_platforms_view_shows_its_exact_payload():
    """The payload is the preview's own JSON, escaped, beside a likeness of it; an unknown view shows the cards."""
    async with visit() as browser:
        answer = await browser.post("api/invoke", channel=0, command="/papers rl")
        slack = (await browser.get("api/preview", message=answer["id"], view="Slack"))["html"]
        discord = (await browser.messages(view="Discord"))[0]
        plain = (await browser.messages(view="Telegraph"))[0]
    assert "&#34;type&#34;: &#34;header&#34;" in slack
    assert "<strong>A title</strong></a> &lt;b&gt; <code>x</code>" in slack
    assert "<strong>bold</strong> and *stars*" in discord
    assert "Payload for" not in plain


async def test_an_empty_channel_says_what_to_type():
    """No messages: examples that can be pressed."""
    async with visit() as browser:
        answer = await browser.get("api/channels/1/messages")
    assert answer["messages"] == []
    assert 'data-chip="/papers rl"' in answer["empty"]
    assert "shown until Paper Round stops" in answer["empty"]
    assert "by themselves" not in answer["empty"]  # nothing does where nobody has subscribed


async def test_a_taken_port_says_what_to_do():
    """The error names the port and the way out; nothing is left running."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        adapter = web_adapter(port=taken.getsockname()[1])
        with pytest.raises(AdapterError, match=r"already in use.*choose another port"):
            await adapter.start(fake_answer)


async def test_run_serves_until_cancelled():
    """Run opens the page and closes it again."""
    adapter = web_adapter()
    serving = asyncio.create_task(adapter.run(fake_answer))
    async with ClientSession() as session:
        while adapter.address.endswith(":0/"):  # noqa: ASYNC110  (run() has nothing to wait on, by design)
            await asyncio.sleep(0.01)
        async with session.get(f"{adapter.address}healthz") as response:
            assert await response.json() == {"status": "ok"}
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        with pytest.raises(OSError, match="connect"):
            await session.get(f"{adapter.address}healthz")


def test_the_oldest_messages_leave_first_and_take_their_threads_along(monkeypatch: pytest.MonkeyPatch):
    """Memory is bounded: what falls out of a channel is gone with its replies."""
    monkeypatch.setattr(timeline, "KEPT", 2)
    log = Timeline()
    now = web_adapter()._now()
    first = log.add(Message(channel=0, sent_at=now))
    reply = log.add(Message(channel=0, thread=first.id, sent_at=now))
    rest = [log.add(Message(channel=0, sent_at=now)) for _ in range(2)]
    assert [message.id for message in log.listing(0)] == [message.id for message in rest]
    assert log.get(first.id) is None
    assert log.get(reply.id) is None


async def test_a_page_that_falls_behind_is_sent_away(monkeypatch: pytest.MonkeyPatch):
    """A full backlog ends the stream, so the page loads afresh instead of missing something."""
    monkeypatch.setattr(timeline, "BACKLOG", 2)
    log = Timeline()
    with log.watch() as queue:
        assert queue is not None
        for _ in range(3):
            log.add(Message(channel=0, sent_at=web_adapter()._now()))
        assert await queue.get() is None
