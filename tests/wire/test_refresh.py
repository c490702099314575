"""Sources asked over a real connection, with the real database: what servers do wrong loses nothing and mends itself."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot import digest
from bot.app import App, open_app
from bot.digest.format import Document, Format
from bot.model import Digest, Entry, Identifier
from bot.origins import Page
from bot.refresh import Refreshed, Refresher, make_refresher
from bot.sources.client import Client
from bot.sources.days import weekdays
from bot.sources.pace import Pace
from bot.stopping import until
from tests.unit.test_serve import settings_in
from tests.wire.source_server import Handler, SourceServer, listing, papers, reached, record, source_server

MONDAY = datetime(2025, 11, 24, 12, tzinfo=UTC)


class Desk:
    """A database, a clock that the test sets, and refreshers on it as different processes would have them."""

    def __init__(self, app: App, pool: ThreadPoolExecutor) -> None:
        self.app = app
        self.pool = pool
        self.now = MONDAY
        self.clock: Callable[[], datetime] = lambda: self.now

    def refresher(self, owner: str = "one") -> Refresher:
        """A refresher."""
        app = self.app
        return make_refresher(app.settings, app.origins, app.library, app.notes, pool=self.pool, owner=owner, now=self.clock)

    async def refresh(self, after: timedelta = timedelta(), owner: str = "one") -> list[Refreshed]:
        """Ask what is due once that much time has passed."""
        self.now += after
        with capture_logs():
            return await self.refresher(owner).refresh_due()

    def votes(self) -> dict[str, int | None]:
        """The votes of every paper, by its title."""
        return {one.paper.title: one.paper.metrics.upvotes for one in self.app.library.store.changed_since(0, 10_000)}


@contextmanager
def desk_at(folder: Path, server: SourceServer) -> Iterator[Desk]:
    """A desk whose Hugging Face and arXiv are on this server."""
    arxiv = f"http://localhost:{server.port}"
    settings = settings_in(folder, hf_url=server.url, arxiv_url=arxiv, arxiv_api_url=arxiv)
    with open_app(settings) as app, ThreadPoolExecutor(6) as pool:
        yield Desk(app, pool)


def add(desk: Desk, kind: str = "hf", address: str = "", *days: str) -> int:
    """Add a source; its pages are due now."""
    source = desk.app.origins.add(kind, address, by="test", now=desk.now)  # type: ignore[arg-type]
    assert source is not None
    desk.app.origins.begin(source.id, days, desk.now)
    return source.id


def lists(of_day: Callable[[str], list[dict[str, Any]]]) -> Handler:
    """Hugging Face with these lists, 50 a page at most, as a server that does not know our limit."""

    async def handler(request: web.Request) -> web.StreamResponse:
        page = int(request.query["p"])
        return papers(listing(*of_day(request.query["date"])[page * 50 : page * 50 + 50]))

    return handler


async def test_a_new_source_begins_with_the_last_days_and_goes_on_by_itself(tmp_path: Path):
    """Monday to Friday only; the newest first; later days begin when they come, whoever asks and however late."""
    async with source_server(lists(lambda day: [record(int(day[-2:]))])) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk)
            done = await desk.refresh()
            assert server.days == ["2025-11-24", "2025-11-21", "2025-11-20"]
            assert [one.receipt.added for one in done if one.receipt] == [1, 1, 1]
            assert desk.app.library.store.listed_on(date(2025, 11, 21)) != []
            assert desk.app.library.index.titles_like("number 21 about robots", limit=3)
            server.asked.clear()
            assert await desk.refresh(timedelta(minutes=14)) == []
            await desk.refresh(timedelta(minutes=2))
            assert server.days == ["2025-11-24"]
            server.asked.clear()
            await desk.refresh(timedelta(days=30), owner="another")
            assert set(server.days) >= {day.isoformat() for day in weekdays(date(2025, 11, 25), date(2025, 12, 24))}


async def test_48_days_fetched_again_with_grown_lists_add_only_what_is_new(tmp_path: Path):
    """New papers and votes are taken in; nothing is there twice; every day's list holds what it held."""
    days = [day.isoformat() for day in weekdays(date(2025, 9, 18), date(2025, 11, 24))]
    assert len(days) == 48
    grown = False

    def of_day(day: str) -> list[dict[str, Any]]:
        first = days.index(day) * 100
        return [record(first + number, upvotes=9 if grown else 1) for number in range(55 if grown else 49)]

    async with source_server(lists(of_day)) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", *days)
            first = await desk.refresh()
            assert sum(one.receipt.added for one in first if one.receipt) == 48 * 49
            grown = True
            desk.app.origins.hasten(1, days, desk.now)
            again = await desk.refresh()
            receipts = [one.receipt for one in again if one.receipt]
            assert [(one.added, one.changed, one.unchanged) for one in receipts] == [(6, 49, 0)] * 48
            assert set(desk.votes().values()) == {9}
            assert desk.app.library.store.count() == 48 * 55
            assert len(desk.app.library.store.listed_on(date(2025, 9, 18))) == 55
            desk.app.origins.hasten(1, days, desk.now)
            assert [one.receipt for one in await desk.refresh()] == [None] * 48


