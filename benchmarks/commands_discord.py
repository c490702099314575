"""Discord's deadlines: 200 interactions at once until their first response arrives, and completions over 100,000 papers.

Interactions enter where discord.py's gateway hands them over, and leave through its HTTP client to a server on loopback that is a
process of its own, so all of our work is in the numbers and none of Discord's. Discord gives 3 s for both; we promise 500 ms for
the slowest of a hundred first responses, and 30 ms for the slowest of a hundred completions. Ratios are to these promises.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from benchmarks.corpus import corpus_lines, generated, named
from benchmarks.ours import TODAY
from benchmarks.search import TOPICS
from benchmarks.timing import percentile, row, timed
from bot.app import App, make_answer, open_app
from bot.completion import complete
from bot.discord import make_discord
from bot.ingest import ingest_records
from bot.log import set_up_logs
from bot.settings import Settings

PAPERS = 100_000
AT_ONCE = 200
ROUNDS = 5
TYPED = 1_000
FIRST_MS, COMPLETION_MS = 500.0, 30.0
GUILD, CHANNEL, USER = 3, 50, 7
ME = {"id": "1", "username": "paperround", "discriminator": "0", "avatar": None, "bot": True, "global_name": None}
MESSAGE = {
    "id": "90",
    "channel_id": str(CHANNEL),
    "author": ME,
    "content": "",
    "timestamp": "2025-12-08T08:00:00+00:00",
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "embeds": [],
    "pinned": False,
    "type": 0,
    "flags": 0,
    "components": [],
}
APPLICATION = {
    "id": "2",
    "name": "Paper Round",
    "description": "",
    "icon": None,
    "verify_key": "0",
    "flags": 0,
    "team": None,
    "owner": ME,
    "bot_public": True,
    "bot_require_code_grant": False,
}


def serve(ready: Connection) -> None:
    """Discord's API, as far as first responses need it: notes when each arrived. Runs until it is ended."""
    arrived: dict[str, float] = {}

    def answer(body: object) -> web.Response:
        return web.Response(body=json.dumps(body).encode(), content_type="application/json")

    async def callback(request: web.Request) -> web.Response:
        arrived.setdefault(request.match_info["id"], time.monotonic())
        await request.read()
        return answer({"interaction": {"id": request.match_info["id"], "type": 2}})

    async def times(_request: web.Request) -> web.Response:
        return answer(arrived)

    async def application(_request: web.Request) -> web.Response:
        return answer(APPLICATION)

    async def me(_request: web.Request) -> web.Response:
        return answer(ME)

    async def later(_request: web.Request) -> web.Response:
        return answer(MESSAGE)

    async def register(_request: web.Request) -> web.Response:
        return answer([])

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/api/interactions/{id}/{token}/callback", callback)
        app.router.add_get("/api/users/@me", me)
        app.router.add_get("/api/oauth2/applications/@me", application)
        app.router.add_get("/api/applications/2/commands", register)
        app.router.add_put("/api/applications/2/commands", register)
        app.router.add_route("*", "/api/webhooks/{rest:.*}", later)
        app.router.add_get("/times", times)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


def asked(number: int, line: str) -> dict[str, Any]:
    """A `/papers` command as the gateway brings it."""
    name, option = ("paper", "name") if line.startswith("/paper ") else ("papers", "query")
    value = line.partition(" ")[2]
    member = {
        "user": {**ME, "id": str(USER), "bot": False},
        "roles": [],
        "joined_at": "2025-01-01T00:00:00+00:00",
        "permissions": "2048",
    }
    return {
        "id": str(number),
        "application_id": "2",
        "type": 2,
        "token": f"token{number}",
        "version": 1,
        "data": {"id": "9", "name": name, "type": 1, "options": [{"name": option, "type": 3, "value": value}]},
        "guild_id": str(GUILD),
        "channel_id": str(CHANNEL),
        "channel": {"id": str(CHANNEL), "type": 0, "name": "papers", "guild_id": str(GUILD), "position": 0, "parent_id": None},
        "member": {**member, "deaf": False, "mute": False, "flags": 0},
        "app_permissions": "2048",
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(GUILD)},
        "context": 0,
        "attachment_size_limit": 10_000_000,
    }


