"""`/healthz`: the process answers; `/readyz`: so do its database and its store; `/metrics`: what it measured."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from freehold.asgi.metrics import Metrics
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import StorageFailed, StorageFull

Probe = Callable[[], object]
"""Returns if the thing works and raises StorageFailed if it does not."""


def routes(metrics: Metrics, probes: Mapping[str, Probe]) -> list[Route]:
    """The three addresses for whoever watches the hub."""

    def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def readyz(_request: Request) -> Response:
        state = {name: _state(probe) for name, probe in probes.items()}
        ready = all(word == "ok" for word in state.values())
        return JSONResponse({"status": "ok" if ready else "failing", **state}, 200 if ready else 503)

    return [
        Route("/healthz", healthz, needs=Need.NOTHING),
        Route("/readyz", readyz, needs=Need.NOTHING),
        Route("/metrics", metrics.answer, needs=Need.NOTHING),
    ]


def _state(probe: Probe) -> str:
    try:
        probe()
    except (StorageFailed, StorageFull) as error:
        return error.message
    return "ok"
