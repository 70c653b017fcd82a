"""A room of large files without the rest of the house: two repositories as rows, blobs in memory."""

import hashlib
from dataclasses import dataclass

from freehold.base.ids import RepoKind, Sha256, XetHash
from freehold.base.streams import Made
from freehold.core.queue.queue import Queue
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.large import Limits, RepoObjects
from freehold.core.repos.repo import Repo
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database


@dataclass
class Account:
    quota_bytes: int | None
    quota_files: int | None = None
    quota_repositories: int | None = None


class Register:
    """Accounts by id, each with its quota."""

    def __init__(self) -> None:
        self.quotas: dict[str, int | None] = {}

    def by_id(self, account_id: str) -> Account | None:
        return Account(self.quotas.get(account_id))


class ChunkedFiles:
    """Xet files held whole."""

    def __init__(self) -> None:
        self.files: dict[XetHash, bytes] = {}

    def stream(self, file_hash: XetHash, start: int, stop: int) -> Made:
        data = self.files[file_hash][start:stop]
        return Made(len(data), lambda: iter([data]))

    def unlinked_bytes(self, account_id: str, since: int) -> int:
        return 0


class LargeFiles:
    """The room, and what a test asks of it."""

    def __init__(self, db: Database, blobs: BlobStore, limits: Limits | None = None) -> None:
        self.db = db
        self.blobs = blobs
        self.moment = 1_800_000_000_000_000
        self.queue = Queue(db, self.clock)
        self.people = Register()
        self.xet = ChunkedFiles()
        self.objects = RepoObjects(
            db, blobs, self.xet, self.queue, people=self.people, limits=limits or Limits(), clock=self.clock
        )

    def clock(self) -> int:
        self.moment += 1_000_000
        return self.moment

    def repo(self, name: str, owner: str = "alice") -> Repo:
        row = {
            "id": f"id-{owner}-{name}", "kind": "model", "owner_id": owner, "namespace": owner, "name": name,
            "address": f"model:{owner}/{name}", "visibility": "private", "created_at": 0, "updated_at": 0,
        }  # fmt: skip
        with self.db.write() as tx:
            tx.run(f"INSERT INTO repos_repo ({', '.join(row)}) VALUES ({', '.join(f':{key}' for key in row)})", **row)
        return Repo(row["id"], RepoKind.MODEL, owner, owner, name, "private", "", "", None, 0, 0, 0)

    def upload(self, repo: Repo, data: bytes, *, claimed: bytes | None = None, size: int | None = None) -> Sha256:
        sha256 = digest(data if claimed is None else claimed)
        with Incoming(self.objects, repo, sha256, len(data) if size is None else size) as incoming:
            incoming.write(data)
            incoming.finish()
        return sha256

    def logical_bytes(self, repo: Repo) -> int:
        with self.db.read() as tx:
            return int(tx.scalar("SELECT logical_bytes FROM repos_repo WHERE id = :id", id=repo.id))

    def stored(self) -> list[str]:
        return sorted(key.path.rsplit("/", 1)[-1] for key, _ in self.blobs.keys("objects"))

    def make_xet_backed(self, repo: Repo, sha256: Sha256, data: bytes) -> XetHash:
        """What the conversion job does, without its chunks."""
        xet_hash = XetHash(hashlib.blake2s(data).hexdigest())
        self.xet.files[xet_hash] = data
        with self.db.write() as tx:
            tx.run(
                "UPDATE repos_object SET xet_hash = :xet WHERE repo_id = :repo AND sha256 = :sha256",
                xet=xet_hash, repo=repo.id, sha256=sha256,
            )  # fmt: skip
        return xet_hash


def digest(data: bytes) -> Sha256:
    return Sha256(hashlib.sha256(data).hexdigest())
