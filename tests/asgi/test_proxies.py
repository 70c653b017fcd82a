"""Reverse proxies."""

import pytest
from starlette.responses import JSONResponse

from freehold.asgi.needs import Need
from freehold.asgi.proxies import parse_networks
from freehold.asgi.routing import Route
from freehold.asgi.urls import base_url
from freehold.base.errors import Invalid
from tests.asgi.asking import asking

SAID = {
    "x-forwarded-proto": "https",
    "x-forwarded-host": "hub.example.org",
    "x-forwarded-prefix": "/hf/",
    "x-forwarded-for": "6.6.6.6, 203.0.113.9, 127.0.0.1",
}


def tell(request):
    return JSONResponse([base_url(request), request.client.host])


def test_a_trusted_proxy_is_believed(portal):
    client = asking(portal, [Route("/a", tell, needs=Need.NOTHING)], trusted="127.0.0.1,10.0.0.0/8")
    assert client.get("/a", headers=SAID).json() == ["https://hub.example.org/hf", "203.0.113.9"]
    assert client.get("/hf/a", headers=SAID).json() == ["https://hub.example.org/hf", "203.0.113.9"]


def test_a_stranger_is_not(portal):
    client = asking(portal, [Route("/a", tell, needs=Need.NOTHING)], trusted="10.0.0.0/8")
    assert client.get("/a", headers=SAID).json() == ["http://hub.test", "127.0.0.1"]


def test_the_configured_address_wins(portal):
    client = asking(portal, [Route("/a", tell, needs=Need.NOTHING)], url="https://configured.org/x/")
    assert client.get("/a", headers=SAID).json()[0] == "https://configured.org/x"


@pytest.mark.parametrize("host", ["evil.org/path", "a b", "x@y", "[::1", "<script>"])
def test_it_refuses_a_host_that_is_none(portal, host):
    assert asking(portal, [Route("/a", tell, needs=Need.NOTHING)]).get("/a", headers={"host": host}).status_code == 400


def test_it_refuses_networks_that_are_none():
    with pytest.raises(Invalid, match="trusted_proxies"):
        parse_networks("127.0.0.1, nonsense")
