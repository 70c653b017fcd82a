"""`freehold receipt`: a receipt is verified without the hub that signed it."""

import re
from pathlib import Path

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.repos.gate_door import Asked
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.web.browsing import signed_in


@pytest.fixture
def receipt(hub: TestHub, tmp_path: Path) -> Path:
    model = a_model(hub, files={"README.md": b"---\nextra_gated_prompt: Harm nobody.\n---\n"})
    hub.rooms.repos.admin(hub.actor("alice"), model).update(gated="auto")
    hub.rooms.gating.door(hub.rooms.repos.reader(hub.actor("carol"), model)).ask(Asked({}))
    file = tmp_path / "receipt.json"
    file.write_bytes(signed_in(hub, "carol").get("/alice/birds/gate/receipt").content)
    return file


def test_a_receipt_is_verified_anywhere(hub: TestHub, receipt: Path, freehold):
    done = freehold("receipt", "verify", str(receipt), "--key", hub.rooms.gating.receipt_key)
    assert done.returncode == 0
    assert "Genuine: carol was let into alice/birds" in done.stdout
    assert re.search(r"version 1, SHA-256 [0-9a-f]{64}; carol agreed at 20", done.stdout)
    assert "Granted by: the gate itself" in done.stdout


def test_a_changed_receipt_and_another_key_are_refused(hub: TestHub, receipt: Path, freehold):
    key = hub.rooms.gating.receipt_key
    other = freehold("receipt", "key", "--data", "another").stdout.strip()
    assert other != key
    changed = receipt.with_name("changed.json")
    changed.write_bytes(receipt.read_bytes().replace(b"carol", b"alice"))
    for file, with_key in ((receipt, other), (changed, key), (receipt.with_name("none.json"), key)):
        done = freehold("receipt", "verify", str(file), "--key", with_key)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("error: ")


def test_the_published_keys_verify_when_the_hub_is_gone(hub: TestHub, receipt: Path, freehold):
    keys = receipt.with_name("keys.json")
    published = hub.client().get("/.well-known/freehold-receipts")
    assert published.json()["keys"][0]["kty"] == "OKP"
    keys.write_bytes(published.content)
    hub.rooms.repos.delete(hub.actor("alice"), RepoId(RepoKind.MODEL, "alice", "birds"))
    done = freehold("receipt", "verify", str(receipt), "--key", str(keys))
    assert "Genuine: carol was let into alice/birds" in done.stdout
    keys.write_text('{"keys": []}')
    assert freehold("receipt", "verify", str(receipt), "--key", str(keys)).returncode == 1
