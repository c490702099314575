"""How a workspace installs us: the page to begin on, the way to Slack and back, and what is stored then. Slack's room.

Bolt runs the flow (https://docs.slack.dev/authentication/installing-with-oauth); state, storage and pages are ours.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urljoin

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installs import SlackInstallations, Workspaces, installed, to_stored
from adapters.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from adapters.slack.pages import HEADERS, failed_page, install_page, installed_page
from adapters.slack.rotation import MINUTES_BEFORE, CarefulRotator
from bot.errors import BotError

STATE_S: Final = 600
RESUMED: Final = "resumed"

_log = structlog.get_logger()
# Bolt's warning about a refused installation holds the code that Slack had sent, so it is not let through.
_quiet = logging.getLogger(f"{__name__}.bolt")
_quiet.setLevel(logging.CRITICAL)


class NotedStates(AsyncOAuthStateStore):
    """States that were given out: each is good once, over all processes, for ten minutes. Storage knows only their hashes."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    @property
    def logger(self) -> logging.Logger:
        """Bolt's own interface."""
        return _quiet

    async def async_issue(self, *_args: object, **_options: object) -> str:
        """A new state.

        Raises:
            StorageError: it could not be noted.
        """
        state = secrets.token_urlsafe(32)
        until = self._workspaces.clock() + timedelta(seconds=STATE_S)
        await self._workspaces.call(self._workspaces.notes.put, _key(state), "", until)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether this state was given out, is not older than ten minutes and was not used before.

        Raises:
            StorageError: that could not be looked up.
        """
        return await self._workspaces.call(self._workspaces.notes.take, _key(state), self._workspaces.clock()) is not None


class InstallFlow(AsyncOAuthFlow):
    """Bolt's flow with pages of our own, which end in words whatever happens.

    `rotator.current(workspace)` gives what posts without being asked the tokens it needs.
    """

    def __init__(
        self, workspaces: Workspaces, *, client: AsyncWebClient, settings: AsyncOAuthSettings, rotator: CarefulRotator
    ) -> None:
        super().__init__(client=client, logger=_quiet, settings=settings)
        self.rotator = rotator
        self._workspaces = workspaces

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        """The page to begin on."""
        try:
            return _protected(await super().handle_installation(request))
        except BotError as error:
            return self._failed("storage_error", 503, error)

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        """The page somebody sees who comes back from Slack."""
        try:
            return _protected(await super().handle_callback(request))
        except BotError as error:
            return self._failed("storage_error", 503, error)
        except Exception as error:  # noqa: BLE001 - whatever an answer that is not Slack's usual one does to its SDK
            return self._failed("invalid_code", 502, error)

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        """Our own first page."""
        return install_page(url)

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Store it, and let go on what was paused when we were removed.

        Raises:
            BoltError: it could not be stored.
        """
        try:
            await self.settings.installation_store.async_save(installation)
            resumed = await installed(self._workspaces, to_stored(installation))
        except BotError as error:
            _log.error("slack_install_not_stored", error=str(error))
            raise BoltError("the installation could not be stored") from None
        installation.set_custom_value(RESUMED, resumed)

    def _failed(self, reason: str, status: int, error: Exception) -> BoltResponse:
        what = str(error) if isinstance(error, BotError) else type(error).__name__
        _log.error("slack_install_failed", reason=reason, error=what)
        return _page(failed_page(reason), status)


def make_install_flow(
    workspaces: Workspaces, *, client: AsyncWebClient, client_id: str, client_secret: str, public_url: str
) -> InstallFlow:
    """The flow behind the two addresses of `install_routes`. Requests are not authorised through it: see `listeners`.

    Args:
        workspaces: where installations are kept.
        client: for the Web API, without a token; where it points, browsers are sent as well.
        client_id: the app's.
        client_secret: the app's.
        public_url: where this process is reached from outside, as `https://papers.example.org`.
    """
    store = SlackInstallations(workspaces)
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=list(SCOPES),
        user_scopes=[],
        redirect_uri=f"{public_url.rstrip('/')}{REDIRECT_PATH}",
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        authorization_url=urljoin(client.base_url, "/oauth/v2/authorize"),
        callback_options=AsyncCallbackOptions(success=_succeeded, failure=_refused),
        installation_store=store,
        token_rotation_expiration_minutes=MINUTES_BEFORE,
        state_store=NotedStates(workspaces),
        state_expiration_seconds=STATE_S,
        logger=_quiet,
    )
    rotator = CarefulRotator(workspaces, store, client=client, client_id=client_id, client_secret=client_secret)
    return InstallFlow(workspaces, client=client, settings=settings, rotator=rotator)


def install_routes(flow: InstallFlow) -> tuple[web.RouteDef, ...]:
    """The two addresses, for the server that also answers /healthz."""
    return (
        web.get(INSTALL_PATH, _handler(flow.handle_installation), allow_head=False),
        web.get(REDIRECT_PATH, _handler(flow.handle_callback), allow_head=False),
    )


def _handler(
    handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def respond(request: web.Request) -> web.Response:
        said = await handle(await to_bolt_request(request))
        response = web.Response(status=said.status, body=said.body.encode())
        response.headers["Content-Type"] = said.headers.pop("content-type")[0]
        for name, values in said.headers.items():
            for value in values:  # Bolt's cookie has no SameSite; ours must survive the way back from Slack, and no more
                response.headers.add(name, f"{value}; SameSite=Lax" if name == "set-cookie" else value)
        return response

    return respond


async def _succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    new = args.installation
    page = installed_page(
        workspace=(new.enterprise_name if new.is_enterprise_install else new.team_name) or "your workspace",
        team_id=new.team_id,
        app_id=new.app_id,
        org_url=new.enterprise_url if new.is_enterprise_install else None,
        resumed=new.get_custom_value(RESUMED) or 0,
    )
    return _page(page, 200)


async def _refused(args: AsyncFailureArgs) -> BoltResponse:
    _log.info("slack_install_refused", reason=args.reason[:60])
    return _page(failed_page(args.reason), args.suggested_status_code)


def _page(html: str, status: int) -> BoltResponse:
    """A last page: the browser forgets its state with it."""
    done = OAuthStateUtils().build_set_cookie_for_deletion()
    return _protected(
        BoltResponse(status=status, body=html, headers={"Content-Type": "text/html; charset=utf-8", "Set-Cookie": done})
    )


def _protected(response: BoltResponse) -> BoltResponse:
    for name, value in HEADERS.items():
        response.headers[name.lower()] = [value]
    return response


def _key(state: str) -> str:
    return f"slack:state:{sha256(state.encode()).hexdigest()}"
