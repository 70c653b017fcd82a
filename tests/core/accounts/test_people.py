"""People and organisations."""

import pytest

from freehold.base.errors import BadCredentials, Conflict, Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.people import People
from freehold.core.accounts.sessions import Sessions
from freehold.core.accounts.tokens import Tokens


@pytest.fixture
def people(db):
    people = People(db)
    people.add_user(SYSTEM, "alice", full_name="Alice Liddell", password="through the glass")
    people.add_user(SYSTEM, "bob")
    return people


def actor(people, name):
    account = people.by_name(name)
    return Actor(account.id, account.name, account.is_admin, may_write=True)


def test_a_name_is_found_in_any_case_and_kept_as_spelled(people):
    people.add_user(SYSTEM, "Carol")
    assert people.by_name("cAROL").name == "Carol"
    assert people.by_name("nobody") is None


def test_only_administrators_add_accounts(people):
    with pytest.raises(Forbidden):
        people.add_user(actor(people, "alice"), "mallory")
    with pytest.raises(Forbidden):
        people.add_org(actor(people, "alice"), "acme")


def test_an_organisation_knows_its_members(people):
    org = people.add_org(SYSTEM, "acme", full_name="Acme Corp", members=[("alice", "admin"), ("bob", "write")])
    bob = people.by_name("bob")
    assert [(m.name, m.full_name, m.role) for m in people.orgs_of(bob.id)] == [("acme", "Acme Corp", "write")]
    assert people.role_in(org.id, bob.id) == "write"
    assert people.role_in(org.id, None) is None


def test_a_wrong_member_leaves_no_half_organisation(people):
    with pytest.raises(NotFound):
        people.add_org(SYSTEM, "acme", members=[("alice", "admin"), ("nobody", "write")])
    with pytest.raises(Invalid):
        people.add_org(SYSTEM, "acme", members=[("alice", "emperor")])
    with pytest.raises(Conflict):
        people.add_org(SYSTEM, "acme", members=[("alice", "read"), ("ALICE", "admin")])
    assert people.by_name("acme") is None


def test_only_its_administrators_change_an_organisation(people):
    org = people.add_org(SYSTEM, "acme", members=[("alice", "admin"), ("bob", "write")])
    with pytest.raises(Forbidden):
        people.set_member(actor(people, "bob"), "acme", "bob", "admin")
    people.set_member(actor(people, "alice"), "acme", "bob", None)
    assert people.role_in(org.id, people.by_name("bob").id) is None


def test_a_password_opens_and_a_wrong_one_does_not(people):
    assert people.check_password("ALICE", "through the glass").name == "alice"
    for name, password in [("alice", "wrong wrong wrong"), ("bob", "no password set"), ("nobody", "anything at all")]:
        with pytest.raises(BadCredentials, match="The name or the password is wrong"):
            people.check_password(name, password)


def test_a_short_password_is_refused(people):
    with pytest.raises(Invalid, match="10 characters"):
        people.set_password(SYSTEM, "alice", "short")


def test_nobody_changes_anothers_password(people):
    with pytest.raises(Forbidden):
        people.set_password(actor(people, "bob"), "alice", "i am alice now")


def test_a_new_password_ends_sessions(people, db):
    session = Sessions(db).open(people.by_name("alice").id)
    people.set_password(actor(people, "alice"), "alice", "another secret")
    with pytest.raises(BadCredentials):
        Sessions(db).identify(session.secret)


def test_a_disabled_account_is_shut_out_at_once(people, db):
    alice = people.by_name("alice")
    token = Tokens(db).add(SYSTEM, alice.id, "laptop", "write")[1]
    people.disable(SYSTEM, "alice")
    with pytest.raises(BadCredentials):
        Tokens(db).identify(token)
    with pytest.raises(BadCredentials):
        people.check_password("alice", "through the glass")


def test_every_change_is_in_the_audit_trail(people, db):
    people.add_org(SYSTEM, "acme")
    with db.read() as tx:
        assert [row.action for row in tx.all("SELECT action FROM accounts_audit ORDER BY at, id")] == [
            "user.add",
            "user.add",
            "org.add",
        ]
