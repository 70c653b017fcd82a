"""A repository with very many refs, as somebody who means harm would make it: it is served within bounds all the same.

A hundred thousand, written as rows; a million would take as long to write as all other journeys together.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.base.ids import RepoId
from freehold.wire.git.pktline import FLUSH, line
from freehold.wire.git.push import MOST_COMMANDS, NOTHING
from tests.kit.builders import a_commit, a_model
from tests.kit.gitclient import Clone, address, clone
from tests.kit.hub import TestHub

MANY = 100_000
BOUND_S = 60
"""Of wall time on a machine with much else to do; alone it takes a few seconds."""


@pytest.fixture
def model(hub: TestHub) -> RepoId:
    return a_model(hub, "mallory/m", files={"a.txt": b"a"})


@pytest.fixture
def here(hub: TestHub, model: RepoId, tmp_path: Path) -> Iterator[Clone]:
    with hub.serve() as url:
        yield clone(address(url, model.path, hub.token("mallory")), tmp_path / "clone" / "work", user="mallory")


def test_a_hundred_thousand_refs_are_listed_and_do_not_hold_up_a_push(hub: TestHub, model: RepoId, here: Clone):
    repo = hub.rooms.repos.reader(hub.actor("mallory"), model)
    tip = repo.revision("main").commit
    with hub.rooms.db.write() as tx:
        tx.many(
            "INSERT INTO git_ref (repo_id, name, oid, updated_at) VALUES (:repo, :name, :oid, 1)",
            [{"repo": repo.repo.id, "name": f"refs/heads/b{number:06d}", "oid": tip} for number in range(MANY)],
        )
        tx.run("UPDATE git_repo SET generation = generation + 1 WHERE repo_id = :repo", repo=repo.repo.id)
    began = time.monotonic()
    assert here.git("ls-remote", "--heads", "origin").count("\n") >= MANY
    assert here.git("ls-remote", "origin", "refs/heads/b000007").split() == [tip, "refs/heads/b000007"]
    with hub.client("mallory") as client:
        assert len(client.get("/api/models/mallory/m/refs").json()["branches"]) == MANY + 1
    here.commit({"b.txt": "b"})
    here.git("push", "--quiet", "origin", "HEAD:main")
    a_commit(hub, model, {"c.txt": b"c"})
    assert time.monotonic() - began < BOUND_S
    with hub.rooms.db.write() as tx:  # the check at the end looks at every ref
        tx.run("DELETE FROM git_ref WHERE name LIKE 'refs/heads/b0%'")
        tx.run("UPDATE git_repo SET generation = generation + 1 WHERE repo_id = :repo", repo=repo.repo.id)


def test_a_push_of_too_many_refs_is_refused_and_moves_none(hub: TestHub, model: RepoId):
    reader = hub.rooms.repos.reader(hub.actor("mallory"), model)
    tip = reader.revision("main").commit
    first = line(f"{NOTHING} {tip} refs/heads/many\0report-status".encode())
    rest = [line(f"{NOTHING} {tip} refs/heads/many-{number}".encode()) for number in range(MOST_COMMANDS)]
    with hub.client("mallory") as client:
        answer = client.post("/mallory/m/git-receive-pack", content=first + b"".join(rest) + FLUSH)
    assert (answer.status_code, f"may move {MOST_COMMANDS} refs at once" in answer.text) == (400, True)
    assert [ref.name for ref in reader.refs().branches] == ["main"]
