"""Branches and tags."""

import pytest

from tests.protocols.hub.conftest import Asker


def names(asker: Asker, repo: str, which: str, **params: object) -> list[str]:
    return [one["name"] for one in asker.get(f"{repo}/refs", **params).json()[which]]


@pytest.mark.proves("GET /api/{type}s/{id}/refs")
def test_it_lists_refs_and_pull_requests_only_when_asked(alice: Asker, birds: str) -> None:
    head = alice.made(alice.commit(birds, {"a.txt": b"a"}))
    pull = alice.made(alice.commit(birds, {"b.txt": b"b"}, create_pr=1))
    said = alice.get(f"{birds}/refs").json()
    assert said == {
        "branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": head}],
        "converts": [],
        "tags": [],
    }
    assert alice.get(f"{birds}/refs", include_prs=1).json()["pullRequests"] == [
        {"name": "refs/pr/1", "ref": "refs/pr/1", "targetCommit": pull}
    ]


@pytest.mark.proves("POST /api/{type}s/{id}/branch/{branch}")
@pytest.mark.proves("DELETE /api/{type}s/{id}/branch/{branch}")
def test_branches_come_and_go(alice: Asker, birds: str) -> None:
    first = alice.made(alice.commit(birds, {"a.txt": b"a"}))
    alice.made(alice.commit(birds, {"b.txt": b"b"}))
    assert alice.post(f"{birds}/branch/from-tip").status_code == 200
    assert alice.post(f"{birds}/branch/feature%2Fone", {"startingPoint": first}).status_code == 200
    said = {one["name"]: one["targetCommit"] for one in alice.get(f"{birds}/refs").json()["branches"]}
    assert said["feature/one"] == first
    assert said["from-tip"] == said["main"]
    assert alice.delete(f"{birds}/branch/feature%2Fone").status_code == 200
    assert names(alice, birds, "branches") == ["from-tip", "main"]


def test_what_is_said_of_branches_that_cannot_be(alice: Asker, birds: str) -> None:
    exists = alice.post(f"{birds}/branch/main")
    assert (exists.status_code, exists.json()["error"]) == (409, "Reference refs/heads/main already exists")
    start = alice.post(f"{birds}/branch/a", {"startingPoint": "nowhere"})
    assert (start.status_code, start.headers["X-Error-Code"]) == (404, "RevisionNotFound")
    assert alice.post(f"{birds}/branch/refs%2Fpr%2F9").status_code == 400
    main = alice.delete(f"{birds}/branch/main")
    assert (main.status_code, "Cannot delete refs/heads/main" in main.json()["error"]) == (403, True)
    alice.post(f"{birds}/tag/main", {"tag": "v1"})
    for name in ("nowhere", "v1"):
        missing = alice.delete(f"{birds}/branch/{name}")
        assert (missing.status_code, "Invalid rev id" in missing.json()["error"]) == (404, True)


@pytest.mark.proves("POST /api/{type}s/{id}/tag/{rev}")
@pytest.mark.proves("DELETE /api/{type}s/{id}/tag/{rev}")
def test_tags_come_and_go(alice: Asker, birds: str) -> None:
    first = alice.made(alice.commit(birds, {"a.txt": b"a"}))
    alice.made(alice.commit(birds, {"b.txt": b"b"}))
    assert alice.post(f"{birds}/tag/{first}", {"tag": "v1", "message": "the first"}).status_code == 200
    assert alice.post(f"{birds}/tag/main", {"tag": "v2"}).status_code == 200
    said = {one["name"]: one for one in alice.get(f"{birds}/refs").json()["tags"]}
    assert said["v1"] == {"name": "v1", "ref": "refs/tags/v1", "targetCommit": first}
    assert alice.get(f"{birds}/revision/v1").json()["sha"] == first
    assert alice.post(f"{birds}/tag/main", {"tag": "v1"}).status_code == 409
    assert alice.delete(f"{birds}/tag/v1").status_code == 200
    assert names(alice, birds, "tags") == ["v2"]


def test_what_is_said_of_tags_that_cannot_be(alice: Asker, birds: str) -> None:
    assert alice.post(f"{birds}/tag/main", {"tag": "invalid tag"}).status_code == 400
    for answer in (alice.delete(f"{birds}/tag/nowhere"), alice.post(f"{birds}/tag/nowhere", {"tag": "v1"})):
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")


def test_only_writers_move_refs(carol: Asker, birds: str) -> None:
    assert carol.post(f"{birds}/branch/a").status_code == 403
    assert carol.delete(f"{birds}/branch/main").status_code == 403
    assert carol.post(f"{birds}/tag/main", {"tag": "v1"}).status_code == 403