async def broken_json(_request: web.Request) -> web.StreamResponse:
    """A list that breaks off, in an answer that seems whole."""
    return papers(listing(record(1), record(2))[:-30])


async def half_a_body(request: web.Request) -> web.StreamResponse:
    """The connection ends in the midst."""
    response = web.StreamResponse(headers={"Content-Length": "100000"})
    await response.prepare(request)
    await response.write(listing(record(1), record(2))[:-30])
    assert request.transport is not None
    request.transport.close()
    return response


async def overloaded(_request: web.Request) -> web.StreamResponse:
    """503, without saying until when."""
    return web.Response(status=503)


async def too_often(_request: web.Request) -> web.StreamResponse:
    """429, for ten minutes."""
    return web.Response(status=429, headers={"Retry-After": "600"})


async def not_a_list(_request: web.Request) -> web.StreamResponse:
    """JSON that says something is wrong."""
    return web.json_response({"error": "sorry"})


async def a_page(_request: web.Request) -> web.StreamResponse:
    """A login page of the network, with status 200."""
    return web.Response(text="<html><body>Log in</body></html>", content_type="text/html")


@pytest.mark.parametrize("wrong", [broken_json, half_a_body, overloaded, too_often, not_a_list, a_page])
async def test_what_a_server_does_wrong_loses_nothing_and_mends_itself(tmp_path: Path, wrong: Handler):
    """Nothing of a broken answer is taken in; it is shown since when; the next answer is, without a restart."""
    async with source_server(wrong) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24")
            refresher = desk.refresher()
            with capture_logs():
                await refresher.refresh_due()
            (state,) = refresher.states()
            assert (state.failing_since, desk.app.library.store.count()) == (MONDAY, 0)
            assert state.error
            server.handler = lists(lambda _day: [record(1), record(2)])
            server.asked.clear()
            desk.now += timedelta(seconds=20)
            assert await refresher.refresh_due() == []
            desk.now += timedelta(minutes=15)
            await refresher.refresh_due()
            assert server.days == ["2025-11-24"]
            assert (refresher.states()[0].failing_since, desk.app.library.store.count()) == (None, 2)


