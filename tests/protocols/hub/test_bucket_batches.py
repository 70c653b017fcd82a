"""Batches of changes to a bucket: what lands, what is refused, and what is not even read."""

import json

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind
from tests.kit.buckets import a_bucket, paths, put, uploaded
from tests.kit.hub import TestHub
from tests.protocols.hub.conftest import Asker, ndjson

SHELF = RepoId(RepoKind.BUCKET, "alice", "shelf")


def batch(asker: Asker, *lines: object, bucket: str = "alice/shelf", body: bytes | None = None) -> httpx.Response:
    content = ndjson(*lines) if body is None else body
    return asker.client.post(f"/api/buckets/{bucket}/batch", content=content)


def add(path: str, xet_hash: str, **more: object) -> dict[str, object]:
    return {"type": "addFile", "path": path, "xetHash": xet_hash, "mtime": 1_700_000_000_123, **more}


def copy(path: str, xet_hash: str, source: str, kind: str = "bucket") -> dict[str, object]:
    return {
        "type": "copyFile", "path": path, "xetHash": xet_hash, "mtime": 1, "sourceRepoType": kind,
        "sourceRepoId": source,
    }  # fmt: skip


def drop(path: str) -> dict[str, object]:
    return {"type": "deleteFile", "path": path}


@pytest.mark.proves("POST /api/buckets/{id}/batch")
def test_files_are_put_replaced_and_dropped_together(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"old": b"old", "same": b"1"})
    new = uploaded(hub, SHELF, b"new content")
    answer = batch(alice, add("a/b", new, contentType="text/plain"), add("same", new), drop("old"))
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "processed": 3, "succeeded": 3, "failed": []}
    assert paths(hub, SHELF) == ["a/b", "same"]
    [file] = alice.post("buckets/alice/shelf/paths-info", {"paths": ["a/b"]}).json()
    assert (file["size"], file["mtime"], file["contentType"]) == (11, "2023-11-14T22:13:20.123Z", "text/plain")
    assert alice.client.get("/buckets/alice/shelf/resolve/same").content == b"new content"


def test_of_several_changes_of_a_path_the_last_counts(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub)
    one, two = uploaded(hub, SHELF, b"one"), uploaded(hub, SHELF, b"two")
    assert batch(alice, add("x", one), drop("x"), add("y", one), add("y", two)).status_code == 200
    assert paths(hub, SHELF) == ["y"]
    assert alice.client.get("/buckets/alice/shelf/resolve/y").content == b"two"


def test_repeating_a_batch_succeeds_again(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"old": b"old"})
    lines = [add("x", uploaded(hub, SHELF, b"one")), drop("old")]
    assert [batch(alice, *lines).json()["failed"] for _ in range(2)] == [[], []]


def test_what_fails_is_named_and_the_rest_is_done(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub)
    answer = batch(alice, add("good", uploaded(hub, SHELF, b"one")), add("bad", "ab" * 32))
    assert answer.status_code == 200
    said = answer.json()
    assert (said["success"], said["processed"], said["succeeded"]) == (False, 2, 1)
    assert [(one["path"], "Upload the file" in one["error"]) for one in said["failed"]] == [("bad", True)]
    assert paths(hub, SHELF) == ["good"]


def test_when_all_fails_the_status_says_so(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub)
    answer = batch(alice, add("bad", "ab" * 32), add("../bad", "ab" * 32))
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["failed"]] == ["bad", "../bad"]
    assert paths(hub, SHELF) == []


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\\b", "a\nb", "a\x00b", "a\x7f", "x" * 1025, "y" * 256,
     "C:", "c:evil", "a/d:x"],
)  # fmt: skip
def test_a_path_that_would_harm_somebody_is_refused(hub: TestHub, alice: Asker, path: str) -> None:
    a_bucket(hub)
    content = uploaded(hub, SHELF, b"one")
    for line in (add(path, content), drop(path)):
        answer = batch(alice, line)
        assert (answer.status_code, answer.json()["failed"][0]["path"]) == (422, path)
    assert paths(hub, SHELF) == []


