"""A store that runs full in the middle of a write: nothing half-written, and the next try succeeds."""

from pathlib import Path

import pytest

from freehold.base.errors import StorageFailed, StorageFull
from freehold.base.streams import Buffer
from freehold.stores.blobs.key import BlobKey
from freehold.stores.blobs.local import LocalBlobs
from freehold.stores.db.database import Database
from freehold.stores.git.checking import Checking
from freehold.stores.git.store import GitStore, RefMove
from tests.stores.git.test_store import REPO, packed


class FullDisk(LocalBlobs):
    """A local store with no room for indexes while `full`."""

    full = False

    def put(self, key: BlobKey, data: Buffer) -> None:
        if self.full:
            raise StorageFull("The hub's disk is full.")
        super().put(key, data)


def test_a_full_disk_leaves_nothing_behind(db: Database, tmp_path: Path):
    blobs = FullDisk(tmp_path / "blobs")
    git = GitStore(db, blobs, tmp_path / "cache")
    with db.write() as tx:
        git.create(tx, REPO)
    writer, oid = packed(1)
    blobs.full = True
    with pytest.raises(StorageFull):
        git.stage(REPO, writer.finish())
    assert list(blobs.keys("git")) == []
    blobs.full = False
    with git.landing([staged := git.stage(REPO, writer.finish())]) as tx:
        git.land(tx, REPO, staged, [RefMove("refs/heads/main", None, oid)])
    assert list(Checking(git).faults()) == []


def test_a_pack_whose_fate_is_unknown_is_left_to_the_sweep(db: Database, tmp_path: Path):
    """The database may commit and then fail to say so: deleting the pack would lose an acknowledged write."""
    git = GitStore(db, LocalBlobs(tmp_path / "blobs"), tmp_path / "cache")
    staged = git.stage(REPO, packed(1)[0].finish())
    with pytest.raises(StorageFailed), git.landing([staged]):
        raise StorageFailed("The hub's database did not answer.")
    assert len(list(git.blobs.keys("git"))) == 2
