"""Copies of packs that lie in an object store: fetched once, within a budget, and made again when they are gone."""

import os
import shutil
import time
from pathlib import Path

import pytest

from freehold.stores.blobs.key import pack_key
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.db.database import Database
from freehold.stores.git.bare import IN_USE_S
from freehold.stores.git.checking import Checking
from freehold.stores.git.packing import Packing
from freehold.stores.git.store import GitStore, RefMove
from tests.stores.git.test_store import REPO, packed

OTHER = "fedcba9876543210fedcba98"


class Counted(MemoryBlobs):
    """A store that counts the packs which are read from it."""

    reads = 0

    def pieces(self, key, start=0, stop=None):
        self.reads += key.path.endswith(".pack")
        return super().pieces(key, start, stop)


def open_git(db: Database, blobs: MemoryBlobs, folder: Path, **options: int) -> GitStore:
    return GitStore(db, blobs, folder, **options)


@pytest.fixture
def git(db: Database, tmp_path: Path) -> GitStore:
    store = open_git(db, Counted(), tmp_path / "cache")
    with db.write() as tx:
        store.create(tx, REPO)
        store.create(tx, OTHER)
    return store


def land(git: GitStore, number: int, parent: str | None = None, repo_id: str = REPO) -> str:
    writer, oid = packed(number, parent)
    staged = git.stage(repo_id, writer.finish())
    with git.landing([staged]) as tx:
        git.land(tx, repo_id, staged, [RefMove("refs/heads/main", parent, oid)])
    return oid


def tip(git: GitStore, repo_id: str = REPO) -> str | None:
    """The branch, through the copy on this node."""
    glimpse = git.refs(repo_id)
    return git.objects(repo_id, glimpse.generation).peel(glimpse.refs["refs/heads/main"])


def copies(git: GitStore, repo_id: str = REPO) -> set[str]:
    return {file.stem.removeprefix("pack-") for file in git.bare.path(repo_id).glob("objects/pack/*.pack")}


def long_ago(path: Path) -> None:
    moment = time.time() - IN_USE_S - 10
    os.utime(path, (moment, moment))


def test_a_pack_is_fetched_once(git: GitStore, db: Database, tmp_path: Path):
    oid = land(git, 1)
    assert tip(git) == tip(git) == oid
    assert tip(open_git(db, git.blobs, tmp_path / "cache")) == oid
    assert git.blobs.reads == 1


def test_a_pack_newer_than_the_list_that_somebody_still_holds_is_kept(git: GitStore):
    first = land(git, 1)
    old_list = git.pack_names(REPO)
    second = land(git, 2, first)
    assert tip(git) == second
    git.bare.fetch(REPO, old_list)
    assert len(copies(git)) == 2


def test_a_merged_pack_goes_once_nobody_can_be_reading_it(git: GitStore):
    oid = None
    for number in range(4):
        oid = land(git, number, oid)
    assert tip(git) == oid
    Packing(git).merge(REPO)
    assert tip(git) == oid
    assert len(copies(git)) == 5
    for index in git.bare.path(REPO).glob("objects/pack/*.idx"):
        long_ago(index)
    git.bare.fetch(REPO, git.pack_names(REPO))
    assert copies(git) == set(git.pack_names(REPO))
    assert tip(git) == oid


def test_beyond_the_budget_the_copy_that_was_not_used_for_longest_goes(git: GitStore, db: Database, tmp_path: Path):
    first, second = land(git, 1), land(git, 2, repo_id=OTHER)
    small = open_git(db, git.blobs, tmp_path / "small", cache_bytes=1)
    assert tip(small) == first
    long_ago(small.bare.path(REPO))
    assert tip(small, OTHER) == second
    assert [path.name for path in small.bare.root.iterdir()] == [f"{OTHER}.git"]
    assert tip(small) == first  # this thread had it open


def test_what_is_in_use_stays_even_beyond_the_budget(git: GitStore, db: Database, tmp_path: Path):
    land(git, 1), land(git, 2, repo_id=OTHER)
    small = open_git(db, git.blobs, tmp_path / "small", cache_bytes=1)
    tip(small), tip(small, OTHER)
    assert len(list(small.bare.root.iterdir())) == 2


def test_a_cache_that_was_deleted_is_made_again(git: GitStore):
    oid = land(git, 1)
    assert tip(git) == oid
    shutil.rmtree(git.bare.root)
    assert tip(git) == oid


def test_a_check_looks_at_what_the_store_has_and_not_at_copies(git: GitStore):
    land(git, 1)
    tip(git)
    key = pack_key(REPO, git.pack_names(REPO)[0], "pack")
    sound = git.blobs.read(key)
    assert list(Checking(git).faults()) == []
    git.blobs.put(key, sound[:-30] + bytes([sound[-30] ^ 1]) + sound[-29:])
    assert [fault.room for fault in Checking(git).faults()] == ["git"]
    git.blobs.put(key, sound)
    assert list(Checking(git).faults()) == []