@pytest.mark.parametrize("path", ["a b", ".git/config", "ü/ñ", "🐦", "ab:c", "-", "x" * 255, "~", "%2F", "a/.hidden"])
def test_a_strange_path_is_kept_as_it_is(hub: TestHub, alice: Asker, path: str) -> None:
    a_bucket(hub)
    assert batch(alice, add(path, uploaded(hub, SHELF, b"one"))).status_code == 200
    assert [file["path"] for file in alice.get("buckets/alice/shelf/tree", recursive="true").json()] == [path]


@pytest.mark.parametrize(
    "body",
    [
        b"no json\n",
        b'{"type":"addFile","path":"x"}\n',
        b'{"type":"addFile","path":1,"xetHash":"x"}\n',
        b'{"type":"moveFile","path":"x"}\n',
        b'{"path":"x"}\n',
        b'["deleteFile"]\n',
        b'{"type":"deleteFile","path":"\xff"}\n',
        b'{"type":"deleteFile","path":"\\ud800"}\n',
        b'{"type":"addFile","path":"x","xetHash":"x","mtime":1e999}\n',
        b'{"type":"addFile","path":"x","xetHash":"x","mtime":"now"}\n',
        b'{"type":"copyFile","path":"x","xetHash":"x","sourceRepoType":"moon","sourceRepoId":"a/b"}\n',
        b"[" * 100_000,
    ],
)
def test_a_body_that_cannot_be_read_changes_nothing(hub: TestHub, alice: Asker, body: bytes) -> None:
    a_bucket(hub, files={"keep": b"1"})
    answer = batch(alice, body=ndjson(drop("keep")) + body)
    assert answer.status_code == 400, answer.text
    assert "Line 2" in answer.json()["error"] or "sourceRepoType" in answer.json()["error"]
    assert paths(hub, SHELF) == ["keep"]


@pytest.mark.parametrize("xet_hash", ["", "zz" * 32, "AB" * 32, "ab" * 31, "a\0b", "ab" * 500, "é" * 64])
def test_what_is_no_hash_is_refused_by_itself(hub: TestHub, alice: Asker, xet_hash: str) -> None:
    a_bucket(hub, files={"keep": b"1"})
    answer = batch(alice, add("x", xet_hash), copy("y", xet_hash, "alice/shelf"), drop("keep"))
    assert (answer.status_code, [one["path"] for one in answer.json()["failed"]]) == (200, ["x", "y"])
    assert paths(hub, SHELF) == []


@pytest.mark.parametrize("mtime", [-(10**15), 10**15, 10**40])
def test_a_time_that_no_client_can_read_is_refused(hub: TestHub, alice: Asker, mtime: int) -> None:
    a_bucket(hub)
    answer = batch(alice, add("x", uploaded(hub, SHELF, b"one")) | {"mtime": mtime})
    assert answer.status_code == 422
    assert "mtime" in answer.json()["failed"][0]["error"]


def test_a_thousand_changes_are_enough(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"keep": b"1"})
    answer = batch(alice, *[drop("keep")] * 1001)
    assert (answer.status_code, paths(hub, SHELF)) == (413, ["keep"])
    assert batch(alice, *[drop(f"{n}") for n in range(1000)]).status_code == 200
    assert batch(alice, body=b"x" * (9 << 20)).status_code == 413
    assert batch(alice, body=b"\n" * 50).json()["processed"] == 0


def test_only_its_writers_change_it(hub: TestHub, bob: Asker, carol: Asker, nobody: Asker) -> None:
    a_bucket(hub, "acme/shelf", files={"keep": b"1"})
    assert [batch(one, drop("keep"), bucket="acme/shelf").status_code for one in (carol, nobody)] == [403, 403]
    with hub.client("alice", "read") as reading:
        assert batch(Asker(hub, reading), drop("keep"), bucket="acme/shelf").status_code == 403
    assert batch(bob, drop("keep"), bucket="acme/shelf").status_code == 200


