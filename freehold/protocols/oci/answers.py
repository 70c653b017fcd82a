"""Errors in the shape that registry clients read, and where they are told to sign in."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.errors import error_response
from freehold.asgi.urls import base_url
from freehold.base.errors import HubError, Moved
from freehold.wire.oci.documents import error_document

_CODES = {401: "UNAUTHORIZED", 403: "DENIED", 404: "NOT_FOUND", 416: "RANGE_INVALID", 429: "TOOMANYREQUESTS"}


def in_registry_shape(endpoint: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint in a worker thread, with its errors as registry documents."""

    async def wrapped(request: Request) -> Response:
        try:
            return await run_in_threadpool(endpoint, request)
        except HubError as error:
            plain = error_response(request, error)
            if isinstance(error, Moved) or plain.status_code in {500, 503, 507}:
                raise
            return _refusal(request, error, plain)

    return wrapped


def _refusal(request: Request, error: HubError, plain: Response) -> Response:
    own = {"content-length", "content-type"}
    headers = {name: value for name, value in plain.headers.items() if name not in own}
    if plain.status_code == 401:
        headers["WWW-Authenticate"] = _challenge(request)
    body = error_document(_CODES.get(plain.status_code, "UNSUPPORTED"), error.message)
    return Response(msgspec.json.encode(body), plain.status_code, headers, "application/json")


def _challenge(request: Request) -> str:
    base = base_url(request)
    params = request.path_params
    scope = f',scope="repository:{params["ns"]}/{params["name"]}:pull"' if "ns" in params else ""
    # What stands in quotes has none: a name that has is nobody's, and is not repeated.
    scope = "" if '"' in scope[len(',scope="') : -1] or not scope.isascii() or not scope.isprintable() else scope
    return f'Bearer realm="{base}/v2/token",service="{base.partition("://")[2]}"{scope}'
