"""Large files: which contents a repository really holds, and where their bytes are.

A content is held because its bytes were uploaded to this very repository (or copied from one that the
actor may read); that the hub has the same bytes elsewhere never counts, and never shows.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from freehold.base.clock import Clock, now
from freehold.base.errors import EntryNotFound, QuotaExceeded, RepoNotFound, StorageFailed, TooLarge
from freehold.base.ids import Sha256, XetHash
from freehold.base.retention import DAY_US
from freehold.base.streams import Elsewhere, Located, Made
from freehold.core.accounts.blocked import blocked_contents, demand_free_content
from freehold.core.queue.queue import Queue
from freehold.core.repos.permit import Permit
from freehold.core.repos.quotas import Quota, Used, demand_room, used_by
from freehold.core.repos.repo import Repo
from freehold.stores.blobs.key import BlobKey, object_key
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Limits:
    """What a hub accepts, in bytes (0 means no limit), and how long it keeps what nothing needs."""

    max_file_bytes: int = 0
    quota_bytes: int = 0
    """What a namespace may hold in large files, unless its account says otherwise."""
    quota_files: int = 0
    quota_repositories: int = 0
    unlinked_bytes_per_day: int = 0
    """What one account may upload in a day that no file is made of: else anybody could fill the disk unseen."""
    keep_days: int = -1
    """How long what nothing needs any more is kept, where a namespace has no rule of its own; -1: for ever."""


@dataclass(frozen=True, slots=True)
class Held:
    """A content that a repository holds."""

    sha256: Sha256
    size: int
    xet_hash: XetHash | None
    """Set when it can be made from chunks."""
    plain: bool
    """Whether it also lies whole in the blob store."""
    verified: bool
    """Whether the hub itself has found that the bytes have this SHA-256."""


class XetFiles(Protocol):
    """What is asked of the Xet store here."""

    def stream(self, file_hash: XetHash, start: int, stop: int) -> Made:
        """A span of a file, made from its chunks."""

    def unlinked_bytes(self, account_id: str, since: int) -> int:
        """How many bytes an account has uploaded since a moment that no file uses yet."""


class Owner(Protocol):
    """What is asked of an account here."""

    @property
    def quota_bytes(self) -> int | None:
        """Its own quota; None: the hub's default, 0: no limit."""

    @property
    def quota_files(self) -> int | None:
        """The same for the number of large files."""

    @property
    def quota_repositories(self) -> int | None:
        """The same for the number of repositories and buckets."""


class Owners(Protocol):
    """What is asked of the register of accounts here."""

    def by_id(self, account_id: str) -> Owner | None:
        """The account of that id."""


_COLUMNS = "sha256, size, xet_hash, plain, verified"

_WAIT_ANEW = "unnamed_since = CASE WHEN repos_object.unnamed_since IS NOT NULL THEN :now END"
"""What nothing names is about to be named: the time after which it is collected begins anew."""


