"""`freehold gc` is killed at random moments, beside an unmodified client that uploads: nothing needed is lost."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from freehold.app import garbage, open_rooms
from tests.clients.client import ENVIRONMENTS, Client
from tests.crash.forked import ForkedHub
from tests.crash.visitor import Visitor, sha256
from tests.kit.hub import Time

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]

DAY = 86_400
GC = """
import sys
from pathlib import Path
from freehold.app import garbage, open_rooms
from freehold.base.clock import now
from freehold.settings import Settings
later = int(sys.argv[2]) * 1_000_000
rooms = open_rooms(Settings(data=Path(sys.argv[1]), gc_keep_days=1), lambda: now() + later)
print("ready", flush=True)
for _ in range(3):
    garbage(rooms).collect()
"""

UPLOAD = """
    import os
    from huggingface_hub import HfApi
    api = HfApi()
    api.create_repo("alice/live", exist_ok=True)
    api.upload_folder(repo_id="alice/live", folder_path=sys.argv[1])
"""
DOWNLOAD = """
    import hashlib
    from huggingface_hub import snapshot_download
    folder = Path(snapshot_download("alice/live", local_dir=sys.argv[1]))
    answer({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.bin")})
"""


def collect_and_kill(hub: ForkedHub, later_s: int, delay_s: float | None) -> None:
    """Run the sweep as if so many seconds had passed, and kill it after `delay_s` of its work (None: let it end)."""
    process = subprocess.Popen(
        [sys.executable, "-c", GC, str(hub.data), str(later_s)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    if delay_s is not None:
        time.sleep(delay_s)
        os.kill(process.pid, signal.SIGKILL)
    status = process.wait(120)
    process.stdout.close()
    assert delay_s is not None or status == 0


def test_a_sweep_that_is_killed_anywhere_loses_nothing_and_the_next_ends_it(tmp_path: Path) -> None:
    chance = random.Random(11)
    hub = ForkedHub(tmp_path / "data", gc_keep_days=1)
    hub.start()
    hub.add("alice")
    visitor = Visitor(hub.url, hub.token("alice"))
    visitor.create("alice/kept")
    kept = {f"{number}.bin": chance.randbytes(300_000) for number in range(4)}
    for content in kept.values():
        visitor.upload_by_xet("alice/kept", content)
    visitor.commit("alice/kept", {}, kept, [])
    for number in range(12):
        visitor.create(f"alice/gone-{number}")
        gone = {f"{n}.bin": chance.randbytes(150_000) for n in range(6)}
        for content in gone.values():
            visitor.upload_by_xet(f"alice/gone-{number}", content)
        visitor.commit(f"alice/gone-{number}", {}, gone, [])
        visitor.delete(f"alice/gone-{number}")
    hub.stop()
    for round_ in range(20):
        collect_and_kill(hub, 30 * DAY + round_ * 4 * 3600, chance.uniform(0, 0.25))
        assert hub.faults() == []
    for later in (60, 61, 63):
        collect_and_kill(hub, later * DAY, None)
    assert hub.faults() == []
    hub.start()
    assert {path: sha256(visitor.read("alice/kept", path)) for path in kept} == {
        path: sha256(content) for path, content in kept.items()
    }
    visitor.close()
    hub.stop()
    rooms = open_rooms(hub.settings, Time())
    left = [key for key, _ in rooms.blobs.keys("xorbs") if not key.path.endswith(".m")]
    rooms.close()
    assert len(left) == len(kept)


@pytest.mark.clients
def test_a_stock_client_uploads_while_the_sweep_runs_without_end(tmp_path: Path) -> None:
    hub = ForkedHub(tmp_path / "data", gc_keep_days=0)
    hub.start()
    hub.add("alice")
    client = Client(ENVIRONMENTS / "new", tmp_path / "home", hub.url, hub.token("alice"))
    folder = tmp_path / "folder"
    folder.mkdir()
    over = threading.Event()
    rooms = open_rooms(hub.settings)
    rounds = 0

    def sweep() -> None:
        nonlocal rounds
        while not over.is_set():
            garbage(rooms).collect()
            rounds += 1

    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    chance, base = random.Random(3), random.Random(4).randbytes(9_000_000)
    try:
        for number in range(4):
            cut = chance.randrange(len(base))
            (folder / f"{number % 3}.bin").write_bytes(base[cut:] + chance.randbytes(200_000) + base[:cut])
            client.python(UPLOAD, folder, timeout_s=300)
    finally:
        over.set()
        sweeping.join()
        rooms.close()
    assert rounds > 3
    back = client.in_(tmp_path / "reader").python(DOWNLOAD, tmp_path / "back")
    assert back == {path.name: sha256(path.read_bytes()) for path in folder.glob("*.bin")}
    assert hub.faults() == []
    hub.stop()
