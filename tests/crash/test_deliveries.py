"""A worker that is killed while a receiver answers: the delivery is neither lost nor sent without end."""

import time

import pytest

from freehold.app import open_rooms
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.queue.worker import Worker
from freehold.features.notices.webhooks import Item
from tests.crash.forked import ForkedHub
from tests.kit.receiver import Receiver

pytestmark = pytest.mark.crash
KILLS = 3


def patience(condition) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)


def let_leases_end(rooms) -> None:
    """What waiting for ten minutes would do."""
    with rooms.db.write() as tx:
        tx.run("UPDATE queue_job SET leased_until = 0 WHERE every_s IS NULL")


def test_a_killed_worker_loses_no_delivery_and_repeats_none_without_end(tmp_path):
    with Receiver() as receiver:
        hub = ForkedHub(tmp_path / "data", outbound_networks="127.0.0.1/32")
        rooms = open_rooms(hub.settings)
        alice = rooms.people.add_user(SYSTEM, "alice")
        actor = Actor(alice.id, "alice", may_write=True)
        hook = rooms.notices.webhooks.add(actor, receiver.url, [Item("user", "alice")])
        receiver.go.clear()
        hub.start()
        try:
            with rooms.db.write() as tx:
                announce_something(tx, rooms, alice)
            for kill in range(1, KILLS + 1):
                patience(lambda kill=kill: len(receiver.received) >= kill)
                hub.kill()
                let_leases_end(rooms)
                if kill < KILLS:
                    hub.start()
        finally:
            hub.kill()
        receiver.go.set()
        worker = Worker(rooms.queue, rooms.notices.slow_handlers())
        assert worker.drain() == 1
        assert worker.drain() == 0
        ids = {one.headers["X-Webhook-Delivery"] for one in receiver.received}
        (delivery,) = rooms.notices.deliveries.log(hook.id)
        assert (ids, len(receiver.received)) == ({delivery.id}, KILLS + 1)
        assert (delivery.state, delivery.attempts, rooms.queue.pending()) == ("sent", 1, 0)
        rooms.close()


def announce_something(tx, rooms, alice) -> None:
    """The end of a repository: it is told by itself, whatever there is."""
    from freehold.core.queue.events import Event, RepoState, announce

    gone = RepoState("r" * 24, "model", alice.id, "alice", "birds", "public", "")
    announce(tx, rooms.queue, Event("repo", "delete", gone, alice.id, "alice"))
