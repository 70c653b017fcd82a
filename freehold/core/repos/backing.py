"""Proves that the chunks of a Xet file make the content whose SHA-256 a repository was told."""

from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from typing import Any

import structlog

from freehold.base.errors import Corrupt, StorageFailed
from freehold.base.ids import Sha256, XetHash
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from freehold.stores.db.database import Database
from freehold.stores.xet.store import XetStore

log = structlog.get_logger("freehold")


@dataclass(frozen=True, slots=True)
class Whole:
    """A content that a repository holds whole, and not yet as chunks."""

    sha256: Sha256
    size: int


class Backing:
    """Reads files back from their chunks; only what was proven so is trusted beyond its uploader."""

    def __init__(self, db: Database, xet: XetStore) -> None:
        self.db, self.xet = db, xet

    def verify(self, payload: dict[str, Any]) -> None:
        """The job `object.verify {repo_id, sha256}`: a content that proves to be another is held no longer."""
        repo_id, sha256 = str(payload["repo_id"]), Sha256(payload["sha256"])
        with self.db.read() as tx:
            row = tx.first(
                "SELECT size, xet_hash FROM repos_object WHERE repo_id = :repo AND sha256 = :sha256 AND verified = 0",
                repo=repo_id, sha256=sha256,
            )  # fmt: skip
        if row is None or row.xet_hash is None:
            return
        true = self._makes(XetHash(row.xet_hash), Whole(sha256, row.size))
        with self.db.write() as tx:
            # Only if the row still speaks of the same file: it may have been uploaded again meanwhile.
            tx.run(
                "UPDATE repos_object SET verified = :verdict WHERE repo_id = :repo AND sha256 = :sha256"
                " AND xet_hash = :file AND verified = 0",
                verdict=1 if true else -1, repo=repo_id, sha256=sha256, file=row.xet_hash,
            )  # fmt: skip
            if not true:
                record(tx, SYSTEM, "object.refuse", repo_id, sha256=sha256, xet_hash=row.xet_hash)
        if not true:
            log.warning("content is not what its uploader said", repo=repo_id, sha256=sha256, xet_hash=row.xet_hash)

    def waiting(self, repo_id: str, limit: int) -> list[Whole]:
        """Contents of the repository that lie whole in the blob store and nowhere as chunks."""
        with self.db.read() as tx:
            rows = tx.all(
                "SELECT sha256, size FROM repos_object WHERE repo_id = :repo AND plain = 1 AND xet_hash IS NULL"
                " AND size > 0 ORDER BY created_at, sha256 LIMIT :limit",
                repo=repo_id, limit=limit,
            )  # fmt: skip
        return [Whole(Sha256(row.sha256), row.size) for row in rows]

    def adopt(self, repo_id: str, content: Whole, file: XetHash) -> None:
        """Note that the content can be made from chunks, after reading it from them. Raises Corrupt if it cannot."""
        if not self._makes(file, content):
            raise Corrupt(f"Chunking {content.sha256} gave another content. The whole copy is kept.")
        with self.db.write() as tx:
            # It was registered for nothing in particular until now, and may have been taken away for that.
            if not self.xet.link(tx, repo_id, file):
                raise StorageFailed("The chunks were collected before the content was bound to them. Chunk it again.")
            tx.run(
                "UPDATE repos_object SET xet_hash = :file WHERE repo_id = :repo AND sha256 = :sha256"
                " AND plain = 1 AND xet_hash IS NULL",
                file=file, repo=repo_id, sha256=content.sha256,
            )  # fmt: skip

    def _makes(self, file: XetHash, content: Whole) -> bool:
        if self.xet.file_size(file) != content.size:
            return False
        digest = sha256_of()
        for piece in self.xet.stream(file, 0, content.size).pieces():
            digest.update(piece)
        return digest.hexdigest() == content.sha256
