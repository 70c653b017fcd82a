"""The tokens by which members reach an organisation: what it asks of them, and which of them it shuts out."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid, NotFound
from freehold.base.words import later
from freehold.core.accounts.audit import record
from freehold.core.accounts.barring import CREDENTIAL, Terms
from freehold.core.accounts.orgs.desk import Desk
from freehold.core.accounts.scope import Scope, decode
from freehold.core.accounts.telling import Told, tell
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database, Row, Transaction

MOST_DAYS = 3650
SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Reaching:
    """A member's token, without its secret; `application`: a program got it by OAuth."""

    id: str
    account_id: str
    holder: str
    name: str
    role: str
    hint: str
    application: bool
    last_used_at: int | None
    expires_at: int | None
    denied: bool
    """Whether the organisation has shut it out."""
    fit: bool
    """Whether it is what the organisation asks for."""


class Credentials:
    """The organisation's word about its members' tokens; the tokens themselves stay their holders'."""

    def __init__(self, db: Database, queue: Queue, clock: Clock = now) -> None:
        self._db, self._queue, self._clock = db, queue, clock

    def terms(self, org_id: str) -> Terms:
        """What the organisation asks of tokens."""
        with self._db.read() as tx:
            return _terms(tx, org_id)

    def asked_of(self, account_id: str) -> Sequence[tuple[str, Terms]]:
        """The organisations of a person that ask something of tokens, by name, and what."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT o.name, p.days, p.narrow FROM accounts_membership m JOIN accounts_token_terms p"
                " ON p.org_id = m.org_id JOIN accounts_account o ON o.id = m.org_id WHERE m.user_id = :who"
                " ORDER BY o.name_key",
                who=account_id,
            )
        return [(row.name, Terms(row.days, bool(row.narrow))) for row in rows]

    def set_terms(self, at: Desk, terms: Terms) -> None:
        """Ask it of every token from now on, those that exist included. Raises Invalid."""
        if terms.days is not None and not 1 <= terms.days <= MOST_DAYS:
            raise Invalid(f"The longest life of a token is between 1 and {MOST_DAYS} days, or not limited.")
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_token_terms WHERE org_id = :org", org=at.org_id)
            if terms.in_words:
                tx.run(
                    "INSERT INTO accounts_token_terms (org_id, days, narrow) VALUES (:org, :days, :narrow)",
                    org=at.org_id, days=terms.days, narrow=int(terms.narrow),
                )  # fmt: skip
            record(tx, at.actor, "org.tokens", at.org, days=terms.days, narrow=terms.narrow)

    def reaching(self, at: Desk) -> Sequence[Reaching]:
        """The tokens of members, by holder.

        All but those with a scope that names neither the organisation nor (by the address of then) what is its.
        """
        with self._db.read() as tx:
            terms = _terms(tx, at.org_id)
            rows = tx.all(
                f"{_TOKENS} WHERE t.expires_at IS NULL OR t.expires_at > :at"
                " ORDER BY a.name_key, t.created_at DESC, t.id LIMIT :most",
                org=at.org_id, at=self._clock(), most=SHOWN,
            )  # fmt: skip
        return [_reaching(row, terms) for row in rows if row.scope is None or _names(decode(row.scope), at)]

    def deny(self, at: Desk, token_id: str) -> None:
        """Shut one token out of this organisation, at once; its holder is told. Raises NotFound."""
        with self._db.write() as tx:
            row = self._one(tx, at, token_id)
            added = tx.run(
                "INSERT INTO accounts_token_denied (org_id, credential, denied_by, created_at)"
                " VALUES (:org, :credential, :by, :at) ON CONFLICT (org_id, credential) DO NOTHING",
                org=at.org_id, credential=row.credential, by=at.actor.name, at=self._clock(),
            )  # fmt: skip
            if added.rowcount:
                record(tx, at.actor, "org.token.deny", at.org, token=token_id, user=row.holder)
                title = later(f"Your token {row.name!r} (hf_…{row.hint}) no longer reaches {at.org}")
                tell(tx, self._queue, Told(row.account_id, "token", title, at.actor.name, _BECAUSE.format(org=at.org)))

    def allow(self, at: Desk, token_id: str) -> None:
        """Let it in again. Raises NotFound."""
        with self._db.write() as tx:
            row = self._one(tx, at, token_id)
            gone = tx.run(
                "DELETE FROM accounts_token_denied WHERE org_id = :org AND credential = :credential",
                org=at.org_id, credential=row.credential,
            )  # fmt: skip
            if gone.rowcount:
                record(tx, at.actor, "org.token.allow", at.org, token=token_id, user=row.holder)

    def _one(self, tx: Transaction, at: Desk, token_id: str) -> Row:
        row = tx.first(f"{_TOKENS} WHERE t.id = :id", id=token_id, org=at.org_id)
        if row is None:
            raise NotFound(f"No member of {at.org} has this token any more.")
        return row


_BECAUSE = (
    "Its administrators have shut this token out of what is {org}'s; elsewhere it works as before. If something of"
    " yours needs it, ask them, or make another token with no more than it needs."
)
_TOKENS = (
    f"SELECT t.id, t.account_id, a.name AS holder, t.name, t.role, t.hint, t.grant_id, {CREDENTIAL} AS credential,"
    " t.created_at, t.last_used_at, t.expires_at, t.scope, a.service_of, d.org_id AS shut FROM accounts_token t"
    " JOIN accounts_membership m ON m.user_id = t.account_id AND m.org_id = :org"
    " JOIN accounts_account a ON a.id = t.account_id LEFT JOIN accounts_token_denied d"
    f" ON d.org_id = m.org_id AND d.credential = {CREDENTIAL}"
)


def _terms(tx: Transaction, org_id: str) -> Terms:
    row = tx.first("SELECT days, narrow FROM accounts_token_terms WHERE org_id = :org", org=org_id)
    return Terms() if row is None else Terms(row.days, bool(row.narrow))


def _reaching(row: Row, terms: Terms) -> Reaching:
    narrow = row.scope is not None or row.service_of is not None
    return Reaching(
        row.id, row.account_id, row.holder, row.name, row.role, row.hint, row.grant_id is not None, row.last_used_at,
        row.expires_at, row.shut is not None, terms.admit(row.created_at, row.expires_at, narrow=narrow),
    )  # fmt: skip


def _names(scope: Scope, at: Desk) -> bool:
    below = f"{at.org.lower()}/"
    return any(part.entity.id == at.org_id or part.entity.name.lower().startswith(below) for part in scope.parts)
