"""Verifies buckets: what is counted against what is held, and every file against the Xet file that it should be."""

from collections.abc import Iterator
from dataclasses import dataclass

from freehold.base.faults import Fault
from freehold.base.ids import RepoKind, XetHash
from freehold.core.repos.bucket_rows import EMPTY
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet.store import XetStore

_ROOM = "repos"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class BucketChecking:
    """Changes nothing, and may run while the hub serves. That Xet files are whole is checked where they are kept."""

    db: Database
    xet: XetStore

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong, in words."""
        with self.db.read() as tx:
            rows = tx.all(
                f"SELECT r.id, r.namespace, r.name FROM repos_repo r WHERE r.kind = '{RepoKind.BUCKET}' ORDER BY r.id"
            )
        for row in rows:
            with self.db.read() as tx:  # one moment for each bucket, so that no write can come in between
                for problem in self._problems(tx, row.id):
                    yield Fault(_ROOM, f"buckets/{row.namespace}/{row.name}", problem)

    def _problems(self, tx: Transaction, bucket_id: str) -> Iterator[str]:
        counted = tx.first(
            "SELECT r.logical_bytes AS bytes, b.files FROM repos_repo r LEFT JOIN repos_bucket b ON b.repo_id = r.id"
            " WHERE r.id = :id",
            id=bucket_id,
        )
        held = tx.first(
            "SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM repos_bucket_file WHERE bucket_id = :id",
            id=bucket_id,
        )
        if counted is None or held is None:
            return  # deleted while we looked
        if (counted.files, counted.bytes) != (held.files, int(held.bytes)):
            yield (
                f"{counted.files} files of {counted.bytes} bytes are counted, but it holds {held.files} of {held.bytes}"
            )
        yield from self._contents(tx, bucket_id)
        yield from self._strays(tx, bucket_id)

    def _contents(self, tx: Transaction, bucket_id: str) -> Iterator[str]:
        """Every file names a Xet file that the bucket has, and gives its length."""
        last = ""
        while True:
            rows = tx.all(
                "SELECT DISTINCT xet_hash, size FROM repos_bucket_file WHERE bucket_id = :id AND xet_hash > :last"
                " ORDER BY xet_hash LIMIT :limit",
                id=bucket_id, last=last, limit=_PAGE,
            )  # fmt: skip
            sizes = self.xet.files.held(tx, bucket_id, [XetHash(row.xet_hash) for row in rows]) | {EMPTY: 0}
            for row in rows:
                if sizes.get(row.xet_hash) != row.size:
                    yield f"its file of {row.size} bytes with the content {row.xet_hash} is lost, or has another length"
            if len(rows) < _PAGE:
                return
            last = rows[-1].xet_hash

    def _strays(self, tx: Transaction, bucket_id: str) -> Iterator[str]:
        """Every content that the bucket has is at a path, or has just arrived."""
        last = ""
        while True:
            linked = self.xet.files.linked(tx, bucket_id, last, _PAGE)
            named: set[str] = set()
            for table in ("repos_bucket_file", "repos_bucket_upload"):
                sql = f"SELECT DISTINCT xet_hash FROM {table} WHERE bucket_id = :id AND xet_hash IN :values"
                named |= {row.xet_hash for row in tx.within(sql, linked, id=bucket_id)}
            yield from (f"it keeps {name}, which is at no path" for name in linked if name not in named)
            if len(linked) < _PAGE:
                return
            last = linked[-1]
