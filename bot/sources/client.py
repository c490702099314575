"""The one client that asks servers for documents: polite, bounded, and never led to a machine that is not public.

Every hop of a redirect is a request of its own: its address is read, its host resolved once, each resolved address checked, and
the connection made to that very address, under the name that was asked for. So no name server can answer differently between
the check and the connection.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final, Self
from urllib.parse import urljoin

import httpx

from bot.errors import SourceError
from bot.sources.addresses import PORTS, Address, Place, is_public, place_of, read_address
from bot.sources.pace import Pace, budget_wait_s, retry_after_s
from bot.sources.unpack import ACCEPT_ENCODING, MAX_BYTES, Body

WHOLE_S: Final = 60.0
MAX_REDIRECTS: Final = 5
MAX_ADDRESSES: Final = 4
_TIMEOUT: Final = httpx.Timeout(20.0, connect=10.0)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
ALL_PORTS: Final = range(1, 65_536)
_MEANINGS: Final = {
    401: " (it wants a login)",
    403: " (it refuses us)",
    404: " (there is nothing at this address)",
    410: " (what was there is gone for good)",
    429: " (it is asked too often)",
    503: " (it is overloaded or being mended)",
}

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, as a resolver gives them; `OSError` where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered. `body` is `None` where what we have is still right (304)."""

    status: int
    body: bytes | None
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a fetch: bytes of the unpacked document, seconds for the whole of it, ports of addresses that people gave."""

    bytes: int = MAX_BYTES
    whole_s: float = WHOLE_S
    ports: frozenset[int] = PORTS


class Refused(SourceError):
    """A server answered with an error status; it asked us to come back at `retry_at`, where it did."""

    def __init__(self, status: int, retry_at: datetime | None = None) -> None:
        super().__init__(f"It answered with status {status}{_MEANINGS.get(status, '')}.")
        self.status = status
        self.retry_at = retry_at


class Client:
    """Fetches documents. Open it with `async with`.

    Args:
        pace: when each server may be asked.
        now: the present moment, UTC.
        user_agent: who we are.
        trusted: base addresses that the operator set; what is on their servers is fetched wherever it is, also on this machine.
        limits: bounds of a fetch.
        resolve: gives a host's addresses.
        allowed: which addresses may be connected to.
    """

    def __init__(  # noqa: PLR0913 - all of it is wired once
        self,
        pace: Pace,
        now: Callable[[], datetime],
        *,
        user_agent: str,
        trusted: Iterable[str] = (),
        limits: Limits = Limits(),
        resolve: Resolve | None = None,
        allowed: Callable[[Address], bool] = is_public,
    ) -> None:
        self._pace = pace
        self._now = now
        self._headers = {"user-agent": user_agent, "accept-encoding": ACCEPT_ENCODING, "accept": "*/*"}
        self._trusted = frozenset(place_of(url, ALL_PORTS) for url in trusted)
        self._limits = limits
        self._resolve = resolve or _resolve
        self._allowed = allowed
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        certificates = httpx.create_ssl_context()
        # A proxy of the environment would resolve hosts itself, past our check: only the operator's own addresses go through it.
        self._direct = await self._stack.enter_async_context(_http(certificates, trust_env=False))
        self._own = await self._stack.enter_async_context(_http(certificates, trust_env=True))
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    async def get(self, url: str, *, etag: str = "", modified: str = "") -> Answer:
        """The document at a URL, or that it has not changed since the one with this `etag` or `modified`.

        Raises:
            NotNow: the server asked us before to wait, and that is not over.
            Refused: it answers with an error.
            SourceError: it cannot be reached, leads astray, or its answer breaks a bound.
        """
        headers = {**self._headers, **_conditions(etag, modified)}
        clock = asyncio.get_running_loop().time
        left_s = self._limits.whole_s
        for _hop in range(MAX_REDIRECTS + 1):
            place = self._place(url)
            async with self._pace.turn(place.host):
                begun = clock()
                try:
                    async with asyncio.timeout(left_s):
                        found = await self._ask(url, place, headers)
                except TimeoutError as error:
                    raise SourceError(f"It did not answer within {self._limits.whole_s:.0f} s.") from error
                left_s -= clock() - begun
            if isinstance(found, Answer):
                return found
            url = found
        raise SourceError(f"It led from one address to the next more than {MAX_REDIRECTS} times.")

    def _place(self, url: str) -> Place:
        place = place_of(url, ALL_PORTS)
        return place if place in self._trusted else place_of(url, self._limits.ports)

    async def _ask(self, url: str, place: Place, headers: Mapping[str, str]) -> Answer | str:
        """The answer, or where it leads."""
        try:
            if place in self._trusted:
                return await self._read(self._own, self._own.build_request("GET", url, headers=headers), url, place)
            addresses = await self._addresses(place)
            for address in addresses[:-1]:
                with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    return await self._read(self._direct, self._request(url, place, address, headers), url, place)
            return await self._read(self._direct, self._request(url, place, addresses[-1], headers), url, place)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise SourceError(_why(error)) from error

    async def _addresses(self, place: Place) -> list[str]:
        """Where the host is now; one address that is not public spoils them all."""
        try:
            found = await self._resolve(place.host, place.port)
        except (OSError, UnicodeError) as error:
            raise SourceError(f"There is no host {place.host}, or the name server does not answer.") from error
        addresses = [read_address(text) for text in dict.fromkeys(found)]
        if not addresses or not all(map(self._allowed, addresses)):
            raise SourceError(f"{place.host} is not a machine on the public internet, so nothing is fetched from it.")
        return [str(address) for address in addresses[:MAX_ADDRESSES]]

    def _request(self, url: str, place: Place, address: str, headers: Mapping[str, str]) -> httpx.Request:
        at = httpx.URL(url).copy_with(host=address)
        named = {**headers, "host": place.origin}
        return self._direct.build_request("GET", at, headers=named, extensions={"sni_hostname": place.host})

    async def _read(self, client: httpx.AsyncClient, request: httpx.Request, url: str, place: Place) -> Answer | str:
        response = await client.send(request, stream=True)
        try:
            said = response.headers
            if response.status_code in _REDIRECTS and "location" in said:
                return urljoin(url, said["location"])
            retry_at = await self._note_wait(place, response)
            if response.status_code == 304:
                return Answer(status=304, body=None)
            if response.status_code != 200:
                raise Refused(response.status_code, retry_at)
            body = Body(said.get("content-encoding", ""), self._limits.bytes)
            async for chunk in response.aiter_raw():
                body.take(chunk)
            return Answer(status=200, body=body.end(), etag=_short(said.get("etag")), modified=_short(said.get("last-modified")))
        finally:
            await response.aclose()

    async def _note_wait(self, place: Place, response: httpx.Response) -> datetime | None:
        """When the server wants to be asked again, where it says so; until then nobody asks it."""
        wait_s = budget_wait_s(response.headers.get("ratelimit", ""))
        if response.status_code in (429, 503):
            asked = retry_after_s(response.headers.get("retry-after", ""), self._now())
            wait_s = max(filter(None, (asked, wait_s)), default=None)
        return None if wait_s is None else await self._pace.wait_for(place.host, wait_s)


def _http(certificates: ssl.SSLContext, *, trust_env: bool) -> httpx.AsyncClient:
    """A client that keeps nothing from one request to the next: no connection, no cookie."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncClient(verify=certificates, trust_env=trust_env, timeout=_TIMEOUT, limits=limits, cookies=no_cookies)


def _conditions(etag: str, modified: str) -> dict[str, str]:
    if etag:
        return {"if-none-match": etag}
    return {"if-modified-since": modified} if modified else {}


def _short(value: str | None) -> str:
    """A header that is given back to the server later, where it is one that can be."""
    return value if value and len(value) <= 500 and value.isascii() and value.isprintable() else ""


def _why(error: Exception) -> str:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return "It cannot be reached."
        case httpx.TimeoutException():
            return "It stopped answering."
        case httpx.RemoteProtocolError():
            return "Its answer broke off, or is not HTTP."
        case _:
            return f"The connection to it failed ({type(error).__name__})."


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_kind, address in found]
