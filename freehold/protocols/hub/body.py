"""Request bodies: JSON of a declared form, read under a limit before the endpoint runs in a worker thread."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import TooLarge
from freehold.wire.hub.requests import parse

Body = TypeVar("Body", bound=Struct)
Endpoint = Callable[[Request], Awaitable[Response]]

MIB = 1 << 20
SMALL = 4 * MIB
"""The most that a JSON body may hold, unless its route says otherwise."""


async def read_body(request: Request, most: int = SMALL) -> bytes:
    """The whole body; TooLarge as soon as it is longer than `most` bytes."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise TooLarge(f"The request body is larger than {most // MIB} MiB, the most that this address takes.")
    return bytes(body)


def taking(kind: type[Body], endpoint: Callable[[Request, Body], Response], most: int = SMALL) -> Endpoint:
    """An endpoint that is handed its body as a `kind`."""

    async def receive(request: Request) -> Response:
        body = await read_body(request, most)
        return await run_in_threadpool(lambda: endpoint(request, parse(body or b"{}", kind)))

    return receive


def taking_bytes(endpoint: Callable[[Request, bytes], Response], most: int = SMALL) -> Endpoint:
    """An endpoint that is handed its body as it came."""

    async def receive(request: Request) -> Response:
        body = await read_body(request, most)
        return await run_in_threadpool(endpoint, request, body)

    return receive
