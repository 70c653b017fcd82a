"""Bytes in and out of one server process, beside nginx: `python bench/bytes.py`.

Downloads one file, whole and by ranges, from nginx and from the hub's server with and without its extensions;
uploads one body to disk the same ways. All contenders take turns within each round, so that a noisy machine
is noisy for all. Prints the best wall time and the CPU seconds of the server.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

MIB = 1 << 20
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--download-mib", type=int, default=1024)
    options.add_argument("--upload-mib", type=int, default=512)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--serve", metavar="DIR", help=argparse.SUPPRESS)
    options.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(Path(chosen.serve), chosen.port, chosen.plain)
        return
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), chosen.download_mib * MIB, chosen.upload_mib * MIB, chosen.rounds)


def measure(folder: Path, download: int, upload: int, rounds: int) -> None:
    """Run all contenders against files in `folder`."""
    with (folder / "file").open("wb") as file:
        for _ in range(download // MIB):
            file.write(os.urandom(MIB))
    with nginx(folder) as front, hub(folder) as ours, hub(folder, "--plain") as plain:
        fetches = {
            "nginx": (front, lambda: get(front, download)),
            "freehold": (ours, lambda: get(ours, download)),
            "freehold, no extensions": (plain, lambda: get(plain, download)),
        }
        table(f"GET of {download // MIB} MiB", download, rounds, fetches)
        ranges = {
            "nginx": (front, lambda: get_ranges(front, download)),
            "freehold": (ours, lambda: get_ranges(ours, download)),
            "freehold, no extensions": (plain, lambda: get_ranges(plain, download)),
        }
        table(f"GET of {download // MIB} MiB by ranges of 16 MiB", download, rounds, ranges)
        stores = {
            "freehold": (ours, lambda: put(ours, upload)),
            "freehold, no extensions": (plain, lambda: put(plain, upload)),
        }
        table(f"PUT of {upload // MIB} MiB to disk, no hash, no fsync", upload, rounds, stores)


class Peer:
    """A running server: its address and its processes' CPU time."""

    def __init__(self, url: str, pid: int) -> None:
        self.url, self.pid = url, pid

    def cpu(self) -> float:
        """CPU seconds of the process and its children so far."""
        pids = [self.pid, *self._children()]
        return sum(_cpu(pid) for pid in pids)

    def _children(self) -> list[int]:
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in text.split()]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/schedstat").read_text().split()
    threads = list(Path(f"/proc/{pid}/task").iterdir())
    if len(threads) == 1:
        return int(fields[0]) / 1e9
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def table(title: str, size: int, rounds: int, contenders: dict[str, tuple[Peer, Callable[[], None]]]) -> None:
    """Time every contender once a round and print the best of each."""
    walls: dict[str, list[float]] = {name: [] for name in contenders}
    cpus: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (peer, run) in contenders.items():
            cpu, wall = peer.cpu(), time.perf_counter()
            run()
            walls[name].append(time.perf_counter() - wall)
            cpus[name].append(peer.cpu() - cpu)
    print(f"\n{title}; best of {rounds}")
    for name in contenders:
        wall, cpu = min(walls[name]), min(cpus[name])
        print(f"  {name:28} {wall:6.3f} s  {size / wall / 1e6:7.0f} MB/s   server CPU {cpu:6.3f} s")


def get(peer: Peer, size: int) -> None:
    """One GET of the whole file on a fresh connection."""
    with _connected(peer.url) as sock:
        _get(sock, "", size)


def get_ranges(peer: Peer, size: int) -> None:
    """The whole file in ranges, one after the other on one connection."""
    step = 16 * MIB
    with _connected(peer.url) as sock:
        for start in range(0, size, step):
            _get(sock, f"Range: bytes={start}-{min(start + step, size) - 1}\r\n", min(step, size - start))


def _get(sock: socket.socket, header: str, size: int) -> None:
    sock.sendall(f"GET /file HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += sock.recv(4096)
    assert head.split()[1] in (b"200", b"206"), head
    left, buffer = size - len(head.split(b"\r\n\r\n", 1)[1]), bytearray(MIB)
    while left:
        left -= sock.recv_into(buffer, min(left, MIB))


def put(peer: Peer, size: int) -> None:
    """One PUT on a fresh connection."""
    piece = os.urandom(MIB)
    with _connected(peer.url) as sock:
        sock.sendall(f"PUT /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode())
        for _ in range(size // MIB):
            sock.sendall(piece)
        assert sock.recv(4096).split()[1] == b"200"


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port))


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def nginx(folder: Path) -> Iterator[Peer]:
    """nginx with one worker and sendfile, serving `folder`."""
    port, prefix = _free_port(), folder / "nginx"
    prefix.mkdir()
    folder.chmod(0o755)
    (prefix / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {prefix}/pid; error_log stderr; user root;\n"
        "events { worker_connections 64; }\n"
        f"http {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {prefix};\n"
        f"  proxy_temp_path {prefix}; fastcgi_temp_path {prefix}; uwsgi_temp_path {prefix}; scgi_temp_path {prefix};\n"
        f"  server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    with _process([binary, "-p", str(prefix), "-c", str(prefix / "nginx.conf")], port) as peer:
        yield peer


@contextmanager
def hub(folder: Path, *options: str) -> Iterator[Peer]:
    """The hub's server, one process, serving `folder`."""
    port = _free_port()
    command = [sys.executable, __file__, "--serve", str(folder), "--port", str(port), *options]
    with _process(command, port) as peer:
        yield peer


@contextmanager
def _process(command: list[str], port: int) -> Iterator[Peer]:
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield Peer(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


def serve(folder: Path, port: int, plain: bool) -> None:
    """Run a small application on uvicorn: GET /file, PUT /upload."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    from freehold.asgi.bytes import receive_into, send
    from freehold.asgi.server import Protocol
    from freehold.base.streams import Here

    path = folder / "file"

    def download(request: Request) -> Response:
        return send(request, lambda a, b: Here(path, a, b - a), path.stat().st_size, etag="x")

    async def upload(request: Request) -> Response:
        with (folder / f"upload-{port}").open("wb", buffering=0) as file:
            return PlainTextResponse(str(await receive_into(request, lambda piece: file.write(piece) and None)))

    app = Starlette(routes=[Route("/file", download), Route("/upload", upload, methods=["PUT"])])
    http = "httptools" if plain else Protocol
    uvicorn.run(app, port=port, http=http, loop="uvloop", log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
