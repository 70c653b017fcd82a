"""The Xet store: xorbs, files made of their chunks, the index for deduplication, and plain reading."""

from collections.abc import Collection, Iterator, Sequence

from freehold.base.clock import Clock, now
from freehold.base.faults import Fault
from freehold.base.ids import XetHash
from freehold.base.streams import Made
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet import usage
from freehold.stores.xet.checking import Checking
from freehold.stores.xet.dedup import Dedup
from freehold.stores.xet.files import Files, Left
from freehold.stores.xet.indexing import Indexing, Repaired
from freehold.stores.xet.plain import Plain
from freehold.stores.xet.shards import Shards
from freehold.stores.xet.strays import Strays
from freehold.stores.xet.sweeping import Sweeping
from freehold.stores.xet.xorbs import Xorbs


class XetStore:
    """One store for all tenants; who may use what comes with each question (`access.Caller`)."""

    def __init__(self, db: Database, blobs: BlobStore, secret: bytes, clock: Clock = now) -> None:
        self.xorbs = Xorbs(db, blobs, clock)
        self.files = Files(db, self.xorbs, clock)
        self.shards = Shards(db, self.xorbs, self.files, clock)
        self.dedup = Dedup(db, self.xorbs, secret, clock)
        self.plain = Plain(self.xorbs, self.files)
        self.sweeping = Sweeping(db, self.xorbs, clock)
        self.strays = Strays(db, blobs, clock)
        self._checking = Checking(db, self.xorbs, self.files)

    def stream(self, file: XetHash, start: int, stop: int) -> Made:
        """Bytes `start` to `stop` (exclusive) of a file that has at least so many, decoded."""
        return self.plain.stream(file, start, stop)

    def unlinked_bytes(self, account_id: str, since: int) -> int:
        """How many bytes an account has uploaded since a moment that no file uses yet."""
        return self.xorbs.unlinked_bytes(account_id, since)

    def file_size(self, file: XetHash) -> int | None:
        """The length in bytes, or None when there is no such file."""
        return self.files.size(file)

    def link(self, tx: Transaction, repo_id: str, file: XetHash) -> bool:
        """Give the repository the file, if it is kept. The caller must have proved that it may have it."""
        return self.files.link(tx, repo_id, file)

    def copy_links(self, tx: Transaction, source: str, target: str, files: Sequence[XetHash] | None = None) -> None:
        """Give the repository `target` the files that `source` has: all of them, or only `files`."""
        self.files.copy_links(tx, source, target, files)

    def forget(
        self,
        tx: Transaction,
        repo_id: str,
        files: Collection[XetHash] | XetHash | None = None,
        left: Left = Left(),  # noqa: B008 - a value that nobody can change
    ) -> None:
        """Take a file, some, or all (None) away from the repository. What nobody has is deleted by a later sweep."""
        self.files.forget(tx, repo_id, [files] if isinstance(files, str) else files, left)

    def move(self, tx: Transaction, repo_id: str, from_owner: str, to_owner: str) -> None:
        """The repository has another owner: what it brought counts for that one."""
        usage.move(tx, repo_id, from_owner, to_owner)

    def repair_index(self) -> Repaired:
        """Make the index of chunks again from the sidecars, where it lacks something or says too much."""
        return Indexing(self.xorbs.db, self.xorbs).repair()

    def check(self) -> Iterator[Fault]:
        """Verify every xorb, file and row against each other; yields what is wrong, in words."""
        return self._checking.faults()
