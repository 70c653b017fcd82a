"""A file of a gigabyte, and a change of one hundredth of it: what moves is what changed."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess
from tests.kit.relay import Relay
from tests.kit.weights import write_change, write_weights

pytestmark = [pytest.mark.clients, pytest.mark.timeout(900)]

GB = 1_000_000_000

UPLOAD = """
    from huggingface_hub import HfApi
    HfApi().create_repo(sys.argv[1], exist_ok=True)
    HfApi().upload_file(repo_id=sys.argv[1], path_or_fileobj=sys.argv[2], path_in_repo="model.safetensors")
"""

DIGEST = """
    import hashlib
    from huggingface_hub import hf_hub_download
    with open(hf_hub_download(sys.argv[1], "model.safetensors"), "rb") as file:
        answer(hashlib.file_digest(file, "sha256").hexdigest())
"""


@dataclass(frozen=True)
class Versions:
    first: Path
    first_sha256: str
    second: Path
    second_sha256: str


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """A gigabyte of weights, and the same after one hundredth of it has changed."""
    folder = tmp_path_factory.mktemp("weights")
    first, second = folder / "first.bin", folder / "second.bin"
    return Versions(first, write_weights(first, GB, seed=5), second, write_change(first, second, seed=6))


def test_a_change_of_one_percent_moves_little_more(
    newest: Client, server: HubProcess, versions: Versions, tmp_path: Path
) -> None:
    with Relay(server.port) as relay:
        client = newest.at(relay.url)
        client.python(UPLOAD, "alice/large", versions.first)
        assert relay.sent < 1.01 * GB
        assert newest.in_(tmp_path / "reader").python(DIGEST, "alice/large") == versions.first_sha256

        relay.reset()
        client.python(UPLOAD, "alice/again", versions.first)
        assert relay.sent <= 0.005 * GB, "the same file in another repository"

        relay.reset()
        client.python(UPLOAD, "alice/large", versions.second)
        assert relay.sent <= 0.015 * GB, "one hundredth of it changed"
        assert newest.in_(tmp_path / "reader").python(DIGEST, "alice/large") == versions.second_sha256


def test_a_client_without_a_cache_learns_from_the_hub_what_it_has(
    newest: Client, server: HubProcess, versions: Versions, tmp_path: Path
) -> None:
    newest.python(UPLOAD, "alice/learned", versions.first)
    with Relay(server.port) as relay:
        newest.in_(tmp_path / "elsewhere").at(relay.url).python(UPLOAD, "alice/learned", versions.second)
        assert relay.sent <= 0.08 * GB
    assert newest.in_(tmp_path / "reader").python(DIGEST, "alice/learned") == versions.second_sha256
