"""Small request bodies, read whole under a limit before their endpoint runs in a worker thread."""

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import TooLarge

Endpoint = Callable[[Request], Awaitable[Response]]


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises TooLarge as soon as it is longer than `limit` bytes."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise TooLarge(f"The request body is longer than the {limit} bytes that this address takes.")
    return bytes(body)


def taking_bytes(endpoint: Callable[[Request, bytes], Response], limit: int) -> Endpoint:
    """An endpoint that is handed its body as it came."""

    async def receive(request: Request) -> Response:
        body = await read_body(request, limit)
        return await run_in_threadpool(endpoint, request, body)

    return receive
