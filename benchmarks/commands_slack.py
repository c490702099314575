"""Slack under load: signed commands against the whole of Paper Round in a process of its own, on the corpus.

    python -m benchmarks.commands_slack [PAPERS]

- burst: 200 `/papers` requests at once: how long until each is acknowledged, and until its answer has come back;
- steady: 50 a second for ten seconds.

The yardstick, in the same run: a bare aiohttp server that verifies the signature, acknowledges, and posts a fixed answer of the
same size. Everything shares two cores: this process, which sends and takes the answers, and the one that is measured.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from benchmarks.corpus import corpus_lines, named
from benchmarks.timing import row
from bot.app import App, make_answer, open_app
from bot.ingest import ingest_records
from bot.log import set_up_logs
from bot.metrics import Meters
from bot.settings import Settings

SECRET: Final = "a-signing-secret"  # noqa: S105 - made up
BURST: Final = 200
A_SECOND: Final = 50
SECONDS: Final = 10
TODAY: Final = date(2026, 11, 23)
QUERIES: Final = (
    "rl", "diffusion", "vision-language", "robotics", '"world model"', "agents -survey", "speech", "llm reasoning", "3d",
    "retrieval",
)  # fmt: skip


@dataclass(slots=True)
class Answers:
    """Slack's side: where answers come back, and when each did."""

    port: int = 0
    at: dict[str, float] = field(default_factory=dict)
    bytes: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """An answer over a response URL."""
        body = await request.read()
        self.bytes = max(self.bytes, len(body))
        self.at[request.match_info["name"]] = time.perf_counter()
        return web.Response(text="ok")

    async def api(self, _: web.Request) -> web.Response:
        """Any call of the Web API."""
        return web.json_response({"ok": True, "user": {"id": "U1", "tz": "Europe/Berlin"}, "channel": {"is_member": True}})


@contextlib.asynccontextmanager
async def slack() -> AsyncIterator[Answers]:
    """Slack on loopback."""
    answers = Answers()
    app = web.Application()
    app.router.add_post("/response/{name}", answers.take)
    app.router.add_route("*", "/api/{method}", answers.api)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    answers.port = runner.addresses[0][1]
    try:
        yield answers
    finally:
        await runner.cleanup()


def fill(folder: Path, papers: int) -> None:
    """Take the corpus in."""
    with open_app(_settings(folder, 0)) as app:
        ingest_records(corpus_lines(papers), store=app.library.store, as_of=TODAY)
        app.library.index.catch_up()


def _settings(folder: Path, slack_port: int) -> Settings:
    return Settings(  # type: ignore[call-arg]
        _env_file=None,
        database_url=SecretStr(f"sqlite:///{folder / 'papers.db'}"),
        slack_bot_token=SecretStr("xoxb-benchmark"),
        slack_signing_secret=SecretStr(SECRET),
        http_port=18_431,
        slack_api_url=f"http://127.0.0.1:{slack_port}/api/",
    )


def serve_paper_round(folder: Path, slack_port: int, ready: Connection) -> None:
    """The process that is measured: Paper Round in Slack over HTTP."""
    set_up_logs("error")

    async def run(app: App, pool: ThreadPoolExecutor) -> None:
        from bot.schedule import Pulse  # noqa: PLC0415 - in this process only
        from bot.slack import make_slack  # noqa: PLC0415
        from bot.vitals import health  # noqa: PLC0415

        adapter = make_slack(app, pool)
        assert adapter is not None
        server = health(app, Meters(), Pulse(), asyncio.Event(), pool, chats=[adapter])
        await server.start()
        running = asyncio.create_task(adapter.run(make_answer(app, pool)))
        await asyncio.sleep(0)
        ready.send(f"{server.address}/slack/events")
        await running

    with open_app(_settings(folder, slack_port)) as app, ThreadPoolExecutor(app.settings.workers) as pool:
        asyncio.run(run(app, pool))


