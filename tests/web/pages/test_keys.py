"""SSH keys are registered, listed and removed by their owner, and the page says where the door is."""

import re

import pytest

from tests.core.accounts.test_keys import line
from tests.kit.process import free_port
from tests.web.browsing import Browser, signed_in


def test_a_key_is_registered_and_removed(hub):
    bob, text = signed_in(hub, "bob"), line()
    assert bob.post("/settings/keys", name="", key=text, role="read").status_code == 303
    page = bob.get("/settings/keys").text
    key = hub.rooms.keys.list(hub.actor("bob").account_id)[0]
    assert "laptop" in page and key.fingerprint in page and "does not listen for SSH" in page
    key_id = re.search(r'name="id" value="([^"]+)"', page).group(1)
    assert bob.post("/settings/keys/remove", on="/settings/keys", id=key_id).status_code == 303
    assert hub.rooms.keys.list(key.account_id) == []


@pytest.mark.parametrize("text", ["nonsense <b>", "-----BEGIN OPENSSH PRIVATE " + "KEY-----"])
def test_what_is_no_key_is_refused_in_words_and_a_private_key_not_sent_back(hub, text):
    answer = signed_in(hub, "bob").post("/settings/keys", name="", key=text, role="write")
    assert answer.status_code == 400 and "key" in answer.text
    assert text not in answer.text  # either it is escaped, or it is not there at all


def test_nobody_removes_the_key_of_another(hub):
    alice = hub.actor("alice")
    key = hub.rooms.keys.add(alice, alice.account_id, "hers", line())
    assert signed_in(hub, "mallory").post("/settings/keys/remove", on="/settings/keys", id=key.id).status_code == 400
    assert hub.rooms.keys.list(alice.account_id) == [key]


def test_a_visitor_is_asked_to_sign_in(hub):
    answer = Browser(hub).get("/settings/keys")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fsettings%2Fkeys")


@pytest.mark.parametrize("hub", [{"ssh_port": free_port()}], indirect=True)
def test_it_says_where_the_door_is_and_by_what_to_know_it(hub):
    page = signed_in(hub, "bob").get("/settings/keys").text
    port = hub.settings.ssh_port
    assert f"git clone ssh://git@hub.test:{port}/bob/my-model" in page
    assert f"[hub.test]:{port} {hub.house.door.public_key}" in page
