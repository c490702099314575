"""Paper Round in Slack, whole: signed requests to its port, the real Bolt app, a real database and index, our Slack behind it.

Every payload that is sent in any test is checked against Slack's models and our own rules when the room is left.
"""

import asyncio
import atexit
import hashlib
import hmac
import io
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientResponse, ClientSession
from pydantic import SecretStr

from adapters.http.health import HealthServer
from adapters.slack.client import SlackAdapter
from bot.app import App, make_answer, open_app
from bot.ingest import ingest_digest
from bot.metrics import CONTENT_TYPE, Meters
from bot.settings import Settings
from bot.slack import make_slack
from tests.builders import DAY, SAMPLE
from tests.slack_rules import check_home, check_message, check_view
from tests.wire.slack_server import Answer, Call, Script, SlackServer, ok

SIGNING_SECRET = "signing-secret-0001"  # noqa: S105 - made up
BOT_TOKEN = "xoxb-very-secret-0002"  # noqa: S105 - made up
APP_TOKEN = "xapp-1-very-secret-0003"  # noqa: S105 - made up
NOW = datetime(2025, 12, 8, 8, tzinfo=UTC)
MEMBER = {"id": "U1", "tz": "Europe/Berlin", "profile": {"display_name": "Ada"}}
CHANNEL = {"id": "C1", "name": "papers", "is_member": True}

_numbers = count(1)


