"""Reading one bucket: lists of its files by the letters of their paths, and where their bytes are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from freehold.base.clock import Clock
from freehold.base.errors import EntryNotFound, RepoNotFound
from freehold.base.ids import RepoId, XetHash
from freehold.base.streams import Located, Made
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import Actor
from freehold.core.repos import bucket_batch_log, bucket_rows
from freehold.core.repos.admitted import Admitted
from freehold.core.repos.bucket_batch_log import Batch
from freehold.core.repos.bucket_rows import EMPTY, BucketFile, BucketFolder
from freehold.core.repos.large import RepoObjects
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet.files import Left
from freehold.stores.xet.store import XetStore


class Gate(Protocol):
    """What is asked of the gate here."""

    def admit(self, actor: Actor, repo_id: RepoId, least: Right = Right.READ) -> Admitted:
        """A repository or bucket, if the actor may do as much with it as `least`."""


@dataclass(frozen=True, slots=True)
class Pantry:
    """What every reader and writer of buckets works on."""

    gate: Gate
    db: Database
    objects: RepoObjects
    xet: XetStore
    clock: Clock


class BucketReader(Admitted):
    """One bucket at the time of each call. Made by `Buckets`, for an actor whose right was checked."""

    def __init__(self, pantry: Pantry, admitted: Admitted) -> None:
        super().__init__(admitted.repo, admitted.actor, admitted.right)
        self.closed = admitted.closed
        self.pantry = pantry

    def count(self) -> int:
        """How many files it holds."""
        with self.pantry.db.read() as tx:
            return int(tx.scalar("SELECT files FROM repos_bucket WHERE repo_id = :id", id=self.repo.id) or 0)

    def files(self, prefix: str = "", *, after: str = "", limit: int) -> list[BucketFile]:
        """Files whose paths begin with `prefix`, letter by letter, in order, behind the entry whose cursor is `after`.

        So `logs` finds `logs/a` and `logs.txt`, and `logs/` only the first.
        """
        with self.pantry.db.read() as tx:
            return bucket_rows.files_below(tx, self.repo.id, prefix, after, limit)

    def level(self, prefix: str = "", *, after: str = "", limit: int) -> list[BucketFile | BucketFolder]:
        """As `files`, but what lies in folders below is shown as those folders; `logs` looks into `logs/`."""
        with self.pantry.db.read() as tx:
            return bucket_rows.level(tx, self.repo.id, prefix, after, limit)

    def files_at(self, paths: Sequence[str]) -> list[BucketFile]:
        """The files at `paths`, in that order; those that do not exist are left out."""
        with self.pantry.db.read() as tx:
            found = bucket_rows.files_at(tx, self.repo.id, set(paths))
        return [found[path] for path in paths if path in found]

    def place_at(self, since: int | None) -> int | None:
        """Behind which place the batches since a moment (in milliseconds; None: now) are; None: some are forgotten."""
        with self.pantry.db.read() as tx:
            if since is None:
                return bucket_batch_log.newest(tx, [self.repo.id]).get(self.repo.id)
            return bucket_batch_log.place_at(tx, self.repo.id, since)

    def batches(self, behind: int, limit: int) -> list[Batch] | None:
        """What changed behind a place, batch by batch; None if some of it is forgotten."""
        with self.pantry.db.read() as tx:
            return bucket_batch_log.behind(tx, self.repo.id, behind, limit)

    def file(self, path: str) -> BucketFile:
        """The file at `path`. Raises EntryNotFound, and Gated."""
        self.require_content()
        found = self.files_at([path])
        if not found:
            raise EntryNotFound(f"{path[:300]!r} does not exist in this bucket.")
        return found[0]

    def located(self, file: BucketFile, start: int, stop: int) -> Located:
        """Where the bytes `start <= position < stop` of a file are; the caller has checked the range."""
        if file.xet_hash == EMPTY:
            return Made(0, lambda: iter(()))
        return self.pantry.xet.stream(file.xet_hash, start, stop)


def lock_bucket(tx: Transaction, db: Database, bucket_id: str) -> None:
    """Let only one transaction at a time change what a bucket holds. Raises RepoNotFound when it is gone."""
    alone = "" if db.is_sqlite else " FOR UPDATE"
    if tx.first(f"SELECT 1 FROM repos_repo WHERE id = :id{alone}", id=bucket_id) is None:
        raise RepoNotFound("This bucket does not exist any more.")


def unlink_unused(tx: Transaction, xet: XetStore, bucket_id: str, hashes: Sequence[XetHash]) -> None:
    """Take from the bucket those contents that are at no path of it any more, and that nobody just uploaded."""
    used: set[str] = set()
    for table in ("repos_bucket_file", "repos_bucket_upload"):
        sql = f"SELECT DISTINCT xet_hash FROM {table} WHERE bucket_id = :bucket AND xet_hash IN :values"
        used |= {row.xet_hash for row in tx.within(sql, hashes, bucket=bucket_id)}
    owner = str(tx.scalar("SELECT owner_id FROM repos_repo WHERE id = :id", id=bucket_id))
    xet.forget(tx, bucket_id, [name for name in hashes if name not in used], Left(owner))
