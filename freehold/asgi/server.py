"""The HTTP server's protocol: uvicorn's own, which also lends its socket to worker threads for large bodies.

It offers three ASGI extensions, the first two only without TLS:

`freehold.sendfile`: after `http.response.start` with a Content-Length,
`await send_file(fd, offset, count)` or `await send_pieces(iterator)` puts bytes of the body on the connection;
an ordinary `http.response.body` message ends the response.

`freehold.body`: for a request with a Content-Length, `await receive(sink)` hands the whole body to `sink`
and returns its length.

`freehold.ending`: its `event` is set when the server wants to stop, so that endless answers end.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

import httptools
from starlette.requests import ClientDisconnect
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from freehold.asgi.transfers import BodyReceiver, Discarder, FileSender, PeerGone, PieceSender, State, Transfer
from freehold.base.streams import Buffer

_threads = ThreadPoolExecutor(32, thread_name_prefix="bytes")


class Protocol(HttpToolsProtocol):
    """One connection."""

    stall_s = 60.0
    """How long the peer may neither send nor take a byte of a body."""

    linger_s = 20.0
    """How long the rest of a refused body is read and thrown away, so that its sender sees the refusal."""

    head_s = 30.0
    """How long a request's head may take to come, counted from its first byte or the connection's start."""

    head_most = 128 << 10
    """Bytes of a request's head after which no more of it is read."""

    _head_bytes = 0

    body_seen = 0
    """Bytes of the current request's body that came through the event loop."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's is typed so
        """A new connection owes a request."""
        super().connection_made(transport)
        self.ending = asyncio.Event()
        self._await_head()

    def shutdown(self) -> None:
        """The server wants to stop."""
        self.ending.set()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is owed any more."""
        self._head_has_come()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless it is a head that does not end: the parser would keep whatever comes."""
        if self._head_timer is not None:
            if self._head_bytes > self.head_most:
                self.send_400_response("The head of this request is too long.")
                return
            self._head_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request's first byte has come: the rest of its head must follow."""
        self._await_head()
        super().on_message_begin()

    def _await_head(self) -> None:
        self._head_has_come()
        self._head_timer = self.loop.call_later(self.head_s, self._head_is_late)

    def _head_has_come(self) -> None:
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        """Close, unless an earlier request is still being answered: then its end starts the keep-alive timer."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Offer the extensions; the application starts only after this callback has returned."""
        self._head_has_come()
        super().on_headers_complete()
        self.body_seen = 0
        if self.cycle is None or self.cycle.scope is not self.scope:
            return
        ending: dict[str, Any] = {"freehold.ending": {"event": self.ending}}
        self.scope["extensions"] = ending
        if self.scheme != "http":
            return
        loan = _Loan(self, self.cycle)
        extensions: dict[str, Any] = {
            "freehold.sendfile": {"send_file": loan.send_file, "send_pieces": loan.send_pieces}
        }
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        if length != b"0":
            extensions["freehold.body"] = {"receive": loan.receive}
            loan.body_length = int(length)
        self.scope["extensions"] = ending | extensions

    def on_body(self, body: bytes) -> None:
        """Count what comes by the event loop: the rest is what a worker thread must read."""
        self.body_seen += len(body)
        super().on_body(body)

    def lent_socket(self) -> socket.socket:
        """A second handle on the connection's socket, for the caller to close; raises PeerGone."""
        if self.transport.is_closing():
            raise PeerGone
        sock: socket.socket = self.transport.get_extra_info("socket").dup()
        sock.setblocking(False)
        return sock

    async def flushed(self) -> None:
        """Return when everything that was written through the event loop has reached the kernel."""
        if not self.transport.is_closing():
            self.transport.set_write_buffer_limits(high=0)
            await _within(self.stall_s, self.flow.drain())
        if not self.transport.is_closing():
            self.transport.set_write_buffer_limits()

    def start_afresh(self) -> None:
        """Expect a new request: the body that the parser waits for has been read behind its back."""
        if self.parser is not None:
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)


