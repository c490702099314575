"""Requests of Slack's over HTTP, on the port that shows health. Knows Bolt's requests, no listener."""

from collections.abc import Sequence
from typing import Final

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.manifest import EVENTS_PATH

BODY_BYTES: Final = 1_000_000

_log = structlog.get_logger()


class Receiver:
    """The address that Slack calls. It says 503 while nobody listens."""

    def __init__(self) -> None:
        self._app: AsyncApp | None = None

    def open(self, app: AsyncApp) -> None:
        """From now on requests go to this app."""
        self._app = app

    def close(self) -> None:
        """From now on nobody listens; Slack tries events again."""
        self._app = None

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """The address. Never to be opened without a signing secret, which is what proves that a request is Slack's."""
        return [web.post(EVENTS_PATH, self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        """Commands, buttons, forms, menus and events."""
        if self._app is None:
            return web.json_response({"error": "Paper Round is starting or stopping."}, status=503)
        if (request.content_length or 0) > BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_BYTES, actual_size=request.content_length or 0)
        try:
            body = await request.text()
            bolt = AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return _no_request()
        said = await self._app.async_dispatch(bolt)
        if said.status in (404, 500):  # no listener knows it, or Bolt trips over it: ours raise nothing
            _log.info("slack_request_unknown", status=said.status)
            return _no_request()
        return await to_aiohttp_response(said)


def _no_request() -> web.Response:
    return web.json_response({"error": "This is no request of Slack's."}, status=400)
