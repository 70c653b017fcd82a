"""Answers that git reads: errors as plain text, and what a git child writes while it writes it."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from freehold.asgi.errors import error_response, sentence
from freehold.base.errors import HubError, Invalid
from freehold.stores.git.process import GitProcess

AT_ONCE = 32
"""How many gits may run at once in one process; more wait their turn."""

STALL_S = 60.0
"""How long a client may take nothing before its git is ended."""

# Threads of their own: a git that thinks for a minute must not keep the pages waiting.
_threads = ThreadPoolExecutor(AT_ONCE + 8, thread_name_prefix="git")

log = structlog.get_logger("freehold")

T = TypeVar("T")


def document(content: bytes, service: str, what: str) -> Response:
    """A whole answer of the service, never to be cached."""
    return Response(content, media_type=f"application/x-{service}-{what}", headers=FRESH)


FRESH = {"Cache-Control": "no-cache, max-age=0, must-revalidate", "Pragma": "no-cache"}


def in_git_shape(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint, with its errors as text: git shows its user nothing else."""

    async def wrapped(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HubError as error:
            plain = error_response(request, error)
            if plain.status_code in {500, 503, 507}:
                raise
            own = {"content-length", "content-type"}
            headers = {name: value for name, value in plain.headers.items() if name not in own}
            return PlainTextResponse(f"{sentence(request, error)}\n", plain.status_code, headers)

    return wrapped


class Streamed(Response):
    """What `process` writes, as fast as the client takes it. `held` is closed when it has ended."""

    def __init__(self, process: GitProcess, held: ExitStack, first: bytes, media_type: str) -> None:
        super().__init__(None, 200, FRESH, media_type)
        del self.headers["content-length"]
        self._process = process
        self._held = held
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send it all; a client that goes away or stalls ends the process, and a killed process the connection."""
        watcher = asyncio.ensure_future(self._watch(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._pump(send)
        finally:
            watcher.cancel()
            await asyncio.shield(in_thread(self._held.close))

    async def _watch(self, receive: Receive) -> None:
        # The request's body has been read: what comes now can only be the client's leaving.
        while (await receive())["type"] != "http.disconnect":
            pass
        self._process.kill()

    async def _pump(self, send: Send) -> None:
        piece = self._first
        while piece:
            await _within(send, {"type": "http.response.body", "body": piece, "more_body": True})
            piece = await in_thread(self._process.read)
        status = await in_thread(self._process.wait)
        if status:
            log.warning("git ended with an error", status=status, said=self._process.said())
        if status < 0:
            raise ClientDisconnect  # git must not take half an answer for a whole one
        await send({"type": "http.response.body", "body": b""})


async def streamed(process: GitProcess, held: ExitStack, media_type: str, prefix: bytes = b"") -> Response:
    """The response that is `prefix` and what `process` writes. Raises Invalid if it cannot write anything."""
    first = await in_thread(process.read)
    status = 0 if first else await in_thread(process.wait)
    if status:
        raise Invalid(f"git could not answer this request: {process.said()[:500]}")
    return Streamed(process, held, prefix + first, media_type)


async def in_thread(work: Callable[[], T]) -> T:
    """Do blocking work of git's in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


async def _within(send: Send, message: Message) -> None:
    try:
        await asyncio.wait_for(send(message), STALL_S)
    except TimeoutError:
        raise ClientDisconnect from None
