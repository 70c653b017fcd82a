"""The door out: it connects to what it checked, follows nothing, and never waits or reads without end."""

import gzip
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from freehold.base.errors import Invalid, NotReached
from freehold.stores.outbound.addresses import parse_networks
from freehold.stores.outbound.client import Outbound
from tests.kit.receiver import Receiver

LOOPBACK = parse_networks("127.0.0.1/32")


@pytest.fixture
def receiver():
    with Receiver() as one:
        yield one


@contextmanager
def speaking(talk):
    """A server that does `talk(connection)` with each who connects; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        socket.socket.shutdown(listener, socket.SHUT_RDWR)
        listener.close()


def drip(first: bytes):
    def talk(connection):
        connection.recv(65536)
        connection.sendall(first)
        while True:
            time.sleep(0.05)
            connection.sendall(b"x")

    return talk


def test_it_sends_and_reads_the_beginning_of_the_answer(receiver):
    receiver.body = b"a" * 5000
    answer = Outbound(LOOPBACK).post(receiver.url + "?a=b", b"{}", {"X-Webhook-Secret": "s"}, most=100)
    assert (answer.status, answer.body, answer.internal) == (200, b"a" * 100, True)
    (got,) = receiver.received
    assert (got.path, got.body, got.headers["X-Webhook-Secret"]) == ("/hook?a=b", b"{}", "s")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "http://[::]/"])
def test_an_inner_address_is_refused_at_once(url):
    with pytest.raises(Invalid, match="outbound_networks"):
        Outbound().check(url)
    with pytest.raises(Invalid, match="outbound_networks"):
        Outbound().post(url, b"", {})


def test_a_name_of_an_inner_address_is_refused():
    with pytest.raises(Invalid, match="internal network"):
        Outbound().post("http://localhost/", b"", {})


def test_a_name_of_which_one_address_is_inner_is_refused():
    out = Outbound(resolve=lambda _host, _port: ["8.8.8.8", "127.0.0.1"])
    with pytest.raises(Invalid, match="internal network"):
        out.post("http://two.example/", b"", {})


def test_dns_rebinding_is_in_vain(receiver):
    asked = []

    def rebind(host, _port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    url = receiver.url.replace("127.0.0.1", "rebind.example")
    assert Outbound(LOOPBACK, resolve=rebind).post(url, b"", {}).status == 200
    assert asked == ["rebind.example"]
    assert receiver.received[0].headers["Host"].startswith("rebind.example:")


def test_a_failing_lookup_is_no_permission():
    def broken(_host, _port):
        raise OSError("no such name")

    with pytest.raises(NotReached, match="looked up"):
        Outbound(resolve=broken).post("http://gone.example/", b"", {})
    with pytest.raises(NotReached, match="no address"):
        Outbound(resolve=lambda _host, _port: []).post("http://gone.example/", b"", {})


def test_a_lookup_that_never_ends_is_given_up():
    out = Outbound(timeout_s=0.2, resolve=lambda _host, _port: time.sleep(5) or [])
    with pytest.raises(NotReached, match="in time"):
        out.post("http://slow.example/", b"", {})


def test_an_odd_port_is_refused_outside_named_networks():
    with pytest.raises(Invalid, match="ports 80 and 443"):
        Outbound().check("http://good.example:22/")
    with pytest.raises(Invalid, match="ports 80 and 443"):
        Outbound(LOOPBACK, resolve=lambda _host, _port: ["8.8.8.8"]).post("http://good.example:6379/", b"", {})


def test_a_mapped_form_of_a_named_network_is_refused(receiver):
    port = urlsplit(receiver.url).port
    with pytest.raises(Invalid, match="internal network"):
        Outbound(LOOPBACK).post(f"http://[::ffff:127.0.0.1]:{port}/", b"", {})


def test_a_redirect_is_not_followed(receiver):
    receiver.status, receiver.headers = 307, {"Location": "http://169.254.169.254/latest/meta-data"}
    assert Outbound(LOOPBACK).post(receiver.url, b"", {}).status == 307
    assert len(receiver.received) == 1


def test_a_compressed_answer_is_not_unpacked(receiver):
    bomb = gzip.compress(b"\0" * 10_000_000)
    receiver.body, receiver.headers = bomb, {"Content-Encoding": "gzip"}
    assert Outbound(LOOPBACK).post(receiver.url, b"", {}, most=64).body == bomb[:64]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(b"", id="status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", id="header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", id="body without end"),
    ],
)
def test_an_answer_that_drips_is_cut_off(first):
    with speaking(drip(first)) as port:
        began = time.monotonic()
        with pytest.raises(NotReached, match=r"within 0\.5 seconds"):
            Outbound(LOOPBACK, timeout_s=0.5).post(f"http://127.0.0.1:{port}/", b"", {})
        assert time.monotonic() - began < 3


def test_a_handshake_that_drips_is_cut_off():
    # A record of TLS that is announced as 16 KiB long and comes byte by byte.
    with speaking(drip(b"\x16\x03\x03\x40\x00")) as port:
        began = time.monotonic()
        with pytest.raises(NotReached, match=r"within 0\.5 seconds"):
            Outbound(LOOPBACK, timeout_s=0.5).post(f"https://127.0.0.1:{port}/", b"", {})
        assert time.monotonic() - began < 3


def test_what_is_no_http_is_said_so():
    def greet(connection):
        connection.sendall(b"220 smtp ready\r\n")
        connection.recv(9999)

    with speaking(greet) as port, pytest.raises(NotReached, match="did not answer in HTTP"):
        Outbound(LOOPBACK).post(f"http://127.0.0.1:{port}/", b"", {})


def test_nobody_listening_is_said_so():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(NotReached, match="refused"):
        Outbound(LOOPBACK).post(f"http://127.0.0.1:{port}/", b"", {})


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    with self_signed(tmp_path) as port, pytest.raises(NotReached, match="trusted"):
        Outbound(LOOPBACK).post(f"https://127.0.0.1:{port}/", b"", {})


def test_a_header_cannot_smuggle_a_second(receiver):
    with pytest.raises(NotReached):
        Outbound(LOOPBACK).post(receiver.url, b"", {"X-Webhook-Secret": "a\r\nX-Evil: 1"})
    assert receiver.received == []


@contextmanager
def self_signed(folder):
    """A TLS server whose certificate it made itself."""
    import subprocess

    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def talk(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(9999)

    with speaking(talk) as port:
        yield port
