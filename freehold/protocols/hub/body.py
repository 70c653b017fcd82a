"""Request bodies: JSON of a declared form, read under a limit before the endpoint runs in a worker thread."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import Endpoint, taking_bytes
from freehold.wire.hub.requests import parse

Body = TypeVar("Body", bound=Struct)

MIB = 1 << 20
SMALL = 4 * MIB
"""The most that a body may hold, unless its route says otherwise."""


def taking(kind: type[Body], endpoint: Callable[[Request, Body], Response], limit: int = SMALL) -> Endpoint:
    """An endpoint that is handed its body as a `kind`; no body stands for an empty object."""
    return taking_bytes(lambda request, body: endpoint(request, parse(body or b"{}", kind)), limit)