def test_content_of_somebody_elses_bucket_is_unknown_here(hub: TestHub, carol: Asker) -> None:
    secret = a_bucket(hub, visibility="private")
    hash_of_secret = uploaded(hub, secret, b"the secret")
    put(hub, secret, {"secret": b"the secret"})
    mine = a_bucket(hub, "carol/mine")
    answer = batch(carol, add("x", hash_of_secret), copy("y", hash_of_secret, "alice/shelf"), bucket="carol/mine")
    assert answer.status_code == 422
    never = batch(carol, copy("y", hash_of_secret, "alice/never"), bucket="carol/mine").json()["failed"][0]["error"]
    assert answer.json()["failed"][1]["error"] == never
    assert paths(hub, mine) == []


def test_a_copy_needs_no_bytes_but_the_right_to_read(hub: TestHub, alice: Asker, carol: Asker) -> None:
    source = a_bucket(hub, "carol/source", files={"a": b"aaaa"})
    a_bucket(hub)
    [file] = carol.post("buckets/carol/source/paths-info", {"paths": ["a"]}).json()
    assert batch(alice, copy("b", file["xetHash"], "carol/source")).json()["failed"] == []
    carol.delete(f"buckets/{source.full}")
    assert alice.client.get("/buckets/alice/shelf/resolve/b").content == b"aaaa"
    assert batch(alice, copy("c", file["xetHash"], "alice/shelf")).json()["failed"] == []
    assert batch(alice, copy("d", "cd" * 32, "alice/shelf")).status_code == 422


def test_what_only_just_arrived_in_a_bucket_cannot_be_copied_from_it(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub)
    a_bucket(hub, "alice/other")
    waiting = uploaded(hub, SHELF, b"not at a path yet")
    assert batch(alice, copy("x", waiting, "alice/shelf"), bucket="alice/other").status_code == 422


def test_a_moved_source_is_named_with_its_new_address(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub)
    a_bucket(hub, "alice/source", files={"a": b"aaaa"})
    [file] = alice.post("buckets/alice/source/paths-info", {"paths": ["a"]}).json()
    alice.post("repos/move", {"fromRepo": "alice/source", "toRepo": "alice/there", "type": "bucket"})
    answer = batch(alice, copy("x", file["xetHash"], "alice/source"))
    assert "alice/there" in answer.json()["failed"][0]["error"]


def test_a_gate_keeps_copies_out(hub: TestHub, alice: Asker, carol: Asker) -> None:
    alice.create("birds")
    sha256 = alice.large("models/alice/birds", "w.bin", b"weights" * 10_000)
    hub.work()
    [entry] = alice.post("models/alice/birds/paths-info/main", {"paths": ["w.bin"]}).json()
    assert entry["lfs"]["oid"] == sha256
    mine = a_bucket(hub, "carol/mine")
    alice.put("models/alice/birds/settings", {"gated": "auto"})
    closed = batch(carol, copy("w", entry["xetHash"], "alice/birds", "model"), bucket=mine.full)
    assert (closed.status_code, "restricted" in closed.json()["failed"][0]["error"]) == (422, True)
    alice.put("models/alice/birds/settings", {"gated": False})
    assert batch(carol, copy("w", entry["xetHash"], "alice/birds", "model"), bucket=mine.full).status_code == 200
    assert carol.client.get("/buckets/carol/mine/resolve/w").content == b"weights" * 10_000


@pytest.mark.parametrize("hub", [{"quota_bytes": 10}], indirect=True)
def test_its_bytes_count_for_the_quota(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"a": b"12345678"})
    [file] = alice.post("buckets/alice/shelf/paths-info", {"paths": ["a"]}).json()
    refused = batch(alice, add("b", file["xetHash"]))
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (403, "QuotaExceeded")
    assert paths(hub, SHELF) == ["a"]
    assert batch(alice, drop("a"), add("b", file["xetHash"])).status_code == 200


def test_the_audit_knows_who_changed_it(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"a": b"1"})
    batch(alice, drop("a"))
    with hub.rooms.db.read() as tx:
        rows = tx.all("SELECT actor_name, detail FROM accounts_audit WHERE action = 'bucket.change' ORDER BY at")
    assert [(row.actor_name, json.loads(row.detail)) for row in rows] == [
        ("alice", {"put": 1, "dropped": 0}),
        ("alice", {"put": 0, "dropped": 1}),
    ]
