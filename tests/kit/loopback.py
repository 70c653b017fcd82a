"""A server on the loopback interface that runs in a thread of its own while a block lasts."""

import socketserver
import threading
from typing import Self


class Loopback:
    """Serves as long as the block lasts; `server` is bound already and tells its port."""

    def __init__(self, server: socketserver.TCPServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
