"""Errors → responses: one table says which status and code the Hub's clients expect."""

from collections.abc import Callable

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from freehold.asgi.identity import ACTOR_KEY
from freehold.asgi.routing import raw_path
from freehold.asgi.urls import base_url
from freehold.base import errors
from freehold.base.words import later
from freehold.core.accounts.actor import Actor

HtmlError = Callable[[Request, int, str], Response]
"""Draws an error for people: request, status, sentence."""

# The first class that fits wins, so subclasses stand before what they inherit from.
_TABLE: list[tuple[type[errors.HubError], int, str | None]] = [
    (errors.NotGated, 400, "RepoNotGated"),
    (errors.Invalid, 400, None),
    (errors.Unprocessable, 422, None),
    (errors.BadCredentials, 401, None),
    (errors.Gated, 403, "GatedRepo"),
    (errors.Disabled, 403, "DisabledRepo"),
    (errors.Forbidden, 403, None),
    (errors.RepoNotFound, 404, "RepoNotFound"),
    (errors.RevisionNotFound, 404, "RevisionNotFound"),
    (errors.EntryNotFound, 404, "EntryNotFound"),
    (errors.NotFound, 404, None),
    (errors.Moved, 307, None),
    (errors.Conflict, 409, None),
    (errors.Stale, 412, None),
    (errors.TooLarge, 413, None),
    (errors.QuotaExceeded, 403, "QuotaExceeded"),
    (errors.TooMany, 429, None),
    (errors.RangeUnsatisfiable, 416, None),
    (errors.NotBuilt, 501, "NotImplemented"),
    (errors.NotReached, 502, None),
    (errors.StorageFull, 507, None),
    (errors.StorageFailed, 503, None),
]

INTERNAL = later("The hub met an error of its own. It is in the hub's log under this request's id.")

log = structlog.get_logger("freehold")


def _row(error: errors.HubError) -> tuple[type[errors.HubError], int, str | None]:
    return next((row for row in _TABLE if isinstance(error, row[0])), (errors.HubError, 500, None))


def error_response(request: Request, error: errors.HubError) -> Response:
    """The client's own error shape: `{"error": …}`, `X-Error-Code`, `X-Error-Message`."""
    _, status, code = _row(error)
    if isinstance(error, errors.RepoNotFound | errors.Gated) and _is_stranger(request):
        status = 401  # "sign in and look again"; the same for absent and hidden
    message = sentence(request, error)
    headers = {"X-Error-Message": header_text(message)}
    if code:
        headers["X-Error-Code"] = code
    body: dict[str, object] = {"error": message}
    match error:
        case errors.Disabled():
            body["error"] = error.in_full  # the header's words are those by which clients know the case
        case errors.EntryNotFound(commit=str(commit)):
            headers["X-Repo-Commit"] = commit
        case errors.Moved(to=to):
            headers["Location"] = f"{request.scope.get('root_path', '')}/{to.lstrip('/')}"
        case errors.Conflict(url=str(url)):
            body["url"] = url
        case errors.TooMany(retry_after_s=seconds):
            headers["Retry-After"] = str(seconds)
        case errors.RangeUnsatisfiable(size=size):
            headers["Content-Range"] = f"bytes */{size}"
    if status == 401 and _speaks_git(request):
        headers["WWW-Authenticate"] = 'Basic realm="Freehold", charset="UTF-8"'
        headers["LFS-Authenticate"] = 'Basic realm="Freehold"'
    if status in {503, 507}:
        headers["Retry-After"] = "5"
    return JSONResponse(body, status, headers)


def sentence(request: Request, error: errors.HubError) -> str:
    """What the error says, with the hub's own address where it names a page."""
    if isinstance(error, errors.Gated) and error.ask_at:
        return error.message.replace(error.ask_at, base_url(request) + error.ask_at, 1)
    return error.message


def _is_stranger(request: Request) -> bool:
    actor: Actor | None = request.scope.get(ACTOR_KEY)
    return "authorization" not in request.headers and (actor is None or not actor.signed_in)


def header_text(text: str) -> str:
    """`text` as one line that an HTTP header can carry."""
    return " ".join(text.split()).encode("ascii", "replace").decode()[:1000]


def _speaks_git(request: Request) -> bool:
    path = raw_path(request.scope)
    return "/info/lfs/" in path or path.endswith(("/info/refs", "/git-upload-pack", "/git-receive-pack"))


def wants_html(request: Request) -> bool:
    """Whether a person's browser asks, outside the API."""
    return "text/html" in request.headers.get("accept", "") and not raw_path(request.scope).startswith("/api/")


class Errors:
    """Middleware: answers every error that leaves the faces, and logs those that nobody foresaw."""

    def __init__(self, app: ASGIApp, html: HtmlError | None = None) -> None:
        self.app = app
        self.html = html

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if it raises before an answer began, answer for it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            return await self.app(scope, receive, watched)
        except ClientDisconnect:
            return None
        except Exception as error:
            # Every error ends here and is answered or, once the answer has begun, breaks the connection.
            response = self.answer(Request(scope, receive), error)
            if started:
                raise
            return await response(scope, receive, send)

    def answer(self, request: Request, error: Exception) -> Response:
        """The response for `error`, as JSON or, for a browser, as a page."""
        if isinstance(error, HTTPException):
            message = error.detail
            headers = {**(error.headers or {}), "X-Error-Message": header_text(message)}
            response: Response = JSONResponse({"error": message}, error.status_code, headers)
        elif isinstance(error, errors.HubError):
            response, message = error_response(request, error), sentence(request, error)
            message = error.in_full if isinstance(error, errors.Disabled) else message
        else:
            response, message = JSONResponse({"error": INTERNAL}, 500, {"X-Error-Message": INTERNAL}), INTERNAL
        if response.status_code in {500, 503, 507}:
            log.error("request failed", path=request.scope["path"], exc_info=error)
        if self.html is None or response.status_code < 400 or not wants_html(request):
            return response
        try:
            page = self.html(request, response.status_code, message)
        except errors.Invalid:  # a page needs the hub's own address, and this request names none
            return response
        kept = {key: value for key, value in response.headers.items() if key.startswith("x-") or key == "retry-after"}
        page.headers.update(kept)
        return page
