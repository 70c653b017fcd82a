"""A hold on every path: nobody is served, its owner may look at what is quarantined, and nothing of it stays behind.

Links and access tokens that were given before must not outlive the hold.
"""

from pathlib import Path

import httpx
import pytest

from freehold.base.errors import Disabled, HubError
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.access import DISABLED, QUARANTINED
from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.bucket_batches import PutFile
from freehold.features.collections.collections import Draft
from freehold.wire.xet.hashes import to_text
from tests.features.notices.conftest import LOOPBACK, a_webhook
from tests.kit.buckets import a_bucket, paths
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import URL, TestHub
from tests.kit.process import free_port
from tests.kit.receiver import Receiver
from tests.kit.sshclient import Visitor
from tests.protocols.hub.conftest import Asker
from tests.protocols.lfs.talk import action, ask
from tests.protocols.xet.conftest import cas
from tests.stores.xet.conftest import some_chunks

BIRDS = RepoId(RepoKind.MODEL, "alice", "birds")
LARGE = b"large weights" * 1000
REASON = "It carries malware."


def hold(hub: TestHub, repo_id: RepoId, how: str) -> None:
    hub.rooms.repos.holds.put(SYSTEM, hub.rooms.repos.admit(SYSTEM, repo_id).repo, how, REASON)


def lift(hub: TestHub, repo_id: RepoId) -> None:
    hub.rooms.repos.holds.lift(SYSTEM, hub.rooms.repos.admit(SYSTEM, repo_id).repo, "A mistake.")


class Zoo:
    """A public model with a small file, a large one and one of chunks."""

    def __init__(self, hub: TestHub) -> None:
        self.hub = hub
        a_model(hub, files={"README.md": b"# Birds", "small.txt": b"small"})
        self.chunked = cas(hub, "alice").push(some_chunks(3))
        with hub.client("alice") as client:
            self.sha256 = Asker(hub, client).large("models/alice/birds", "large.bin", LARGE)

    def reading(self, user: str | None) -> dict[str, int]:
        with self.hub.client(user) as client:
            api = "/api/models/alice/birds"
            tried = {
                "info": client.get(api),
                "tree": client.get(f"{api}/tree/main"),
                "refs": client.get(f"{api}/refs"),
                "commits": client.get(f"{api}/commits/main"),
                "discussions": client.get(f"{api}/discussions"),
                "compare": client.get(f"{api}/compare/main...main"),
                "auth-check": client.get(f"{api}/auth-check"),
                "xet-token": client.get(f"{api}/xet-read-token/main"),
                "small": client.get("/alice/birds/resolve/main/small.txt"),
                "large": client.get("/alice/birds/resolve/main/large.bin"),
                "head": client.head("/alice/birds/resolve/main/large.bin"),
                "raw": client.get("/alice/birds/raw/main/small.txt"),
                "page": client.get("/alice/birds"),
                "file page": client.get("/alice/birds/blob/main/small.txt"),
                "files page": client.get("/alice/birds/tree/main"),
                "history page": client.get("/alice/birds/commits/main"),
                "talk page": client.get("/alice/birds/discussions"),
                "git": client.get("/alice/birds/info/refs?service=git-upload-pack"),
                "lfs": self.batch(client),
            }
        return {name: answer.status_code for name, answer in tried.items()}

    def changing(self, user: str) -> dict[str, int]:
        with self.hub.client(user) as client:
            api = "/api/models/alice/birds"
            tried = {
                "commit": client.post(f"{api}/preupload/main", json={"files": []}),
                "branch": client.post(f"{api}/branch/b", json={}),
                "settings": client.put(f"{api}/settings", json={"private": True}),
                "talk": client.post(f"{api}/discussions", json={"title": "t", "description": "d"}),
                "write-token": client.get(f"{api}/xet-write-token/main"),
                "push": client.get("/alice/birds/info/refs?service=git-receive-pack"),
                "copy": client.post(f"{api}/duplicate", json={"repository": "alice/loot"}),
                "move": client.post("/api/repos/move", json={"fromRepo": "alice/birds", "toRepo": "alice/owls"}),
                "delete": client.request(
                    "DELETE", "/api/repos/delete", json={"organization": "alice", "name": "birds"}
                ),
            }
        return {name: answer.status_code for name, answer in tried.items()}

    def batch(self, client: httpx.Client) -> httpx.Response:
        return ask(
            client, "alice/birds", {"operation": "download", "objects": [{"oid": self.sha256, "size": len(LARGE)}]}
        )

    def links(self, user: str) -> dict[str, httpx.Response | object]:
        """Ways that `user` is given now and may try later."""
        mine = cas(self.hub, user, verb="read")
        path = f"/v2/reconstructions/{to_text(self.chunked.hash)}"
        entry = next(iter(mine.call("GET", path).json()["xorbs"].values()))[0]
        span = entry["ranges"][0]["bytes"]
        with self.hub.client(user) as client:
            link = action(self.batch(client), "download")["href"]
        return {
            "token": lambda: mine.call("GET", path),
            "xorb": lambda: self._get(entry["url"], Range=f"bytes={span['start']}-{span['end']}"),
            "lfs": lambda: self._get(link),
        }

    def _get(self, url: str, **headers: str) -> httpx.Response:
        with self.hub.client() as anyone:
            return anyone.get(url.removeprefix(URL), headers=headers)


