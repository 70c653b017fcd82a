"""LFS as unmodified clients speak it: git-lfs itself, and the Hub's clients when a file goes in parts."""

import hashlib
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that wants more than 8 MB in parts."""
    hub = HubProcess(tmp_path_factory.mktemp("hub") / "data", lfs_part_bytes=8_000_000)
    with hub:
        for name in ("alice", "carol"):
            hub.add(name)
        yield hub
        assert hub.faults() == []


@pytest.mark.parametrize("environment", ["h030", "h119", "new"])
def test_a_large_file_goes_in_parts_and_comes_back(
    client_of: Callable[[str], Client], server: HubProcess, tmp_path: Path, environment: str
) -> None:
    content = random.Random(environment).randbytes(30_000_001)
    (tmp_path / "large.bin").write_bytes(content)
    found = (
        client_of(environment)
        .with_(HF_HUB_DISABLE_XET="1")
        .python(
            """
    import hashlib
    from huggingface_hub import HfApi, hf_hub_download
    repo, file = sys.argv[1:]
    HfApi().create_repo(repo)
    HfApi().upload_file(repo_id=repo, path_or_fileobj=file, path_in_repo="large.bin")
    answer(hashlib.sha256(Path(hf_hub_download(repo, "large.bin")).read_bytes()).hexdigest())
    """,
            f"alice/parts-{environment}",
            tmp_path / "large.bin",
        )
    )
    digest = hashlib.sha256(content).hexdigest()
    assert found == digest
    assert f"/api/lfs/{digest}/parts/4" in server.log.read_text()
    assert not list((server.data / "blobs" / "parts").glob("*/*"))


class GitLfs:
    """A clone with large files, and git-lfs in it."""

    def __init__(self, folder: Path, remote: str, token: str | None) -> None:
        self.folder = folder
        folder.mkdir()
        self.run("git", "init", "--quiet", "--initial-branch=main")
        self.run("git", "lfs", "install", "--local")
        self.run("git", "remote", "add", "origin", remote)
        answer = f"echo username=anyone; echo password={token}" if token else "exit 1"
        self.run("git", "config", "credential.helper", f"!f() {{ {answer}; }}; f")

    def commit(self, name: str, content: bytes) -> str:
        """Commit a pointer; the SHA-256 of what it points to."""
        (self.folder / name).write_bytes(content)
        self.run("git", "lfs", "track", name)
        self.run("git", "add", ".")
        self.run("git", "-c", "user.name=Alice", "-c", "user.email=alice@hub.test", "commit", "--quiet", "-m", "Add")
        return hashlib.sha256(content).hexdigest()

    def kept(self, digest: str) -> Path:
        """Where git-lfs keeps a content."""
        return self.folder / ".git" / "lfs" / "objects" / digest[:2] / digest[2:4] / digest

    def run(self, *command: str, succeeds: bool = True) -> str:
        alone = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
        surroundings = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **alone}
        done = subprocess.run(
            command, cwd=self.folder, env=surroundings, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode == 0) is succeeds, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def remote(server: HubProcess, alice: str, tmp_path: Path) -> str:
    """alice's private model of this test."""
    name = f"git-lfs-{tmp_path.name.strip('_').lower()[-30:].strip('-_')}"
    answer = httpx.post(
        f"{server.url}/api/repos/create",
        json={"type": "model", "name": name, "private": True},
        headers={"Authorization": f"Bearer {alice}"},
    )
    assert answer.status_code == 200, answer.text
    return f"{server.url}/alice/{name}"


@pytest.mark.parametrize("push", ["push --object-id origin {digest}", "push origin main"])
def test_git_lfs_pushes_and_fetches(remote: str, alice: str, tmp_path: Path, push: str) -> None:
    """The second form asks for locks first."""
    here = GitLfs(tmp_path / "here", remote, alice)
    content = os.urandom(20_000_000)
    digest = here.commit("weights.bin", content)
    here.run("git", "lfs", *push.format(digest=digest).split())
    kept = here.kept(digest)
    kept.unlink()
    here.run("git", "lfs", "fetch", "origin", "main")
    assert kept.read_bytes() == content


def test_git_lfs_is_refused_what_alice_keeps_to_herself(
    server: HubProcess, remote: str, alice: str, carol: str, tmp_path: Path
) -> None:
    mine = GitLfs(tmp_path / "mine", remote, alice)
    content = os.urandom(1_000_000)
    digest = mine.commit("weights.bin", content)
    mine.run("git", "lfs", "push", "--object-id", "origin", digest)
    for number, token in enumerate((carol, None)):
        theirs = GitLfs(tmp_path / f"theirs-{number}", remote, token)
        theirs.commit("weights.bin", content)
        theirs.kept(digest).unlink()
        theirs.run("git", "lfs", "fetch", "origin", "main", succeeds=False)
