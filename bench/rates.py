"""Requests a second of the two that clients send most, and what the hub needs to stand there."""

import re
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from bench.measure import Row, Samples, resident_megabytes
from tests.crash.visitor import Visitor
from tests.kit.process import HubProcess

SECONDS = 5
CONNECTIONS = 32
LENGTH = re.compile(rb"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)


MODEL = {
    "README.md": b"---\nlicense: apache-2.0\npipeline_tag: text-generation\n---\n\n# A model\n",
    "config.json": b'{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}\n',
}


def publish(url: str, token: str) -> None:
    """A small public model, `alice/model`, to be asked for."""
    visitor = Visitor(url, token)
    visitor.create("alice/model")
    visitor.commit("alice/model", MODEL, {}, [])
    visitor.close()


@dataclass
class Rates:
    """`start` opens the same data with a number of workers."""

    start: Callable[[int], HubProcess]

    def run(self, rounds: int) -> list[Row]:
        taken: dict[tuple[str, int], list[float]] = {}
        for workers in (1, 2):
            with self.start(workers) as hub:
                for _ in range(rounds):
                    for what, rate in self._rates(hub).items():
                        taken.setdefault((what, workers), []).append(rate)
        return [
            Row(f"{what}, {workers} worker{'s' * (workers > 1)}", Samples(tuple(rates)).text("/s"), "", "", "")
            for (what, workers), rates in taken.items()
        ]

    def _rates(self, hub: HubProcess) -> dict[str, float]:
        return {
            "model info": rate(hub.port, "GET", "/api/models/alice/model"),
            "resolve HEAD": rate(hub.port, "HEAD", "/alice/model/resolve/main/config.json"),
        }


def rate(port: int, method: str, path: str) -> float:
    """Answers a second over 32 kept connections: all are asked, then all are read, and again."""
    request = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    with ExitStack() as stack:
        socks = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(CONNECTIONS)]
        answers, began = 0, time.perf_counter()
        while time.perf_counter() - began < SECONDS:
            for sock in socks:
                sock.sendall(request)
            for sock in socks:
                read_answer(sock, has_body=method != "HEAD")
            answers += len(socks)
        return answers / (time.perf_counter() - began)


def read_answer(sock: socket.socket, *, has_body: bool) -> None:
    """Read one answer with a Content-Length to its end; fails if it is not 200."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    left = int(LENGTH.search(head)[1]) - len(body) if has_body else 0  # type: ignore[index]
    while left > 0:
        left -= len(sock.recv(65536))


def standing(start: Callable[[int], HubProcess], rounds: int) -> list[Row]:
    """Time from the command to the first yes of `/readyz`, and memory three seconds later."""
    ready, resident = [], []
    for _ in range(rounds):
        hub = start(1)
        ready.append(hub.start())
        time.sleep(3)
        resident.append(resident_megabytes(hub.pid))
        hub.stop()
    return [
        Row("time to ready, one worker", Samples(tuple(ready)).text("s"), "", "", "≤ 2 s"),
        Row("memory when idle, one worker", Samples(tuple(resident)).text("MB"), "", "", "≤ 150 MB"),
    ]
