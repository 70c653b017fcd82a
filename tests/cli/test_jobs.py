"""Given-up work, as an operator sees it."""

import pytest

from freehold.core.queue.queue import ATTEMPTS, Queue
from freehold.stores.db.database import Database


@pytest.fixture
def queue(tmp_path):
    """A queue in the folder `d` whose one job failed as often as it may."""
    (tmp_path / "d").mkdir()
    db = Database(f"sqlite:///{tmp_path / 'd' / 'hub.sqlite'}")
    db.migrate()
    moment = [0]
    queue = Queue(db, lambda: moment[0])
    with db.write() as tx:
        queue.enqueue(tx, "object.convert", {"repo_id": "r"})
    for _ in range(ATTEMPTS):
        moment[0] += 10**12
        queue.fail(queue.claim(["object.convert"]), "no room on the device")
    yield queue
    db.close()


def test_it_shows_what_was_given_up_and_tries_again(freehold, queue):
    shown = freehold("jobs", "--data", "d").stdout
    assert "object.convert" in shown and "no room on the device" in shown
    assert queue.pending() == 0
    assert "tried again" in freehold("jobs", "--retry", "--data", "d").stdout
    assert (queue.pending(), queue.dead()) == (1, [])
