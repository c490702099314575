"""The client of sources against a real server on this machine: polite, bounded, and never led astray."""

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import SourceError
from bot.sources.addresses import Address, is_public
from bot.sources.client import Answer, Client, Limits, Refused
from bot.sources.pace import NotNow, Pace
from storage.notes import SqlNotes
from storage.open import Storage, open_storage
from tests.wire.source_server import Handler, source_server

ANY_PORT = frozenset(range(1, 65_536))


def now() -> datetime:
    """The real moment."""
    return datetime.now(UTC)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """An empty database."""
    opened = open_storage(f"sqlite:///{tmp_path}/papers.db")
    yield opened
    opened.close()


@pytest.fixture
def notes(storage: Storage) -> SqlNotes:
    """Its notes."""
    return storage.notes


def loopback_too(address: Address) -> bool:
    """As `is_public`, for a test whose server is on this machine."""
    return is_public(address) or address.is_loopback


@asynccontextmanager
async def client(notes: SqlNotes, *, trusted: tuple[str, ...] = (), **fields: object) -> AsyncIterator[Client]:
    """A client; `gap_s`, `whole_s`, `most`, `resolve`, `allowed` as given."""
    hosts = fields.pop("arxiv_hosts", frozenset())
    limits = Limits(bytes=fields.pop("most", 1_000_000), whole_s=fields.pop("whole_s", 5.0), ports=ANY_PORT)  # type: ignore[arg-type]
    pace = Pace(notes, now, busy_s=5.0, arxiv_hosts=hosts, gap_s=fields.pop("gap_s", 0.3))  # type: ignore[arg-type]
    async with Client(
        pace, now, user_agent="paperround/test (ada@example.org)", trusted=trusted, limits=limits, **fields
    ) as made:  # type: ignore[arg-type]
        yield made


def says(body: bytes, status: int = 200, **headers: str) -> Handler:
    """A handler that always answers this."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return handler


async def fetched(notes: SqlNotes, handler: Handler, **fields: object) -> Answer:
    """The answer of a trusted server with this handler."""
    async with source_server(handler) as server, client(notes, trusted=(server.url,), **fields) as made:
        return await made.get(f"{server.url}/list")


async def test_it_says_who_it_is_and_asks_whether_anything_changed(notes: SqlNotes):
    """The second time with what the server said the first time; an unchanged document is not sent again."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(
            body=b"x", headers={"ETag": '"1"', "Last-Modified": "Mon, 24 Nov 2025 00:00:00 GMT", "Set-Cookie": "a=b"}
        )

    async with source_server(handler) as server, client(notes, trusted=(server.url,)) as made:
        first = await made.get(server.url)
        assert (first.body, first.etag, first.modified) == (b"x", '"1"', "Mon, 24 Nov 2025 00:00:00 GMT")
        assert await made.get(server.url, etag=first.etag) == Answer(status=304, body=None)
        await made.get(server.url, modified=first.modified)
    assert server.asked[0].headers["user-agent"] == "paperround/test (ada@example.org)"
    assert server.asked[2].headers["if-modified-since"] == first.modified
    assert not any("cookie" in one.headers for one in server.asked)


@pytest.mark.parametrize(
    ("encoding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)], ids=["gzip", "deflate", "deflate without header"]
)
async def test_compressed_answers_are_unpacked(notes: SqlNotes, encoding: str, wbits: int):
    """Also deflate without its header, as some servers send it."""
    body = zlib.compress(b"hello" * 99, wbits=wbits)
    assert (await fetched(notes, says(body, Content_Encoding=encoding))).body == b"hello" * 99


async def test_a_bomb_costs_no_more_than_the_bound(notes: SqlNotes):
    """A gigabyte in a megabyte ends where the bound is."""
    bomb = zlib.compressobj(wbits=31)
    packed = b"".join(bomb.compress(bytes(1_000_000)) for _ in range(1_000)) + bomb.flush()
    with pytest.raises(SourceError, match="larger than 1 MB"):
        await fetched(notes, says(packed, Content_Encoding="gzip"))


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({"Content_Encoding": "gzip"}, gzip.compress(b"hello" * 99, mtime=0)[:-9], "broke off"),
        ({"Content_Encoding": "gzip"}, b"no gzip at all", "damaged"),
        ({"Content_Encoding": "br"}, b"x", "was not asked for"),
        ({}, bytes(1_000_001), "larger than 1 MB"),
    ],
)
async def test_a_damaged_or_boundless_answer_is_refused(notes: SqlNotes, headers: dict[str, str], body: bytes, said: str):
    """Nothing of it is used."""
    with pytest.raises(SourceError, match=said):
        await fetched(notes, says(body, **headers))


