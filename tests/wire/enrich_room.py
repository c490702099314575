"""Hugging Face and arXiv as guides on this machine, and a database whose papers lack something."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import web
from structlog.testing import capture_logs

from bot.app import App, open_app
from bot.deciding import Decider
from bot.enrich import Enricher, make_enricher
from bot.enrichment import Enriched
from bot.identity import identifiers_of
from bot.imports import Batch
from bot.model import Entry, Paper
from bot.ports import Listing
from tests.builders import DAY
from tests.unit.test_serve import settings_in
from tests.wire.source_server import Handler, SourceServer

NOON = datetime(2025, 12, 8, 12, tzinfo=UTC)
ABSTRACT = "What is written in the paper itself, and long enough to be told from a title."


@dataclass
class Known:
    """A paper that the guides know."""

    id: str
    title: str
    authors: tuple[str, ...] = ("Bo Liu", "Yifeng Zhu")
    abstract: str = ABSTRACT
    hf: dict[str, Any] = field(default_factory=dict)
    atom: str = ""

    @property
    def record(self) -> dict[str, Any]:
        """As Hugging Face tells of it."""
        authors = [{"name": name} for name in self.authors]
        about = {"id": self.id, "title": self.title, "summary": self.abstract, "authors": authors, "upvotes": 7}
        return {**about, "publishedAt": "2025-12-01T00:00:00.000Z", **self.hf}

    @property
    def item(self) -> str:
        """As arXiv tells of it."""
        authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in self.authors)
        return (
            f"<entry><id>http://arxiv.org/abs/{self.id}v2</id><published>2025-12-01T00:00:00Z</published>"
            f"<title>{escape(self.title)}</title><summary>{escape(self.abstract)}</summary>{authors}{self.atom}</entry>"
        )


def atom(*papers: Known) -> str:
    """ArXiv's answer."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom"><id>http://arxiv.org/api/x</id><title>ArXiv Query</title>'
        f"{''.join(one.item for one in papers)}</feed>"
    )


def guides(*papers: Known) -> Handler:
    """Both guides, who know these papers, and find by title whatever shares its first word."""

    def like(words: str) -> list[Known]:
        return [one for one in papers if one.title.lower().split()[0] in words.lower()]

    async def handler(request: web.Request) -> web.StreamResponse:
        asked = request.query
        if request.path == "/api/query":
            ids = asked["id_list"].split(",") if "id_list" in asked else None
            found = like(asked["search_query"]) if ids is None else [one for one in papers if one.id in ids]
            return web.Response(text=atom(*found), content_type="application/atom+xml")
        if request.path == "/api/papers/search":
            return web.json_response([{"paper": one.record} for one in like(asked["q"])])
        for one in papers:
            if request.path == f"/api/papers/{one.id}":
                return web.json_response(one.record)
        return web.json_response({"error": "Paper not found"}, status=404)

    return handler


def answers(body: str | bytes, **fields: Any) -> Handler:  # noqa: ANN401 - any field of a response
    """The same answer to whatever is asked."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body.encode() if isinstance(body, str) else body, **fields)

    return handler


class Desk:
    """A database, a clock that the test sets, and enrichers on it as different processes would have them."""

    def __init__(self, app: App, pool: ThreadPoolExecutor) -> None:
        self.app = app
        self.pool = pool
        self.now = NOON

    def enricher(self, owner: str = "one") -> Enricher:
        """An enricher."""
        app = self.app
        return make_enricher(
            app.settings, app.enrichments, app.library, app.notes, pool=self.pool, owner=owner, now=lambda: self.now
        )

    async def enrich(self, after: timedelta = timedelta(), *, owner: str = "one", limit: int = 50) -> list[Enriched]:
        """Ask what is due once that much time has passed."""
        self.now += after
        with capture_logs():
            return await self.enricher(owner).enrich(limit)

    def list(self, *entries: Entry, source: str = "hf") -> None:
        """Take in a public digest of these entries."""
        keys = [identifiers_of(one) for one in entries]
        listing = Listing(key=f"{source} {entries}", source=source, issued_on=DAY, received_on=DAY, sha256=f"{entries}")
        self.app.library.store.ingest(entries, keys, Decider(DAY).of(keys), listing)

    def own(self, space: str, *entries: Entry) -> None:
        """Import these entries for a space alone."""
        keys = tuple(map(identifiers_of, entries))
        batch = Batch(
            space=space, by="ada", at=self.now, name="", sha256=f"{entries}", entries=entries, keys=keys, listing=None
        )  # fmt: skip
        self.app.imports.add(batch, Decider(DAY, space).of(keys))

    def paper(self, number: int = 1, viewer: str = "") -> Paper:
        """The paper of that number, or as which it lives on."""
        (found,) = self.app.library.store.papers([number], viewer=viewer)
        return found


@contextmanager
def desk_at(folder: Path, server: SourceServer, **settings: object) -> Iterator[Desk]:
    """A desk whose guides are on this server; arXiv's API under another name, so that its pace is its own."""
    bases = {"hf_url": server.url, "arxiv_api_url": f"http://localhost:{server.port}"}
    with open_app(settings_in(folder, **bases, **settings)) as app, ThreadPoolExecutor(6) as pool:
        yield Desk(app, pool)


def as_json(*papers: Known) -> str:
    """Hugging Face's answer to a search."""
    return json.dumps([{"paper": one.record} for one in papers])