async def test_a_slow_server_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The fetch ends at its bound, the other source is taken in meanwhile, and the slow one is tried again."""
    made = Client.__init__

    def impatient(self: Client, *args: Any, **fields: Any) -> None:  # noqa: ANN401 - a client's own arguments
        made(self, *args, **fields)
        object.__setattr__(self._limits, "whole_s", 0.5)

    monkeypatch.setattr(Client, "__init__", impatient)

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.query["date"] == "2025-11-24":
            await asyncio.sleep(5)
        return papers(listing(record(1)))

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24", "2025-11-21")
            done = await desk.refresh()
            assert {one.page.name: bool(one.error) for one in done} == {"2025-11-24": True, "2025-11-21": False}
            server.handler = lists(lambda _day: [record(2)])
            await desk.refresh(timedelta(minutes=1))
            assert desk.app.library.store.count() == 2


async def test_after_many_failures_the_source_rests_and_then_one_page_tries(tmp_path: Path):
    """The circuit opens, nothing is asked while it is, and the first answer closes it."""
    async with source_server(overloaded) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24")
            for _ in range(8):
                await desk.refresh(timedelta(minutes=3))
            state = desk.app.origins.all()[0].state
            assert state.rests_until is not None
            assert state.rests_until > desk.now
            assert state.failing_since == MONDAY + timedelta(minutes=3)
            asked = len(server.asked)
            await desk.refresh(timedelta(minutes=5))
            assert len(server.asked) == asked
            server.handler = lists(lambda _day: [record(1)])
            await desk.refresh(timedelta(hours=7))
            state = desk.app.origins.all()[0].state
            assert (state.rests_until, state.failing_since, desk.app.library.store.count()) == (None, None, 1)


async def test_a_day_that_has_not_begun_there_is_no_failure(tmp_path: Path):
    """Hugging Face says 400 of today; of a day long gone that is one."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=400)

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24", "2025-10-01")
            done = {one.page.name: one for one in await desk.refresh()}
            assert (done["2025-11-24"].put_off, done["2025-11-24"].error) == (True, "")
            assert "status 400" in done["2025-10-01"].error


async def test_a_day_without_papers_is_no_failure(tmp_path: Path):
    """A holiday's list is empty."""
    async with source_server(lists(lambda _day: [])) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24")
            assert [(one.receipt, one.error) for one in await desk.refresh()] == [(None, "")]


async def test_several_processes_share_the_days(tmp_path: Path):
    """Each day is asked for once, one request to a source at a time."""
    days = [day.isoformat() for day in weekdays(date(2025, 11, 3), date(2025, 11, 24))]
    async with source_server(lists(lambda day: [record(int(day[-2:]))])) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", *days)
            await asyncio.gather(*(desk.refresh(owner=name) for name in "abc"))
            assert sorted(server.days) == days
            asked = sorted(server.asked, key=lambda one: one.began)
            assert all(later.began >= earlier.ended for earlier, later in pairwise(asked))


async def test_what_stops_in_the_midst_is_free_at_once(tmp_path: Path):
    """Another process takes the page, without waiting for a lease to run out."""
    begun, stop = asyncio.Event(), asyncio.Event()

    async def never(_request: web.Request) -> web.StreamResponse:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with source_server(never) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24")
            task = asyncio.create_task(until(stop, desk.refresher().refresh_due()))
            await reached(begun, task)
            stop.set()
            assert await task is None
            server.handler = lists(lambda _day: [record(1)])
            await desk.refresh(owner="another")  # by the same clock, so no lease has run out
            assert desk.app.library.store.count() == 1


