"""What runs in a space: on this hub, nothing."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import EntryNotFound
from freehold.core.repos.reader import RepoReader
from freehold.protocols.hub.answer import json
from freehold.protocols.hub.gate import Gate
from freehold.wire.hub.models import SpaceRuntime

_APP_FILES = {"docker": "Dockerfile", "static": "index.html"}


@dataclass(frozen=True, slots=True)
class Spaces:
    """Endpoints of spaces."""

    gate: Gate

    def runtime(self, request: Request) -> Response:
        """`GET /api/spaces/{id}/runtime`."""
        return json(runtime_of(self.gate.reader(request)))


def runtime_of(reader: RepoReader) -> SpaceRuntime:
    """PAUSED if there is something that could run, NO_APP_FILE if not: this hub runs no spaces."""
    wanted = _APP_FILES.get(reader.repo.sdk or "", "app.py")
    try:
        reader.entry("main", wanted)
        stage = "PAUSED"
    except EntryNotFound:
        stage = "NO_APP_FILE"
    return SpaceRuntime(stage, {"current": None, "requested": None})
