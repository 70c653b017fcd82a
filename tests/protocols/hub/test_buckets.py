"""Buckets as such: making, finding, renaming, hiding and deleting them."""

import pytest

from freehold.asgi.paging import encode_cursor
from tests.kit.buckets import a_bucket
from tests.kit.hub import TestHub
from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("POST /api/buckets/{id}")
def test_creating_one_tells_where_it_is(alice: Asker) -> None:
    answer = alice.post("buckets/alice/shelf", {"visibility": "private"})
    assert answer.json() == {"url": "http://hub.test/buckets/alice/shelf", "id": "alice/shelf", "name": "shelf"}
    assert alice.get("buckets/alice/shelf").json()["private"] is True


def test_me_is_whoever_asks(alice: Asker, nobody: Asker) -> None:
    assert alice.post("buckets/me/shelf").json()["id"] == "alice/shelf"
    assert [line["id"] for line in alice.get("buckets/me").json()] == ["alice/shelf"]
    assert nobody.post("buckets/me/shelf").status_code == 401
    assert nobody.get("buckets/me").status_code == 401


def test_a_second_one_of_the_name_is_a_conflict_that_tells_the_address(alice: Asker) -> None:
    alice.post("buckets/alice/shelf")
    answer = alice.post("buckets/alice/Shelf")
    assert answer.status_code == 409
    assert answer.json()["url"] == "http://hub.test/buckets/alice/Shelf"


def test_a_bucket_and_a_model_may_have_the_same_name(alice: Asker) -> None:
    alice.create("shelf")
    assert alice.post("buckets/alice/shelf").status_code == 200
    assert alice.get("models/alice/shelf").status_code == 200
    assert alice.delete("repos/delete", {"name": "shelf"}).status_code == 200
    assert alice.get("buckets/alice/shelf").status_code == 200


def test_a_region_is_named_as_unused(alice: Asker) -> None:
    answer = alice.post("buckets/alice/shelf", {"region": "eu"})
    assert answer.headers["X-HF-Warning"].startswith("region; ")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("carol/shelf", {}, 403),
        ("alice/..", {}, 400),
        ("alice/a--b", {}, 400),
        ("alice/shelf", {"visibility": "protected"}, 400),
        ("alice/shelf", {"visibility": "secret"}, 400),
        ("never-was/shelf", {}, 403),
    ],
)
def test_what_may_not_be_made(alice: Asker, path: str, body: dict[str, str], status: int) -> None:
    answer = alice.client.post(f"/api/buckets/{path.replace('..', '%2E%2E')}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.proves("GET /api/buckets/{id}")
def test_information_counts_files_and_bytes(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"a": b"12345", "b/c": b"123", "b/again": b"123"})
    said = alice.get("buckets/alice/shelf").json()
    assert {key: said[key] for key in ("id", "private", "size", "totalFiles", "visibility", "author")} == {
        "id": "alice/shelf", "private": False, "size": 11, "totalFiles": 3, "visibility": "public", "author": "alice",
    }  # fmt: skip
    assert said["createdAt"] <= said["updatedAt"]


def test_a_private_one_is_absent_to_others(hub: TestHub, alice: Asker, carol: Asker, nobody: Asker) -> None:
    a_bucket(hub, visibility="private")
    assert alice.get("buckets/alice/shelf").status_code == 200
    for asker, status in ((carol, 404), (nobody, 401)):
        hidden, absent = asker.get("buckets/alice/shelf"), asker.get("buckets/alice/never")
        assert (hidden.status_code, hidden.headers["X-Error-Code"]) == (status, "RepoNotFound")
        assert (absent.status_code, absent.json()) == (status, hidden.json())


@pytest.mark.proves("GET /api/buckets/{ns}")
def test_a_list_shows_what_the_asker_may_see(hub: TestHub, bob: Asker, carol: Asker, nobody: Asker) -> None:
    a_bucket(hub, "acme/logs")
    a_bucket(hub, "acme/secret-logs", visibility="private")
    a_bucket(hub, "alice/logs")
    names = {asker: [line["id"] for line in asker.get("buckets/ACME").json()] for asker in (bob, carol, nobody)}
    assert names == {bob: ["acme/secret-logs", "acme/logs"], carol: ["acme/logs"], nobody: ["acme/logs"]}
    assert [line["id"] for line in bob.get("buckets/acme", search="SECRET").json()] == ["acme/secret-logs"]
    assert bob.get("buckets/acme", search="%").json() == []


