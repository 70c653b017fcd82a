"""An HTTP client that calls an ASGI application in this process: no socket, every byte of the address kept."""

from collections.abc import Iterator
from typing import Any

import anyio
import httpx
from anyio.from_thread import BlockingPortal
from starlette.types import ASGIApp, Message


class InProcess(httpx.BaseTransport):
    """Runs requests on the event loop behind `portal`, one after another."""

    def __init__(self, app: ASGIApp, portal: BlockingPortal) -> None:
        self.app = app
        self.portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer, read to its end."""
        started, body = self.portal.call(self._ask, request, request.read())
        return httpx.Response(started["status"], headers=started["headers"], content=body, request=request)

    async def _ask(self, request: httpx.Request, body: bytes) -> tuple[Message, bytes]:
        incoming: Iterator[Message] = iter([{"type": "http.request", "body": body, "more_body": False}])
        answered: list[Message] = []
        ended = anyio.Event()

        async def receive() -> Message:
            if (message := next(incoming, None)) is None:
                await ended.wait()  # a client stays until it has its answer
            return message or {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            answered.append({**message, "body": bytes(message.get("body", b""))})
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended.set()

        await self.app(_scope(request), receive, send)
        start, *rest = answered
        return start, b"".join(message["body"] for message in rest)


def _scope(request: httpx.Request) -> dict[str, Any]:
    raw, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": raw,
        "root_path": "",
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": (request.url.host, request.url.port or 80),
    }
