"""Papers that lack something, asked about over a real connection with the real database: what comes of every answer."""

import asyncio
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web

from bot.answers import entries_in
from bot.enrichment import Enriched, Guide
from bot.model import Entry
from bot.sources.pace import Pace
from bot.stopping import until
from tests.builders import entry
from tests.wire.enrich_room import ABSTRACT, NOON, Known, answers, as_json, atom, desk_at, guides
from tests.wire.source_server import Handler, reached, source_server
from tests.wire.test_refresh import half_a_body, overloaded

TITLE = "Lifelong Robots Learn to Carry Knowledge Between Tasks"
KNOWN = Known(
    "2512.00001", TITLE,
    hf={"githubRepo": "https://github.com/a/b", "ai_summary": "Robots keep what they learn.", "ai_keywords": ["robots"]},
    atom="<arxiv:comment>Accepted at CoRL 2025. 12 pages</arxiv:comment>",
)  # fmt: skip
DAYS = timedelta(days=2)


@pytest.fixture(autouse=True)
def _no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """ArXiv's three seconds are another test's subject."""
    made = Pace.__init__

    def hurried(self: Pace, *args: object, **fields: object) -> None:
        made(self, *args, **{**fields, "gap_s": 0.0})  # type: ignore[arg-type]

    monkeypatch.setattr(Pace, "__init__", hurried)
    monkeypatch.setattr("bot.sources.pace.LOOK_S", 0.01)


def results(done: list[Enriched]) -> dict[tuple[int, str], str]:
    """What came of each question, by paper and guide."""
    return {(one.task.paper.id, one.guide): one.result for one in done}


async def test_a_paper_gets_what_it_lacks_and_keeps_what_it_has(tmp_path: Path):
    """Text, people, code, words and venue; no sighting, no new paper, no other day, and counts stay those of its digest."""
    async with source_server(guides(KNOWN)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry("A title of the digest's own", arxiv="2512.00001", tldr="Said by the digest.", upvotes=3))
            before = desk.paper()
            assert results(await desk.enrich()) == {(1, "hf"): "found", (1, "arxiv"): "found"}
            paper = desk.paper()
            assert (paper.title, paper.tldr, paper.metrics) == (before.title, "Said by the digest.", before.metrics)
            assert (paper.abstract, paper.authors, paper.author_count) == (ABSTRACT, KNOWN.authors, 2)
            assert (paper.links.code, paper.keywords, paper.venue) == ("https://github.com/a/b", ("robots",), "CoRL 2025")
            assert (paper.first_seen_on, paper.listed_on) == (before.first_seen_on, before.listed_on)
            store = desk.app.library.store
            assert (store.count(), len(store.sightings(1)), store.added_with(1)) == (1, 1, 1)
            assert desk.app.library.index.titles_like("digest", limit=1)[0].paper_id == 1
            server.asked.clear()
            assert await desk.enrich(timedelta(weeks=9)) == []
            assert server.asked == []


async def test_arxiv_is_asked_for_many_papers_in_one_request_the_newest_first(tmp_path: Path):
    """Hugging Face one by one; a run asks about no more papers than it is told."""
    many = [Known(f"2512.{number:05d}", f"Paper {number} on robots") for number in range(1, 8)]
    async with source_server(guides(*many)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(*(entry(one.title, arxiv=one.id) for one in many))
            done = await desk.enrich(limit=3)
            assert sorted(results(done)) == [(number, guide) for number in (5, 6, 7) for guide in ("arxiv", "hf")]
            queries = [one.query for one in server.asked if one.path == "/api/query"]
            assert queries == [{"id_list": "2512.00007,2512.00006,2512.00005", "max_results": "3"}]
            assert [one.path[-5:] for one in server.asked if one.path != "/api/query"] == ["00007", "00006", "00005"]
            assert sorted({one.task.paper.id for one in await desk.enrich()}) == [1, 2, 3, 4]


async def test_a_paper_without_an_id_is_resolved_by_its_title_and_keeps_what_was_said_of_it(tmp_path: Path):
    """Its sightings stay; the next listing of the id finds it."""
    async with source_server(guides(KNOWN)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, authors=("Zhu, Yifeng",)))
            assert "title:" in desk.paper().ref
            done = await desk.enrich()
            (query,) = [one.query["search_query"] for one in server.asked if one.path == "/api/query"]
            words = "lifelong robots learn carry knowledge between tasks".split()
            assert query == " AND ".join(f"ti:{word}" for word in words)
            assert "found" in results(done).values()
            await desk.enrich()
            paper = desk.paper()
            assert (paper.ref, paper.abstract, paper.authors) == ("arxiv:2512.00001", ABSTRACT, ("Zhu, Yifeng",))
            assert (paper.venue, len(desk.app.library.store.sightings(1))) == ("CoRL 2025", 1)
            desk.list(entry("A revised title", arxiv="2512.00001"), source="arxiv")
            assert (desk.app.library.store.count(), len(desk.app.library.store.sightings(1))) == (1, 2)


