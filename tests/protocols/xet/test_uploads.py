"""Xorbs and shards come in true, or are refused in the client's own shape and leave nothing."""

import hashlib
import json

import pytest

from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import write_upload_shard
from freehold.wire.xet.xorb import encode_xorb
from tests.protocols.xet.conftest import cas, new_repo
from tests.stores.xet.conftest import file_of, layout_of, some_chunks


def _ask(mine, chunks):
    body = encode_xorb(chunks)
    name = to_text(layout_of(chunks).hash)
    question = {"length": len(body), "checksum": {"algo": "crc64nvme", "value": "1"}}
    return mine.call("POST", f"/v1/xorb-grants/default/{name}", json=question), name, body


def test_a_grant_lets_the_xorb_in_without_any_other_credential(birds):
    mine = cas(birds, "alice")
    answer, name, body = _ask(mine, some_chunks(1))
    assert answer.status_code == 201
    grant = answer.json()
    assert mine.call("POST", f"/v1/xorb-commits/default/{name}/grant/{grant['id']}").status_code == 404
    with birds.client() as client:
        put = client.request(grant["method"], grant["url"], headers=grant["headers"], content=body)
    assert put.json() == {"was_inserted": True}
    assert mine.call("POST", f"/v1/xorb-commits/default/{name}/grant/{grant['id']}").status_code == 200
    assert _ask(mine, some_chunks(1))[0].status_code == 200


def test_what_another_has_uploaded_is_asked_for_all_the_same(birds):
    cas(birds, "alice").send(some_chunks(1))
    new_repo(birds, "mallory", "x")
    assert _ask(cas(birds, "mallory", "mallory/x"), some_chunks(1))[0].status_code == 201


def test_it_refuses_a_body_of_another_length_or_a_changed_grant(birds):
    answer, _, body = _ask(cas(birds, "alice"), some_chunks(2))
    url = answer.json()["url"]
    with birds.client() as client:
        assert client.put(url, content=body + b"\0").status_code == 400
        assert client.put(url, content=body[:-1]).status_code == 400
        assert client.put(url[:-3] + "AAA", content=body).status_code == 403
        birds.clock.advance(2 * 3600)
        assert client.put(url, content=body).status_code == 403


def test_it_refuses_a_grant_for_a_giant(birds):
    path = f"/v1/xorb-grants/default/{'0' * 64}"
    assert cas(birds, "alice").call("POST", path, json={"length": 1 << 27}).status_code == 413
    assert cas(birds, "alice").call("POST", path, content=b"[").status_code == 400


@pytest.mark.parametrize("name", ["../../etc", "0" * 63, "g" * 64, "A" * 64])
def test_it_refuses_names_that_are_no_hashes(birds, name):
    assert cas(birds, "alice").call("POST", f"/v1/xorbs/default/{name}", content=b"x").status_code in {400, 404}


def test_it_refuses_a_tampered_xorb_with_a_sentence(birds):
    body = bytearray(encode_xorb(some_chunks(3), Scheme.NONE))
    body[9000] ^= 1
    name = to_text(layout_of(some_chunks(3)).hash)
    answer = cas(birds, "alice").call("POST", f"/v1/xorbs/default/{name}", content=bytes(body))
    assert answer.status_code == 400
    assert "send it again" in answer.json()["error"]


def test_it_refuses_a_bomb(birds):
    bomb = bytearray(encode_xorb([bytes(128 << 10)]))
    bomb[5:8] = (1000).to_bytes(3, "little")
    answer = cas(birds, "alice").call("POST", f"/v1/xorbs/default/{'0' * 64}", content=bytes(bomb))
    assert answer.status_code == 400


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_shard_brings_a_content_into_the_repository(birds, version):
    chunks = some_chunks(4)
    mine = cas(birds, "alice")
    layout = mine.send(chunks)
    sha256 = Sha256(hashlib.sha256(b"".join(chunks)).hexdigest())
    answer = mine.register(file_of((layout, 0, layout.n), sha256=sha256), version=version)
    assert answer[-1] in ({"type": "result"}, {"result": 1})
    repo = birds.rooms.repos.reader(birds.actor("alice"), _birds()).repo
    held = birds.rooms.objects.has(repo, sha256)
    assert (held.size, held.verified) == (len(b"".join(chunks)), False)
    birds.work()
    assert birds.rooms.objects.has(repo, sha256).verified


def test_a_content_with_a_false_sha256_is_held_no_longer_once_it_was_read(birds):
    mine = cas(birds, "alice")
    lie = Sha256("ab" * 32)
    mine.push(some_chunks(5), lie)
    repo = birds.rooms.repos.reader(birds.actor("alice"), _birds()).repo
    assert birds.rooms.objects.has(repo, lie)
    birds.work()
    assert birds.rooms.objects.has(repo, lie) is None


