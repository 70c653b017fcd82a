"""Buckets: files at paths, without history, whose content is Xet files; opened by the gate like every repository."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock
from freehold.base.errors import Invalid, RepoNotFound
from freehold.base.ids import RepoId, RepoKind, XetHash
from freehold.core.accounts.access import Right, visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.repos import bucket_batch_log
from freehold.core.repos.bucket_batches import BucketWriter
from freehold.core.repos.bucket_reader import BucketReader, Gate, Pantry, lock_bucket, unlink_unused
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.permit import Permit
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet.shards import Registered
from freehold.stores.xet.store import XetStore

UPLOAD_KEPT_S = 7 * 86_400
"""How long content that has arrived may wait for the batch that gives it a path."""

SWEEP_EVERY_S = 3600
"""How often `buckets.sweep` should be scheduled."""

_SWEPT_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ListedBucket:
    """One line of a list of buckets; `files` is how many it holds."""

    repo: Repo
    files: int

    @property
    def cursor(self) -> str:
        """The `after` of the page that begins behind this line."""
        return f"{self.repo.created_at}.{self.repo.id}"


class Buckets:
    """Every bucket of the hub, for those whom the gate lets in, and the upkeep of what they hold."""

    def __init__(self, gate: Gate, db: Database, objects: RepoObjects, xet: XetStore, clock: Clock) -> None:
        self.pantry = Pantry(gate, db, objects, xet, clock)

    def reader(self, actor: Actor, bucket: RepoId) -> BucketReader:
        """To read. Raises RepoNotFound (absent or hidden, alike) and Moved."""
        return BucketReader(self.pantry, self.pantry.gate.admit(actor, _bucket(bucket)))

    def writer(self, actor: Actor, bucket: RepoId) -> BucketWriter:
        """To change its files. Raises Forbidden besides what `reader` raises."""
        return BucketWriter(self.pantry, self.pantry.gate.admit(actor, _bucket(bucket), Right.WRITE))

    def listed(
        self, actor: Actor, namespace: str = "", *, search: str = "", after: str = "", limit: int
    ) -> list[ListedBucket]:
        """Buckets that `actor` may see, the newest first, behind the one whose cursor is `after`.

        `namespace` is whole, in any case; `search` occurs in the name. Empty ones ask nothing. Raises Invalid for
        a cursor that is none.
        """
        visible = visible_to(actor)
        where, params = [f"r.kind = '{RepoKind.BUCKET}'", visible.sql], dict(visible.params)
        if namespace:
            where.append("lower(r.namespace) = :namespace")
            params["namespace"] = namespace.lower()
        if search:
            where.append("lower(r.name) LIKE :search ESCAPE '!'")
            params["search"] = f"%{''.join(f'!{c}' if c in '!%_' else c for c in search.lower())}%"
        if after:
            where.append("r.created_at <= :at AND (r.created_at < :at OR r.id > :after)")
            params["at"], params["after"] = _place(after)
        with self.pantry.db.read() as tx:
            rows = tx.all(
                f"SELECT {COLUMNS}, b.files FROM repos_repo r JOIN repos_bucket b ON b.repo_id = r.id"
                f" WHERE {' AND '.join(where)} ORDER BY r.created_at DESC, r.id LIMIT :limit",
                limit=limit, **params,
            )  # fmt: skip
        return [ListedBucket(Repo.from_row(row), row.files) for row in rows]

    def batches(self, bucket_ids: Sequence[str]) -> Mapping[str, int]:
        """How many batches each of these buckets has had; asks nobody's permission, since it tells but that."""
        with self.pantry.db.read() as tx:
            return bucket_batch_log.newest(tx, bucket_ids)

    def begin(self, tx: Transaction, bucket_id: str) -> None:
        """Make the rows of a new bucket; the gate has made its row in the register."""
        tx.run("INSERT INTO repos_bucket (repo_id) VALUES (:id)", id=bucket_id)

    def end(self, tx: Transaction, bucket_id: str) -> None:
        """Forget every file; the gate unlinks their contents. Harmless for what is no bucket."""
        for table, column in (("file", "bucket_id"), ("upload", "bucket_id"), ("batch", "bucket_id")):
            tx.run(f"DELETE FROM repos_bucket_{table} WHERE {column} = :id", id=bucket_id)
        tx.run("DELETE FROM repos_bucket WHERE repo_id = :id", id=bucket_id)

    def expect(self, tx: Transaction, bucket: Repo, files: Sequence[Registered], permit: Permit) -> None:
        """Note that contents have arrived: nothing unlinks them before a batch has had the time to name them.

        Raises RepoNotFound when the bucket is gone, what `permit` raises, TooLarge and QuotaExceeded.
        """
        lock_bucket(tx, self.pantry.db, bucket.id)
        permit.confirm(tx)
        held = self.pantry.xet.files.held(tx, bucket.id, [file.hash for file in files])
        self.pantry.objects.check_room(bucket, [file.size for file in files if file.hash not in held])
        tx.many(
            "INSERT INTO repos_bucket_upload (bucket_id, xet_hash, arrived_at) VALUES (:bucket, :hash, :now)"
            " ON CONFLICT (bucket_id, xet_hash) DO UPDATE SET arrived_at = :now",
            [{"bucket": bucket.id, "hash": file.hash, "now": self.pantry.clock()} for file in files],
        )

    def sweep(self, _payload: Mapping[str, Any]) -> None:
        """The chore `buckets.sweep`: forget batches that nobody follows up any more, and what `_sweep_uploads` says."""
        old = self.pantry.clock() - bucket_batch_log.KEPT_S * 1_000_000
        more = True
        while more:
            with self.pantry.db.write() as tx:
                more = bucket_batch_log.forget_old(tx, old) > 0
        self._sweep_uploads()

    def _sweep_uploads(self) -> None:
        """Let go of contents that arrived long ago and were never given a path."""
        before = self.pantry.clock() - UPLOAD_KEPT_S * 1_000_000
        while True:
            with self.pantry.db.read() as tx:
                rows = tx.all(
                    "SELECT bucket_id, xet_hash FROM repos_bucket_upload WHERE arrived_at < :before"
                    " ORDER BY arrived_at LIMIT :limit",
                    before=before, limit=_SWEPT_AT_ONCE,
                )  # fmt: skip
            for bucket_id in {row.bucket_id for row in rows}:
                self._let_go(bucket_id, [row.xet_hash for row in rows if row.bucket_id == bucket_id], before)
            if len(rows) < _SWEPT_AT_ONCE:
                return

    def _let_go(self, bucket_id: str, hashes: list[XetHash], before: int) -> None:
        with self.pantry.db.write() as tx:
            lock_bucket(tx, self.pantry.db, bucket_id)
            tx.many(
                "DELETE FROM repos_bucket_upload WHERE bucket_id = :bucket AND xet_hash = :hash"
                " AND arrived_at < :before",
                [{"bucket": bucket_id, "hash": name, "before": before} for name in hashes],
            )
            unlink_unused(tx, self.pantry.xet, bucket_id, hashes)


def _place(cursor: str) -> tuple[int, str]:
    at, _, row_id = cursor.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 19 and row_id.isalnum() and len(row_id) <= 64):
        raise Invalid("The page marker is not one of this hub's. Start again from the first page.")
    return int(at), row_id


def _bucket(repo_id: RepoId) -> RepoId:
    if repo_id.kind is not RepoKind.BUCKET:
        raise RepoNotFound("This is no bucket.")
    return repo_id
