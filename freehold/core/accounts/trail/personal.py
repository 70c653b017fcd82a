"""What of the audit is forgotten: the personal parts of lines, after a time or because somebody asks for it."""

from collections.abc import Mapping
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.stores.db.database import Database

DAY = 24 * 3600 * 1_000_000
FORGET_EVERY_S = 6 * 3600


class Personal:
    """Addresses and browsers of lines; what is taken away leaves its salted hash, so that the chain holds."""

    def __init__(self, db: Database, keep_days: int, clock: Clock = now) -> None:
        self._db = db
        self._keep_days = keep_days
        self._clock = clock

    def forget_old(self) -> int:
        """Take away what is older than the hub keeps it; how many lines that were."""
        if self._keep_days < 0:
            return 0
        with self._db.write() as tx:
            gone: int = tx.run(
                "UPDATE accounts_audit SET personal = NULL, salt = NULL WHERE personal IS NOT NULL AND at < :before",
                before=self._clock() - self._keep_days * DAY,
            ).rowcount
            if gone:
                record(tx, SYSTEM, "audit.forget", "audit", lines=gone, days=self._keep_days)
        return gone

    def chore(self, _payload: Mapping[str, Any]) -> None:
        """Take away what is too old, again and again."""
        self.forget_old()

    def forget(self, actor: Actor, name: str) -> int:
        """Take away what is known of one person's whereabouts; how many lines that were. Raises NotFound."""
        with self._db.write() as tx:
            account = tx.scalar("SELECT id FROM accounts_account WHERE name_key = :key", key=name_key(name))
            if account is None:
                raise NotFound(f"There is no account called {name!r}.")
            gone: int = tx.run(
                "UPDATE accounts_audit SET personal = NULL, salt = NULL WHERE personal IS NOT NULL AND actor_id = :who",
                who=account,
            ).rowcount
            record(tx, actor, "audit.forget", name, lines=gone)
        return gone
