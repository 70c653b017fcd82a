"""Domains that an organisation has shown to be its own: its DNS says so, or the operator has looked."""

import re

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.stores.db.database import Database, Transaction

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
_LONGEST = 253 - len("_freehold-challenge.")


class Domains:
    """The register of verified domains; each is one organisation's."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def of(self, org_id: str) -> list[str]:
        """An organisation's domains, by name."""
        with self._db.read() as tx:
            rows = tx.all("SELECT domain FROM accounts_domain WHERE org_id = :org ORDER BY domain", org=org_id)
        return [row.domain for row in rows]

    def verify(self, actor: Actor, org: str, domain: str) -> None:
        """Say that a domain is an organisation's; only operators may. Raises Forbidden, Invalid, Conflict, NotFound."""
        text = checked_domain(domain)
        with self._db.write() as tx:
            org_id = _org(tx, actor, org)
            enter(tx, org_id, text, by=actor.name, at=self._clock())
            record(tx, actor, "org.domain", org, domain=text)

    def withdraw(self, actor: Actor, org: str, domain: str) -> None:
        """Take it back. Raises Forbidden, NotFound."""
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_domain WHERE org_id = :org AND domain = :domain",
                org=_org(tx, actor, org), domain=domain.strip().rstrip(".").lower(),
            )  # fmt: skip
            if gone.rowcount == 0:
                raise NotFound(f"{org} has no such domain.")
            record(tx, actor, "org.undomain", org, domain=domain)


def checked_domain(text: str) -> str:
    """A domain as it is kept. Raises Invalid."""
    domain = text.strip().rstrip(".").lower()
    if len(domain) > _LONGEST or not _DOMAIN.fullmatch(domain):
        raise Invalid(f"{text[:100]!r} is no domain, such as example.org.")
    return domain


def enter(tx: Transaction, org_id: str, domain: str, *, by: str, at: int, proof: str | None = None) -> None:
    """Make a domain an organisation's, by its DNS (`proof` is what that says) or by the operator. Raises Conflict.

    The operator's word may follow what the DNS has proven, and takes its place.
    """
    tx.take_turn(f"domain:{domain}")
    if proof is None:
        sql = "DELETE FROM accounts_domain WHERE domain = :domain AND org_id = :org AND proof IS NOT NULL"
        tx.run(sql, domain=domain, org=org_id)
    if tx.scalar("SELECT 1 FROM accounts_domain WHERE domain = :domain", domain=domain):
        raise Conflict(f"{domain} is an organisation's already.")
    tx.run(
        "INSERT INTO accounts_domain (org_id, domain, verified_by, created_at, proof, checked_at)"
        " VALUES (:org, :domain, :by, :at, :proof, :checked)",
        org=org_id, domain=domain, by=by, at=at, proof=proof, checked=None if proof is None else at,
    )  # fmt: skip


def _org(tx: Transaction, actor: Actor, org: str) -> str:
    if not (actor.is_admin and actor.may_write):
        raise Forbidden("Only administrators of this hub may do this.")
    found = tx.scalar("SELECT id FROM accounts_account WHERE name_key = :key AND kind = 'org'", key=name_key(org))
    if found is None:
        raise NotFound(f"There is no organisation called {org[:100]!r}.")
    return str(found)
