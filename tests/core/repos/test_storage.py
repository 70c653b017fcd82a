"""What is stored is counted once, for whoever brought it first, and the sums agree with the blobs."""

import hashlib

import pytest

from freehold.base.errors import Forbidden
from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.quotas import Quota
from freehold.core.repos.storage import Storage
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.protocols.xet.conftest import cas, new_repo
from tests.stores.xet.conftest import some_chunks

BIRDS, OWLS = (RepoId(RepoKind.MODEL, "alice", name) for name in ("birds", "owls"))


@pytest.fixture
def storage(hub: TestHub) -> Storage:
    return Storage(hub.rooms.git, hub.rooms.people, lambda _: Quota(10_000_000))


def of(hub: TestHub, storage: Storage, repo: RepoId):
    return storage.of_repository(hub.rooms.repos.admin(hub.actor("alice"), repo))


def push(hub: TestHub, name: str) -> int:
    """The same file of chunks to one of alice's models; how long it is."""
    content = b"".join(some_chunks(1))
    cas(hub, "alice", f"alice/{name}").push(some_chunks(1), Sha256(hashlib.sha256(content).hexdigest()))
    return len(content)


def test_chunks_count_for_the_repository_that_brought_them(hub, storage):
    new_repo(hub, "alice", "birds")
    new_repo(hub, "alice", "owls")
    size = push(hub, "birds")
    push(hub, "owls")
    stored = sum(size for key, size in hub.rooms.blobs.keys("xorbs") if not key.path.endswith(".m"))
    birds, owls = of(hub, storage, BIRDS), of(hub, storage, OWLS)
    assert (birds.logical, birds.chunks, birds.saved) == (size, stored, size - stored)
    assert (owls.logical, owls.chunks, owls.saved) == (size, 0, size)
    alice = storage.of_namespace(hub.actor("alice"), hub.rooms.people.by_name("alice"))
    assert (alice.total.logical, alice.total.chunks, alice.count) == (2 * size, stored, 2)
    assert (alice.files, alice.quota.bytes) == (2, 10_000_000)
    assert alice.total.git == birds.git + owls.git > 0
    assert storage.of_hub(hub.actor("admin")).total == alice.total


def test_a_whole_copy_counts_once(hub, storage):
    for name in ("birds", "owls"):
        repo = hub.rooms.repos.reader(hub.actor("alice"), a_model(hub, f"alice/{name}")).repo
        with Incoming(hub.rooms.objects, repo, Sha256(hashlib.sha256(b"weights").hexdigest()), 7) as incoming:
            incoming.write(b"weights")
            incoming.finish()
    assert sorted(of(hub, storage, repo).plain for repo in (BIRDS, OWLS)) == [0, 7]
    assert storage.of_hub(hub.actor("admin")).total.plain == 7


def test_what_moves_counts_for_its_new_owner(hub, storage):
    new_repo(hub, "alice", "birds")
    push(hub, "birds")
    acme = RepoId(RepoKind.MODEL, "acme", "birds")
    hub.rooms.repos.move(hub.actor("alice"), BIRDS, acme)
    assert of(hub, storage, acme).chunks > 0
    assert storage.of_namespace(hub.actor("alice"), hub.rooms.people.by_name("alice")).total.physical == 0


def test_chunks_of_a_deleted_repository_are_shown_as_such(hub, storage):
    new_repo(hub, "alice", "birds")
    push(hub, "birds")
    hub.rooms.repos.delete(hub.actor("alice"), BIRDS)
    alice = storage.of_namespace(hub.actor("alice"), hub.rooms.people.by_name("alice"))
    assert alice.deleted == alice.total.chunks > 0


@pytest.mark.parametrize("who", ["bob", "zoe", "carol", "mallory", None])
def test_only_administrators_see_what_a_namespace_stores(hub, storage, who):
    with pytest.raises(Forbidden):
        storage.of_namespace(hub.actor(who), hub.rooms.people.by_name("acme"))
    with pytest.raises(Forbidden):
        storage.of_hub(hub.actor(who))
