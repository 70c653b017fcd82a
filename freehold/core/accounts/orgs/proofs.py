"""Domains that organisations prove by a record in their DNS, which is looked at again as long as it counts."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Invalid, NotFound, NotReached, TooMany
from freehold.base.words import later
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from freehold.core.accounts.orgs.desk import Desk
from freehold.core.accounts.orgs.domains import checked_domain, enter
from freehold.core.accounts.telling import Told, tell
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database, Row, Transaction

RECHECK = "domains.recheck"
"""The chore that looks at proven domains again."""

EVERY_S = 6 * 3600
_SECOND = 1_000_000
_DAY = 24 * 3600 * _SECOND
LOOKED_AFTER = _DAY
"""How long a record that was seen is taken for there."""

PATIENCE_DAYS = 7
"""How long it may be missing until the domain is no longer verified."""

SILENCE_DAYS = 30
"""The same where the DNS does not answer at all."""

MOST_CLAIMS = 20
PAUSE_S = 10
AT_ONCE = 500
"""Domains that one run of the chore looks at."""

Texts = Callable[[str], Sequence[str]]
"""The TXT records of a name; raises NotReached where they cannot be known."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an organisation says to be its own: the record `name` must say `proof`."""

    domain: str
    proof: str

    @property
    def name(self) -> str:
        """Where the record stands."""
        return name_of(self.domain)


def name_of(domain: str) -> str:
    """The name whose TXT record proves a domain; a name of its own, so that others' records are not in the way."""
    return f"_freehold-challenge.{domain}"


