"""Domains that an organisation proves by its DNS: found, looked at again, and lost when the record stays away."""

import pytest

from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound, NotReached, TooMany
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.orgs.proofs import LOOKED_AFTER, PATIENCE_DAYS, SILENCE_DAYS
from tests.kit.hub import TestHub
from tests.kit.nameserver import NameServer

DAY_S = 24 * 3600


@pytest.fixture
def dns():
    with NameServer() as server:
        yield server


@pytest.fixture
def hub(tmp_path, dns):
    made = TestHub(tmp_path, dns_servers=dns.address)
    yield made
    made.close()


@pytest.fixture
def desk(hub):
    return hub.rooms.orgs.desk(hub.actor("alice"), "acme")


def prove(hub, desk, dns, domain="birds.example"):
    claim = hub.rooms.orgs.proofs.claim(desk, domain)
    dns.texts[claim.name] = ["v=spf1 -all", claim.proof]
    hub.rooms.orgs.proofs.prove(desk, domain)
    return claim


def days_pass(hub, days):
    """So many, each with the chore done once."""
    for _ in range(days):
        hub.clock.advance(LOOKED_AFTER // 1_000_000)
        hub.rooms.orgs.proofs.recheck({})
    hub.work()


def told(hub, user="alice"):
    return [one.notice.title for one in hub.rooms.notices.inbox.of(hub.actor(user))]


def test_a_record_in_the_dns_verifies_a_domain(hub, desk, dns):
    claim = prove(hub, desk, dns)
    assert claim.name == "_freehold-challenge.birds.example"
    assert hub.rooms.orgs.domains.of(desk.org_id) == ["birds.example"]
    assert hub.rooms.orgs.proofs.claims(desk) == []
    assert hub.client().get("/api/organizations/acme/overview").json()["isVerified"] is True


def test_without_the_record_nothing_is_verified_and_the_page_says_what_is_missing(hub, desk, dns):
    proofs = hub.rooms.orgs.proofs
    claim = proofs.claim(desk, "Birds.example.")
    assert proofs.claim(desk, "birds.example") == claim
    for records in ({}, {claim.name: ["freehold-domain=0"]}, {"birds.example": [claim.proof]}):
        dns.texts = dict(records)
        with pytest.raises(Invalid, match="has no TXT record"):
            proofs.prove(desk, "birds.example")
        hub.clock.advance(60)
    dns.manner = "broken"
    with pytest.raises(NotReached):
        proofs.prove(desk, "birds.example")
    assert hub.rooms.orgs.domains.of(desk.org_id) == []


def test_the_dns_is_not_asked_again_and_again(hub, desk):
    proofs = hub.rooms.orgs.proofs
    proofs.claim(desk, "birds.example")
    with pytest.raises(Invalid):
        proofs.prove(desk, "birds.example")
    with pytest.raises(TooMany):
        proofs.prove(desk, "birds.example")


def test_another_organisations_proof_is_its_own(hub, desk, dns):
    hub.rooms.people.add_org(SYSTEM, "evil", members=[("mallory", "admin")])
    evil, proofs = hub.rooms.orgs.desk(hub.actor("mallory"), "evil"), hub.rooms.orgs.proofs
    stolen = proofs.claim(evil, "birds.example")
    claim = prove(hub, desk, dns)
    assert stolen.proof != claim.proof
    with pytest.raises(Invalid):
        proofs.prove(evil, "birds.example")
    with pytest.raises(Conflict):
        proofs.claim(evil, "birds.example")
    dns.texts[claim.name] = [stolen.proof]
    hub.clock.advance(60)
    with pytest.raises(Conflict):
        proofs.prove(evil, "birds.example")
    with pytest.raises(Forbidden):
        hub.rooms.orgs.desk(hub.actor("bob"), "acme")


def test_a_domain_whose_record_stays_away_is_lost_and_its_people_are_told(hub, desk, dns):
    prove(hub, desk, dns)
    days_pass(hub, 10)
    assert told(hub) == []
    dns.texts.clear()
    days_pass(hub, PATIENCE_DAYS)
    assert hub.rooms.orgs.domains.of(desk.org_id) == ["birds.example"]
    assert told(hub) == ["birds.example is about to be acme's verified domain no longer"]
    days_pass(hub, 1)
    assert hub.rooms.orgs.domains.of(desk.org_id) == []
    assert "birds.example is no longer acme's verified domain" in told(hub)
    assert told(hub, "bob") == [], "only administrators hear of it"
    prove(hub, desk, dns)


def test_a_record_that_comes_back_in_time_is_as_good_as_before(hub, desk, dns):
    claim = prove(hub, desk, dns)
    dns.texts.clear()
    days_pass(hub, 3)
    dns.texts[claim.name] = [claim.proof]
    days_pass(hub, 1)
    dns.texts.clear()
    days_pass(hub, 3)
    assert hub.rooms.orgs.domains.of(desk.org_id) == ["birds.example"]


def test_a_dns_that_does_not_answer_has_not_said_no(hub, desk, dns):
    prove(hub, desk, dns)
    dns.manner = "broken"
    days_pass(hub, SILENCE_DAYS - 1)
    assert told(hub) == []
    days_pass(hub, PATIENCE_DAYS + 2)
    assert hub.rooms.orgs.domains.of(desk.org_id) == [], "nor is it believed for ever"


def test_what_the_operator_entered_is_not_looked_at_and_not_given_up(hub, desk, dns):
    hub.rooms.orgs.domains.verify(SYSTEM, "acme", "hand.example")
    days_pass(hub, 3)
    assert dns.asked == []
    with pytest.raises(NotFound):
        hub.rooms.orgs.proofs.give_up(desk, "hand.example")
    prove(hub, desk, dns)
    hub.rooms.orgs.proofs.give_up(desk, "birds.example")
    assert hub.rooms.orgs.domains.of(desk.org_id) == ["hand.example"]
