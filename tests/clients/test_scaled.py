"""Two hubs with nothing in common but a PostgreSQL and a bucket are one hub to those who use it."""

import hashlib
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from freehold.stores.blobs.opening import open_store
from freehold.stores.blobs.store import BlobStore
from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.databases import Postgres
from tests.kit.objectstores import ACCESS_KEY, SECRET_KEY, ObjectStore
from tests.kit.process import HubProcess

pytestmark = [pytest.mark.clients, pytest.mark.services]

UPLOAD = """
    from huggingface_hub import HfApi
    repo, folder, title = sys.argv[1:]
    HfApi().create_repo(repo, exist_ok=True)
    done = HfApi().upload_folder(repo_id=repo, folder_path=folder, commit_message=title)
    answer(done.oid)
"""

DOWNLOAD = """
    import hashlib
    from huggingface_hub import HfApi, snapshot_download
    repo, revision = sys.argv[1:]
    folder = Path(snapshot_download(repo, revision=revision))
    answer({
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file() and path.name != ".gitattributes"
    })
"""

COMMIT = """
    from huggingface_hub import CommitOperationAdd, HfApi
    repo, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    answer([
        HfApi().create_commit(
            repo, [CommitOperationAdd(f"{name}-{number}.txt", f"{name} {number}".encode())],
            commit_message=f"{name} {number}",
        ).oid
        for number in range(count)
    ])
"""

HISTORY = """
    from huggingface_hub import HfApi
    api, repo = HfApi(), sys.argv[1]
    answer({"titles": [one.title for one in api.list_repo_commits(repo)], "files": api.list_repo_files(repo)})
"""


@pytest.fixture(scope="module")
def storage(object_store: ObjectStore) -> str:
    return f"{object_store.fresh()}&redirect=1"


@pytest.fixture(scope="module")
def blobs(storage: str, tmp_path_factory: pytest.TempPathFactory) -> BlobStore:
    """The bucket, as the hubs see it."""
    return open_store(tmp_path_factory.mktemp("blobs"), storage, ACCESS_KEY, SECRET_KEY)


@pytest.fixture(scope="module")
def hubs(postgres: Postgres, storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[HubProcess]]:
    """Two processes, started at the same moment over an empty database."""
    settings = {
        "database": postgres.fresh(),
        "storage": storage,
        "s3_access_key": ACCESS_KEY,
        "s3_secret_key": SECRET_KEY,
        "seal_key": "5e" * 32,
    }
    hubs = [HubProcess(tmp_path_factory.mktemp(name) / "data", **settings) for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(HubProcess.start, hubs))
    hubs[0].add("alice")
    yield hubs
    for hub in hubs:
        hub.stop()


@pytest.fixture(scope="module")
def token(hubs: list[HubProcess]) -> str:
    """Made at one of them, good at both."""
    return hubs[0].token("alice")


@pytest.fixture
def clients(hubs: list[HubProcess], token: str, tmp_path: Path) -> list[Client]:
    """Alice at either hub, with two computers."""
    return [
        Client(ENVIRONMENTS / "new", tmp_path / f"home-{number}", hub.url, token) for number, hub in enumerate(hubs)
    ]


def write(folder: Path, seed: int) -> dict[str, str]:
    """A large file, one that shares most of its content, and some small ones; what each hashes to."""
    dice = random.Random(seed)
    large = dice.randbytes(12_000_000)
    contents = {"weights.bin": large, "more/changed.bin": large[:9_000_000] + dice.randbytes(500_000)}
    contents |= {f"notes/{number}.txt": f"Note {number} of {seed}\n".encode() for number in range(20)}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def faults(hub: HubProcess) -> str:
    """What `freehold check` says is wrong."""
    found = json.loads(hub.command("check", "--json", check=False))["faults"]
    return "\n".join(f"{fault['subject']}: {fault['problem']}" for fault in found)


@pytest.mark.parametrize("environment", [{}, {"HF_HUB_DISABLE_XET": "1"}], ids=["xet", "lfs"])
def test_what_goes_in_here_comes_out_there(clients: list[Client], tmp_path: Path, environment: dict[str, str]) -> None:
    here, there = (client.with_(**environment) for client in clients)
    repo = f"alice/travels-{len(environment)}"
    sent = write(tmp_path / "folder", 1)
    first = here.python(UPLOAD, repo, tmp_path / "folder", "From here")
    assert there.python(DOWNLOAD, repo, first) == sent
    (tmp_path / "folder" / "weights.bin").write_bytes(b"new" * 4_000_000)
    second = there.python(UPLOAD, repo, tmp_path / "folder", "From there")
    changed = sent | {"weights.bin": hashlib.sha256(b"new" * 4_000_000).hexdigest()}
    assert here.python(DOWNLOAD, repo, second) == changed
    assert here.python(DOWNLOAD, repo, first) == sent


def test_commits_through_both_at_once_are_all_there(clients: list[Client]) -> None:
    repo, count = "alice/busy", 25
    clients[0].python("from huggingface_hub import HfApi\nHfApi().create_repo(sys.argv[1])", repo)
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda number: clients[number].python(COMMIT, repo, f"c{number}", count), range(2)))
    assert len({oid for oids in made for oid in oids}) == 2 * count
    for client in clients:
        seen = client.python(HISTORY, repo)
        assert len(seen["titles"]) == 2 * count + 1
        assert set(seen["files"]) == {".gitattributes"} | {f"c{n}-{k}.txt" for n in range(2) for k in range(count)}


def test_a_check_is_clean_and_finds_damage_from_either_side(
    clients: list[Client], hubs: list[HubProcess], blobs: BlobStore, tmp_path: Path
) -> None:
    write(tmp_path / "folder", 2)
    clients[0].python(UPLOAD, "alice/checked", tmp_path / "folder", "To be checked")
    assert faults(hubs[0]) == ""
    pack = next(key for key, _ in blobs.keys("git") if key.path.endswith(".pack"))
    xorb = next(key for key, _ in blobs.keys("xorbs") if not key.path.endswith(".m"))
    kept = {key: blobs.read(key) for key in (pack, xorb)}
    names = [pack.path.split("/")[1].removesuffix(".git"), xorb.path.split("/")[2][:64]]

    for key in kept:
        blobs.delete(key)
    lost = faults(hubs[0])
    for key, content in kept.items():
        middle = len(content) // 2
        blobs.put(key, content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    changed = faults(hubs[1])
    for key, content in kept.items():
        blobs.put(key, content)

    assert [name in lost for name in names] == [True, True]
    assert [name in changed for name in names] == [True, True]
