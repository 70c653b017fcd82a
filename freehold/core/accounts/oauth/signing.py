"""The keys that the hub signs id tokens with: one at a time, replaced every quarter of a year, shown a day ahead."""

from collections.abc import Mapping
from typing import Any

from freehold.base.clock import Clock, now
from freehold.core.accounts.sealing import Sealer
from freehold.stores.db.database import Database, Row
from freehold.wire.oauth.jose import make_key, public_jwk, sign

_DAY = 24 * 3600 * 1_000_000
ROTATE_AFTER = 90 * _DAY
AHEAD = _DAY
"""How long a key is shown before it signs, and after it has signed last: others keep key sets for hours."""


class SigningKeys:
    """The hub's keys, alike in all its processes."""

    def __init__(self, db: Database, sealer: Sealer, clock: Clock = now) -> None:
        self._db = db
        self._sealer = sealer
        self._clock = clock

    def sign(self, claims: Mapping[str, Any]) -> str:
        """The claims as a token that is signed with the key of today."""
        rows = self._rows()
        if not rows or self._clock() - rows[-1].created_at >= ROTATE_AFTER:
            rows = self._renew()
        at = self._clock()
        row = max((one for one in rows if one.signs_from <= at), key=lambda one: one.signs_from)
        return sign(claims, row.kid, self._opened(row))

    def public(self) -> Mapping[str, Any]:
        """The key set that signatures are verified with."""
        rows = self._rows() or self._renew()
        return {"keys": [public_jwk(row.kid, self._opened(row)) for row in rows]}

    def _opened(self, row: Row) -> str:
        return self._sealer.open(row.private, f"oauth-key:{row.kid}").decode()

    def _rows(self) -> list[Row]:
        with self._db.read() as tx:
            return tx.all("SELECT kid, private, created_at, signs_from FROM accounts_oauth_key ORDER BY created_at")

    def _renew(self) -> list[Row]:
        """Make the next key, and forget those that nothing valid was signed with."""
        kid, pem = make_key()  # before the transaction: it takes a while
        sealed, at = self._sealer.seal(pem.encode(), f"oauth-key:{kid}"), self._clock()
        with self._db.write() as tx:
            tx.take_turn("oauth-key")
            newest = tx.first("SELECT created_at, signs_from FROM accounts_oauth_key ORDER BY created_at DESC LIMIT 1")
            if newest is None or at - newest.created_at >= ROTATE_AFTER:
                if newest is not None:
                    # Its predecessor has signed nothing since then, so what it signed has ended.
                    tx.run("DELETE FROM accounts_oauth_key WHERE signs_from < :from", **{"from": newest.signs_from})
                tx.run(
                    "INSERT INTO accounts_oauth_key (kid, private, created_at, signs_from)"
                    " VALUES (:kid, :private, :at, :from)",
                    kid=kid, private=sealed, at=at, **{"from": at if newest is None else at + AHEAD},
                )  # fmt: skip
        return self._rows()
