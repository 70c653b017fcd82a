"""People sign in by password or link, once each, from this hub's own pages only."""

import pytest

from freehold.core.accounts.actor import SYSTEM
from tests.web.browsing import PASSWORD, Browser, signed_in


@pytest.fixture
def with_password(hub):
    hub.rooms.people.set_password(SYSTEM, "alice", PASSWORD)
    return hub


def test_alice_signs_in_and_out(with_password):
    browser = Browser(with_password)
    answer = browser.post("/login", name="alice", password=PASSWORD, next="/alice")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alice")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Sign out" in browser.get("/").text
    assert browser.post("/logout", on="/").status_code == 303
    assert "Sign out" not in browser.get("/").text


def test_a_wrong_password_is_told_without_saying_what_was_wrong(with_password):
    for name in ("alice", "nobody"):
        answer = Browser(with_password).post("/login", name=name, password="x" * 12)
        assert answer.status_code == 401
        assert "The name or the password is wrong." in answer.text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/login"])
def test_nobody_is_sent_elsewhere_after_signing_in(with_password, target):
    answer = Browser(with_password).post("/login", name="alice", password=PASSWORD, next=target)
    assert answer.headers["location"] == "/"


def test_a_link_works_once_and_only_by_its_button(hub):
    link = f"/login/link/{hub.rooms.sessions.make_link(SYSTEM, 'bob')}"
    first, second = Browser(hub), Browser(hub)
    for _ in range(3):
        assert first.get(link).status_code == 200
    assert first.post(link).status_code == 303
    assert second.post(link).status_code == 401
    assert "bob" in first.get("/").text


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_it_refuses_a_form_without_its_token(with_password, token):
    answer = Browser(with_password).post("/login", token=token, name="alice", password=PASSWORD)
    assert answer.status_code == 403


def test_it_refuses_a_token_of_another_visitor(hub):
    alice, mallory = signed_in(hub, "alice"), signed_in(hub, "mallory")
    stolen = mallory.token_on("/settings/tokens")
    answer = alice.post("/settings/tokens", token=stolen, name="theirs", role="write")
    assert answer.status_code == 403


def test_it_refuses_a_form_from_another_site(with_password):
    browser = Browser(with_password)
    token = browser.token_on("/login")
    form = {"csrf": token, "name": "alice", "password": PASSWORD}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert browser.client.post("/login", data=form, headers=headers).status_code == 403
    del browser.client.headers["Sec-Fetch-Site"]
    assert browser.client.post("/login", data=form, headers={"Origin": "https://evil.example"}).status_code == 403


def test_it_refuses_a_form_that_is_none(hub):
    browser = Browser(hub)
    assert browser.client.post("/login", json={"name": "alice"}).status_code == 400
    big = {"csrf": "x", "name": "y" * 100_000}
    assert browser.client.post("/login", data=big).status_code == 413
