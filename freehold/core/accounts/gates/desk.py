"""What may change at a gate, and how: terms, requests, decisions and grants, each with its audit row and its event.

Every change waits its turn at the gate, so that a grant is never made under terms that are replaced meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.gates.answers import Answers
from freehold.core.accounts.gates.figures import Figures, figures_of
from freehold.core.accounts.gates.gate import (
    DAY,
    MAY_ASK,
    REQUEST,
    STATUSES,
    AccessRequest,
    GateRef,
    Policy,
    Reaccept,
    Standing,
    TermsVersion,
    latest_terms,
    policy_of,
    read_request,
    request_of,
    standing_of,
)
from freehold.core.accounts.gates.granting import FREELY, NO_REQUEST, Given, Granting
from freehold.core.accounts.gates.registry import Registry
from freehold.core.accounts.identity import CHECKED, NONE
from freehold.core.accounts.sealing import Sealer
from freehold.core.accounts.secrets import hub_secret
from freehold.core.queue.events import AccessState, Event, announce
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database, Transaction
from freehold.wire.gates.receipts import public_key
from freehold.wire.gates.terms import Terms

MAX_REASON = 200
"""In characters: of a reason or a purpose."""
MAX_DAYS = 3660
PATIENCE_DAYS = 30
"""So long a request waits for somebody to decide; then it lapses, and whoever asked is told."""


class Gates:
    """Every gate of the hub. Who may decide is the caller's to have found out: see `core/repos/gating.py`."""

    def __init__(self, db: Database, queue: Queue, sealer: Sealer, clock: Clock = now) -> None:
        seed = hub_secret(db, "gate-receipts")
        self._db = db
        self._queue = queue
        self._clock = clock
        self._granting = Granting(clock, seed)
        self.public_key = public_key(seed)
        """What receipts are verified with, in base64."""
        self.read = Registry(db, clock, self.public_key)
        self.answers = Answers(db, sealer, clock)

    def export(self, actor: Actor, gate: GateRef) -> list[AccessRequest]:
        """Every request, answers included, in the order in which they were made; that it was taken away is noted."""
        with self._db.write() as tx:
            rows = tx.all(f"{REQUEST} WHERE q.repo_id = :repo ORDER BY q.asked_at, q.id", repo=gate.repo_id)
            record(tx, actor, "gate.export", gate.path, requests=len(rows))
        return [self.answers.opened(read_request(row)) for row in rows]

    def figures(self, repo_id: str) -> Figures | None:
        """How a gate decides; None where too few decisions were made to tell."""
        return figures_of(self._db, repo_id)

    def set_policy(self, actor: Actor, gate: GateRef, policy: Policy) -> None:
        """Change how a gate is kept; what was granted before keeps its time. Raises Invalid."""
        _check_policy(policy)
        with self._turn(gate) as tx:
            tx.run(
                "INSERT INTO accounts_gate_policy (repo_id, reaccept, days, cooldown_days, keep_days, level,"
                " updated_at) VALUES (:repo, :reaccept, :days, :cooldown, :keep, :level, :now)"
                " ON CONFLICT (repo_id) DO UPDATE SET reaccept = :reaccept, days = :days, cooldown_days = :cooldown,"
                " keep_days = :keep, level = :level, updated_at = :now",
                repo=gate.repo_id, reaccept=policy.reaccept_number, days=policy.days, cooldown=policy.cooldown,
                keep=policy.keep, level=policy.level, now=self._clock(),
            )  # fmt: skip
            record(tx, actor, "gate.policy", gate.path, reaccept=policy.reaccept.value, days=policy.days,
                   cooldown=policy.cooldown, keep=policy.keep, level=policy.level)  # fmt: skip

    def keep_terms(self, actor: Actor, gate: GateRef, terms: Terms, commit: str) -> TermsVersion:
        """The version that these terms are, made if they are not the newest; grants go stale if the gate wants that."""
        known = self.read.terms(gate.repo_id)
        if known is not None and known.sha256 == terms.sha256:
            return known
        with self._turn(gate) as tx:
            known = latest_terms(tx, gate.repo_id)
            if known is not None and known.sha256 == terms.sha256:
                return known
            version = 1 if known is None else known.version + 1
            made = TermsVersion(new_id(), version, terms.sha256, terms.document, commit, self._clock())
            self._insert_terms(tx, gate, made)
            record(tx, actor, "gate.terms", gate.path, version=made.version, sha256=made.sha256)
            self._outdate(tx, gate, actor)
        return made

    def ask(
        self, actor: Actor, gate: GateRef, terms: TermsVersion, answers: Mapping[str, str], org_id: str | None = None
    ) -> Standing:
        """Ask to be let in, or agree to new terms, for oneself or for an organisation.

        Changes nothing where that is not open: rejected stays rejected.
        """
        who = org_id or str(actor.account_id)
        with self._turn(gate) as tx:
            request = request_of(tx, gate.repo_id, who)
            standing = Standing.NONE if request is None else request.standing(self._clock())
            if standing not in MAY_ASK:
                return standing
            again = standing is Standing.STALE
            # Whom somebody has refused, or left waiting, is not let in by a gate that opens by itself.
            accepted = again or (gate.automatic and standing in (Standing.NONE, Standing.EXPIRED))
            entry = _Entry(
                "accepted" if accepted else "pending", terms.id, answers, actor.account_id if org_id else None
            )
            request_id = self._enter(tx, gate, who, entry)
            self._granting.end(tx, gate, who, actor, state="replaced" if again else "expired")
            record(tx, actor, "gate.reaccept" if again else "gate.request", gate.path,
                   terms=terms.sha256, version=terms.version, **({"account": who} if org_id else {}))  # fmt: skip
            made = self._granting.request(tx, gate, request_id)
            if accepted:
                renewed = request.grant if request is not None and again else None
                made = self._granting.give(tx, gate, request_id, FREELY, renewed)
                self._decided(tx, made, "accepted")
            self._tell(tx, gate, actor, made, "reaccepted" if again else "accepted" if accepted else "requested")
            return standing_of(tx, gate.repo_id, who, self._clock())

    def withdraw(self, actor: Actor, gate: GateRef, org_id: str | None = None) -> None:
        """Take back one's own request while nobody has decided on it. Raises NotFound."""
        with self._turn(gate) as tx:
            request = request_of(tx, gate.repo_id, org_id or actor.account_id)
            gone = tx.run(
                "DELETE FROM accounts_gate_request WHERE repo_id = :repo AND account_id = :who AND status = 'pending'"
                " AND NOT EXISTS (SELECT 1 FROM accounts_gate_grant g WHERE g.request_id = accounts_gate_request.id)"
                " AND NOT EXISTS (SELECT 1 FROM accounts_gate_decision d WHERE d.request_id = accounts_gate_request.id"
                "  AND d.verdict <> 'lapsed')",
                repo=gate.repo_id, who=org_id or actor.account_id,
            )  # fmt: skip
            if request is None or not gone.rowcount:
                raise NotFound("No pending access request found for this repo and this user")
            record(tx, actor, "gate.withdraw", gate.path)
            self._tell(tx, gate, actor, request, "withdrawn")

    def handle(
        self, actor: Actor, gate: GateRef, found: str, status: str, *, reason: str = "", given: Given = FREELY
    ) -> None:
        """Move the request with the id `found` to another status; what was granted ends unless it is `accepted`.

        Raises NotFound if there is no such request here or it is there already, and Invalid.
        """
        _check(status, reason, given)
        with self._turn(gate) as tx:
            request = self._granting.request(tx, gate, found)
            if request.status == status:
                raise NotFound(NO_REQUEST)
            revoked = self._granting.end(tx, gate, request.person.id, actor, state="revoked", reason=reason)
            tx.run(
                "UPDATE accounts_gate_request SET status = :status, reason = :reason, reviewed_at = :at,"
                " reviewed_by = :by WHERE id = :id",
                status=status, reason=reason if status == "rejected" else "", id=request.id,
                at=None if status == "pending" else self._clock(),
                by=None if status == "pending" else actor.account_id,
            )  # fmt: skip
            if status == "accepted":
                self._granting.give(tx, gate, request.id, _by(actor, given))
            if status != "pending":
                self._decided(tx, request, status, by=actor, reason=reason)
            record(tx, actor, f"gate.{_VERBS[status]}", gate.path, user=request.person.name, reason=reason,
                   purpose=given.purpose, days=given.days)  # fmt: skip
            self._tell(tx, gate, actor, request, "revoked" if revoked else status, reason=reason)

    def let_in(self, actor: Actor, gate: GateRef, terms: TermsVersion, account_id: str, given: Given = FREELY) -> None:
        """Give access to somebody, asked or not. Raises Invalid if they have it already."""
        _check("accepted", "", given)
        with self._turn(gate) as tx:
            request = request_of(tx, gate.repo_id, account_id)
            standing = Standing.NONE if request is None else request.standing(self._clock())
            if standing is Standing.ACTIVE:
                raise Invalid("That user already has access to the repo")
            if standing is Standing.STALE:
                raise Invalid("The terms have changed: this person is let in again once they have agreed to them.")
            self._granting.end(tx, gate, account_id, actor, state="replaced")
            known = request.id if request else self._enter(tx, gate, account_id, _Entry("accepted", terms.id))
            tx.run(
                "UPDATE accounts_gate_request SET status = 'accepted', reason = '', reviewed_at = :at,"
                " reviewed_by = :by WHERE id = :id",
                at=self._clock(), by=actor.account_id, id=known,
            )  # fmt: skip
            made = self._granting.give(tx, gate, known, _by(actor, given))
            record(tx, actor, "gate.grant", gate.path, user=made.person.name, purpose=given.purpose, days=given.days)
            self._tell(tx, gate, actor, made, "accepted")

    def suspend(self, actor: Actor, gate: GateRef, found: str, reason: str) -> None:
        """End the downloads of a grant until it is resumed. Raises NotFound where there is none that is active."""
        _check("accepted", reason, FREELY)
        with self._turn(gate) as tx:
            request = self._granting.request(tx, gate, found)
            self._switch(tx, request, "active", "suspended", reason)
            record(tx, actor, "gate.suspend", gate.path, user=request.person.name, reason=reason)
            self._tell(tx, gate, actor, request, "suspended", reason=reason)

    def resume(self, actor: Actor, gate: GateRef, found: str) -> None:
        """Undo `suspend`; new terms that came meanwhile must be agreed to first, if the gate wants that."""
        with self._turn(gate) as tx:
            request = self._granting.request(tx, gate, found)
            state = self._granting.first_state(tx, gate, request.grant.terms_id if request.grant else "")
            self._switch(tx, request, "suspended", state, "")
            record(tx, actor, "gate.resume", gate.path, user=request.person.name)
            self._tell(tx, gate, actor, request, "resumed")

    def say_deleted(self, actor: Actor, gate: GateRef, grant_id: str) -> None:
        """Note that a holder says to have deleted what they fetched. Raises NotFound where nobody asked them to."""
        with self._turn(gate) as tx:
            said = tx.run(
                "UPDATE accounts_gate_grant SET deletion_said_at = :now, deletion_said_by = :who WHERE id = :grant"
                " AND repo_id = :repo AND deletion_asked_at IS NOT NULL AND deletion_said_at IS NULL"
                " AND (account_id = :who OR account_id IN (SELECT m.org_id FROM accounts_membership m"
                "  WHERE m.user_id = :who AND m.role = 'admin'))",
                now=self._clock(), who=actor.account_id, grant=grant_id, repo=gate.repo_id,
            )  # fmt: skip
            if not said.rowcount:
                raise NotFound("Nobody waits for your word about this, or you have given it.")
            request_id = str(tx.scalar("SELECT request_id FROM accounts_gate_grant WHERE id = :id", id=grant_id))
            record(tx, actor, "gate.deleted", gate.path, grant=grant_id)
            self._tell(tx, gate, actor, self._granting.request(tx, gate, request_id), "deleted")

    def overdue(self) -> Sequence[str]:
        """The row ids of repositories at whose gates a request has waited too long, or access has run out."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT repo_id FROM accounts_gate_request WHERE status = 'pending' AND asked_at <= :patience"
                " UNION SELECT repo_id FROM accounts_gate_grant WHERE state IN ('active', 'suspended', 'stale')"
                " AND not_after <= :now",
                patience=self._clock() - PATIENCE_DAYS * DAY, now=self._clock(),
            )  # fmt: skip
        return [row.repo_id for row in rows]

    def tidy(self, gate: GateRef) -> None:
        """Let requests lapse that nobody decided on in time, end grants whose time is over, and tell their people."""
        with self._turn(gate) as tx:
            waiting = tx.all(f"{REQUEST} WHERE q.repo_id = :repo AND q.status = 'pending' AND q.asked_at <= :patience",
                             repo=gate.repo_id, patience=self._clock() - PATIENCE_DAYS * DAY)  # fmt: skip
            for request in map(read_request, waiting):
                tx.run("UPDATE accounts_gate_request SET status = 'lapsed' WHERE id = :id", id=request.id)
                self._decided(tx, request, "lapsed")
                record(tx, SYSTEM, "gate.lapse", gate.path, user=request.person.name)
                self._tell(tx, gate, SYSTEM, request, "lapsed")
            over = tx.all(f"{REQUEST} WHERE q.repo_id = :repo AND g.not_after <= :now",
                          repo=gate.repo_id, now=self._clock())  # fmt: skip
            for request in map(read_request, over):
                self._granting.end(tx, gate, request.person.id, SYSTEM, state="expired")
                record(tx, SYSTEM, "gate.expire", gate.path, user=request.person.name)
                self._tell(tx, gate, SYSTEM, request, "expired")

    @contextmanager
    def _turn(self, gate: GateRef) -> Iterator[Transaction]:
        with self._db.write() as tx:
            tx.take_turn(f"gate:{gate.repo_id}")
            yield tx

    def _tell(
        self, tx: Transaction, gate: GateRef, actor: Actor, request: AccessRequest, became: str, *, reason: str = ""
    ) -> None:
        if gate.state is None:
            return
        person = request.person
        access = AccessState(request.id, person.id, person.name, became, reason, gate.group)
        event = Event("repo.gate", "update", gate.state, actor.account_id, actor.name, access=access)
        announce(tx, self._queue, event)

    def _decided(
        self, tx: Transaction, request: AccessRequest, verdict: str, by: Actor | None = None, reason: str = ""
    ) -> None:
        tx.run(
            "INSERT INTO accounts_gate_decision (id, repo_id, request_id, verdict, decided_by, reason, asked_at,"
            " decided_at) VALUES (:id, :repo, :request, :verdict, :by, :reason, :asked, :now)",
            id=new_id(), repo=request.repo_id, request=request.id, verdict=verdict, by=by.account_id if by else None,
            reason=reason, asked=request.asked_at, now=self._clock(),
        )  # fmt: skip

    def _outdate(self, tx: Transaction, gate: GateRef, actor: Actor) -> None:
        """Make the grants under older terms stale, if the gate wants new ones agreed to."""
        reaccept = policy_of(tx, gate.repo_id).reaccept
        if reaccept is Reaccept.NONE:
            return
        rows = tx.all(f"{REQUEST} WHERE q.repo_id = :repo AND g.state = 'active'", repo=gate.repo_id)
        tx.run(
            "UPDATE accounts_gate_grant SET state = 'stale', stale_at = :at WHERE repo_id = :repo AND state = 'active'",
            at=self._clock() if reaccept is Reaccept.NEXT else None, repo=gate.repo_id,
        )  # fmt: skip
        for row in rows:
            self._tell(tx, gate, actor, read_request(row), "stale")

    def _switch(self, tx: Transaction, request: AccessRequest, old: str, new: str, reason: str) -> None:
        if request.grant is None or request.grant.state != old or request.grant.expired(self._clock()):
            raise NotFound(f"This person has no access that is {old}.")
        tx.run(
            "UPDATE accounts_gate_grant SET state = :state, reason = :reason WHERE id = :id",
            state=new, reason=reason, id=request.grant.id,
        )  # fmt: skip

    def _enter(self, tx: Transaction, gate: GateRef, who: str, entry: "_Entry") -> str:
        """Write a request in place of what the account asked before."""
        moment, answers = self._clock(), entry.answers
        known = tx.scalar(
            "SELECT id FROM accounts_gate_request WHERE repo_id = :repo AND account_id = :who",
            repo=gate.repo_id, who=who,
        )  # fmt: skip
        request_id = str(known or new_id())
        row: dict[str, Any] = {
            "id": request_id, "repo": gate.repo_id, "who": who, "status": entry.status, "terms": entry.terms_id,
            "now": moment,
            "answers": self.answers.sealed(tx, gate.repo_id, request_id, answers or {}), "by": entry.asked_by,
            "agreed": None if answers is None else moment, "reviewed": moment if entry.status == "accepted" else None,
        }  # fmt: skip
        tx.run(
            "INSERT INTO accounts_gate_request (id, repo_id, account_id, status, terms_id, answers, agreed_at,"
            " asked_at, reviewed_at, asked_by) VALUES (:id, :repo, :who, :status, :terms, :answers, :agreed, :now,"
            " :reviewed, :by) ON CONFLICT (repo_id, account_id) DO UPDATE SET status = :status, terms_id = :terms,"
            " answers = :answers, agreed_at = :agreed, asked_at = :now, reviewed_at = :reviewed,"
            " reviewed_by = NULL, reason = '', asked_by = :by, purged_at = NULL, answers_sha256 = ''",
            **row,
        )
        return request_id

    def _insert_terms(self, tx: Transaction, gate: GateRef, made: TermsVersion) -> None:
        tx.run(
            "INSERT INTO accounts_gate_terms (id, repo_id, version, sha256, document, commit_oid, created_at)"
            " VALUES (:id, :repo, :version, :sha256, :document, :commit, :now)",
            id=made.id, repo=gate.repo_id, version=made.version, sha256=made.sha256, document=made.document,
            commit=made.commit, now=made.created_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a request becomes; `answers` None: nobody asked, `asked_by`: who asked for an organisation."""

    status: str
    terms_id: str
    answers: Mapping[str, str] | None = None
    asked_by: str | None = None


_VERBS = {"accepted": "accept", "rejected": "reject", "pending": "cancel"}


def _by(actor: Actor, given: Given) -> Given:
    return Given(actor.account_id, given.purpose, given.days)


def _check(status: str, reason: str, given: Given) -> None:
    if status not in STATUSES:
        raise Invalid(f"A request is {', '.join(STATUSES)}; not {status[:50]!r}.")
    if max(len(reason), len(given.purpose)) > MAX_REASON:
        raise Invalid(f"A reason or a purpose has at most {MAX_REASON} characters.")
    _check_days(given.days, "Access may be given")


def _check_policy(policy: Policy) -> None:
    _check_days(policy.days, "Access may be given")
    _check_days(policy.cooldown, "Whoever was rejected may ask again")
    _check_days(policy.keep, "Answers are kept")
    if not NONE <= policy.level <= CHECKED:
        raise Invalid(f"A level of identity is a number from 0 to {CHECKED}.")


def _check_days(days: int | None, what: str) -> None:
    if days is not None and not 0 < days <= MAX_DAYS:
        raise Invalid(f"{what} for or after 1 to {MAX_DAYS} days, or without an end.")