def test_a_false_sha256_is_found_out_in_copies_too(birds):
    mine = cas(birds, "alice")
    lie = Sha256("ab" * 32)
    mine.push(some_chunks(5), lie)
    copy = RepoId(RepoKind.MODEL, "alice", "copy")
    birds.rooms.repos.duplicate(birds.actor("alice"), _birds(), copy)
    birds.work()
    assert birds.rooms.objects.has(birds.rooms.repos.reader(birds.actor("alice"), copy).repo, lie) is None


def _birds() -> RepoId:
    return RepoId(RepoKind.MODEL, "alice", "birds")


def test_an_error_of_a_shard_is_a_frame_with_a_sentence(birds):
    mine = cas(birds, "alice")
    frames = mine.register(file_of((layout_of(some_chunks(6)), 0, 5)))
    assert frames[0]["type"] == "validating"
    assert frames[-1]["type"] == "error"
    assert "Run the upload again" in frames[-1]["message"]
    assert frames[-1]["retryable"] is False


def test_a_missing_xorb_gives_the_person_a_new_address(birds):
    mine = cas(birds, "alice")
    mine.register(file_of((layout_of(some_chunks(6)), 0, 5)))
    again = cas(birds, "alice")
    assert again.url != mine.url
    mine.push(some_chunks(7))  # the old address goes on working
    again.push(some_chunks(8))


def test_it_refuses_chunks_of_another_tenant(birds):
    new_repo(birds, "alice", "secret", "private")
    cas(birds, "alice", "alice/secret").push(some_chunks(9))
    new_repo(birds, "mallory", "x")
    file = file_of((layout_of(some_chunks(9)), 0, 5))
    frames = cas(birds, "mallory", "mallory/x").register(file)
    assert frames[-1]["type"] == "error"


def test_a_right_that_was_taken_away_counts_at_the_shard(birds):
    people = birds.rooms.people
    birds.rooms.repos.create(birds.actor("alice"), RepoId(RepoKind.MODEL, "acme", "maps"), visibility="public")
    his = cas(birds, "bob", "acme/maps")
    layout = his.send(some_chunks(10))
    people.set_member(birds.actor("alice"), "acme", "bob", None)
    shard = write_upload_shard([file_of((layout, 0, 5))], [])
    assert his.call("POST", "/v2/shards", content=shard).status_code == 403


def test_it_refuses_nonsense_for_a_shard(birds):
    mine = cas(birds, "alice")
    assert mine.call("POST", "/v1/shards", content=b"nonsense").status_code == 400
    answer = mine.call("POST", "/v2/shards", content=b"")
    assert json.loads(answer.text.splitlines()[-1])["type"] == "error"


@pytest.mark.parametrize("hub", [{"quota_bytes": 1000}], indirect=True)
def test_a_full_namespace_is_told_so_in_the_frame(birds):
    mine = cas(birds, "alice")
    layout = mine.send(some_chunks(11))
    frames = mine.register(file_of((layout, 0, 5), sha256=Sha256("cd" * 32)))
    assert "may hold 1000 bytes" in frames[-1]["message"]
    assert mine.call("GET", f"/v2/reconstructions/{to_text(file_of((layout, 0, 5)).hash)}").status_code == 404


def test_telemetry_is_taken_and_dropped(birds):
    with birds.client() as client:
        assert client.post("/v1/telemetry", json={"event": "x"}).status_code == 204


@pytest.mark.parametrize("hub", [{"unlinked_bytes_per_day": 150_000}], indirect=True)
def test_an_account_that_uploads_what_no_file_uses_is_stopped_for_the_day(birds):
    mine = cas(birds, "alice")
    layouts = []
    while (answer := _ask(mine, some_chunks(20 + len(layouts)))[0]).status_code == 201:
        layouts.append(mine.send(some_chunks(20 + len(layouts))))
    assert answer.status_code == 403
    assert layouts
    assert "no file uses yet" in answer.json()["error"]
    _, name, body = _ask(mine, some_chunks(20 + len(layouts)))
    assert mine.call("POST", f"/v1/xorbs/default/{name}", content=body).status_code == 403
    asked = {"files": [{"path": "w.bin", "size": 50_000_000, "sample": "AAAA"}]}
    with birds.client("alice") as client:
        told = client.post("/api/models/alice/birds/preupload/main", json=asked)
    assert (told.status_code, told.headers["X-Error-Code"]) == (403, "QuotaExceeded")
    mine.register(*(file_of((layout, 0, layout.n)) for layout in layouts))
    assert _ask(mine, some_chunks(20 + len(layouts)))[0].status_code == 201
