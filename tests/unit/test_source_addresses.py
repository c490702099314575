"""Where a fetch may go: decided on the address alone."""

from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.sources.addresses import Place, is_public, place_of, read_address


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "151.101.1.69", "2606:4700::1111", "2a04:4e42::645", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_machines_on_the_internet_are_public(text: str):
    """Also as mapped addresses, and through NAT64, which is how an IPv6 network reaches IPv4."""
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    ["0.0.0.1", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.8.9.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
     "192.0.0.192", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
     "168.63.129.16", "::", "::1", "::7f00:1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2001::1",
     "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
     "::ffff:10.0.0.1", "::ffff:169.254.169.254", "100::1"],
)  # fmt: skip
def test_all_others_are_not(text: str):
    """Loopback, private, shared, link-local, metadata, documentation, multicast, and what hides one of these."""
    assert not is_public(ip_address(text))


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:", "64:ff9b::"]))
def test_what_holds_an_ipv4_address_is_as_public_as_that(address, prefix: str):  # noqa: ANN001 - an address
    """Whichever it is."""
    assert is_public(ip_address(f"{prefix}{address}")) == is_public(address)


@given(st.ip_addresses())
def test_no_address_that_python_calls_private_is_public(address):  # noqa: ANN001 - an address
    """The standard library's own word is never overruled towards danger."""
    inner = getattr(address, "ipv4_mapped", None) or address
    if inner.is_private or inner.is_loopback or inner.is_link_local or inner.is_multicast or inner.is_unspecified:
        assert not is_public(address) or str(address).startswith("64:ff9b:")


def test_a_zone_does_not_hide_an_address():
    """As resolvers give link-local ones."""
    assert not is_public(read_address("fe80::1%eth0"))


@pytest.mark.parametrize(
    ("url", "place", "origin"),
    [
        ("https://Example.ORG/a?b#c", ("https", "example.org", 443), "example.org"),
        ("http://example.org:443/", ("http", "example.org", 443), "example.org:443"),
        ("http://[2606:4700::1111]/", ("http", "2606:4700::1111", 80), "[2606:4700::1111]"),
        ("https://bücher.example/", ("https", "xn--bcher-kva.example", 443), "xn--bcher-kva.example"),
    ],
)
def test_a_url_is_read(url: str, place: tuple[str, str, int], origin: str):
    """Its server, as a name server and a Host header know it."""
    found = place_of(url)
    assert (found.scheme, found.host, found.port, found.origin) == (*place, origin)


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "http://", "http:///a", "https://u@example.org/",
     "https://u:p@example.org/", "https://@example.org/", "http://example.org:22/", "http://example.org:8080/", "http://example.org:x/",
     "http://example.org:99999/", "http://[::1/", "http://exa mple.org/", "http://example.org\\@127.0.0.1/", "http://example.org/\n",
     "http://a..example/", "https://example.org/" + "a" * 2_000],
)  # fmt: skip
def test_what_may_not_be_fetched_is_refused_in_words(url: str):
    """Never another error, and always with what to do."""
    with pytest.raises(SourceError, match="Nothing was fetched"):
        place_of(url)


@given(st.text())
def test_any_text_is_a_place_or_refused(text: str):
    """Never a crash."""
    with suppress(SourceError):
        assert isinstance(place_of(f"http://{text}"), Place)


def test_more_ports_may_be_allowed():
    """By the operator's setting."""
    assert place_of("http://example.org:8080/", [8080]).port == 8080
