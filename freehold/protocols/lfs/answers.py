"""Answers and errors in the shape that LFS clients read."""

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import Endpoint, taking_bytes
from freehold.asgi.errors import error_response, sentence
from freehold.base.errors import HubError
from freehold.wire.lfs.batch import MEDIA_TYPE
from freehold.wire.lfs.transfer import error_document


def document(value: Any, status: int = 200) -> Response:
    """A JSON answer of the LFS protocol."""
    return Response(msgspec.json.encode(value), status, media_type=MEDIA_TYPE)


def taking_body(endpoint: Callable[[Request, bytes], Response], limit: int) -> Endpoint:
    """An endpoint that is handed its small body, with its errors as LFS documents."""
    return in_lfs_shape(taking_bytes(endpoint, limit))


def in_lfs_shape(endpoint: Endpoint) -> Endpoint:
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
    request_id = request.headers.get("x-request-id", "")
    return Response(
        error_document(sentence(request, error), request_id), plain.status_code, headers, media_type=MEDIA_TYPE
    )
