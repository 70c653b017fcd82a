"""Limits on guessing: every try to prove something is counted before it is looked at, in the database.

So all processes count together, and tries sent at the same moment cannot all pass. What is counted is what was *said*
(a name, an address), whether it exists or not: a refusal tells nothing about who is registered.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from freehold.base.clock import Clock, now
from freehold.base.errors import TooMany
from freehold.stores.db.database import Database, Transaction

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` in `seconds`, counted from the first."""

    tries: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that tries are counted for: `kind` of try, by whom or on what."""

    kind: str
    subject: str
    limit: Limit

    @property
    def name(self) -> str:
        """Its row; hashed, because what people type as a name may be their password."""
        return f"{self.kind}:{sha256(self.subject.encode('utf-8', 'replace')).hexdigest()[:32]}"


class Attempts:
    """Counts tries, and refuses those above their limits."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def begin(self, counts: Sequence[Count]) -> None:
        """Count one try for each. Raises TooMany if any is above its limit."""
        at, wait = self._clock(), 0
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_attempt WHERE expires_at <= :at", at=at)
            # In one order everywhere, so that two writers never wait for each other's rows.
            for count in sorted(counts, key=lambda one: one.name):
                wait = max(wait, self._count(tx, count, at))
        if wait > 0:
            seconds = -(-wait // _SECOND)
            raise _too_many(seconds)

    def forget(self, counts: Sequence[Count]) -> None:
        """What was tried was right: count anew."""
        with self._db.write() as tx:
            for count in sorted(counts, key=lambda one: one.name):
                tx.run("DELETE FROM accounts_attempt WHERE name = :name", name=count.name)

    def _count(self, tx: Transaction, count: Count, at: int) -> int:
        """How many microseconds to wait; 0: none."""
        row = tx.first(
            "INSERT INTO accounts_attempt (name, tries, began_at, expires_at) VALUES (:name, 1, :at, :expires)"
            " ON CONFLICT (name) DO UPDATE SET tries = accounts_attempt.tries + 1 RETURNING tries, expires_at",
            name=count.name,
            at=at,
            expires=at + count.limit.seconds * _SECOND,
        )
        assert row is not None  # noqa: S101 - RETURNING gives the row that it wrote
        return row.expires_at - at if row.tries > count.limit.tries else 0


def network_of(address: str) -> str:
    """What one visitor holds: an IPv4 address, or of IPv6 the /64 of which anybody may choose addresses freely."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _too_many(seconds: int) -> TooMany:
    if seconds < 90:
        return TooMany(f"Too many attempts. Wait {seconds} seconds, then try again.", seconds)
    minutes = -(-seconds // 60)
    return TooMany(f"Too many attempts. Wait {minutes} minutes, then try again.", seconds)