class RepoObjects:
    """The rows of `repos_object`. Faces reach it through a reader or a writer, never alone."""

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        xet: XetFiles,
        queue: Queue,
        *,
        people: Owners,
        limits: Limits,
        clock: Clock = now,
    ) -> None:
        self.db = db
        self.blobs = blobs
        self.queue = queue
        self.clock = clock
        self._xet = xet
        self._people = people
        self.limits = limits

    def has(self, repo: Repo, sha256: Sha256) -> Held | None:
        """The content, if this repository holds it."""
        return self.held(repo, [sha256]).get(sha256)

    def held(self, repo: Repo, contents: Collection[Sha256]) -> dict[Sha256, Held]:
        """Those of `contents` that this repository holds. What a check found to be a lie is not held."""
        with self.db.read() as tx:
            rows = tx.within(
                f"SELECT {_COLUMNS} FROM repos_object WHERE repo_id = :repo AND verified >= 0 AND sha256 IN :values",
                list(contents), repo=repo.id,
            )  # fmt: skip
        return {
            row.sha256: Held(row.sha256, row.size, row.xet_hash, bool(row.plain), bool(row.verified)) for row in rows
        }

    def promised(self, repo: Repo, contents: Collection[Sha256]) -> dict[Sha256, Held]:
        """As `held`, for a client that will upload only the others: what is here waits anew for a commit to name it."""
        held = self.held(repo, contents)
        with self.db.read() as tx:
            waiting = tx.within(
                "SELECT sha256 FROM repos_object WHERE repo_id = :repo AND unnamed_since IS NOT NULL"
                " AND sha256 IN :values",
                list(held), repo=repo.id,
            )  # fmt: skip
        if waiting:
            with self.db.write() as tx:
                self.lock(tx, repo.id)
                self._wait_anew(tx, repo.id, [Sha256(row.sha256) for row in waiting])
            held = self.held(repo, contents)
        return held

    def locate(self, repo: Repo, sha256: Sha256, start: int, stop: int) -> Located:
        """Where the span of the content is: whole in the blob store if it is there, else made from chunks.

        Raises EntryNotFound when this repository does not hold the content.
        """
        held = self.has(repo, sha256)
        if held is None:
            raise EntryNotFound("This repository does not hold the content of this file. Upload it again.")
        if held.plain:
            located = self.blobs.locate(object_key(sha256), start, stop)
            if repo.gated and isinstance(located, Elsewhere):
                # Whoever holds the store's own link would still be served after their access was ended.
                return Made(stop - start, partial(self.blobs.pieces, object_key(sha256), start, stop))
            return located
        if held.xet_hash is None:
            raise StorageFailed("The hub has lost the content of this file. Tell its operator to run `freehold check`.")
        return self._xet.stream(held.xet_hash, start, stop)

    def check_room(self, repo: Repo, sizes: Sequence[int]) -> None:
        """Refuse files too large for the hub, or for what their namespace may still hold.

        Raises TooLarge and QuotaExceeded.
        """
        most = self.limits.max_file_bytes
        if most and sizes and max(sizes) > most:
            raise TooLarge(
                f"A file of {max(sizes)} bytes is larger than this hub accepts ({most} bytes). Split it into parts."
            )
        self.check_quota(repo, sum(sizes), len(sizes))

    def check_quota(self, repo: Repo, coming: int, files: int = 0) -> None:
        """Raise QuotaExceeded where the repository's namespace has no room for so many bytes, or files.

        Many may ask at once and all be told that there is room: what counts is asked again when they come.
        """
        quota = self.quota_of(repo.owner_id)
        if quota.bytes or quota.files:
            with self.db.read() as tx:
                used = used_by(tx, repo.owner_id, files=bool(quota.files))
            demand_room(quota, repo.namespace, used, Used(used.bytes + coming, used.files + files))

    def check_unlinked(self, account_id: str | None, coming: int) -> None:
        """Raise QuotaExceeded where an account goes on uploading what no file is made of."""
        most = self.limits.unlinked_bytes_per_day
        if not most or account_id is None:
            return
        used = self._xet.unlinked_bytes(account_id, self.clock() - DAY_US)
        if used + coming > most:
            raise QuotaExceeded(
                f"You have uploaded {used} bytes in the last day that no file uses yet; this hub takes {most} such"
                " bytes a day from one account. Finish what you began, or go on tomorrow."
            )

    def quota_of(self, owner_id: str) -> Quota:
        """What an account may hold: its own figures where it has some, else the hub's."""
        owner, hub = self._people.by_id(owner_id), self.limits
        if owner is None:
            return Quota(hub.quota_bytes, hub.quota_files, hub.quota_repositories)
        return Quota(
            hub.quota_bytes if owner.quota_bytes is None else owner.quota_bytes,
            hub.quota_files if owner.quota_files is None else owner.quota_files,
            hub.quota_repositories if owner.quota_repositories is None else owner.quota_repositories,
        )

    def link_plain(self, repo: Repo, sha256: Sha256, size: int, permit: Permit | None = None) -> None:
        """Record that the whole content, hashed by this hub, lies in the blob store; have it made Xet-backed.

        An unproven Xet hash of an earlier upload is forgotten. Raises StorageFailed when the blob is gone again.
        """
        with self.db.write() as tx, self.growing(tx, repo.id):
            if permit is not None:
                permit.confirm(tx)
            demand_free_content(tx, sha256)
            lock_content(tx, sha256)
            # A sweep may have removed the blob between its commit and this lock; afterwards none can.
            if self.blobs.size(object_key(sha256)) != size:
                raise StorageFailed("The upload collided with a clean-up. Send the file again.")
            self._count(tx, repo.id, sha256, size)
            tx.run(
                "INSERT INTO repos_object (repo_id, sha256, size, plain, verified, created_at)"
                " VALUES (:repo, :sha256, :size, 1, 1, :now) ON CONFLICT (repo_id, sha256) DO UPDATE SET size = :size,"
                " xet_hash = CASE WHEN repos_object.verified = 1 THEN repos_object.xet_hash END, plain = 1,"
                f" verified = 1, created_at = :now, {_WAIT_ANEW}",
                repo=repo.id, sha256=sha256, size=size, now=self.clock(),
            )  # fmt: skip
            self.queue.enqueue(tx, "object.convert", {"repo_id": repo.id, "sha256": sha256})

    def link_xet(self, tx: Transaction, repo_id: str, sha256: Sha256, size: int, xet_hash: XetHash) -> None:
        """Record that a content came as the Xet file `xet_hash`, whose SHA-256 is the uploader's word until checked.

        What this hub has verified already stays as it is. Raises RepoNotFound when the repository is gone.
        """
        demand_free_content(tx, sha256, xet_hash)
        with self.growing(tx, repo_id):
            known = "SELECT verified FROM repos_object WHERE repo_id = :repo AND sha256 = :sha256"
            if tx.scalar(known, repo=repo_id, sha256=sha256) == 1:
                self._wait_anew(tx, repo_id, [sha256])
                return
            self._count(tx, repo_id, sha256, size)
        tx.run(
            "INSERT INTO repos_object (repo_id, sha256, size, xet_hash, created_at)"
            " VALUES (:repo, :sha256, :size, :xet, :now) ON CONFLICT (repo_id, sha256) DO UPDATE"
            f" SET size = :size, xet_hash = :xet, verified = 0, {_WAIT_ANEW}",
            repo=repo_id, sha256=sha256, size=size, xet=xet_hash, now=self.clock(),
        )  # fmt: skip
        self.queue.enqueue(tx, "object.verify", {"repo_id": repo_id, "sha256": sha256})

    def copy(
        self, tx: Transaction, source_id: str, target_id: str, contents: Collection[Sha256] | None = None
    ) -> list[XetHash]:
        """Let the repository `target_id` hold what `source_id` holds (only `contents`, where given).

        The caller has found that the actor may read the one and write the other, and links the Xet files, which
        are given. Raises QuotaExceeded.
        """
        with self.growing(tx, target_id):
            return self._copy(tx, source_id, target_id, contents)

    def _copy(
        self, tx: Transaction, source_id: str, target_id: str, contents: Collection[Sha256] | None
    ) -> list[XetHash]:
        there = {row.sha256 for row in tx.all("SELECT sha256 FROM repos_object WHERE repo_id = :repo", repo=target_id)}
        share = "" if self.db.is_sqlite else " FOR SHARE"
        rows = tx.all(
            f"SELECT {_COLUMNS}, filename FROM repos_object WHERE repo_id = :source AND verified >= 0{share}",
            source=source_id,
        )
        chosen = [row for row in rows if contents is None or row.sha256 in contents]
        if blocked := blocked_contents(tx):
            demand_free_content(tx, *(row.sha256 for row in chosen if row.sha256 in blocked))
        for row in chosen:
            if row.sha256 not in there:
                self._count(tx, target_id, row.sha256, row.size)
                tx.run(
                    f"INSERT INTO repos_object (repo_id, {_COLUMNS}, filename, created_at) VALUES (:repo, :sha256,"
                    " :size, :xet_hash, :plain, :verified, :filename, :now)",
                    repo=target_id, now=self.clock(), **row._asdict(),
                )  # fmt: skip
                if row.xet_hash is None:
                    self.queue.enqueue(tx, "object.convert", {"repo_id": target_id, "sha256": row.sha256})
                elif not row.verified:
                    self.queue.enqueue(tx, "object.verify", {"repo_id": target_id, "sha256": row.sha256})
        return sorted({row.xet_hash for row in chosen} - {None})

    def forget(self, tx: Transaction, repo_id: str, contents: Collection[Sha256] | None = None) -> list[XetHash]:
        """Let the repository hold no longer what it holds (only `contents`, where given); sweep the bytes later.

        Gives the Xet files that nothing it still holds is made of: the caller takes them from the repository, too.
        """
        self.lock(tx, repo_id)
        rows = tx.all("SELECT sha256, size, xet_hash FROM repos_object WHERE repo_id = :repo", repo=repo_id)
        gone = [row for row in rows if contents is None or row.sha256 in contents]
        left = {row.xet_hash for row in rows} - {None}
        if contents is not None:
            left -= {row.xet_hash for row in rows if row.sha256 not in contents}
        tx.many(
            "DELETE FROM repos_object WHERE repo_id = :repo AND sha256 = :sha256",
            [{"repo": repo_id, "sha256": row.sha256} for row in gone],
        )
        tx.run(
            "UPDATE repos_repo SET logical_bytes = logical_bytes - :size WHERE id = :repo",
            repo=repo_id, size=sum(row.size for row in gone),
        )  # fmt: skip
        if gone:
            self.queue.enqueue(tx, "objects.sweep", {"contents": [row.sha256 for row in gone]})
        return sorted(left)

    def _wait_anew(self, tx: Transaction, repo_id: str, contents: Collection[Sha256]) -> None:
        tx.many(
            f"UPDATE repos_object SET {_WAIT_ANEW} WHERE repo_id = :repo AND sha256 = :sha256",
            [{"repo": repo_id, "sha256": sha256, "now": self.clock()} for sha256 in contents],
        )

    def lock(self, tx: Transaction, repo_id: str) -> None:
        """Let only one transaction at a time change what a repository holds."""
        alone = "" if self.db.is_sqlite else " FOR UPDATE"
        if tx.first(f"SELECT 1 FROM repos_repo WHERE id = :id{alone}", id=repo_id) is None:
            raise RepoNotFound("This repository does not exist any more.")

    @contextmanager
    def growing(self, tx: Transaction, repo_id: str) -> Iterator[None]:
        """As `lock`; raises QuotaExceeded where what the block adds is more than the namespace may hold."""
        self.lock(tx, repo_id)
        repo = tx.first("SELECT owner_id, namespace FROM repos_repo WHERE id = :id", id=repo_id)
        if repo is None:
            yield
            return
        with self.room(tx, repo.owner_id, repo.namespace):
            yield

    @contextmanager
    def room(self, tx: Transaction, owner_id: str, namespace: str) -> Iterator[None]:
        """Raises QuotaExceeded where what the block adds to a namespace is more than it may hold."""
        quota = self.quota_of(owner_id)
        if not (quota.bytes or quota.files):
            yield
            return
        # Uploads to several repositories of one namespace at once would each find the same room.
        tx.take_turn(f"quota:{owner_id}")
        before = used_by(tx, owner_id, files=bool(quota.files))
        yield
        demand_room(quota, namespace, before, used_by(tx, owner_id, files=bool(quota.files)))

    def _count(self, tx: Transaction, repo_id: str, sha256: Sha256, size: int) -> None:
        """Add a content that is new to the repository to its logical size."""
        tx.run(
            "UPDATE repos_repo SET logical_bytes = logical_bytes + :size - coalesce((SELECT o.size FROM repos_object o"
            " WHERE o.repo_id = :repo AND o.sha256 = :sha256), 0) WHERE id = :repo",
            repo=repo_id, sha256=sha256, size=size,
        )  # fmt: skip


def lock_content(tx: Transaction, sha256: Sha256) -> None:
    """Let only one transaction at a time link or sweep this content."""
    tx.take_turn(f"content:{sha256}")


def sweep_content(objects: RepoObjects, sha256: Sha256) -> int:
    """Delete the whole copy of a content that no row names any more; how many bytes that freed."""
    key: BlobKey = object_key(sha256)
    with objects.db.write() as tx:
        lock_content(tx, sha256)
        if tx.first("SELECT 1 FROM repos_object WHERE sha256 = :sha256 AND plain = 1 LIMIT 1", sha256=sha256):
            return 0
        freed = objects.blobs.size(key) or 0
        objects.blobs.delete(key)
    return freed
