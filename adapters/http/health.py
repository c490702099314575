"""Health and metrics over HTTP: /healthz, /readyz, /metrics. What is healthy is decided by the checks it is given."""

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import AdapterError

CHECK_S = 3.0
KEPT_S = 1.0  # how long an answer is given again: however often somebody asks, the database is asked this often
SHUTDOWN_S = 2.0
BODY_BYTES = 1024 * 1024  # the form of a platform that calls us is the most that ever comes
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
SAID = {404: "There is nothing at this address.", 405: "This address is only read, with GET.", 413: "That is too much at once."}

Route = web.RouteDef
"""An address of a platform that calls us."""

Check = Callable[[], Awaitable[str]]
"""Empty when all is well, else what is wrong in a few words. May raise: that is wrong too."""

_log = structlog.get_logger()


class HealthServer:
    """Answers on one port.

    Args:
        host: the address to listen on.
        port: the port; 0 takes any free one.
        alive: whether this process does its work: when not, it should be started anew.
        ready: by name, what must be well before this process is given work; each may take three seconds.
        render_metrics: the metrics, and their content type.
        routes: further addresses on the same port, for platforms that call us.
    """

    def __init__(  # noqa: PLR0913  (all of it is wired once)
        self,
        *,
        host: str,
        port: int,
        alive: Check,
        ready: Mapping[str, Check],
        render_metrics: Callable[[], tuple[bytes, str]],
        routes: Sequence[web.RouteDef] = (),
    ) -> None:
        self._host = host
        self._port = port
        self._alive = alive
        self._ready = dict(ready)
        self._render_metrics = render_metrics
        self._routes = tuple(routes)
        self._runner: web.AppRunner | None = None
        self._asking = asyncio.Lock()
        self._found: dict[str, str] = {}
        self._found_at = float("-inf")

    @property
    def address(self) -> str:
        """Where it is; the port is known once it has started."""
        host = "127.0.0.1" if self._host in {"0.0.0.0", "::", ""} else self._host  # noqa: S104  (told apart, not bound)
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

    async def start(self) -> None:
        """Open the port.

        Raises:
            AdapterError: it is taken or may not be used.
        """
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[_tidy])
        own = (web.get("/healthz", self._healthz), web.get("/readyz", self._readyz), web.get("/metrics", self._metrics))
        app.add_routes((*own, *self._routes))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            why = "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror or error})"
            raise AdapterError(
                f"Port {self._port} on {self._host} {why}. Health and metrics were not opened. "
                "Set PAPERROUND_HTTP_PORT to another port, or to 0 for none."
            ) from error
        self._port = runner.addresses[0][1]
        self._runner = runner

    async def stop(self) -> None:
        """Close the port; answers under way get two seconds."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, _: web.Request) -> web.Response:
        wrong = await _ask(self._alive)
        return web.json_response({"status": wrong or "ok"}, status=503 if wrong else 200)

    async def _readyz(self, _: web.Request) -> web.Response:
        found = await self._checked()
        return web.json_response(
            {"ready": not any(found.values()), "checks": {name: wrong or "ok" for name, wrong in found.items()}},
            status=503 if any(found.values()) else 200,
        )

    async def _metrics(self, _: web.Request) -> web.Response:
        body, content_type = self._render_metrics()
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _checked(self) -> dict[str, str]:
        """What each check finds, asked together, at most once a second."""
        async with self._asking:
            if time.monotonic() - self._found_at > KEPT_S:
                wrong = await asyncio.gather(*(_ask(check) for check in self._ready.values()))
                self._found = dict(zip(self._ready, wrong, strict=True))
                self._found_at = time.monotonic()
            return self._found

    def recheck(self) -> None:
        """Forget what was found: the next one who asks is told how it is now."""
        self._found_at = float("-inf")


async def _ask(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_S:.0f} s"
    except Exception as error:  # noqa: BLE001 - whatever breaks a check is what the check is for
        _log.warning("check_failed", error=str(error) or repr(error))
        return type(error).__name__  # whoever may ask is not told addresses and paths, which errors hold


@web.middleware
async def _tidy(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal and every error is a short JSON sentence."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        said = SAID.get(error.status, "This request cannot be answered.")
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        response = web.json_response({"error": said}, status=error.status, headers=allow)
    except Exception:  # noqa: BLE001 - the border: a bug of ours is a line in the log, not a page with a trace
        _log.exception("http_request_failed", path=request.path)
        response = web.json_response({"error": "Something broke on our side."}, status=500)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response
