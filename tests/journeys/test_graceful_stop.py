"""A hub that is told to stop in the middle of a transfer: it ends in time, and the client's retry succeeds."""

import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients

SIZE = 120_000_000

UPLOAD = """
    from huggingface_hub import HfApi

    api = HfApi()
    for attempt in range(8):
        try:
            api.upload_file(repo_id="alice/long", path_or_fileobj=sys.argv[1], path_in_repo="long.bin")
            break
        except Exception as error:
            print(f"attempt {attempt}: {error!r}", file=sys.stderr)
            import time; time.sleep(1)
    answer([attempt, api.model_info("alice/long").sha])
"""

DOWNLOAD = """
    import hashlib
    from huggingface_hub import hf_hub_download

    for attempt in range(8):
        try:
            path = hf_hub_download("alice/long", "long.bin")
            break
        except Exception as error:
            print(f"attempt {attempt}: {error!r}", file=sys.stderr)
            import time; time.sleep(1)
    answer(hashlib.sha256(Path(path).read_bytes()).hexdigest())
"""


class Journey(threading.Thread):
    """A client at work beside the test; `said` is its answer."""

    def __init__(self, client: Client, script: str, *arguments: object) -> None:
        super().__init__(daemon=True)
        self._work = (client, script, arguments)
        self.said: Any = None
        self.start()

    def run(self) -> None:
        client, script, arguments = self._work
        self.said = client.python(script, *arguments)

    def ended(self) -> Any:
        self.join(200)
        return self.said


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    with HubProcess(tmp_path / "data") as hub:
        hub.add("alice")
        yield hub


def stop_in_the_middle(hub: HubProcess, told: str, most_s: float = 60) -> None:
    """SIGTERM as soon as the hub's log shows a request to `told`; start it again once it has ended."""
    deadline = time.monotonic() + most_s
    while told not in hub.log.read_text("utf-8") and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(hub.pid, signal.SIGTERM)
    began = time.monotonic()
    hub.stop()  # waits, and fails if the hub does not end by itself
    assert time.monotonic() - began < 20
    assert "Traceback" not in hub.log.read_text("utf-8")
    assert hub.faults() == []
    hub.start()


def test_uploads_and_downloads_outlive_a_restart(hub: HubProcess, tmp_path: Path) -> None:
    content = os.urandom(SIZE)
    (tmp_path / "long.bin").write_bytes(content)
    environment = Path(os.environ.get("FREEHOLD_CLIENTS", Path(__file__).parents[2] / ".env-clients")) / "new"
    client = Client(environment, tmp_path / "home", hub.url, hub.token("alice"))
    client.python("from huggingface_hub import HfApi; HfApi().create_repo('alice/long')")

    upload = Journey(client, UPLOAD, tmp_path / "long.bin")
    stop_in_the_middle(hub, "/v1/xorb-grants/")
    assert upload.ended(), "the upload's retry succeeds"

    download = Journey(client.in_(tmp_path / "reader"), DOWNLOAD)
    stop_in_the_middle(hub, "/v2/reconstructions/")
    assert download.ended() == hashlib.sha256(content).hexdigest()
    hub.stop()
    assert hub.faults() == []
