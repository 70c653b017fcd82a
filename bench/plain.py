"""Whole files over plain HTTP: a download against nginx, an upload by LFS against `cp` and `sha256sum`."""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench.bytes import nginx
from bench.measure import Row, ratio, take_turns
from tests.crash.visitor import LFS_JSON
from tests.kit.process import HubProcess
from tests.kit.weights import write_weights

SIZE = 1 << 30
UPLOAD = 512 << 20


@dataclass
class Plain:
    """One file that came by LFS, so that the hub keeps it whole."""

    hub: HubProcess
    token: str
    folder: Path

    def run(self, rounds: int) -> list[Row]:
        return [*self._uploads(rounds), *self._downloads(rounds)]

    def _uploads(self, rounds: int) -> list[Row]:
        digests = {}
        for number in range(rounds):
            digests[number] = write_weights(self.folder / f"lfs-{number}.bin", UPLOAD, seed=200 + number)

        def to_hub(number: int) -> None:
            self._send(self.folder / f"lfs-{number}.bin", digests[number])

        def to_disk(number: int) -> None:
            source, target = self.folder / f"lfs-{number}.bin", self.folder / f"copy-{number}.bin"
            subprocess.run(["cp", source, target], check=True)
            subprocess.run(["sha256sum", target], check=True, stdout=subprocess.DEVNULL)

        with httpx.Client(base_url=self.hub.url, headers={"Authorization": f"Bearer {self.token}"}) as http:
            self._http = http
            http.post("/api/repos/create", json={"name": "lfs", "organization": "alice"}).raise_for_status()
            taken = take_turns({"hub": to_hub, "disk": to_disk}, rounds)
        return [
            Row(
                "LFS upload, 512 MiB, hashed and synced, against `cp` and `sha256sum`",
                taken["hub"].text("s"),
                taken["disk"].text("s"),
                f"{ratio(taken['hub'], taken['disk']):.2f}",
                "",
            )
        ]

    def _downloads(self, rounds: int) -> list[Row]:
        source = self.folder / "whole.bin"
        digest = write_weights(source, SIZE, seed=300)
        with httpx.Client(base_url=self.hub.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60) as http:
            self._http = http
            self._send(source, digest)
            line = f'{{"path":"whole.bin","algo":"sha256","oid":"{digest}","size":{SIZE}}}'
            http.post(
                "/api/models/alice/lfs/commit/main",
                content=f'{{"key":"header","value":{{"summary":"Add"}}}}\n{{"key":"lfsFile","value":{line}}}',
                headers={"Content-Type": "application/x-ndjson"},
            ).raise_for_status()
        with nginx(self.folder) as front:

            def from_hub(_: int) -> None:
                get(self.hub.url, "/alice/lfs/resolve/main/whole.bin", SIZE)

            def from_nginx(_: int) -> None:
                get(front.url, "/whole.bin", SIZE)

            from_hub(0), from_nginx(0)  # once for the page cache
            taken = take_turns({"hub": from_hub, "nginx": from_nginx}, rounds)
        throughput = 1 / ratio(taken["hub"], taken["nginx"])
        return [
            Row(
                "plain GET of 1 GiB, against nginx",
                taken["hub"].text("s"),
                taken["nginx"].text("s"),
                f"{throughput:.2f} × its throughput",
                "≥ 0.9",
            )
        ]

    def _send(self, source: Path, digest: str) -> None:
        """What an LFS client does: ask, put, have it verified."""
        named = {"oid": digest, "size": source.stat().st_size}
        asked = {"operation": "upload", "transfers": ["basic"], "hash_algo": "sha256", "objects": [named]}
        answer = self._http.post("/alice/lfs.git/info/lfs/objects/batch", json=asked, headers=LFS_JSON)
        (found,) = answer.raise_for_status().json()["objects"]
        put(found["actions"]["upload"]["href"], source)
        if verify := found["actions"].get("verify"):
            self._http.post(verify["href"], json=named, headers=LFS_JSON).raise_for_status()


def get(url: str, path: str, size: int) -> None:
    """One GET on a fresh connection; the bytes are counted and dropped."""
    with _connected(url) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(4096)
        assert head.split()[1] == b"200", head
        left, buffer = size - len(head.split(b"\r\n\r\n", 1)[1]), bytearray(1 << 20)
        while left:
            count = sock.recv_into(buffer, min(left, len(buffer)))
            assert count, "the answer broke off"
            left -= count


def put(href: str, source: Path) -> None:
    """One PUT of a file on a fresh connection."""
    parts = urlsplit(href)
    with _connected(href) as sock, source.open("rb") as file:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        head = f"PUT {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {source.stat().st_size}\r\n\r\n"
        sock.sendall(head.encode())
        sock.sendfile(file)
        status = sock.recv(4096)
        assert status.split()[1].startswith(b"2"), status


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80))
