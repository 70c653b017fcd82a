"""Tokens are made by their owner, shown once, and end when revoked."""

import re

import pytest

from freehold.core.accounts.barring import Terms
from tests.kit.builders import a_model
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


def test_a_narrow_token_is_made_of_what_was_chosen(hub):
    a_model(hub, "acme/secret", visibility="private")
    bob, me = signed_in(hub, "bob"), hub.actor("bob").account_id
    asked = {f"{me}:repo.write": "1", "repos": "acme/secret\n", "repos:repo.content.read": "1", "gated": "1"}
    made = bob.post("/settings/tokens", name="ci", role="fineGrained", days="30", **asked)
    secret = re.search(r"hf_[A-Za-z0-9]{40}", made.text)[0]
    actor = hub.rooms.tokens.identify(secret)
    assert {part.entity.name: set(part.permissions) for part in actor.scope.parts} == {
        "bob": {"repo.write"},
        "acme/secret": {"repo.content.read"},
    }
    assert actor.scope.reads_gated
    assert "acme/secret: repo.content.read" in made.text
    token = hub.rooms.tokens.by_id(actor.token_id)
    assert abs(token.expires_at - hub.clock() - 30 * 24 * 3600 * 1_000_000) < 60_000_000


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"repos": "acme/secret", "repos:repo.write": "1"}, "You can see no repository"),
        ({"repos": "nonsense", "repos:repo.write": "1"}, "You can see no repository"),
        ({"repos": "acme/open"}, "Say what the token may do"),
        ({"days": "100000"}, "Choose how long"),
    ],
)
def test_it_says_what_is_wrong_with_a_scope(hub, asked, why):
    a_model(hub, "acme/secret", visibility="private")
    a_model(hub, "acme/open")
    carol = signed_in(hub, "carol")
    answer = carol.post("/settings/tokens", name="ci", role="fineGrained", **asked)
    assert answer.status_code == 400
    assert why in answer.text


def test_a_permission_for_a_strangers_account_is_not_given(hub):
    carol = signed_in(hub, "carol")
    acme = hub.rooms.people.by_name("acme").id
    made = carol.post("/settings/tokens", name="ci", role="fineGrained", **{f"{acme}:repo.write": "1"})
    assert "public things only" in made.text


def test_a_token_is_rotated(hub):
    bob = signed_in(hub, "bob")
    made = bob.post("/settings/tokens", name="laptop", role="write")
    old = re.search(r"hf_[A-Za-z0-9]{40}", made.text)[0]
    token_id = re.search(r'name="id" value="([0-9a-f]{24})"', made.text)[1]
    rotated = bob.post("/settings/tokens/rotate", on="/settings/tokens", id=token_id)
    new = re.search(r"hf_[A-Za-z0-9]{40}", rotated.text)[0]
    assert old != new
    assert "The former secret works until" in rotated.text
    assert hub.rooms.tokens.identify(old) == hub.rooms.tokens.identify(new)


@pytest.mark.parametrize(
    ("terms", "english", "german"),
    [
        (
            Terms(1),
            "is reached only by tokens that expire at most 1 day after they are made.",
            "ist nur mit Token erreichbar, die höchstens 1 Tag gelten.",
        ),
        (
            Terms(30, narrow=True),
            "is reached only by tokens that expire at most 30 days after they are made and are fine-grained.",
            "ist nur mit fein abgestuften Token erreichbar, die höchstens 30 Tage gelten.",
        ),
        (
            Terms(narrow=True),
            "is reached only by tokens that are fine-grained.",
            "ist nur mit fein abgestuften Token erreichbar.",
        ),
    ],
)
def test_what_an_organisation_asks_is_one_sentence_in_each_language(hub, terms, english, german):
    hub.rooms.orgs.credentials.set_terms(hub.rooms.orgs.desk(hub.actor("alice"), "acme"), terms)
    alice = signed_in(hub, "alice")
    assert f"<strong>acme</strong> {english}" in alice.get("/settings/tokens").text
    assert f"<strong>acme</strong> {german}" in alice.get("/settings/tokens", "de").text
