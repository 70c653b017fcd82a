"""What clients ask of the hub itself, apart from any repository."""

from starlette.requests import Request
from starlette.responses import Response

from freehold.protocols.hub.answer import json


def agent_harnesses(_request: Request) -> Response:
    """`GET /api/agent-harnesses`: none is registered; the answer spares clients a timeout once a day."""
    return json({"standardEnvVars": [], "harnesses": {}})


def telemetry(_request: Request) -> Response:
    """`HEAD /api/telemetry/{topic}`: accepted and forgotten."""
    return Response()
