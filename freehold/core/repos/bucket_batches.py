"""Many changes of a bucket at once: each is applied or refused by itself, and all that are applied land together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from freehold.base.errors import Forbidden, HubError, Unprocessable
from freehold.base.ids import RepoId, RepoKind, XetHash, is_digest
from freehold.base.words import later
from freehold.core.accounts.access import Right
from freehold.core.accounts.audit import record
from freehold.core.accounts.blocked import demand_free_content
from freehold.core.queue.events import announce
from freehold.core.repos import bucket_batch_log
from freehold.core.repos.bucket_batch_log import FileChange
from freehold.core.repos.bucket_reader import BucketReader, unlink_unused
from freehold.core.repos.bucket_rows import EMPTY, BucketFile, files_at
from freehold.core.repos.permit import Permit
from freehold.core.repos.telling import done_by, state_of
from freehold.stores.db.database import Transaction
from freehold.wire.bucketpaths import check_bucket_path

_OLDEST_MS, _NEWEST_MS = -2_208_988_800_000, 253_402_300_799_999
"""The years 1900 to 9999: those of which every client can read a date."""

_UNKNOWN = later("The hub has no content of this Xet hash for this bucket. Upload the file, then send the batch again.")
_LONGEST_TYPE = 255


@dataclass(frozen=True, slots=True)
class PutFile:
    """Let a path hold content that was uploaded to this bucket, or with a `source` content that lies there."""

    path: str
    xet_hash: XetHash
    modified_ms: int | None = None
    """By its uploader's clock, in milliseconds since 1970 UTC."""
    content_type: str | None = None
    source: RepoId | None = None


@dataclass(frozen=True, slots=True)
class DropFile:
    """Let a path hold nothing. That it held nothing before is no fault: a repeated request must succeed again."""

    path: str


Change = PutFile | DropFile


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that was not made, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class _Work:
    """A batch being decided: what is at its paths, what the sources can give, and what shall be at its paths."""

    now: int
    before: dict[str, BucketFile]
    sizes: dict[tuple[RepoId | None, XetHash], int]
    closed: dict[RepoId, str]
    """Sources that the actor may not copy from, with the reason."""
    after: dict[str, BucketFile | None] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    def decide(self, change: Change) -> None:
        """Take one change; those to come see it done."""
        try:
            check_bucket_path(change.path)
            self.after[change.path] = self._file(change) if isinstance(change, PutFile) else None
        except HubError as error:
            self.refused.append(Refused(change.path, error.message))

    def _file(self, change: PutFile) -> BucketFile:
        if change.source in self.closed:
            raise Forbidden(self.closed[change.source])
        size = self.sizes.get((change.source, change.xet_hash))
        if change.source is None and change.xet_hash == EMPTY:
            size = 0
        if size is None:
            if change.source is None:
                raise Unprocessable(_UNKNOWN)
            raise Unprocessable(f"{change.source} has no file of this Xet hash.")
        if change.modified_ms is not None and not _OLDEST_MS <= change.modified_ms <= _NEWEST_MS:
            raise Unprocessable("mtime must be in milliseconds since 1970, between the years 1900 and 9999.")
        if change.content_type is not None and not _is_media_type(change.content_type):
            raise Unprocessable("contentType must be a media type, such as text/plain.")
        modified = None if change.modified_ms is None else change.modified_ms * 1000
        return BucketFile(change.path, change.xet_hash, size, change.content_type, modified, self.now)

    @property
    def gone(self) -> list[BucketFile]:
        """Files that were at the changed paths."""
        return [self.before[path] for path in self.after if path in self.before]

    @property
    def changes(self) -> list[FileChange]:
        """What followers are told; a deletion of nothing is nothing."""
        return [
            FileChange(path, "delete")
            if file is None
            else FileChange(
                path, "update" if path in self.before else "add", file.size, file.xet_hash, file.uploaded_at,
                file.modified_at,
            )
            for path, file in self.after.items()
            if file is not None or path in self.before
        ]  # fmt: skip

    @property
    def come(self) -> list[BucketFile]:
        """Files that shall be there."""
        return [file for file in self.after.values() if file is not None]


