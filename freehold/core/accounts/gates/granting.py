"""Grants as they are made and ended, inside somebody's transaction, each with its signed receipt."""

from dataclasses import dataclass

from freehold.base.clock import Clock, iso
from freehold.base.errors import NotFound
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.gate import (
    DAY,
    LIVE,
    REQUEST,
    AccessRequest,
    GateRef,
    Grant,
    latest_terms,
    policy_of,
    read_request,
    terms_by_id,
)
from freehold.core.accounts.gates.groups import cover, dissolve, leave_groups
from freehold.core.accounts.identity import NONE, VOUCHED, level_of, statements
from freehold.stores.db.database import Transaction
from freehold.wire.gates.receipts import Receipt, sign

NO_REQUEST = later("No access request found matching your criteria")


@dataclass(frozen=True, slots=True)
class Given:
    """What a reviewer adds to a grant: who decided (None: the gate itself), for what, and for how long."""

    by: str | None = None
    purpose: str = ""
    days: int | None = None


FREELY = Given()


@dataclass(frozen=True, slots=True)
class Granting:
    """Makes and ends grants. `seed` is the private key that receipts are signed with."""

    clock: Clock
    seed: bytes

    def request(self, tx: Transaction, gate: GateRef, request_id: str) -> AccessRequest:
        """One request at this gate. Raises NotFound."""
        row = tx.first(f"{REQUEST} WHERE q.repo_id = :repo AND q.id = :id", repo=gate.repo_id, id=request_id)
        if row is None:
            raise NotFound(NO_REQUEST)
        return read_request(row)

    def give(
        self, tx: Transaction, gate: GateRef, request_id: str, given: Given, renews: Grant | None = None
    ) -> AccessRequest:
        """Make a grant under the terms of the request; one that `renews` another ends when that would have ended."""
        request = self.request(tx, gate, request_id)
        policy, moment = policy_of(tx, gate.repo_id), self.clock()
        wanted = given.days or policy.days
        purpose, not_after = given.purpose, None if wanted is None else moment + wanted * DAY
        if renews is not None:
            purpose, not_after = renews.purpose, renews.not_after
        # Whoever decides by hand may let somebody in whom the gate itself would not.
        level = min(policy.level, level_of(tx, request.person.id, moment)) if given.by else policy.level
        grant_id = new_id()
        tx.run(
            "INSERT INTO accounts_gate_grant (id, repo_id, account_id, request_id, terms_id, purpose, state, agreed_at,"
            " not_after, granted_at, granted_by, owner_id, level) VALUES (:id, :repo, :who, :request, :terms,"
            " :purpose, :state, :agreed, :not_after, :now, :by, :owner, :level)",
            id=grant_id, repo=gate.repo_id, who=request.person.id, request=request_id, terms=request.terms_id,
            purpose=purpose, state=self.first_state(tx, gate, request.terms_id), agreed=request.agreed_at,
            not_after=not_after, now=moment, by=given.by, owner=gate.owner_id, level=level,
        )  # fmt: skip
        made = self.request(tx, gate, request_id)
        scope = "collection" if cover(tx, grant_id, gate.repo_id) else "repo"
        self._sign(tx, gate, made, scope, by=given.by)
        return made

    def end(self, tx: Transaction, gate: GateRef, account_id: str, by: Actor, *, state: str, reason: str = "") -> bool:
        """End the account's live grant, if there is one; who loses access is asked to delete their copies."""
        asked = self.clock() if state in ("revoked", "expired") else None
        ended = tx.run(
            "UPDATE accounts_gate_grant SET state = :state, ended_at = :now, ended_by = :by, reason = :reason,"
            f" deletion_asked_at = :asked WHERE repo_id = :repo AND account_id = :who AND state IN {LIVE}",
            state=state, now=self.clock(), by=by.account_id, reason=reason, asked=asked, repo=gate.repo_id,
            who=account_id,
        )  # fmt: skip
        return bool(ended.rowcount)

    def first_state(self, tx: Transaction, gate: GateRef, terms_id: str) -> str:
        """What a grant under these terms is at first: stale where newer ones must be agreed to."""
        newest = latest_terms(tx, gate.repo_id)
        old = newest is not None and newest.id != terms_id
        return "stale" if old and policy_of(tx, gate.repo_id).reaccept_number else "active"

    def _sign(self, tx: Transaction, gate: GateRef, request: AccessRequest, scope: str, *, by: str | None) -> None:
        """Make the receipt of the request's live grant."""
        grant, terms = request.grant, terms_by_id(tx, request.terms_id)
        if grant is None or terms is None:
            raise NotFound(NO_REQUEST)
        known = statements(tx, request.person.id)
        level = level_of(tx, request.person.id, grant.granted_at)
        vouched = next((one for one in known if one.level == VOUCHED and one.holds(grant.granted_at)), None)
        document = Receipt(
            grant.id, gate.path, gate.repo_id, request.person.name, request.person.id, terms.sha256, terms.version,
            iso(grant.granted_at), None if grant.agreed_at is None else iso(grant.agreed_at),
            (request.reviewed_by or "") if by else "", grant.purpose,
            None if grant.not_after is None else iso(grant.not_after), scope=scope, commit=terms.commit,
            agreed_by=request.asked_by or "", identity=None if level == NONE else level,
            vouched_by=f"{vouched.verifier} ({vouched.reference})" if vouched else "",
        ).document  # fmt: skip
        tx.run(
            "INSERT INTO accounts_gate_receipt (grant_id, document, signature, created_at)"
            " VALUES (:grant, :document, :signature, :now)",
            grant=grant.id, document=document, signature=sign(self.seed, document), now=grant.granted_at,
        )  # fmt: skip


def forget_gate(tx: Transaction, repo_id: str, at: int) -> None:
    """Of a repository that is deleted: grants end and answers can never be read again; receipts and terms stay."""
    leave_groups(tx, repo_id)
    _forget(tx, repo_id, at, "The repository was deleted.")


def forget_group(tx: Transaction, group_id: str, at: int) -> None:
    """The same of a group, whose collection is deleted."""
    dissolve(tx, group_id)
    _forget(tx, group_id, at, "The collection was deleted.")


def _forget(tx: Transaction, gate_id: str, at: int, reason: str) -> None:
    tx.run("DELETE FROM accounts_gate_key WHERE repo_id = :gate", gate=gate_id)
    tx.run(
        "UPDATE accounts_gate_request SET answers = '', purged_at = :now WHERE repo_id = :gate AND purged_at IS NULL",
        gate=gate_id, now=at,
    )  # fmt: skip
    tx.run(
        "UPDATE accounts_gate_grant SET state = 'revoked', ended_at = :now, reason = :reason"
        f" WHERE repo_id = :gate AND state IN {LIVE}",
        gate=gate_id, now=at, reason=reason,
    )  # fmt: skip
