"""A gate's life: who asks, for whom, with which identity; what is told to whom; what is kept, and for how long."""

import pytest

from freehold.base.errors import Forbidden, Invalid, NotFound, Stale
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.gates.checking import faults as gate_faults
from freehold.core.accounts.gates.gate import Policy, Reaccept, Standing
from freehold.core.accounts.gates.groups import Group
from freehold.core.accounts.identity import CHECKED, DOMAIN, VOUCHED, Identity
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asked
from freehold.core.repos.gate_groups import Place
from freehold.features.collections.collections import Draft
from freehold.wire.gates.receipts import verify
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import TestHub

CARD = b"---\nextra_gated_prompt: Harm nobody.\nextra_gated_fields:\n  Use: text\n---\n"
SECRET = {"Use": "counting owls in secret"}
DAY_S = 86_400


class Story:
    """alice's gated model, and the organisation owls: carol administers it, zoe reads in it."""

    def __init__(self, hub: TestHub) -> None:
        self.hub, self.gating = hub, hub.rooms.gating
        self.repo: RepoId = a_model(hub, files={"README.md": CARD, "a.txt": b"song"})
        self.gate("manual")
        hub.rooms.people.add_org(SYSTEM, "owls", members=[("carol", "admin"), ("zoe", "read")])

    def repos_there(self) -> list[str]:
        with self.hub.rooms.db.read() as tx:
            return [row.id for row in tx.all("SELECT id FROM repos_repo")]

    def gate(self, gated: str) -> None:
        self.hub.rooms.repos.admin(self.hub.actor("alice"), self.repo).update(gated=gated)

    def reader(self, who: str):
        return self.hub.rooms.repos.reader(self.hub.actor(who), self.repo)

    def alice(self):
        return self.hub.rooms.repos.admin(self.hub.actor("alice"), self.repo)

    def ask(self, who: str = "carol", org: str = "", **more) -> Standing:
        return self.gating.door(self.reader(who)).ask(Asked(SECRET, org=org, **more))

    def decide(self, status: str, user: str = "carol", **more) -> None:
        self.gating.keeper(self.alice()).decide(Decision(status, **more), user=user)

    def policy(self, **changed) -> None:
        self.gating.admin(self.alice()).set_policy(Policy(**changed))

    def wait(self, days: float) -> None:
        self.hub.clock.advance(days * DAY_S)
        self.gating.tidy({})

    def standing(self, who: str) -> str:
        return self.reader(who).standing.value if self.reader(who).closed else "in"

    def request(self, status: str, user: str = "carol"):
        return next(one for one in self.gating.keeper(self.alice()).requests(status) if one.person.name == user)

    def notices(self, who: str) -> list[str]:
        self.hub.work()
        return [one.notice.title for one in self.hub.rooms.notices.inbox.of(self.hub.actor(who))]


@pytest.fixture
def story(hub: TestHub):
    made = Story(hub)
    yield made
    hub.work()


def test_an_organisation_is_let_in_with_all_who_belong_to_it_as_long_as_they_do(story: Story):
    assert story.ask("carol", "owls") is Standing.PENDING
    story.gating.keeper(story.alice()).decide(Decision("accepted"), request_id=story.request("pending", "owls").id)
    assert [story.standing(who) for who in ("carol", "zoe", "mallory")] == ["in", "in", "none"]
    story.hub.rooms.people.set_member(SYSTEM, "owls", "zoe", "no_access")
    assert story.standing("zoe") == "none"
    story.hub.rooms.people.set_member(SYSTEM, "owls", "zoe", None)
    assert [story.standing(who) for who in ("carol", "zoe")] == ["in", "none"]
    story.gating.keeper(story.alice()).decide(Decision("rejected"), request_id=story.request("accepted", "owls").id)
    assert story.standing("carol") == "none"


