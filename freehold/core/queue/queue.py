"""Jobs as rows: enqueued in the caller's own transaction, claimed under a lease, retried, given up."""

import json
import secrets
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.ids import new_id
from freehold.stores.db.database import Database, Transaction

ATTEMPTS = 8
"""How often a job is tried before it is given up; the waits between are 1, 4, 16 … 4096 seconds."""

LEASE_S = 600
"""How long a claim holds without renewal: after a crash the job is claimable again this much later."""

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `attempt` counts from 1; `lease` is the claim's secret."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempt: int
    lease: str


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up, and why."""

    id: str
    kind: str
    payload: dict[str, Any]
    error: str


class Queue:
    """Durable work. Handlers must bear a repeat: a worker that dies after the work and before `done` causes one."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self.clock = clock
        self._skip = "" if db.is_sqlite else "FOR UPDATE SKIP LOCKED"
        self.arrived = threading.Event()
        """Set when this process has committed a new job."""

    def enqueue(self, tx: Transaction, kind: str, payload: Mapping[str, Any], *, delay_s: float = 0) -> None:
        """Add a job that exists if and only if `tx` commits."""
        moment = self.clock()
        tx.run(
            "INSERT INTO queue_job (id, kind, payload, run_at, created_at) VALUES (:id, :kind, :payload, :due, :now)",
            id=new_id(), kind=kind, payload=json.dumps(payload), due=moment + int(delay_s * _SECOND), now=moment,
        )  # fmt: skip
        tx.afterwards(self.arrived.set)

    def schedule(self, kind: str, every_s: int) -> None:
        """Have the chore `kind` done again and again, one at a time, however many workers and processes there are."""
        moment = self.clock()
        with self._db.write() as tx:
            tx.run(
                "INSERT INTO queue_job (id, kind, payload, run_at, every_s, created_at)"
                " VALUES (:id, :kind, '{}', :due, :every, :now) ON CONFLICT (id) DO UPDATE SET every_s = :every",
                id=f"every:{kind}", kind=kind, due=moment + every_s * _SECOND, every=every_s, now=moment,
            )  # fmt: skip

    def claim(self, kinds: Collection[str]) -> Job | None:
        """Take the job of one of `kinds` that has been due longest, or None. The claim counts as an attempt."""
        if not self._due(kinds):
            return None
        lease = secrets.token_hex(12)
        wanted, named = _in(kinds)
        with self._db.write() as tx:
            self._bury(tx)
            row = tx.first(
                "UPDATE queue_job SET lease = :lease, leased_until = :until, attempts = attempts + 1 WHERE id ="
                f" (SELECT id FROM queue_job WHERE dead = 0 AND run_at <= :now AND leased_until <= :now"
                f" AND kind IN ({wanted}) ORDER BY run_at, id LIMIT 1 {self._skip})"
                " RETURNING id, kind, payload, attempts",
                lease=lease, until=self._lease_end(), now=self.clock(), **named,
            )  # fmt: skip
        return Job(row.id, row.kind, json.loads(row.payload), row.attempts, lease) if row else None

    def renew(self, job: Job) -> bool:
        """Hold the claim for another lease; False when it was lost meanwhile."""
        with self._db.write() as tx:
            return bool(
                tx.run(
                    "UPDATE queue_job SET leased_until = :until WHERE id = :id AND lease = :lease",
                    until=self._lease_end(), id=job.id, lease=job.lease,
                ).rowcount
            )  # fmt: skip

    def done(self, job: Job) -> None:
        """The work is finished. A lost claim changes nothing: the job is somebody else's now."""
        with self._db.write() as tx:
            tx.run("DELETE FROM queue_job WHERE id = :id AND lease = :lease AND every_s IS NULL", **_mine(job))
            self._rest(tx, job, self.clock(), None)

    def fail(self, job: Job, error: str) -> None:
        """The work failed: retry later, or give up after the last attempt (a chore only waits for its next turn)."""
        moment = self.clock()
        with self._db.write() as tx:
            self._rest(tx, job, moment, error[:2000])
            tx.run(
                "UPDATE queue_job SET lease = NULL, leased_until = 0, error = :error, dead = :dead, run_at = :due"
                " WHERE id = :id AND lease = :lease AND every_s IS NULL",
                error=error[:2000], dead=int(job.attempt >= ATTEMPTS),
                due=moment + 4 ** (job.attempt - 1) * _SECOND, **_mine(job),
            )  # fmt: skip

    def pending(self) -> int:
        """How many jobs wait or run; chores are not counted."""
        with self._db.read() as tx:
            return int(tx.scalar("SELECT count(*) FROM queue_job WHERE dead = 0 AND every_s IS NULL"))

    def dead(self) -> list[DeadJob]:
        """The jobs that were given up, oldest first."""
        with self._db.read() as tx:
            rows = tx.all("SELECT id, kind, payload, error FROM queue_job WHERE dead = 1 ORDER BY created_at, id")
        return [DeadJob(row.id, row.kind, json.loads(row.payload), row.error or "") for row in rows]

    def revive(self, job_id: str) -> bool:
        """Give a dead job all its attempts again; False when there is none of that id."""
        with self._db.write() as tx:
            tx.afterwards(self.arrived.set)
            return bool(
                tx.run(
                    "UPDATE queue_job SET dead = 0, attempts = 0, run_at = :now WHERE id = :id AND dead = 1",
                    now=self.clock(), id=job_id,
                ).rowcount
            )  # fmt: skip

    def _due(self, kinds: Collection[str]) -> bool:
        """Look without the write lock first: an idle worker must not disturb writers."""
        wanted, named = _in(kinds)
        with self._db.read() as tx:
            found = tx.first(
                "SELECT 1 FROM queue_job WHERE dead = 0 AND run_at <= :now AND leased_until <= :now"
                f" AND kind IN ({wanted}) LIMIT 1",
                now=self.clock(), **named,
            )  # fmt: skip
        return found is not None

    def _bury(self, tx: Transaction) -> None:
        """Give up jobs whose last attempt ended with the death of its worker."""
        tx.run(
            "UPDATE queue_job SET dead = 1, lease = NULL, error = 'The worker died while it did this job.'"
            " WHERE dead = 0 AND every_s IS NULL AND attempts >= :most AND leased_until <= :now",
            most=ATTEMPTS, now=self.clock(),
        )  # fmt: skip

    def _rest(self, tx: Transaction, job: Job, moment: int, error: str | None) -> None:
        tx.run(
            "UPDATE queue_job SET lease = NULL, leased_until = 0, attempts = 0, error = :error,"
            " run_at = :now + every_s * 1000000 WHERE id = :id AND lease = :lease AND every_s IS NOT NULL",
            error=error, now=moment, **_mine(job),
        )  # fmt: skip

    def _lease_end(self) -> int:
        return self.clock() + LEASE_S * _SECOND


def _in(kinds: Collection[str]) -> tuple[str, dict[str, str]]:
    named = {f"kind{n}": kind for n, kind in enumerate(sorted(kinds))}
    return ", ".join(f":{name}" for name in named) or "NULL", named


def _mine(job: Job) -> dict[str, str]:
    return {"id": job.id, "lease": job.lease}
