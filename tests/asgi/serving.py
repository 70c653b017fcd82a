"""A small application behind a real server, and a client that speaks to it byte by byte."""

import queue
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from freehold.asgi.errors import Errors
from freehold.asgi.routing import Route, Router
from freehold.base.errors import NotFound
from freehold.cli.serving import Server, options


async def missing(_scope, _receive, _send):
    raise NotFound("nothing here")


@dataclass
class Served:
    """A running server."""

    port: int
    server: Server


@contextmanager
def serving(routes: Sequence[Route], **options_: Any) -> Iterator[Served]:
    """The routes behind the hub's server on a free port; `options_` replace uvicorn's settings."""
    ports: queue.Queue[int] = queue.Queue()
    settings = options("127.0.0.1", 0) | {"lifespan": "off"} | options_
    server = Server(uvicorn.Config(Errors(Router(routes, missing)), **settings), ports.put)
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    try:
        yield Served(ports.get(timeout=20), server)
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the server did not stop"


@dataclass
class Answer:
    """An answer as it came over the wire; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection."""

    def __init__(self, served: Served) -> None:
        self.sock = socket.create_connection(("127.0.0.1", served.port), timeout=20)
        self._left = b""

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send a request and read its answer; in header names `_` stands for `-`."""
        self.send(request(path, method, body, **headers))
        return self.answer(method)

    def answer(self, method: str = "GET") -> Answer:
        """Read the next answer; raises ConnectionError if the connection ends before its end."""
        while b"\r\n\r\n" not in self._left:
            self._more()
        head, self._left = self._left.split(b"\r\n\r\n", 1)
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        code = int(status.split()[1])
        length = 0 if method == "HEAD" or code in (100, 304) else int(headers["content-length"])
        while len(self._left) < length:
            self._more()
        body, self._left = self._left[:length], self._left[length:]
        return Answer(code, headers, body)

    def _more(self) -> None:
        data = self.sock.recv(1 << 20)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._left += data

    def ended(self) -> bool:
        """Whether the server has closed the connection and nothing else comes."""
        try:
            return self._left == b"" and self.sock.recv(1) == b""
        except ConnectionError:
            return True


def request(path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> bytes:
    """A request's bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: hub.test"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body is not None and "Transfer_Encoding" not in headers and "Content_Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")
