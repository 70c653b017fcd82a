"""Block lists, at every place where something could come in."""

import base64
import hashlib
import json
from contextlib import nullcontext

import pytest

from freehold.base.errors import Forbidden, HubError, Invalid
from freehold.core.accounts import blocked
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.moderation.blocks import normal
from tests.kit.buckets import a_bucket, put
from tests.kit.builders import a_commit, a_model
from tests.kit.gitclient import address, clone
from tests.kit.hub import TestHub
from tests.protocols.lfs.talk import ask
from tests.protocols.xet.conftest import cas, new_repo
from tests.stores.xet.conftest import some_chunks

BAD = b"a known bad thing"
SHA = hashlib.sha256(BAD).hexdigest()


def block(hub: TestHub, kind: str, value: str) -> None:
    hub.rooms.moderation.blocks.add(SYSTEM, kind, value, "We know it.")


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("name", "Al1ce", "allce"),
        ("email", "someone@Mail.Example.org", "mail.example.org"),
        ("network", "192.0.2.7/24", "192.0.2.0/24"),
        ("network", "2001:db8::1/32", "2001:db8::/32"),
        ("content", SHA.upper(), SHA),
    ],
)
def test_values_are_kept_in_one_form(kind, value, kept):
    assert normal(kind, value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", ""), ("email", "localhost"), ("email", "a b.org"), ("network", "0.0.0.0/0"), ("network", "127.0.0.1"),
        ("network", "hub.example"), ("network", "::/0"), ("content", "abc"), ("colour", "red"),
    ],
)  # fmt: skip
def test_nonsense_and_the_whole_world_are_refused(kind, value):
    with pytest.raises(Invalid):
        normal(kind, value)


def test_only_administrators_fill_lists_and_each_line_is_written_down(hub: TestHub):
    with pytest.raises(Forbidden):
        hub.rooms.moderation.blocks.add(hub.actor("alice"), "name", "evil", "no")
    block(hub, "name", "evil")
    (line,) = hub.rooms.moderation.blocks.listed(SYSTEM)
    hub.rooms.moderation.blocks.remove(SYSTEM, line.kind, line.value, "A mistake.")
    assert hub.rooms.moderation.blocks.listed(SYSTEM) == []
    with hub.rooms.db.read() as tx:
        actions = [row.action for row in tx.all("SELECT action FROM accounts_audit WHERE action LIKE 'block.%'")]
    assert sorted(actions) == ["block.add", "block.remove"]


def test_nobody_takes_a_blocked_name_or_its_double(hub: TestHub):
    block(hub, "name", "openbird")
    for name in ("openbird", "0penBird", "OPENBlRD"):
        with pytest.raises(Forbidden, match="may not be used"):
            hub.rooms.people.add_user(SYSTEM, name)
    hub.rooms.people.add_user(SYSTEM, "openbirds")


@pytest.mark.parametrize(
    ("mail", "free"),
    [("a@evil.example", False), ("a@mail.EVIL.example.", False), ("a@notevil.example", True), ("a@example", True)],
)
def test_a_domain_is_blocked_with_those_below_it(hub: TestHub, mail, free):
    block(hub, "email", "evil.example")
    with hub.rooms.db.read() as tx, nullcontext() if free else pytest.raises(Forbidden):
        blocked.demand_free_email(tx, mail)


@pytest.mark.parametrize("hub", [{"trusted_proxies": "127.0.0.1"}], indirect=True)
def test_a_blocked_network_is_not_answered(hub: TestHub):
    with hub.client("alice") as client:

        def status(address: str) -> int:
            return client.get("/api/models", headers={"X-Forwarded-For": address}).status_code

        assert status("198.51.100.4") == 200
        block(hub, "network", "198.51.100.0/24")
        hub.clock.advance(10)
        assert [status(one) for one in ("198.51.100.4", "::ffff:198.51.100.9", "203.0.113.4")] == [403, 403, 200]


def test_blocked_content_comes_in_by_no_way(hub: TestHub, tmp_path):
    birds = a_model(hub)
    block(hub, "content", SHA)
    with pytest.raises(Forbidden, match="may not be uploaded"):
        a_commit(hub, birds, {"small.txt": BAD})
    with hub.client("alice") as alice:
        header = {"key": "header", "value": {"summary": "s"}}
        file = {"key": "file", "value": {"path": "x", "content": base64.b64encode(BAD).decode(), "encoding": "base64"}}
        body = "\n".join(json.dumps(line) for line in (header, file))
        said = alice.post(
            "/api/models/alice/birds/commit/main", content=body, headers={"Content-Type": "application/x-ndjson"}
        )
        assert (said.status_code, "We know it." in said.json()["error"]) == (403, True)
        answer = ask(alice, "alice/birds", {"operation": "upload", "objects": [{"oid": SHA, "size": len(BAD)}]})
        link = answer.json()["objects"][0]["actions"]["upload"]["href"].removeprefix("http://hub.test")
        assert alice.put(link, content=BAD).status_code == 403
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM repos_object") == 0
    hub.work()
    for file in (hub.settings.data / "blobs").rglob(f"*{SHA}*"):
        file.unlink()


def test_a_push_with_blocked_content_is_refused(hub: TestHub, tmp_path):
    a_model(hub)
    block(hub, "content", SHA)
    with hub.serve() as url:
        work = clone(address(url, "alice/birds", hub.token("alice")), tmp_path / "work")
        work.commit({"bad.bin": BAD})
        work.git("push", refused=True)
        assert "may not be uploaded" in work.said


def test_xet_content_is_refused_by_its_sha256_and_by_its_xet_hash(hub: TestHub):
    new_repo(hub, "alice", "birds")
    content = b"".join(some_chunks(1))
    block(hub, "content", hashlib.sha256(content).hexdigest())
    with pytest.raises(AssertionError):
        cas(hub, "alice").push(some_chunks(1), hashlib.sha256(content).hexdigest())
    shelf = a_bucket(hub, files={"a": b"a" * 100})
    hash_ = hub.rooms.repos.buckets.reader(SYSTEM, shelf).file("a").xet_hash
    block(hub, "content", hash_)
    with pytest.raises(HubError, match="may not be uploaded"):
        put(hub, shelf, {"b": b"a" * 100})
