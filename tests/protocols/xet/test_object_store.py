"""Xet over a real object store: straight from it where clients reach it, and what happens when it fails midway."""

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.xorb import encode_xorb
from tests.kit.hub import TestHub
from tests.kit.objectstores import ACCESS_KEY, SECRET_KEY, ObjectStore
from tests.kit.relay import Relay
from tests.protocols.xet.conftest import cas, new_repo
from tests.protocols.xet.test_native_client import Person, some_file
from tests.stores.xet.conftest import file_of, layout_of, some_chunks

pytestmark = pytest.mark.services


@contextmanager
def hub_on(tmp_path, database_url: str, storage: str) -> Iterator[TestHub]:
    """A hub with the model alice/birds whose bytes lie in `storage`."""
    hub = TestHub(tmp_path, database=database_url, storage=storage, s3_access_key=ACCESS_KEY, s3_secret_key=SECRET_KEY)
    new_repo(hub, "alice", "birds")
    yield hub
    hub.close()


@pytest.fixture
def reachable(tmp_path, database_url, object_store: ObjectStore) -> Iterator[TestHub]:
    """A hub whose store is open to clients."""
    with hub_on(tmp_path, database_url, f"{object_store.fresh()}&redirect=1") as hub:
        yield hub


@pytest.fixture
def relay(object_store: ObjectStore) -> Iterator[Relay]:
    """What stands between the hub and its store."""
    with Relay(urlsplit(object_store.endpoint).port) as relay:
        yield relay


@pytest.fixture
def fragile(tmp_path, database_url, object_store: ObjectStore, relay: Relay) -> Iterator[TestHub]:
    """A hub whose store can fail."""
    storage = object_store.fresh().replace(object_store.endpoint, relay.url)
    with hub_on(tmp_path, database_url, storage) as hub:
        yield hub


def test_the_native_client_fetches_from_the_store_itself(reachable, object_store, tmp_path, monkeypatch):
    path = some_file(tmp_path / "song", 1)
    with reachable.serve() as url:
        alice = Person(reachable, url, "alice", "alice/birds", tmp_path / "cache")
        file = alice.send(path)
        assert alice.fetch(file, tmp_path / "back") == path.read_bytes()
        older = {"HF_XET_CLIENT_RECONSTRUCTION_API_VERSION": "1"}
        assert alice.fetch(file, tmp_path / "back", **older) == path.read_bytes()
        counted = [line for line in httpx.get(f"{url}/metrics").text.splitlines() if "/v1/fetch/" in line]
    assert counted
    assert all('status="302"' in line or 'status="3xx"' in line for line in counted if "requests_total" in line), (
        counted
    )
    reachable.work()


def led_on(hub, plan) -> tuple[str, int, int]:
    """Where the first link of a plan leads, and the range that it was made for."""
    (spans,) = plan["xorbs"].values()
    link, wanted = spans[0]["url"], spans[0]["ranges"][0]["bytes"]
    with hub.client() as client:
        answer = client.get(link, headers={"Range": f"bytes={wanted['start']}-{wanted['end']}"})
    assert (answer.status_code, answer.headers["cache-control"]) == (302, "private, no-store")
    return answer.headers["location"], wanted["start"], wanted["end"]


def test_a_link_leads_to_the_store_for_its_range_alone_and_for_a_minute(reachable, object_store):
    mine = cas(reachable, "alice")
    plan = mine.plan(mine.push(some_chunks(4)), 0, 100)
    reachable.work()
    link, first, last = led_on(reachable, plan)
    assert link.startswith(f"{object_store.endpoint}/")
    assert "X-Amz-Expires=60&" in link
    for asked, status in ((f"{first}-{last}", 206), (f"{first}-{last + 1}", 403), ("0-", 403)):
        assert httpx.get(link, headers={"Range": f"bytes={asked}"}).status_code == status
    assert httpx.get(link).status_code == 403


