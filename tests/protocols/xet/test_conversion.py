"""Contents that came whole become Xet files in the background, and are proven to be the same."""

import hashlib
import random

import pytest

from freehold.base.errors import StorageFailed
from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.stores.blobs.key import object_key
from tests.kit.hub import TestHub
from tests.protocols.xet.conftest import new_repo

BIRDS = RepoId(RepoKind.MODEL, "alice", "birds")


def _put(hub: TestHub, content: bytes, repo_id: RepoId = BIRDS) -> Sha256:
    """A content as LFS would bring it."""
    sha256 = Sha256(hashlib.sha256(content).hexdigest())
    hub.rooms.blobs.put(object_key(sha256), content)
    repo = hub.rooms.repos.writer(hub.actor(repo_id.namespace), repo_id).repo
    hub.rooms.objects.link_plain(repo, sha256, len(content))
    return sha256


def _held(hub: TestHub, sha256: Sha256, repo_id: RepoId = BIRDS):
    return hub.rooms.objects.has(hub.rooms.repos.reader(hub.actor(repo_id.namespace), repo_id).repo, sha256)


def _stored(hub: TestHub) -> int:
    with hub.rooms.db.read() as tx:
        return tx.scalar("SELECT coalesce(sum(stored_bytes), 0) FROM xet_xorb")


@pytest.mark.timeout(120)
def test_contents_of_all_sizes_get_chunks(birds):
    dice = random.Random(1)
    big = dice.randbytes(9 << 20)
    contents = [b"x", dice.randbytes(5000), big]
    names = [_put(birds, content) for content in contents]
    birds.work()
    for sha256, content in zip(names, contents, strict=True):
        held = _held(birds, sha256)
        assert held.xet_hash is not None
        made = birds.rooms.xet.stream(held.xet_hash, 0, len(content))
        assert hashlib.sha256(b"".join(map(bytes, made.pieces()))).hexdigest() == sha256


@pytest.mark.timeout(120)
def test_a_later_content_builds_upon_an_earlier_one_of_the_same_owner_only(birds):
    content = random.Random(2).randbytes(3 << 20)
    _put(birds, content)
    birds.work()
    before = _stored(birds)
    _put(birds, content + b"more")
    birds.work()
    assert _stored(birds) < before + (1 << 20)
    new_repo(birds, "mallory", "x", "private")
    hers = _put(birds, content[: 2 << 20], RepoId(RepoKind.MODEL, "mallory", "x"))
    birds.work()
    assert _held(birds, hers, RepoId(RepoKind.MODEL, "mallory", "x")).xet_hash


def test_a_damaged_copy_is_not_taken_for_the_content(birds):
    sha256 = _put(birds, b"what was sent" * 1000)
    birds.rooms.blobs.put(object_key(sha256), b"what is there" * 1000)
    [handler] = [birds.house.worker._handlers["object.convert"]]
    repo = birds.rooms.repos.reader(birds.actor("alice"), BIRDS).repo
    with pytest.raises(StorageFailed):
        handler({"repo_id": repo.id, "sha256": sha256})
    assert _held(birds, sha256).xet_hash is None
    birds.rooms.blobs.put(object_key(sha256), b"what was sent" * 1000)
    birds.work()
    assert _held(birds, sha256).xet_hash


def test_a_repository_that_is_gone_needs_no_chunks(birds):
    _put(birds, b"soon gone" * 100)
    birds.rooms.repos.delete(birds.actor("alice"), BIRDS)
    birds.work()
