"""Tokens are made by their owner, shown once, and end when revoked."""

import re

from tests.web.browsing import Browser, signed_in


def test_a_token_is_shown_once_and_works_until_it_is_revoked(hub):
    bob = signed_in(hub, "bob")
    made = bob.post("/settings/tokens", name="laptop", role="write")
    secret = re.search(r"hf_[A-Za-z0-9]{40}", made.text).group()
    assert made.headers["cache-control"] == "no-store"
    again = bob.get("/settings/tokens").text
    assert secret not in again
    assert "laptop" in again
    asked = {"Authorization": f"Bearer {secret}"}
    assert hub.client().get("/api/whoami-v2", headers=asked).json()["name"] == "bob"
    token_id = re.search(r'name="id" value="([^"]+)"', again).group(1)
    assert bob.post("/settings/tokens/revoke", on="/settings/tokens", id=token_id).status_code == 303
    assert hub.client().get("/api/whoami-v2", headers=asked).status_code == 401


def test_nobody_revokes_a_token_of_another(hub):
    token = hub.rooms.tokens.add(hub.actor("alice"), hub.actor("alice").account_id, "hers", "read")[0]
    mallory = signed_in(hub, "mallory")
    answer = mallory.post("/settings/tokens/revoke", on="/settings/tokens", id=token.id)
    assert answer.status_code == 400
    assert hub.rooms.tokens.by_id(token.id) is not None


def test_a_nameless_token_is_refused_in_words(hub):
    answer = signed_in(hub, "bob").post("/settings/tokens", name=" ", role="write")
    assert answer.status_code == 400
    assert "needs a name" in answer.text


def test_a_visitor_is_asked_to_sign_in(hub):
    answer = Browser(hub).get("/settings/tokens")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fsettings%2Ftokens")
