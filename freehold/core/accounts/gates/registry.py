"""What is known of gates: terms, requests and grants, read; nothing is changed here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound
from freehold.core.accounts.access import Fragment, reached
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.gate import (
    REQUEST,
    STATUSES,
    AccessRequest,
    Policy,
    Standing,
    TermsVersion,
    latest_terms,
    policy_of,
    read_request,
    request_of,
    standing_of,
)
from freehold.stores.db.database import Database, Row
from freehold.wire.gates.receipts import Receipt, ReceiptFile


@dataclass(frozen=True, slots=True)
class Held:
    """A grant as its holder, or later its giver, finds it again: also when the repository is gone."""

    id: str
    repo_id: str
    path: str
    """Where the repository was when the grant was made."""
    holder: str
    state: str
    granted_at: int
    ended_at: int | None
    deletion_asked_at: int | None
    deletion_said_at: int | None


class Registry:
    """The register of all gates. Who may see what of it is the caller's to have found out."""

    def __init__(self, db: Database, clock: Clock = now, public_key: str = "") -> None:
        self._db = db
        self._clock = clock
        self._public_key = public_key

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
        found = {row.status: row.many for row in rows}
        return {status: found.get(status, 0) for status in STATUSES}

    def of_account(self, actor: Actor, limit: int) -> list[AccessRequest]:
        """What a person, or an organisation that they administer, has asked of all gates, the newest first."""
        own = _side(actor, "q.account_id", " AND m.role = 'admin'")
        with self._db.read() as tx:
            rows = tx.all(
                f"{REQUEST} WHERE {own.sql} ORDER BY q.asked_at DESC, q.id LIMIT :limit", limit=limit, **own.params
            )
        return [read_request(row) for row in rows]

    def policy(self, repo_id: str) -> Policy:
        """How a gate is kept."""
        with self._db.read() as tx:
            return policy_of(tx, repo_id)

    def terms(self, repo_id: str) -> TermsVersion | None:
        """The newest version of a gate's terms that was kept."""
        with self._db.read() as tx:
            return latest_terms(tx, repo_id)

    def held(self, actor: Actor, limit: int) -> list[Held]:
        """Every grant that a person has or had, themselves or as a member of an organisation, the newest first."""
        own = _side(actor, "g.account_id")
        with self._db.read() as tx:
            rows = tx.all(
                f"{_HELD} WHERE {own.sql} ORDER BY g.granted_at DESC, g.id DESC LIMIT :limit", limit=limit, **own.params
            )
        return [_held(row) for row in rows]

    def ended(self, repo_id: str, request_id: str) -> list[Held]:
        """The grants of a request that have ended, the newest first."""
        with self._db.read() as tx:
            rows = tx.all(
                f"{_HELD} WHERE g.repo_id = :repo AND g.request_id = :request AND g.ended_at IS NOT NULL"
                " AND g.state <> 'replaced' ORDER BY g.ended_at DESC, g.id DESC",
                repo=repo_id, request=request_id,
            )  # fmt: skip
        return [_held(row) for row in rows]

    def last_grant(self, repo_id: str, actor: Actor) -> str:
        """The id of the newest grant that a person had, whatever became of it. Raises NotFound."""
        own = _side(actor, "g.account_id")
        with self._db.read() as tx:
            found = tx.scalar(
                f"SELECT g.id FROM accounts_gate_grant g WHERE g.repo_id = :repo AND {own.sql}"
                " ORDER BY g.granted_at DESC, g.id DESC LIMIT 1",
                repo=repo_id, **own.params,
            )  # fmt: skip
        if found is None:
            raise NotFound("You were never let in here, so there is no receipt.")
        return str(found)

    def receipt(self, repo_id: str, grant_id: str) -> ReceiptFile:
        """The signed receipt of a grant, with the terms it names. Raises NotFound."""
        return self._receipt(" AND g.repo_id = :repo", grant_id, repo=repo_id)

    def receipt_for(self, actor: Actor, grant_id: str) -> ReceiptFile:
        """The same for one of the two sides, wherever the repository is by now: its holder, or its giver. NotFound."""
        holder, giver = _side(actor, "g.account_id"), _side(actor, "g.owner_id", " AND m.role = 'admin'")
        return self._receipt(f" AND ({holder.sql} OR {giver.sql})", grant_id, **holder.params)

    def given(self, actor: Actor) -> Iterator[ReceiptFile]:
        """Every receipt of grants that an account gave, itself or for an organisation, the oldest first.

        They outlive the repositories.
        """
        giver = _side(actor, "g.owner_id", " AND m.role = 'admin'")
        with self._db.read() as tx:
            rows = tx.all(f"{_RECEIPT} WHERE {giver.sql} ORDER BY g.granted_at, g.id", **giver.params)
        return (ReceiptFile(row.document, row.signature, self._public_key, row.terms) for row in rows)

    def _receipt(self, condition: str, grant_id: str, **params: Any) -> ReceiptFile:
        with self._db.read() as tx:
            row = tx.first(
                f"{_RECEIPT} WHERE r.grant_id = :grant{condition}",
                grant=grant_id, **params,
            )  # fmt: skip
        if row is None:
            raise NotFound("There is no receipt of such a grant.")
        return ReceiptFile(row.document, row.signature, self._public_key, row.terms)


def _side(actor: Actor, account: str, role: str = "") -> Fragment:
    """True where a column names the actor, or an organisation of theirs (in a `role`) that their credential reaches."""
    allowed = reached(actor, "m.org_id")
    return Fragment(
        f"({account} = :who OR {account} IN (SELECT m.org_id FROM accounts_membership m WHERE m.user_id = :who{role}"
        f" AND {allowed.sql}))",
        {"who": actor.account_id, **allowed.params},
    )


_RECEIPT = (
    "SELECT r.document, r.signature, t.document AS terms FROM accounts_gate_receipt r"
    " JOIN accounts_gate_grant g ON g.id = r.grant_id JOIN accounts_gate_terms t ON t.id = g.terms_id"
)
_HELD = (
    "SELECT g.id, g.repo_id, r.document, a.name, g.state, g.granted_at, g.ended_at, g.deletion_asked_at,"
    " g.deletion_said_at FROM accounts_gate_grant g JOIN accounts_gate_receipt r ON r.grant_id = g.id"
    " JOIN accounts_account a ON a.id = g.account_id"
)


def _held(row: Row) -> Held:
    path = msgspec.json.decode(row.document, type=Receipt).repository
    return Held(
        row.id, row.repo_id, path, row.name, row.state, row.granted_at, row.ended_at, row.deletion_asked_at,
        row.deletion_said_at,
    )  # fmt: skip