def test_a_link_made_before_the_store_was_opened_still_opens_no_more_than_it_did(tmp_path, object_store, fragile):
    mine = cas(fragile, "alice")
    plan = mine.plan(mine.push(some_chunks(4)), 0, 100)
    fragile.work()
    (spans,) = plan["xorbs"].values()
    assert spans[0]["url"].startswith("http://hub.test/")
    span = spans[0]["ranges"][0]["bytes"]
    with fragile.client() as client:
        answer = client.get(spans[0]["url"], headers={"Range": f"bytes={span['start']}-{span['end']}"})
    assert answer.status_code == 206
    assert len(answer.content) == span["end"] - span["start"] + 1


@pytest.mark.parametrize("sent", [0, 300_000])
def test_a_store_that_fails_during_a_xorb_keeps_nothing_and_the_next_try_succeeds(fragile, relay, sent):
    mine = cas(fragile, "alice")
    chunks = [random.Random(number).randbytes(100_000) for number in range(10)]
    layout = layout_of(chunks)
    path, body = f"/v1/xorbs/default/{to_text(layout.hash)}", encode_xorb(chunks)
    relay.fail_after(sent)
    answer = mine.call("POST", path, content=body)
    assert answer.status_code == 503
    assert "object store" in answer.headers["X-Error-Message"]
    relay.recover()
    with fragile.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM xet_xorb") == 0
    assert fragile.check() == []
    assert mine.call("POST", path, content=body).status_code == 200
    assert mine.register(file_of((layout, 0, layout.n)))[-1] == {"type": "result"}


def test_a_shard_whose_xorbs_cannot_be_read_may_be_sent_again(fragile, relay):
    mine = cas(fragile, "alice")
    layout = mine.send(some_chunks(4))
    fragile.rooms.xet.xorbs._layouts.clear()  # as another process would find it
    relay.fail_after(0)
    frame = mine.register(file_of((layout, 0, layout.n)))[-1]
    assert (frame["type"], frame["retryable"]) == ("error", True)
    relay.recover()
    assert mine.register(file_of((layout, 0, layout.n)))[-1] == {"type": "result"}


@pytest.mark.parametrize("sent", [0, 200_000, 400_500])
def test_a_store_that_fails_during_a_commit_moves_nothing_and_the_next_try_succeeds(fragile, relay, sent):
    """At once, in the middle of the pack, and between the pack and its index."""
    content = random.Random(1).randbytes(400_000)
    lines = [
        {"key": "header", "value": {"summary": "Add a bird"}},
        {"key": "file", "value": {"path": "bird", "encoding": "base64", "content": base64.b64encode(content).decode()}},
    ]
    body = "\n".join(map(json.dumps, lines))
    with fragile.client("alice") as client:
        before = client.get("/api/models/alice/birds").json()["sha"]
        relay.fail_after(sent)
        answer = client.post("/api/models/alice/birds/commit/main", content=body)
        assert answer.status_code == 503
        relay.recover()
        assert client.get("/api/models/alice/birds").json()["sha"] == before
        assert fragile.check() == []
        answer = client.post("/api/models/alice/birds/commit/main", content=body)
        assert answer.status_code == 200, answer.text
        read = client.get("/alice/birds/resolve/main/bird")
    assert hashlib.sha256(read.content).digest() == hashlib.sha256(content).digest()


def test_a_store_that_fails_is_not_an_absent_file(fragile, relay):
    mine = cas(fragile, "alice")
    file = mine.push(some_chunks(4))
    fragile.work()
    plan = mine.plan(file)
    (spans,) = plan["xorbs"].values()
    relay.fail_after(0)
    with fragile.client() as client:
        assert client.get("/readyz").status_code == 503
        span = spans[0]["ranges"][0]["bytes"]
        answer = client.get(spans[0]["url"], headers={"Range": f"bytes={span['start']}-{span['end']}"})
    relay.recover()
    assert answer.status_code == 503
