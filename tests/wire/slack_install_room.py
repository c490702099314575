"""A whole Bolt app that many workspaces install: real requests on a port, our Slack behind it, a real database below."""

import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from aiohttp import ClientResponse, ClientSession, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installs import Workspaces, ends_installation, uninstalled, workspace_of
from adapters.slack.oauth import InstallFlow, install_routes, make_install_flow
from storage.open import Storage, open_storage
from tests.wire.slack_server import Answer, SlackServer, ok

SIGNING_SECRET, CLIENT_SECRET = "signing-secret-0001", "client-secret-0002"
TOKEN, REFRESH = "xoxb-1111-very-secret", "xoxe-1-very-secret"
CODE = "code-from-slack"
PUBLIC = "https://papers.example.org"
COOKIE = "slack-app-oauth-state"


def granted(**fields: Any) -> Answer:  # noqa: ANN401 - any field of the answer
    """What Slack says when a workspace lets us in: https://docs.slack.dev/reference/methods/oauth.v2.access."""
    values: dict[str, Any] = {
        "access_token": TOKEN,
        "token_type": "bot",
        "scope": "commands,chat:write",
        "bot_user_id": "UBOT",
        "app_id": "A1",
        "team": {"id": "T1", "name": "Lab <b>“One”</b>"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": "U1"},
    }
    return ok(**{**values, **fields})


class InstallRoom:
    """The app, seen from outside. `now_offset` moves our clock."""

    def __init__(self, slack: SlackServer, storage: Storage, pool: ThreadPoolExecutor, session: ClientSession) -> None:
        self.slack = slack
        self.storage = storage
        self.now_offset = timedelta()
        self.workspaces = Workspaces(
            installs=storage.installs,
            notes=storage.notes,
            subscriptions=storage.subscriptions,
            pool=pool,
            clock=lambda: datetime.now(UTC) + self.now_offset,
        )
        client = AsyncWebClient(base_url=slack.url, timeout=5)
        self.flow: InstallFlow = make_install_flow(
            self.workspaces, client=client, client_id="1.2", client_secret=CLIENT_SECRET, public_url=PUBLIC
        )
        self.app = AsyncApp(signing_secret=SIGNING_SECRET, client=client, oauth_flow=self.flow)
        self.heard: list[tuple[str | None, str]] = []
        self.base = ""
        self._session = session
        self._listen()

    def _listen(self) -> None:
        @self.app.command("/papers")
        async def papers(ack: Any, context: Any) -> None:  # noqa: ANN401 - Bolt's own
            self.heard.append((context.bot_token, workspace_of(**_names(context))))
            await ack("Here.")

        @self.app.event("app_uninstalled")
        @self.app.event("tokens_revoked")
        async def gone(event: Any, body: Any, context: Any) -> None:  # noqa: ANN401 - Bolt's own
            if ends_installation(event):
                await uninstalled(
                    self.workspaces, workspace_of(**_names(context)), at=datetime.fromtimestamp(body["event_time"], UTC)
                )

    def routes(self) -> list[web.RouteDef]:
        """The install pages, and where Slack sends its requests."""

        async def events(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await self.app.async_dispatch(await to_bolt_request(request)))

        return [*install_routes(self.flow), web.post("/slack/events", events)]

    async def get(self, path: str, cookie: str = "") -> tuple[ClientResponse, str]:
        """A browser's request."""
        headers = {"Cookie": cookie} if cookie else {}
        async with self._session.get(self.base + path, headers=headers, allow_redirects=False) as response:
            return response, await response.text()

    async def begin(self) -> tuple[str, str]:
        """Open the first page; the state and the cookie it gave."""
        response, text = await self.get("/slack/install")
        assert response.status == 200, text
        href = re.search(r'href="([^"]+/oauth/v2/authorize[^"]+)"', text)
        assert href is not None, text
        state = parse_qs(urlsplit(href[1].replace("&amp;", "&")).query)["state"][0]
        return state, response.headers["Set-Cookie"].partition(";")[0]

    async def come_back(self, state: str, cookie: str, **query: str) -> tuple[ClientResponse, str]:
        """The browser comes back from Slack."""
        asked = "&".join(f"{name}={value}" for name, value in {"code": CODE, "state": state, **query}.items())
        return await self.get(f"/slack/oauth_redirect?{asked}", cookie)

    async def install(self, **fields: Any) -> str:  # noqa: ANN401 - any field of Slack's answer
        """All of it; the last page's text."""
        self.slack.script("oauth.v2.access", granted(**fields))
        response, text = await self.come_back(*await self.begin())
        assert response.status == 200, text
        return text

    async def send(self, body: bytes, kind: str) -> tuple[int, str]:
        """A signed request of Slack."""
        stamp = str(int(time.time()))
        signature = hmac.new(SIGNING_SECRET.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
        async with self._session.post(f"{self.base}/slack/events", data=body, headers=headers) as response:
            return response.status, await response.text()

    async def command(self, team: str = "T1", enterprise: str = "", *, org: bool = False) -> tuple[int, str]:
        """Somebody types /papers rl."""
        said = f"command=/papers&text=rl&team_id={team}&user_id=U2&channel_id=C1&trigger_id=1&response_url="
        said += f"{self.slack.response_url()}&is_enterprise_install={str(org).lower()}"
        said += f"&enterprise_id={enterprise}" if enterprise else ""
        return await self.send(said.encode(), "application/x-www-form-urlencoded")

    async def event(self, event: dict[str, Any], *, at: float, team: str | None = "T1", **fields: Any) -> tuple[int, str]:  # noqa: ANN401
        """An event, which happened at some moment."""
        whole = {"type": "event_callback", "event_id": f"Ev{time.monotonic_ns()}", "team_id": team, "api_app_id": "A1"}
        body = orjson.dumps({**whole, "event": event, "event_time": int(at), **fields})
        return await self.send(body, "application/json")


def _names(context: Any) -> dict[str, Any]:  # noqa: ANN401 - Bolt's own
    return {name: context.get(name) for name in ("enterprise_id", "team_id", "is_enterprise_install")}


@asynccontextmanager
async def install_room(folder: Path, *keys: str) -> AsyncIterator[InstallRoom]:
    """An install room whose database is a file in a folder, its tokens sealed with these keys."""
    storage = open_storage(f"sqlite:///{folder / 'papers.db'}", secret_keys=keys)
    try:
        async with SlackServer() as slack, ClientSession() as session:
            with ThreadPoolExecutor(max_workers=4) as pool:
                room = InstallRoom(slack, storage, pool, session)
                served = web.Application()
                served.add_routes(room.routes())
                runner = web.AppRunner(served, access_log=None, shutdown_timeout=1)
                await runner.setup()
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                host, port = runner.addresses[0][:2]
                room.base = f"http://{host}:{port}"
                try:
                    yield room
                finally:
                    await runner.cleanup()
    finally:
        storage.close()
