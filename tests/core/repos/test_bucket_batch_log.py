"""What followers of a bucket are told: every batch once, in order, and plainly when some of it is forgotten."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from freehold.base.errors import RepoNotFound
from freehold.core.repos.bucket_batch_log import FileChange, note
from freehold.core.repos.bucket_batches import DropFile
from tests.kit.buckets import a_bucket, put

DAY = 24 * 3600


@pytest.fixture
def shelf(hub):
    return a_bucket(hub)


def reader(hub, shelf):
    return hub.rooms.repos.buckets.reader(hub.actor("alice"), shelf)


def told(hub, shelf, behind=0):
    batches = reader(hub, shelf).batches(behind, 1000)
    return batches and [[(one.op, one.path, one.size) for one in batch.changes] for batch in batches]


def drop(hub, shelf, *names):
    hub.rooms.repos.buckets.writer(hub.actor("alice"), shelf).apply([DropFile(name) for name in names])


def test_each_batch_is_told_with_what_became_of_each_path(hub, shelf):
    put(hub, shelf, {"a": b"1", "b": b"22"})
    put(hub, shelf, {"a": b"333"})
    drop(hub, shelf, "b", "never-there")
    assert told(hub, shelf) == [
        [("add", "a", 1), ("add", "b", 2)],
        [("update", "a", 3)],
        [("delete", "b", None)],
    ]
    assert told(hub, shelf, behind=2) == [[("delete", "b", None)]]
    assert told(hub, shelf, behind=3) == []


def test_what_changes_nothing_is_no_batch(hub, shelf):
    drop(hub, shelf, "never-there")
    assert (told(hub, shelf), reader(hub, shelf).place_at(None)) == ([], 0)


def test_a_place_that_never_was_cannot_be_gone_on_from(hub, shelf):
    put(hub, shelf, {"a": b"1"})
    assert told(hub, shelf, behind=7) is None


def test_a_moment_finds_its_place(hub, shelf):
    put(hub, shelf, {"a": b"1"})
    hub.clock.advance(10)
    between = hub.clock() // 1000
    hub.clock.advance(10)
    put(hub, shelf, {"b": b"1"})
    places = [reader(hub, shelf).place_at(moment) for moment in (0, between, hub.clock() // 1000 + 1)]
    assert places == [0, 1, 2]


def test_old_batches_are_forgotten_and_that_is_remembered(hub, shelf):
    put(hub, shelf, {"a": b"1"})
    before = reader(hub, shelf).repo.updated_at // 1000 - 1
    seen = reader(hub, shelf).repo.updated_at // 1000
    hub.clock.advance(4 * DAY)
    hub.rooms.repos.buckets.sweep({})
    assert told(hub, shelf) is None
    assert [reader(hub, shelf).place_at(moment) for moment in (before, seen)] == [None, 1]
    put(hub, shelf, {"b": b"1"})
    assert told(hub, shelf, behind=1) == [[("add", "b", 1)]]


def test_a_busy_bucket_remembers_its_newest_batches(hub, shelf):
    for number in range(5):
        with hub.rooms.db.write() as tx:
            change = FileChange(f"{number}", "delete")
            note(tx, reader(hub, shelf).repo.id, hub.clock(), [change], most=3)
    assert told(hub, shelf, behind=1) is None
    assert [batch[0][1] for batch in told(hub, shelf, behind=2)] == ["2", "3", "4"]


def test_batches_at_once_have_places_of_their_own(hub, shelf):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: put(hub, shelf, {f"{number}": b"x"}), range(18)))
    paths = [batch[0][1] for batch in told(hub, shelf)]
    assert sorted(paths, key=int) == [str(number) for number in range(18)]


def test_a_deleted_bucket_has_nothing_left(hub, shelf):
    put(hub, shelf, {"a": b"1"})
    gone = reader(hub, shelf)
    hub.rooms.repos.delete(hub.actor("alice"), shelf)
    with pytest.raises(RepoNotFound):
        gone.batches(0, 10)
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM repos_bucket_batch") == 0
