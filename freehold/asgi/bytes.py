"""How bytes come in and go out: request bodies into a sink, files as responses with ranges and ETags.

Where the server offers the extensions of `asgi/server.py`, bytes move between socket and worker thread
directly; under any other server they pass through ASGI messages, a mebibyte at a time.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from itertools import chain

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from freehold.base.errors import Invalid, RangeUnsatisfiable, StorageFailed, TooLarge
from freehold.base.streams import PIECE, Buffer, Elsewhere, Here, Located, Made

Sink = Callable[[memoryview], None]
"""Takes the next piece of a body in a worker thread; the piece is valid only until it returns."""

_SMALL = 64 << 10  # up to here messages are cheaper than lending the socket to a worker thread

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII)


async def receive_into(request: Request, sink: Sink, limit: int | None = None) -> int:
    """Hand the request's body to `sink`, in order, in one worker thread at a time; returns its length.

    Raises TooLarge beyond `limit` bytes (before the first piece where the length is announced),
    ClientDisconnect when the body ends early or stalls, and whatever `sink` raises.
    """
    announced = _announced(request)
    if limit is not None and announced is not None and announced > limit:
        raise TooLarge(f"The body has {announced} bytes; at most {limit} are accepted here.")
    extension = request.scope.get("extensions", {}).get("freehold.body")
    if extension is not None and announced is not None and announced > _SMALL:
        return int(await extension["receive"](sink))
    return await _receive_messages(request, sink, limit)


def _announced(request: Request) -> int | None:
    """The body's length according to its header; None where it is chunked."""
    value = request.headers.get("content-length")
    if value is None or "transfer-encoding" in request.headers:
        return None
    if not value.isascii() or not value.isdigit():
        raise Invalid("Content-Length must be a number of bytes.")
    return int(value)


async def _receive_messages(request: Request, sink: Sink, limit: int | None) -> int:
    """The way that needs no extension: gather the server's small pieces into one large, reused buffer."""
    buffer, filled, total = memoryview(bytearray(PIECE)), 0, 0
    async for message in request.stream():
        total += len(message)
        if limit is not None and total > limit:
            raise TooLarge(f"The body is longer than the {limit} bytes that are accepted here.")
        if filled + len(message) > PIECE:
            await run_in_threadpool(sink, buffer[:filled])
            filled = 0
        if len(message) > PIECE:
            await run_in_threadpool(sink, memoryview(message))
        else:
            buffer[filled : filled + len(message)] = message
            filled += len(message)
    if filled:
        await run_in_threadpool(sink, buffer[:filled])
    return total


