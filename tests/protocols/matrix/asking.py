"""Asks the hub in this process, without a client between, and puts the database back after every answer that wrote."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import anyio
from starlette.types import ASGIApp


@dataclass(frozen=True)
class Asked:
    """One request; `path` is percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def ask(app: ASGIApp, asked: Asked) -> Answer:
    """The whole answer to one request."""
    raw = {"host": "hub.test", "content-length": str(len(asked.body)), **asked.headers}
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked.method, "scheme": "http",
        "path": unquote(asked.path), "raw_path": asked.path.encode(), "root_path": "",
        "query_string": asked.query.encode(), "client": ("127.0.0.1", 1), "server": ("hub.test", 80),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in raw.items()],
    }  # fmt: skip
    answered: list[Any] = []

    sent, ended = iter([{"type": "http.request", "body": asked.body, "more_body": False}]), anyio.Event()

    async def receive() -> Any:
        if (message := next(sent, None)) is None:
            await ended.wait()  # a client stays until it has its answer
        return message or {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        answered.append(message if message["type"] == "http.response.start" else bytes(message.get("body", b"")))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    await app(scope, receive, send)
    start, *body = answered
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(body))


class Rewind:
    """A SQLite database that can be put back to the moment at which this was made, while others use it."""

    def __init__(self, path: str) -> None:
        self._watch = sqlite3.connect(path, check_same_thread=False)
        self._watch.execute("PRAGMA synchronous=OFF")
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        self._watch.backup(self._kept)
        self._seen = self._version()
        self.times = 0

    def _version(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def back(self) -> bool:
        """Undo what was committed since; whether anything was."""
        if self._version() == self._seen:
            return False
        self._kept.backup(self._watch)
        self._seen = self._version()
        self.times += 1
        return True
