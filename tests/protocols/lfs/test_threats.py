"""What mallory tries with LFS; what other hubs had to publish advisories about is in tests/protocols/test_seeds.py."""

import threading

import pytest

from freehold.core.accounts.actor import SYSTEM
from tests.kit.builders import a_model
from tests.protocols.lfs.talk import POISON, URL, WEIGHTS, action, batch, digest, download, held, upload


@pytest.fixture
def secret(hub):
    """alice's private model, with weights in it."""
    repo_id = a_model(hub, "alice/secret", visibility="private")
    assert upload(hub.client("alice"), hub.client(), "alice/secret", WEIGHTS).status_code == 200
    return repo_id


def test_a_private_repository_and_an_absent_one_answer_alike(hub, secret):
    mallory = hub.client("mallory")
    for client in (mallory, hub.client()):
        for operation in ("upload", "download"):
            hidden = batch(client, "alice/secret", operation, WEIGHTS)
            absent = batch(client, "alice/absent", operation, WEIGHTS)
            assert hidden.status_code == absent.status_code
            assert hidden.text.replace("secret", "absent") == absent.text
            assert dict(hidden.headers).keys() == dict(absent.headers).keys()
    assert batch(mallory, "alice/secret", "download", WEIGHTS).status_code == 404


def test_a_stranger_is_asked_to_sign_in(hub, secret):
    a_model(hub, "alice/birds")
    for repo, operation in (("alice/secret", "download"), ("alice/birds", "upload"), ("alice/secret", "upload")):
        answer = batch(hub.client(), repo, operation, WEIGHTS)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert answer.headers["lfs-authenticate"].startswith("Basic")


def test_a_link_for_one_content_does_not_take_another(hub, secret):
    alice, anyone = hub.client("alice"), hub.client()
    href = action(batch(alice, "alice/secret", "upload", POISON), "upload")["href"].removeprefix(URL)
    assert anyone.put(href.replace(digest(POISON), digest(WEIGHTS)), content=WEIGHTS).status_code == 403


def test_an_upload_link_does_not_read_and_a_download_link_does_not_write(hub, secret):
    alice, anyone = hub.client("alice"), hub.client()
    to_read = action(batch(alice, "alice/secret", "download", WEIGHTS), "download")["href"].removeprefix(URL)
    to_write = action(batch(alice, "alice/secret", "upload", POISON), "upload")["href"].removeprefix(URL)
    assert anyone.put(to_read, content=WEIGHTS).status_code == 403
    assert anyone.get(to_write).status_code == 403


def test_a_changed_or_invented_link_is_refused(hub, secret):
    alice, anyone = hub.client("alice"), hub.client()
    href = action(batch(alice, "alice/secret", "download", WEIGHTS), "download")["href"].removeprefix(URL)
    for wrong in (href[:-1], href.split("?", maxsplit=1)[0], href.split(".", maxsplit=1)[0] + ".AAAA"):
        assert anyone.get(wrong).status_code == 403


def test_links_expire(hub, secret):
    alice, anyone = hub.client("alice"), hub.client()
    href = action(batch(alice, "alice/secret", "download", WEIGHTS), "download")["href"].removeprefix(URL)
    hub.clock.advance(3601)
    assert anyone.get(href).status_code == 403


def test_a_revoked_token_revokes_its_links(hub, secret):
    account = hub.actor("alice").account_id
    token, text = hub.rooms.tokens.add(SYSTEM, account, "laptop", "write")
    laptop, anyone = hub.client(), hub.client()
    laptop.headers["Authorization"] = f"Bearer {text}"
    to_read = action(batch(laptop, "alice/secret", "download", WEIGHTS), "download")["href"].removeprefix(URL)
    to_write = action(batch(laptop, "alice/secret", "upload", POISON), "upload")["href"].removeprefix(URL)
    hub.rooms.tokens.revoke(SYSTEM, account, token.id)
    assert anyone.get(to_read).status_code == 401
    assert anyone.put(to_write, content=POISON).status_code == 401
    assert held(hub, secret, POISON) is None


def test_who_lost_his_role_lost_his_links(hub):
    repo_id = a_model(hub, "acme/fish", visibility="private")
    href = action(batch(hub.client("bob"), "acme/fish", "upload", WEIGHTS), "upload")["href"].removeprefix(URL)
    hub.rooms.people.set_member(SYSTEM, "acme", "bob", None)
    assert hub.client().put(href, content=WEIGHTS).status_code in {401, 404}
    assert held(hub, repo_id, WEIGHTS) is None


def test_a_link_does_not_outlive_the_repository(hub, secret):
    alice = hub.client("alice")
    href = action(batch(alice, "alice/secret", "upload", POISON), "upload")["href"].removeprefix(URL)
    hub.rooms.repos.delete(hub.actor("alice"), secret)
    assert hub.client().put(href, content=POISON).status_code in {401, 404}


def test_the_same_upload_many_times_at_once_is_one_object(hub, secret):
    alice = hub.client("alice")
    href = action(batch(alice, "alice/secret", "upload", POISON), "upload")["href"].removeprefix(URL)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(hub.client().put(href, content=POISON).status_code))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 6
    assert download(alice, hub.client(), "alice/secret", POISON).content == POISON


def test_a_bad_token_is_told_so(hub, secret):
    client = hub.client()
    client.headers["Authorization"] = "Bearer hf_bad"
    answer = batch(client, "alice/secret", "download", WEIGHTS)
    assert answer.status_code == 401
    assert answer.headers["x-error-message"] == "Invalid credentials in Authorization header"
