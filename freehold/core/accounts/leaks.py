"""Tokens that somebody found where they should not be: handed in by anybody, ended at once, and their holders told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from freehold.core.accounts.oauth.grants import end_grants
from freehold.core.accounts.tokens import hash_of, is_well_formed
from freehold.stores.db.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Leaked:
    """A token that was handed in, without its secret."""

    token_id: str
    account_id: str
    name: str
    hint: str


Tell = Callable[[Transaction, Leaked], None]
"""How its holder hears of it, in the transaction that ends the token."""


@dataclass(frozen=True, slots=True)
class Leaks:
    """Ends leaked tokens. Holding the secret is the permission: whoever has it could do more harm than this."""

    db: Database
    tell: Tell

    def revoke(self, secrets: Iterable[str]) -> int:
        """End every token among `secrets`, former secrets too; how many there were, which no caller may be told."""
        hashes = sorted({hash_of(secret) for secret in secrets if is_well_formed(secret)})
        return sum(self._end(hashed) for hashed in hashes)

    def _end(self, hashed: str) -> bool:
        with self.db.write() as tx:
            row = tx.first(
                "SELECT id, account_id, name, hint, grant_id FROM accounts_token"
                " WHERE hash = :hash OR old_hash = :hash",
                hash=hashed,
            )
            if row is None:
                return False
            if row.grant_id is not None:  # an application's: what would renew it ends with it
                end_grants(tx, "id = :grant", grant=row.grant_id)
            tx.run("DELETE FROM accounts_token WHERE id = :id", id=row.id)
            record(tx, SYSTEM, "token.leaked", row.account_id, token=row.id)
            self.tell(tx, Leaked(row.id, row.account_id, row.name, row.hint))
            return True
