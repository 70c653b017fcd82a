"""Gates: requests, decisions and grants follow a reference that was written apart, whatever is done in which order.

The reference is the state machine of the design: none → pending → accepted ↔ suspended → revoked or expired; rejected →
(cool-down) → pending; lapsed → pending. An organisation's access is its members', as long as they belong to it.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.access import granted_to
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.gates.desk import PATIENCE_DAYS, Gates
from freehold.core.accounts.gates.gate import DAY, GateRef, Policy, Reaccept, Standing
from freehold.core.accounts.gates.granting import Given
from freehold.core.accounts.people import People
from freehold.core.accounts.sealing import Sealer
from freehold.core.queue.events import RepoState
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database
from freehold.wire.gates.terms import Terms
from tests.kit.hub import Time

LET_IN = "SELECT 1 FROM (SELECT :repo AS id) r WHERE "


def let_in(db: Database, repo: str, actor: Actor, at: int) -> bool:
    """What the one SQL condition says."""
    condition = granted_to(actor, at)
    with db.read() as tx:
        return tx.first(LET_IN + condition.sql, repo=repo, **condition.params) is not None


LIVE = ("active", "suspended", "stale")


class Reference:
    """What an account's standing should be, in a few words."""

    def __init__(self) -> None:
        self.state, self.until, self.reviewed, self.asked, self.rejected = "none", None, False, 0, 0

    def now(self, at: int, cooldown: int | None = None) -> str:
        if self.state == "rejected" and cooldown is not None and self.rejected + cooldown * DAY <= at:
            return "cooled"
        ended = self.state in LIVE and self.until is not None and self.until <= at
        return "expired" if ended else self.state