@pytest.mark.parametrize("who", ["zoe", "mallory"])
def test_only_administrators_of_an_organisation_ask_in_its_name(story: Story, who: str):
    with pytest.raises(Forbidden, match="Only administrators"):
        story.ask(who, "owls")


def test_what_members_fetch_is_listed_by_who_it_was(story: Story):
    story.gate("auto")
    story.ask("carol", "owls")
    for who in ("carol", "zoe"):
        assert story.hub.client(who).get("/alice/birds/resolve/main/a.txt").status_code == 200
    request = story.request("accepted", "owls")
    assert {one.name for one in story.gating.keeper(story.alice()).fetched(request.id)} == {"carol", "zoe"}
    carol, zoe = story.hub.actor("carol"), story.hub.actor("zoe")
    grant = story.gating.held(zoe)[0].id
    assert {one.name for one in story.gating.own_fetched(zoe, grant)} == {"zoe"}
    assert {one.name for one in story.gating.own_fetched(carol, grant)} == {"carol", "zoe"}
    assert list(story.gating.own_fetched(story.hub.actor("mallory"), grant)) == []


def test_a_form_that_was_edited_between_looking_and_agreeing_is_refused_with_the_new_text(story: Story):
    seen = story.gating.terms(story.reader("carol")).sha256
    a_commit(story.hub, story.repo, {"README.md": CARD.replace(b"Harm", b"Really harm")})
    with pytest.raises(Stale, match="The terms have changed"):
        story.ask(shown=seen)
    assert story.ask(shown=story.gating.terms(story.reader("carol")).sha256) is Standing.PENDING
    assert story.request("pending").terms_version == 1


def test_two_tabs_agree_once(story: Story):
    story.gate("auto")
    seen = story.gating.terms(story.reader("carol")).sha256
    assert story.ask(shown=seen) is Standing.ACTIVE
    assert story.ask(shown=seen) is Standing.ACTIVE
    assert len(story.gating.held(story.hub.actor("carol"))) == 1


def test_agreeing_to_version_1_never_counts_for_version_2(story: Story):
    story.policy(reaccept=Reaccept.NOW)
    story.gate("auto")
    first = story.gating.terms(story.reader("carol")).sha256
    story.ask(shown=first)
    a_commit(story.hub, story.repo, {"README.md": CARD.replace(b"Harm", b"Really harm")})
    story.hub.work()
    assert story.standing("carol") == "stale"
    with pytest.raises(Stale):
        story.ask(shown=first)
    assert story.standing("carol") == "stale"
    story.ask(shown=story.gating.terms(story.reader("carol")).sha256)
    assert story.standing("carol") == "in"
    versions = [
        verify(story.gating.side_receipt(story.hub.actor("carol"), one.id), story.gating.receipt_key).terms_version
        for one in story.gating.held(story.hub.actor("carol"))
    ]
    assert versions == [2, 1]


def test_what_nobody_decides_on_lapses_after_30_days_and_is_said(story: Story):
    story.ask()
    story.wait(29)
    assert story.standing("carol") == "pending"
    story.wait(2)
    assert story.standing("carol") == "lapsed"
    assert "Your request for alice/birds has lapsed" in story.notices("carol")
    story.gate("auto")
    assert story.ask() is Standing.PENDING, "whom somebody has left waiting is not let in by the gate itself"


def test_who_was_rejected_asks_again_only_after_the_cool_down(story: Story):
    story.ask()
    story.decide("rejected")
    story.wait(400)
    assert story.ask() is Standing.REJECTED
    story.policy(cooldown=30)
    story.decide("accepted")
    story.decide("rejected")
    story.wait(29)
    assert story.ask() is Standing.REJECTED
    story.wait(2)
    story.gate("auto")
    assert story.ask() is Standing.PENDING
    with pytest.raises(NotFound):
        story.gating.door(story.reader("carol")).withdraw()


