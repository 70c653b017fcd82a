"""Answers and errors in the shape that LFS clients read."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.errors import error_response
from freehold.base.errors import BadCredentials, HubError, TooLarge
from freehold.wire.lfs.batch import MEDIA_TYPE
from freehold.wire.lfs.transfer import error_document

_AUTHENTICATE = 'Basic realm="Freehold"'


class SignInFirst(BadCredentials):
    """Nobody signed in, and the request needs somebody: git asks its user when it is told so."""


def document(value: Any, status: int = 200) -> Response:
    """A JSON answer of the LFS protocol."""
    return Response(msgspec.json.encode(value), status, media_type=MEDIA_TYPE)


async def body_of(request: Request, limit: int) -> bytes:
    """A small request body. Raises TooLarge beyond `limit` bytes."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > limit:
            raise TooLarge(f"This request is longer than the {limit} bytes that are accepted here. Send several.")
    return bytes(data)


def taking_body(endpoint: Callable[[Request, bytes], Response], limit: int) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that gets its whole, small body and works in a thread."""

    async def wrapped(request: Request) -> Response:
        data = await body_of(request, limit)
        return await run_in_threadpool(endpoint, request, data)

    return in_lfs_shape(wrapped)


def in_lfs_shape(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint, with its errors as LFS documents; status and headers are those of every other face."""

    async def wrapped(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HubError as error:
            return _error(request, error)

    return wrapped


def _error(request: Request, error: HubError) -> Response:
    plain = error_response(request, error)
    own = {"content-length", "content-type"}
    headers = {name: value for name, value in plain.headers.items() if name not in own}
    if isinstance(error, SignInFirst):
        headers |= {"WWW-Authenticate": _AUTHENTICATE, "LFS-Authenticate": _AUTHENTICATE}
    request_id = request.headers.get("x-request-id", "")
    return Response(error_document(error.message, request_id), plain.status_code, headers, media_type=MEDIA_TYPE)
