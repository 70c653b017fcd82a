"""A device is let in by the person who reads its code, once, in time; whoever tries out codes is stopped."""

import pytest

from freehold.base.errors import BadCredentials, Forbidden, NotFound
from freehold.core.accounts.oauth.applications import HF
from freehold.core.accounts.oauth.devices import LIFE_S, MOST_MISSES, MOST_WAITING
from freehold.wire.oauth.refusals import Refused
from freehold.wire.oauth.scopes import EVERYTHING
from tests.kit.hub import TestHub


def begin(hub: TestHub, network: str = "192.0.2.0/24"):
    return hub.rooms.oauth.devices.begin(HF, EVERYTHING, network)


def refused(hub: TestHub, code: str) -> str:
    with pytest.raises(Refused) as error:
        hub.rooms.oauth.devices.claim(HF, code)
    return error.value.code


def test_a_device_is_signed_in_as_the_person_who_let_it_in_once(hub):
    devices, begun = hub.rooms.oauth.devices, begin(hub)
    assert refused(hub, begun.device_code) == "authorization_pending"
    waiting = devices.decide(hub.actor("alice"), begun.user_code.lower().replace("-", " "), approve=True)
    assert (waiting.app, waiting.network) == (HF, "192.0.2.0/24")
    issued = devices.claim(HF, begun.device_code)
    actor = hub.rooms.tokens.identify(issued.access_token)
    assert (actor.name, actor.may_write) == ("alice", True)
    assert refused(hub, begun.device_code) == "invalid_grant"
    assert hub.rooms.tokens.list(str(actor.account_id)) == []


def test_a_denied_device_and_one_that_came_too_late_get_nothing(hub):
    denied, late = begin(hub), begin(hub)
    hub.rooms.oauth.devices.decide(hub.actor("alice"), denied.user_code, approve=False)
    assert refused(hub, denied.device_code) == "access_denied"
    hub.clock.advance(LIFE_S)
    assert refused(hub, late.device_code) == "expired_token"
    with pytest.raises(NotFound):
        hub.rooms.oauth.devices.decide(hub.actor("alice"), late.user_code, approve=True)


def test_an_impatient_device_is_told_to_slow_down(hub):
    begun = begin(hub)
    assert [refused(hub, begun.device_code) for _ in range(2)] == ["authorization_pending", "slow_down"]
    hub.clock.advance(3)
    assert refused(hub, begun.device_code) == "authorization_pending"


def test_nobody_decides_twice_and_nobody_takes_another_ones_decision(hub):
    begun = begin(hub)
    hub.rooms.oauth.devices.decide(hub.actor("alice"), begun.user_code, approve=False)
    with pytest.raises(NotFound):
        hub.rooms.oauth.devices.decide(hub.actor("mallory"), begun.user_code, approve=True)
    assert refused(hub, begun.device_code) == "access_denied"


def test_who_tries_out_codes_is_stopped_and_others_are_not(hub):
    devices, begun = hub.rooms.oauth.devices, begin(hub)
    for _ in range(MOST_MISSES):
        with pytest.raises(NotFound):
            devices.find(hub.actor("mallory"), "BBBB-BBBB")
    with pytest.raises(Forbidden, match="too many wrong codes"):
        devices.find(hub.actor("mallory"), begun.user_code)
    assert devices.find(hub.actor("alice"), begun.user_code).app is HF
    hub.clock.advance(LIFE_S)
    with pytest.raises(NotFound):
        devices.find(hub.actor("mallory"), begun.user_code)


def test_one_network_cannot_fill_the_hub_with_waiting_devices(hub):
    for _ in range(MOST_WAITING):
        begin(hub, "198.51.100.0/24")
    with pytest.raises(Refused, match="Too many devices"):
        begin(hub, "198.51.100.0/24")
    assert begin(hub)


def test_a_token_cannot_let_a_device_in(hub):
    token = hub.rooms.tokens.identify(hub.token("alice", "read"))
    with pytest.raises(Forbidden, match="from the browser"):
        hub.rooms.oauth.devices.decide(token, begin(hub).user_code, approve=True)


def test_a_shut_account_signs_no_device_in(hub):
    begun = begin(hub)
    hub.rooms.oauth.devices.decide(hub.actor("carol"), begun.user_code, approve=True)
    hub.rooms.people.disable(hub.actor("admin"), "carol")
    assert refused(hub, begun.device_code) == "invalid_grant"


def test_nothing_that_is_kept_can_be_shown_again(hub):
    begun = begin(hub)
    with hub.rooms.db.read() as tx:
        row = tx.first("SELECT * FROM accounts_oauth_device")
    assert begun.device_code not in str(row) and begun.user_code.replace("-", "") not in str(row)


def test_what_a_device_was_given_ends_when_it_is_taken_back(hub):
    devices, grants, begun = hub.rooms.oauth.devices, hub.rooms.oauth.grants, begin(hub)
    alice = hub.actor("alice")
    devices.decide(alice, begun.user_code, approve=True)
    issued = devices.claim(HF, begun.device_code)
    assert [one.app_id for one in grants.list(str(alice.account_id))] == [HF.id]
    grants.revoke(alice, HF.id)
    assert grants.list(str(alice.account_id)) == []
    with pytest.raises(BadCredentials):
        hub.rooms.tokens.identify(issued.access_token)
    with pytest.raises(Refused):
        grants.refresh(HF.id, HF.name, issued.refresh_token)
