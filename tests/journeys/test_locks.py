"""Two people share large files that cannot be merged: they lock them, with real git and git-lfs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from freehold.base.ids import RepoId
from tests.kit.builders import a_model
from tests.kit.gitclient import Clone, address, clone
from tests.kit.hub import TestHub


@dataclass(frozen=True)
class Studio:
    """A model of acme in which alice administers and bob writes, and clones of it."""

    hub: TestHub
    url: str
    folder: Path
    model: RepoId

    def clone(self, user: str) -> Clone:
        here = clone(address(self.url, self.model.path, self.hub.token(user)), self.folder / user / "work", user=user)
        here.git("lfs", "install", "--local")
        return here


@pytest.fixture
def studio(hub: TestHub, tmp_path: Path) -> Iterator[Studio]:
    files = {"song.mix": b"1", "deep/end.mix": b"1", "notes.txt": b"1"}
    model = a_model(hub, "acme/studio", files=files)
    with hub.serve() as url:
        yield Studio(hub, url, tmp_path, model)


def without_asking(here: Clone, *words: str, refused: bool = False) -> str:
    """A push that does not ask for locks first, as plain git without git-lfs pushes."""
    return here.git("push", "--no-verify", *words, refused=refused)


def test_git_lfs_locks_lists_and_unlocks(studio: Studio):
    bob, alice = studio.clone("bob"), studio.clone("alice")
    assert "Locked song.mix" in bob.git("lfs", "lock", "song.mix")
    bob.git("lfs", "lock", "deep/end.mix")
    shown = json.loads(alice.git("lfs", "locks", "--json"))
    assert [(lock["path"], lock["owner"]["name"]) for lock in shown] == [("deep/end.mix", "bob"), ("song.mix", "bob")]
    assert [lock["path"] for lock in json.loads(alice.git("lfs", "locks", "--json", "--path", "song.mix"))] == [
        "song.mix"
    ]
    assert len(json.loads(alice.git("lfs", "locks", "--json", "--limit", "1"))) == 1
    assert [lock["path"] for lock in json.loads(alice.git("lfs", "locks", "--json", "--id", shown[0]["id"]))] == [
        "deep/end.mix"
    ]
    verified = json.loads(bob.git("lfs", "locks", "--verify", "--json"))
    assert (len(verified["ours"]), verified["theirs"]) == (2, [])
    assert len(json.loads(alice.git("lfs", "locks", "--verify", "--json"))["theirs"]) == 2
    bob.git("lfs", "unlock", "song.mix")
    bob.git("lfs", "unlock", "--id", shown[0]["id"])
    assert json.loads(alice.git("lfs", "locks", "--json")) == []


def test_what_another_has_locked_is_refused_by_name(studio: Studio):
    bob, alice = studio.clone("bob"), studio.clone("alice")
    bob.git("lfs", "lock", "song.mix")
    alice.git("lfs", "lock", "song.mix", refused=True)
    assert "already locked by bob" in alice.said
    alice.git("lfs", "unlock", "song.mix", refused=True)
    assert "locked by bob" in alice.said
    alice.git("lfs", "unlock", "--force", "song.mix")
    alice.git("lfs", "lock", "song.mix")
    bob.git("lfs", "unlock", "--force", "song.mix", refused=True)
    assert "only an administrator" in bob.said


def test_a_push_that_touches_what_another_has_locked_is_refused(studio: Studio):
    bob, alice = studio.clone("bob"), studio.clone("alice")
    bob.git("lfs", "lock", "deep/end.mix")
    alice.commit({"notes.txt": "2"})
    without_asking(alice)
    alice.git("rm", "--quiet", "deep/end.mix")
    alice.commit({})
    without_asking(alice, refused=True)
    assert "deep/end.mix is locked by bob" in alice.said
    without_asking(alice, "origin", "HEAD:side", refused=True)
    bob.git("pull", "--quiet", "--rebase")
    bob.commit({"deep/end.mix": "2"})
    without_asking(bob)
    bob.git("lfs", "unlock", "deep/end.mix")
    alice.git("fetch", "--quiet")
    alice.git("rebase", "--quiet", "--strategy-option=theirs", "origin/main", refused=True)
    alice.git("rm", "--quiet", "deep/end.mix")
    alice.git("-c", "core.editor=true", "rebase", "--continue")
    without_asking(alice)


def test_a_forced_push_that_takes_back_what_another_has_locked_is_refused(studio: Studio):
    """It brings no new commit, so only a look at both ends shows what it does."""
    bob, alice = studio.clone("bob"), studio.clone("alice")
    bob.git("lfs", "lock", "song.mix")
    bob.commit({"song.mix": "2"})
    without_asking(bob)
    without_asking(alice, "--force", "origin", "HEAD:main", refused=True)
    assert "song.mix is locked by bob" in alice.said
    bob.commit({"notes.txt": "2"})
    without_asking(bob)
    alice.git("fetch", "--quiet")
    without_asking(alice, "--force", "origin", "origin/main~1:main")


def test_git_lfs_stops_such_a_push_itself(studio: Studio):
    bob, alice = studio.clone("bob"), studio.clone("alice")
    alice.git("config", "lfs.locksverify", "true")
    alice.git("lfs", "track", "--lockable", "*.mix")
    alice.commit({"song.mix": "2"})
    bob.git("lfs", "lock", "song.mix")
    alice.git("push", refused=True)
    assert "Unable to push locked files" in alice.said and "song.mix - bob" in alice.said


def test_a_merge_of_what_the_owner_changed_touches_nothing(studio: Studio):
    bob, alice = studio.clone("bob"), studio.clone("alice")
    bob.git("lfs", "lock", "song.mix")
    alice.commit({"notes.txt": "2"})
    bob.commit({"song.mix": "2"})
    without_asking(bob)
    alice.git("pull", "--quiet", "--no-rebase", "--no-edit")
    without_asking(alice)
    assert alice.git("log", "-1", "--format=%P").count(" ") == 1
