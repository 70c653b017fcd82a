"""What no history names goes after the days of its namespace's rule, and nothing else does."""

import hashlib

import pytest

from freehold.app import garbage
from freehold.base.errors import EntryNotFound, Forbidden, Unprocessable
from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.repos.bucket_batches import DropFile
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.requests import AddLarge, CommitRequest, DeleteFile
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

DAY = 86_400
BIRDS = RepoId(RepoKind.MODEL, "alice", "birds")

pytestmark = pytest.mark.parametrize("hub", [{"gc_keep_days": 3}], indirect=True)


@pytest.fixture
def birds(hub: TestHub) -> TestHub:
    a_model(hub, "alice/birds")
    return hub


def digest(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())


def upload(hub: TestHub, content: bytes) -> None:
    repo = hub.rooms.repos.reader(hub.actor("alice"), BIRDS).repo
    with Incoming(hub.rooms.objects, repo, digest(content), len(content)) as incoming:
        incoming.write(content)
        incoming.finish()


def commit(hub: TestHub, *operations) -> None:
    hub.rooms.repos.writer(hub.actor("alice"), BIRDS).commit("main", CommitRequest("c", operations=list(operations)))


def committed(hub: TestHub, content: bytes, path: str = "w.bin") -> None:
    upload(hub, content)
    commit(hub, AddLarge(path, digest(content)))


def holds(hub: TestHub, content: bytes) -> bool:
    repo = hub.rooms.repos.reader(hub.actor("alice"), BIRDS).repo
    return hub.rooms.objects.has(repo, digest(content)) is not None


def collect_after(hub: TestHub, days: float) -> None:
    garbage(hub.rooms).collect()
    hub.clock.advance(days * DAY)
    garbage(hub.rooms).collect()


def test_what_history_names_stays_though_no_tip_does(birds):
    committed(birds, b"weights")
    commit(birds, DeleteFile("w.bin"))
    collect_after(birds, 400)
    assert holds(birds, b"weights")


def test_what_a_squash_cut_off_goes_after_the_days_of_the_rule(birds):
    committed(birds, b"weights")
    commit(birds, DeleteFile("w.bin"))
    birds.rooms.repos.writer(birds.actor("alice"), BIRDS).super_squash("main")
    collect_after(birds, 2.9)
    assert holds(birds, b"weights")
    collect_after(birds, 0.2)
    assert not holds(birds, b"weights")
    assert birds.rooms.repos.reader(birds.actor("alice"), BIRDS).repo.logical_bytes == 0


def test_a_tag_and_a_pull_request_keep_what_they_name(birds):
    committed(birds, b"tagged", "a.bin")
    writer = birds.rooms.repos.writer(birds.actor("alice"), BIRDS)
    writer.create_tag("v1")
    upload(birds, b"proposed")
    writer.commit("main", CommitRequest("c", operations=[AddLarge("p.bin", digest(b"proposed"))]), create_pr=True)
    commit(birds, DeleteFile("a.bin"))
    writer.super_squash("main")
    collect_after(birds, 400)
    assert holds(birds, b"tagged")
    assert holds(birds, b"proposed")


def test_an_upload_waits_for_its_commit(birds):
    upload(birds, b"weights")
    collect_after(birds, 2.9)
    commit(birds, AddLarge("w.bin", digest(b"weights")))
    collect_after(birds, 400)
    assert holds(birds, b"weights")


def test_an_upload_that_is_never_committed_goes_and_the_commit_says_so(birds):
    upload(birds, b"weights")
    collect_after(birds, 3.1)
    with pytest.raises(Unprocessable, match="large file"):
        commit(birds, AddLarge("w.bin", digest(b"weights")))


def test_asking_before_an_upload_begins_the_days_anew(birds):
    upload(birds, b"weights")
    collect_after(birds, 2.9)
    repo = birds.rooms.repos.reader(birds.actor("alice"), BIRDS).repo
    birds.rooms.objects.promised(repo, [digest(b"weights")])
    collect_after(birds, 2.9)
    assert holds(birds, b"weights")


