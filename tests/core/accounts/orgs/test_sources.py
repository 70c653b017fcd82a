"""Memberships by hand and by directories: one rule, that the strongest counts and each ends its own."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.errors import Conflict
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.orgs.sources import HAND, MEMBER_ROLES, SCIM, give, role_in, roles

CORP = "https://login.example.org"


@pytest.fixture
def acme(hub):
    return hub.rooms.people.by_name("acme").id


def test_the_strongest_counts_and_each_source_ends_its_own(hub, acme):
    carol = hub.actor("carol").account_id
    with hub.rooms.db.write() as tx:
        for source, role, holds in (
            (SCIM, "read", "read"), (CORP, "write", "write"), (HAND, "no_access", "write"), (CORP, None, "read"),
            (HAND, "admin", "admin"), (SCIM, None, "admin"), (HAND, None, None),
        ):  # fmt: skip
            give(tx, acme, carol, source=source, role=role, at=1)
            assert role_in(tx, acme, carol) == holds


def test_a_role_below_a_directorys_cannot_be_set_by_hand_and_says_why(hub, acme):
    desk, zoe = hub.rooms.orgs.desk(hub.actor("alice"), "acme"), hub.actor("zoe").account_id
    with hub.rooms.db.write() as tx:
        give(tx, acme, zoe, source=CORP, role="write", at=1)
    with pytest.raises(Conflict, match="directory's groups give this member the role write"):
        hub.rooms.orgs.members.set_role(desk, "zoe", "read")
    hub.rooms.orgs.members.set_role(desk, "zoe", "admin")
    assert next(one for one in hub.rooms.orgs.members.list(desk) if one.name == "zoe").directory


def test_who_is_removed_by_hand_is_out_whoever_gave_it(hub, acme):
    desk, zoe = hub.rooms.orgs.desk(hub.actor("alice"), "acme"), hub.actor("zoe").account_id
    with hub.rooms.db.write() as tx:
        give(tx, acme, zoe, source=CORP, role="write", at=1)
    hub.rooms.orgs.members.remove(desk, "zoe")
    with hub.rooms.db.read() as tx:
        assert role_in(tx, acme, zoe) is None
        assert roles(tx, acme, zoe) == {}


def test_memberships_of_before_are_by_hand_or_of_whom_they_came_from(hub, acme):
    with hub.rooms.db.read() as tx:
        assert roles(tx, acme, hub.actor("bob").account_id) == {HAND: "write"}
    hub.rooms.people.set_member(SYSTEM, "acme", "bob", "read")
    assert hub.rooms.people.role_in(acme, hub.actor("bob").account_id) == "read"


STEPS = st.lists(st.tuples(st.sampled_from((HAND, SCIM, CORP)), st.none() | st.sampled_from(MEMBER_ROLES)), max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_comes_in_whatever_order_the_strongest_of_what_stands_holds(hub, acme, steps):
    carol, stands = hub.actor("carol").account_id, {}
    with hub.rooms.db.write() as tx:
        for source in (HAND, SCIM, CORP):
            give(tx, acme, carol, source=source, role=None, at=1)
        for source, role in steps:
            before = max(stands.values(), key=MEMBER_ROLES.index, default=None)
            changed = give(tx, acme, carol, source=source, role=role, at=1)
            stands = {one: held for one, held in {**stands, source: role}.items() if held is not None}
            after = max(stands.values(), key=MEMBER_ROLES.index, default=None)
            assert role_in(tx, acme, carol) == after
            assert changed is (before != after)