def serve_bare(_folder: Path, _slack_port: int, ready: Connection) -> None:
    """The yardstick: a signature, an acknowledgement, a fixed answer of the usual size."""

    async def run() -> None:
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200))
        tasks: set[asyncio.Task[None]] = set()
        fixed = json.dumps({"response_type": "ephemeral", "text": "x" * 6_000})

        async def reply(url: str) -> None:
            async with session.post(url, data=fixed, headers={"Content-Type": "application/json"}) as answer:
                await answer.read()

        async def take(request: web.Request) -> web.Response:
            body = await request.text()
            at = request.headers["X-Slack-Request-Timestamp"]
            made = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
            if not hmac.compare_digest(f"v0={made}", request.headers["X-Slack-Signature"]):
                return web.Response(status=401)
            task = asyncio.create_task(reply(parse_qs(body)["response_url"][0]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            return web.Response()

        app = web.Application()
        app.router.add_post("/slack/events", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        ready.send(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        await asyncio.Event().wait()

    asyncio.run(run())


@contextlib.contextmanager
def process(serve: Callable[[Path, int, Connection], None], folder: Path, slack_port: int) -> Any:  # noqa: ANN401 - a generator
    """A server in a process of its own; gives its address."""
    ours, theirs = multiprocessing.Pipe()
    started = multiprocessing.get_context("spawn").Process(target=serve, args=(folder, slack_port, theirs), daemon=True)
    started.start()
    try:
        if not ours.poll(60):
            raise RuntimeError("the server did not start")
        yield ours.recv()
    finally:
        started.terminate()
        started.join(10)


class Load:
    """Sends commands and measures.

    Args:
        session: the connections.
        url: where commands go.
        answers: where the answers come back.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, answers: Answers) -> None:
        self._session = session
        self._url = url
        self._answers = answers
        self._numbers = count(1)
        self.sent: dict[str, float] = {}
        self.acknowledged: list[float] = []

    async def command(self) -> None:
        """One signed command."""
        number = next(self._numbers)
        name = f"{id(self)}-{number}"
        fields = {
            "command": "/papers",
            "text": QUERIES[number % len(QUERIES)],
            "team_id": "T1",
            "channel_id": "C1",
            "user_id": f"U{number % 50}",
            "trigger_id": name,
            "response_url": f"http://127.0.0.1:{self._answers.port}/response/{name}",
        }
        body = urlencode(fields)
        at = str(int(time.time()))
        signature = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={signature}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        begun = self.sent[name] = time.perf_counter()
        async with self._session.post(self._url, data=body, headers=headers) as response:
            await response.read()
            assert response.status == 200, response.status
        self.acknowledged.append(time.perf_counter() - begun)

    async def answered(self, most_s: float = 30) -> list[float]:
        """How long each answer took, once all have come."""
        end = time.perf_counter() + most_s
        while not self.sent.keys() <= self._answers.at.keys():
            if time.perf_counter() > end:
                raise RuntimeError(f"{len(self.sent.keys() - self._answers.at.keys())} answers never came")
            await asyncio.sleep(0.01)
        return [self._answers.at[name] - begun for name, begun in self.sent.items()]


async def measure(url: str, answers: Answers) -> dict[str, tuple[float, float, float]]:
    """(acknowledged p99, answered p50, answered p99) in ms, in a burst and steadily."""
    found: dict[str, tuple[float, float, float]] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        warm = Load(session, url, answers)
        for _ in range(3):
            await asyncio.gather(*(warm.command() for _ in range(40)))
            await warm.answered()
        bursts: list[tuple[float, float, float]] = []
        for _ in range(5):
            load = Load(session, url, answers)
            await asyncio.gather(*(load.command() for _ in range(BURST)))
            took = await load.answered()
            bursts.append((p99(load.acknowledged), statistics.median(took) * 1000, p99(took)))
        found["burst"] = sorted(bursts, key=lambda one: one[2])[len(bursts) // 2]
        load = Load(session, url, answers)
        tasks, begun = [], time.perf_counter()
        for number in range(A_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.perf_counter()))
            tasks.append(asyncio.create_task(load.command()))
        await asyncio.gather(*tasks)
        took = await load.answered()
        found["steady"] = (p99(load.acknowledged), statistics.median(took) * 1000, p99(took))
    return found


def p99(seconds: list[float]) -> float:
    """The milliseconds that 99 of 100 stay below."""
    return statistics.quantiles(seconds, n=100)[98] * 1000


async def compare(papers: int) -> None:
    """Print both, and the ratio."""
    print(named(corpus_lines(papers)))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        fill(folder, papers)
        async with slack() as answers:
            with process(serve_bare, folder, answers.port) as url:
                bare = await measure(url, answers)
            with process(serve_paper_round, folder, answers.port) as url:
                ours = await measure(url, answers)
    print(row("", "ours ms", "asked", "bare ms", "ratio"))
    asked = {("burst", 0): 500, ("burst", 2): 1500, ("steady", 0): 50}
    for kind, title in (("burst", f"{BURST} at once"), ("steady", f"{A_SECOND} a second")):
        for place_, what in enumerate(("acknowledged p99", "answered p50", "answered p99")):
            mine, theirs = ours[kind][place_], bare[kind][place_]
            bound = f"<= {asked[kind, place_]}" if (kind, place_) in asked else ""
            print(row(f"{title}: {what}", f"{mine:.0f}", bound, f"{theirs:.0f}", f"{mine / theirs:.1f}"))
    print(f"the largest answer had {answers.bytes:,} bytes")


def main() -> None:
    """Measure Slack under load."""
    asyncio.run(compare(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))


if __name__ == "__main__":
    main()