@pytest.mark.parametrize(
    "other",
    [
        Known("2512.00009", TITLE, authors=("Ada Lovelace", "Charles Babbage")),
        Known("2512.00009", "Lifelong Robots Learn to Carry Nothing Between Tasks"),
        Known("1812.00009", TITLE, hf={"publishedAt": "2018-12-01"}, atom="<published>2018-12-01</published>"),
    ],
    ids=["other authors", "another title", "another year"],
)
async def test_another_paper_answered_for_a_title_is_refused(tmp_path: Path, other: Known):
    """Whoever wrote it, whatever it is called, whenever: what is not proven to be this paper is not taken."""
    if other.id.startswith("18"):
        other = Known(other.id, other.title, hf=other.hf)
    feed = atom(other).replace("2025-12-01", "2018-12-01") if other.id.startswith("18") else atom(other)

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(text=feed if request.path == "/api/query" else as_json(other))

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, authors=("Bo Liu",), published_on=date(2025, 12, 1)))
            before = desk.paper()
            assert set(results(await desk.enrich()).values()) == {"refused"}
            assert desk.paper() == before


async def test_two_papers_of_one_title_resolve_nothing(tmp_path: Path):
    """Both would be proven, so neither is."""
    async with source_server(guides(KNOWN, Known("2511.00003", TITLE))) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, authors=("Bo Liu",)))
            assert set(results(await desk.enrich()).values()) == {"refused"}
            assert desk.paper().ref.startswith("title:")


async def test_another_paper_answered_for_an_id_is_refused(tmp_path: Path):
    """Under another id, or under this one by other people."""
    async with source_server(answers(as_json(Known("2512.00002", TITLE)))) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, arxiv="2512.00001", authors=("Grace Hopper",)))
            before = desk.paper()
            server.handler = guides(KNOWN)
            assert set(results(await desk.enrich()).values()) == {"refused"}
            server.handler = answers(as_json(Known("2512.00002", TITLE)))
            assert results(await desk.enrich(DAYS))[1, "hf"] == "refused"
            assert desk.paper() == before


async def test_what_turns_out_to_be_a_stored_paper_joins_it_and_can_be_split(tmp_path: Path):
    """Everything said about either is the one's; a split gives back both, and no answer joins them again."""
    async with source_server(guides(KNOWN)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry("Robots: an early title", arxiv="2512.00001", authors=("Bo Liu",)))
            desk.list(entry(TITLE, authors=("Bo Liu",)), source="mail")
            assert desk.app.library.store.count() == 2
            done = await desk.enrich()
            joined = [one for one in done if one.task.paper.id == 2 and one.result == "found"]
            assert [one.paper.id for one in joined if one.paper] == [1]
            store = desk.app.library.store
            assert (desk.paper(2).id, store.count(), len(store.sightings(1))) == (1, 1, 2)
            assert desk.app.merges.split(1, now=desk.now) is not None
            await desk.enrich(DAYS)
            assert (store.count(), desk.paper(2).id, len(store.sightings(2))) == (2, 2, 1)