def test_a_gate_asks_for_an_identity_and_access_ends_with_it(story: Story):
    identities = story.hub.rooms.identities
    story.policy(level=VOUCHED)
    story.gate("auto")
    with pytest.raises(Forbidden, match="an organisation that vouches"):
        story.ask("zoe")
    identities.vouch(story.hub.actor("carol"), "owls", "zoe")
    assert story.ask("zoe") is Standing.ACTIVE
    held = story.gating.held(story.hub.actor("zoe"))[0]
    receipt = verify(story.gating.side_receipt(story.hub.actor("zoe"), held.id), story.gating.receipt_key)
    assert (receipt.identity, receipt.vouched_by) == (2, "owls (carol)")
    assert story.standing("zoe") == "in"
    identities.withdraw(story.hub.actor("carol"), "zoe", VOUCHED, "owls")
    assert story.hub.client("zoe").get("/alice/birds/resolve/main/a.txt").status_code == 403
    identities.state(SYSTEM, "zoe", Identity(CHECKED, "A notary", story.hub.clock(), None, "case 17"))
    assert story.standing("zoe") == "in"


def test_a_mail_address_in_a_domain_that_somebody_has_verified_is_level_1_as_long_as_that_holds(story: Story):
    with story.hub.rooms.db.write() as tx:
        tx.run("UPDATE accounts_account SET email = 'Carol@Owls.example' WHERE name = 'carol'")
        tx.run("UPDATE accounts_account SET email = 'mallory@notowls.example' WHERE name = 'mallory'")
        tx.run("INSERT INTO accounts_domain (org_id, domain, verified_by, created_at)"
               " SELECT id, 'owls.example', 'dns', 0 FROM accounts_account WHERE name = 'owls'")  # fmt: skip
    story.policy(level=DOMAIN)
    story.gate("auto")
    with pytest.raises(Forbidden, match="the domain of an institution"):
        story.ask("mallory")
    assert story.ask("carol") is Standing.ACTIVE
    assert story.standing("carol") == "in"
    assert story.ask("carol", "owls") is Standing.ACTIVE
    assert story.standing("zoe") == "in"
    with story.hub.rooms.db.write() as tx:
        tx.run("DELETE FROM accounts_domain")
    assert [story.hub.client(who).get("/alice/birds/resolve/main/a.txt").status_code for who in ("carol", "zoe")] == [
        403, 403,
    ]  # fmt: skip


def test_nobody_vouches_for_themselves_or_without_the_right(story: Story):
    identities = story.hub.rooms.identities
    for who, name in (("carol", "carol"), ("zoe", "mallory"), ("mallory", "zoe")):
        with pytest.raises(Forbidden):
            identities.vouch(story.hub.actor(who), "owls", name)
    with pytest.raises(Forbidden):
        identities.state(story.hub.actor("carol"), "carol", Identity(CHECKED, "me", 0, None))


def stored(hub: TestHub) -> str:
    with hub.rooms.db.read() as tx:
        tables = ("accounts_gate_request", "accounts_audit", "accounts_gate_receipt", "queue_job")
        return "".join(str(tuple(row)) for name in tables for row in tx.all(f"SELECT * FROM {name}"))


def test_answers_lie_in_no_row_as_they_were_given_and_reviewers_read_them(story: Story):
    story.ask()
    assert "counting owls" not in stored(story.hub)
    assert story.request("pending").answers == SECRET
    assert story.gating.door(story.reader("carol")).own.answers == {}


def test_answers_are_deleted_when_access_has_been_over_long_enough_and_a_hash_stays(story: Story):
    story.policy(keep=30)
    story.ask()
    story.decide("accepted")
    story.wait(400)
    assert story.request("accepted").answers == SECRET, "access that goes on keeps them"
    story.decide("rejected", reason="too many owls")
    story.wait(29)
    assert story.request("rejected").answers == SECRET
    story.wait(2)
    assert story.request("rejected").answers == {}
    with story.hub.rooms.db.read() as tx:
        row = tx.first("SELECT answers, answers_sha256, status, reason FROM accounts_gate_request")
    assert (row.answers, len(row.answers_sha256), row.status, row.reason) == ("", 64, "rejected", "too many owls")