def test_a_commit_between_the_look_and_the_decision_counts(birds):
    upload(birds, b"weights")
    collecting = garbage(birds.rooms).collecting
    repo = birds.rooms.repos.reader(birds.actor("alice"), BIRDS).repo
    collecting.mark(repo.id)
    birds.clock.advance(5 * DAY)
    commit(birds, AddLarge("w.bin", digest(b"weights")))
    assert collecting.release(repo.id, 3 * DAY * 1_000_000) == 0
    assert holds(birds, b"weights")


def test_a_branch_at_an_old_commit_between_the_look_and_the_decision_counts(birds):
    committed(birds, b"weights")
    writer = birds.rooms.repos.writer(birds.actor("alice"), BIRDS)
    old = writer.commit_of("main")
    commit(birds, DeleteFile("w.bin"))
    writer.super_squash("main")
    collecting = garbage(birds.rooms).collecting
    collecting.mark(writer.repo.id)
    birds.clock.advance(5 * DAY)
    birds.rooms.repos.writer(birds.actor("alice"), BIRDS).create_branch("old", old)
    assert collecting.release(writer.repo.id, 3 * DAY * 1_000_000) == 0
    collect_after(birds, 400)
    assert holds(birds, b"weights")


def test_a_namespaces_own_rule_keeps_its_files(birds):
    alice = birds.rooms.people.by_name("alice")
    retentions = garbage(birds.rooms).retentions
    retentions.set(birds.actor("alice"), alice, None)
    upload(birds, b"weights")
    collect_after(birds, 400)
    assert holds(birds, b"weights")
    retentions.unset(birds.actor("alice"), alice)
    collect_after(birds, 4)
    assert not holds(birds, b"weights")


def test_only_administrators_of_a_namespace_set_its_rule(birds):
    acme = birds.rooms.people.by_name("acme")
    retentions = garbage(birds.rooms).retentions
    retentions.set(birds.actor("alice"), acme, 10)
    for stranger in ("bob", "zoe", "carol", "mallory"):
        with pytest.raises(Forbidden):
            retentions.set(birds.actor(stranger), acme, 0)
    with pytest.raises(Forbidden):
        retentions.set(birds.actor("alice", "read"), acme, 0)


def test_the_dry_run_says_what_would_go_and_changes_nothing(birds):
    upload(birds, b"weights")
    for _ in range(2):
        (one,) = [one for one in garbage(birds.rooms).found() if one.kind == "content"]
        assert one.name == f"alice/birds {digest(b'weights')}"
        assert one.due is not None
        assert one.due - one.since == 3 * DAY * 1_000_000
        assert one.size == 7
    with birds.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM repos_mark") == 0


def test_everything_of_a_deleted_repository_goes_at_last(birds):
    committed(birds, b"weights" * 100_000)
    birds.work()  # it is chunked, too
    birds.rooms.repos.delete(birds.actor("alice"), BIRDS)
    birds.work()
    for _ in range(4):
        collect_after(birds, 23)
    assert [key for folder in ("xorbs", "objects", "git") for key in birds.rooms.blobs.keys(folder)] == []


def test_what_is_gone_reads_as_deleted(birds):
    committed(birds, b"weights")
    birds.rooms.repos.writer(birds.actor("alice"), BIRDS).delete_objects([digest(b"weights")])
    collect_after(birds, 30)
    repo = birds.rooms.repos.reader(birds.actor("alice"), BIRDS).repo
    with pytest.raises(EntryNotFound):
        birds.rooms.objects.locate(repo, digest(b"weights"), 0, 7)


def test_what_lies_in_a_bucket_stays_and_what_was_deleted_there_goes(hub):
    bucket = a_bucket(hub, "alice/shelf", files={"kept.txt": b"kept" * 5000, "gone.txt": b"gone" * 5000})
    collect_after(hub, 100)
    hub.rooms.repos.buckets.writer(hub.actor("alice"), bucket).apply([DropFile("gone.txt")])
    collect_after(hub, 30)
    collect_after(hub, 1)
    reader = hub.rooms.repos.buckets.reader(hub.actor("alice"), bucket)
    pieces = reader.located(reader.file("kept.txt"), 0, 20_000).pieces()
    assert b"".join(bytes(piece) for piece in pieces) == b"kept" * 5000
    xorbs = [key for key, _ in hub.rooms.blobs.keys("xorbs") if not key.path.endswith(".m")]
    assert len(xorbs) == 1
