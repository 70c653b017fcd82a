"""The page of the API, from the hub's own table."""

from inspect import signature

from freehold.protocols.hub.routes import declared
from tests.web.browsing import Browser


def test_it_has_every_route_of_the_table(hub):
    page = Browser(hub).get("/docs/api").text
    for line in declared(**dict.fromkeys(signature(declared).parameters)):
        assert line.template.replace(":rest}", "}") in page


def test_it_can_be_narrowed(hub):
    page = Browser(hub).get("/docs/api?q=resolve+head").text
    assert "/{prefix}{id}/resolve/{rev}/{path}" in page
    assert "/api/whoami-v2<" not in page
    nothing = Browser(hub).get("/docs/api?q=%3Cb%3E").text
    assert "No route fits" in nothing
    assert "<b>" not in nothing
