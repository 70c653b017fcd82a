"""Reads records from rows: what is found, each with everything by which it is."""

from collections.abc import Callable, Sequence

from freehold.core.accounts.actor import SYSTEM
from freehold.core.catalog import rows
from freehold.core.catalog.matching import Record
from freehold.core.catalog.popularity import read_popularity
from freehold.core.catalog.rows import EMPTY, CatalogEntry
from freehold.core.repos.repo import Repo
from freehold.stores.db.database import Database, Row, Transaction

Refresh = Callable[[Repo, CatalogEntry], CatalogEntry]


class Records:
    """`refreshed` makes the entry of a repository anew that has changed since it was made."""

    def __init__(self, db: Database, refreshed: Refresh) -> None:
        self._db, self._refreshed = db, refreshed

    def refresh(self, ids: Sequence[str]) -> None:
        """Bring the entries of these repositories up to date."""
        with self._db.read() as tx:
            found = read(rows.of_ids(tx, SYSTEM, ids))
        self.fresh(found)

    def fresh(self, found: Sequence[tuple[Row, Record]]) -> list[Record]:
        """Records as they are now; each comes with the row that it was read from."""
        return [
            Record(record.repo, self._refreshed(record.repo, record.entry), record.popularity)
            if row.seen_at is None or row.seen_at < record.repo.updated_at
            else record
            for row, record in found
        ]

    def records(self, tx: Transaction, ids: Sequence[str]) -> list[Record]:
        """These repositories as they are kept; those that are gone are left out."""
        return [record for _, record in read(rows.of_ids(tx, SYSTEM, ids, texts=True))]

    def behind(self, tx: Transaction, last: str, most: int) -> list[Record]:
        """So many behind an id, in the order of ids."""
        return self.fresh(read(rows.behind(tx, last, most)))


def read(found: Sequence[Row]) -> list[tuple[Row, Record]]:
    """The record of each row."""
    return [
        (
            row,
            Record(
                Repo.from_row(row),
                EMPTY if row.commit_oid is None else rows.read_entry(row),
                read_popularity(row),
            ),
        )
        for row in found
    ]
