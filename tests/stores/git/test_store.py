"""Packs as blobs and refs as rows: what lands, what does not, and what upkeep leaves behind."""

import subprocess
from pathlib import Path

import pytest

from freehold.base.clock import now
from freehold.base.errors import Conflict, Stale
from freehold.stores.blobs.key import pack_key
from freehold.stores.blobs.opening import open_store
from freehold.stores.db.database import Database
from freehold.stores.git.checking import Checking
from freehold.stores.git.packing import Packing, _Row, choose
from freehold.stores.git.store import GitStore, RefMove
from freehold.wire.git.objects import FILE, CommitObject, Node, Person, encode_commit, encode_tree
from freehold.wire.git.pack import PackWriter

REPO = "0123456789abcdef01234567"
PEOPLE = Person("alice", "alice@example.org", 1_700_000_000_000_000)


class Clock:
    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> int:
        return self.moment


@pytest.fixture(params=["", "memory:"], ids=["local", "memory"])
def git(db: Database, tmp_path: Path, request: pytest.FixtureRequest) -> GitStore:
    blobs = open_store(tmp_path / "blobs", request.param, "", "")
    store = GitStore(db, blobs, tmp_path / "cache", Clock())
    with db.write() as tx:
        store.create(tx, REPO)
    return store


def packed(number: int, parent: str | None = None) -> tuple[PackWriter, str]:
    writer = PackWriter()
    blob = writer.add("blob", b"%d\n" % number * 100)
    tree = writer.add_text("tree", encode_tree({b"f%d" % number: Node(FILE, blob)}))
    parents = (parent,) if parent else ()
    commit = CommitObject(tree, parents, PEOPLE, PEOPLE, f"Commit {number}")
    return writer, writer.add_text("commit", encode_commit(commit))


def land(git: GitStore, number: int, parent: str | None = None, ref: str = "refs/heads/main") -> str:
    writer, oid = packed(number, parent)
    staged = git.stage(REPO, writer.finish())
    with git.db.write() as tx:
        git.land(tx, REPO, staged, [RefMove(ref, parent, oid)])
    return oid


def real_git(git: GitStore, *words: str) -> str:
    path = git.repository(REPO)
    return subprocess.run(["git", "--git-dir", str(path), *words], capture_output=True, check=True, text=True).stdout


def test_what_landed_is_there_for_git_and_for_another_process(git: GitStore, db: Database, tmp_path: Path):
    tip = None
    for number in range(5):
        tip = land(git, number, tip)
    assert real_git(git, "rev-list", "--count", "main").strip() == "5"
    assert list(Checking(git).faults()) == []
    other = GitStore(db, git.blobs, tmp_path / "elsewhere")
    assert other.objects(REPO, other.refs(REPO).generation).peel(tip) == tip


def test_a_ref_moves_only_from_where_it_is(git: GitStore):
    first = land(git, 1)
    second = land(git, 2, first)
    for move in (RefMove("refs/heads/main", first, second), RefMove("refs/heads/main", first, None)):
        with pytest.raises(Stale), git.db.write() as tx:
            git.land(tx, REPO, None, [move])
    for name in ("refs/heads/main", "refs/heads/main/x"):
        with pytest.raises(Conflict), git.db.write() as tx:
            git.land(tx, REPO, None, [RefMove(name, None, first)])
    assert dict(git.refs(REPO).refs) == {"refs/heads/main": second}


@pytest.mark.parametrize("many", [0, 40])
@pytest.mark.parametrize(
    ("names", "clash"),
    [
        (["heads/main"], "heads/main"),
        (["heads/main/x"], "heads/main"),
        (["heads/deep"], "heads/deep/er"),
        (["heads/new", "heads/new/er"], "heads/new"),
        (["heads/new/er", "heads/new"], "heads/new/er"),
        (["heads/twice", "heads/twice"], "heads/twice"),
        (["heads/mainly", "heads/dee", "tags/main"], None),
    ],
)
def test_a_ref_is_no_folder_of_another_however_many_are_made(
    git: GitStore, names: list[str], clash: str | None, many: int
):
    first = land(git, 1)
    land(git, 2, None, "refs/heads/deep/er")
    before = git.refs(REPO).refs
    wanted = [*(f"heads/many-{number}" for number in range(many)), *names]
    moves = [RefMove(f"refs/{name}", None, first) for name in wanted]
    if clash is None:
        with git.db.write() as tx:
            git.land(tx, REPO, None, moves)
        assert set(git.refs(REPO).refs) == {*before, *(move.name for move in moves)}
        return
    with pytest.raises(Conflict, match=f"refs/{clash} already exists"), git.db.write() as tx:
        git.land(tx, REPO, None, moves)
    assert git.refs(REPO).refs == before


