"""`freehold audit`: the chain is verified on the hub and, exported, without it."""

import json
import re
import runpy
from pathlib import Path

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

DOCS = Path(__file__).parents[2] / "docs/audit.md"


@pytest.fixture
def data(hub: TestHub, tmp_path: Path) -> tuple[str, str]:
    a_model(hub)
    with hub.rooms.db.write() as tx:
        record(tx, SYSTEM, "session.open", "alice", address="192.0.2.7")
    config = tmp_path / "hub.toml"
    config.write_text(f'data = "{hub.settings.data}"\ndatabase = "{hub.settings.database}"\n', "utf-8")
    return "--config", str(config)


def test_the_hubs_own_chain_is_verified(data, freehold):
    note = freehold("audit", "checkpoint", *data)
    assert note.stdout.startswith("freehold/audit/")
    done = freehold("audit", "verify", *data)
    assert done.returncode == 0
    assert re.search(r"The chain holds: \d+ lines, the last has the hash [0-9a-f]{64}\.\n1 signed", done.stdout)


def test_a_changed_line_is_named(hub, data, freehold):
    with hub.rooms.db.write() as tx:
        tx.run("DROP TRIGGER accounts_audit_fixed")
        told = tx.scalar("SELECT actor_name FROM accounts_audit WHERE seq = 3")
        tx.run("UPDATE accounts_audit SET actor_name = 'mallory' WHERE seq = 3")
    done = freehold("audit", "verify", *data)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Line 3 was changed" in done.stderr
    assert any("Line 3" in fault.problem for fault in hub.check())
    with hub.rooms.db.write() as tx:
        tx.run("UPDATE accounts_audit SET actor_name = :name WHERE seq = 3", name=told)


def test_an_exported_chain_is_verified_anywhere(hub, data, freehold, tmp_path):
    exported, kept = tmp_path / "audit.jsonl", tmp_path / "kept"
    kept.write_text(freehold("audit", "checkpoint", *data).stdout, "utf-8")
    exported.write_text(freehold("audit", "export", *data).stdout, "utf-8")
    key = freehold("receipt", "key", *data).stdout.strip()
    done = freehold("audit", "verify", str(exported), "--key", key, "--checkpoint", str(kept))
    assert done.returncode == 0, done.stderr
    exported.write_text(exported.read_text("utf-8").replace("alice/birds", "mallory/birds", 1), "utf-8")
    assert "was changed" in freehold("audit", "verify", str(exported), "--key", key).stderr
    assert "--key" in freehold("audit", "verify", str(exported)).stderr


def test_the_verifier_in_the_documentation_works(data, freehold, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program = re.search(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    Path("verifier.py").write_text(program[1], "utf-8")
    text = freehold("audit", "export", *data).stdout
    Path("audit.jsonl").write_text(text, "utf-8")
    runpy.run_path("verifier.py")
    Path("audit.jsonl").write_text(text.replace('"alice/birds"', '"alice/fish"', 1), "utf-8")
    with pytest.raises(AssertionError):
        runpy.run_path("verifier.py")


def test_a_choice_of_lines_is_exported(data, freehold):
    lines = freehold("audit", "export", "--action", "user.", "--subject", "Bob", *data).stdout.splitlines()
    assert lines == []
    [line] = freehold("audit", "export", "--action", "user.", "--subject", "bob", *data).stdout.splitlines()
    assert json.loads(line)["action"] == "user.add"
    assert "is no time" in freehold("audit", "export", "--since", "yesterday", *data).stderr


def test_whereabouts_are_forgotten_on_demand(hub, data, freehold):
    with hub.rooms.db.write() as tx:
        record(tx, hub.actor("alice"), "session.open", "alice", address="192.0.2.7")
    assert "1 lines" in freehold("audit", "forget", "alice", *data).stdout
    assert freehold("audit", "verify", *data).returncode == 0
    assert "no account" in freehold("audit", "forget", "nobody", *data).stderr


def test_one_line_is_proven_anywhere(data, freehold, tmp_path):
    proof, key = tmp_path / "line.json", freehold("receipt", "key", *data).stdout.strip()
    proof.write_text(freehold("audit", "prove", "2", *data).stdout, "utf-8")
    done = freehold("audit", "verify-proof", str(proof), "--key", key)
    assert "Line 2 is in the audit" in done.stdout, done.stderr
    proof.write_text(proof.read_text("utf-8").replace('"seq": 2', '"seq": 3'), "utf-8")
    done = freehold("audit", "verify-proof", str(proof), "--key", key)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no such line" in freehold("audit", "prove", "99999", *data).stderr
