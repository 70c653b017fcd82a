"""The HTTP server around the application: uvicorn with the hub's own protocol class."""

from collections.abc import Callable
from typing import Any

import uvicorn

from freehold.asgi.server import Protocol

GRACE_S = 30
"""How long requests in flight may take to end after the server was told to stop."""


def options(host: str, port: int) -> dict[str, Any]:
    """uvicorn's settings, the same for one process and for several."""
    return {
        "host": host,
        "port": port,
        "loop": "uvloop",
        "http": Protocol,
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
    """uvicorn's server that tells `ready` the port on which it listens (0 asks the system to choose one)."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, *args: Any, **kwargs: Any) -> None:
        """Start, then tell."""
        await super().startup(*args, **kwargs)
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])
