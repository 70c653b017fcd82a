"""What may change at a gate, and how: terms, requests, decisions and grants, each with its audit row.

Every change waits its turn at the gate, so that a grant is never made under terms that are replaced meanwhile.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from freehold.base.clock import Clock, iso, now
from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.gates.gate import (
    DAY,
    LIVE,
    REQUEST,
    STATUSES,
    AccessRequest,
    GateRef,
    Grant,
    Policy,
    Standing,
    TermsVersion,
    latest_terms,
    policy_of,
    read_request,
    request_of,
    standing_of,
    terms_by_id,
)
from freehold.core.accounts.secrets import hub_secret
from freehold.stores.db.database import Database, Transaction
from freehold.wire.gates.receipts import Receipt, ReceiptFile, public_key, sign
from freehold.wire.gates.terms import Terms

MAX_REASON = 200
"""In characters: of a reason or a purpose."""
MAX_DAYS = 3660

NO_REQUEST = "No access request found matching your criteria"


class Gates:
    """Every gate of the hub. Who may decide is the caller's to have found out: see `core/repos/gating.py`."""

    def __init__(self, db: Database, clock: Clock = now, *, receipt_key: bytes | None = None) -> None:
        self._db = db
        self._clock = clock
        self._seed = receipt_key or hub_secret(db, "gate-receipts")

    def standing(self, repo_id: str, account_id: str | None) -> Standing:
        """How somebody stands at a gate now."""
        with self._db.read() as tx:
            return standing_of(tx, repo_id, account_id, self._clock())

    def request(self, repo_id: str, account_id: str | None) -> AccessRequest | None:
        """What somebody has asked of a gate."""
        with self._db.read() as tx:
            return request_of(tx, repo_id, account_id)

    def requests(self, repo_id: str, status: str, after: str, limit: int, prefix: str = "") -> list[AccessRequest]:
        """Requests in the order in which they were made, from behind the id `after`; names begin with `prefix`."""
        with self._db.read() as tx:
            seen = tx.first("SELECT asked_at, id FROM accounts_gate_request WHERE id = :after", after=after)
            behind = " AND (q.asked_at > :at OR (q.asked_at = :at AND q.id > :after))" if seen else ""
            named = " AND substr(a.name_key, 1, :length) = :prefix" if prefix else ""
            rows = tx.all(
                f"{REQUEST} WHERE q.repo_id = :repo AND q.status = :status{behind}{named}"
                " ORDER BY q.asked_at, q.id LIMIT :limit",
                repo=repo_id, status=status, limit=limit,
                **({"at": seen.asked_at, "after": seen.id} if seen else {}),
                **({"length": len(prefix), "prefix": prefix.lower()} if prefix else {}),
            )  # fmt: skip
        return [read_request(row) for row in rows]

    def counts(self, repo_id: str) -> Mapping[str, int]:
        """How many requests there are of each status."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT status, count(*) AS many FROM accounts_gate_request WHERE repo_id = :repo GROUP BY status",
                repo=repo_id,
            )
        return dict.fromkeys(STATUSES, 0) | {row.status: row.many for row in rows}

    def of_account(self, account_id: str, limit: int) -> list[AccessRequest]:
        """What a person has asked of all gates, the newest first."""
        with self._db.read() as tx:
            rows = tx.all(
                f"{REQUEST} WHERE q.account_id = :who ORDER BY q.asked_at DESC, q.id LIMIT :limit",
                who=account_id, limit=limit,
            )  # fmt: skip
        return [read_request(row) for row in rows]

    def export(self, actor: Actor, gate: GateRef) -> list[AccessRequest]:
        """Every request, answers included, in the order in which they were made; that it was taken away is noted."""
        with self._db.write() as tx:
            rows = tx.all(f"{REQUEST} WHERE q.repo_id = :repo ORDER BY q.asked_at, q.id", repo=gate.repo_id)
            record(tx, actor, "gate.export", gate.path, requests=len(rows))
        return [read_request(row) for row in rows]

    def policy(self, repo_id: str) -> Policy:
        """How a gate is kept."""
        with self._db.read() as tx:
            return policy_of(tx, repo_id)

    def terms(self, repo_id: str) -> TermsVersion | None:
        """The newest version of a gate's terms that was kept."""
        with self._db.read() as tx:
            return latest_terms(tx, repo_id)

    def last_grant(self, repo_id: str, account_id: str | None) -> str:
        """The id of the newest grant that a person had, whatever became of it. Raises NotFound."""
        with self._db.read() as tx:
            found = tx.scalar(
                "SELECT id FROM accounts_gate_grant WHERE repo_id = :repo AND account_id = :who"
                " ORDER BY granted_at DESC, id DESC LIMIT 1",
                repo=repo_id, who=account_id,
            )  # fmt: skip
        if found is None:
            raise NotFound("You were never let in here, so there is no receipt.")
        return str(found)

    def receipt(self, repo_id: str, grant_id: str) -> ReceiptFile:
        """The signed receipt of a grant, with the terms it names. Raises NotFound."""
        with self._db.read() as tx:
            row = tx.first(
                "SELECT r.document, r.signature, t.document AS terms FROM accounts_gate_receipt r"
                " JOIN accounts_gate_grant g ON g.id = r.grant_id JOIN accounts_gate_terms t ON t.id = g.terms_id"
                " WHERE r.grant_id = :grant AND g.repo_id = :repo",
                grant=grant_id, repo=repo_id,
            )  # fmt: skip
        if row is None:
            raise NotFound("There is no receipt of such a grant.")
        return ReceiptFile(row.document, row.signature, self.public_key, row.terms)

    @property
    def public_key(self) -> str:
        """What receipts are verified with, in base64."""
        return public_key(self._seed)

    def set_policy(self, actor: Actor, gate: GateRef, policy: Policy) -> None:
        """Change how a gate is kept; what was granted before keeps its time. Raises Invalid."""
        if policy.days is not None and not 0 < policy.days <= MAX_DAYS:
            raise Invalid(f"Access may be given for 1 to {MAX_DAYS} days, or without an end.")
        with self._turn(gate) as tx:
            tx.run(
                "INSERT INTO accounts_gate_policy (repo_id, reaccept, days, updated_at) VALUES (:repo, :reaccept,"
                " :days, :now) ON CONFLICT (repo_id) DO UPDATE SET reaccept = :reaccept, days = :days,"
                " updated_at = :now",
                repo=gate.repo_id, reaccept=int(policy.reaccept), days=policy.days, now=self._clock(),
            )  # fmt: skip
            record(tx, actor, "gate.policy", gate.path, reaccept=policy.reaccept, days=policy.days)

    def keep_terms(self, actor: Actor, gate: GateRef, terms: Terms, commit: str) -> TermsVersion:
        """The version that these terms are, made if they are not the newest; grants go stale if the gate wants that."""
        known = self.terms(gate.repo_id)
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
            if policy_of(tx, gate.repo_id).reaccept:
                tx.run(
                    "UPDATE accounts_gate_grant SET state = 'stale' WHERE repo_id = :repo AND state = 'active'",
                    repo=gate.repo_id,
                )
        return made

    def ask(self, actor: Actor, gate: GateRef, terms: TermsVersion, answers: Mapping[str, str]) -> Standing:
        """Ask to be let in, or agree to new terms. Changes nothing where that is not open: rejected stays rejected."""
        account_id = str(actor.account_id)
        with self._turn(gate) as tx:
            request = request_of(tx, gate.repo_id, account_id)
            standing = Standing.NONE if request is None else request.standing(self._clock())
            if standing not in (Standing.NONE, Standing.EXPIRED, Standing.STALE):
                return standing
            accepted = gate.automatic or standing is Standing.STALE
            status = "accepted" if accepted else "pending"
            request_id = self._enter(tx, gate, account_id, status=status, terms_id=terms.id, answers=answers)
            ended = "replaced" if standing is Standing.STALE else "expired"
            self._end(tx, gate, account_id, actor, state=ended)
            record(tx, actor, "gate.reaccept" if standing is Standing.STALE else "gate.request", gate.path,
                   terms=terms.sha256, version=terms.version)  # fmt: skip
            if accepted:
                renewed = request.grant if request is not None and standing is Standing.STALE else None
                self._give(tx, gate, request_id, renews=renewed)
            return standing_of(tx, gate.repo_id, account_id, self._clock())

    def withdraw(self, actor: Actor, gate: GateRef) -> None:
        """Take back one's own request while nobody has decided on it. Raises NotFound."""
        with self._turn(gate) as tx:
            gone = tx.run(
                "DELETE FROM accounts_gate_request WHERE repo_id = :repo AND account_id = :who AND status = 'pending'"
                " AND NOT EXISTS (SELECT 1 FROM accounts_gate_grant g WHERE g.request_id = accounts_gate_request.id)",
                repo=gate.repo_id, who=actor.account_id,
            )  # fmt: skip
            if not gone.rowcount:
                raise NotFound("No pending access request found for this repo and this user")
            record(tx, actor, "gate.withdraw", gate.path)

    def handle(self, actor: Actor, gate: GateRef, found: str, status: str, *, reason: str = "", purpose: str = "",
               days: int | None = None) -> None:  # fmt: skip
        """Move the request with the id `found` to another status; what was granted ends unless it is `accepted`.

        Raises NotFound if there is no such request here or it is there already, and Invalid.
        """
        _check(status, reason, purpose, days)
        with self._turn(gate) as tx:
            request = self._request(tx, gate, found)
            if request.status == status:
                raise NotFound(NO_REQUEST)
            self._end(tx, gate, request.person.id, actor, state="revoked", reason=reason)
            tx.run(
                "UPDATE accounts_gate_request SET status = :status, reason = :reason, reviewed_at = :at,"
                " reviewed_by = :by WHERE id = :id",
                status=status, reason=reason if status == "rejected" else "", id=request.id,
                at=None if status == "pending" else self._clock(),
                by=None if status == "pending" else actor.account_id,
            )  # fmt: skip
            if status == "accepted":
                self._give(tx, gate, request.id, purpose=purpose, days=days, by=actor.account_id)
            record(tx, actor, f"gate.{_VERBS[status]}", gate.path, user=request.person.name, reason=reason)

    def let_in(self, actor: Actor, gate: GateRef, terms: TermsVersion, account_id: str, *, purpose: str = "",
               days: int | None = None) -> None:  # fmt: skip
        """Grant access to somebody, asked or not. Raises Invalid if they have it already."""
        _check("accepted", "", purpose, days)
        with self._turn(gate) as tx:
            request = request_of(tx, gate.repo_id, account_id)
            standing = Standing.NONE if request is None else request.standing(self._clock())
            if standing is Standing.ACTIVE:
                raise Invalid("That user already has access to the repo")
            if standing is Standing.STALE:
                raise Invalid("The terms have changed: this person is let in again once they have agreed to them.")
            self._end(tx, gate, account_id, actor, state="replaced")
            if request is None:
                request_id = self._enter(tx, gate, account_id, status="accepted", terms_id=terms.id, answers=None)
            else:
                request_id = request.id
            tx.run(
                "UPDATE accounts_gate_request SET status = 'accepted', reason = '', reviewed_at = :at,"
                " reviewed_by = :by WHERE id = :id",
                at=self._clock(), by=actor.account_id, id=request_id,
            )  # fmt: skip
            self._give(tx, gate, request_id, purpose=purpose, days=days, by=actor.account_id)
            user = self._request(tx, gate, request_id).person.name
            record(tx, actor, "gate.grant", gate.path, user=user, purpose=purpose, days=days)

    def suspend(self, actor: Actor, gate: GateRef, found: str, reason: str) -> None:
        """End the downloads of a grant until it is resumed. Raises NotFound where there is none that is active."""
        _check("accepted", reason, "", None)
        with self._turn(gate) as tx:
            request = self._request(tx, gate, found)
            self._switch(tx, request, "active", "suspended", reason)
            record(tx, actor, "gate.suspend", gate.path, user=request.person.name, reason=reason)

    def resume(self, actor: Actor, gate: GateRef, found: str) -> None:
        """Undo `suspend`; new terms that came meanwhile must be agreed to first, if the gate wants that."""
        with self._turn(gate) as tx:
            request = self._request(tx, gate, found)
            state = self._first_state(tx, gate, request.grant.terms_id if request.grant else "")
            self._switch(tx, request, "suspended", state, "")
            record(tx, actor, "gate.resume", gate.path, user=request.person.name)

    @contextmanager
    def _turn(self, gate: GateRef) -> Iterator[Transaction]:
        with self._db.write() as tx:
            tx.take_turn(f"gate:{gate.repo_id}")
            yield tx

    def _request(self, tx: Transaction, gate: GateRef, request_id: str) -> AccessRequest:
        row = tx.first(f"{REQUEST} WHERE q.repo_id = :repo AND q.id = :id", repo=gate.repo_id, id=request_id)
        if row is None:
            raise NotFound(NO_REQUEST)
        return read_request(row)

    def _switch(self, tx: Transaction, request: AccessRequest, old: str, new: str, reason: str) -> None:
        if request.grant is None or request.grant.state != old or request.grant.expired(self._clock()):
            raise NotFound(f"This person has no access that is {old}.")
        tx.run(
            "UPDATE accounts_gate_grant SET state = :state, reason = :reason WHERE id = :id",
            state=new, reason=reason, id=request.grant.id,
        )  # fmt: skip

    def _enter(
        self, tx: Transaction, gate: GateRef, account_id: str, *, status: str, terms_id: str,
        answers: Mapping[str, str] | None,
    ) -> str:  # fmt: skip
        """Write a request in place of what the person asked before; `answers` None: they did not ask themselves."""
        moment = self._clock()
        row: dict[str, Any] = {
            "id": new_id(), "repo": gate.repo_id, "who": account_id, "status": status, "terms": terms_id, "now": moment,
            "answers": msgspec.json.encode(answers or {}).decode(), "agreed": None if answers is None else moment,
            "reviewed": moment if status == "accepted" else None,
        }  # fmt: skip
        return str(
            tx.scalar(
                "INSERT INTO accounts_gate_request (id, repo_id, account_id, status, terms_id, answers, agreed_at,"
                " asked_at, reviewed_at) VALUES (:id, :repo, :who, :status, :terms, :answers, :agreed, :now, :reviewed)"
                " ON CONFLICT (repo_id, account_id) DO UPDATE SET status = :status, terms_id = :terms,"
                " answers = :answers, agreed_at = :agreed, asked_at = :now, reviewed_at = :reviewed,"
                " reviewed_by = NULL, reason = '' RETURNING id",
                **row,
            )
        )

    def _give(
        self, tx: Transaction, gate: GateRef, request_id: str, *, by: str | None = None, purpose: str = "",
        days: int | None = None, renews: Grant | None = None,
    ) -> None:  # fmt: skip
        """Make a grant under the terms of the request; one that `renews` another ends when that would have ended."""
        request = self._request(tx, gate, request_id)
        moment, grant_id = self._clock(), new_id()
        wanted = days or policy_of(tx, gate.repo_id).days
        not_after = None if wanted is None else moment + wanted * DAY
        if renews is not None:
            purpose, not_after = renews.purpose, renews.not_after
        tx.run(
            "INSERT INTO accounts_gate_grant (id, repo_id, account_id, request_id, terms_id, purpose, state, agreed_at,"
            " not_after, granted_at, granted_by) VALUES (:id, :repo, :who, :request, :terms, :purpose, :state,"
            " :agreed, :not_after, :now, :by)",
            id=grant_id, repo=gate.repo_id, who=request.person.id, request=request_id, terms=request.terms_id,
            purpose=purpose, state=self._first_state(tx, gate, request.terms_id), agreed=request.agreed_at,
            not_after=not_after, now=moment, by=by,
        )  # fmt: skip
        self._sign(tx, gate, self._request(tx, gate, request_id), by=by)

    def _sign(self, tx: Transaction, gate: GateRef, request: AccessRequest, *, by: str | None) -> None:
        """Make the receipt of the request's live grant."""
        grant, terms = request.grant, terms_by_id(tx, request.terms_id)
        if grant is None or terms is None:
            raise NotFound(NO_REQUEST)
        document = Receipt(
            grant.id, gate.path, gate.repo_id, request.person.name, request.person.id, terms.sha256, terms.version,
            iso(grant.granted_at), None if grant.agreed_at is None else iso(grant.agreed_at),
            (request.reviewed_by or "") if by else "", grant.purpose,
            None if grant.not_after is None else iso(grant.not_after), commit=terms.commit,
        ).document  # fmt: skip
        tx.run(
            "INSERT INTO accounts_gate_receipt (grant_id, document, signature, created_at)"
            " VALUES (:grant, :document, :signature, :now)",
            grant=grant.id, document=document, signature=sign(self._seed, document), now=grant.granted_at,
        )  # fmt: skip

    def _first_state(self, tx: Transaction, gate: GateRef, terms_id: str) -> str:
        newest = latest_terms(tx, gate.repo_id)
        old = newest is not None and newest.id != terms_id
        return "stale" if old and policy_of(tx, gate.repo_id).reaccept else "active"

    def _end(self, tx: Transaction, gate: GateRef, account_id: str, by: Actor, *, state: str, reason: str = "") -> None:
        tx.run(
            "UPDATE accounts_gate_grant SET state = :state, ended_at = :now, ended_by = :by, reason = :reason"
            f" WHERE repo_id = :repo AND account_id = :who AND state IN {LIVE}",
            state=state, now=self._clock(), by=by.account_id, reason=reason, repo=gate.repo_id, who=account_id,
        )  # fmt: skip

    def _insert_terms(self, tx: Transaction, gate: GateRef, made: TermsVersion) -> None:
        tx.run(
            "INSERT INTO accounts_gate_terms (id, repo_id, version, sha256, document, commit_oid, created_at)"
            " VALUES (:id, :repo, :version, :sha256, :document, :commit, :now)",
            id=made.id, repo=gate.repo_id, version=made.version, sha256=made.sha256, document=made.document,
            commit=made.commit, now=made.created_at,
        )  # fmt: skip


_VERBS = {"accepted": "accept", "rejected": "reject", "pending": "cancel"}


def _check(status: str, reason: str, purpose: str, days: int | None) -> None:
    if status not in STATUSES:
        raise Invalid(f"A request is {', '.join(STATUSES)}; not {status[:50]!r}.")
    if max(len(reason), len(purpose)) > MAX_REASON:
        raise Invalid(f"A reason or a purpose has at most {MAX_REASON} characters.")
    if days is not None and not 0 < days <= MAX_DAYS:
        raise Invalid(f"Access may be given for 1 to {MAX_DAYS} days, or without an end.")
