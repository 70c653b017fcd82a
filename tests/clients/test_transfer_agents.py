"""git-lfs with transfer agents of its own: the Hub's for files in parts, and git-xet's way with hf-xet."""

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.clients.client import Client
from tests.kit.gitclient import Clone, address, clone
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients

PART = 5_000_000
AGENT = Path(__file__).parent / "xet_agent.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that wants more than 5 MB in parts, as another wants more than 5 GB."""
    hub = HubProcess(tmp_path_factory.mktemp("hub") / "data", lfs_part_bytes=PART)
    with hub:
        for name in ("alice", "carol"):
            hub.add(name)
        yield hub
        assert hub.faults() == []


def a_clone(server: HubProcess, token: str, name: str, folder: Path) -> Clone:
    """A clone of alice's new private model, with git-lfs for `*.bin` in it."""
    headers = {"Authorization": f"Bearer {token}"}
    made = httpx.post(f"{server.url}/api/repos/create", json={"name": name, "private": True}, headers=headers)
    assert made.status_code == 200, made.text
    here = clone(address(server.url, f"alice/{name}", token), folder / name / "work")
    here.git("lfs", "install", "--local")
    return here


def digest_by(client: Client, repo: str, file: str) -> str:
    """The SHA-256 of what the Hub's own client downloads."""
    script = """
    import hashlib
    from huggingface_hub import hf_hub_download
    answer(hashlib.sha256(Path(hf_hub_download(*sys.argv[1:])).read_bytes()).hexdigest())
    """
    return str(client.python(script, repo, file))


def stored(server: HubProcess) -> int:
    """The bytes of all xorbs, when the hub has done its background work."""
    deadline = time.monotonic() + 60
    while not re.search(r"^freehold_jobs_pending 0", httpx.get(f"{server.url}/metrics").text, re.MULTILINE):
        assert time.monotonic() < deadline, "the hub does not come to an end"
        time.sleep(0.1)
    return sum(file.stat().st_size for file in (server.data / "blobs").glob("xorbs/**/*") if file.is_file())


@pytest.mark.parametrize("environment", ["new", "h119", "h030"])
def test_the_hubs_agent_sends_files_over_the_limit_in_parts(
    client_of: Callable[[str], Client], server: HubProcess, alice: str, tmp_path: Path, environment: str
) -> None:
    client = client_of(environment)
    here = a_clone(server, alice, f"parts-{environment}", tmp_path)
    client.hf("lfs-enable-largefiles", here.folder)
    here.programs = client.environment / "bin"
    content = random.Random(environment).randbytes(2 * PART + 12_345)
    here.commit({"large.bin": content, "small.bin": content[:1000]})
    here.git("push")
    pointer = here.git("show", "HEAD:large.bin")
    digest = pointer.partition("sha256:")[2].split()[0]
    assert f"/api/lfs/{digest}/parts/3" in server.log.read_text()
    assert not list((server.data / "blobs" / "parts").glob("*/*"))
    assert digest_by(client, f"alice/parts-{environment}", "large.bin") == digest


def by_xet(here: Clone, client: Client, *words: str) -> None:
    """What `git xet install` writes into the configuration, with our agent in git-xet's place."""
    here.git("config", "lfs.customtransfer.xet.path", str(client.environment / "bin" / "python"))
    here.git("config", "lfs.customtransfer.xet.args", " ".join([str(AGENT), *words]))
    here.git("config", "lfs.customtransfer.xet.concurrent", "true")
    here.git("config", "lfs.customtransfer.xet.direction", "upload")
    remote = here.git("remote", "get-url", "origin")
    token = remote.partition("someone:")[2].partition("@")[0]
    here.git("config", "credential.helper", f"!f() {{ echo username=someone; echo password={token}; }}; f")


@pytest.mark.parametrize("words", [[], ["late"]], ids=["first-token", "asked-for-another"])
def test_git_xet_uploads_what_the_hub_has_not(
    newest: Client, server: HubProcess, alice: str, tmp_path: Path, words: list[str]
) -> None:
    here = a_clone(server, alice, f"by-xet{'-'.join(['', *words])}", tmp_path)
    by_xet(here, newest, *words)
    content = os.urandom(3_000_000)
    here.commit({"a.bin": content})
    before = stored(server)
    here.git("push")
    assert stored(server) - before < 3_100_000
    here.commit({"a.bin": content + b"more", "b.bin": os.urandom(1000)})
    here.git("push")
    assert stored(server) - before < 3_300_000
    there = clone(here.git("remote", "get-url", "origin"), tmp_path / "there" / "work")
    there.git("lfs", "install", "--local")
    there.git("lfs", "pull")
    assert (there.folder / "a.bin").read_bytes() == content + b"more"
    assert (there.folder / "b.bin").read_bytes() == (here.folder / "b.bin").read_bytes()


def test_what_git_pushes_plainly_is_deduplicated_too(server: HubProcess, alice: str, tmp_path: Path) -> None:
    content = os.urandom(4_000_000)
    first = a_clone(server, alice, "plain-first", tmp_path)
    first.commit({"a.bin": content})
    before = stored(server)
    first.git("push")
    assert 3_900_000 < stored(server) - before < 4_100_000
    second = a_clone(server, alice, "plain-second", tmp_path)
    second.commit({"b.bin": content + b"changed"})
    second.git("push")
    assert stored(server) - before < 4_300_000
