"""A download that breaks off goes on where it was, or begins again, as the client has it."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess
from tests.kit.relay import Relay

pytestmark = pytest.mark.clients

SIZE = 60_000_000

DOWNLOAD = """
    import hashlib
    from huggingface_hub import hf_hub_download

    for attempt in range(3):
        try:
            path = hf_hub_download("alice/long", "long.bin")
            break
        except Exception as error:
            print(f"attempt {attempt}: {error!r}", file=sys.stderr)
    answer(hashlib.sha256(Path(path).read_bytes()).hexdigest())
"""


@pytest.fixture
def long_file(client_of: Callable[[str], Client], tmp_path: Path) -> str:
    content = random.Random(7).randbytes(SIZE)
    (tmp_path / "long.bin").write_bytes(content)
    client_of("new").in_(tmp_path / "writer").python(
        """
    from huggingface_hub import HfApi
    HfApi().create_repo("alice/long", exist_ok=True)
    HfApi().upload_file(repo_id="alice/long", path_or_fileobj=sys.argv[1], path_in_repo="long.bin")
    """,
        tmp_path / "long.bin",
    )
    return hashlib.sha256(content).hexdigest()


def download_with_a_break(client: Client, server: HubProcess) -> tuple[str, int]:
    """The digest of what arrived, and the bytes that moved for it."""
    with Relay(server.port) as relay:
        relay.cut_once_after(SIZE // 2)
        return client.at(relay.url).python(DOWNLOAD), relay.received


@pytest.mark.parametrize(("environment", "variables"), [("h030", {}), ("new", {"HF_HUB_DISABLE_XET": "1"})])
def test_a_broken_download_goes_on(
    environment: str,
    variables: dict[str, str],
    client_of: Callable[[str], Client],
    server: HubProcess,
    long_file: str,
    tmp_path: Path,
) -> None:
    client = client_of(environment).with_(**variables).in_(tmp_path / "reader")
    digest, moved = download_with_a_break(client, server)
    assert digest == long_file
    assert moved < 1.3 * SIZE, "what had arrived is not fetched again"


@pytest.mark.parametrize(("environment", "variables"), [("h119", {"HF_HUB_DISABLE_XET": "1"}), ("new", {})])
def test_clients_that_begin_again_get_it_whole(
    environment: str,
    variables: dict[str, str],
    client_of: Callable[[str], Client],
    server: HubProcess,
    long_file: str,
    tmp_path: Path,
) -> None:
    client = client_of(environment).with_(**variables).in_(tmp_path / "reader")
    digest, moved = download_with_a_break(client, server)
    assert digest == long_file
    assert moved > SIZE, "the connection was broken"
