"""The middleware around every request: its id, log line and measurements, and the headers that all answers share."""

import time
import uuid
from collections.abc import Sequence

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from freehold.asgi.metrics import Metrics
from freehold.asgi.routing import raw_path

Pair = tuple[bytes, bytes]

log = structlog.get_logger("freehold.access")

_EXPOSED = (
    "X-Repo-Commit, X-Request-Id, X-Error-Code, X-Error-Message, X-Linked-Size, X-Linked-ETag, X-Xet-Hash, "
    "RateLimit, RateLimit-Policy, Retry-After, "
    "X-Xet-Refresh-Route, Link, ETag, Content-Length, Content-Range, Accept-Ranges, Content-Disposition, X-Total-Count"
)
# Without `Allow-Credentials` a browser sends no cookie across origins, so `*` opens only what is public.
_SHARED: Sequence[Pair] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    # Whoever may fetch across origins anyway may also show; pages say `same-origin` for themselves.
    (b"cross-origin-resource-policy", b"cross-origin"),
)
# Told only where the request came by TLS, as the proxy or the configured address says.
_STRICT: Pair = (b"strict-transport-security", b"max-age=31536000")
_PREFLIGHT: Sequence[Pair] = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
)
# What repositories hold is served from the hub's own address: unless a page says otherwise, it may run nothing there.
_NO_SCRIPT: Pair = (b"content-security-policy", b"default-src 'none'; sandbox")


class Requests:
    """Outermost middleware; it must see every answer, errors included."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request from its first byte to its last."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = dict(scope["headers"])
        request_id = _request_id(headers)
        answer = _Answer(send, request_id, scope)
        began = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                await _preflight(headers, answer)
            else:
                await self.app(scope, receive, answer)
        finally:
            self._note(scope, answer, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")

    def _note(self, scope: Scope, answer: "_Answer", seconds: float) -> None:
        route = scope.get("route")
        template = route.path if route is not None else "-"
        sent = 0 if scope["method"] == "HEAD" else answer.sent
        self.metrics.request(scope["method"], template, answer.status, seconds, sent)
        # The query may hold signatures, and a `{secret}` in the path is one: neither is written down.
        path = template if "{secret" in template else raw_path(scope)
        client = scope["client"][0] if scope.get("client") else "-"
        actor = scope.get("freehold.actor")
        log.info(
            "request",
            method=scope["method"],
            path=path,
            route=template,
            status=answer.status,
            ms=round(seconds * 1000, 1),
            bytes=sent,
            client=client,
            user=actor.name if actor is not None else None,
        )


class _Answer:
    """`send`, with the shared headers added; status 0: nothing was answered."""

    def __init__(self, send: Send, request_id: str, scope: Scope) -> None:
        self._send, self._scope = send, scope
        self._id: Pair = (b"x-request-id", request_id.encode("latin-1"))
        self.status = 0
        self.sent = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ())]
            present = {name for name, _ in headers}
            shared = [self._id, *_SHARED, _NO_SCRIPT, *([_STRICT] if _by_tls(self._scope) else [])]
            headers += [pair for pair in shared if pair[0] not in present]
            message = {**message, "headers": headers}
            # Bytes that the kernel sends never come by here, so what was announced counts.
            self.sent = next((int(value) for name, value in headers if name == b"content-length"), 0)
        await self._send(message)


def _by_tls(scope: Scope) -> bool:
    # Looked at when the answer goes out: until then proxies may have told how the client came.
    return scope.get("scheme") == "https" or str(scope.get("freehold.url", "")).startswith("https://")


def _request_id(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-amzn-trace-id") or headers.get(b"x-request-id")
    text = given.decode("latin-1")[:200] if given else ""
    return text if text.isascii() and text.isprintable() and text else uuid.uuid4().hex


async def _preflight(headers: dict[bytes, bytes], send: Send) -> None:
    asked = headers.get(b"access-control-request-headers", b"authorization, range, content-type")
    await send(
        {
            "type": "http.response.start",
            "status": 204,
            "headers": [
                *_PREFLIGHT,
                (b"access-control-allow-headers", asked),
                (b"vary", b"Access-Control-Request-Headers"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": b""})
