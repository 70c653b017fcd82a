"""Which repositories have changed, in an order that leaves none out: the table that the database's triggers fill.

SQLite has one writer, so a growing number is an order. Transactions of PostgreSQL end in another order than they
began in: there a change bears its transaction, and only what began before the oldest that is still open is behind us.
"""

from dataclasses import dataclass

from freehold.stores.db.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Change:
    """A repository, and the number of its last change."""

    repo_id: str
    at: int


class Changes:
    """Reads the table; `mark` is a number from which on changes are not yet known."""

    def __init__(self, db: Database) -> None:
        self._here = db.is_sqlite

    def mark(self, tx: Transaction) -> int:
        """All changes below it can be seen in this transaction."""
        if self._here:
            return int(tx.scalar("SELECT COALESCE(max(at), 0) + 1 FROM catalog_change"))
        return int(tx.scalar("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))

    def since(self, tx: Transaction, mark: int, most: int) -> list[Change]:
        """Changes from `mark` on, the oldest first."""
        sql = "SELECT repo_id, at FROM catalog_change WHERE at >= :mark ORDER BY at LIMIT :most"
        return [Change(row.repo_id, int(row.at)) for row in tx.all(sql, mark=mark, most=most)]