async def first_responses(app: App, base: str, lines: list[str]) -> list[float]:
    """Milliseconds until the first response of each interaction arrived, 200 of them at once, in order of time."""
    with ThreadPoolExecutor(max_workers=app.settings.workers) as pool:
        adapter = make_discord(app, pool, SecretStr("t"))
        await adapter.gateway.login("t")
        adapter.listen(make_answer(app, pool))
        begun: dict[str, float] = {}
        for turn in range(ROUNDS + 1):  # the first one warms up
            for number in range(AT_ONCE):
                one = 1_000_000 + turn * AT_ONCE + number
                begun[str(one)] = time.monotonic()
                adapter.gateway._connection.parse_interaction_create(asked(one, lines[(turn * AT_ONCE + number) % len(lines)]))
            while under_way := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(under_way)  # type: ignore[arg-type]
        async with aiohttp.ClientSession() as session, session.get(f"{base}/times") as response:
            arrived = await response.json()
        await adapter.gateway.close()
    counted = [one for one in begun if int(one) >= 1_000_000 + AT_ONCE]
    missing = [one for one in counted if one not in arrived]
    assert not missing, f"{len(missing)} interactions were never answered"
    return sorted((arrived[one] - begun[one]) * 1e3 for one in counted)


def typed_lines(papers: list[dict[str, Any]], count: int) -> list[str]:
    """What people type, letter by letter: names, misspelt names, words of titles, topics, zones."""
    chance = random.Random(7)
    lines = []
    for number in range(count):
        title = chance.choice(papers)["title"]
        name, _, rest = title.partition(": ")
        start = chance.randrange(1, len(name) + 1)
        wrong = name[: start - 1] + chance.choice("aeiou") + name[start:]
        words = rest[: chance.randrange(4, 40)]
        lines.append(
            (
                f"/paper {name[:start]}",
                f"/paper {wrong}",
                f"/paper {words}",
                f"/papers {words[:6]}",
                f"/papers subscribe daily 09:00 {name[:2]}",
            )[number % 5]
        )
    return lines


def completions(app: App, lines: list[str]) -> list[float]:
    """Milliseconds of each completion, in order of time."""
    for line in lines[:50]:
        complete(line, app.library)
    return sorted(timed(lambda line=line: complete(line, app.library))[0] * 1e3 for line in lines)  # type: ignore[misc]


@contextmanager
def filled(lines: list[bytes], api: str) -> Iterator[App]:
    """Paper Round on a database of its own that holds these papers."""
    with tempfile.TemporaryDirectory() as place:
        url = SecretStr(f"sqlite:///{Path(place) / 'papers.db'}")
        settings = Settings(_env_file=None, database_url=url, discord_api_url=api, log_level="error")  # type: ignore[call-arg]
        with open_app(settings) as app:
            ingest_records(lines, store=app.library.store, as_of=TODAY)
            app.library.index.catch_up()
            yield app


def main() -> None:
    """Print both rows."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", type=int, default=PAPERS)
    count = options.parse_args().papers
    set_up_logs("error")
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{ours.recv()}"
    lines = corpus_lines()
    titles = [json.loads(line)["title"] for line in lines[:600]]
    questions = [f"/papers {TOPICS[n % len(TOPICS)]}" if n % 2 else f"/paper {titles[n]}" for n in range(600)]
    print(row("", "median ms", "p99 ms", "to the promise"))
    with filled(lines, f"{base}/api") as app:
        print(f"{named(lines)}; {AT_ONCE} interactions at once, {ROUNDS} times, {app.settings.workers} workers")
        report("first response", asyncio.run(first_responses(app, base, questions)), FIRST_MS)
    server.terminate()
    server.join()
    papers = generated(count)
    with filled([json.dumps(one).encode() for one in papers], "") as app:
        print(f"{count:,} generated papers")
        report("completion", completions(app, typed_lines(papers, TYPED)), COMPLETION_MS)


def report(name: str, times_ms: list[float], promise_ms: float) -> None:
    """Print one row."""
    slowest = percentile(times_ms, 0.99)
    print(row(name, f"{percentile(times_ms, 0.5):.1f}", f"{slowest:.1f}", f"{slowest / promise_ms:.2f}"))


if __name__ == "__main__":
    main()
