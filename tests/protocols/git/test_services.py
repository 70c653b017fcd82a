"""The endpoints, asked by hand: what git itself would never send, and what it must never get."""

import gzip
import os
from pathlib import Path

import pytest

from freehold.wire.git.pktline import FLUSH, line
from freehold.wire.git.push import NOTHING
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import TestHub

V2 = {"Git-Protocol": "version=2"}


def wants(*oids: str) -> bytes:
    """A fetch of protocol 2 that has nothing yet."""
    asked = b"".join(line(f"want {oid}\n".encode()) for oid in oids)
    return line(b"command=fetch") + b"0001" + asked + line(b"done\n") + FLUSH


def leftovers(hub: TestHub) -> list[Path]:
    return list((hub.settings.data / "cache" / "git" / "scratch").glob("*"))


def test_it_advertises_each_version_and_nothing_is_kept_from_it(hub: TestHub):
    model = a_model(hub)
    with hub.client() as client:
        url = f"/{model.path}/info/refs?service=git-upload-pack"
        assert client.get(url).content.startswith(b"001e# service=git-upload-pack\n0000")
        newest = client.get(url, headers=V2)
        assert newest.content.startswith(b"000eversion 2\n") and newest.headers["cache-control"].startswith("no-cache")
        # Whatever else a client puts there never reaches git.
        odd = client.get(url, headers={"Git-Protocol": "version=9:x=$(id):version=2"})
        assert odd.content.startswith(b"000eversion 2\n")
    assert leftovers(hub) == []


@pytest.mark.parametrize("query", ["", "?service=git-archive", "?service=git-upload-pack%00"])
def test_it_refuses_other_services_in_words(hub: TestHub, query: str):
    model = a_model(hub)
    with hub.client() as client:
        answer = client.get(f"/{model.path}/info/refs{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain") and "smart protocol" in answer.text


@pytest.mark.parametrize("user", [None, "carol"])
def test_absent_and_hidden_look_alike(hub: TestHub, user: str | None):
    a_model(hub, "alice/hidden", visibility="private")
    with hub.client(user) as client:
        for service in ("git-upload-pack", "git-receive-pack"):
            answers = [client.get(f"/alice/{name}/info/refs?service={service}") for name in ("hidden", "absent")]
            assert {(one.status_code, one.text, one.headers.get("www-authenticate")) for one in answers} == {
                (answers[0].status_code, answers[0].text, answers[0].headers.get("www-authenticate"))
            }
            assert ("www-authenticate" in answers[0].headers) is (user is None)


def test_a_gated_repository_keeps_its_content_from_strangers(hub: TestHub):
    model = a_model(hub)
    hub.rooms.repos.admin(hub.actor("alice"), model).update(gated="manual")
    for user, status in ((None, 401), ("carol", 403), ("alice", 200)):
        with hub.client(user) as client:
            assert client.get(f"/{model.path}/info/refs?service=git-upload-pack").status_code == status
            tip = hub.rooms.repos.reader(hub.actor("alice"), model).commit_of("main")
            assert client.post(f"/{model.path}/git-upload-pack", content=wants(tip), headers=V2).status_code == status


def test_a_compressed_request_is_understood(hub: TestHub):
    model = a_model(hub)
    tip = a_commit(hub, model, {"a": b"a"})
    with hub.client() as client:
        plain = client.post(f"/{model.path}/git-upload-pack", content=wants(tip), headers=V2)
        zipped = {**V2, "Content-Encoding": "gzip"}
        packed = client.post(f"/{model.path}/git-upload-pack", content=gzip.compress(wants(tip)), headers=zipped)
        assert b"PACK" in plain.content and b"PACK" in packed.content
        other = client.post(f"/{model.path}/git-upload-pack", content=b"", headers={**V2, "Content-Encoding": "br"})
        assert other.status_code == 400
    assert leftovers(hub) == []


def test_what_was_taken_back_is_not_handed_out(hub: TestHub):
    model = a_model(hub)
    lost = a_commit(hub, model, {"secret": b"oops"})
    writer = hub.rooms.repos.writer(hub.actor("alice"), model)
    writer.super_squash("main", "Clean")
    with hub.client() as client:
        for body, headers in ((wants(lost), V2), (line(f"want {lost}\n".encode()) + FLUSH + line(b"done\n"), {})):
            answer = client.post(f"/{model.path}/git-upload-pack", content=body, headers=headers)
            assert b"ERR " in answer.content and b"PACK" not in answer.content
        kept = writer.commit_of("main")
        answer = client.post(f"/{model.path}/git-upload-pack", content=wants(kept), headers=V2)
        assert b"PACK" in answer.content
    assert leftovers(hub) == []


@pytest.mark.parametrize("body", [b"", b"PACK", line(b"command=fetch")[:-3], b"0000", os.urandom(2000)])
def test_nonsense_gets_an_answer(hub: TestHub, body: bytes):
    model = a_model(hub)
    with hub.client("alice") as client:
        for service in ("git-upload-pack", "git-receive-pack"):
            for headers in (V2, {}):
                answer = client.post(f"/{model.path}/{service}", content=body, headers=headers)
                assert answer.status_code in (200, 400)
    assert leftovers(hub) == []


def test_a_push_without_its_pack_changes_nothing(hub: TestHub):
    model = a_model(hub)
    tip = hub.rooms.repos.reader(hub.actor("alice"), model).commit_of("main")
    command = line(f"{NOTHING} {tip} refs/heads/x\0report-status".encode()) + FLUSH
    with hub.client("alice") as client:
        for pack in (b"", b"PACK", b"PACK\0\0\0\2\0\0\0\1"):
            answer = client.post(f"/{model.path}/git-receive-pack", content=command + pack)
            assert b"ng refs/heads/x git refuses what you pushed" in answer.content
    assert [ref.name for ref in hub.rooms.repos.reader(hub.actor("alice"), model).refs().branches] == ["main"]
    assert leftovers(hub) == []
