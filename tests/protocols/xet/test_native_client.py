"""The unmodified hf-xet against a hub on the loopback: what it sends comes back, whichever way it is told to go."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind
from tests.kit.hub import TestHub
from tests.protocols.xet import client
from tests.protocols.xet.conftest import new_repo

OLDER = {
    "HF_XET_CLIENT_LEGACY_DIRECT_XORB_UPLOAD": "1",
    "HF_XET_CLIENT_SHARD_API_VERSION": "1",
    "HF_XET_CLIENT_RECONSTRUCTION_API_VERSION": "1",
}


class Person:
    """Somebody at a computer, with a cache folder; it may be another's."""

    def __init__(self, hub: TestHub, url: str, name: str, repo: str, cache: Path) -> None:
        self.hub, self.url, self.name, self.repo, self.cache = hub, url, name, repo, cache

    def send(self, path: Path, **options: str) -> dict:
        """Upload a file; what the client says of it."""
        return json.loads(self._run("send", options, path=str(path)))

    def fetch(self, file: dict, path: Path, **options: str) -> bytes:
        """Download a file."""
        self._run("fetch", options, path=str(path), hash=file["hash"], size=file["size"])
        return path.read_bytes()

    def _run(self, verb: str, options: dict[str, str], **order: object) -> str:
        token = "write" if verb == "send" else "read"
        address = f"{self.url}/api/models/{self.repo}/xet-{token}-token/main"
        asked = httpx.get(address, headers={"Authorization": f"Bearer {self.hub.token(self.name)}"})
        order |= {"url": asked.json()["casUrl"], "token": asked.json()["accessToken"]}
        environment = {**os.environ, "HF_XET_CACHE": str(self.cache), "HF_HUB_DISABLE_TELEMETRY": "1", **options}
        done = subprocess.run(
            [sys.executable, client.__file__, verb],
            input=json.dumps(order),
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout


@pytest.fixture
def live(birds):
    with birds.serve() as url:
        yield url


@pytest.fixture
def alice(birds, live, tmp_path) -> Person:
    return Person(birds, live, "alice", "alice/birds", tmp_path / "cache")


def some_file(path: Path, seed: int, size: int = 3 << 20) -> Path:
    dice = random.Random(seed)
    path.write_bytes(dice.randbytes(size // 2) + dice.randbytes(4096) * (size // 8192))
    return path


def _stored(hub: TestHub) -> int:
    with hub.rooms.db.read() as tx:
        return tx.scalar("SELECT sum(stored_bytes) FROM xet_xorb")


@pytest.mark.parametrize("options", [{}, OLDER, {"HF_XET_CLIENT_ENABLE_MULTIRANGE_FETCHING": "1"}])
def test_a_file_comes_back_as_it_went(alice, tmp_path, options):
    path = some_file(tmp_path / "song", 1)
    file = alice.send(path, **options)
    assert alice.fetch(file, tmp_path / "back", **options) == path.read_bytes()
    reader = alice.hub.rooms.repos.reader(alice.hub.actor("alice"), RepoId(RepoKind.MODEL, "alice", "birds"))
    assert alice.hub.rooms.objects.has(reader.repo, file["sha256"]).xet_hash == file["hash"]


def test_a_file_made_of_scattered_ranges_of_a_xorb_comes_back(alice, tmp_path):
    path = some_file(tmp_path / "song", 2)
    alice.send(path)
    content = path.read_bytes()
    remix = tmp_path / "remix"
    remix.write_bytes(content[:600_000] + b"new" * 50_000 + content[900_000:1_400_000] + content[:500_000])
    file = alice.send(remix)
    for options in ({}, OLDER):
        assert alice.fetch(file, tmp_path / "back", **options) == remix.read_bytes()


def test_what_is_there_is_not_sent_again_even_by_a_new_computer(alice, tmp_path):
    path = some_file(tmp_path / "song", 3)
    alice.send(path)
    before = _stored(alice.hub)
    with path.open("ab") as more:
        more.write(b"one more verse")
    alice.cache = tmp_path / "another"
    alice.send(path)
    assert _stored(alice.hub) < before + 400_000


def test_what_another_may_not_read_does_not_spare_him_the_upload(alice, live, birds, tmp_path):
    new_repo(birds, "alice", "secret", "private")
    new_repo(birds, "mallory", "x")
    path = some_file(tmp_path / "song", 4)
    Person(birds, live, "alice", "alice/secret", alice.cache).send(path)
    mallory = Person(birds, live, "mallory", "mallory/x", alice.cache)  # the very same cache folder
    file = mallory.send(path)
    with birds.rooms.db.read() as tx:
        holders = tx.scalar("SELECT count(DISTINCT account_id) FROM xet_holder")
    assert holders == 2
    assert mallory.fetch(file, tmp_path / "back") == path.read_bytes()


def test_a_client_whose_cache_names_what_is_gone_is_told_so_and_succeeds_when_it_tries_again(alice, tmp_path):
    path = some_file(tmp_path / "song", 5)
    alice.send(path)
    with alice.hub.rooms.db.write() as tx:
        for table in ("xet_xorb", "xet_holder", "xet_chunk", "xet_file", "xet_file_xorb", "xet_repo_file"):
            tx.run(f"DELETE FROM {table}")
        tx.run("DELETE FROM repos_object")
        tx.run("UPDATE repos_repo SET logical_bytes = 0")
    with pytest.raises(RuntimeError, match="Run the upload again"):
        alice.send(path)
    file = alice.send(path)
    assert alice.fetch(file, tmp_path / "back") == path.read_bytes()
