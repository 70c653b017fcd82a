"""A hub behind the real server, on a free port of the loopback, in a thread of the test."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from freehold.cli.serving import Server, options


@contextmanager
def live(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve `app` until the block ends; gives the hub's address."""
    ports: queue.Queue[int] = queue.Queue()
    server = Server(uvicorn.Config(app, **options(host, port)), ports.put)
    thread = threading.Thread(target=server.run, name="live-hub", daemon=True)
    thread.start()
    port = ports.get(timeout=20)
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the server did not stop"
