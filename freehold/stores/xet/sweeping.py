"""Deletes what no file or repository needs any more, and no client may still name, while uploads go on.

Files go first (with their edges), then the xorbs that were theirs alone. Every decision is made in a transaction
that holds the row which an upload would have to hold, too; bytes are deleted between two transactions, and what a
crash leaves undone is done by the next sweep.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from freehold.base.clock import Clock
from freehold.base.ids import XetHash
from freehold.base.retention import Doomed, Retention
from freehold.stores.blobs.key import BlobKey, sidecar_key
from freehold.stores.db.database import Database, Row, Transaction
from freehold.stores.xet.xorbs import Xorbs

IN_FLIGHT_US = 3 * 3600 * 1_000_000
"""How long something stays after its last use at least: links to its bytes and access tokens hold two hours."""

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Condemned:
    """A xorb that is as good as absent; its bytes are this one generation's."""

    hash: XetHash
    key: BlobKey
    stored_bytes: int


class Sweeping:
    """Looks for what may go, and the steps of its deletion; each can be repeated, and interrupted after any."""

    def __init__(self, db: Database, xorbs: Xorbs, clock: Clock) -> None:
        self.db, self.xorbs, self.clock = db, xorbs, clock
        self._lock = "" if db.is_sqlite else " FOR UPDATE"

    def files(self, rules: Retention) -> Iterator[Doomed]:
        """The files that no repository has."""
        columns = "hash, size, unlinked_at, last_owner"
        for row in self._pages(f"SELECT {columns} FROM xet_file WHERE unlinked_at IS NOT NULL"):
            keep = rules.keep_us(row.last_owner)
            due = None if keep is None else row.unlinked_at + max(keep, IN_FLIGHT_US)
            yield Doomed("file", row.hash, row.last_owner, row.size, row.unlinked_at, due, "no repository has it")

    def unused(self, rules: Retention) -> Iterator[Doomed]:
        """The xorbs that no file uses."""
        columns = "hash, stored_bytes, unused_since, advertised_until, owner_id"
        for row in self._pages(f"SELECT {columns} FROM xet_xorb WHERE unused_since IS NOT NULL AND state = 'live'"):
            yield _doomed(row, row.unused_since, rules, "no file uses it")

    def soon_unused(self, rules: Retention) -> Iterator[Doomed]:
        """The xorbs that only files use which no repository has: these must go before."""
        rows = self._pages(
            "SELECT x.hash, x.stored_bytes, x.advertised_until, x.owner_id, max(f.unlinked_at) AS since,"
            " max(f.last_owner) AS last_owner FROM xet_xorb x JOIN xet_file_xorb e ON e.xorb = x.hash"
            " JOIN xet_file f ON f.hash = e.file WHERE x.state = 'live' AND x.hash IN"
            " (SELECT d.xorb FROM xet_file_xorb d JOIN xet_file g ON g.hash = d.file WHERE g.unlinked_at IS NOT NULL)",
            "x.hash",
            " GROUP BY x.hash, x.stored_bytes, x.advertised_until, x.owner_id HAVING count(*) = count(f.unlinked_at)",
        )
        for row in rows:
            keep = rules.keep_us(row.last_owner)
            since = row.since + max(keep or 0, IN_FLIGHT_US)
            yield _doomed(row, since, rules if keep is not None else Retention(), "only deleted files use it")

    def unfinished(self) -> Iterator[Condemned]:
        """The xorbs whose deletion began and has not ended."""
        for row in self._pages("SELECT hash, key, stored_bytes FROM xet_xorb WHERE state = 'deleting'"):
            yield Condemned(XetHash(row.hash), BlobKey(row.key), row.stored_bytes)

    def drop(self, file: Doomed) -> bool:
        """Delete a file and its edges, unless it was needed meanwhile."""
        with self.db.write() as tx:
            row = tx.first(f"SELECT unlinked_at FROM xet_file WHERE hash = :file{self._lock}", file=file.name)
            # Asked anew, now that whoever links it must wait or is done.
            linked = tx.first("SELECT 1 FROM xet_repo_file WHERE file = :file LIMIT 1", file=file.name)
            if row is None or row.unlinked_at != file.since or linked is not None:
                return False
            xorbs = [edge.xorb for edge in tx.all("SELECT xorb FROM xet_file_xorb WHERE file = :file", file=file.name)]
            tx.run("DELETE FROM xet_file_xorb WHERE file = :file", file=file.name)
            tx.run("DELETE FROM xet_file WHERE hash = :file", file=file.name)
            self._release(tx, sorted(xorbs))
        return True

    def _release(self, tx: Transaction, xorbs: list[str]) -> None:
        """Note which of the xorbs no file uses any more."""
        tx.within(f"SELECT hash FROM xet_xorb WHERE hash IN :values ORDER BY hash{self._lock}", xorbs)
        tx.many(
            "UPDATE xet_xorb SET unused_since = :now WHERE hash = :hash AND unused_since IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM xet_file_xorb e WHERE e.xorb = :hash)",
            [{"hash": name, "now": self.clock()} for name in xorbs],
        )

    def condemn(self, xorb: Doomed) -> Condemned | None:
        """Begin to delete a xorb: from now on it is absent to everybody. None where it was needed meanwhile."""
        with self.db.write() as tx:
            row = tx.first(
                "SELECT key, stored_bytes, unused_since, advertised_until FROM xet_xorb WHERE hash = :hash"
                f" AND state = 'live'{self._lock}",
                hash=xorb.name,
            )  # fmt: skip
            # Asked anew, now that whoever names it in a file must wait or is done.
            used = tx.first("SELECT 1 FROM xet_file_xorb WHERE xorb = :hash LIMIT 1", hash=xorb.name)
            if row is None or used or row.unused_since != xorb.since or row.advertised_until > self.clock():
                return None
            tx.run("UPDATE xet_xorb SET state = 'deleting' WHERE hash = :hash", hash=xorb.name)
            # What leads to it goes in the same breath: a new generation brings its own.
            tx.run("DELETE FROM xet_chunk WHERE xorb = :hash", hash=xorb.name)
            tx.run("DELETE FROM xet_holder WHERE xorb = :hash", hash=xorb.name)
        return Condemned(XetHash(xorb.name), BlobKey(row.key), row.stored_bytes)

    def erase(self, xorb: Condemned) -> None:
        """Delete the bytes of this generation; nobody looks for them any more."""
        self.xorbs.forget_layout(xorb.key)
        self.xorbs.blobs.delete(sidecar_key(xorb.key))
        self.xorbs.blobs.delete(xorb.key)

    def bury(self, xorb: Condemned) -> None:
        """Delete the row, unless it speaks of a newer generation already."""
        with self.db.write() as tx:
            tx.run(
                "DELETE FROM xet_xorb WHERE hash = :hash AND key = :key AND state = 'deleting'",
                hash=xorb.hash, key=xorb.key.path,
            )  # fmt: skip

    def sweep(self, rules: Retention) -> int:
        """All of it, files first; how many bytes of xorbs were deleted."""
        freed = self._end(self.unfinished())
        for file in self.files(rules):
            if file.is_due(self.clock()):
                self.drop(file)
        return freed + self._end(
            condemned
            for xorb in self.unused(rules)
            if xorb.is_due(self.clock()) and (condemned := self.condemn(xorb)) is not None
        )

    def _end(self, xorbs: Iterator[Condemned]) -> int:
        freed = 0
        for xorb in xorbs:
            self.erase(xorb)
            self.bury(xorb)
            freed += xorb.stored_bytes
        return freed

    def shorten(self, until: int) -> None:
        """No client may name what no file uses beyond `until`: all have been given another address to use."""
        with self.db.write() as tx:
            tx.run(
                "UPDATE xet_xorb SET advertised_until = :until WHERE unused_since IS NOT NULL"
                " AND advertised_until > :until",
                until=until,
            )  # fmt: skip

    def _pages(self, select: str, name: str = "hash", rest: str = "") -> Iterator[Row]:
        """Rows in pages, so that no transaction stays open while one is worked on."""
        last = ""
        while True:
            with self.db.read() as tx:
                page = tx.all(f"{select} AND {name} > :last{rest} ORDER BY {name} LIMIT :limit", last=last, limit=_PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].hash


def _doomed(row: Row, since: int, rules: Retention, reason: str) -> Doomed:
    due = None if rules.keep_us(row.owner_id) is None else max(since + IN_FLIGHT_US, row.advertised_until)
    return Doomed("xorb", row.hash, row.owner_id, row.stored_bytes, since, due, reason)
