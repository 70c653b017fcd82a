"""A disk that is really full: the upload is told so, and nothing half-written stays."""

from pathlib import Path

from tests.kit.smalldisk import run_on_a_small_disk

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
    run_on_a_small_disk(SCRIPT, tmp_path / "disk")