class SlackRoom:
    """The app as Slack sees it. `slack` is what it calls; `app` what it answers from."""

    def __init__(self, slack: SlackServer, app: App, session: ClientSession, adapter: SlackAdapter) -> None:
        self.slack = slack
        self.app = app
        self.adapter = adapter
        self.base = ""
        self._session = session

    async def request(self, body: str, *, age_s: float = 0, secret: str = SIGNING_SECRET, **headers: str) -> ClientResponse:
        """Post a body as Slack does, signed: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
        at = str(int(time.time() - age_s))
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        signature = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        signed = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}", "Content-Type": kind, **headers}
        async with self._session.post(f"{self.base}/slack/events", data=io.BytesIO(body.encode()), headers=signed) as response:
            await response.read()
            return response

    async def type(self, line: str, **fields: Any) -> ClientResponse:  # noqa: ANN401 - any field of the payload
        """A slash command."""
        response = await self.request(urlencode(command_payload(line, response_url=self.slack.response_url(), **fields)))
        assert response.status == 200
        assert await response.text() == ""
        return response

    async def interact(self, payload: dict[str, Any], **headers: str) -> ClientResponse:
        """A button, a form, a shortcut."""
        return await self.request(urlencode({"payload": json.dumps(payload)}), **headers)

    async def press(self, control: dict[str, Any], *, ephemeral: bool = True, **fields: Any) -> ClientResponse:  # noqa: ANN401
        """Press a button, or choose a menu's first option, in a message of channel C1."""
        response = await self.interact(self.press_payload(control, ephemeral=ephemeral, **fields))
        assert response.status == 200
        return response

    def press_payload(self, control: dict[str, Any], *, ephemeral: bool = True, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
        """The payload of a press: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload."""
        number = next(_numbers)
        action = {key: control[key] for key in ("action_id", "type", "value", "block_id") if key in control}
        if "options" in control:
            action["selected_option"] = control.get("chosen") or control["options"][0]
        return {
            "type": "block_actions",
            "team": {"id": "T1", "domain": "one"},
            "user": {"id": "U1", "team_id": "T1"},
            "api_app_id": "A1",
            "trigger_id": f"trigger-{number}",
            "response_url": self.slack.response_url(),
            "channel": {"id": "C1"},
            "container": {"type": "message", "message_ts": "1765180800.000001", "channel_id": "C1", "is_ephemeral": ephemeral},
            "actions": [{**action, "action_ts": f"{number}.0"}],
            **fields,
        }

    async def event(self, event: dict[str, Any], **fields: Any) -> ClientResponse:  # noqa: ANN401
        """An event, as the Events API delivers it."""
        headers = fields.pop("headers", {})
        body = {
            "type": "event_callback",
            "team_id": "T1",
            "api_app_id": "A1",
            "event_id": f"Ev{next(_numbers)}",
            "event_time": int(time.time()),
            "event": event,
            "authorizations": [{"team_id": "T1", "enterprise_id": None, "is_enterprise_install": False}],
            **fields,
        }
        return await self.request(json.dumps(body), **headers)

    async def settled(self, within_s: float = 10.0) -> None:
        """Wait until nothing that was begun is under way any more."""
        await _ended("slack", within_s)

    async def begun(self, within_s: float = 10.0) -> None:
        """Wait until the start is over: what Slack said of the bot token is taken in, and nothing of it comes later."""
        await self.calls("auth.test")
        await _ended("slack begin", within_s)

    async def answers(self, times: int = 1) -> list[dict[str, Any]]:
        """What was posted to the response URL, once there is that much."""
        calls = await self.slack.wait_for("/response/one", times)
        return [call.payload for call in calls]

    async def calls(self, method: str, times: int = 1) -> list[Call]:
        """The calls of a method, once there are that many."""
        return await self.slack.wait_for(method, times)


async def _ended(name: str, within_s: float) -> None:
    async with asyncio.timeout(within_s):
        while under_way := [task for task in asyncio.all_tasks() if task.get_name() == name]:
            await asyncio.wait(under_way)


def command_payload(line: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """A slash command: https://docs.slack.dev/interactivity/implementing-slash-commands."""
    command, _, text = line.partition(" ")
    return {
        "command": command,
        "text": text,
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": "U1",
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "trigger_id": f"trigger-{next(_numbers)}",
        **fields,
    }


def words(message: dict[str, Any]) -> str:
    """All that a payload says, controls included."""
    return json.dumps(message, ensure_ascii=False)


def control(message: dict[str, Any], label: str) -> dict[str, Any]:
    """The button with this label; or the option of a small menu, as the menu that has it chosen."""
    for block in message["blocks"]:
        for one in (*block.get("elements", ()), block.get("accessory") or {}):
            if "action_id" not in one:
                continue
            if (one.get("text") or {}).get("text") == label:
                return {**one, "block_id": block["block_id"]}
            for option in one.get("options", ()):
                if option["text"]["text"] == label:
                    return {**one, "chosen": option, "block_id": block["block_id"]}
    raise AssertionError(f"no {label!r} in {words(message)[:2000]}")


@asynccontextmanager
async def slack_room(
    folder: Path,
    *,
    transport: str = "http",
    sample: bool = True,
    away: Sequence[Script] = (),
    clock: Callable[[], datetime] = lambda: NOW,
    **settings: Any,  # noqa: ANN401
) -> AsyncIterator[SlackRoom]:
    """The app on its port, or connected to our Slack's socket, at 08:00 UTC on Monday, 8 December 2025."""
    async with SlackServer() as slack, ClientSession() as session:
        slack.always("users.info", lambda call: ok(user={**MEMBER, "id": call.payload.get("user")}))
        slack.always("conversations.info", lambda call: ok(channel={**CHANNEL, "id": call.payload.get("channel")}))
        slack.script("apps.connections.open", *away)
        given = {
            "slack_bot_token": SecretStr(BOT_TOKEN),
            "slack_app_token": SecretStr(APP_TOKEN) if transport == "socket" else None,
            "slack_signing_secret": SecretStr(SIGNING_SECRET) if transport == "http" else None,
            **settings,
        }
        shutil.copytree(filled() if sample else empty(), folder / "data")
        database = SecretStr(f"sqlite:///{folder / 'data' / 'papers.db'}")
        made = Settings(_env_file=None, database_url=database, slack_api_url=slack.url, **given)  # type: ignore[call-arg]
        with open_app(made) as opened, ThreadPoolExecutor(4) as pool:
            app = replace(opened, clock=clock)
            adapter = make_slack(app, pool, grace_s=0.5)
            assert adapter is not None
            meters = Meters()
            server = HealthServer(
                host="127.0.0.1",
                port=0,
                alive=_well,
                ready={},
                render_metrics=lambda: (meters.render(), CONTENT_TYPE),
                routes=adapter.routes,
            )
            await server.start()
            running = asyncio.create_task(adapter.run(make_answer(app, pool)))
            room = SlackRoom(slack, app, session, adapter)
            room.base = server.address
            await asyncio.sleep(0)
            try:
                yield room
                check_all(slack)
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
                await server.stop()


@lru_cache(maxsize=1)
def empty() -> Path:
    """A folder with a database that was never given anything."""
    folder = Path(tempfile.mkdtemp(prefix="slack-room-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open_app(_settings(folder)):
        pass
    return folder


@lru_cache(maxsize=1)
def filled() -> Path:
    """A folder with a database of the bundled sample: made once, and copied for each test."""
    folder = Path(tempfile.mkdtemp(prefix="slack-room-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open_app(_settings(folder)) as app:
        ingest_digest(SAMPLE.read_bytes(), store=app.library.store, as_of=DAY)
        app.library.index.catch_up()
    return folder


def _settings(folder: Path) -> Settings:
    return Settings(_env_file=None, database_url=SecretStr(f"sqlite:///{folder / 'papers.db'}"))  # type: ignore[call-arg]


async def _well() -> str:
    return ""


def check_all(slack: SlackServer) -> None:
    """Every message, window and page that was sent is one that Slack takes, and nothing holds a secret."""
    for call in slack.calls:
        payload = call.payload
        if call.method in ("chat.postMessage", "chat.postEphemeral", "chat.update") or call.method.startswith("/response/"):
            if "blocks" in payload:
                check_message({key: payload[key] for key in ("text", "blocks")} | {"unfurl_links": False, "unfurl_media": False})
            else:
                assert payload["text"].strip()
        elif call.method in ("views.open", "views.push", "views.update"):
            check_view(payload["view"])
        elif call.method == "views.publish":
            check_home(payload["view"])
        assert "very-secret" not in json.dumps(payload)


def refused_blocks(call: Call) -> Answer:
    """Slack before the blocks of 2026: it refuses them, and takes classic ones."""
    new = {"container", "card", "carousel", "data_table"}
    kinds = {block["type"] for block in call.payload.get("blocks") or ()}
    if kinds & new:
        return Answer(body={"ok": False, "error": "invalid_blocks"})
    return ok(ts="1765180800.000777", channel=call.payload.get("channel"))
