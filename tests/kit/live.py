"""A hub behind the real server, on a free port of the loopback, in a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from freehold.cli.serving import server


@contextmanager
def live(app: ASGIApp, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve `app` until the block ends; gives the hub's address."""
    one = server(app, host, 0)
    thread = threading.Thread(target=one.run, name="live-hub", daemon=True)
    thread.start()
    if not one.ready.wait(20):
        raise RuntimeError("The server did not start.")
    try:
        yield f"http://{host}:{one.port}"
    finally:
        one.should_exit = True
        thread.join(30)
