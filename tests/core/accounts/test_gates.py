"""Gates: requests, decisions and grants follow a reference that was written apart, whatever is done in which order."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.access import granted_to
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.gates.desk import Gates
from freehold.core.accounts.gates.gate import DAY, GateRef, Policy, Standing
from freehold.core.accounts.people import People
from freehold.stores.db.database import Database
from freehold.wire.gates.terms import Terms
from tests.kit.hub import Time

LET_IN = "SELECT 1 FROM (SELECT :repo AS id) r WHERE "


def let_in(db: Database, repo: str, actor: Actor, at: int) -> bool:
    """What the one SQL condition says."""
    condition = granted_to(actor, at)
    with db.read() as tx:
        return tx.first(LET_IN + condition.sql, repo=repo, **condition.params) is not None


class Reference:
    """What a person's standing should be, in a few words."""

    def __init__(self) -> None:
        self.state, self.until, self.reviewed = "none", None, False

    def now(self, at: int) -> str:
        ended = self.state in ("active", "suspended", "stale") and self.until is not None and self.until <= at
        return "expired" if ended else self.state


class GateMachine(RuleBasedStateMachine):
    """Two people at one gate whose mode, policy and terms change under them."""

    people = st.sampled_from(["carol", "mallory"])

    def __init__(self, db: Database, cast: dict[str, Actor]) -> None:
        super().__init__()
        self.db, self.clock, self.actors, self.repo = db, Time(), cast, new_id()
        self.gates = Gates(self.db, self.clock)
        self.automatic, self.policy, self.version = False, Policy(), 1
        self.terms = self.gates.keep_terms(SYSTEM, self.gate, Terms(prompt="1"), "")
        self.known = {name: Reference() for name in self.actors}
        self.agreed = dict.fromkeys(self.actors, 0)

    @property
    def gate(self) -> GateRef:
        return GateRef(self.repo, "acme/vault", self.automatic)

    def found(self, who: str) -> str:
        request = self.gates.request(self.repo, self.actors[who].account_id)
        return request.id if request else "none"

    def _give(self, who: str, *, keep: bool = False) -> None:
        known = self.known[who]
        if not keep:
            known.until = None if self.policy.days is None else self.clock() + self.policy.days * DAY
        known.state = "stale" if self.policy.reaccept and self.agreed[who] != self.version else "active"

    @rule(who=people)
    def ask(self, who: str) -> None:
        known, before = self.known[who], self.known[who].now(self.clock())
        if before in ("none", "expired", "stale"):
            self.agreed[who] = self.version
        if before == "stale":
            self._give(who, keep=True)
        elif before in ("none", "expired"):
            known.reviewed = known.reviewed or before == "expired" or self.automatic
            known.state = "pending"
            if self.automatic:
                self._give(who)
        self.gates.ask(self.actors[who], self.gate, self.terms, {"a": "b"})

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
        known = self.known[who]
        old = "accepted" if known.state in ("active", "suspended", "stale", "expired") else known.state
        if old in ("none", status):
            with pytest.raises(NotFound):
                self.gates.handle(SYSTEM, self.gate, self.found(who), status)
            return
        self.gates.handle(SYSTEM, self.gate, self.found(who), status, reason="because")
        known.reviewed = known.reviewed or "accepted" in (old, status)
        known.state = status
        if status == "accepted":
            self._give(who)

    @rule(who=people)
    def let_in(self, who: str) -> None:
        known, before = self.known[who], self.known[who].now(self.clock())
        account = self.actors[who].account_id
        if before in ("active", "stale"):
            with pytest.raises(Invalid):
                self.gates.let_in(SYSTEM, self.gate, self.terms, account)
            return
        if before == "none":
            self.agreed[who] = self.version
        self.gates.let_in(SYSTEM, self.gate, self.terms, account)
        known.reviewed = True
        self._give(who)

    @rule(who=people, resumed=st.booleans())
    def suspend_or_resume(self, who: str, resumed: bool) -> None:
        known, before = self.known[who], self.known[who].now(self.clock())
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

    @rule(reaccept=st.booleans(), days=st.sampled_from([None, 1, 30]))
    def change_policy(self, reaccept: bool, days: int | None) -> None:
        self.policy = Policy(reaccept, days)
        self.gates.set_policy(SYSTEM, self.gate, self.policy)

    @precondition(lambda self: self.version < 6)
    @rule()
    def change_terms(self) -> None:
        self.version += 1
        self.terms = self.gates.keep_terms(SYSTEM, self.gate, Terms(prompt=str(self.version)), "")
        assert self.terms.version == self.version
        for known in self.known.values():
            if known.state == "active" and self.policy.reaccept:
                known.state = "stale"

    @rule(days=st.sampled_from([0.6, 40]))
    def wait(self, days: float) -> None:
        self.clock.advance(days * 86400)

    @invariant()
    def everybody_stands_as_they_should(self) -> None:
        for who, actor in self.actors.items():
            at = self.clock()
            expected = self.known[who].now(at)
            assert self.gates.standing(self.repo, actor.account_id) == Standing(expected)
            assert let_in(self.db, self.repo, actor, at) is (expected == "active")

    @invariant()
    def lists_and_counts_agree(self) -> None:
        counts = self.gates.counts(self.repo)
        for status, many in counts.items():
            assert len(self.gates.requests(self.repo, status, "", 100)) == many


@pytest.fixture
def cast(db: Database) -> dict[str, Actor]:
    people = People(db)
    return {name: Actor(people.add_user(SYSTEM, name).id, name, may_write=True) for name in ("carol", "mallory")}


def test_whatever_is_done_everybody_stands_as_the_reference_says(db: Database, cast: dict[str, Actor]):
    run_state_machine_as_test(
        lambda: GateMachine(db, cast),
        settings=settings(max_examples=30, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
    )
