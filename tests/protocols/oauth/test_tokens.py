"""The machine side answers as RFC 6749 says, whatever it is sent."""

import pytest

from freehold.core.accounts.oauth.applications import HF

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.mark.parametrize(
    ("path", "form", "status", "code"),
    [
        ("/oauth/token", {}, 400, "invalid_request"),
        ("/oauth/token", {"grant_type": "password", "client_id": HF.id}, 400, "unsupported_grant_type"),
        ("/oauth/token", {"grant_type": DEVICE, "client_id": HF.id}, 400, "invalid_request"),
        ("/oauth/token", {"grant_type": DEVICE, "client_id": "x", "device_code": "y"}, 401, "invalid_client"),
        ("/oauth/token", {"grant_type": DEVICE, "client_id": HF.id, "device_code": "y"}, 400, "invalid_grant"),
        ("/oauth/token", {"grant_type": "refresh_token", "client_id": HF.id, "refresh_token": "y"}, 400,
         "invalid_grant"),
        ("/oauth/device", {"scope": "openid"}, 401, "invalid_client"),
        ("/oauth/device", {"client_id": HF.id, "scope": "nothing"}, 400, "invalid_scope"),
        ("/oauth/revoke", {"client_id": HF.id}, 400, "invalid_request"),
    ],
)  # fmt: skip
def test_errors_have_a_code_a_sentence_and_are_not_kept(hub, path, form, status, code):
    with hub.client() as client:
        answer = client.post(path, data=form)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["error_description"].endswith((".", "!")) and answer.headers["cache-control"] == "no-store"


def test_a_client_says_who_it_is_once(hub):
    with hub.client() as client:
        form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": HF.id, "client_secret": "s"}
        answer = client.post("/oauth/token", data=form, auth=(HF.id, "s"))
        assert answer.json()["error"] == "invalid_request"
        answer = client.post("/oauth/token", data={"grant_type": "refresh_token", "client_id": "x"}, auth=(HF.id, "s"))
        assert answer.json()["error"] == "invalid_request"


def test_any_body_gets_an_answer_in_the_same_shape(hub):
    with hub.client() as client:
        for body, kind in ((b"\xff", "application/json"), (b"[1]", "application/json"), (b"a=%ff", "text/plain")):
            answer = client.post("/oauth/token", content=body, headers={"Content-Type": kind})
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert client.post("/oauth/token", content=b"x" * 40_000).status_code == 413


def test_revoking_what_is_not_there_is_no_news(hub):
    with hub.client() as client:
        assert client.post("/oauth/revoke", data={"client_id": HF.id, "token": "x"}).status_code == 200
