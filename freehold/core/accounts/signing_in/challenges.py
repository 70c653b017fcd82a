"""Challenges for passkeys: made without a row, bound to one browser and one purpose, good for minutes and for once."""

import hmac
import secrets

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials
from freehold.base.words import later
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database

LIFE_S = 300
STALE = later("This took too long, or was sent twice. Reload the page and try again.")
_RANDOM, _TIME = 16, 8


class Challenges:
    """A challenge is 16 random bytes, its end (seconds since 1970, 8 bytes) and their HMAC-SHA-256."""

    def __init__(self, db: Database, secret: bytes, clock: Clock = now) -> None:
        self._db = db
        self._secret = secret
        self._clock = clock

    def make(self, bound: str, purpose: str) -> bytes:
        """A fresh one for the browser that holds the cookie `bound`."""
        ends = self._clock() // 1_000_000 + LIFE_S
        body = secrets.token_bytes(_RANDOM) + ends.to_bytes(_TIME, "big")
        return body + self._mac(body, bound, purpose)

    def spend(self, challenge: bytes, bound: str, purpose: str) -> None:
        """Use one up. Raises BadCredentials for a foreign one, a late one, and the second time."""
        body, mac = challenge[: _RANDOM + _TIME], challenge[_RANDOM + _TIME :]
        ends, at = int.from_bytes(body[_RANDOM:], "big"), self._clock()
        if not hmac.compare_digest(mac, self._mac(body, bound, purpose)) or ends <= at // 1_000_000:
            raise BadCredentials(STALE)
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_spent WHERE expires_at <= :at", at=at)
            spent = tx.run(
                "INSERT INTO accounts_spent (hash, expires_at) VALUES (:hash, :ends) ON CONFLICT (hash) DO NOTHING",
                hash=hash_of(challenge.hex()),
                ends=ends * 1_000_000,
            )
            if spent.rowcount != 1:
                raise BadCredentials(STALE)

    def _mac(self, body: bytes, bound: str, purpose: str) -> bytes:
        return hmac.digest(self._secret, body + f"{purpose}\0{bound}".encode(), "sha256")
