"""Answers in the shape of RFC 6749: what was asked for, or an error with its code."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import read_body
from freehold.asgi.errors import header_text
from freehold.base.errors import BadCredentials, Forbidden, HubError, Invalid, NotFound, NotReached
from freehold.core.accounts.oauth.applications import Application, Applications
from freehold.wire.oauth.parameters import Parameters, parse_basic, parse_body
from freehold.wire.oauth.refusals import INVALID_CLIENT, INVALID_REQUEST, SLOW_DOWN, Refused

MOST_BYTES = 32 << 10
NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}

Endpoint = Callable[[Request, Parameters], Response]


def taking_parameters(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that is handed its parameters in a worker thread, and whose errors have OAuth's shape."""

    async def receive(request: Request) -> Response:
        body = await read_body(request, MOST_BYTES)

        def answer() -> Response:
            try:
                return endpoint(request, parse_body(request.headers.get("content-type", ""), body))
            except (Invalid, NotFound, Forbidden, BadCredentials, NotReached) as error:
                return refusal(error)

        return await run_in_threadpool(answer)

    return receive


def json(document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] = NEVER_KEPT) -> Response:
    """A document as JSON; by default nobody on the way may keep it."""
    return Response(msgspec.json.encode(document), status, dict(headers), "application/json")


def refusal(error: HubError) -> Response:
    """The error as RFC 6749, section 5.2, has it."""
    code = error.code if isinstance(error, Refused) else INVALID_REQUEST
    headers = {**NEVER_KEPT, "X-Error-Message": header_text(error.message)}
    status = {INVALID_CLIENT: 401, SLOW_DOWN: 429}.get(code, 400)
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Freehold"'
    return json({"error": code, "error_description": error.message}, status, headers)


def client_of(request: Request, parameters: Parameters, apps: Applications) -> Application:
    """The application that asks, by a Basic header or by parameters, never by both. Raises Refused."""
    scheme, _, rest = request.headers.get("authorization", "").strip().partition(" ")
    app_id, secret = parameters.get("client_id"), parameters.get("client_secret")
    if scheme.lower() == "basic":
        if secret is not None:
            raise Refused(INVALID_REQUEST, "Send the client's secret in one place: the header or the body.")
        shown, secret = parse_basic(_decoded(rest.strip()))
        if app_id not in {None, shown}:
            raise Refused(INVALID_REQUEST, "The header and the body name different clients.")
        app_id = shown
    if app_id is None:
        raise Refused(INVALID_CLIENT, "The parameter 'client_id' is missing.")
    return apps.authenticate(app_id, secret)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(INVALID_CLIENT, "The Authorization header could not be read.") from None
