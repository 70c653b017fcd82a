"""Jobs exist exactly if their transaction committed, are done at least once, and are given up at last."""

from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from freehold.core.queue.queue import ATTEMPTS, LEASE_S, Job, Queue
from freehold.stores.db.database import Database

SECOND = 1_000_000


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.moment = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        return self.moment

    def pass_seconds(self, seconds: float) -> None:
        self.moment += int(seconds * SECOND)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def queue(database: Database, clock: Clock):
    return Queue(database, clock)


def enqueue(database: Database, queue: Queue, kind: str = "work", delay_s: float = 0, **payload) -> None:
    with database.write() as tx:
        queue.enqueue(tx, kind, payload, delay_s=delay_s)


def test_a_job_is_claimed_with_what_it_was_given(database, queue):
    enqueue(database, queue, repo_id="a", size=7)
    job = queue.claim(["work"])
    assert (job.kind, job.payload, job.attempt) == ("work", {"repo_id": "a", "size": 7}, 1)


def test_a_job_of_a_transaction_that_failed_never_was(database, queue):
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        queue.enqueue(tx, "work", {})
        raise ZeroDivisionError
    assert queue.claim(["work"]) is None
    assert not queue.arrived.is_set()


def test_a_claimed_job_is_nobody_elses(database, queue):
    enqueue(database, queue)
    assert queue.claim(["work"]) is not None
    assert queue.claim(["work"]) is None


def test_only_known_kinds_are_claimed(database, queue):
    enqueue(database, queue, "other")
    assert queue.claim(["work"]) is None
    assert queue.claim([]) is None


def test_jobs_come_in_the_order_in_which_they_were_due(database, queue, clock):
    enqueue(database, queue, delay_s=2, name="later")
    clock.pass_seconds(1)
    enqueue(database, queue, name="sooner")
    clock.pass_seconds(1)
    assert [queue.claim(["work"]).payload["name"] for _ in range(2)] == ["sooner", "later"]


def test_a_delayed_job_waits(database, queue, clock):
    enqueue(database, queue, delay_s=10)
    assert queue.claim(["work"]) is None
    clock.pass_seconds(10)
    assert queue.claim(["work"]) is not None


def test_a_job_that_is_done_is_gone(database, queue):
    enqueue(database, queue)
    queue.done(queue.claim(["work"]))
    assert queue.pending() == 0


def test_the_job_of_a_worker_that_died_comes_back_when_its_lease_ends(database, queue, clock):
    enqueue(database, queue)
    queue.claim(["work"])
    clock.pass_seconds(LEASE_S - 1)
    assert queue.claim(["work"]) is None
    clock.pass_seconds(1)
    assert queue.claim(["work"]).attempt == 2


def test_a_renewed_lease_holds(database, queue, clock):
    enqueue(database, queue)
    job = queue.claim(["work"])
    clock.pass_seconds(LEASE_S - 1)
    assert queue.renew(job)
    clock.pass_seconds(LEASE_S - 1)
    assert queue.claim(["work"]) is None


def test_who_lost_his_lease_cannot_finish_anothers_work(database, queue, clock):
    enqueue(database, queue)
    slow = queue.claim(["work"])
    clock.pass_seconds(LEASE_S)
    quick = queue.claim(["work"])
    assert not queue.renew(slow)
    queue.done(slow)
    queue.fail(slow, "too late")
    assert queue.pending() == 1
    queue.done(quick)
    assert queue.pending() == 0


def test_a_failed_job_is_tried_again_later_and_later_and_then_given_up(database, queue, clock):
    enqueue(database, queue)
    for attempt in range(1, ATTEMPTS):
        queue.fail(queue.claim(["work"]), "no luck")
        wait = 4 ** (attempt - 1)
        clock.pass_seconds(wait - 0.5)
        assert queue.claim(["work"]) is None
        clock.pass_seconds(0.5)
    queue.fail(queue.claim(["work"]), "no luck at all")
    clock.pass_seconds(10**9)
    assert queue.claim(["work"]) is None
    assert [dead.error for dead in queue.dead()] == ["no luck at all"]
    assert queue.pending() == 0


def test_a_dead_job_can_be_revived(database, queue, clock):
    enqueue(database, queue)
    for _ in range(ATTEMPTS):
        queue.fail(queue.claim(["work"]), "no luck")
        clock.pass_seconds(10**6)
    assert queue.revive(queue.dead()[0].id)
    assert queue.claim(["work"]).attempt == 1


def test_a_job_that_kills_its_workers_is_given_up(database, queue, clock):
    enqueue(database, queue)
    for _ in range(ATTEMPTS):
        assert queue.claim(["work"]) is not None
        clock.pass_seconds(LEASE_S)
    assert queue.claim(["work"]) is None
    assert len(queue.dead()) == 1


def test_a_chore_comes_back_and_is_not_counted(database, queue, clock):
    for _ in range(2):
        queue.schedule("tidy", 60)
    assert queue.claim(["tidy"]) is None
    for _ in range(3):
        clock.pass_seconds(60)
        job = queue.claim(["tidy"])
        assert queue.claim(["tidy"]) is None
        queue.done(job)
    assert queue.pending() == 0


def test_a_chore_that_fails_waits_for_its_next_turn(database, queue, clock):
    queue.schedule("tidy", 60)
    for _ in range(ATTEMPTS + 2):
        clock.pass_seconds(60)
        queue.fail(queue.claim(["tidy"]), "no luck")
    assert queue.dead() == []


class Machine(RuleBasedStateMachine):
    """Any order of events: a job is with at most one holder, and ends done or dead, never lost."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.database = Database(f"sqlite:///{self.folder.name}/queue.db")
        self.database.migrate()
        self.clock = Clock()
        self.queue = Queue(self.database, self.clock)
        self.added = 0
        self.finished = 0
        self.holding: dict[str, tuple[Job, int]] = {}

    @rule(delay=st.integers(0, 5))
    def add(self, delay: int) -> None:
        enqueue(self.database, self.queue, delay_s=delay)
        self.added += 1

    @rule()
    def claim(self) -> None:
        job = self.queue.claim(["work"])
        if job is not None:
            held = self.holding.get(job.id)
            assert held is None or held[1] <= self.clock.moment
            self.holding[job.id] = job, self.clock.moment + LEASE_S * SECOND

    @precondition(lambda self: self.holding)
    @rule(data=st.data(), well=st.booleans())
    def end(self, data, well: bool) -> None:
        job, _ = self.holding.pop(data.draw(st.sampled_from(sorted(self.holding))))
        if well:
            self.queue.done(job)
            self.finished += 1
        else:
            self.queue.fail(job, "no luck")

    @rule(seconds=st.sampled_from([1, 100, LEASE_S, 5000]))
    def wait(self, seconds: int) -> None:
        self.clock.pass_seconds(seconds)

    @invariant()
    def none_is_lost(self) -> None:
        assert self.queue.pending() + len(self.queue.dead()) + self.finished == self.added

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
