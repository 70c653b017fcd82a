"""The server is killed under an unmodified client: it gets through by its own patience, or when it is started again."""

import random
import threading
from pathlib import Path

import pytest

from tests.clients.client import ENVIRONMENTS, Client
from tests.clients.test_folders import DIGESTS, fill
from tests.crash.forked import ForkedHub
from tests.crash.visitor import sha256

pytestmark = [pytest.mark.crash, pytest.mark.clients, pytest.mark.timeout(900)]

UPLOAD = """
    from huggingface_hub import HfApi
    api = HfApi()
    api.create_repo("alice/folder", exist_ok=True)
    (Path(sys.argv[2]) / "began").touch()
    api.upload_folder(repo_id="alice/folder", folder_path=sys.argv[1])
"""

DOWNLOAD = (
    DIGESTS
    + """
    from huggingface_hub import snapshot_download
    answer(digests(Path(snapshot_download("alice/folder", local_dir=sys.argv[1]))))
"""
)


def upload_and_kill(hub: ForkedHub, client: Client, folder: Path, delay_s: float) -> bool:
    """Kill the hub `delay_s` seconds into an upload and start it again; whether the client got through by itself."""
    succeeded: list[bool] = []

    def upload() -> None:
        try:
            client.python(UPLOAD, folder, client.home.parent, timeout_s=300)
            succeeded.append(True)
        except AssertionError:
            pass

    began = client.home.parent / "began"
    began.unlink(missing_ok=True)
    uploading = threading.Thread(target=upload)
    uploading.start()
    for _ in range(600):
        if began.exists() or not uploading.is_alive():
            break
        uploading.join(0.1)
    uploading.join(delay_s)
    hub.kill()
    hub.start()
    uploading.join(300)
    return bool(succeeded)


@pytest.mark.parametrize("seed", range(4))
def test_an_upload_survives_the_server(tmp_path: Path, seed: int) -> None:
    hub = ForkedHub(tmp_path / "data")
    hub.start()
    hub.add("alice")
    client = Client(ENVIRONMENTS / "new", tmp_path / "home", hub.url, hub.token("alice"))
    expected = fill(tmp_path / "folder", 60)
    chance = random.Random(seed)
    for number in range(2):
        weights = chance.randbytes(40_000_000)
        (tmp_path / "folder" / "weights.bin").write_bytes(weights)
        expected["weights.bin"] = sha256(weights)
        if not upload_and_kill(hub, client, tmp_path / "folder", chance.uniform(0, 1.5)):
            client.python(UPLOAD, tmp_path / "folder", tmp_path)
        back = client.in_(tmp_path / f"reader-{number}").python(DOWNLOAD, tmp_path / f"back-{number}")
        back.pop(".gitattributes")
        assert back == expected
        assert hub.faults() == []
    hub.stop()
