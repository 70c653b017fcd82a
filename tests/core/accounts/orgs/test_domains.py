"""Verified domains: the operator's word, one organisation each, and shown by the Hub's API."""

import pytest

from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import SYSTEM


def test_a_verified_domain_makes_an_organisation_verified(hub):
    domains, acme = hub.rooms.orgs.domains, hub.rooms.people.by_name("acme")
    overview = "/api/organizations/acme/overview"
    assert hub.client().get(overview).json()["isVerified"] is False
    domains.verify(SYSTEM, "acme", "Birds.example.ORG.")
    assert domains.of(acme.id) == ["birds.example.org"]
    assert hub.client().get(overview).json()["isVerified"] is True
    domains.withdraw(SYSTEM, "acme", "birds.example.org")
    assert hub.client().get(overview).json()["isVerified"] is False


def test_only_the_operator_verifies_and_each_domain_is_one_organisations(hub):
    domains = hub.rooms.orgs.domains
    hub.rooms.people.add_org(SYSTEM, "zoo")
    domains.verify(SYSTEM, "acme", "example.org")
    with pytest.raises(Conflict):
        domains.verify(SYSTEM, "zoo", "example.org")
    with pytest.raises(Forbidden):
        domains.verify(hub.actor("alice"), "acme", "example.com")
    with pytest.raises(NotFound):
        domains.verify(SYSTEM, "alice", "example.com")
    with pytest.raises(NotFound):
        domains.withdraw(SYSTEM, "acme", "example.com")


@pytest.mark.parametrize("bad", ["", "example", "-a.org", "a..org", "a b.org", "http://a.org", "a" * 300 + ".org"])
def test_it_refuses_what_is_no_domain(hub, bad):
    with pytest.raises(Invalid):
        hub.rooms.orgs.domains.verify(SYSTEM, "acme", bad)
