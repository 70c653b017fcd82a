"""What a repository holds: it must have received the bytes itself."""

from pathlib import Path

import pytest

from freehold.base.errors import EntryNotFound, QuotaExceeded, RepoNotFound, TooLarge
from freehold.base.ids import XetHash
from freehold.base.streams import Made
from freehold.core.repos.large import Limits
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.db.database import Database
from tests.core.repos.large_files import LargeFiles, digest


@pytest.fixture
def hub(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    db.migrate()
    yield LargeFiles(db, MemoryBlobs(), Limits(max_file_bytes=1000, quota_bytes=0))
    db.close()


def bytes_of(located) -> bytes:
    assert isinstance(located, Made)
    return b"".join(bytes(piece) for piece in located.pieces())


def test_what_alice_uploads_she_can_read_back(hub):
    model = hub.repo("model")
    sha256 = hub.upload(model, b"weights")
    assert bytes_of(hub.objects.locate(model, sha256, 2, 5)) == b"igh"


def test_a_repository_does_not_hold_what_only_another_received(hub):
    sha256 = hub.upload(hub.repo("model"), b"weights")
    other = hub.repo("other", owner="mallory")
    assert hub.objects.has(other, sha256) is None
    with pytest.raises(EntryNotFound):
        hub.objects.locate(other, sha256, 0, 7)


def test_the_same_content_in_two_repositories_is_stored_once(hub):
    one, two = hub.repo("one"), hub.repo("two")
    assert hub.upload(one, b"weights") == hub.upload(two, b"weights")
    assert hub.stored() == [digest(b"weights")]
    assert hub.logical_bytes(one) == hub.logical_bytes(two) == 7


def test_uploading_twice_counts_once(hub):
    model = hub.repo("model")
    hub.upload(model, b"weights")
    hub.upload(model, b"weights")
    assert hub.logical_bytes(model) == 7


def test_a_plain_upload_is_queued_to_become_xet_backed(hub):
    model = hub.repo("model")
    sha256 = hub.upload(model, b"weights")
    job = hub.queue.claim(["object.convert"])
    assert job is not None
    assert job.payload == {"repo_id": model.id, "sha256": sha256}


def test_a_xet_upload_is_believed_only_after_verification(hub):
    model = hub.repo("model")
    with hub.db.write() as tx:
        hub.objects.link_xet(tx, model.id, digest(b"weights"), 7, XetHash("a" * 64))
    held = hub.objects.has(model, digest(b"weights"))
    assert held is not None
    assert not held.verified
    assert hub.queue.claim(["object.verify"]) is not None


def test_an_unproven_xet_hash_does_not_survive_a_real_upload(hub):
    model = hub.repo("model")
    with hub.db.write() as tx:
        hub.objects.link_xet(tx, model.id, digest(b"weights"), 7, XetHash("a" * 64))
    hub.upload(model, b"weights")
    held = hub.objects.has(model, digest(b"weights"))
    assert held is not None
    assert held.verified
    assert held.xet_hash is None


def test_a_claimed_xet_hash_does_not_replace_verified_content(hub):
    model = hub.repo("model")
    sha256 = hub.upload(model, b"weights")
    with hub.db.write() as tx:
        hub.objects.link_xet(tx, model.id, sha256, 999, XetHash("b" * 64))
    held = hub.objects.has(model, sha256)
    assert held is not None
    assert (held.size, held.xet_hash, held.verified) == (7, None, True)
    assert hub.logical_bytes(model) == 7


def test_what_a_check_found_to_be_a_lie_is_not_held(hub):
    model = hub.repo("model")
    with hub.db.write() as tx:
        hub.objects.link_xet(tx, model.id, digest(b"weights"), 7, XetHash("a" * 64))
        tx.run("UPDATE repos_object SET verified = -1")
    assert hub.objects.has(model, digest(b"weights")) is None


def test_a_xet_backed_content_is_read_from_its_chunks(hub):
    model = hub.repo("model")
    sha256 = hub.upload(model, b"weights")
    hub.make_xet_backed(model, sha256, b"weights")
    with hub.db.write() as tx:
        tx.run("UPDATE repos_object SET plain = 0")
    assert bytes_of(hub.objects.locate(model, sha256, 0, 4)) == b"weig"


def test_a_copy_holds_what_its_source_holds(hub):
    one, two = hub.repo("one"), hub.repo("two", owner="bob")
    sha256 = hub.upload(one, b"weights")
    hub.upload(one, b"other")
    with hub.db.write() as tx:
        hub.objects.copy(tx, one.id, two.id, [sha256])
    assert bytes_of(hub.objects.locate(two, sha256, 0, 7)) == b"weights"
    assert hub.objects.has(two, digest(b"other")) is None
    assert hub.logical_bytes(two) == 7


def test_forgetting_gives_the_room_back_and_queues_a_sweep(hub):
    model = hub.repo("model")
    sha256 = hub.upload(model, b"weights")
    with hub.db.write() as tx:
        hub.objects.forget(tx, model.id, [sha256])
    assert hub.objects.has(model, sha256) is None
    assert hub.logical_bytes(model) == 0
    job = hub.queue.claim(["objects.sweep"])
    assert job is not None
    assert job.payload == {"contents": [sha256]}


def test_it_refuses_a_file_above_the_hubs_limit(hub):
    with pytest.raises(TooLarge, match="1000 bytes"):
        hub.upload(hub.repo("model"), b"x" * 1001)
    assert hub.stored() == []


def test_it_refuses_what_exceeds_the_namespaces_quota(hub):
    hub.people.quotas["alice"] = 10
    hub.upload(hub.repo("one"), b"weights")
    with pytest.raises(QuotaExceeded, match="alice may hold 10 bytes"):
        hub.upload(hub.repo("two"), b"more")


def test_it_refuses_a_repository_that_vanished_meanwhile(hub):
    model = hub.repo("model")
    with hub.db.write() as tx:
        tx.run("DELETE FROM repos_repo")
    with pytest.raises(RepoNotFound):
        hub.upload(model, b"weights")
