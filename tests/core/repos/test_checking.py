"""`freehold check` on what repositories hold: each kind of damage is found, and named."""

import hashlib

import pytest

from freehold.base.ids import Sha256
from freehold.core.repos.incoming import Incoming
from freehold.stores.blobs.key import object_key
from tests.kit.builders import a_commit, a_model

CONTENT = b"weights" * 1000
SHA256 = Sha256(hashlib.sha256(CONTENT).hexdigest())
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA256}\nsize {len(CONTENT)}\n".encode()


@pytest.fixture
def damaged(hub):
    """A hub with one large file, whose damage is mended before its own last check."""
    repo_id = a_model(hub)
    repo = hub.rooms.repos.writer(hub.actor("alice"), repo_id)
    with Incoming(hub.rooms.objects, repo.repo, SHA256, len(CONTENT)) as incoming:
        incoming.write(CONTENT)
        incoming.finish()
    a_commit(hub, repo_id, {"weights.bin": POINTER})
    hub.work()
    assert hub.check() == []
    yield hub
    kept = ("repos_object", "repos_repo", "git_ref", "git_repo", "git_pack", "queue_job")
    for table in (*kept, *(f"xet_{name}" for name in ("repo_file", "file_xorb", "file", "chunk", "holder", "xorb"))):
        run(hub, f"DELETE FROM {table}")


def problems(hub):
    return "\n".join(f"{fault.room} {fault.subject} {fault.problem}" for fault in hub.check())


def run(hub, sql, **params):
    with hub.rooms.db.write() as tx:
        tx.run(sql, **params)


def test_bytes_that_are_lost(damaged):
    hub = damaged
    run(hub, "UPDATE repos_object SET plain = 1")
    hub.rooms.blobs.delete(object_key(SHA256))
    assert f"content {SHA256} its bytes are lost" in problems(hub)


def test_bytes_that_rotted(damaged):
    hub = damaged
    run(hub, "UPDATE repos_object SET plain = 1")
    hub.rooms.blobs.put(object_key(SHA256), b"x" * len(CONTENT))
    assert "do not hash to its name" in problems(hub)


def test_bytes_that_were_cut(damaged):
    hub = damaged
    run(hub, "UPDATE repos_object SET plain = 1")
    hub.rooms.blobs.put(object_key(SHA256), CONTENT[:-1])
    assert "6999 bytes instead of 7000" in problems(hub)


def test_a_row_without_bytes(damaged):
    run(damaged, "UPDATE repos_object SET plain = 0, xet_hash = NULL")
    assert "its bytes are nowhere" in problems(damaged)


def test_a_pointer_without_a_row(damaged):
    run(damaged, "DELETE FROM repos_object")
    assert f"weights.bin at refs/heads/main content {SHA256} is lost" in problems(damaged)


def test_a_content_that_was_deleted_on_purpose_is_no_fault(damaged):
    hub = damaged
    repo_id = hub.rooms.repos.owned_by(hub.actor("alice"), hub.actor("alice").account_id)[0].repo_id
    hub.rooms.repos.writer(hub.actor("alice"), repo_id).delete_objects([SHA256], rewrite_history=False)
    hub.work()
    assert problems(hub) == ""


def test_a_wrong_count(damaged):
    run(damaged, "UPDATE repos_repo SET logical_bytes = 1")
    assert "1 bytes of large files are counted, but it holds 7000" in problems(damaged)


def test_an_owner_who_does_not_exist(damaged):
    run(damaged, "UPDATE repos_repo SET owner_id = 'nobody'")
    assert "its owner does not exist" in problems(damaged)


def test_a_xet_file_that_is_lost(damaged):
    run(damaged, "UPDATE repos_object SET xet_hash = :hash", hash="ab" * 32)
    assert f"its Xet file {'ab' * 32} is lost" in problems(damaged)


def test_a_ref_to_nothing(damaged):
    run(damaged, "UPDATE git_ref SET oid = :oid", oid="ab" * 20)
    assert "refs/heads/main" in problems(damaged)


def test_a_repository_without_git_data(damaged):
    run(damaged, "DELETE FROM git_ref")
    run(damaged, "DELETE FROM git_repo")
    assert "Repository not found" in problems(damaged)


def test_a_content_made_of_a_file_that_the_repository_does_not_have(damaged):
    run(damaged, "DELETE FROM xet_repo_file")
    assert "but not that file" in problems(damaged)
