"""Who is asking."""

import base64

import pytest
from starlette.requests import Request

from freehold.asgi.identity import CREDENTIALS_KEY, SESSION_COOKIE, Credentials, identity
from freehold.base.errors import BadCredentials
from freehold.core.accounts.actor import ANONYMOUS, Actor

ALICE = Actor("1", "alice", may_write=True)


def by_secret(secret):
    if secret != "good":
        raise BadCredentials("Invalid credentials in Authorization header")
    return ALICE


def ask(method="GET", **headers):
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": "/",
        "headers": [
            (key.replace("_", "-").encode(), value.encode()) for key, value in {"host": "hub.test", **headers}.items()
        ],
        CREDENTIALS_KEY: Credentials(by_secret, by_secret),
    }
    return identity(Request(scope))


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_nobody_is_anonymous():
    assert ask() is ANONYMOUS


@pytest.mark.parametrize(
    "header", ["Bearer good", "bearer good", basic("alice:good"), basic("good:"), basic("anything:good")]
)
def test_a_token_comes_as_bearer_or_as_password(header):
    assert ask(authorization=header) is ALICE


@pytest.mark.parametrize(
    "header", ["Bearer bad", "Bearer ", "", "Basic !", "Basic /w==", basic("good:bad"), "Digest good"]
)
def test_it_refuses_a_bad_credential(header):
    with pytest.raises(BadCredentials, match=r"^Invalid credentials in Authorization header$"):
        ask(authorization=header)


def test_a_session_counts_for_reading():
    assert ask(cookie=f"{SESSION_COOKIE}=good") is ALICE
    assert ask(cookie=f"{SESSION_COOKIE}=over") is ANONYMOUS


@pytest.mark.parametrize(
    ("headers", "actor"),
    [
        ({}, ANONYMOUS),
        ({"origin": "http://evil.test"}, ANONYMOUS),
        ({"origin": "null"}, ANONYMOUS),
        ({"origin": "http://hub.test"}, ALICE),
        ({"sec_fetch_site": "same-origin"}, ALICE),
        ({"sec_fetch_site": "same-site", "origin": "http://hub.test"}, ANONYMOUS),
        ({"sec_fetch_site": "cross-site"}, ANONYMOUS),
    ],
)
def test_a_session_changes_things_only_from_the_hubs_own_pages(headers, actor):
    assert ask("POST", cookie=f"{SESSION_COOKIE}=good", **headers) is actor


def test_a_token_beside_a_session_wins():
    with pytest.raises(BadCredentials):
        ask(cookie=f"{SESSION_COOKIE}=good", authorization="Bearer bad")