def send(
    request: Request,
    located_for: Callable[[int, int], Located],
    size: int,
    *,
    etag: str,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/octet-stream",
) -> Response:
    """The response that a GET or HEAD for a file of `size` bytes deserves: 200, 206, 302 or 304.

    `located_for(start, stop)` is called, in this thread, only for bytes that will be sent; `etag` is the bare
    hash. Of several ranges none is honoured: the whole file is sent, as RFC 9110 allows.
    Raises RangeUnsatisfiable for a range beyond the end.
    """
    fields = {**(headers or {}), "etag": f'"{etag}"', "accept-ranges": "bytes"}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=fields)
    span = _span(request, size, etag)
    start, stop = span or (0, size)
    fields |= {"content-length": str(stop - start), "content-type": media_type}
    if request.method == "HEAD":
        return _Bytes(Made(0, lambda: iter(())), 200, fields)
    if span:
        fields["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    located = located_for(start, stop)
    if isinstance(located, Elsewhere) and "origin" in request.headers:
        # A script of another site asks: the store may not let it read what it answers, the hub does.
        located = Made(located.length, located.pieces)
    if isinstance(located, Elsewhere):
        del fields["content-length"], fields["content-type"]
        return RedirectResponse(located.url, 302, headers=fields)
    if located.length != stop - start:
        raise StorageFailed("The store holds a different number of bytes than this file has.")
    return _Bytes(located, 206 if span else 200, fields)


def send_pieces(located: Here | Made, headers: Mapping[str, str], status: int = 200) -> Response:
    """A response that is exactly the bytes of `located`, for those who have worked out the headers themselves."""
    return _Bytes(located, status, {**headers, "content-length": str(located.length)})


def matches(condition: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names `etag`; weakness does not matter here."""
    if condition is None:
        return False
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in condition.split(",")]
    return etag in tags or tags == ["*"]


def _span(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """The one range that is asked for, as (start, stop); None for the whole file."""
    asked = request.headers.get("range")
    condition = request.headers.get("if-range")
    if request.method != "GET" or asked is None or (condition is not None and condition.strip() != f'"{etag}"'):
        return None
    match = _RANGE.fullmatch(asked)
    if match is None or match.groups() == ("", ""):
        return None  # several ranges, another unit or nonsense: a range that cannot be honoured is ignored
    first, last = match.groups()
    if not first:
        start, stop = max(size - _bounded(last), 0), size
    else:
        start, stop = _bounded(first), min(_bounded(last) + 1, size) if last else size
        if last and _bounded(last) < start:
            return None
    if start >= size or stop <= start:
        raise RangeUnsatisfiable(size)
    return start, stop


def _bounded(digits: str) -> int:
    """A number of bytes; numbers too long to be one all count as very large."""
    return int(digits) if len(digits) < 20 else 1 << 63


class _Bytes(Response):
    """Bytes from a file or a producer, as the body of a response."""

    def __init__(self, located: Here | Made, status: int, fields: Mapping[str, str]) -> None:
        super().__init__(None, status, dict(fields))
        self._located = located

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the head, then the bytes by the shortest way that the server offers.

        The file is opened, or the first piece made, before the head goes out: a failure can still be told.
        """
        located = self._located
        extension = scope.get("extensions", {}).get("freehold.sendfile")
        if not located.length or scope["method"] == "HEAD":
            await self._start(send)
            await send({"type": "http.response.body", "body": b""})
        elif extension is None or located.length <= _SMALL:
            await self._send_messages(located, send)
        elif isinstance(located, Here):
            with await run_in_threadpool(_open, located) as file:
                await self._start(send)
                await extension["send_file"](file.fileno(), located.offset, located.length)
            await send({"type": "http.response.body", "body": b""})
        else:
            with _released(located.pieces()) as pieces:
                first = await run_in_threadpool(next, pieces, b"")
                await self._start(send)
                await extension["send_pieces"](chain([first], pieces))
            await send({"type": "http.response.body", "body": b""})

    async def _start(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _send_messages(self, located: Here | Made, send: Send) -> None:
        """The way that needs no extension, and the better one for small bodies: a message for each mebibyte."""
        left = located.length
        with _released(_file_pieces(located) if isinstance(located, Here) else located.pieces()) as pieces:
            piece = await run_in_threadpool(_gather, pieces)
            await self._start(send)
            while piece:
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
                piece = await run_in_threadpool(_gather, pieces) if left > 0 else b""
        if left:
            raise StorageFailed("The store gave a different number of bytes than this file has.")


@contextmanager
def _released(pieces: Iterator[Buffer]) -> Iterator[Iterator[Buffer]]:
    """End a producer with the block: what it holds open is closed then, not at some later collection."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def _open(here: Here) -> BufferedReader:
    """The file, opened; a file that is gone is a failure of the store, not `not found`."""
    try:
        return here.path.open("rb")
    except OSError as error:
        raise StorageFailed("The store could not open the bytes of this file.") from error


def _file_pieces(here: Here) -> Iterator[bytes]:
    """A span of a file, a mebibyte at a time."""
    with _open(here) as file:
        file.seek(here.offset)
        left = here.length
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def _gather(pieces: Iterator[Buffer]) -> bytes:
    """The next pieces, copied out of their reused buffers and joined until they make about a mebibyte."""
    gathered = bytearray()
    for piece in pieces:
        if not gathered and len(piece) >= PIECE:
            return bytes(piece)
        gathered += piece
        if len(gathered) >= PIECE:
            break
    return bytes(gathered)
