"""Keeps the number of packs small, and deletes those that nobody can need any more.

Packs are merged geometrically: afterwards each is at least twice as large as all smaller ones together, so
every object is copied only a logarithmic number of times. Merged packs stay for a grace period, for readers
that still have them open.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from freehold.base.errors import Corrupt
from freehold.stores.blobs.key import BlobKey
from freehold.stores.git.store import GitStore, StagedPack

GRACE_S = 3600
FACTOR = 2


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    size: int


class Packing:
    """`grace_s` is how long a merged pack, or one that never landed, is kept."""

    def __init__(self, git: GitStore, grace_s: int = GRACE_S) -> None:
        self._git = git
        self.grace_s = grace_s

    def merge(self, repo_id: str) -> None:
        """Merge the packs of a repository that break the geometric order."""
        chosen = choose(self._live(repo_id))
        if chosen:
            self._merge(repo_id, [row.name for row in chosen])

    def sweep(self) -> None:
        """Delete packs that were merged, or never landed, longer ago than the grace period."""
        self._git.scratch.tidy()
        self._adopt_strays()
        before = self._git.clock() - self.grace_s * 1_000_000
        with self._git.db.read() as tx:
            rows = tx.all("SELECT repo_id, name FROM git_pack WHERE retired_at <= :before", before=before)
        for row in rows:
            # The row first: what a row names must exist.
            with self._git.db.write() as tx:
                sql = "DELETE FROM git_pack WHERE repo_id = :id AND name = :name AND retired_at <= :before"
                gone = tx.run(sql, id=row.repo_id, name=row.name, before=before).rowcount
            if gone:
                self._git.discard(StagedPack(row.repo_id, row.name, 0, 0))

    def _live(self, repo_id: str) -> list[_Row]:
        with self._git.db.read() as tx:
            rows = tx.all("SELECT name, size FROM git_pack WHERE repo_id = :id AND retired_at IS NULL", id=repo_id)
        return [_Row(row.name, row.size) for row in rows]

    def _adopt_strays(self) -> None:
        """Give packs that no row names a row as retired ones, so that they go after the grace period.

        One whose write is still in flight lands long before: its row then becomes a live one (`GitStore.land`).
        """
        with self._git.db.read() as tx:
            known = {(row.repo_id, row.name) for row in tx.all("SELECT repo_id, name FROM git_pack")}
        strays = {place: size for key, size in self._git.blobs.keys("git") if (place := _place(key)) not in known}
        with self._git.db.write() as tx:
            tx.many(
                "INSERT INTO git_pack (repo_id, name, size, objects, created_at, retired_at)"
                " VALUES (:id, :name, :size, 0, :now, :now) ON CONFLICT (repo_id, name) DO NOTHING",
                [
                    {"id": repo_id, "name": name, "size": size, "now": self._git.clock()}
                    for (repo_id, name), size in strays.items()
                ],
            )

    def _merge(self, repo_id: str, names: Sequence[str]) -> None:
        self._git.repository(repo_id)
        folder = self._git.bare.path(repo_id)
        with tempfile.TemporaryDirectory(dir=folder, prefix="merge-") as scratch:
            listed = "".join(f"pack-{name}.pack\n" for name in names).encode()
            words = ("pack-objects", "--stdin-packs", "--delta-base-offset", "-q", f"{scratch}/pack")
            done = self._git.bare.run(repo_id, *words, stdin=listed)
            if done.returncode:
                raise Corrupt(f"git could not merge the packs of {repo_id}: {done.stderr.decode('utf-8', 'replace')}")
            made = Path(scratch) / f"pack-{done.stdout.decode().strip()}"
            merged = self._git.stage_files(repo_id, made)
        self._swap(repo_id, merged, names)

    def _swap(self, repo_id: str, merged: StagedPack, names: Sequence[str]) -> None:
        with self._git.landing([merged]) as tx:
            self._git.land(tx, repo_id, merged, [])
            tx.many(
                "UPDATE git_pack SET retired_at = :now WHERE repo_id = :id AND name = :name",
                [{"id": repo_id, "name": name, "now": self._git.clock()} for name in names],
            )


def _place(key: BlobKey) -> tuple[str, str]:
    """The repository and the pack's name that a key stands for."""
    path = PurePosixPath(key.path)
    return path.parts[1].removesuffix(".git"), path.stem.removeprefix("pack-")


def choose(rows: Sequence[_Row]) -> list[_Row]:
    """The smallest packs that break the geometric order; none if it holds."""
    ordered = sorted(rows, key=lambda row: row.size)
    total = 0
    count = 0
    for place, row in enumerate(ordered):
        if place and row.size < FACTOR * total:
            count = place + 1
        total += row.size
    return ordered[:count]
