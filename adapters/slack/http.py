"""Requests of Slack's over HTTP, on the port that shows health. Knows Bolt's requests, no listener."""

from collections.abc import Sequence
from typing import Final

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

EVENTS: Final = "/slack/events"
INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
BODY_BYTES: Final = 1_000_000

_log = structlog.get_logger()


class Receiver:
    """The addresses that Slack, and browsers that install the app, call. They say 503 while nobody listens."""

    def __init__(self) -> None:
        self._app: AsyncApp | None = None

    def open(self, app: AsyncApp) -> None:
        """From now on requests go to this app."""
        self._app = app

    def close(self) -> None:
        """From now on nobody listens; Slack tries events again."""
        self._app = None

    def routes(self, *, events: bool, install: bool) -> Sequence[web.RouteDef]:
        """The addresses.

        Args:
            events: whether Slack's own requests come this way. They are only taken with a signature.
            install: whether there are pages to install the app.
        """
        pages = [web.get(INSTALL, self._install), web.get(REDIRECT, self._redirected)] if install else []
        return [*([web.post(EVENTS, self._take)] if events else []), *pages]

    async def _take(self, request: web.Request) -> web.Response:
        """Commands, buttons, forms, menus and events."""
        if self._app is None:
            return web.json_response({"error": "Paper Round is starting or stopping."}, status=503)
        if (request.content_length or 0) > BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_BYTES, actual_size=request.content_length or 0)
        body = await request.text()
        try:
            bolt = AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))
        except (ValueError, KeyError, TypeError, AttributeError):
            return web.json_response({"error": "This is no request of Slack's."}, status=400)
        return await to_aiohttp_response(await self._app.async_dispatch(bolt))

    async def _install(self, request: web.Request) -> web.Response:
        return await self._page(request, redirected=False)

    async def _redirected(self, request: web.Request) -> web.Response:
        return await self._page(request, redirected=True)

    async def _page(self, request: web.Request, *, redirected: bool) -> web.Response:
        flow = self._app.oauth_flow if self._app is not None else None
        if flow is None:
            return web.json_response({"error": "Paper Round is starting or stopping."}, status=503)
        bolt = AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))
        answer = await (flow.handle_callback(bolt) if redirected else flow.handle_installation(bolt))
        return await to_aiohttp_response(answer)