class _Loan:
    """The extensions' methods for one request."""

    def __init__(self, protocol: Protocol, cycle: RequestResponseCycle) -> None:
        self.protocol, self.cycle = protocol, cycle
        self.body_length = 0

    async def send_file(self, fd: int, offset: int, count: int) -> None:
        """Put `count` bytes at `offset` of an open file on the connection; returns quietly if the peer has gone."""
        await self._send(lambda sock: FileSender(sock, fd, offset, count), count)

    async def send_pieces(self, pieces: Iterator[Buffer]) -> None:
        """Put the pieces on the connection; they must make up exactly what is left of the body."""
        count = self.cycle.expected_content_length
        await self._send(lambda sock: PieceSender(sock, pieces, count), count)

    async def _send(self, transfer_on: Callable[[socket.socket], Transfer], count: int) -> None:
        cycle, protocol = self.cycle, self.protocol
        if not cycle.response_started or cycle.chunked_encoding or count > cycle.expected_content_length:
            raise RuntimeError("The response's head must announce the bytes that are sent.")
        if cycle.disconnected or cycle.scope["method"] == "HEAD":
            return
        try:
            await protocol.flushed()
            with closing(protocol.lent_socket()) as sock:
                await _run(transfer_on(sock), protocol.stall_s)
            cycle.expected_content_length -= count
        except PeerGone:
            self._hang_up()

    async def receive(self, sink: Callable[[memoryview], None]) -> int:
        """Hand the request's body to `sink` and return its length.

        Raises ClientDisconnect if it ends early or stalls. If `sink` raises, the rest is thrown away while
        the application answers, and the connection ends after that answer.
        """
        protocol, cycle = self.protocol, self.cycle
        protocol.flow.pause_reading()
        if cycle.disconnected:
            raise ClientDisconnect
        await self._continue()
        first, cycle.body = bytes(cycle.body), bytearray()
        left = self.body_length - protocol.body_seen if cycle.more_body else 0
        try:
            with closing(protocol.lent_socket()) as sock:
                await self._receive(BodyReceiver(sock, sink, first, left))
        except PeerGone as error:
            self._hang_up()
            raise ClientDisconnect from error
        return self.body_length

    async def _receive(self, receiver: BodyReceiver) -> None:
        try:
            await _run(receiver, self.protocol.stall_s)
        except PeerGone:
            raise
        except Exception:
            if receiver.left:
                self._refuse(receiver.sock, receiver.left)
            else:
                self._complete()
            raise
        else:
            self._complete()
        finally:
            receiver.close()

    def _complete(self) -> None:
        """The whole body is off the socket: go on as if the event loop had read it."""
        if self.cycle.more_body:
            self.cycle.more_body = False
            self.protocol.start_afresh()
        self.cycle.message_event.set()
        self.protocol.flow.resume_reading()

    async def _continue(self) -> None:
        """Tell a client that asked first (`Expect: 100-continue`) to go on."""
        if self.cycle.waiting_for_100_continue:
            self.cycle.waiting_for_100_continue = False
            self.protocol.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await self.protocol.flushed()

    def _hang_up(self) -> None:
        self.cycle.disconnected = True
        self.protocol.transport.abort()

    def _refuse(self, sock: socket.socket, left: int) -> None:
        """End the connection after the answer. Closing it with unread bytes would destroy the answer on its way."""
        protocol = self.protocol
        self.cycle.keep_alive = False
        task = protocol.loop.create_task(_linger(sock.dup(), left, protocol.linger_s))
        protocol.tasks.add(task)
        task.add_done_callback(protocol.tasks.discard)


async def _linger(sock: socket.socket, left: int, seconds: float) -> None:
    """Throw away what still comes, for a while; the answer has meanwhile gone out by the other handle."""
    with closing(sock), suppress(PeerGone, TimeoutError):
        async with asyncio.timeout(seconds):
            await _run(Discarder(sock, left), seconds)


async def _run(transfer: Transfer, stall_s: float) -> None:
    """Give the transfer turns in worker threads until it is done; raises PeerGone when the peer leaves or stalls."""
    loop = asyncio.get_running_loop()
    while True:
        turn = loop.run_in_executor(_threads, transfer.turn)
        try:
            state = await asyncio.shield(turn)
        except asyncio.CancelledError:
            with suppress(OSError):
                transfer.sock.shutdown(socket.SHUT_RDWR)
            await asyncio.wait([turn])  # the thread must be out of the socket and the sink before either is closed
            raise
        if state is State.DONE:
            return
        if state is not State.TURN:
            await _within(stall_s, _ready(loop, transfer.sock, state))


async def _within(seconds: float, waiting: Coroutine[Any, Any, None]) -> None:
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError as error:
        raise PeerGone from error


async def _ready(loop: asyncio.AbstractEventLoop, sock: socket.socket, state: State) -> None:
    """Wait until the socket is readable or writable."""
    ready = loop.create_future()
    reading = state is State.READABLE
    (loop.add_reader if reading else loop.add_writer)(sock, _settle, ready)
    try:
        await ready
    finally:
        (loop.remove_reader if reading else loop.remove_writer)(sock)


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