async def test_what_is_leased_while_we_stop_is_free_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The thread that leases a page cannot be stopped; the page is put back when it has."""
    begun, stop, go_on = asyncio.Event(), asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    async with source_server(lists(lambda _day: [record(1)])) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24")
            claim = desk.app.origins.claim

            def slow(*args: Any, **fields: Any) -> Page | None:  # noqa: ANN401 - what `claim` takes
                loop.call_soon_threadsafe(begun.set)
                go_on.wait()
                return claim(*args, **fields)

            with monkeypatch.context() as patched:
                patched.setattr(desk.app.origins, "claim", slow)
                task = asyncio.create_task(until(stop, desk.refresher().refresh_due()))
                await reached(begun, task)
                stop.set()
                await asyncio.sleep(0.05)  # it is being cancelled now
                go_on.set()
                assert await task is None
            assert server.asked == []
            await desk.refresh(owner="another")
            assert desk.app.library.store.count() == 1


# A stand-in for the formats of feeds: what a source does with a document does not depend on which one it is in.


def _parse(document: Document) -> Digest:
    lines = document.text.split("\n")[1:]
    entries = tuple(
        Entry(rank=number, line=number, title=line, identifiers=(Identifier("arxiv", f"2511.{line[-5:]}"),))
        for number, line in enumerate(filter(None, lines), start=1)
    )
    return Digest(source="stub", issued_on=None, entries=entries, issues=(), sha256=document.sha256)


STUB = Format(name="a stub", recognises=lambda text: text.startswith(("stub", "<rss")), parse=_parse)


async def test_two_arxiv_categories_of_a_day_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each is a digest of its own; the day is arXiv's, where it is still Sunday; an empty day is no failure."""
    monkeypatch.setattr(digest, "FORMATS", (STUB,))
    monkeypatch.setattr("bot.sources.polite.Pace", partial(Pace, gap_s=0.05))

    async def handler(request: web.Request) -> web.StreamResponse:
        number = {"/rss/cs.LG": "00001", "/rss/cs.CL": "00002", "/rss/cs.RO": ""}[request.path]
        return web.Response(text=f"stub\nA paper {number}" if number else "stub\n")

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            began = datetime.now(UTC)
            desk.now = sunday_there = datetime(2025, 11, 24, 3, tzinfo=UTC)
            desk.clock = lambda: sunday_there + (datetime.now(UTC) - began)
            for category in ("cs.LG", "cs.CL", "cs.RO"):
                add(desk, "arxiv", category, "")
            done = await desk.refresh()
            assert [one.error for one in done] == ["", "", ""]
            store = desk.app.library.store
            assert (len(store.listed_on(date(2025, 11, 23))), store.listed_on(date(2025, 11, 24))) == (2, [])


def atom(*numbers: int, total: int | None = None) -> bytes:
    """An answer of arXiv's API."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2511.{number:05d}v1</id><title>Paper {number} on submission</title>"
        f"<summary>What it says.</summary><published>2025-11-0{number}T10:00:00Z</published></entry>"
        for number in numbers
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><id>http://arxiv.org/api/x</id>'
        f"<opensearch:totalResults>{len(numbers) if total is None else total}</opensearch:totalResults>{entries}</feed>"
    ).encode()


async def test_past_days_of_an_arxiv_category_are_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each is asked for once, by the day of submission; an empty day is fine; an answer that came short is asked for again."""
    monkeypatch.setattr("bot.sources.polite.Pace", partial(Pace, gap_s=0.05))
    answers = {"20251101": atom(1, 2), "20251102": atom(), "20251103": atom(3, total=2)}

    async def handler(request: web.Request) -> web.StreamResponse:
        asked = request.query.get("search_query", "")
        day = asked.removeprefix("cat:cs.LG AND submittedDate:[")[:8]
        return web.Response(body=answers[day] if asked else atom(), content_type="application/atom+xml")

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            began = datetime.now(UTC)
            desk.clock = lambda: desk.now + (datetime.now(UTC) - began)
            add(desk, "arxiv", "cs.LG", "2025-11-01", "2025-11-02", "2025-11-03")
            done = {one.page.name: one for one in await desk.refresh() if one.page.name}
            assert {name: one.error for name, one in done.items() if one.error} == {
                "2025-11-03": "Its answer holds 1 of 2 papers."
            }
            store = desk.app.library.store
            assert len(store.listed_on(date(2025, 11, 1))) == 2
            assert (store.listed_on(date(2025, 11, 2)), store.listed_on(date(2025, 11, 3))) == ([], [])
            answers["20251103"] = atom(3)
            server.asked.clear()
            await desk.refresh(timedelta(hours=2))
            assert len(store.listed_on(date(2025, 11, 3))) == 1
            queries = [one.query["search_query"] for one in server.asked if "search_query" in one.query]
            assert queries == ["cat:cs.LG AND submittedDate:[202511030000 TO 202511032359]"]