async def test_a_paper_that_nobody_knows_is_asked_about_ever_more_rarely_and_then_given_up(tmp_path: Path):
    """Hours, days, weeks; six times at each guide."""
    async with source_server(guides()) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, arxiv="2512.00001"))
            asked = []
            for hour in range(0, 24 * 76, 36):
                if results(await desk.enrich(timedelta(hours=36))).get((1, "hf")) == "unknown":
                    asked.append(hour)
            gaps = [later - sooner for sooner, later in pairwise(asked)]
            assert (len(asked), gaps) == (6, sorted(gaps))
            assert gaps[-1] > 24 * 20
            assert [(one.waiting, one.given_up) for one in desk.app.enrichments.states(desk.now)] == [(0, 1), (0, 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        half_a_body,
        overloaded,
        answers(as_json(KNOWN)[:-9]),
        answers('{"error": "sorry"}'),
        answers("<html><body>Log in</body></html>"),
        answers(b"\xff\xfe\x00"),
        answers(""),
    ],
)
async def test_what_a_guide_does_wrong_loses_nothing_and_mends_itself(tmp_path: Path, wrong: Handler):
    """Nothing of a broken answer is taken; it is shown since when; soon it is asked again, and that is no try."""
    async with source_server(wrong) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, arxiv="2512.00001"))
            before = desk.paper()
            done = await desk.enrich()
            assert set(results(done).values()) == {"failed"}
            assert all(one.error for one in done)
            states = desk.app.enrichments.states(desk.now)
            assert [(one.failing_since, bool(one.error), one.waiting) for one in states] == [(NOON, True, 1)] * 2
            assert desk.paper() == before
            server.handler = guides(KNOWN)
            assert set(results(await desk.enrich(timedelta(minutes=2))).values()) == {"found"}
            assert [one.failing_since for one in desk.app.enrichments.states(desk.now)] == [None, None]


async def test_a_guide_that_asks_us_to_wait_is_left_alone_until_then(tmp_path: Path):
    """By every process; the papers wait, and nothing counts as a try."""
    async with source_server(answers("", status=429, headers={"Retry-After": "600"})) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(*(entry(f"{TITLE} {number}", arxiv=f"2512.0000{number}") for number in range(1, 5)))
            await desk.enrich()
            assert sorted(one.path for one in server.asked) == ["/api/papers/2512.00004", "/api/query"]
            server.asked.clear()
            assert await desk.enrich(timedelta(minutes=9), owner="another") == []
            assert server.asked == []
            server.handler = guides(KNOWN)
            await desk.enrich(timedelta(minutes=2))
            assert desk.paper().abstract == ABSTRACT


