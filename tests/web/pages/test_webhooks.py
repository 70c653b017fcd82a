"""A person's webhooks in the browser: made, changed, seen at work, sent again, switched off, deleted."""

import re

import pytest

from tests.kit.builders import a_commit, a_model
from tests.kit.receiver import Receiver
from tests.web.browsing import Browser, signed_in

pytestmark = pytest.mark.parametrize("hub", [{"outbound_networks": "127.0.0.1/32"}], indirect=True, ids=["loopback"])
PATH = "/settings/webhooks"


@pytest.fixture
def receiver():
    with Receiver() as one:
        yield one


def made(browser: Browser, receiver: Receiver, **more: str) -> str:
    """The path of a new webhook."""
    fields = {"url": receiver.url, "watched": "user:alice", "domain_repo": "1"} | more
    answer = browser.post(PATH, **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_webhook_is_made_and_what_it_sent_is_shown_and_sent_again(hub, receiver):
    alice = signed_in(hub, "alice")
    path = made(alice, receiver, secret="hush-hush")
    birds = a_model(hub)
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    shown = alice.get(path).text
    assert "repo.content update · alice/birds" in shown
    assert "updatedRefs" in shown
    assert "hush-hush" not in shown
    delivery = re.search(r'name="delivery" value="([^"]+)"', shown).group(1)
    assert alice.post(f"{path}/replay", on=path, delivery=delivery).status_code == 303
    before = len(receiver.received)
    hub.work()
    assert len(receiver.received) == before + 1


def test_it_is_changed_switched_off_and_deleted(hub, receiver):
    alice = signed_in(hub, "alice")
    path = made(alice, receiver, secret="hush")
    changed = {"url": "https://other.example/", "watched": "org:acme\nuser:bob", "domain_discussion": "1"}
    assert alice.post(path, **changed).status_code == 303
    page = alice.get(path).text
    assert "https://other.example/" in page
    assert "org:acme\nuser:bob" in page
    assert "(one is set)" in page
    assert alice.post(path, **changed, no_secret="1").status_code == 303
    assert "(one is set)" not in alice.get(path).text
    alice.post(f"{path}/switch", on=path)
    assert "This webhook is disabled" in alice.get(path).text
    assert alice.post(f"{path}/delete", on=path).status_code == 303
    assert alice.get(path).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("url", "http://10.0.0.1/", "internal network"),
        ("watched", "alice", "with its kind before it"),
        ("watched", "model:carol/nothing", "not found"),
        ("domain_repo", "", "domains"),
        ("secret", "two words", "ASCII"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(hub, receiver, field, value, sentence):
    fields = {"url": receiver.url, "watched": "user:alice", "domain_repo": "1"} | {field: value}
    answer = signed_in(hub, "alice").post(PATH, **fields)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert fields["watched"] in answer.text


def test_nobody_opens_or_changes_a_webhook_of_another(hub, receiver):
    path = made(signed_in(hub, "alice"), receiver)
    mallory = signed_in(hub, "mallory")
    assert mallory.get(path).status_code == 404
    for form in ("", "/switch", "/delete", "/replay"):
        assert mallory.post(path + form, on=PATH, url=receiver.url, watched="user:alice").status_code in (400, 404)
    assert receiver.url in signed_in(hub, "alice").get(PATH).text


def test_an_answer_out_of_an_internal_network_is_for_administrators(hub, receiver):
    receiver.body = b"inner secret"
    a_model(hub)
    for name, shown in (("alice", False), ("admin", True)):
        browser = signed_in(hub, name)
        path = made(browser, receiver)
        a_commit(
            hub, hub.rooms.repos.owned_by(hub.actor("alice"), hub.actor("alice").account_id)[0].repo_id, {name: b"x"}
        )
        hub.work()
        assert ("inner secret" in browser.get(path).text) is shown


def test_what_was_sent_is_shown_as_text(hub, receiver):
    receiver.status, receiver.body = 500, b"<script>alert(1)</script>"
    admin = signed_in(hub, "admin")
    path = made(admin, receiver)
    a_model(hub)
    hub.work()
    page = admin.get(path).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    admin.post(f"{path}/delete", on=path)
    hub.clock.advance(60)


def test_a_visitor_is_asked_to_sign_in(hub):
    assert Browser(hub).get(PATH).headers["location"] == "/login?next=%2Fsettings%2Fwebhooks"
