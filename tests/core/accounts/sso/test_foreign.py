"""Who comes in from elsewhere, and as whom: known by issuer and subject, made or linked only as the operator says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import BadCredentials, Conflict, Forbidden, Invalid
from freehold.base.ids import is_name
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.sso.foreign import ForeignAccounts
from freehold.core.accounts.sso.policy import Policy, names_for
from tests.kit.hub import TestHub

CORP = Policy("corp", "https://corp.example", "hub")
ALICE = {"sub": "a1", "preferred_username": "alice", "email": "alice@corp.example", "email_verified": True}


@pytest.fixture
def accounts(hub: TestHub) -> ForeignAccounts:
    return hub.rooms.sign_on.accounts


def confirm_email(hub: TestHub, name: str, email: str) -> None:
    with hub.rooms.db.write() as tx:
        tx.run("UPDATE accounts_account SET email = :email WHERE name = :name", email=email, name=name)


def test_nobody_is_somebody_by_the_same_name_or_address(hub, accounts):
    confirm_email(hub, "alice", "alice@corp.example")
    with pytest.raises(BadCredentials, match="no account here"):
        accounts.come_in(CORP, ALICE)


def test_who_is_linked_comes_in_whatever_they_are_called_by_now(hub, accounts):
    alice = hub.actor("alice")
    accounts.link(alice, CORP, ALICE)
    changed = {"sub": "a1", "preferred_username": "renamed", "email": "other@corp.example"}
    assert accounts.come_in(CORP, changed) == alice.account_id
    with pytest.raises(BadCredentials):
        accounts.come_in(replace(CORP, issuer="https://other.example"), ALICE)
    with pytest.raises(Conflict, match="only way into your account"):
        accounts.unlink(alice, CORP.issuer, "a1")
    hub.rooms.people.set_password(SYSTEM, "alice", "correct horse battery")
    accounts.unlink(alice, CORP.issuer, "a1")
    with pytest.raises(BadCredentials):
        accounts.come_in(CORP, ALICE)


def test_one_account_elsewhere_belongs_to_one_here(hub, accounts):
    accounts.link(hub.actor("alice"), CORP, ALICE)
    with pytest.raises(Conflict):
        accounts.link(hub.actor("mallory"), CORP, ALICE)
    with pytest.raises(Forbidden):
        accounts.link(hub.rooms.tokens.identify(hub.token("mallory")), CORP, {"sub": "m"})


def test_an_address_links_only_if_both_sides_have_verified_it_and_the_operator_trusts_that(hub, accounts):
    trusting = replace(CORP, link_by_email=True)
    confirm_email(hub, "alice", "Alice@corp.example")
    with pytest.raises(BadCredentials):
        accounts.come_in(trusting, ALICE | {"email_verified": False})
    with pytest.raises(BadCredentials):
        accounts.come_in(trusting, ALICE | {"email_verified": "true"})
    assert accounts.come_in(trusting, ALICE) == hub.actor("alice").account_id


def test_a_stranger_gets_an_account_where_the_operator_wants_that(hub, accounts):
    making = replace(CORP, create=True)
    made = accounts.come_in(making, ALICE)  # the name is taken, which does not make them alice
    account = hub.rooms.people.by_id(made)
    assert (account.name, account.email, account.is_admin) == ("alice-2", "alice@corp.example", False)
    assert accounts.come_in(making, ALICE) == made


def test_only_people_of_the_domains_come_in_and_only_by_a_verified_address(accounts):
    closed = replace(CORP, create=True, domains=("corp.example",))
    for claims in (
        {"email": "a@evil.example"}, {"email_verified": False}, {"email": "a@corp.example.evil.example"},
        {"email": "a@sub.corp.example"}, {"email": "corp.example"}, {"email": None},
    ):  # fmt: skip
        with pytest.raises(BadCredentials, match=r"mail address of corp\.example"):
            accounts.come_in(closed, ALICE | claims)
    assert accounts.come_in(closed, ALICE | {"email": "A@CORP.example"})


def test_groups_give_and_take_what_they_gave_and_nothing_else(hub, accounts):
    policy = replace(CORP, create=True, groups={"ml": "acme:write", "ml-leads": "acme:admin", "x": "absent:read"})
    newcomer = accounts.come_in(policy, ALICE | {"groups": ["ml", "ml-leads", 7]})
    acme = hub.rooms.people.by_name("acme").id
    assert hub.rooms.people.role_in(acme, newcomer) == "admin"
    accounts.come_in(policy, ALICE | {"groups": ["ml"]})
    assert hub.rooms.people.role_in(acme, newcomer) == "write"
    accounts.come_in(policy, ALICE | {"groups": "ml"})
    assert hub.rooms.people.role_in(acme, newcomer) is None
    accounts.link(hub.actor("zoe"), policy, {"sub": "z", "groups": []})
    assert hub.rooms.people.role_in(acme, hub.actor("zoe").account_id) == "read"


def test_a_shut_account_stays_shut(hub, accounts):
    accounts.link(hub.actor("carol"), CORP, ALICE)
    hub.rooms.people.disable(hub.actor("admin"), "carol")
    with pytest.raises(BadCredentials, match="shut"):
        accounts.come_in(replace(CORP, create=True), ALICE)


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}], ids=str)
def test_somebody_without_a_subject_is_nobody(accounts, claims):
    with pytest.raises(BadCredentials):
        accounts.come_in(replace(CORP, create=True), claims)


@pytest.mark.parametrize(
    "wrong",
    [{"name": "a/b"}, {"issuer": "http://corp.example"}, {"client_id": ""}, {"scopes": "email"},
     {"groups": {"ml": "acme"}}, {"groups": {"ml": "acme:owner"}}],
    ids=str,
)  # fmt: skip
def test_a_policy_that_cannot_be_is_told_at_the_start(wrong):
    with pytest.raises(Invalid):
        replace(CORP, **wrong)


@given(st.text(max_size=120), st.text(max_size=50), st.text(max_size=20))
def test_every_name_that_is_offered_can_be_one(name, email, sub):
    found = names_for({"preferred_username": name, "email": email, "sub": sub})
    assert all(is_name(one) for one in found)
