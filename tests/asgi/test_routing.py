"""Routing on the raw path."""

import pytest
from starlette.responses import JSONResponse

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route, Router
from tests.asgi.asking import asking


def tell(request):
    return JSONResponse([request.scope["route"].path, request.path_params])


ROUTES = [
    Route("/api/models", tell, needs=Need.NOTHING),
    Route("/api/models/{ns:seg}/{name:seg}", tell, needs=Need.NOTHING),
    Route("/api/models/{ns:seg}/{name:seg}/tree/{rev:seg}/{path:rest}", tell, needs=Need.NOTHING),
    Route("/api/{kind:seg}/{ns:seg}", tell, needs=Need.NOTHING, methods=["POST"]),
    Route("/datasets/{ns:seg}/{name:seg}/resolve/{rev:seg}/{path:rest}", tell, needs=Need.NOTHING),
    Route("/{ns:seg}/{name:seg}/resolve/{rev:seg}/{path:rest}", tell, needs=Need.NOTHING),
    Route("/{ns:seg}", tell, needs=Need.NOTHING),
    Route("/", tell, needs=Need.NOTHING),
]


@pytest.fixture
def client(portal):
    return asking(portal, ROUTES)


@pytest.mark.parametrize(
    ("path", "route", "params"),
    [
        ("/", "/", {}),
        ("/alice", "/{ns:seg}", {"ns": "alice"}),
        ("/api/models", "/api/models", {}),
        ("/api/models/alice/birds", "/api/models/{ns:seg}/{name:seg}", {"ns": "alice", "name": "birds"}),
        (
            "/api/models/alice/birds/tree/refs%2Fpr%2F1/a%2Fb.txt",
            "/api/models/{ns:seg}/{name:seg}/tree/{rev:seg}/{path:rest}",
            {"ns": "alice", "name": "birds", "rev": "refs/pr/1", "path": "a/b.txt"},
        ),
        (
            "/datasets/alice/birds/resolve/main/a/b%20c.txt",
            "/datasets/{ns:seg}/{name:seg}/resolve/{rev:seg}/{path:rest}",
            {"ns": "alice", "name": "birds", "rev": "main", "path": "a/b c.txt"},
        ),
        (
            "/alice/birds/resolve/main/%C3%A9",
            "/{ns:seg}/{name:seg}/resolve/{rev:seg}/{path:rest}",
            {"ns": "alice", "name": "birds", "rev": "main", "path": "é"},
        ),
    ],
)
def test_a_segment_is_told_apart_before_it_is_decoded(client, path, route, params):
    assert client.get(path).json() == [route, params]


def test_head_goes_where_get_goes(client):
    assert client.head("/alice").status_code == 200


def test_a_known_path_with_another_method_is_405(client):
    answer = client.post("/api/models")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/alice/birds", "/api/models/alice", "/x/y/z"])
def test_an_unknown_path_is_404(client, path):
    assert client.get(path).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/%FF", "/a%00b", "/alice/birds/resolve/main/%C3"])
def test_it_refuses_what_is_no_text(client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_hubs_prefix_is_no_part_of_the_path(portal):
    client = asking(portal, ROUTES, url="https://example.org/hub")
    assert client.get("/hub/api/models").json()[0] == "/api/models"
    assert client.get("/api/models").json()[0] == "/api/models"


def test_a_route_must_say_what_it_needs():
    with pytest.raises(TypeError, match="needs"):
        Route("/forgotten", tell)


def test_a_hub_with_a_route_that_says_nothing_does_not_start():
    with pytest.raises(TypeError, match="/forgotten"):
        Router([*ROUTES, Route("/forgotten", tell, needs=None)], tell)


def test_what_else_an_address_takes_is_said_in_a_sentence(client):
    answer = client.delete("/api/models")
    assert answer.headers["allow"] == "GET, HEAD"
    assert "does not take DELETE" in answer.headers["x-error-message"]
    assert answer.json()["error"] == answer.headers["x-error-message"]