class Proofs:
    """Claims, and what becomes of them."""

    def __init__(self, db: Database, queue: Queue, texts: Texts, clock: Clock = now) -> None:
        self._db, self._queue, self._texts, self._clock = db, queue, texts, clock

    def claims(self, at: Desk) -> Sequence[Claim]:
        """What is not proven yet, by name."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT domain, proof FROM accounts_domain_claim WHERE org_id = :org ORDER BY domain", org=at.org_id
            )
        return [Claim(row.domain, row.proof) for row in rows]

    def proven(self, at: Desk) -> Sequence[str]:
        """The domains that are verified because their DNS says so."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT domain FROM accounts_domain WHERE org_id = :org AND proof IS NOT NULL ORDER BY domain",
                org=at.org_id,
            )
        return [row.domain for row in rows]

    def claim(self, at: Desk, domain: str) -> Claim:
        """Begin to prove a domain; twice is as good as once. Raises Invalid, Conflict."""
        text = checked_domain(domain)
        with self._db.write() as tx:
            _demand_free(tx, text)
            many = tx.scalar("SELECT count(*) FROM accounts_domain_claim WHERE org_id = :org", org=at.org_id)
            if many >= MOST_CLAIMS:
                raise Invalid(f"{at.org} has {MOST_CLAIMS} domains to prove. Prove or give up one of them first.")
            added = tx.run(
                "INSERT INTO accounts_domain_claim (org_id, domain, proof, created_at)"
                " VALUES (:org, :domain, :proof, :at) ON CONFLICT (org_id, domain) DO NOTHING",
                org=at.org_id, domain=text, proof=f"freehold-domain={secrets.token_hex(16)}", at=self._clock(),
            )  # fmt: skip
            if added.rowcount:
                record(tx, at.actor, "org.domain.claim", at.org, domain=text)
            return _claim(tx, at, text)

    def prove(self, at: Desk, domain: str) -> None:
        """Look for the record, and verify the domain by it. Raises Invalid, NotFound, NotReached, TooMany, Conflict."""
        with self._db.write() as tx:
            claim = _claim(tx, at, domain.lower())
            waits = tx.run(
                "UPDATE accounts_domain_claim SET asked_at = :now WHERE org_id = :org AND domain = :domain"
                " AND asked_at <= :before",
                now=self._clock(), org=at.org_id, domain=claim.domain, before=self._clock() - PAUSE_S * _SECOND,
            )  # fmt: skip
            if not waits.rowcount:
                raise TooMany(f"The DNS was asked a moment ago. Try again in {PAUSE_S} seconds.", PAUSE_S)
            record(tx, at.actor, "org.domain.check", at.org, domain=claim.domain)
        if claim.proof not in self._texts(claim.name):
            raise Invalid(
                f"{claim.name} has no TXT record that says {claim.proof}. A new one can take an hour to show."
            )
        with self._db.write() as tx:
            enter(tx, at.org_id, claim.domain, by=at.actor.name, at=self._clock(), proof=claim.proof)
            _forget(tx, at.org_id, claim.domain)
            record(tx, at.actor, "org.domain", at.org, domain=claim.domain, by="dns")

    def give_up(self, at: Desk, domain: str) -> None:
        """Forget a claim, or a domain that its DNS has proven; not the operator's word. Raises NotFound."""
        with self._db.write() as tx:
            gone = _forget(tx, at.org_id, domain.lower())
            gone += tx.run(
                "DELETE FROM accounts_domain WHERE org_id = :org AND domain = :domain AND proof IS NOT NULL",
                org=at.org_id, domain=domain.lower(),
            ).rowcount  # fmt: skip
            if not gone:
                raise NotFound(f"{at.org} has not claimed {domain[:100]!r}.")
            record(tx, at.actor, "org.undomain", at.org, domain=domain)

    def recheck(self, _payload: dict[str, Any]) -> None:
        """The chore: look at what was not seen for a day, tell of what is missing, and in the end believe it."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT d.org_id, d.domain, d.proof, d.checked_at, d.missed_at, o.name FROM accounts_domain d"
                " JOIN accounts_account o ON o.id = d.org_id WHERE d.proof IS NOT NULL AND d.checked_at <= :before"
                " ORDER BY d.checked_at LIMIT :most",
                before=self._clock() - LOOKED_AFTER, most=AT_ONCE,
            )  # fmt: skip
        for row in rows:
            self._look(row)

    def _look(self, row: Row) -> None:
        try:
            there = row.proof in self._texts(name_of(row.domain))
        except NotReached:
            if row.checked_at > self._clock() - SILENCE_DAYS * _DAY:
                return  # who cannot be asked has not said no
            there = False
        if there:
            self._note(row, "checked_at = :now, missed_at = NULL")
        elif row.missed_at is None:
            self._miss(row)
        elif row.missed_at <= self._clock() - PATIENCE_DAYS * _DAY:
            self._lose(row)

    def _note(self, row: Row, change: str) -> None:
        with self._db.write() as tx:
            tx.run(
                f"UPDATE accounts_domain SET {change} WHERE org_id = :org AND domain = :domain",
                now=self._clock(), org=row.org_id, domain=row.domain,
            )  # fmt: skip

    def _miss(self, row: Row) -> None:
        with self._db.write() as tx:
            tx.run(
                "UPDATE accounts_domain SET missed_at = :now WHERE org_id = :org AND domain = :domain",
                now=self._clock(), org=row.org_id, domain=row.domain,
            )  # fmt: skip
            title = later(f"{row.domain} is about to be {row.name}'s verified domain no longer")
            self._tell(tx, row, title, f"In {PATIENCE_DAYS} days it will not be, unless the record comes back.")

    def _lose(self, row: Row) -> None:
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_domain WHERE org_id = :org AND domain = :domain AND proof = :proof",
                org=row.org_id, domain=row.domain, proof=row.proof,
            )  # fmt: skip
            if gone.rowcount:
                record(tx, SYSTEM, "org.undomain", row.name, domain=row.domain, by="dns")
                title = later(f"{row.domain} is no longer {row.name}'s verified domain")
                self._tell(tx, row, title, "It can be proven anew.")

    def _tell(self, tx: Transaction, row: Row, title: str, what: str) -> None:
        because = f"The TXT record of `{name_of(row.domain)}` that says `{row.proof}` was not found. {what}"
        admins = tx.all(
            "SELECT user_id FROM accounts_membership WHERE org_id = :org AND role = 'admin'", org=row.org_id
        )
        for one in admins:
            tell(tx, self._queue, Told(one.user_id, "organization", title, "freehold", because))


def _demand_free(tx: Transaction, domain: str) -> None:
    if tx.scalar("SELECT 1 FROM accounts_domain WHERE domain = :domain", domain=domain):
        raise Conflict(f"{domain} is an organisation's already.")


def _claim(tx: Transaction, at: Desk, domain: str) -> Claim:
    row = tx.first(
        "SELECT domain, proof FROM accounts_domain_claim WHERE org_id = :org AND domain = :domain",
        org=at.org_id, domain=domain,
    )  # fmt: skip
    if row is None:
        raise NotFound(f"{at.org} has not claimed {domain[:100]!r}.")
    return Claim(row.domain, row.proof)


def _forget(tx: Transaction, org_id: str, domain: str) -> int:
    sql = "DELETE FROM accounts_domain_claim WHERE org_id = :org AND domain = :domain"
    return int(tx.run(sql, org=org_id, domain=domain).rowcount)