async def test_after_many_failures_a_guide_rests(tmp_path: Path):
    """Its circuit opens for longer and longer; the other guide goes on."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return await (guides(KNOWN)(request) if request.path == "/api/query" else overloaded(request))

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(*(entry(f"{TITLE} {number}", arxiv=f"2512.0000{number}") for number in range(1, 9)))
            for _ in range(4):
                await desk.enrich(timedelta(minutes=1))
            hf, arxiv = desk.app.enrichments.states(desk.now)
            assert (hf.rests_until is not None and hf.rests_until > desk.now, arxiv.failing_since) == (True, None)
            asked = len(server.asked)
            await desk.enrich(timedelta(minutes=5))
            assert len(server.asked) == asked


async def test_one_paper_that_a_guide_chokes_on_does_not_hold_up_the_others(tmp_path: Path):
    """It is asked about alone after two failures, and given up in the end."""
    many = [Known(f"2512.{number:05d}", f"Paper {number} on robots") for number in range(1, 4)]
    sound = guides(*many)

    async def handler(request: web.Request) -> web.StreamResponse:
        poison = "2512.00003"
        return web.Response(status=500) if poison in request.query.get("id_list", "") else await sound(request)

    async with source_server(handler) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(*(entry(one.title, arxiv=one.id) for one in many))
            found = {}
            for _ in range(14):
                found |= results(await desk.enrich(timedelta(hours=7)))
            assert (found[1, "arxiv"], found[2, "arxiv"], found[3, "arxiv"]) == ("nothing", "nothing", "failed")
            server.asked.clear()
            await desk.enrich(DAYS)
            assert not [one for one in server.asked if "00003" in one.query.get("id_list", "")]


async def test_a_run_that_is_killed_is_gone_on_with(tmp_path: Path):
    """What was answered stays done; what was under way is asked by whoever comes once the lease is over."""
    many = [Known(f"2512.{number:05d}", f"Paper {number} on robots") for number in range(1, 4)]
    asked = asyncio.Event()

    async def stuck(request: web.Request) -> web.StreamResponse:
        if request.path == "/api/papers/2512.00003":
            return web.json_response(many[2].record)
        if request.path != "/api/query":
            asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with source_server(stuck) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(*(entry(one.title, arxiv=one.id) for one in many))
            dies = desk.enricher("dies")
            give_back, desk.app.enrichments.give_back = desk.app.enrichments.give_back, lambda *_: True  # type: ignore[attr-defined]
            run = asyncio.create_task(dies.enrich(50))
            await reached(asked, run)
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)
            desk.app.enrichments.give_back = give_back  # type: ignore[attr-defined]
            server.handler = guides(*many)
            server.asked.clear()
            assert await desk.enrich(timedelta(seconds=5), owner="next") == []
            done = await desk.enrich(timedelta(minutes=6), owner="next")
            assert sorted(one.path[-5:] for one in server.asked if one.path != "/api/query") == ["00001", "00002"]
            assert {number for number, guide in results(done) if guide == "hf"} == {1, 2}


async def test_a_run_that_is_stopped_hands_back_at_once(tmp_path: Path):
    """No lease to wait for."""
    asked = asyncio.Event()

    async def stuck(_request: web.Request) -> web.StreamResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with source_server(stuck) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, arxiv="2512.00001"))
            stop = asyncio.Event()
            run = asyncio.create_task(until(stop, desk.enricher().enrich(50)))
            await reached(asked, run)
            stop.set()
            assert await run is None
            server.handler = guides(KNOWN)
            assert set(results(await desk.enrich(timedelta(minutes=2), owner="next")).values()) == {"found"}


async def test_several_processes_ask_about_each_paper_once(tmp_path: Path):
    """One guide is asked by one process at a time."""
    many = [Known(f"2512.{number:05d}", f"Paper {number} on robots") for number in range(1, 31)]
    async with source_server(guides(*many)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(*(entry(one.title, arxiv=one.id) for one in many))
            await asyncio.gather(*(desk.enrich(owner=name) for name in "abc"))
            await desk.enrich()
            asked = [one.path for one in server.asked if one.path != "/api/query"]
            assert len(asked) == len(set(asked)) == 30
            ids = [one for each in server.asked if "id_list" in each.query for one in each.query["id_list"].split(",")]
            assert len(ids) == len(set(ids)) == 30


async def test_hostile_answers_are_bounded(tmp_path: Path):
    """A huge abstract, thousands of authors, markup, a code link that is none; how many authors there are stays known."""
    authors = ("x" * 500, *(f"Author Number{number}" for number in range(2_999)))
    hostile = Known(
        "2512.00001", TITLE, authors=authors, abstract="<script>alert(1)</script> " + "word " * 400_000,
        hf={"githubRepo": "javascript:alert(1)", "ai_keywords": ["k" * 9_000] * 500, "ai_summary": "\x00 s" * 9_000},
        atom=f"<arxiv:journal_ref>{'J' * 90_000}</arxiv:journal_ref>",
    )  # fmt: skip
    async with source_server(guides(hostile)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, arxiv="2512.00001"))
            await desk.enrich()
            paper = desk.paper()
            assert (len(paper.abstract), len(paper.authors), paper.author_count) == (10_000, 300, 3_000)
            assert (paper.links.code, len(paper.keywords), len(paper.venue or "")) == (None, 30, 200)
            assert max(map(len, (*paper.authors, *paper.keywords))) <= 200
            assert "\x00" not in (paper.tldr or "")


async def test_nothing_is_told_of_a_spaces_own_papers_but_ids(tmp_path: Path):
    """No title leaves; a paper with an id is filled and stays its space's own, for every viewer; undo takes all of it back."""
    own = Known("2512.00002", "Hidden Robots Learn to Whisper Between Tasks", hf=KNOWN.hf)
    async with source_server(guides(KNOWN, own)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.own("web:team", entry(TITLE, authors=("Bo Liu",)), entry(own.title, arxiv=own.id))
            done = await desk.enrich()
            assert results(done).keys() == {(2, "hf"), (2, "arxiv")}
            said = " ".join(f"{one.path} {one.query}".lower() for one in server.asked)
            assert "carry" not in said
            assert "whisper" not in said
            store = desk.app.library.store
            filled = desk.paper(2, "web:team")
            assert (filled.visible_to, filled.abstract) == ("web:team", ABSTRACT)
            assert (store.papers([1, 2]), store.papers([1, 2], viewer="web:other"), store.count()) == ([], [], 0)
            index = desk.app.library.index
            assert (index.titles_like("whisper robots", limit=5), index.names_like("carry", wrong=2, limit=5)) == ([], [])
            assert [one.waiting for one in desk.app.enrichments.states(desk.now)] == [0, 0]
            assert desk.app.imports.undo("web:team", 1, desk.now) is not None
            server.asked.clear()
            await desk.enrich(timedelta(days=30))
            assert server.asked == []


@pytest.mark.parametrize(("private", "asked"), [("nothing", set()), ("titles", {1, 2})])
async def test_an_operator_may_tell_more_or_less(tmp_path: Path, private: str, asked: set[int]):
    """Nothing at all, or titles too; what is resolved stays its space's own."""
    async with source_server(guides(KNOWN)) as server:
        with desk_at(tmp_path, server, enrich_private=private) as desk:
            desk.own("web:team", entry(TITLE, authors=("Bo Liu",)), entry("Another Paper on Robots", arxiv="2512.00004"))
            assert {number for number, _ in results(await desk.enrich())} == asked
            assert bool(server.asked) == bool(asked)
            paper = desk.paper(1, "web:team")
            assert (paper.visible_to, paper.ref) == ("web:team", "arxiv:2512.00001" if asked else paper.ref)
            assert desk.app.library.store.count() == 0


async def test_a_public_paper_that_gets_the_id_of_a_spaces_own_takes_it_in(tmp_path: Path):
    """The public listing is of that paper, so the space sees the public one, made from public words alone."""
    async with source_server(guides(KNOWN)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.own("web:team", entry("Our own words for it", arxiv="2512.00001", abstract="Our secret notes."))
            desk.list(entry(TITLE, authors=("Bo Liu",)))
            await desk.enrich()
            store = desk.app.library.store
            assert [paper.title for paper in store.papers([1], viewer="web:team")] == [TITLE]
            assert [paper.visible_to for paper in store.papers([1, 2], viewer="web:team")] == [None, None]
            assert "secret" not in repr(store.papers([1, 2], viewer="web:team"))


async def test_a_desk_of_papers_with_everything_asks_nobody(tmp_path: Path):
    """A paper of long ago is not asked about for its code or venue either."""
    old = entry("An Old Paper on Robots", arxiv="1812.00001", abstract="a", authors=("Bo Liu",), published_on=date(2018, 12, 1))
    async with source_server(guides()) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(old, entry("MIST"), entry("A title that is cut off and ends with …"))
            assert await desk.enrich() == []
            assert server.asked == []


async def test_an_answer_that_no_parser_foresaw_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It is a failure of that guide, said as a fault of ours; the other one fills the paper."""

    def trips(guide: Guide, data: bytes, today: date) -> list[Entry]:
        if guide == "hf":
            raise ZeroDivisionError
        return entries_in(guide, data, today)

    monkeypatch.setattr("bot.enrich.entries_in", trips)
    async with source_server(guides(KNOWN)) as server:
        with desk_at(tmp_path, server) as desk:
            desk.list(entry(TITLE, arxiv="2512.00001"))
            done = await desk.enrich()
            assert results(done) == {(1, "hf"): "failed", (1, "arxiv"): "found"}
            assert "fault of Paper Round" in desk.app.enrichments.states(desk.now)[0].error
