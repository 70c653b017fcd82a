"""`freehold gc` says what would go and why, and without a rule deletes nothing."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.repos.incoming import Incoming
from tests.kit.builders import a_model
from tests.kit.hub import TestHub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[TestHub]:
    """A hub with its database in its folder, where commands look for it."""
    one = TestHub(tmp_path)
    yield one
    one.close()


@pytest.fixture
def data(hub: TestHub) -> str:
    a_model(hub, "alice/birds")
    repo = hub.rooms.repos.reader(hub.actor("alice"), RepoId(RepoKind.MODEL, "alice", "birds")).repo
    with Incoming(hub.rooms.objects, repo, Sha256(hashlib.sha256(b"weights").hexdigest()), 7) as incoming:
        incoming.write(b"weights")
        incoming.finish()
    hub.work()
    return str(hub.settings.data)


def test_the_dry_run_says_that_no_rule_lets_it_go(freehold, data):
    done = freehold("gc", "--dry-run", "--data", data)
    assert done.returncode == 0, done.stderr
    assert "1 contents, 7 bytes: no branch, tag or pull request names it in its history; stays" in done.stdout
    assert "No rule lets anything else go" in freehold("gc", "--data", data).stdout


def test_with_a_rule_it_says_when(freehold, data):
    assert freehold("retention", "alice", "30", "--data", data).stdout == "alice: 30 days\n"
    assert "goes from" in freehold("gc", "--dry-run", "--data", data).stdout
    (one,) = json.loads(freehold("gc", "--dry-run", "--json", "--data", data).stdout)
    assert one["due"] - one["since"] == 30 * 86_400 * 1_000_000
    assert freehold("retention", "alice", "never", "--data", data).returncode == 0
    assert "stays" in freehold("gc", "--dry-run", "--data", data).stdout
    assert freehold("retention", "alice", "soon", "--data", data).returncode == 2
    assert freehold("retention", "nobody-here", "1", "--data", data).returncode == 1


def test_now_gives_clients_a_new_address(freehold, data, hub):
    alice = hub.rooms.people.by_name("alice")
    assert "new Xet address" in freehold("gc", "--now", "--data", data).stdout
    assert hub.rooms.people.by_name("alice").xet_epoch == alice.xet_epoch + 1


def test_the_check_makes_the_index_again(freehold, data, hub):
    with hub.rooms.db.write() as tx:
        tx.run("DELETE FROM xet_chunk")
    assert freehold("check", "--data", data).returncode == 1
    assert freehold("check", "--repair-index", "--data", data).returncode == 0


def test_it_refuses_a_folder_without_a_hub(freehold):
    done = freehold("gc", "--data", "nothing-here")
    assert done.returncode == 1
    assert "There is no hub" in done.stderr