def test_a_list_comes_in_pages(hub: TestHub, alice: Asker) -> None:
    for name in ("a", "b", "c"):
        a_bucket(hub, f"alice/{name}")
    seen, answer = [], alice.get("buckets/alice", limit=2)
    seen += [line["id"] for line in answer.json()]
    answer = alice.client.get(answer.links["next"]["url"])
    assert "next" not in answer.links
    assert seen + [line["id"] for line in answer.json()] == ["alice/c", "alice/b", "alice/a"]
    assert alice.get("buckets/alice", cursor=encode_cursor("nonsense")).status_code == 400


def test_a_bucket_has_an_owner(alice: Asker) -> None:
    alice.post("buckets/alice/shelf")
    answer = alice.get("buckets/shelf")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")


@pytest.mark.proves("DELETE /api/buckets/{name}")
def test_without_its_owner_none_is_deleted(alice: Asker) -> None:
    alice.post("buckets/alice/shelf")
    assert alice.delete("buckets/shelf").status_code == 404
    assert alice.get("buckets/alice/shelf").status_code == 200


@pytest.mark.proves("DELETE /api/buckets/{id}")
def test_a_deleted_one_is_gone_with_all_it_held(hub: TestHub, alice: Asker, carol: Asker) -> None:
    a_bucket(hub, files={"a": b"12345"})
    assert carol.delete("buckets/alice/shelf").status_code == 403
    assert alice.delete("buckets/alice/shelf").status_code == 200
    assert alice.get("buckets/alice/shelf").headers["X-Error-Code"] == "RepoNotFound"
    with hub.rooms.db.read() as tx:
        tables = ("repos_bucket", "repos_bucket_file", "repos_bucket_upload", "xet_repo_file")
        assert [tx.scalar(f"SELECT count(*) FROM {table}") for table in tables] == [0, 0, 0, 0]


@pytest.mark.proves("PUT /api/buckets/{id}/settings")
def test_visibility_can_be_said_in_both_forms(hub: TestHub, alice: Asker, carol: Asker) -> None:
    a_bucket(hub)
    assert carol.put("buckets/alice/shelf/settings", {"private": True}).status_code == 403
    assert alice.put("buckets/alice/shelf/settings", {"private": True}).json()["private"] is True
    assert carol.get("buckets/alice/shelf").status_code == 404
    assert alice.put("buckets/alice/shelf/settings", {"visibility": "public"}).json()["private"] is False
    assert alice.put("buckets/alice/shelf/settings", {"visibility": "protected"}).status_code == 400
    assert alice.put("buckets/alice/shelf/settings", {}).status_code == 400


def test_a_moved_one_is_found_at_its_old_address(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"a/b": b"12345"})
    moved = {"fromRepo": "alice/shelf", "toRepo": "acme/shelf", "type": "bucket"}
    assert alice.post("repos/move", moved).status_code == 200
    for path in ("api/buckets/alice/shelf", "buckets/alice/shelf/resolve/a%2Fb", "api/buckets/alice/shelf/tree/a%2F"):
        answer = alice.client.get(f"/{path}", follow_redirects=False)
        assert answer.status_code == 307
        assert answer.headers["location"] == f"/{path.replace('alice', 'acme')}"
    assert alice.client.get("/buckets/alice/shelf/resolve/a%2Fb", follow_redirects=True).content == b"12345"
    answer = alice.client.get("/api/buckets/alice/shelf/xet-read-token", follow_redirects=True)
    assert answer.json()["accessToken"]


def test_a_move_onto_another_is_refused(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, "alice/a")
    a_bucket(hub, "alice/b")
    answer = alice.post("repos/move", {"fromRepo": "alice/a", "toRepo": "alice/b", "type": "bucket"})
    assert answer.status_code == 409
    assert "A bucket repository called alice/b already exists" in answer.json()["error"]


def test_storage_lists_name_it_among_the_repositories(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"a": b"12345"})
    [line] = alice.get("settings/repositories").json()
    assert (line["id"], line["type"], line["storage"]) == ("alice/shelf", "bucket", 5)


def test_no_door_of_git_repositories_leads_into_a_bucket(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"a": b"12345"})
    for path in (
        "/api/buckets/alice/shelf/refs",
        "/api/buckets/alice/shelf/commits/main",
        "/api/models/buckets/alice",
        "/buckets/alice/shelf/info/refs?service=git-upload-pack",
        "/buckets/alice/info/refs?service=git-upload-pack",
    ):
        assert alice.client.get(path).status_code == 404, path
    assert alice.get("models").json() == []
    target = {"target": {"type": "bucket", "name": "alice/shelf"}, "files": []}
    alice.create("birds")
    assert alice.post("models/alice/birds/lfs-files/duplicate", target).status_code == 404
    assert alice.post("buckets/alice/shelf/commit/main").status_code == 404
