"""Where a fetch may go: URLs of http(s) without credentials, and addresses of the public internet. Pure; asks no name server."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bot.errors import SourceError

Address = IPv4Address | IPv6Address

PORTS: Final = frozenset({80, 443})
MAX_URL_CHARS: Final = 2_000
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# What is not the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry/
# 168.63.129.16 is Azure's own service for its machines, in public space: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
_CLOSED_4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3", "168.63.129.16/32",
    )
)  # fmt: skip
# Only 2000::/3 is handed out; in it are protocols (Teredo among them), documentation and 6to4, which hides an IPv4 address.
# https://www.iana.org/assignments/iana-ipv6-special-registry/
_OPEN_6: Final = IPv6Network("2000::/3")
_CLOSED_6: Final = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_NAT64: Final = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits: https://www.rfc-editor.org/rfc/rfc6052


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which server a URL is on. `host` in lower case and ASCII, as name servers know it."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """What a Host header says: the host, and the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def place_of(url: str, ports: Iterable[int] = PORTS) -> Place:
    """The server of a URL that may be fetched.

    Raises:
        SourceError: it is no http(s) URL, carries a user or password, or names a port that is not among `ports`.
    """
    parts = _split(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise SourceError("This is no web address. Nothing was fetched. Give one that begins with https:// or http://")
    if "@" in parts.netloc:
        raise SourceError("This address holds a user name or password. Nothing was fetched. Give it without.")
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    allowed = frozenset(ports)
    if port not in allowed:
        known = ", ".join(map(str, sorted(allowed)))
        raise SourceError(
            f"Port {port} of {parts.hostname} is not one that is fetched from ({known}). Nothing was fetched. "
            "Whoever runs Paper Round can allow it with PAPERROUND_FEED_PORTS."
        )
    return Place(scheme=parts.scheme, host=parts.hostname.encode("idna").decode("ascii").lower(), port=port)


def is_public(address: Address) -> bool:
    """Whether this is a machine on the public internet: no loopback, private, link-local, shared or metadata address."""
    if isinstance(address, IPv6Address):
        inner = _ipv4_in(address)
        if inner is None:
            return address in _OPEN_6 and not any(address in closed for closed in _CLOSED_6)
        address = inner
    return not any(address in closed for closed in _CLOSED_4)


def read_address(text: str) -> Address:
    """An address as a resolver gives it, without the zone that IPv6 may carry."""
    return ip_address(text.partition("%")[0])


def _ipv4_in(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 machine that this address leads to: mapped, or through NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def _split(url: str) -> SplitResult:
    try:
        if len(url) > MAX_URL_CHARS or not url.isprintable() or " " in url or "\\" in url:
            raise ValueError("no URL")
        parts = urlsplit(url)
        parts.port  # noqa: B018 - it is read here, where a bad one is caught
        (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise SourceError("This web address cannot be read. Nothing was fetched. Copy it again from your browser.") from error
    return parts