async def test_half_a_body_is_an_error(notes: SqlNotes):
    """The connection ends before the promised length."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"[{")
        assert request.transport is not None
        request.transport.close()
        return response

    with pytest.raises(SourceError, match="broke off"):
        await fetched(notes, handler)


async def test_a_slow_drip_ends_at_the_bound(notes: SqlNotes):
    """Each byte comes in time, the whole does not."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x")
            await asyncio.sleep(0.05)
        return response

    begun = asyncio.get_running_loop().time()
    with pytest.raises(SourceError, match="did not answer within 0 s"):
        await fetched(notes, handler, whole_s=0.4)
    assert asyncio.get_running_loop().time() - begun < 3


@pytest.mark.parametrize(("status", "header"), [(429, "7"), (503, "Thu, 01 Jan 2099 00:00:00 GMT")])
async def test_a_server_that_asks_us_to_wait_is_left_alone_by_all(notes: SqlNotes, status: int, header: str):
    """Also by another client on the same database, at most for a day."""
    handler = says(b"", status, Retry_After=header)
    async with source_server(handler) as server:
        async with client(notes, trusted=(server.url,)) as made:
            with pytest.raises(Refused) as refused:
                await made.get(server.url)
        async with client(notes, trusted=(server.url,)) as other:
            with pytest.raises(NotNow) as wait:
                await other.get(server.url)
    assert len(server.asked) == 1
    assert refused.value.retry_at == wait.value.at
    assert timedelta() < wait.value.at - now() <= timedelta(days=1)


async def test_a_budget_that_is_nearly_used_up_is_left_to_others(notes: SqlNotes):
    """The answer is taken; the next request waits for the budget's end."""
    handler = says(b"[]", RateLimit='"api";r=2;t=120', RateLimit_Policy='"fixed window";"api";q=500;w=300')
    async with source_server(handler) as server, client(notes, trusted=(server.url,)) as made:
        assert (await made.get(server.url)).body == b"[]"
        with pytest.raises(NotNow) as wait:
            await made.get(server.url)
    assert timedelta(seconds=100) < wait.value.at - now() <= timedelta(seconds=120)


async def test_arxivs_pace_holds_under_concurrency_and_over_processes(notes: SqlNotes, storage: Storage, tmp_path: Path):
    """Two clients on two connections to one database ask at once: one request at a time, none sooner than the gap."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.15)
        return web.Response(body=b"x")

    second = open_storage(f"sqlite:///{tmp_path}/papers.db")
    hosts = frozenset({"127.0.0.1"})
    try:
        async with (
            source_server(handler) as server,
            client(notes, trusted=(server.url,), arxiv_hosts=hosts) as one,
            client(second.notes, trusted=(server.url,), arxiv_hosts=hosts) as two,
        ):
            await asyncio.gather(*(made.get(server.url) for made in (one, two, one, two, one, two)))
    finally:
        second.close()
    asked = sorted(server.asked, key=lambda one: one.began)
    assert len(asked) == 6
    assert all(later.began - earlier.ended >= 0.29 for earlier, later in pairwise(asked))


async def test_arxiv_is_arxiv_by_any_of_its_names(notes: SqlNotes):
    """A feed of arXiv's stands in the same line as its categories."""
    pace = Pace(notes, now, busy_s=5.0)
    assert [
        pace._is_arxiv(host) for host in ("arxiv.org", "export.arxiv.org", "rss.arxiv.org", "notarxiv.org", "arxiv.org.example")
    ] == [
        True,
        True,
        True,
        False,
        False,
    ]


# What people give


def resolver(**hosts: list[str]):
    """A name server that knows these hosts (`_` is a dot) and counts what it is asked."""
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        if host.replace(".", "_") not in hosts:
            raise socket.gaierror("unknown")
        return hosts[host.replace(".", "_")]

    resolve.asked = asked  # type: ignore[attr-defined]
    return resolve


