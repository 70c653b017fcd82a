"""Errors → responses."""

import pytest
from starlette.responses import HTMLResponse

from freehold.asgi.errors import Errors, header_text
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base import errors
from tests.asgi.asking import asking

OID = "a" * 40
TABLE = [
    (errors.Invalid("x"), 400, {}),
    (errors.NotGated("x"), 400, {"x-error-code": "RepoNotGated"}),
    (errors.InvalidName("x"), 400, {}),
    (errors.Unprocessable("x"), 422, {}),
    (errors.BadCredentials("x"), 401, {}),
    (errors.Forbidden("x"), 403, {}),
    (errors.Disabled(), 403, {"x-error-code": "DisabledRepo"}),
    (errors.Gated("x"), 401, {"x-error-code": "GatedRepo"}),
    (errors.NotFound("x"), 404, {}),
    (errors.RepoNotFound("x"), 401, {"x-error-code": "RepoNotFound"}),
    (errors.RevisionNotFound("x"), 404, {"x-error-code": "RevisionNotFound"}),
    (errors.EntryNotFound("x", OID), 404, {"x-error-code": "EntryNotFound", "x-repo-commit": OID}),
    (errors.Moved("alice/new"), 307, {"location": "/alice/new"}),
    (errors.Conflict("x", "/alice/birds"), 409, {}),
    (errors.Stale("x"), 412, {}),
    (errors.TooLarge("x"), 413, {}),
    (errors.TooMany("x", 7), 429, {"retry-after": "7"}),
    (errors.QuotaExceeded("x"), 403, {"x-error-code": "QuotaExceeded"}),
    (errors.RangeUnsatisfiable(7), 416, {"content-range": "bytes */7"}),
    (errors.NotBuilt("x"), 501, {"x-error-code": "NotImplemented"}),
    (errors.NotReached("x"), 502, {}),
    (errors.StorageFull("x"), 507, {"retry-after": "5"}),
    (errors.StorageFailed("x"), 503, {"retry-after": "5"}),
    (errors.Corrupt("x"), 503, {}),
]


def raising(error):
    def endpoint(_request):
        raise error

    return Route("/api/it", endpoint, needs=Need.NOTHING)


@pytest.mark.parametrize(("error", "status", "headers"), TABLE, ids=lambda value: type(value).__name__)
def test_the_table_of_errors(portal, error, status, headers):
    answer = asking(portal, [raising(error)]).get("/api/it")
    assert answer.status_code == status
    assert answer.json()["error"] == error.message
    assert answer.headers["x-error-message"] == error.message
    assert headers.items() <= dict(answer.headers).items()


def test_every_error_of_the_family_is_in_the_table():
    family = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.HubError)}
    assert family - {errors.HubError} <= {type(error) for error, _, _ in TABLE}


def test_somebody_who_signed_in_gets_404_for_a_missing_repository(portal):
    client = asking(portal, [raising(errors.RepoNotFound("x"))])
    assert client.get("/api/it", headers={"authorization": "Bearer x"}).status_code == 404


def test_a_conflict_tells_where_the_thing_is(portal):
    answer = asking(portal, [raising(errors.Conflict("exists", "/alice/birds"))]).get("/api/it")
    assert answer.json() == {"error": "exists", "url": "/alice/birds"}


def test_an_unforeseen_error_is_answered_without_its_text(portal):
    answer = asking(portal, [raising(ZeroDivisionError("secret detail"))]).get("/api/it")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"]


def test_git_is_told_to_ask_for_a_password(portal):
    def endpoint(_request):
        raise errors.RepoNotFound("x")

    client = asking(portal, [Route("/{path:rest}", endpoint, needs=Need.NOTHING)])
    assert client.get("/alice/birds.git/info/refs").headers["www-authenticate"].startswith("Basic")
    assert "www-authenticate" not in client.get("/api/models/alice/birds").headers


def test_a_message_cannot_break_out_of_its_header():
    assert header_text("no\r\nSet-Cookie: x=1 é") == "no Set-Cookie: x=1 ?"


def test_a_browser_gets_a_page_and_the_api_does_not(portal):
    def page(_request, status, message):
        return HTMLResponse(f"<h1>{message}</h1>", status)

    client = asking(
        portal,
        [
            raising(errors.NotFound("gone")),
            Route("/page", raising(errors.NotFound("gone")).endpoint, needs=Need.NOTHING),
        ],
    )
    # The hook is given where the application is put together.
    middle = client._transport.app.app.app
    assert isinstance(middle, Errors)
    middle.html = page
    html = {"accept": "text/html,*/*"}
    answer = client.get("/page", headers=html)
    assert (answer.status_code, answer.text) == (404, "<h1>gone</h1>")
    assert answer.headers["x-error-message"] == "gone"
    assert client.get("/api/it", headers=html).json() == {"error": "gone"}
    assert client.get("/page").json() == {"error": "gone"}
