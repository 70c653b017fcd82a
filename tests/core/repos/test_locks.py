"""Locks: who may take and free them, and which changes they stop."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Conflict, Forbidden, NotFound, Unprocessable
from freehold.base.ids import Sha256
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.locks import Guard, Locks, Wanted, concerned
from freehold.core.repos.requests import AddFile, AddLarge, CommitRequest, DeleteFolder
from tests.kit.builders import a_model

ALL = Wanted(100)


@pytest.fixture
def model(hub):
    return a_model(hub, "acme/m", files={"a.bin": b"1", "deep/b.bin": b"1", "free.txt": b"1"})


def locks_of(hub) -> Locks:
    return Locks(hub.rooms.db, hub.clock)


def writer_of(hub, model, user: str):
    return hub.rooms.repos.proposer(hub.actor(user), model)


def change(hub, model, user: str, *operations, **options):
    return writer_of(hub, model, user).commit("main", CommitRequest("Change", operations=list(operations)), **options)


def test_a_lock_is_taken_once_and_listed(hub, model):
    locks = locks_of(hub)
    mine, new = locks.take(writer_of(hub, model, "bob"), "a.bin")
    assert (mine.owner_name, new) == ("bob", True)
    assert locks.take(writer_of(hub, model, "alice"), "a.bin") == (mine, False)
    assert locks.page(writer_of(hub, model, "zoe"), ALL) == [mine]


def test_who_may_not_write_may_not_lock(hub, model):
    for user in ("zoe", "carol"):
        with pytest.raises(Forbidden):
            locks_of(hub).take(writer_of(hub, model, user), "a.bin")


@pytest.mark.parametrize("path", ["", "/etc", "../x", ".git/config", "a\0b", "a\\b"])
def test_a_path_that_no_file_may_have_cannot_be_locked(hub, model, path):
    with pytest.raises(Unprocessable):
        locks_of(hub).take(writer_of(hub, model, "bob"), path)


def test_only_its_owner_frees_a_lock_and_with_force_an_administrator(hub, model):
    locks = locks_of(hub)
    lock, _ = locks.take(writer_of(hub, model, "bob"), "a.bin")
    for user, force in (("alice", False), ("carol", True)):
        with pytest.raises(Forbidden):
            locks.free(writer_of(hub, model, user), lock.id, force=force)
    assert locks.free(writer_of(hub, model, "alice"), lock.id, force=True) == lock
    again, _ = locks.take(writer_of(hub, model, "alice"), "a.bin")
    with pytest.raises(Forbidden, match="administrator"):
        locks.free(writer_of(hub, model, "bob"), again.id, force=True)
    locks.free(writer_of(hub, model, "alice"), again.id)
    assert locks.page(writer_of(hub, model, "alice"), ALL) == []


def test_a_lock_of_another_repository_is_none_of_this(hub, model):
    """CVE-2026-20897: an id alone must not reach over."""
    lock, _ = locks_of(hub).take(writer_of(hub, model, "bob"), "a.bin")
    evil = a_model(hub, "mallory/evil")
    with pytest.raises(NotFound):
        locks_of(hub).free(writer_of(hub, evil, "mallory"), lock.id, force=True)
    assert locks_of(hub).page(writer_of(hub, evil, "mallory"), ALL) == []


def test_a_commit_to_what_another_has_locked_is_refused_by_name(hub, model):
    locks_of(hub).take(writer_of(hub, model, "bob"), "deep/b.bin")
    for operation in (AddFile("deep/b.bin", b"2"), DeleteFolder("deep")):
        with pytest.raises(Forbidden, match=r"deep/b\.bin is locked by bob"):
            change(hub, model, "alice", operation)
    change(hub, model, "alice", AddFile("deep/c.bin", b"2"))
    change(hub, model, "bob", AddFile("deep/b.bin", b"2"))
    change(hub, model, "carol", AddFile("deep/b.bin", b"3"), create_pr=True)


def test_a_locked_folder_keeps_all_that_is_in_it(hub, model):
    locks_of(hub).take(writer_of(hub, model, "bob"), "deep")
    with pytest.raises(Forbidden, match="deep is locked by bob"):
        change(hub, model, "alice", AddFile("deep/new/c.bin", b"2"))
    change(hub, model, "alice", AddFile("deeper.bin", b"2"))


def test_locks_go_with_their_repository(hub, model):
    locks_of(hub).take(writer_of(hub, model, "bob"), "a.bin")
    hub.rooms.repos.delete(hub.actor("alice"), model)
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM repos_lock") == 0


def test_they_come_in_pages_by_path(hub, model):
    for number in range(3):
        locks_of(hub).take(writer_of(hub, model, "bob"), f"{number}.bin")
    assert [lock.path for lock in locks_of(hub).page(writer_of(hub, model, "bob"), Wanted(2, "0.bin"))] == [
        "1.bin", "2.bin",
    ]  # fmt: skip


def test_taking_and_freeing_is_in_the_audit(hub, model):
    lock, _ = locks_of(hub).take(writer_of(hub, model, "bob"), "a.bin")
    locks_of(hub).free(writer_of(hub, model, "alice"), lock.id, force=True)
    with hub.rooms.db.read() as tx:
        rows = tx.all("SELECT actor_name, action FROM accounts_audit WHERE action LIKE 'lock.%' ORDER BY action DESC")
    assert [tuple(row) for row in rows] == [("bob", "lock.take"), ("alice", "lock.free")]


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@given(NAMES, NAMES)
def test_a_path_and_a_lock_concern_each_other_when_one_lies_in_the_other(locked, path):
    inside = f"{locked}/".startswith(f"{path}/") or f"{path}/".startswith(f"{locked}/")
    assert concerned([locked], [path]) == ({locked} if inside else set())


def test_history_that_holds_a_locked_file_is_not_squashed_by_others(hub, model):
    locks_of(hub).take(writer_of(hub, model, "bob"), "deep/b.bin")
    with pytest.raises(Forbidden, match=r"deep/b\.bin is locked by bob"):
        writer_of(hub, model, "alice").super_squash("main")
    assert writer_of(hub, model, "bob").super_squash("main")


def test_a_lock_on_what_a_branch_does_not_have_does_not_bind_its_history(hub, model):
    locks_of(hub).take(writer_of(hub, model, "bob"), "later.bin")
    assert writer_of(hub, model, "alice").super_squash("main")


def test_a_pull_request_may_be_squashed_whatever_is_locked(hub, model):
    number = change(hub, model, "alice", AddFile("a.bin", b"2"), create_pr=True).pull_number
    locks_of(hub).take(writer_of(hub, model, "bob"), "a.bin")
    assert writer_of(hub, model, "alice").super_squash(f"refs/pr/{number}")


def test_history_that_holds_a_locked_file_is_not_rewritten_by_others(hub, model):
    content = b"large" * 100
    sha256 = Sha256(hashlib.sha256(content).hexdigest())
    with Incoming(hub.rooms.objects, writer_of(hub, model, "bob").repo, sha256, len(content)) as incoming:
        incoming.write(content)
        incoming.finish()
    change(hub, model, "bob", AddLarge("big.bin", sha256, len(content)))
    locks_of(hub).take(writer_of(hub, model, "bob"), "a.bin")
    before = writer_of(hub, model, "alice").revision("main").commit
    with pytest.raises(Forbidden, match=r"a\.bin is locked by bob"):
        writer_of(hub, model, "alice").delete_objects([sha256], rewrite_history=True)
    reader = writer_of(hub, model, "alice")
    assert (reader.revision("main").commit, bool(hub.rooms.objects.held(reader.repo, [sha256]))) == (before, True)
    writer_of(hub, model, "bob").delete_objects([sha256], rewrite_history=True)
    assert writer_of(hub, model, "alice").revision("main").commit != before


def test_who_locks_while_a_squash_is_under_way_stops_it(hub, model):
    """The lock comes after the squash has looked and before it lands."""
    writer = writer_of(hub, model, "alice")
    guard = Guard(hub.rooms.db, writer.repo.id, hub.actor("alice"))
    locks_of(hub).take(writer_of(hub, model, "bob"), "a.bin")
    with pytest.raises(Conflict, match="Try again"), hub.rooms.db.write() as tx:
        guard.confirm(tx)
