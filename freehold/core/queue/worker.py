"""Threads that do the queue's jobs, one handler a kind."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from freehold.base.errors import HubError, StorageFailed
from freehold.core.queue.queue import LEASE_S, Job, Queue

Handler = Callable[[dict[str, Any]], None]

_POLL_S = 1.0
"""How soon a job is seen that another process enqueued or that waited for its time."""

log = structlog.get_logger("freehold")


class Worker:
    """Does jobs of the kinds in `handlers`, on the caller's thread (`drain`) or on its own (`start`)."""

    def __init__(self, queue: Queue, handlers: Mapping[str, Handler], threads: int = 1) -> None:
        self._queue = queue
        self._handlers = dict(handlers)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._loop, name=f"worker-{n}", daemon=True) for n in range(threads)]

    def run_once(self) -> bool:
        """Do one due job; False when there was none. A handler's exception is kept on the job, not raised."""
        job = self._queue.claim(self._handlers)
        if job is None:
            return False
        try:
            with _renewing(self._queue, job):
                self._handlers[job.kind](job.payload)
        except Exception as error:  # whatever it was, it belongs to the job: recorded, retried, at last given up
            log.exception("job failed", kind=job.kind, job=job.id, attempt=job.attempt)
            self._queue.fail(job, error.message if isinstance(error, HubError) else f"{type(error).__name__}: {error}")
        else:
            self._queue.done(job)
        return True

    def drain(self) -> int:
        """Do jobs until none is due; how many it did."""
        count = 0
        while self.run_once():
            count += 1
        return count

    def start(self) -> None:
        """Begin working in the background."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 30) -> bool:
        """Let the jobs in progress end and begin no other; False if one took longer than `timeout_s`."""
        self._stopping.set()
        self._queue.arrived.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            # Cleared before looking: a job that arrives after the look sets it again.
            self._queue.arrived.clear()
            try:
                busy = self.run_once()
            except StorageFailed:
                log.exception("the queue did not answer")
                busy = False
            if not busy:
                self._queue.arrived.wait(_POLL_S)


@contextmanager
def _renewing(queue: Queue, job: Job) -> Iterator[None]:
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(LEASE_S / 3):
            try:
                queue.renew(job)
            except StorageFailed:
                log.warning("lease not renewed", job=job.id)

    thread = threading.Thread(target=renew, name=f"lease-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