class GateMachine(RuleBasedStateMachine):
    """Two people and the organisation of one of them, at one gate whose mode, policy and terms change under them."""

    people = st.sampled_from(["carol", "mallory", "birds"])

    def __init__(self, db: Database, cast: dict[str, Actor]) -> None:
        super().__init__()
        self.db, self.clock, self.actors, self.repo = db, Time(), cast, new_id()
        self.gates = Gates(self.db, Queue(db, self.clock), Sealer(b"k" * 32), self.clock)
        self.people_of_the_hub = People(db)
        self.joined = False
        self.people_of_the_hub.set_member(SYSTEM, "birds", "carol", None)
        self.automatic, self.policy, self.version = False, Policy(), 1
        self.terms = self.gates.keep_terms(SYSTEM, self.gate, Terms(prompt="1"), "")
        self.known = {name: Reference() for name in self.actors}
        self.agreed = dict.fromkeys(self.actors, 0)

    @property
    def gate(self) -> GateRef:
        state = RepoState(self.repo, "model", "owner", "acme", "vault", "public", "manual")
        return GateRef(self.repo, "acme/vault", self.automatic, state)

    def standing(self, who: str) -> str:
        return self.known[who].now(self.clock(), self.policy.cooldown)

    def found(self, who: str) -> str:
        request = self.gates.read.request(self.repo, self.actors[who].account_id)
        return request.id if request else "none"

    def _give(self, who: str, *, keep: bool = False) -> None:
        known = self.known[who]
        if not keep:
            known.until = None if self.policy.days is None else self.clock() + self.policy.days * DAY
        known.state = "stale" if self.policy.reaccept_number and self.agreed[who] != self.version else "active"

    @rule(who=people)
    def ask(self, who: str) -> None:
        known, before = self.known[who], self.standing(who)
        if before in ("none", "expired", "stale", "lapsed", "cooled"):
            self.agreed[who], known.asked = self.version, self.clock()
        if before == "stale":
            self._give(who, keep=True)
        elif before in ("none", "expired", "lapsed", "cooled"):
            let_in = self.automatic and before in ("none", "expired")
            known.reviewed = known.reviewed or before == "expired" or let_in
            known.state = "pending"
            if let_in:
                self._give(who)
        org_id = self.actors["birds"].account_id if who == "birds" else None
        asks = self.actors["carol" if who == "birds" else who]
        self.gates.ask(asks, self.gate, self.terms, {"a": "b"}, org_id)

    @rule(who=people)
    def withdraw(self, who: str) -> None:
        known = self.known[who]
        if known.state == "pending" and not known.reviewed:
            self.gates.withdraw(self.actors[who], self.gate)
            known.state = "none"
        else:
            with pytest.raises(NotFound):
                self.gates.withdraw(self.actors[who], self.gate)

    @rule(who=people, status=st.sampled_from(["pending", "accepted", "rejected"]))
    def handle(self, who: str, status: str) -> None:
        known, given = self.known[who], self.known[who].now(self.clock()) in LIVE
        assert given or known.state not in LIVE or known.until is not None
        old = "accepted" if known.state in ("active", "suspended", "stale", "expired") else known.state
        if old in ("none", status):
            with pytest.raises(NotFound):
                self.gates.handle(SYSTEM, self.gate, self.found(who), status)
            return
        self.gates.handle(SYSTEM, self.gate, self.found(who), status, reason="because")
        known.reviewed = known.reviewed or status != "pending" or old == "accepted"
        known.state, known.rejected = status, self.clock()
        if status == "accepted":
            self._give(who)

    @rule(who=people)
    def let_in(self, who: str) -> None:
        known, before = self.known[who], self.standing(who)
        account = self.actors[who].account_id
        if before in ("active", "stale"):
            with pytest.raises(Invalid):
                self.gates.let_in(SYSTEM, self.gate, self.terms, account)
            return
        if before == "none":
            self.agreed[who], known.asked = self.version, self.clock()
        self.gates.let_in(SYSTEM, self.gate, self.terms, account)
        known.reviewed = True
        self._give(who)

    @rule(who=people, resumed=st.booleans())
    def suspend_or_resume(self, who: str, resumed: bool) -> None:
        known, before = self.known[who], self.standing(who)
        done = (lambda: self.gates.resume(SYSTEM, self.gate, self.found(who))) if resumed else (
            lambda: self.gates.suspend(SYSTEM, self.gate, self.found(who), "for a while")
        )  # fmt: skip
        if before != ("suspended" if resumed else "active"):
            with pytest.raises(NotFound):
                done()
            return
        done()
        known.state = "suspended"
        if resumed:
            self._give(who, keep=True)

    @rule(automatic=st.booleans())
    def change_mode(self, automatic: bool) -> None:
        self.automatic = automatic

    @rule(reaccept=st.sampled_from(Reaccept), days=st.sampled_from([None, 1, 30]), cooldown=st.sampled_from([None, 7]))
    def change_policy(self, reaccept: Reaccept, days: int | None, cooldown: int | None) -> None:
        self.policy = Policy(reaccept, days, cooldown)
        self.gates.set_policy(SYSTEM, self.gate, self.policy)

    @precondition(lambda self: self.version < 6)
    @rule()
    def change_terms(self) -> None:
        self.version += 1
        self.terms = self.gates.keep_terms(SYSTEM, self.gate, Terms(prompt=str(self.version)), "")
        assert self.terms.version == self.version
        for known in self.known.values():
            if known.state == "active" and self.policy.reaccept_number:
                known.state = "stale"

    @rule(days=st.sampled_from([0.6, 40]))
    def wait(self, days: float) -> None:
        self.clock.advance(days * 86400)

    @rule()
    def tidy(self) -> None:
        overdue = self.gates.overdue()
        for known in self.known.values():
            if known.state == "pending" and known.asked + PATIENCE_DAYS * DAY <= self.clock():
                assert self.repo in overdue
                known.state = "lapsed"
        if self.repo in overdue:
            self.gates.tidy(self.gate)

    @rule()
    def join_or_leave(self) -> None:
        self.joined = not self.joined
        self.people_of_the_hub.set_member(SYSTEM, "birds", "carol", "read" if self.joined else None)

    @invariant()
    def everybody_stands_as_they_should(self) -> None:
        at = self.clock()
        org = self.joined and self.standing("birds") == "active"
        for who, actor in self.actors.items():
            expected = self.standing(who)
            assert self.gates.read.standing(self.repo, actor.account_id) == Standing(expected)
            assert let_in(self.db, self.repo, actor, at) is (expected == "active" or (who == "carol" and org))

    @invariant()
    def lists_and_counts_agree(self) -> None:
        counts = self.gates.read.counts(self.repo)
        for status, many in counts.items():
            assert len(self.gates.read.requests(self.repo, status, "", 100)) == many


@pytest.fixture
def cast(db: Database) -> dict[str, Actor]:
    people = People(db)
    found = {name: Actor(people.add_user(SYSTEM, name).id, name, may_write=True) for name in ("carol", "mallory")}
    return found | {"birds": Actor(people.add_org(SYSTEM, "birds").id, "birds")}


def test_whatever_is_done_everybody_stands_as_the_reference_says(db: Database, cast: dict[str, Actor]):
    run_state_machine_as_test(
        lambda: GateMachine(db, cast),
        settings=settings(max_examples=30, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
    )


def test_access_ends_in_the_very_microsecond_that_the_receipt_says(db: Database, cast: dict[str, Actor]):
    """Whose clock it is does not matter: the hub's own decides, to the microsecond, for every path at once."""
    clock, gate = Time(), GateRef(new_id(), "acme/vault", automatic=False)
    gates = Gates(db, Queue(db, clock), Sealer(b"k" * 32), clock)
    terms = gates.keep_terms(SYSTEM, gate, Terms(prompt="1"), "")
    carol = cast["carol"]
    gates.let_in(SYSTEM, gate, terms, carol.account_id, Given(days=1))
    request = gates.read.request(gate.repo_id, carol.account_id)
    until = request.grant.not_after
    assert [let_in(db, gate.repo_id, carol, at) for at in (until - 1, until)] == [True, False]
    assert [request.standing(at) for at in (until - 1, until)] == [Standing.ACTIVE, Standing.EXPIRED]
