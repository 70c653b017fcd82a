"""One gate for several repositories: what it asks, whom it lets in, and to what."""

import pytest

from freehold.base.errors import Forbidden, Invalid, Stale
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.gates.checking import faults as gate_faults
from freehold.core.accounts.gates.gate import Policy, Reaccept, Standing
from freehold.core.accounts.gates.groups import Group
from freehold.core.accounts.identity import CHECKED, Identity
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asked
from freehold.core.repos.gate_groups import Place
from freehold.features.collections.collections import Draft
from freehold.wire.gates.receipts import verify
from tests.core.repos.gate_story import Story, told
from tests.kit.builders import a_model
from tests.kit.hub import TestHub


@pytest.fixture
def story(hub: TestHub):
    yield from told(hub)


def a_group(story: Story, *, later: bool) -> Place:
    """alice's group of her two gated models."""
    two = a_model(story.hub, "alice/owls", files={"a.txt": b"hoo"})
    story.hub.rooms.repos.admin(story.hub.actor("alice"), two).update(gated="manual")
    place = Place("c" * 24, story.hub.actor("alice").account_id, "collections/alice/all", "All birds")
    keep(story, place, later, "birds", "owls")
    return place


def keep(story: Story, place: Place, later: bool, *names: str, **more) -> None:
    alice = story.hub.actor("alice")
    found = [story.hub.rooms.repos.reader(alice, RepoId(RepoKind.MODEL, "alice", name)).repo for name in names]
    story.gating.groups.keep(alice, place, Group(later=later, prompt="Harm no bird.", **more), found)


def opens(story: Story, who: str, name: str) -> bool:
    return story.hub.client(who).get(f"/alice/{name}/resolve/main/a.txt").status_code == 200


@pytest.mark.parametrize("later", [False, True])
def test_one_request_for_many_covers_what_is_taken_in_later_only_if_the_terms_say_so(story: Story, later: bool):
    place, groups = a_group(story, later=later), story.gating.groups
    alice, carol = story.hub.actor("alice"), story.hub.actor("carol")
    with pytest.raises(Stale):
        groups.door(carol, place).ask(Asked({}, "0" * 64))
    groups.door(carol, place).ask(Asked({}, groups.door(carol, place).terms.sha256))
    assert not opens(story, "carol", "birds")
    with pytest.raises(Forbidden):
        groups.keeper(carol, place)
    (asked,) = groups.keeper(alice, place).requests("pending")
    groups.keeper(alice, place).decide(Decision("accepted"), request_id=asked.id)
    assert [opens(story, "carol", name) for name in ("birds", "owls")] == [True, True]
    assert not opens(story, "mallory", "owls")
    held = story.gating.held(carol)[0]
    assert verify(story.gating.side_receipt(carol, held.id), story.gating.receipt_key).scope == "collection"
    three = a_model(story.hub, "alice/crows", files={"a.txt": b"caw"})
    story.hub.rooms.repos.admin(alice, three).update(gated="manual")
    keep(story, place, later, "owls", "crows")
    assert [opens(story, "carol", name) for name in ("birds", "owls", "crows")] == [False, True, later]
    groups.keeper(alice, place).decide(Decision("rejected"), request_id=asked.id)
    assert [opens(story, "carol", name) for name in ("birds", "owls", "crows")] == [False] * 3


def test_a_group_takes_in_nothing_that_is_not_its_owners(story: Story):
    place = a_group(story, later=True)
    a_model(story.hub, "mallory/trap", files={"a.txt": b"x"})
    with pytest.raises(Invalid):
        found = story.hub.rooms.repos.reader(story.hub.actor("alice"), RepoId(RepoKind.MODEL, "mallory", "trap")).repo
        story.gating.groups.keep(story.hub.actor("alice"), place, Group(automatic=True, later=True), [found])
    with pytest.raises(Forbidden):
        story.gating.groups.keep(story.hub.actor("mallory"), place, Group(automatic=True, later=True), [])


def a_collection(story: Story, **kept) -> Place:
    """The same, where alice has a collection for it; carol and zoe find it."""
    two = a_model(story.hub, "alice/owls", files={"a.txt": b"hoo"})
    story.hub.rooms.repos.admin(story.hub.actor("alice"), two).update(gated="manual")
    alice = story.hub.actor("alice")
    made = story.hub.rooms.collections.create(alice, Draft("alice", "All birds"))
    place = Place(made.id, made.owner_id, f"collections/{made.slug}", made.title)
    keep(story, place, False, "birds", "owls", **kept)
    return place


