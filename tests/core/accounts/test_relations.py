"""Who follows whom: once, never oneself, and never a shut account."""

import pytest

from freehold.base.errors import Forbidden, Invalid


@pytest.fixture
def relations(hub):
    return hub.rooms.relations


def follow(hub, who, whom, follows=True, role="write"):
    account = hub.rooms.relations.by_name(whom)
    hub.rooms.relations.follow(hub.actor(who, role), account, follows=follows)
    return account


def names(lines):
    return [line.name for line in lines]


def test_people_follow_people_and_organisations(hub, relations):
    carol = relations.by_name("carol")
    for whom in ("alice", "alice", "acme"):
        account = follow(hub, "carol", whom)
    assert names(relations.following(carol.id)) == ["acme", "alice"]
    assert names(relations.followers(account.id)) == ["carol"]
    assert relations.follows(hub.actor("carol"), account.id)
    assert relations.followed_among(hub.actor("carol"), [account.id, carol.id]) == {account.id}
    follow(hub, "carol", "acme", follows=False)
    assert names(relations.following(carol.id)) == ["alice"]


def test_nobody_follows_themselves_or_without_a_right_to_write(hub):
    with pytest.raises(Invalid):
        follow(hub, "alice", "alice")
    for who, role in ((None, "write"), ("carol", "read")):
        with pytest.raises(Forbidden):
            follow(hub, who, "alice", role=role)


def test_members_of_an_organisation_are_listed_in_pages(hub, relations):
    acme = relations.by_name("ACME")
    first = relations.members(acme.id, limit=2)
    assert len(first) == 2
    rest = relations.members(acme.id, first[-1].mark)
    assert {*names(first), *names(rest)} == {"alice", "bob", "zoe"}
    assert relations.counts(acme.id).members == 3


def test_a_shut_account_is_in_no_list(hub, relations):
    alice = follow(hub, "carol", "alice")
    follow(hub, "alice", "carol")
    carol = relations.by_name("carol")
    hub.rooms.people.disable(hub.actor("admin"), "carol")
    assert relations.by_name("carol") is None
    assert names(relations.followers(alice.id)) == names(relations.following(alice.id)) == []
    counts = relations.counts(alice.id)
    assert (counts.followers, counts.following) == (0, 0)
    assert relations.known([carol.id, alice.id]).keys() == {alice.id}
