"""Who may talk to the page, and what every answer carries. Knows nothing of messages.

The page has no password: it trusts whoever sits at this machine. So a web site open in the same browser must not be able
to speak to it: the Host header is checked against DNS rebinding, Origin and an own header against forged requests
(https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
"""

from collections.abc import Callable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

BODY_BYTES = 512 * 1024  # a digest that was pasted: a long day's page has some 100 kB
OWN_HEADER = "X-Paperround"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
BROKEN = "Something broke on our side. Nothing was changed; try again."
REFUSED = {
    403: "This request did not come from the page itself.",
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
    413: "That is more than 512 kB. Nothing was changed; send less at once.",
}

_log = structlog.get_logger()


class Refused(Exception):
    """A request that is answered with a sentence instead of a result.

    Args:
        status: the HTTP status.
        message: what the person reads.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def refusal(status: int, message: str) -> web.Response:
    """The JSON answer to a request that cannot be served."""
    return web.json_response({"error": message}, status=status)


def own_hosts(host: str, port: int) -> frozenset[str]:
    """The Host headers under which the page may be asked for."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host not in {"0.0.0.0", "::", ""}:  # noqa: S104  (not bound here: told apart)
        names.add(f"[{host}]" if ":" in host else host)
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))


def guard(hosts: Callable[[], frozenset[str]]) -> Middleware:
    """The middleware that lets only the page itself in and turns every failure into a sentence."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _is_ours(request, hosts()):
            return refusal(403, REFUSED[403])
        try:
            return await handler(request)
        except Refused as refused:
            return refusal(refused.status, str(refused))
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return refusal(error.status, REFUSED.get(error.status, "This request cannot be answered."))
        except Exception:  # noqa: BLE001  (the border: a bug of ours must reach the person as a sentence)
            _log.exception("web_request_failed", path=request.path)
            return refusal(500, BROKEN)

    return middleware


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Give every answer its protective headers."""
    response.headers.update(HEADERS)


def _is_ours(request: web.Request, hosts: frozenset[str]) -> bool:
    if request.headers.get("Host", "").lower() not in hosts:
        return False
    origin = request.headers.get("Origin")
    if origin is not None and origin.removeprefix("http://").lower() not in hosts:
        return False
    return request.method in {"GET", "HEAD"} or request.headers.get(OWN_HEADER) == "1"
