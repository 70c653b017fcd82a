"""A folder and a bucket, kept the same by `hf sync`: there, back, with deletions and filters, by plan, at once."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients

BUCKET = "hf://buckets/alice/shared"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path_factory.mktemp("hub") / "data")
    with hub:
        hub.add("alice")
        yield hub
        assert hub.faults() == []


@pytest.fixture
def alice(server: HubProcess, tmp_path: Path) -> Iterator[Client]:
    client = Client(ENVIRONMENTS / "new", tmp_path / "home", server.url, server.token("alice"))
    client.hf("buckets", "create", "alice/shared", "--private")
    yield client
    client.hf("buckets", "delete", "alice/shared", "--yes")


def written(folder: Path, files: dict[str, bytes], at: int = 1_700_000_000) -> Path:
    """A folder of files that were all changed at one time."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (at, at))
    return folder


def read(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def planned(client: Client, *words: object) -> dict[str, str]:
    """What a dry run says it would do: path to action, skipped files left out."""
    lines = [json.loads(line) for line in client.hf("sync", *words, "--dry-run").splitlines() if line.startswith("{")]
    return {line["path"]: line["action"] for line in lines if line.get("action", "skip") != "skip"}


STORY = {
    "a.txt": b"one",
    "data/b.bin": os.urandom(200_000),
    "data/deep/c.log": b"log",
    "empty": b"",
    ".git/config": b"x",
}


def test_a_folder_goes_there_and_comes_back_the_same(alice: Client, tmp_path: Path) -> None:
    here, there = written(tmp_path / "here", STORY), tmp_path / "there"
    assert planned(alice, here, BUCKET) == dict.fromkeys(STORY, "upload")
    assert alice.hf("buckets", "list", "alice/shared", "-R", "--quiet").split() in ([], ["(empty)"])
    alice.hf("sync", here, BUCKET)
    assert "Nothing to sync." in alice.hf("sync", here, BUCKET)
    alice.hf("sync", BUCKET, there)
    assert read(there) == STORY
    assert "Nothing to sync." in alice.hf("sync", BUCKET, there)


def test_only_what_changed_goes_and_deletions_only_when_asked(alice: Client, tmp_path: Path) -> None:
    here = written(tmp_path / "here", STORY)
    alice.hf("sync", here, BUCKET)
    written(here, {"a.txt": b"two"}, 1_800_000_000)
    (here / "empty").unlink()
    written(here, {"new/d": b"new"})
    assert planned(alice, here, BUCKET) == {"a.txt": "upload", "new/d": "upload"}
    assert planned(alice, here, BUCKET, "--delete") == {"a.txt": "upload", "new/d": "upload", "empty": "delete"}
    alice.hf("sync", here, BUCKET, "--delete")
    there = written(tmp_path / "there", {"stray": b"stray", "a.txt": b"one"})
    assert planned(alice, BUCKET, there)["a.txt"] == "download"
    alice.hf("sync", BUCKET, there, "--delete")
    assert read(there) == read(here)


def test_filters_and_prefixes_choose(alice: Client, tmp_path: Path) -> None:
    here = written(tmp_path / "here", STORY)
    alice.hf("sync", here, f"{BUCKET}/backup", "--exclude", "*.log", "--exclude", ".git/*")
    alice.hf("sync", here, f"{BUCKET}/backup-of-logs", "--include", "*.log")
    (tmp_path / "rules").write_text("- *.bin\n+ *\n")
    alice.hf("sync", f"{BUCKET}/backup", tmp_path / "there", "--filter-from", tmp_path / "rules")
    assert read(tmp_path / "there") == {"a.txt": b"one", "empty": b""}
    alice.hf("sync", f"{BUCKET}/backup-of-logs", tmp_path / "logs")
    assert read(tmp_path / "logs") == {"data/deep/c.log": b"log"}


def test_a_plan_is_kept_and_carried_out_later(alice: Client, tmp_path: Path) -> None:
    here, plan = written(tmp_path / "here", STORY), tmp_path / "plan.jsonl"
    alice.hf("sync", here, BUCKET, "--plan", plan)
    assert json.loads(plan.read_text().splitlines()[0])["summary"]["uploads"] == len(STORY)
    assert planned(alice, here, BUCKET) == dict.fromkeys(STORY, "upload")
    alice.hf("sync", "--apply", plan)
    assert "Nothing to sync." in alice.hf("sync", here, BUCKET)


def test_existing_files_only_or_new_ones_only(alice: Client, tmp_path: Path) -> None:
    alice.hf("sync", written(tmp_path / "first", {"a.txt": b"first"}), BUCKET)
    here = written(tmp_path / "here", {"a.txt": b"second", "b.txt": b"second"}, 1_800_000_000)
    assert planned(alice, here, BUCKET, "--existing") == {"a.txt": "upload"}
    assert planned(alice, here, BUCKET, "--ignore-existing") == {"b.txt": "upload"}
    assert planned(alice, here, BUCKET, "--ignore-times") == {"a.txt": "upload", "b.txt": "upload"}


def test_two_people_sync_at_once(server: HubProcess, alice: Client, tmp_path: Path) -> None:
    shared = {f"shared/{n}": f"{n}".encode() * 100 for n in range(40)}
    folders = [written(tmp_path / f"of-{who}", shared | {f"of-{who}/{n}": b"own" for n in range(40)}) for who in "ab"]
    clients = [alice.in_(tmp_path / f"home-{who}") for who in "ab"]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: pair[0].hf("sync", pair[1], BUCKET), zip(clients, folders, strict=True)))
    alice.hf("sync", BUCKET, tmp_path / "there")
    assert read(tmp_path / "there") == read(folders[0]) | read(folders[1])
    assert "Everything agrees." in server.command("check")
