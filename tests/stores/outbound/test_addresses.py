"""Which URLs may be asked: every known way of writing an inner address is refused, by name."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.stores.outbound.addresses import is_public, parse_networks, target_of


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://2130706433/", id="decimal"),
        pytest.param("http://0177.0.0.1/", id="octal"),
        pytest.param("http://0x7f.0.0.1/", id="hexadecimal"),
        pytest.param("http://0x7f000001/", id="hexadecimal in one"),
        pytest.param("http://127.1/", id="short form"),
        pytest.param("http://0/", id="zero"),
        pytest.param("http://127.0.0.1./", id="address with a trailing dot"),
        pytest.param("http://localhost./", id="name with a trailing dot"),
        pytest.param("http://①②⑦.⓪.⓪.①/", id="circled digits"),
        pytest.param("http://münchen.example/", id="foreign letters"),
        pytest.param("http://127。0。0。1/", id="ideographic dots"),
        pytest.param("http://good.example@127.0.0.1/", id="user name"),
        pytest.param("http://user:secret@good.example/", id="password"),
        pytest.param("http://[fe80::1%25eth0]/", id="zone"),
        pytest.param("http://[::1/", id="open bracket"),
        pytest.param("http://good.example\\@127.0.0.1/", id="backslash"),
        pytest.param("http://good.example\r\nHost: x/", id="line break"),
        pytest.param("http://good%2eexample/", id="quoted dot"),
        pytest.param("http:///nothing", id="no host"),
        pytest.param("http://good.example:0/", id="port zero"),
        pytest.param("http://good.example:99999/", id="port too large"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("gopher://127.0.0.1:25/_HELO", id="gopher"),
        pytest.param("ftp://good.example/", id="ftp"),
        pytest.param("//good.example/", id="no scheme"),
        pytest.param("http://" + "a" * 3000, id="too long"),
    ],
)
def test_a_url_of_this_form_is_refused(url):
    with pytest.raises(Invalid):
        target_of(url)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.9.9.9", id="the rest of loopback"),
        pytest.param("0.0.0.0", id="this host"),
        pytest.param("10.1.2.3", id="private 10"),
        pytest.param("172.16.0.1", id="private 172"),
        pytest.param("192.168.1.1", id="private 192"),
        pytest.param("169.254.169.254", id="metadata"),
        pytest.param("168.63.129.16", id="another metadata"),
        pytest.param("100.64.0.1", id="carrier's NAT"),
        pytest.param("100.100.100.200", id="a third metadata"),
        pytest.param("192.0.0.192", id="a fourth metadata"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("203.0.113.7", id="documents"),
        pytest.param("::", id="unspecified 6"),
        pytest.param("::1", id="loopback 6"),
        pytest.param("::ffff:127.0.0.1", id="mapped"),
        pytest.param("::ffff:8.8.8.8", id="mapped public"),
        pytest.param("::127.0.0.1", id="compatible"),
        pytest.param("64:ff9b::7f00:1", id="NAT64"),
        pytest.param("64:ff9b:1::a00:1", id="local NAT64"),
        pytest.param("2002:7f00:1::", id="6to4"),
        pytest.param("2001:0:7f00:1::", id="Teredo"),
        pytest.param("2001:db8::1", id="documents 6"),
        pytest.param("fc00::1", id="unique local"),
        pytest.param("fd00:ec2::254", id="metadata 6"),
        pytest.param("fe80::1", id="link-local 6"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("ff02::1", id="multicast 6"),
    ],
)
def test_this_address_is_not_of_the_world(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_this_address_is_of_the_world(address):
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_calls_inner(address):
    assert not is_public(address) or address.is_global


def test_a_url_is_taken_apart():
    target = target_of("https://Hooks.Example:8443/a/b?secret=x#end")
    assert (target.tls, target.host, target.port, target.path) == (True, "hooks.example", 8443, "/a/b?secret=x")
    assert target_of("http://[2606:4700::1111]").host == "2606:4700::1111"
    assert target_of("http://good.example?x").path == "/?x"


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_invalid(text):
    try:
        target = target_of(f"http://{text}")
    except Invalid:
        return
    assert 0 < target.port < 65536
    assert target.path.startswith("/")
    assert target.host == target.host.lower()


def test_networks_are_read():
    assert [str(network) for network in parse_networks("10.0.0.0/8, ::1")] == ["10.0.0.0/8", "::1/128"]
    with pytest.raises(Invalid, match="outbound_networks"):
        parse_networks("intranet")
