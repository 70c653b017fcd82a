"""The middleware around every request."""

import pytest
import structlog
from starlette.responses import JSONResponse, Response

from freehold.asgi.logs import without_secrets
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from tests.asgi.asking import asking


def tell(_request):
    return JSONResponse({})


def page(_request):
    return Response("", headers={"Content-Security-Policy": "default-src 'self'"})


def broken(_request):
    raise ZeroDivisionError


@pytest.fixture
def client(portal):
    return asking(
        portal,
        [
            Route("/a", tell, needs=Need.NOTHING),
            Route("/page", page, needs=Need.NOTHING),
            Route("/broken", broken, needs=Need.NOTHING),
            Route("/link/{secret:seg}", tell, needs=Need.NOTHING),
        ],
    )


@pytest.mark.parametrize("path", ["/a", "/missing", "/broken", "/%FF"])
def test_every_answer_carries_the_clients_id(client, path):
    assert client.get(path, headers={"x-amzn-trace-id": "one", "x-request-id": "two"}).headers["x-request-id"] == "one"
    assert client.get(path, headers={"x-request-id": "two"}).headers["x-request-id"] == "two"
    assert len(client.get(path).headers["x-request-id"]) == 32


def test_an_id_that_is_no_text_is_replaced(client):
    assert client.get("/a", headers={"x-request-id": b"\xff\xfe"}).headers["x-request-id"].isalnum()


def test_what_is_no_page_may_run_nothing(client):
    answer = client.get("/a")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/page").headers["content-security-policy"] == "default-src 'self'"


def test_a_browser_of_another_origin_may_read_but_brings_no_cookies(client):
    asked = {
        "origin": "http://else.where",
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization,range",
    }
    preflight = client.options("/a", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-headers"] == "authorization,range"
    for answer in (preflight, client.get("/a"), client.get("/missing")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    assert "X-Repo-Commit" in client.get("/a").headers["access-control-expose-headers"]


def test_the_log_names_the_route_and_no_secret(client):
    with structlog.testing.capture_logs() as lines:
        client.get("/link/abcdefgh?signature=xyz", headers={"authorization": "Bearer hf_abcdefghijk"})
        client.get("/a?token=xyz")
    assert [line["path"] for line in lines] == ["/link/{secret:seg}", "/a"]
    assert all(secret not in repr(lines) for secret in ("abcdefgh", "xyz"))


def test_secrets_are_taken_out_of_every_line():
    event = {
        "event": "got hf_" + "a" * 40,
        "path": "/grant/xet_abcdefgh12.abc_-9",
        "error": "Authorization: Bearer abcdefghijkl",
        "n": 3,
    }
    assert without_secrets(None, "", event) == {
        "event": "got [secret]",
        "path": "/grant/[secret]",
        "error": "Authorization: [secret]",
        "n": 3,
    }
