"""The large files that a repository holds."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("GET /api/{type}s/{id}/lfs-files")
def test_it_lists_them_in_pages(alice: Asker, birds: str) -> None:
    hashes = {alice.large(birds, f"{n}.bin", bytes([n]) * 100) for n in range(3)}
    first = alice.get(f"{birds}/lfs-files", limit=2)
    second = alice.client.get(first.links["next"]["url"])
    said = {one["oid"]: one for one in first.json() + second.json()}
    assert set(said) == hashes
    assert "next" not in second.links
    assert {one["filename"] for one in said.values()} == {"0.bin", "1.bin", "2.bin"}
    for one in said.values():
        assert one["size"] == 100
        assert one["fileOid"]
        assert one["ref"] in {"main", "refs/heads/main"}
        assert one["pushedAt"].endswith("Z")


@pytest.mark.proves("POST /api/{type}s/{id}/lfs-files/batch")
def test_it_deletes_them_for_good(alice: Asker, birds: str) -> None:
    gone, kept = alice.large(birds, "gone.bin", b"g" * 100), alice.large(birds, "kept.bin", b"k" * 100)
    body = {"deletions": {"sha": [gone], "rewriteHistory": True}}
    assert alice.post(f"{birds}/lfs-files/batch", body).status_code == 200
    assert [one["oid"] for one in alice.get(f"{birds}/lfs-files").json()] == [kept]
    assert alice.client.get("/alice/birds/resolve/main/gone.bin").status_code == 404
    assert alice.client.get("/alice/birds/resolve/main/kept.bin").content == b"k" * 100
    paths = {one["path"] for one in alice.get(f"{birds}/tree/main").json()}
    assert "gone.bin" not in paths


def test_it_refuses_what_is_no_sha256_and_who_may_not(alice: Asker, carol: Asker, birds: str) -> None:
    body = {"deletions": {"sha": ["x"], "rewriteHistory": True}}
    assert alice.post(f"{birds}/lfs-files/batch", body).status_code == 400
    assert carol.post(f"{birds}/lfs-files/batch", body).status_code == 403


@pytest.mark.proves("POST /api/{type}s/{id}/lfs-files/duplicate")
def test_it_copies_them_into_another_repository(alice: Asker, carol: Asker, birds: str) -> None:
    sha256 = alice.large(birds, "a.bin", b"a" * 100)
    carol.create("mine", "dataset")
    body = {
        "target": {"type": "dataset", "name": "carol/mine"},
        "files": [{"sha256": sha256, "xetHash": None, "filename": "a.bin"}],
    }
    answer = carol.post(f"{birds}/lfs-files/duplicate", body)
    assert (answer.status_code, answer.json()) == (200, {"failed": []})
    line = {"key": "lfsFile", "value": {"path": "copied.bin", "algo": "sha256", "oid": sha256}}
    carol.made(carol.commit("datasets/carol/mine", {}, line))
    assert carol.client.get("/datasets/carol/mine/resolve/main/copied.bin").content == b"a" * 100


def test_it_says_which_could_not_be_copied(alice: Asker, birds: str) -> None:
    alice.create("owls")
    body = {"target": {"type": "model", "name": "alice/owls"}, "files": [{"sha256": "0" * 64}]}
    answer = alice.post(f"{birds}/lfs-files/duplicate", body)
    assert answer.status_code == 200
    assert [one["sha256"] for one in answer.json()["failed"]] == ["0" * 64]


def test_nothing_is_copied_out_of_what_may_not_be_read(alice: Asker, carol: Asker, secret: str) -> None:
    sha256 = alice.large(secret, "a.bin", b"a" * 100)
    carol.create("mine")
    body = {"target": {"type": "model", "name": "carol/mine"}, "files": [{"sha256": sha256}]}
    answer = carol.post(f"{secret}/lfs-files/duplicate", body)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")