@pytest.fixture
def zoo(hub: TestHub) -> Zoo:
    return Zoo(hub)


@pytest.mark.parametrize("how", [QUARANTINED, DISABLED])
def test_what_is_held_is_served_to_nobody_on_any_path(zoo: Zoo, how: str):
    hold(zoo.hub, BIRDS, how)
    for user in (None, "carol", "mallory"):
        assert set(zoo.reading(user).values()) == {403}, user
        if user:
            assert set(zoo.changing(user).values()) == {403}, user
    assert set(zoo.reading("admin").values()) == {200}


def test_the_owner_sees_what_is_quarantined_and_changes_nothing(zoo: Zoo):
    hold(zoo.hub, BIRDS, QUARANTINED)
    assert set(zoo.reading("alice").values()) == {200}
    assert set(zoo.changing("alice").values()) == {403}
    with zoo.hub.client("alice") as alice:
        assert REASON in alice.post("/api/models/alice/birds/branch/b", json={}).json()["error"]
        assert REASON in alice.get("/alice/birds").text


def test_the_owner_does_not_see_what_is_disabled_but_why(zoo: Zoo):
    hold(zoo.hub, BIRDS, DISABLED)
    assert set(zoo.reading("alice").values()) == {403}
    with zoo.hub.client("alice") as alice, zoo.hub.client("carol") as carol:
        answer = alice.get("/api/models/alice/birds")
        assert answer.headers["X-Error-Message"] == "Access to this resource is disabled."
        assert answer.headers["X-Error-Code"] == "DisabledRepo"
        assert REASON in answer.json()["error"]
        assert REASON in alice.get("/alice/birds", headers={"Accept": "text/html"}).text
        assert REASON not in carol.get("/api/models/alice/birds").text


@pytest.mark.parametrize("how", [QUARANTINED, DISABLED])
def test_links_and_tokens_of_before_open_nothing(zoo: Zoo, how: str):
    ways = zoo.links("carol")
    assert {way().status_code for way in ways.values()} <= {200, 206}
    hold(zoo.hub, BIRDS, how)
    zoo.hub.clock.advance(30)
    assert {way().status_code for way in ways.values()} == {403}
    lift(zoo.hub, BIRDS)
    assert {way().status_code for way in zoo.links("carol").values()} <= {200, 206}


def test_what_is_let_go_of_is_as_before(zoo: Zoo):
    before = zoo.reading("carol")
    hold(zoo.hub, BIRDS, QUARANTINED)
    lift(zoo.hub, BIRDS)
    assert zoo.reading("carol") == before
    assert set(zoo.reading("alice").values()) == {200}


def test_what_is_hidden_anyway_looks_absent_and_not_held(hub: TestHub):
    secret = a_model(hub, "acme/secret", visibility="private")
    hold(hub, secret, DISABLED)
    with hub.client("carol") as carol, hub.client("bob") as bob:
        absent, hidden = carol.get("/api/models/acme/none"), carol.get("/api/models/acme/secret")
        assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json())
        assert bob.get("/api/models/acme/secret").status_code == 403


def test_an_organisations_administrators_look_on_and_its_other_members_do_not(hub: TestHub):
    secret = a_model(hub, "acme/secret", visibility="private")
    hold(hub, secret, QUARANTINED)
    seen = {}
    for user in ("alice", "bob", "zoe"):
        with hub.client(user) as client:
            listed = [one["id"] for one in client.get("/api/models").json()]
            seen[user] = (client.get("/api/models/acme/secret").status_code, listed)
    assert seen == {"alice": (200, ["acme/secret"]), "bob": (403, []), "zoe": (403, [])}