async def test_the_connection_is_made_to_the_address_that_was_checked(notes: SqlNotes):
    """A name server that would answer differently the second time is not asked a second time; the host's name is sent."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    async with source_server(says(b"x")) as server, client(notes, resolve=rebinding, allowed=loopback_too) as made:
        url = f"http://feed.example:{server.port}/a?b=c"
        assert (await made.get(url)).body == b"x"
        assert (server.asked[0].headers["host"], server.asked[0].query) == (f"feed.example:{server.port}", {"b": "c"})
        with pytest.raises(SourceError, match="not a machine on the public internet"):
            await made.get(url)
    assert (asked, len(server.asked)) == (["feed.example"] * 2, 1)


async def test_one_address_that_is_not_public_spoils_them_all(notes: SqlNotes):
    """Whichever of them comes first."""
    resolve = resolver(feed_example=["93.184.216.34", "169.254.169.254"])
    async with client(notes, resolve=resolve) as made:
        with pytest.raises(SourceError, match="not a machine on the public internet"):
            await made.get("https://feed.example/")


async def test_the_next_address_is_tried_where_one_cannot_be_reached(notes: SqlNotes):
    """As with IPv6 on a network that has none."""
    async with source_server(says(b"x")) as server:
        resolve = resolver(feed_example=["127.0.0.2", "127.0.0.1"])
        async with client(notes, resolve=resolve, allowed=loopback_too) as made:
            assert (await made.get(f"http://feed.example:{server.port}/")).body == b"x"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]",
     "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "[fd00:ec2::254]", "[fe80::1]",
     "１２７.0.0.1"],
)  # fmt: skip
async def test_no_spelling_of_an_inner_address_is_fetched(notes: SqlNotes, host: str):
    """Decimal, octal, hexadecimal and short ones, mapped and embedded ones; the real resolver reads them."""
    async with source_server(says(b"secret")) as server, client(notes) as made:
        with pytest.raises(SourceError):
            await made.get(f"http://{host}:{server.port}/")
    assert server.asked == []


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/", "http://2130706433:{port}/", "//127.0.0.1:{port}/", "http://inner.example/",
     "file:///etc/passwd", "gopher://x.example/", "http://u:p@feed.example/", "http://[::1/"],
)  # fmt: skip
async def test_a_redirect_is_checked_like_any_address(notes: SqlNotes, target: str):
    """The operator's own server is trusted, not where it leads."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/secret":
            return web.Response(body=b"secret")
        return web.Response(status=302, headers={"Location": target.format(port=server.port) + "secret"})

    resolve = resolver(
        feed_example=["127.0.0.1"], inner_example=["10.1.2.3"], **{"127_0_0_1": ["127.0.0.1"], "2130706433": ["127.0.0.1"]}
    )
    first_only = {"feed.example"}

    def allowed(address: Address) -> bool:
        return bool(first_only) and first_only.pop() is not None and address.is_loopback

    async with source_server(handler) as server, client(notes, resolve=resolve, allowed=allowed) as made:
        with pytest.raises(SourceError):
            await made.get(f"http://feed.example:{server.port}/")
    assert [one.path for one in server.asked] == ["/"]


async def test_redirects_are_followed_five_times_at_most(notes: SqlNotes):
    """Five are fine, a circle ends."""

    async def handler(request: web.Request) -> web.StreamResponse:
        left = int(request.path[1:])
        return web.Response(status=302, headers={"Location": f"/{left - 1}"}) if left else web.Response(body=b"x")

    async with source_server(handler) as server, client(notes, trusted=(server.url,)) as made:
        assert (await made.get(f"{server.url}/5")).body == b"x"
        with pytest.raises(SourceError, match="more than 5 times"):
            await made.get(f"{server.url}/6")


async def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(notes: SqlNotes, tmp_path: Path):
    """A self-made certificate is not believed; the handshake was for the name."""
    names: list[str | None] = []
    context = _self_signed(tmp_path)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, client(notes, resolve=resolver(feed_example=["127.0.0.1"]), allowed=loopback_too) as made:
        with pytest.raises(SourceError, match="cannot be reached"):
            await made.get(f"https://feed.example:{port}/")
    assert names == ["feed.example"]


def _self_signed(folder: Path) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "feed.example")])
    moment = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(moment - timedelta(days=1)).not_valid_after(moment + timedelta(days=1))
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(secret + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context
