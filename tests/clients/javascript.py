"""The environment of the JavaScript clients, and a site of another origin that serves them to a browser."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.clients.client import ENVIRONMENTS

MODULES = ENVIRONMENTS / "js" / "node_modules"


def javascript() -> Path:
    """The folder in which node finds the clients; skips where npm is not to be had."""
    if not MODULES.is_dir() and shutil.which("npm") is None:
        pytest.skip("npm is not installed: the JavaScript clients are not tested here")
    assert MODULES.is_dir(), f"{MODULES} is missing; ./dev clients makes it"
    return MODULES.parent


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing."""


@contextmanager
def another_site(folder: Path) -> Iterator[str]:
    """A web server of another origin than the hub; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
