"""What people do in the hub, and what programs and people are told of it: by git, by the API, in discussions."""

import json
import time

import pytest

from tests.features.notices.conftest import a_webhook, told, words
from tests.kit.buckets import a_bucket, put
from tests.kit.builders import a_model
from tests.kit.gitclient import address, clone
from tests.kit.receiver import Receiver

pytestmark = pytest.mark.parametrize("hub", [{"outbound_networks": "127.0.0.1/32"}], indirect=True, ids=["loopback"])


@pytest.fixture
def receiver():
    with Receiver() as one:
        yield one


def commit(text: str) -> bytes:
    file = {"path": "a.txt", "content": text, "encoding": "utf-8"}
    lines = [{"key": "header", "value": {"summary": "Owls"}}, {"key": "file", "value": file}]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def reasons(hub, name):
    return sorted(one.notice.reason for one in hub.rooms.notices.inbox.of(hub.actor(name)))


def test_a_push_of_a_branch_and_a_tag_is_one_event(hub, receiver, tmp_path):
    a_model(hub)
    a_webhook(hub, receiver, "model:alice/birds", by="carol")
    with hub.serve() as url:
        work = clone(address(url, "alice/birds", hub.token("alice")), tmp_path / "work")
        oid = work.commit({"a.txt": "a"})
        work.git("tag", "v1")
        work.git("push", "--quiet", "--atomic", "origin", "main", "v1")
        ends = time.monotonic() + 30
        while not receiver.received and time.monotonic() < ends:
            time.sleep(0.05)
    (said,) = told(receiver.received)
    assert said["event"] == {"action": "update", "scope": "repo.content"}
    moved = {ref["ref"]: (ref["oldSha"] is None, ref["newSha"]) for ref in said["updatedRefs"]}
    assert moved == {"refs/heads/main": (False, oid), "refs/tags/v1": (True, oid)}
    assert said["repo"]["headSha"] == oid


def test_a_pull_request_is_opened_discussed_and_merged(hub, receiver):
    a_model(hub)
    a_webhook(hub, receiver, "model:alice/birds", by="bob")
    carol, alice = hub.client("carol"), hub.client("alice")
    opened = carol.post("/api/models/alice/birds/commit/main?create_pr=1", content=commit("owls"))
    assert opened.status_code == 200
    hub.work()
    assert sorted(words(receiver.take())) == ["discussion create", "repo.content update"]
    at = "/api/models/alice/birds/discussions/1"
    assert alice.post(f"{at}/comment", json={"comment": "Well seen. @zoe, do you agree?"}).status_code == 200
    hub.work()
    (comment,) = told(receiver.take())
    assert comment["comment"]["content"] == "Well seen. @zoe, do you agree?"
    assert comment["discussion"]["isPullRequest"] is True
    assert alice.post(f"{at}/merge").status_code == 200
    hub.work()
    merged = told(receiver.take())
    assert {"discussion update", "repo.content update"} <= {
        f"{one['event']['scope']} {one['event']['action']}" for one in merged
    }
    (said,) = [one["discussion"] for one in merged if one["event"]["scope"] == "discussion"]
    assert said["status"] == "merged"
    assert said["changes"]["mergeCommitId"]
    assert (reasons(hub, "alice"), reasons(hub, "carol"), reasons(hub, "zoe")) == (
        ["opened"], ["merge", "reply"], ["mention", "merge"]
    )  # fmt: skip
    carol.close()
    alice.close()


def test_a_bucket_is_told_to_who_watches_it_by_name(hub, receiver):
    shelf = a_bucket(hub)
    a_webhook(hub, receiver, "user:alice", by="bob")
    hook = a_webhook(hub, receiver, "bucket:alice/shelf", by="carol")
    put(hub, shelf, {"a.bin": b"a"})
    hub.work()
    (said,) = told(receiver.received)
    assert (said["webhook"]["id"], said["repo"]["type"], said["repo"]["name"]) == (hook.id, "bucket", "alice/shelf")
    assert said["repo"]["url"]["web"].endswith("/buckets/alice/shelf")
