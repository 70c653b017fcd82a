"""A loopback relay before a server: it counts the bytes that pass, can cut a connection, and can fail for a while."""

import contextlib
import socket
import socketserver
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Passes every connection on to `port`. `sent` is what clients sent, `received` what they were sent, in bytes."""

    def __init__(self, port: int) -> None:
        self.sent = 0
        self.received = 0
        self._target = ("127.0.0.1", port)
        self._cut_after: int | None = None
        self._fails_after: int | None = None
        self._lock = threading.Lock()
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                relay._pass_on(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler, bind_and_activate=True)
        self._server.daemon_threads = True
        self._server.block_on_close = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self.sent = self.received = 0

    def cut_once_after(self, received: int) -> None:
        """Break the connection in use when clients have been sent `received` more bytes; once."""
        with self._lock:
            self._cut_after = self.received + received

    def fail_after(self, sent: int) -> None:
        """Once clients have sent `sent` more bytes, pass nothing on and turn everybody away, until `recover`."""
        with self._lock:
            self._fails_after = self.sent + sent

    def recover(self) -> None:
        """Pass everything on again."""
        with self._lock:
            self._fails_after = None

    def _fails(self) -> bool:
        return self._fails_after is not None and self.sent >= self._fails_after

    def _pass_on(self, client: socket.socket) -> None:
        if self._fails():
            return
        with socket.create_connection(self._target) as hub:
            upward = threading.Thread(target=self._pump, args=(client, hub, "sent"), daemon=True)
            upward.start()
            self._pump(hub, client, "received")
            upward.join()

    def _pump(self, source: socket.socket, sink: socket.socket, counter: str) -> None:
        buffer = memoryview(bytearray(1 << 18))
        with contextlib.suppress(OSError):  # One end went away; the other is told by the shutdown below.
            while count := source.recv_into(buffer):
                if self._count(counter, count):
                    break
                sink.sendall(buffer[:count])
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _count(self, counter: str, count: int) -> bool:
        """Count, and say whether this connection is to be cut."""
        with self._lock:
            setattr(self, counter, getattr(self, counter) + count)
            cut = self._cut_after is not None and self.received >= self._cut_after
            if cut:
                self._cut_after = None
            return cut or self._fails()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