def test_it_is_in_no_list_search_collection_like_activity_or_count(zoo: Zoo):
    hub = zoo.hub
    carol = hub.actor("carol")
    hub.rooms.catalog.likes.set(hub.rooms.repos.reader(carol, BIRDS), likes=True)
    shelf = hub.rooms.collections.create(carol, Draft("carol", "Shelf"))
    hub.rooms.collections.editor(carol, shelf.slug).add(hub.rooms.collections.target(carol, "model", "alice/birds"))
    with hub.client("carol") as client:
        lists = {
            "models": "/api/models",
            "search": "/api/models?search=birds",
            "author": "/api/models?author=alice",
            "likes": "/api/users/carol/likes",
            "collections": "/api/collections",
            "profile": "/alice",
            "activity": "/alice?view=activity",
            "home": "/",
            "listing": "/models",
        }
        shown = {name for name, path in lists.items() if "birds" in client.get(path).text}
        assert {"models", "search", "author", "likes", "collections", "profile", "listing"} <= shown
        hold(hub, BIRDS, QUARANTINED)
        assert {name for name, path in lists.items() if "birds" in client.get(path).text} == set()
    with hub.client("alice") as alice:
        assert "birds" in alice.get("/api/models").text


def test_a_bucket_is_held_like_a_repository_and_lends_nothing(hub: TestHub):
    shelf = a_bucket(hub, files={"a.bin": b"content" * 10_000})
    hold(hub, shelf, QUARANTINED)
    with hub.client("carol") as carol, hub.client("alice") as alice:
        for path in ("/api/buckets/alice/shelf", "/api/buckets/alice/shelf/tree", "/buckets/alice/shelf"):
            assert (carol.get(path).status_code, alice.get(path).status_code) == (403, 200), path
        assert "shelf" not in carol.get("/api/buckets/alice").text
        assert "shelf" not in carol.get("/buckets").text
    with pytest.raises(HubError):
        hub.rooms.repos.buckets.writer(hub.actor("alice"), shelf)
    other = a_bucket(hub, "alice/other")
    writer = hub.rooms.repos.buckets.writer(hub.actor("alice"), other)
    content = hub.rooms.repos.buckets.reader(SYSTEM, shelf).file("a.bin").xet_hash
    (refused,) = writer.apply([PutFile("a.bin", content, 1_000, source=shelf)])
    assert "disabled" in refused.reason
    assert paths(hub, other) == []


def test_ollamas_registry_does_not_serve_it(zoo: Zoo):
    hold(zoo.hub, BIRDS, QUARANTINED)
    for user in (None, "carol"):
        with zoo.hub.client(user) as client:
            assert client.get("/v2/alice/birds/manifests/latest").status_code in (401, 403, 404)
            assert client.get(f"/v2/alice/birds/blobs/sha256:{zoo.sha256}").status_code in (401, 403, 404)


@pytest.mark.parametrize("hub", [LOOPBACK], indirect=True, ids=["loopback"])
def test_webhooks_tell_nobody_of_it(hub: TestHub):
    birds = a_model(hub)
    with Receiver() as receiver:
        a_webhook(hub, receiver, "model:alice/birds", by="carol")
        a_commit(hub, birds, {"a.txt": b"a"})
        hold(hub, birds, QUARANTINED)
        hub.work()
        assert receiver.received == []


@pytest.mark.parametrize("hub", [{"ssh_port": free_port(), "port": free_port()}], indirect=True, ids=["ssh"])
def test_git_by_ssh_gets_nothing_of_it(hub: TestHub, tmp_path: Path):
    a_model(hub)
    with hub.serve():
        carol = Visitor(hub, "carol", tmp_path)
        hold(hub, BIRDS, QUARANTINED)
        status, said = carol.ssh("git-upload-pack 'alice/birds'")
        assert (status == 0, "disabled" in said) == (False, True)
        lift(hub, BIRDS)
        assert carol.clone("alice/birds").git("rev-parse", "HEAD")


def test_only_administrators_hold_and_a_reason_is_needed(hub: TestHub):
    repo = hub.rooms.repos.admit(SYSTEM, a_model(hub)).repo
    for actor in (hub.actor("alice"), hub.actor(None), hub.actor("admin", role="read")):
        with pytest.raises(HubError, match="administrators"):
            hub.rooms.repos.holds.put(actor, repo, QUARANTINED, REASON)
    with pytest.raises(HubError, match="reason"):
        hub.rooms.repos.holds.put(SYSTEM, repo, QUARANTINED, " ")


def test_it_is_written_down_with_its_reason(hub: TestHub):
    birds = a_model(hub)
    hold(hub, birds, QUARANTINED)
    lift(hub, birds)
    with hub.rooms.db.read() as tx:
        rows = tx.all("SELECT action, detail FROM accounts_audit WHERE action IN ('repo.quarantine', 'repo.restore')")
    assert {row.action for row in rows} == {"repo.quarantine", "repo.restore"}
    assert any(REASON in row.detail for row in rows)


def test_what_is_quarantined_cannot_be_copied_even_by_its_owner(hub: TestHub):
    birds = a_model(hub)
    hold(hub, birds, QUARANTINED)
    with pytest.raises(Disabled):
        hub.rooms.repos.duplicate(hub.actor("alice"), birds, RepoId(RepoKind.MODEL, "alice", "loot"))