async def test_a_feed_brings_each_of_its_entries_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What it shows again the next day is not that day's; a new title is. It is asked whether anything changed."""
    monkeypatch.setattr(digest, "FORMATS", (STUB,))
    monkeypatch.setattr("bot.sources.polite.Client", _client_that_may_go_here)
    text, tags = ["stub\nPaper 00001\nPaper 00002"], ['"1"']

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == tags[-1]:
            return web.Response(status=304)
        return web.Response(text=text[-1], headers={"ETag": tags[-1]})

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "feed", f"http://feed.example:{server.port}/feed?token=secret", "")
            assert [one.receipt.added for one in await desk.refresh() if one.receipt] == [2]
            await desk.refresh(timedelta(hours=1))
            assert server.asked[-1].headers["if-none-match"] == '"1"'
            text.append("stub\nPaper 00003\nPaper 00001\nA new title 00002")
            tags.append('"2"')
            (one,) = await desk.refresh(timedelta(days=1))
            assert one.receipt is not None
            assert (one.receipt.added, one.receipt.changed) == (1, 1)
            assert len(desk.app.library.store.listed_on(date(2025, 11, 25))) == 2
            name = desk.app.origins.all()[0].state.name
            assert name == "feed feed.example (source 1)"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><rss>&x;</rss>', "declares XML entities"),
        (b"PK\x03\x04\x00\x00\x00\x00", "binary file"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "binary file"),
    ],
)
async def test_entities_and_archives_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, said: str):
    """They are failures, in words."""
    monkeypatch.setattr("bot.sources.polite.Client", _client_that_may_go_here)

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body)

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "feed", f"http://feed.example:{server.port}/", "")
            (one,) = await desk.refresh()
            assert said in one.error


async def test_a_feed_that_was_cut_off_is_fetched_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What it holds is taken in, and nothing is said of an ETag the next time."""
    monkeypatch.setattr(digest, "FORMATS", (STUB,))
    monkeypatch.setattr("bot.sources.polite.Client", _client_that_may_go_here)

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="<rss>\nPaper 00001", headers={"ETag": '"1"'})

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "feed", f"http://feed.example:{server.port}/", "")
            await desk.refresh()
            await desk.refresh(timedelta(hours=1))
            assert desk.app.library.store.count() == 1
            assert ["if-none-match" in one.headers for one in server.asked] == [False, False]


async def test_a_parser_that_fails_stops_only_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It is logged with its trace and tried again later."""

    def fail(_document: Document) -> Digest:
        raise ZeroDivisionError

    monkeypatch.setattr(digest, "FORMATS", (Format(name="x", recognises=lambda _text: True, parse=fail),))
    async with source_server(lists(lambda _day: [record(1)])) as server:
        with desk_at(tmp_path, server) as desk:
            add(desk, "hf", "", "2025-11-24")
            with capture_logs() as logs:
                (one,) = await desk.refresher().refresh_due()
            assert "a fault of Paper Round" in one.error
            assert "source_not_understood" in [log["event"] for log in logs]


async def test_without_a_source_nothing_is_asked(tmp_path: Path):
    """No client is even made."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        raise AssertionError

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            assert await desk.refresh() == []
            assert server.asked == []


def _client_that_may_go_here(*args: Any, **fields: Any) -> Client:  # noqa: ANN401 - a client's own arguments
    """A client for which `feed.example` is on this machine and any port may be asked."""
    from bot.sources.client import Limits

    async def resolve(host: str, _port: int) -> list[str]:
        return {"feed.example": ["127.0.0.1"]}[host]

    fields["limits"] = Limits(ports=frozenset(range(1, 65_536)))
    return Client(*args, **fields, resolve=resolve, allowed=lambda _address: True)
