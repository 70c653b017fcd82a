"""Workers do jobs side by side, survive what handlers do, and stop when told."""

import threading

import pytest

from freehold.base.errors import Unprocessable
from freehold.core.queue.queue import Queue
from freehold.core.queue.worker import Worker
from freehold.stores.db.database import Database


@pytest.fixture
def queue(database):
    return Queue(database)


def enqueue(database: Database, queue: Queue, *names: int, kind: str = "work") -> None:
    with database.write() as tx:
        for name in names:
            queue.enqueue(tx, kind, {"name": name})


def test_draining_does_everything_that_is_due(database, queue):
    done = []
    enqueue(database, queue, 1, 2, 3)
    assert Worker(queue, {"work": lambda payload: done.append(payload["name"])}).drain() == 3
    assert sorted(done) == [1, 2, 3]
    assert queue.pending() == 0


def test_a_handlers_exception_stays_with_its_job(database, queue):
    done = []

    def handle(payload):
        if payload["name"] == 2:
            raise Unprocessable("The second is never right.")
        done.append(payload["name"])

    enqueue(database, queue, 1, 2, 3)
    Worker(queue, {"work": handle}).drain()
    assert sorted(done) == [1, 3]
    assert queue.pending() == 1
    with database.read() as tx:
        assert tx.scalar("SELECT error FROM queue_job") == "The second is never right."


def test_a_handler_may_enqueue_more(database, queue):
    done = []

    def first(payload):
        done.append("first")
        enqueue(database, queue, 2, kind="second")

    enqueue(database, queue, 1, kind="first")
    Worker(queue, {"first": first, "second": lambda _: done.append("second")}).drain()
    assert done == ["first", "second"]


def test_two_workers_share_the_work_and_do_nothing_twice(database, queue):
    done, both = [], threading.Barrier(2, timeout=20)

    def handle(payload):
        if payload["name"] < 2:
            both.wait()  # passes only if both workers are at work at the same time
        done.append(payload["name"])

    enqueue(database, queue, *range(40))
    workers = [Worker(Queue(database), {"work": handle}) for _ in range(2)]
    threads = [threading.Thread(target=worker.drain) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(40))
    assert queue.pending() == 0


def test_a_started_worker_wakes_for_a_new_job_and_stops_when_told(database, queue):
    done = threading.Event()
    worker = Worker(queue, {"work": lambda _: done.set()}, threads=2)
    worker.start()
    enqueue(database, queue, 1)
    assert done.wait(10)
    assert worker.stop(10)


def test_stopping_lets_the_job_in_progress_end(database, queue):
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def handle(_):
        begun.set()
        may_end.wait(10)
        ended.set()

    worker = Worker(queue, {"work": handle})
    worker.start()
    enqueue(database, queue, 1, 2)
    assert begun.wait(10)
    assert not worker.stop(0.1)
    may_end.set()
    assert worker.stop(10)
    assert ended.is_set()
    assert queue.pending() == 1


def test_a_worker_that_never_started_stops_at_once(queue):
    assert Worker(queue, {}).stop(1)
