"""Xet against the client's own store on disk (upload) and against nginx serving the same ranges (download)."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import urlsplit

import httpx

from bench.bytes import nginx
from bench.measure import Row, Samples, cpu_seconds, ratio, take_turns
from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.process import HubProcess
from tests.kit.weights import write_weights

SIZE = 512 << 20

UPLOAD_TO_HUB = """
    import time
    from huggingface_hub import HfApi
    api = HfApi()
    api.create_repo(sys.argv[1])
    began = time.perf_counter()
    api.upload_file(repo_id=sys.argv[1], path_or_fileobj=sys.argv[2], path_in_repo="model.safetensors")
    answer(time.perf_counter() - began)
"""

UPLOAD_TO_DISK = """
    import time
    import hf_xet
    session = hf_xet.XetSession()
    began = time.perf_counter()
    with session.new_upload_commit(endpoint=f"local://{sys.argv[1]}") as commit:
        commit.start_upload_file(sys.argv[2])
    answer(time.perf_counter() - began)
"""

DOWNLOAD = """
    import time
    import hf_xet
    cas, token, expiry, digest, size, target = sys.argv[1:]
    session = hf_xet.XetSession()
    began = time.perf_counter()
    with session.new_file_download_group(endpoint=cas, token=token, token_expiry_unix_secs=int(expiry)) as group:
        group.start_download_file(hf_xet.XetFileInfo(digest, int(size)), target)
    answer(time.perf_counter() - began)
    assert os.path.getsize(target) == int(size)
    os.unlink(target)
