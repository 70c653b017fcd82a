"""Requests that ask for more than anybody needs: they are refused, cut or answered cheaply, and never with an error."""

import gzip
import json
import socket

import pytest

from freehold.asgi.needs import Need
from freehold.asgi.paging import MAX_LIMIT
from freehold.asgi.routing import Route
from tests.asgi.serving import serving
from tests.kit.builders import a_model
from tests.kit.hub import TestHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = TestHub(tmp_path_factory.mktemp("exhaustion"))
    a_model(hub, files={"a.txt": b"0123456789" * 1000})
    yield hub
    hub.close()


def test_many_ranges_are_answered_once_and_whole(hub):
    ranges = "bytes=" + ",".join(["0-"] * 10_000)
    with hub.client() as client:
        answer = client.get("/alice/birds/resolve/main/a.txt", headers={"Range": ranges})
    assert answer.status_code in (200, 206, 416)
    assert len(answer.content) <= 10_000
    assert "multipart" not in answer.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/api/models", "/api/models/alice/birds/tree/main", "/api/models/alice/birds/commits/main"]
)
def test_no_page_is_longer_than_the_longest(hub, path):
    with hub.client() as client:
        answer = client.get(f"{path}?limit=999999999")
        assert answer.status_code == 200
        assert len(answer.json()) <= MAX_LIMIT
        assert client.get(f"{path}?limit={'9' * 400}").status_code == 400


def test_a_compressed_body_is_not_opened(hub):
    bomb = gzip.compress(json.dumps({"paths": ["x" * 10_000_000]}).encode())
    with hub.client() as client:
        answer = client.post(
            "/api/models/alice/birds/paths-info/main",
            content=bomb,
            headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
        )
    assert answer.status_code in (400, 413, 415)


def test_a_body_without_end_is_cut(hub):
    with hub.client("alice") as alice:
        answer = alice.post("/api/validate-yaml", content=b"x" * (30 << 20))
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 1_000_000,
        b"GET /" + b"a" * (5 << 20),
        b"GET / HTTP/1.1\r\na: " + b"b" * (5 << 20),
    ],
    ids=["lines", "address", "value"],
)
def test_a_head_without_end_is_not_kept(head):
    with serving([Route("/", lambda _request: None, needs=Need.NOTHING)]) as served:
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as line:
            try:
                for start in range(0, len(head), 65536):
                    line.sendall(head[start : start + 65536])
                answer = line.recv(65536)
            except OSError:
                answer = b"HTTP/1.1 400"  # the hub has hung up while it was still sent to
        assert answer.startswith(b"HTTP/1.1 400")
