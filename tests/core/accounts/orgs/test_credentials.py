"""What an organisation asks of tokens, and which it shuts out: at every door, at once, and said in words."""

import pytest

from freehold.base.errors import Forbidden, Invalid
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.barring import DAY_US, Terms
from freehold.core.accounts.scope import READ_CONTENT, Entity, Part, Scope
from freehold.core.accounts.tokens import NARROW
from tests.kit.builders import a_model


@pytest.fixture
def desk(hub):
    a_model(hub, "acme/secret", visibility="private")
    a_model(hub, "acme/open")
    return hub.rooms.orgs.desk(hub.actor("alice"), "acme")


def token(hub, user="bob", days=None, role="write"):
    until = None if days is None else hub.clock() + days * DAY_US
    made, secret = hub.rooms.tokens.add(SYSTEM, hub.actor(user).account_id, "ci", role, expires_at=until)
    return made.id, hub.client(token=secret)


def test_a_token_that_lives_too_long_is_a_stranger_and_is_told_why(hub, desk):
    (_, endless), (_, long), (_, short) = token(hub), token(hub, days=31), token(hub, days=30)
    assert endless.get("/api/models/acme/secret").status_code == 200
    hub.rooms.orgs.credentials.set_terms(desk, Terms(30))
    for client in (endless, long):
        answer = client.get("/api/models/acme/secret")
        assert answer.status_code == 403
        assert "expire at most 30 days after they are made" in answer.headers["x-error-message"]
        assert client.get("/api/models/acme/never").content == answer.content
        assert client.get("/api/models/acme/open").status_code == 200
        assert client.get("/api/models/acme/open/auth-check/write").status_code == 403
        refused = client.post("/api/repos/create", json={"name": "new", "organization": "acme", "type": "model"})
        assert refused.status_code == 403
        assert "30 days" in refused.json()["error"]
        assert client.post("/api/models/acme/open/discussions", json={"title": "Hi", "description": ""}).is_error
        assert [one["id"] for one in client.get("/api/models?author=acme").json()] == ["acme/open"]
    assert endless.post("/api/repos/create", json={"name": "mine", "type": "model"}).status_code == 200
    assert short.get("/api/models/acme/secret").status_code == 200
    assert short.get("/api/models/acme/open/auth-check/write").status_code == 200


def test_a_browser_session_is_no_token(hub, desk):
    hub.rooms.orgs.credentials.set_terms(desk, Terms(1, narrow=True))
    assert hub.rooms.repos.writer(hub.actor("bob"), a_model(hub, "acme/third")).repo


def test_only_fine_grained_ones_may_be_let_in(hub, desk):
    hub.rooms.orgs.credentials.set_terms(desk, Terms(narrow=True))
    scope = Scope((Part(Entity("org", desk.org_id, "acme"), frozenset({READ_CONTENT})),))
    bob = hub.actor("bob").account_id
    narrow = hub.client(token=hub.rooms.tokens.add(SYSTEM, bob, "narrow", NARROW, scope=scope)[1])
    assert narrow.get("/api/models/acme/secret").status_code == 200
    assert "are fine-grained" in token(hub)[1].get("/api/models/acme/secret").json()["error"]
    robot = hub.rooms.orgs.members.add_service(desk, "acme-ci", "write")
    made = hub.client(token=hub.rooms.tokens.add(SYSTEM, robot, "ci", "write")[1])
    assert made.get("/api/models/acme/secret").status_code == 200


def test_an_unfit_token_does_not_administer_either(hub, desk):
    hub.rooms.orgs.credentials.set_terms(desk, Terms(30))
    _, alice = token(hub, "alice")
    answer = alice.get("/api/organizations/acme/resource-groups")
    assert answer.status_code == 403
    assert "30 days" in answer.json()["error"]
    assert alice.get("/organizations/acme/settings/audit").status_code == 403


def test_the_terms_have_to_make_sense(hub, desk):
    for days in (0, -1, 4000):
        with pytest.raises(Invalid):
            hub.rooms.orgs.credentials.set_terms(desk, Terms(days))
    hub.rooms.orgs.credentials.set_terms(desk, Terms(1))
    hub.rooms.orgs.credentials.set_terms(desk, Terms())
    assert token(hub)[1].get("/api/models/acme/secret").status_code == 200


def test_one_token_is_shut_out_of_one_organisation_and_its_holder_is_told(hub, desk):
    (first, client), (_, other) = token(hub), token(hub)
    a_model(hub, "bob/mine", visibility="private")
    hub.rooms.orgs.credentials.deny(desk, first)
    answer = client.get("/api/models/acme/secret")
    assert answer.status_code == 403
    assert "shut this token out" in answer.json()["error"]
    assert client.get("/api/models/bob/mine").status_code == 200
    assert other.get("/api/models/acme/secret").status_code == 200
    hub.work()
    told = hub.rooms.notices.inbox.of(hub.actor("bob"))
    assert [one.notice.reason for one in told] == ["token"]
    assert "no longer reaches acme" in told[0].notice.title
    shown = {one.id: one.denied for one in hub.rooms.orgs.credentials.reaching(desk)}
    assert shown[first] is True
    _, secret = hub.rooms.tokens.rotate(SYSTEM, hub.actor("bob").account_id, first)
    assert hub.client(token=secret).get("/api/models/acme/secret").status_code == 403
    hub.rooms.orgs.credentials.allow(desk, first)
    assert client.get("/api/models/acme/secret").status_code == 200


def test_only_tokens_of_members_are_shut_out_and_only_by_administrators(hub, desk):
    strange, _ = token(hub, "carol")
    with pytest.raises(Exception, match="No member of acme"):
        hub.rooms.orgs.credentials.deny(desk, strange)
    with pytest.raises(Forbidden):
        hub.rooms.orgs.desk(hub.actor("bob"), "acme")