class BucketWriter(BucketReader):
    """One bucket, for an actor who may change it."""

    def apply(self, changes: Sequence[Change]) -> list[Refused]:
        """Make the changes in their order, in one transaction; gives those that were refused.

        Raises RepoNotFound when the bucket is gone, Forbidden where the actor may change it no longer, QuotaExceeded
        when its owner has no room; then none is made.
        """
        sources, closed = self._sources(changes)
        # In the order of every writer: the repository, its owner's room, then files by their names.
        with self.pantry.db.write() as tx, self.pantry.objects.growing(tx, self.repo.id):
            Permit(self.actor, self.repo.id, min(self.right, Right.WRITE)).confirm(tx)
            before = files_at(tx, self.repo.id, {change.path for change in changes if _is_text(change.path)})
            named = {
                change.xet_hash for change in changes if isinstance(change, PutFile) and is_digest(change.xet_hash)
            }
            self.pantry.xet.files.locked(tx, sorted(named | {file.xet_hash for file in before.values()}))
            work = _Work(self.pantry.clock(), before, self._sizes(tx, changes, sources), closed)
            for change in changes:
                work.decide(change)
            if work.gone or work.come:
                self._land(tx, work)
        return work.refused

    def _sources(self, changes: Sequence[Change]) -> tuple[dict[RepoId, str], dict[RepoId, str]]:
        """The row ids of the sources whose content the actor may have, and why not of the others."""
        ids, closed = {}, {}
        for source in {change.source for change in changes if isinstance(change, PutFile) and change.source}:
            try:
                admitted = self.pantry.gate.admit(self.actor, source)
                admitted.require_content()
                admitted.require_free()
                ids[source] = admitted.repo.id
            except HubError as error:
                closed[source] = error.message
        return ids, closed

    def _sizes(
        self, tx: Transaction, changes: Sequence[Change], sources: dict[RepoId, str]
    ) -> dict[tuple[RepoId | None, XetHash], int]:
        """The length of every content that a change may name, by where it comes from."""
        wanted: dict[RepoId | None, set[XetHash]] = {}
        for change in changes:
            if isinstance(change, PutFile) and is_digest(change.xet_hash):
                wanted.setdefault(change.source, set()).add(change.xet_hash)
        sizes: dict[tuple[RepoId | None, XetHash], int] = {}
        for source, hashes in sorted(wanted.items(), key=lambda item: str(item[0])):
            if source is None or source in sources:
                held = self._held(tx, source, self.repo.id if source is None else sources[source], sorted(hashes))
                sizes |= {(source, name): size for name, size in held.items()}
        return sizes

    def _held(self, tx: Transaction, source: RepoId | None, row_id: str, hashes: list[XetHash]) -> dict[XetHash, int]:
        held = self.pantry.xet.files.held(tx, row_id, hashes)
        if source is None or source.kind is not RepoKind.BUCKET:
            return held
        # Of another bucket only what is at a path: what just arrived there is not shown to anybody yet.
        rows = tx.within(
            "SELECT DISTINCT xet_hash, size FROM repos_bucket_file WHERE bucket_id = :bucket AND xet_hash IN :values",
            hashes, bucket=row_id,
        )  # fmt: skip
        return {row.xet_hash: row.size for row in rows if row.xet_hash in held or row.xet_hash == EMPTY}

    def _land(self, tx: Transaction, work: _Work) -> None:
        bytes_more = sum(file.size for file in work.come) - sum(file.size for file in work.gone)
        self._write_files(tx, work)
        contents = sorted({file.xet_hash for file in work.come} - {EMPTY})
        demand_free_content(tx, *contents)
        self.pantry.xet.files.link_all(tx, self.repo.id, contents)
        tx.many(
            "DELETE FROM repos_bucket_upload WHERE bucket_id = :bucket AND xet_hash = :hash",
            [{"bucket": self.repo.id, "hash": name} for name in contents],
        )
        unlink_unused(tx, self.pantry.xet, self.repo.id, sorted({file.xet_hash for file in work.gone} - {EMPTY}))
        tx.run(
            "UPDATE repos_repo SET logical_bytes = logical_bytes + :more, updated_at = :now WHERE id = :id",
            more=bytes_more, now=work.now, id=self.repo.id,
        )  # fmt: skip
        tx.run(
            "UPDATE repos_bucket SET files = files + :more WHERE repo_id = :id",
            more=len(work.come) - len(work.gone), id=self.repo.id,
        )  # fmt: skip
        bucket_batch_log.note(tx, self.repo.id, work.now, work.changes)
        put, dropped = len(work.come), len(work.after) - len(work.come)
        record(tx, self.actor, "bucket.change", self.repo.repo_id.path, put=put, dropped=dropped)
        announce(tx, self.pantry.objects.queue, done_by(self.actor, "repo.content", "update", state_of(self.repo)))

    def _write_files(self, tx: Transaction, work: _Work) -> None:
        tx.many(
            "DELETE FROM repos_bucket_file WHERE bucket_id = :bucket AND path = :path",
            [{"bucket": self.repo.id, "path": file.path.encode()} for file in work.gone],
        )
        tx.many(
            "INSERT INTO repos_bucket_file (bucket_id, path, xet_hash, size, content_type, modified_at, uploaded_at)"
            " VALUES (:bucket, :path, :hash, :size, :type, :modified, :now)",
            [
                {
                    "bucket": self.repo.id, "path": file.path.encode(), "hash": file.xet_hash, "size": file.size,
                    "type": file.content_type, "modified": file.modified_at, "now": work.now,
                }
                for file in work.come
            ],
        )  # fmt: skip


def _is_text(path: str) -> bool:
    return path.isascii() or path.encode("utf-8", "replace").decode() == path


def _is_media_type(text: str) -> bool:
    return len(text) <= _LONGEST_TYPE and text.isascii() and text.isprintable()