def test_a_branch_takes_the_place_of_one_that_goes_at_once(git: GitStore):
    first = land(git, 1)
    with git.db.write() as tx:
        git.land(tx, REPO, None, [RefMove("refs/heads/main/x", None, first), RefMove("refs/heads/main", first, None)])
    assert set(git.refs(REPO).refs) == {"refs/heads/main/x"}


def test_merged_packs_are_kept_for_a_while_and_nothing_is_lost(git: GitStore):
    tip = None
    for number in range(20):
        tip = land(git, number, tip)
    reader = git.objects(REPO, git.refs(REPO).generation)
    packing = Packing(git, grace_s=60)
    packing.merge(REPO)
    with git.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM git_pack WHERE retired_at IS NULL") == 1
    assert reader.peel(tip) == tip and list(Checking(git).faults()) == []
    packing.sweep()
    before = len(list(git.blobs.keys("git")))
    git.clock.moment += 61_000_000
    packing.sweep()
    assert (before, len(list(git.blobs.keys("git")))) == (42, 2)
    assert real_git(git, "rev-list", "--count", "main").strip() == "20"
    assert reader.peel(tip) == tip
    assert real_git(git, "fsck", "--strict", "--full") == ""


def test_a_pack_that_never_landed_goes_after_a_while(git: GitStore):
    land(git, 1)
    stray = git.stage(REPO, packed(2)[0].finish())
    packing = Packing(git, grace_s=60)
    packing.sweep()
    assert git.blobs.size(pack_key(REPO, stray.name, "pack")) is not None
    git.clock.moment += 61_000_000
    packing.sweep()
    assert git.blobs.size(pack_key(REPO, stray.name, "pack")) is None
    assert list(Checking(git).faults()) == []


def test_a_slow_write_still_lands_after_a_sweep_has_seen_it(git: GitStore):
    writer, oid = packed(1)
    staged = git.stage(REPO, writer.finish())
    packing = Packing(git, grace_s=60)
    whole = git.blobs.read(pack_key(REPO, staged.name, "pack"))
    git.blobs.put(pack_key(REPO, staged.name, "pack"), whole[:-1])
    packing.sweep()  # in the middle of the upload
    git.blobs.put(pack_key(REPO, staged.name, "pack"), whole)
    with git.db.write() as tx:
        git.land(tx, REPO, staged, [RefMove("refs/heads/main", None, oid)])
    git.clock.moment += 61_000_000
    packing.sweep()
    assert real_git(git, "rev-parse", "main").strip() == oid
    assert list(Checking(git).faults()) == []  # its row is the write's, not what the sweep had seen of it


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([], []),
        ([5], []),
        ([5, 10], []),
        ([5, 9], [5, 9]),
        ([1, 1, 100], [1, 1]),
        ([1, 1, 3, 100], [1, 1, 3]),
        ([4, 8, 24], []),
    ],
)
def test_packs_grow_geometrically(sizes: list[int], merged: list[int]):
    assert [row.size for row in choose([_Row(str(size), size) for size in sizes])] == merged


def test_a_check_finds_a_lost_pack_and_a_ref_to_nowhere(git: GitStore):
    land(git, 1)
    with git.db.write() as tx:
        git.land(tx, REPO, None, [RefMove("refs/heads/gone", None, "a" * 40)])
    assert "refs/heads/gone" in next(Checking(git).faults()).problem
    with git.db.read() as tx:
        name = tx.scalar("SELECT name FROM git_pack")
    git.blobs.delete(pack_key(REPO, name, "pack"))
    assert "should have" in next(Checking(git).faults()).problem
