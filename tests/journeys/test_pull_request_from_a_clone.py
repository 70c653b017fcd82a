"""Carol has no rights in alice's model. She proposes a change from a clone, and alice takes it in."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kit.builders import a_model
from tests.kit.gitclient import Clone, address, clone
from tests.kit.hub import TestHub


@pytest.fixture
def url(hub: TestHub) -> Iterator[str]:
    with hub.serve() as served:
        yield served


class Room:
    """alice's model, the API, and a clone for each who wants one."""

    def __init__(self, hub: TestHub, url: str, folder: Path) -> None:
        self.hub, self.url, self.folder = hub, url, folder
        self.model = a_model(hub, files={"README.md": b"# Birds\n\none\ntwo\nthree\n"})

    def clone(self, user: str) -> Clone:
        return clone(address(self.url, "alice/birds", self.hub.token(user)), self.folder / user / "work", user=user)

    def ask(self, user: str, method: str, path: str = "", **body: object) -> dict:
        headers = {"Authorization": f"Bearer {self.hub.token(user)}"}
        at = f"{self.url}/api/models/alice/birds/discussions{path}"
        answer = httpx.request(
            method, at, headers=headers, json=body or None, params={"diff": 1} if method == "GET" else {}
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def draft(self, user: str = "carol") -> int:
        return int(self.ask(user, "POST", title="More birds", description="For @alice", pullRequest=True)["num"])


@pytest.fixture
def room(hub: TestHub, url: str, tmp_path: Path) -> Room:
    return Room(hub, url, tmp_path)


def test_from_the_draft_to_alices_clone(room: Room):
    here = room.clone("carol")
    here.commit({"README.md": "# Birds\n\nnone\ntwo\nthree\n"}, "Refused on main")
    here.git("push", "origin", "main", refused=True)
    number = room.draft()
    here.git("push", "origin", f"HEAD:refs/pr/{number}")
    here.git("checkout", "--quiet", "-b", "work")
    large = os.urandom(200_000)
    here.git("lfs", "install", "--local")
    here.git("lfs", "track", "*.weights")
    last = here.commit(
        {"wren.weights": large, ".gitattributes": here.folder.joinpath(".gitattributes").read_bytes()}, "Add a wren"
    )
    here.git("push", "origin", f"work:refs/pr/{number}")
    room.ask("carol", "POST", f"/{number}/status", status="open")

    seen = room.ask("alice", "GET", f"/{number}")
    assert (seen["status"], seen["filesWithConflicts"]) == ("open", [])
    assert "-one\n+none\n" in seen["diff"]
    assert [event["data"]["subject"] for event in seen["events"] if event["type"] == "commit"] == [
        "Refused on main",
        "Add a wren",
    ]
    room.ask("alice", "POST", f"/{number}/comment", comment="Lovely.")
    room.ask("alice", "POST", f"/{number}/merge")

    there = room.clone("alice")
    there.git("lfs", "install", "--local")
    there.git("lfs", "pull")
    assert there.git("rev-parse", "HEAD") == last
    assert hashlib.sha256((there.folder / "wren.weights").read_bytes()).digest() == hashlib.sha256(large).digest()
    here.git("checkout", "--quiet", "main")
    here.git("pull", "--quiet")
    assert here.git("rev-parse", "HEAD") == last


def test_both_sides_went_on_and_a_merge_commit_joins_them(room: Room):
    here, there = room.clone("carol"), room.clone("alice")
    number = room.draft()
    mine = here.commit({"README.md": "# Birds\n\nzero\none\ntwo\nthree\n"}, "Begin earlier")
    here.git("push", "origin", f"HEAD:refs/pr/{number}")
    hers = there.commit({"README.md": "# Birds\n\none\ntwo\nthree\nfour\n"}, "End later")
    there.git("push")
    room.ask("carol", "POST", f"/{number}/status", status="open")
    room.ask("alice", "POST", f"/{number}/merge")
    there.git("pull", "--quiet")
    assert (there.folder / "README.md").read_text() == "# Birds\n\nzero\none\ntwo\nthree\nfour\n"
    assert there.git("log", "-1", "--format=%P").split() == [hers, mine]
    there.git("fsck", "--strict")


def test_only_its_author_and_writers_push_to_a_pull_request(room: Room):
    number = room.draft()
    for user, refused in (("mallory", True), ("alice", False), ("carol", False)):
        here = room.clone(user)
        if not refused:
            here.git("pull", "--quiet", "origin", f"refs/pr/{number}")
        here.commit({f"{user}.txt": user})
        here.git("push", "origin", f"HEAD:refs/pr/{number}", refused=refused)
    found = room.ask("carol", "GET", f"/{number}")
    assert ("+alice" in found["diff"], "+carol" in found["diff"], "mallory" in found["diff"]) == (True, True, False)
    here.git("push", "origin", "HEAD:refs/pr/77", refused=True)
    assert "Open a pull request" in here.said
    here.git("push", "origin", f":refs/pr/{number}", refused=True)


def test_what_is_merged_takes_no_more(room: Room):
    here = room.clone("carol")
    number = room.draft()
    here.commit({"a.txt": "a"})
    here.git("push", "origin", f"HEAD:refs/pr/{number}")
    room.ask("carol", "POST", f"/{number}/status", status="open")
    room.ask("alice", "POST", f"/{number}/merge")
    here.commit({"late.txt": "late"})
    here.git("push", "origin", f"HEAD:refs/pr/{number}", refused=True)
    assert "is merged" in here.said


def test_a_rewritten_pull_request_shows_what_it_is_now(room: Room):
    here = room.clone("carol")
    number = room.draft()
    here.commit({"a.txt": "first"}, "First try")
    here.git("push", "origin", f"HEAD:refs/pr/{number}")
    here.git("reset", "--quiet", "--hard", "HEAD~1")
    here.commit({"b.txt": "second"}, "Second try")
    here.git("push", "--force", "origin", f"HEAD:refs/pr/{number}")
    found = room.ask("alice", "GET", f"/{number}")
    assert ("second" in found["diff"], "first" in found["diff"]) == (True, False)
    subjects = [event["data"]["subject"] for event in found["events"] if event["type"] == "commit"]
    assert subjects == ["First try", "Second try"]
