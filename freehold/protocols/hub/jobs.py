"""What runs on this hub's machines: nothing. Lists say so by being empty; whoever wants to run something is told."""

from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import NotFound
from freehold.protocols.hub.answer import json
from freehold.protocols.hub.repositories import signed_in


def hardware(_request: Request) -> Response:
    """`GET /api/jobs/hardware` and `/api/spaces/hardware`: what one could ask for."""
    return json([])


def templates(_request: Request) -> Response:
    """`GET /api/spaces/templates`: what a space could be begun from."""
    return json({"templates": []})


def listing(request: Request) -> Response:
    """`GET /api/jobs/{ns}` and `/api/scheduled-jobs/{ns}`: what somebody runs."""
    signed_in(request)
    return json([])


def one(request: Request) -> Response:
    """`GET /api/jobs/{ns}/{job}` and the same of scheduled ones."""
    signed_in(request)
    raise NotFound("There is no such job: this hub does not run jobs yet.")
