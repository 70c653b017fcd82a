"""Fine-grained tokens at every door: what their scope says, by whichever header they come, and never more."""

import base64
import re

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.scope import (
    DISCUSS,
    READ_COLLECTION,
    READ_CONTENT,
    READ_WEBHOOKS,
    WRITE_COLLECTION,
    WRITE_REPO,
    WRITE_WEBHOOKS,
)
from freehold.features.collections.collections import Draft
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_model

SECRET = "secretbird"
"""In the name of everything private that alice has."""


@pytest.fixture
def private(hub):
    """alice's private things."""
    a_model(hub, f"alice/{SECRET}", visibility="private", files={"README.md": b"# x"})
    a_model(hub, f"acme/{SECRET}", visibility="private")
    a_bucket(hub, f"alice/{SECRET}-bucket", visibility="private")
    alice = hub.actor("alice")
    hub.rooms.collections.create(alice, Draft("alice", SECRET, private=True))
    hub.rooms.tokens.add(SYSTEM, alice.account_id, SECRET, "read")
    return alice


def test_a_public_only_token_sees_nothing_private_on_any_route(hub, private):
    """CVE-2026-24791: a token for public things alone showed private ones on the routes about its own holder."""
    client = hub.client(token=hub.narrow("alice"))
    values = {"ns": "alice", "namespace": "alice", "name": "alice", "user": "alice", "org": "acme", "rev": "main"}
    asked = 0
    for route in hub.house.routes:
        if "GET" not in (route.methods or ()):
            continue
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found: values.get(found[1], "x"), route.path)
        answer = client.get(path)
        assert SECRET not in answer.text, path
        hidden = client.get(path.replace("/alice/alice", f"/alice/{SECRET}"))
        assert hidden.status_code == answer.status_code, path
        asked += 1
    assert asked > 100


@pytest.mark.parametrize(
    "path", ["/settings/tokens", "/settings/keys", "/notifications", "/settings/webhooks", "/api/settings/webhooks"]
)
def test_a_narrow_token_does_not_open_its_holders_own_pages(hub, path):
    everything = ("user", "alice", (READ_CONTENT, WRITE_REPO, DISCUSS))
    assert hub.client(token=hub.narrow("alice", everything)).get(path).status_code == 403


def test_webhooks_and_collections_have_permissions_of_their_own(hub, private):
    reads = hub.client(token=hub.narrow("alice", ("user", "alice", (READ_WEBHOOKS, READ_COLLECTION))))
    writes = hub.client(token=hub.narrow("alice", ("user", "alice", (WRITE_WEBHOOKS, WRITE_COLLECTION))))
    hook = {"url": "https://example.com/x", "watched": [{"type": "user", "name": "alice"}], "domains": ["repo"]}
    made = {"title": "New", "namespace": "alice", "private": True}
    assert reads.get("/api/settings/webhooks").json() == []
    assert reads.post("/api/settings/webhooks", json=hook).status_code == 403
    assert writes.post("/api/settings/webhooks", json=hook).status_code == 200
    assert [one["title"] for one in reads.get("/api/collections?owner=alice").json()] == [SECRET]
    assert reads.post("/api/collections", json=made).status_code == 403
    assert writes.post("/api/collections", json=made).status_code == 200


def _headers(token, kind):
    if kind == "Bearer":
        return {"Authorization": f"Bearer {token}"}
    user, password = ("alice", token) if kind == "Basic" else (token, "")
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("kind", ["Bearer", "Basic", "Basic as user name"])
@pytest.mark.parametrize(
    ("permissions", "fetch", "push"), [((), 404, 404), ((READ_CONTENT,), 200, 403), ((WRITE_REPO,), 200, 200)]
)
def test_git_heeds_a_scope_by_whichever_header_it_comes(hub, private, kind, permissions, fetch, push):
    """CVE-2026-28744: a token shown as a Basic password was not held to its scope."""
    token = hub.narrow("alice", ("model", f"alice/{SECRET}", permissions))
    client = hub.client()
    got = [
        client.get(f"/alice/{SECRET}.git/info/refs?service=git-{service}-pack", headers=_headers(token, kind))
        for service in ("upload", "receive")
    ]
    assert [one.status_code for one in got] == [fetch, push]
    batch = {"operation": "upload", "transfers": ["basic"], "objects": []}
    lfs = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}
    url = f"/alice/{SECRET}.git/info/lfs/objects/batch"
    assert client.post(url, json=batch, headers=lfs | _headers(token, kind)).status_code == push


def test_a_token_for_one_repository_opens_that_one(hub, private):
    a_model(hub, "alice/other", visibility="private")
    client = hub.client(token=hub.narrow("alice", ("model", f"alice/{SECRET}", (READ_CONTENT,))))
    assert [one["id"] for one in client.get("/api/models?author=alice").json()] == [f"alice/{SECRET}"]
    assert client.get(f"/alice/{SECRET}/resolve/main/README.md").status_code == 200
    assert client.get("/api/models/alice/other").status_code == 404
    assert client.post("/api/repos/create", json={"name": "new"}).status_code == 403


def test_a_narrow_token_still_gets_all_that_nobody_gets(hub):
    a_model(hub, "carol/open", files={"README.md": b"# x"})
    client = hub.client(token=hub.narrow("alice"))
    assert client.get("/carol/open/resolve/main/README.md").status_code == 200
    assert client.get("/api/models/carol/open").status_code == 200
    assert client.post("/api/models/carol/open/like").status_code == 403


def test_whoami_shows_the_scope_as_the_hub_does(hub):
    token = hub.narrow("alice", ("org", "acme", (WRITE_REPO, READ_CONTENT)), everywhere=(DISCUSS,))
    access = hub.client(token=token).get("/api/whoami-v2").json()["auth"]["accessToken"]
    acme = hub.rooms.people.by_name("acme")
    assert access["role"] == "fineGrained"
    assert access["fineGrained"] == {
        "canReadGatedRepos": False,
        "global": ["discussion.write"],
        "scoped": [
            {
                "entity": {"_id": acme.id, "type": "org", "name": "acme"},
                "permissions": ["repo.content.read", "repo.write"],
            }
        ],
    }