"""


@dataclass
class Upload:
    """Rounds of uploads of a new file each, by the stock client with an empty cache."""

    hub: HubProcess
    client: Client
    folder: Path

    def run(self, rounds: int) -> list[Row]:
        for number in range(rounds):
            write_weights(self._file(number), SIZE, seed=100 + number)
        taken = take_turns({"hub": self._to_hub, "disk": self._to_disk}, rounds)
        return [
            Row(
                "Xet upload of 512 MiB of bfloat16 weights by the stock client, against hf-xet writing to its `local://`",
                taken["hub"].text("s"),
                taken["disk"].text("s"),
                f"{ratio(taken['hub'], taken['disk']):.2f}",
                "≤ 1.0",
            )
        ]

    def _file(self, number: int) -> Path:
        return self.folder / f"weights-{number}.bin"

    def _to_hub(self, number: int) -> float:
        with TemporaryDirectory(dir=self.folder) as home:
            return upload(self.client.in_(Path(home)), f"alice/upload-{number}", self._file(number))

    def _to_disk(self, number: int) -> float:
        with TemporaryDirectory(dir=self.folder) as home:
            place = Path(home) / "store"
            return float(self.client.in_(Path(home)).python(UPLOAD_TO_DISK, place, self._file(number)))


@dataclass
class Cost:
    """The processor time of an upload: what is spent before it is acknowledged, and by a worker afterwards."""

    start: Callable[..., HubProcess]
    client: Client
    folder: Path

    def run(self, rounds: int) -> list[Row]:
        spent: list[tuple[float, float]] = []
        with self.start(1, jobs=False) as hub, working(hub) as worker:
            for number in range(rounds + 1):  # the first warms both up
                before = cpu_seconds(hub.pid), cpu_seconds(worker)
                self._upload(hub, number)
                drain(hub)
                spent.append((cpu_seconds(hub.pid) - before[0], cpu_seconds(worker) - before[1]))
        at_once, afterwards = (
            Samples(tuple(SIZE / 1e9 / seconds for seconds in side)) for side in zip(*spent[1:], strict=True)
        )
        return [
            Row("… verified before it is acknowledged, for one core", at_once.text("GB/s"), "", "", "≥ 1 GB/s"),
            Row("… its SHA-256 computed by a worker afterwards, for one core", afterwards.text("GB/s"), "", "", ""),
        ]

    def _upload(self, hub: HubProcess, number: int) -> None:
        path = self.folder / "cost.bin"
        write_weights(path, SIZE, seed=400 + number)
        with TemporaryDirectory(dir=self.folder) as home:
            upload(self.client.at(hub.url).in_(Path(home)), f"alice/cost-{number}", path)


def upload(client: Client, repo: str, path: Path) -> float:
    """The seconds that the stock client took, as it measured them."""
    return float(client.python(UPLOAD_TO_HUB, repo, path))


@contextmanager
def working(hub: HubProcess) -> Iterator[int]:
    """`freehold worker` beside a hub; gives its process."""
    command = [sys.executable, "-m", "freehold", "worker", "--data", str(hub.data)]
    with subprocess.Popen(command, start_new_session=True) as worker:
        yield worker.pid
        worker.terminate()


def drain(hub: HubProcess) -> None:
    """Wait until no background work is left."""
    while "freehold_jobs_pending 0.0" not in httpx.get(f"{hub.url}/metrics").text:
        time.sleep(0.1)


@dataclass
class Download:
    """Rounds of downloads of one file through the same client; the peer's ranges come from nginx."""

    hub: HubProcess
    client: Client
    folder: Path

    def run(self, rounds: int) -> list[Row]:
        repo = "alice/upload-0"
        headers = {"Authorization": f"Bearer {self.client.token}"}
        with httpx.Client(base_url=self.hub.url, headers=headers) as http:
            head = http.head(f"/{repo}/resolve/main/model.safetensors").raise_for_status()
            grant = http.get(f"/api/models/{repo}/xet-read-token/main").raise_for_status().json()
        rest = [grant["accessToken"], grant["exp"], head.headers["X-Xet-Hash"], SIZE, self.folder / "download"]

        def fetch(cas: str) -> float:
            with TemporaryDirectory(dir=self.folder) as home:
                return float(self.client.in_(Path(home)).python(DOWNLOAD, cas, *rest))

        blobs = self.hub.data / "blobs"
        with nginx(blobs) as front, ranges_from(front.url, blobs, grant["casUrl"]) as cas:
            fetch(cas), fetch(grant["casUrl"])  # once for the page cache
            taken = take_turns({"hub": lambda _: fetch(grant["casUrl"]), "nginx": lambda _: fetch(cas)}, rounds)
        return [
            Row(
                "Xet download of it, stock client, against the same ranges from nginx",
                taken["hub"].text("s"),
                taken["nginx"].text("s"),
                f"{ratio(taken['hub'], taken['nginx']):.2f}",
                "≤ 1.1",
            )
        ]


@contextmanager
def ranges_from(front: str, blobs: Path, cas: str) -> Iterator[str]:
    """A store that asks `cas` for reconstructions and sends the client to `front`, which serves `blobs`, for bytes."""
    prefix = urlsplit(cas).path

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            passed = {name: self.headers[name] for name in ("Authorization", "Range") if name in self.headers}
            answer = httpx.get(cas + self.path.removeprefix(prefix), headers=passed)
            body = json.dumps(redirected(answer.json(), front, blobs)).encode() if answer.is_success else answer.content
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}{prefix}"
    server.shutdown()
    server.server_close()


def redirected(reconstruction: dict, front: str, blobs: Path) -> dict:
    """The same reconstruction with every xorb's address on `front`."""
    for xorb, fetches in reconstruction["xorbs"].items():
        (path,) = (blobs / "xorbs" / xorb[:2]).glob(f"{xorb}*[!m]")
        for fetch in fetches:
            fetch["url"] = f"{front}/{path.relative_to(blobs)}"
    return reconstruction


def client(hub: HubProcess, folder: Path) -> Client:
    """The newest stock client, signed in as alice."""
    return Client(ENVIRONMENTS / "new", folder / "home", hub.url, hub.token("alice"))
