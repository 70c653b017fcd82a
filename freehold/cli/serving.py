"""The HTTP server around the application: uvicorn with the hub's own protocol class."""

import threading
from typing import Any

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 30
"""How long requests in flight may take to end after the server was told to stop."""


def options(host: str, port: int) -> dict[str, Any]:
    """uvicorn's settings, the same for one process and for several."""
    return {
        "host": host,
        "port": port,
        "loop": "uvloop",
        "http": "httptools",
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # asgi.proxies decides whom to believe
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": GRACE_S,
        "backlog": 2048,
    }


class Server(uvicorn.Server):
    """uvicorn's server that says when it listens, and on which port."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    @property
    def port(self) -> int:
        """The port that it listens on, which the system chose if 0 was asked for."""
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port

    async def startup(self, *args: Any, **kwargs: Any) -> None:
        """Start, then tell."""
        await super().startup(*args, **kwargs)
        if self.started:
            self.ready.set()


def server(app: ASGIApp, host: str, port: int) -> Server:
    """A server for one process."""
    return Server(uvicorn.Config(app, **options(host, port)))
