"""What the hub measures about itself, in Prometheus' text form; labels are route templates, never addresses."""

import os
from collections.abc import Callable
from contextlib import suppress

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import StorageFailed

Jobs = Callable[[], tuple[int, int]]
"""How many background jobs wait or run, and how many were given up; may raise StorageFailed."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The counters of one process; with several, Prometheus' own files in `PROMETHEUS_MULTIPROC_DIR` join them."""

    def __init__(self, jobs: Jobs) -> None:
        self.registry = CollectorRegistry()
        self._jobs = jobs
        labels = ["method", "route"]
        self._requests = Counter("freehold_requests", "Requests answered", [*labels, "status"], registry=self.registry)
        self._seconds = Histogram(
            "freehold_request_seconds",
            "Time from request to last byte",
            labels,
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._bytes = Counter("freehold_response_bytes", "Bytes of bodies sent", labels, registry=self.registry)
        self._pending = Gauge(
            "freehold_jobs_pending", "Jobs that wait or run", registry=self.registry, multiprocess_mode="mostrecent"
        )
        self._dead = Gauge(
            "freehold_jobs_dead", "Jobs that were given up", registry=self.registry, multiprocess_mode="mostrecent"
        )
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            prometheus_client.ProcessCollector(registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float, sent: int) -> None:
        """Count one request; `status` 0 is a client that went away before an answer."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)
        self._bytes.labels(method, route).inc(sent)

    def answer(self, _request: Request) -> Response:
        """The measurements as text."""
        with suppress(StorageFailed):  # while the database is down, the other measurements are wanted most
            pending, dead = self._jobs()
            self._pending.set(pending)
            self._dead.set(dead)
        registry = self.registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - needs the folder to exist

            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
        return Response(prometheus_client.generate_latest(registry), media_type=prometheus_client.CONTENT_TYPE_LATEST)
