"""`git clone` over HTTP against `git http-backend` behind nginx, and the memory that a very large one takes."""

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.commits import git
from bench.measure import Row, ratio, take_turns
from tests.crash.visitor import Visitor
from tests.kit.process import HubProcess, free_port

FILES = 1_000
MANY = 100_000
PORTION = 10_000

_BACKEND = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    location / {{
      fastcgi_pass unix:{folder}/cgi; fastcgi_buffering off; client_max_body_size 0;
      fastcgi_param SCRIPT_FILENAME {backend};
      fastcgi_param GIT_PROJECT_ROOT {root}; fastcgi_param GIT_HTTP_EXPORT_ALL ""; fastcgi_param HOME {folder};
      fastcgi_param PATH_INFO $uri; fastcgi_param GIT_PROTOCOL $http_git_protocol;
      fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length;
    }}
  }}
}}
"""


@dataclass
class Clones:
    """A repository of a thousand files for speed, and one of a hundred thousand for memory."""

    hub: HubProcess
    token: str
    folder: Path

    def run(self, rounds: int) -> list[Row]:
        return [*self._thousand(rounds), *self._hundred_thousand()]

    def _thousand(self, rounds: int) -> list[Row]:
        self._fill("thousand", FILES)
        place = self.folder / "peers"
        place.mkdir()
        git(place, "clone", "--quiet", "--bare", self._address("thousand"), str(place / "thousand"))
        with http_backend(self.folder / "backend", place) as peer:
            contenders = {"hub": self._address("thousand"), "peer": f"{peer}/thousand"}
            for address in contenders.values():
                self._clone(address)  # once for the page cache
            turns = {name: lambda _, address=address: self._clone(address) for name, address in contenders.items()}
            taken = take_turns(turns, max(rounds, 11))
        return [
            Row(
                "`git clone` of 1,000 files, against `git http-backend` behind nginx",
                taken["hub"].text("s"),
                taken["peer"].text("s"),
                f"{ratio(taken['hub'], taken['peer']):.2f}",
                "≤ 1.1",
            )
        ]

    def _hundred_thousand(self) -> list[Row]:
        self._fill("many", MANY)
        # What it took to commit so much is not what it takes to clone it; and the client's checkout is no concern here.
        self.hub.stop()
        self.hub.start()
        with Watch(self.hub.pid) as watch:
            seconds = self._clone(self._address("many"), "--bare")
        rows = [("the hub", watch.hub, "≤ 300 MB"), ("its gits", watch.gits, "")]
        return [
            Row(f"… of 100,000 files ({seconds:.0f} s): peak memory of {who}", f"{most / 1e6:.0f} MB", "", "", aim)
            for who, most, aim in rows
        ]

    def _fill(self, name: str, files: int) -> None:
        chance = random.Random(files)
        visitor = Visitor(self.hub.url, self.token)
        visitor.create(f"alice/{name}")
        for start in range(0, files, PORTION):
            numbers = range(start, min(start + PORTION, files))
            visitor.commit(
                f"alice/{name}",
                {f"d{n % 97:02d}/e{n % 11}/{n}.txt": chance.randbytes(chance.randrange(200, 2000)).hex().encode()
                 for n in numbers}, {}, [],
            )  # fmt: skip
        visitor.close()

    def _clone(self, address: str, *options: str) -> float:
        target = self.folder / "clone"
        began = time.perf_counter()
        git(self.folder, "clone", "--quiet", *options, address, str(target))
        taken = time.perf_counter() - began
        shutil.rmtree(target)
        return taken

    def _address(self, name: str) -> str:
        return f"{self.hub.url}/alice/{name}"


@dataclass
class Watch:
    """The most memory, in bytes, that a hub and its gits each took at once; shared pages in proportion."""

    pid: int
    hub: int = 0
    gits: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.02):
            found = [*_processes(self.pid)]
            self.hub = max(self.hub, sum(size for is_git, size in found if not is_git))
            self.gits = max(self.gits, sum(size for is_git, size in found if is_git))


def _processes(parent: int) -> Iterator[tuple[bool, int]]:
    """A process and all that it started: whether each is a git, and its memory in bytes."""
    found: dict[int, tuple[str, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
            found[int(stat.parent.name)] = name, int(rest.split()[1])
    for pid, (name, _) in found.items():
        if pid != parent and not _descends(found, pid, parent):
            continue
        with suppress(OSError, StopIteration):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            yield name.startswith("git"), next(_kib(line) for line in rollup.splitlines() if line.startswith("Pss:"))


def _descends(found: dict[int, tuple[str, int]], pid: int, parent: int) -> bool:
    while pid in found:
        pid = found[pid][1]
        if pid == parent:
            return True
    return False


def _kib(line: str) -> int:
    return int(line.split()[1]) << 10


@contextmanager
def http_backend(folder: Path, root: Path) -> Iterator[str]:
    """git's own server program for the repositories below `root`, started by fcgiwrap, behind nginx."""
    folder.mkdir()
    port, user = free_port(), "user root;" if os.geteuid() == 0 else ""
    backend = subprocess.run(["git", "--exec-path"], check=True, capture_output=True, text=True).stdout.strip()
    configuration = _BACKEND.format(
        folder=folder, user=user, port=port, root=root, backend=f"{backend}/git-http-backend"
    )
    (folder / "nginx.conf").write_text(configuration)
    commands = [
        ["fcgiwrap", "-c", "4", "-s", f"unix:{folder}/cgi"],
        [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")],
    ]
    # Sessions of their own: fcgiwrap leaves its children behind, and they would hold what they inherit.
    quiet = subprocess.DEVNULL
    processes = [
        subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        for command in commands
    ]
    try:
        time.sleep(1)
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in reversed(processes):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
