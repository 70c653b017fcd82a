"""A gate's life: who asks, for whom, with which identity; what is told to whom; what is kept, and for how long."""

import pytest

from freehold.base.errors import Forbidden, Invalid, NotFound, Stale
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.gates.gate import Reaccept, Standing
from freehold.core.accounts.identity import CHECKED, DOMAIN, VOUCHED, Identity
from freehold.core.accounts.orgs.domains import enter
from freehold.core.repos.deciding import Decision
from freehold.wire.gates.receipts import verify
from tests.core.repos.gate_story import CARD, DAY_S, SECRET, Story, told
from tests.kit.builders import a_commit
from tests.kit.hub import TestHub


@pytest.fixture
def story(hub: TestHub):
    yield from told(hub)


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


def test_a_domain_that_its_dns_alone_has_proven_is_no_institutions_until_the_operator_says_so(story: Story):
    owls = story.hub.rooms.people.by_name("owls")
    with story.hub.rooms.db.write() as tx:
        tx.run("UPDATE accounts_account SET email = 'carol@owls.example' WHERE name = 'carol'")
        enter(tx, owls.id, "owls.example", by="carol", at=0, proof="freehold-domain=bought-yesterday")
    story.policy(level=DOMAIN)
    story.gate("auto")
    with pytest.raises(Forbidden, match="the domain of an institution"):
        story.ask("carol")
    story.hub.rooms.orgs.domains.verify(SYSTEM, "owls", "owls.example")
    assert story.ask("carol") is Standing.ACTIVE
    assert story.standing("carol") == "in"


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
