"""Deploy keys are added, listed and removed by who administers the repository, on a page of its settings."""

import re

import pytest

from tests.core.accounts.test_keys import line
from tests.kit.builders import a_dataset, a_model
from tests.kit.process import free_port
from tests.web.browsing import signed_in

PAGE = "/acme/birds/settings/keys"


def test_a_key_is_added_and_removed(hub):
    model, alice = a_model(hub, "acme/birds"), signed_in(hub, "alice")
    assert f'href="{PAGE}"' in alice.get("/acme/birds/settings").text
    assert alice.post(PAGE, name="", key=line(), role="read").status_code == 303
    page = alice.get(PAGE).text
    (key,) = hub.rooms.keys.deploy.list(hub.rooms.repos.reader(hub.actor("alice"), model).repo.id)
    assert all(text in page for text in ("laptop", key.fingerprint, "never used", 'href="/alice"'))
    key_id = re.search(r'name="id" value="([^"]+)"', page).group(1)
    assert alice.post(f"{PAGE}/remove", on=PAGE, id=key_id).status_code == 303
    assert key.fingerprint not in alice.get(PAGE).text
    assert alice.post(f"{PAGE}/remove", on=PAGE, id=key_id).status_code == 400


@pytest.mark.parametrize("text", ["nonsense <b>", "-----BEGIN OPENSSH PRIVATE " + "KEY-----"])
def test_what_is_no_key_is_refused_in_words_and_a_private_key_not_sent_back(hub, text):
    a_model(hub, "acme/birds")
    answer = signed_in(hub, "alice").post(PAGE, name="build", key=text, role="write")
    assert answer.status_code == 400 and "key" in answer.text and text not in answer.text
    assert 'value="build"' in answer.text


def test_only_who_administers_the_repository_sees_or_changes_them(hub):
    a_model(hub, "acme/birds", visibility="private")
    for name, status in (("bob", 403), ("mallory", 404)):
        visitor = signed_in(hub, name)
        assert visitor.get(PAGE).status_code == status
        assert visitor.post(PAGE, on="/settings/keys", key=line(), role="read").status_code == status
    assert signed_in(hub, "alice").get("/acme/birds/settings/keys").status_code == 200


@pytest.mark.parametrize("hub", [{"ssh_port": free_port()}], indirect=True)
def test_it_says_how_the_machine_clones(hub):
    a_dataset(hub, "acme/songs")
    page = signed_in(hub, "alice").get("/datasets/acme/songs/settings/keys").text
    assert f"git clone ssh://git@hub.test:{hub.settings.ssh_port}/datasets/acme/songs" in page