def ask_group(story: Story, place: Place, who: str = "carol", **more) -> Standing:
    return story.gating.groups.door(story.hub.actor(who), place).ask(Asked(**{"answers": {}, **more}))


def group_request(story: Story, place: Place, status: str = "pending"):
    (found,) = story.gating.groups.keeper(story.hub.actor("alice"), place).requests(status)
    return found


def test_a_group_asks_questions_and_keeps_the_answers_sealed(story: Story):
    place = a_collection(story, questions="Use: text\nHarmless: checkbox")
    with pytest.raises(Invalid, match="Answer the question 'Use'"):
        ask_group(story, place)
    ask_group(story, place, answers={"Use": "counting owls in secret", "Harmless": "on"})
    assert group_request(story, place).answers == {"Use": "counting owls in secret", "Harmless": "on"}
    with story.hub.rooms.db.read() as tx:
        assert "owls" not in tx.scalar("SELECT answers FROM accounts_gate_request WHERE repo_id = :id", id=place.id)
    for wrong in ("Use: {", "- 7", "Use:\n  type: select"):
        with pytest.raises(Invalid):
            keep(story, place, False, "birds", questions=wrong)


def test_a_group_demands_an_identity_and_lets_in_for_a_time(story: Story):
    place = a_collection(story)
    keeper = story.gating.groups.keeper(story.hub.actor("alice"), place)
    keeper.set_policy(Policy(days=7, level=CHECKED))
    with pytest.raises(Forbidden, match="level 3"):
        ask_group(story, place)
    proven = Identity(CHECKED, "A notary", story.hub.clock(), None, "case 17")
    story.hub.rooms.identities.state(SYSTEM, "carol", proven)
    assert ask_group(story, place) is Standing.PENDING
    keeper.decide(Decision("accepted"), request_id=group_request(story, place).id)
    assert opens(story, "carol", "owls")
    story.wait(8)
    assert not opens(story, "carol", "owls")
    assert story.gating.groups.door(story.hub.actor("carol"), place).standing is Standing.EXPIRED


def test_an_organisation_asks_at_a_group(story: Story):
    place = a_collection(story)
    with pytest.raises(Forbidden):
        ask_group(story, place, "zoe", org="owls")
    assert ask_group(story, place, org="owls") is Standing.PENDING
    request = group_request(story, place)
    assert (request.person.name, request.asked_by) == ("owls", "carol")
    story.gating.groups.keeper(story.hub.actor("alice"), place).decide(Decision("accepted"), request_id=request.id)
    assert [opens(story, who, "birds") for who in ("carol", "zoe", "mallory")] == [True, True, False]
    assert story.gating.groups.door(story.hub.actor("zoe"), place).through == "owls"
    assert story.gating.mine(story.hub.actor("carol"))[0][0].path == place.path


def test_those_whom_it_concerns_hear_of_a_groups_requests_decisions_and_new_terms(story: Story):
    place = a_collection(story)
    keeper = story.gating.groups.keeper(story.hub.actor("alice"), place)
    keeper.set_policy(Policy(Reaccept.NOW))
    ask_group(story, place)
    assert story.notices("alice") == ["carol asks for access to the collection All birds"]
    assert story.hub.client("alice").get(f"/{place.path}/access").status_code == 200
    keeper.decide(Decision("accepted"), request_id=group_request(story, place).id)
    keep(story, place, False, "birds", "owls", questions="Use: text")
    assert not opens(story, "carol", "owls")
    assert ask_group(story, place, answers={"Use": "counting"}) is Standing.ACTIVE
    keeper.decide(Decision("rejected", "no more"), request_id=group_request(story, place, "accepted").id)
    assert set(story.notices("carol")) == {
        "Your request for the collection All birds was accepted",
        "The terms of the collection All birds have changed",
        "Your access to the collection All birds was ended",
    }


def test_a_groups_access_ends_with_its_collection(story: Story):
    place = a_collection(story)
    ask_group(story, place)
    keeper = story.gating.groups.keeper(story.hub.actor("alice"), place)
    keeper.decide(Decision("accepted"), request_id=group_request(story, place).id)
    assert list(gate_faults(story.hub.rooms.db, story.repos_there)) == []
    story.hub.rooms.collections.editor(story.hub.actor("alice"), place.path.removeprefix("collections/")).delete()
    assert not opens(story, "carol", "owls")
    assert [one.state for one in story.gating.held(story.hub.actor("carol"))] == ["revoked"]
    assert list(gate_faults(story.hub.rooms.db, story.repos_there)) == []
