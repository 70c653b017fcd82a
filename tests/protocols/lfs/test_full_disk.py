"""A disk that is really full: the upload is told so, and nothing half-written stays."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

IN_A_SMALL_DISK = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
"""A mount name space of our own, where anybody may mount a disk in memory."""

SCRIPT = """
    import os, sys
    from pathlib import Path
    from tests.kit.builders import a_model
    from tests.kit.hub import TestHub
    from tests.protocols.lfs.talk import URL, action, batch, download, upload

    hub = TestHub(Path(sys.argv[1]))
    a_model(hub)
    alice, anyone = hub.client("alice"), hub.client()
    small, large = os.urandom(1_000_000), os.urandom(60_000_000)
    assert upload(alice, anyone, "alice/birds", small).status_code == 200

    full = upload(alice, anyone, "alice/birds", large)
    assert full.status_code == 507, full.text
    assert "free some space" in full.json()["message"]
    assert not list((hub.settings.data / "blobs" / "staging").iterdir())
    assert batch(alice, "alice/birds", "download", large).json()["objects"][0]["error"]["code"] == 404

    assert download(alice, anyone, "alice/birds", small).content == small
    assert upload(alice, anyone, "alice/birds", b"still works").status_code == 200
    hub.close()
"""


def test_an_upload_to_a_full_disk_is_507_and_leaves_nothing(tmp_path: Path) -> None:
    if subprocess.run([*IN_A_SMALL_DISK, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody make a mount name space")
    place = tmp_path / "disk"
    place.mkdir()
    mount_and_run = f'mount -t tmpfs -o size=40m tmpfs {place} && exec "$0" "$@"'
    done = subprocess.run(
        [*IN_A_SMALL_DISK, mount_and_run, sys.executable, "-c", textwrap.dedent(SCRIPT), str(place)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
