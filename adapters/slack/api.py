"""Slack's Web API for every workspace: one HTTP session, a client a workspace, and who speaks for which. Knows no cards."""

import logging
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

CALL_S = 15.0
CONNECT_S = 5.0
CONNECTIONS = 200
HOSTS = (".slack.com", ".slack-files.com", ".slack-gov.com")

# The SDK's own lines hold requests and message texts, and it logs with a trace what we answer for in our own words.
quiet = logging.getLogger("paperround.slack")
quiet.setLevel(logging.CRITICAL)


class Team(NamedTuple):
    """A workspace as a request names it: `T…`, and its organisation `E…` on Enterprise Grid (empty elsewhere).

    `is_org`: the whole organisation installed us at once. It then has one token, and is the border that nothing private crosses.
    """

    id: str
    enterprise: str = ""
    is_org: bool = False

    @property
    def workspace(self) -> str:
        """What our channels name as theirs."""
        return self.enterprise if self.is_org and self.enterprise else self.id

    @classmethod
    def of(cls, workspace: str) -> "Team":
        """The team, or organisation, of one of our channels."""
        is_org = workspace.startswith("E")
        return cls("" if is_org else workspace, workspace if is_org else "", is_org)


class Tokens(Protocol):
    """Which token speaks for a workspace."""

    async def token(self, workspace: str) -> str:
        """The bot token of a team, or of an organisation.

        Raises:
            ChannelGone: the app is not, or no longer, installed there.
            AdapterError: it cannot be known now.
        """
        ...

    def forget(self, workspace: str) -> None:
        """Slack said that the token is no good: look it up anew next time."""
        ...


class Api:
    """Calls Slack.

    Args:
        base_url: of the Web API.
        tokens: which token speaks for a workspace.
    """

    def __init__(self, base_url: str, tokens: Tokens) -> None:
        self._base_url = base_url
        self._tokens = tokens
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def asking(self, team: Team) -> AsyncWebClient:
        """A client for calls that may be made twice: it waits as long as Slack asks, once, and connects again.

        Raises:
            ChannelGone: the app is not installed there.
        """
        client = await self.posting(team)
        client.retry_handlers = [AsyncConnectionErrorRetryHandler(), AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
        return client

    async def posting(self, team: Team) -> AsyncWebClient:
        """A client for calls that must not be made twice by itself: whoever posts decides what comes after a failure.

        Raises:
            ChannelGone: the app is not installed there.
        """
        return self.client(await self._tokens.token(team.workspace))

    def client(self, token: str | None) -> AsyncWebClient:
        """A client with this token on the shared connections, which never tries anything twice."""
        return AsyncWebClient(
            token=token, base_url=self._base_url, session=self._open(), timeout=int(CALL_S), retry_handlers=[], logger=quiet
        )

    def webhook(self, response_url: str) -> AsyncWebhookClient:
        """Where an answer to an interaction may be sent, without any token."""
        return AsyncWebhookClient(response_url, session=self._open(), timeout=int(CALL_S), retry_handlers=[], logger=quiet)

    def forget(self, team: Team) -> None:
        """Look the token of a workspace up anew next time."""
        self._tokens.forget(team.workspace)

    def is_slacks(self, url: str) -> bool:
        """Whether an address is one of Slack's, over TLS, or lies where its Web API does."""
        try:
            at, api = urlsplit(url), urlsplit(self._base_url)
            host = at.hostname or ""
        except ValueError:
            return False
        if (at.scheme, at.netloc) == (api.scheme, api.netloc):
            return True
        return at.scheme == "https" and (host == "slack.com" or host.endswith(HOSTS))

    @property
    def session(self) -> aiohttp.ClientSession:
        """The shared connections, for files."""
        return self._open()

    def _open(self) -> aiohttp.ClientSession:
        """The session, made within the running event loop."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=CALL_S, connect=CONNECT_S),
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            )
        return self._session
