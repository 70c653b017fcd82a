"""Levels of identity: who has made sure who an account belongs to, by what, and until when; never a document.

0 a confirmed mail address, 1 an institution's domain, 2 an organisation vouches, 3 checked outside of the hub.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.stores.db.database import Database, Transaction

NONE, MAIL, DOMAIN, VOUCHED, CHECKED = range(-1, 4)
NAMES = {
    NONE: later("no identity"),
    MAIL: later("a confirmed mail address"),
    DOMAIN: later("the domain of an institution"),
    VOUCHED: later("an organisation that vouches"),
    CHECKED: later("a check outside of this hub"),
}
MAX_TEXT = 200
"""In characters: of a verifier or a reference."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One statement: `verifier` is a domain, an organisation or whoever checked; `reference` is for them to find it."""

    level: int
    verifier: str
    verified_at: int
    not_after: int | None
    reference: str = ""

    def holds(self, at: int) -> bool:
        """Whether it holds at the moment `at`."""
        return self.not_after is None or self.not_after > at


class Identities:
    """The statements. One a level and account: a newer one takes the place of an older one, and the audit has both."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def of(self, account_id: str) -> Sequence[Identity]:
        """What is known of an account, the highest level first; what no longer holds too."""
        with self._db.read() as tx:
            return statements(tx, account_id)

    def level(self, account_id: str) -> int:
        """The highest level that an account has now; NONE without any."""
        with self._db.read() as tx:
            return level_of(tx, account_id, self._clock())

    def state(self, actor: Actor, name: str, said: Identity) -> None:
        """Enter a domain or a check, for a person or an organisation. Only administrators may. Raises Invalid."""
        if not (actor.is_admin and actor.may_write):
            raise Forbidden("Only administrators of this hub enter who somebody is.")
        if said.level not in (DOMAIN, CHECKED):
            raise Invalid("The operator enters level 1, a domain, or 3, a check elsewhere: the others are not theirs.")
        self._enter(actor, name, said)

    def vouch(self, actor: Actor, org: str, name: str, not_after: int | None = None) -> None:
        """Say for an organisation that a person is who they say. Only its administrators may, and not for themselves.

        Raises Forbidden, NotFound.
        """
        with self._db.read() as tx:
            row = tx.first("SELECT id, name FROM accounts_account WHERE name_key = :key AND kind = 'org'",
                           key=name_key(org))  # fmt: skip
            role = row and tx.scalar(
                "SELECT role FROM accounts_membership WHERE org_id = :org AND user_id = :who",
                org=row.id, who=actor.account_id,
            )  # fmt: skip
        if row is None or role != "admin" or not actor.may_write or actor.barred_from(row.id):
            raise Forbidden("Only administrators of an organisation vouch in its name.")
        if name_key(name) == name_key(actor.name):
            raise Forbidden("Nobody vouches for themselves: another administrator of the organisation must.")
        self._enter(actor, name, Identity(VOUCHED, row.name, self._clock(), not_after, actor.name))

    def withdraw(self, actor: Actor, name: str, level: int, org: str = "") -> None:
        """Take a statement back; grants that demand it open nothing any more. Raises Forbidden, NotFound."""
        with self._db.write() as tx:
            account_id = _account(tx, name)
            found = next((one for one in statements(tx, account_id) if one.level == level), None)
            if found is None or (org and name_key(found.verifier) != name_key(org)):
                raise NotFound("There is no such statement.")
            if not (actor.may_write and (actor.is_admin or (org and _administers(tx, org, actor)))):
                raise Forbidden("Whoever has said so takes it back: the organisation, or the operator.")
            tx.run("DELETE FROM accounts_identity WHERE account_id = :id AND level = :level",
                   id=account_id, level=level)  # fmt: skip
            record(tx, actor, "identity.withdraw", name, level=level, verifier=found.verifier)

    def _enter(self, actor: Actor, name: str, said: Identity) -> None:
        said_by = said.verifier.strip()
        if not said_by or max(len(said_by), len(said.reference)) > MAX_TEXT:
            raise Invalid(f"Say who made sure, in at most {MAX_TEXT} characters; a reference has as many.")
        with self._db.write() as tx:
            account_id = _account(tx, name)
            tx.run(
                "INSERT INTO accounts_identity (account_id, level, verifier, verified_by, reference, verified_at,"
                " not_after) VALUES (:id, :level, :verifier, :by, :reference, :at, :until) ON CONFLICT (account_id,"
                " level) DO UPDATE SET verifier = :verifier, verified_by = :by, reference = :reference,"
                " verified_at = :at, not_after = :until",
                id=account_id, level=said.level, verifier=said_by, by=actor.account_id, reference=said.reference,
                at=said.verified_at, until=said.not_after,
            )  # fmt: skip
            record(tx, actor, "identity.state", name, level=said.level, verifier=said_by, until=said.not_after)


def statements(tx: Transaction, account_id: str) -> list[Identity]:
    """What is known of an account, the highest level first."""
    rows = tx.all(
        "SELECT level, verifier, verified_at, not_after, reference FROM accounts_identity WHERE account_id = :id"
        " ORDER BY level DESC",
        id=account_id,
    )
    return [Identity(row.level, row.verifier, row.verified_at, row.not_after, row.reference) for row in rows]


def level_of(tx: Transaction, account_id: str, at: int) -> int:
    """The highest level that an account has at the moment `at`."""
    held = max((one.level for one in statements(tx, account_id) if one.holds(at)), default=NONE)
    if held > DOMAIN:
        return held
    if tx.first(f"SELECT 1 FROM accounts_account a WHERE a.id = :id AND {of_domain('a')}", id=account_id):
        return DOMAIN
    if held > NONE:
        return held
    # An address is kept only once its owner has shown that it is theirs.
    mail = tx.scalar("SELECT email FROM accounts_account WHERE id = :id", id=account_id)
    return MAIL if mail else NONE


def of_domain(account: str) -> str:
    """True for rows of `accounts_account` that have a domain of an institution, or a confirmed mail address in one.

    An institution is what the operator says is one: anybody who buys a domain can prove it by its DNS.
    """
    return (
        f"EXISTS (SELECT 1 FROM accounts_domain known WHERE known.proof IS NULL AND (known.org_id = {account}.id OR"
        f" substr(lower({account}.email), length({account}.email) - length(known.domain)) = '@' || known.domain))"
    )


def _account(tx: Transaction, name: str) -> str:
    found = tx.scalar("SELECT id FROM accounts_account WHERE name_key = :key AND disabled = 0", key=name_key(name))
    if found is None:
        raise NotFound(f"There is no account called {name!r}.")
    return str(found)


def _administers(tx: Transaction, org: str, actor: Actor) -> bool:
    if actor.barred_from(name_key(org)):
        return False
    return bool(
        tx.scalar(
            "SELECT 1 FROM accounts_membership m JOIN accounts_account o ON o.id = m.org_id"
            " WHERE o.name_key = :org AND m.user_id = :who AND m.role = 'admin'",
            org=name_key(org), who=actor.account_id,
        )
    )  # fmt: skip