def test_a_deleted_repository_takes_the_answers_along_and_leaves_the_receipts(story: Story):
    story.ask()
    story.decide("accepted")
    story.hub.rooms.repos.delete(story.hub.actor("alice"), story.repo)
    held = story.gating.held(story.hub.actor("carol"))[0]
    assert (held.path, held.state) == ("alice/birds", "revoked")
    for who in ("carol", "alice"):
        file = story.gating.side_receipt(story.hub.actor(who), held.id)
        assert verify(file, story.gating.receipt_key).grantee == "carol"
    with pytest.raises(NotFound):
        story.gating.side_receipt(story.hub.actor("mallory"), held.id)
    assert [verify(one, story.gating.receipt_key).grant for one in story.gating.given(story.hub.actor("alice"))] == [
        held.id
    ]
    with story.hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_gate_key") == 0


def test_everybody_whom_it_concerns_is_told_and_nobody_else(story: Story):
    story.ask()
    assert story.notices("alice") == ["carol asks for access to alice/birds"]
    story.decide("accepted")
    story.gating.keeper(story.alice()).suspend(story.request("accepted").id, "we look into something")
    story.gating.keeper(story.alice()).resume(story.request("accepted").id)
    story.decide("rejected", reason="enough")
    assert set(story.notices("carol")) == {
        "Your request for alice/birds was accepted",
        "Your access to alice/birds is suspended",
        "Your access to alice/birds is resumed",
        "Your access to alice/birds was ended",
    }
    said = [one.notice.excerpt for one in story.hub.rooms.notices.inbox.of(story.hub.actor("carol"))]
    assert any("They say: enough" in one and "cannot reach copies" in one for one in said)
    assert story.notices("zoe") == story.notices("mallory") == []


def test_who_loses_access_is_asked_to_delete_their_copies_and_the_answer_is_kept(story: Story):
    story.gating.keeper(story.alice()).let_in("carol", days=1)
    carol, grant = story.hub.actor("carol"), story.gating.held(story.hub.actor("carol"))[0].id
    with pytest.raises(NotFound):
        story.gating.say_deleted(carol, grant)
    story.wait(2)
    (held,) = story.gating.held(carol)
    assert (held.state, held.deletion_asked_at is None, held.deletion_said_at) == ("expired", False, None)
    with pytest.raises(NotFound):
        story.gating.say_deleted(story.hub.actor("mallory"), grant)
    story.gating.say_deleted(carol, grant)
    assert story.gating.keeper(story.alice()).ended(story.request("accepted").id)[0].deletion_said_at
    assert "carol says that the copies from alice/birds are deleted" in story.notices("alice")


def test_how_a_gate_decides_is_told_from_ten_decisions_on(story: Story):
    names = [f"visitor{number}" for number in range(11)]
    for name in names:
        story.hub.rooms.people.add_user(SYSTEM, name)
        story.ask(name)
    for name in names[:8]:
        story.decide("accepted", name)
    story.decide("rejected", names[8])
    assert story.gating.door(story.reader("carol")).figures is None
    story.wait(3)
    story.decide("accepted", names[9])
    told = story.gating.door(story.reader("carol")).figures
    assert (told.decided, told.approved, told.unanswered) == (10, 90, 0)
    assert told.delay < DAY_S * 1_000_000
    story.wait(40)
    assert story.gating.door(story.reader("carol")).figures.unanswered == 1


def test_an_owner_keeps_a_gate_by_sensible_numbers_only(story: Story):
    for wrong in ({"days": 0}, {"cooldown": -1}, {"keep": 10**6}, {"level": 4}):
        with pytest.raises(Invalid):
            story.policy(**wrong)


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
