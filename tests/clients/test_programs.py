"""Programs that know nothing but a file's address, and go on with a download that broke off."""

import hashlib
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess
from tests.kit.relay import Relay

pytestmark = pytest.mark.clients

SIZE = 24_000_000

GO_ON = {
    "curl": "curl --silent --show-error --fail --location --remote-name --continue-at - --header {header} {url}",
    "wget": "wget --quiet --continue --tries=1 --header {header} {url}",
    "aria2c": "aria2c --quiet --continue --max-tries=1 --split=8 --max-connection-per-server=8 --min-split-size=1M"
    " --header {header} {url}",
}


@dataclass(frozen=True)
class Shared:
    """A large file of a private model: where it is, and what it is."""

    path: str
    header: str
    sha256: str


@pytest.fixture
def shared(server: HubProcess, newest: Client, alice: str, tmp_path: Path) -> Shared:
    content = random.Random(8).randbytes(SIZE)
    (tmp_path / "long.bin").write_bytes(content)
    newest.in_(tmp_path / "writer").python(
        """
    from huggingface_hub import HfApi
    HfApi().create_repo("alice/programs", private=True, exist_ok=True)
    HfApi().upload_file(repo_id="alice/programs", path_or_fileobj=sys.argv[1], path_in_repo="long.bin")
    """,
        tmp_path / "long.bin",
    )
    path = "/alice/programs/resolve/main/long.bin"
    return Shared(path, f"Authorization: Bearer {alice}", hashlib.sha256(content).hexdigest())


def run(program: str, url: str, shared: Shared, folder: Path) -> int:
    """Its exit status; what it fetched lies in `folder`."""
    assert shutil.which(program), f"{program} is missing; ./dev test installs it"
    command = [word.format(url=url, header=shared.header) for word in GO_ON[program].split()]
    return subprocess.run(command, cwd=folder, check=False, timeout=120, stdin=subprocess.DEVNULL).returncode


@pytest.mark.parametrize("program", list(GO_ON))
def test_it_goes_on_where_it_was(server: HubProcess, shared: Shared, tmp_path: Path, program: str) -> None:
    folder = tmp_path / program
    folder.mkdir()
    with Relay(server.port) as relay:
        relay.cut_once_after(SIZE // 3)
        first = run(program, relay.url + shared.path, shared, folder)
        second = run(program, relay.url + shared.path, shared, folder)
        moved = relay.received
    assert second == 0
    assert program == "aria2c" or first != 0, "the download broke off"
    assert hashlib.sha256((folder / "long.bin").read_bytes()).hexdigest() == shared.sha256
    # aria2c asks for the whole and then for its parts from elsewhere: what sockets hold by then comes twice.
    assert program == "aria2c" or moved < 1.2 * SIZE, "what had arrived is not fetched again"


@pytest.mark.parametrize("program", ["wget", "aria2c"])
def test_what_is_whole_is_left_alone(server: HubProcess, shared: Shared, tmp_path: Path, program: str) -> None:
    (tmp_path / "here").mkdir()
    file = tmp_path / "here" / "long.bin"
    with Relay(server.port) as relay:
        assert run(program, relay.url + shared.path, shared, tmp_path / "here") == 0
        written = file.stat()
        relay.reset()
        assert run(program, relay.url + shared.path, shared, tmp_path / "here") == 0
        # aria2c asks for the whole, to learn how long it is, and hangs up: what sockets hold is on its way by then.
        assert program == "aria2c" or relay.received < SIZE // 20
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == shared.sha256


def test_a_range_beyond_the_end_is_told_the_length(server: HubProcess, shared: Shared) -> None:
    headers = {"Range": f"bytes={SIZE}-", "Authorization": shared.header.partition(": ")[2]}
    answer = httpx.get(server.url + shared.path, headers=headers)
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


def test_aria2c_fetches_by_many_connections(server: HubProcess, shared: Shared, tmp_path: Path) -> None:
    before = len(ranged(server))
    (tmp_path / "long.bin").unlink()
    assert run("aria2c", server.url + shared.path, shared, tmp_path) == 0
    assert len(ranged(server)) - before >= 8
    assert hashlib.sha256((tmp_path / "long.bin").read_bytes()).hexdigest() == shared.sha256


def ranged(server: HubProcess) -> list[str]:
    return [line for line in server.log.read_text().splitlines() if "long.bin" in line and "status=206" in line]
