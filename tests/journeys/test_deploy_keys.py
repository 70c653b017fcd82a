"""A machine with a deploy key: its repository by git, git-lfs and Xet, and no other door; with the real clients."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.deploy_keys import DeployKey, Owned
from tests.kit.builders import a_dataset, a_model
from tests.kit.gitclient import Clone
from tests.kit.hub import TestHub
from tests.kit.process import free_port
from tests.kit.sshclient import Visitor
from tests.protocols.lfs.talk import batch, digest
from tests.protocols.xet import client
from tests.protocols.xet.test_native_client import some_file

pytestmark = pytest.mark.parametrize("hub", [{"ssh_port": free_port(), "port": free_port()}], indirect=True)

BIRDS = RepoId(RepoKind.MODEL, "acme", "birds")
OFFER = ("xet", "basic")


@dataclass
class Machine:
    """A build machine with a key of `repo`."""

    hub: TestHub
    visitor: Visitor
    repo: Owned
    key: DeployKey

    def remove_key(self) -> None:
        self.hub.rooms.keys.deploy.remove(self.hub.actor("alice"), self.repo, self.key.id)

    def shown(self, verb: str, path: str = "acme/birds") -> dict[str, str]:
        """What git-lfs is told to show by HTTP."""
        status, said = self.visitor.ssh(f"git-lfs-authenticate {path} {verb}")
        assert status == 0, said
        return json.loads(said)["header"]

    def by_http(self, verb: str, path: str = "acme/birds") -> httpx.Client:
        client = self.hub.client()
        client.headers.update(self.shown(verb, path))
        return client


@pytest.fixture(autouse=True)
def url(hub: TestHub) -> Iterator[str]:
    a_model(hub, "acme/birds", visibility="private", files={"a.txt": b"a"})
    a_model(hub, "acme/secret", visibility="private", files={"s.txt": b"s"})
    a_dataset(hub, "alice/songs", visibility="private")
    with hub.serve() as served:
        yield served


def machine(hub: TestHub, folder: Path, role: str = "write") -> Machine:
    visitor = Visitor(hub, f"machine-{role}", folder, registered=False)
    repo = hub.rooms.repos.admit(SYSTEM, BIRDS).repo
    owned = Owned(repo.id, repo.owner_id, repo.repo_id.path)
    line = visitor.file.with_suffix(".pub").read_text()
    return Machine(hub, visitor, owned, hub.rooms.keys.deploy.add(hub.actor("alice"), owned, "ci", line, role))


@pytest.fixture
def ci(hub: TestHub, tmp_path: Path) -> Machine:
    return machine(hub, tmp_path)


@pytest.fixture
def reads(hub: TestHub, tmp_path: Path) -> Machine:
    return machine(hub, tmp_path, "read")


def with_lfs(here: Clone) -> Clone:
    here.git("lfs", "install", "--local")
    return here


def test_a_key_that_writes_clones_pushes_and_brings_large_files(hub: TestHub, ci: Machine):
    here = with_lfs(ci.visitor.clone("acme/birds"))
    here.git("lfs", "track", "*.weights")
    content = os.urandom(1_500_000)
    tip = here.commit({"m.weights": content, "b.txt": "b"})
    here.git("push", "origin", "HEAD", "HEAD:refs/tags/v1")
    reader = hub.rooms.repos.reader(hub.actor("alice"), BIRDS)
    assert reader.commit_of("main") == reader.commit_of("v1") == tip
    there = with_lfs(ci.visitor.clone("acme/birds"))
    there.git("lfs", "pull")
    assert (there.folder / "m.weights").read_bytes() == content
    with hub.rooms.db.read() as tx:
        row = tx.first("SELECT actor_id, actor_name, detail FROM accounts_audit WHERE action = 'push'")
    assert (row.actor_id, row.actor_name) == (None, "deploy key ci") and ci.key.id in row.detail


def test_a_key_that_reads_pushes_nothing(hub: TestHub, reads: Machine):
    here = reads.visitor.clone("acme/birds")
    tip = here.git("rev-parse", "HEAD")
    here.commit({"b.txt": "b"})
    here.git("push", refused=True)
    assert "deploy key ci may not write to acme/birds" in here.said
    assert reads.visitor.ssh("git-lfs-authenticate acme/birds upload")[0] == 1
    assert batch(reads.by_http("download"), "acme/birds", "upload", b"x").status_code == 403
    assert hub.rooms.repos.reader(hub.actor("alice"), BIRDS).commit_of("main") == tip


def test_it_has_not_its_owners_view(hub: TestHub, ci: Machine):
    """CVE-2026-28740: what is private besides looks absent, and what is public is only read."""
    a_model(hub, "acme/shown", files={"p.txt": b"p"})
    answers = {
        ci.visitor.ssh(f"{verb} '/{path}'")
        for verb in ("git-upload-pack", "git-receive-pack")
        for path in ("acme/secret", "datasets/alice/songs", "acme/absent", "datasets/acme/birds")
    }
    assert len(answers) == 1 and "not found" in answers.pop()[1]
    shown = ci.visitor.clone("acme/shown")
    shown.commit({"b": "b"})
    shown.git("push", refused=True)
    assert "may not write" in shown.said
    hub.rooms.repos.admin(hub.actor("alice"), RepoId(RepoKind.MODEL, "acme", "shown")).update(gated="auto")
    ci.visitor.clone("acme/shown", refused=True)


def test_it_is_good_for_no_other_door(hub: TestHub, ci: Machine):
    with ci.by_http("upload") as http:
        assert http.get("/acme/birds.git/info/lfs/locks").status_code == 200
        for path in (
            "/api/models/acme/birds", "/api/whoami-v2", "/acme/birds", "/acme/birds/resolve/main/a.txt",
            "/acme/secret.git/info/lfs/locks", "/acme/birds.git/info/refs?service=git-upload-pack",
            "/api/models/acme/birds/xet-read-token/main", "/v2/acme/birds/manifests/latest", "/settings/keys",
        ):  # fmt: skip
            assert http.get(path).status_code == 401, path


def test_it_passes_the_gate_of_its_own_repository(hub: TestHub, reads: Machine):
    hub.rooms.repos.admin(hub.actor("alice"), BIRDS).update(gated="manual", visibility="public")
    assert (reads.visitor.clone("acme/birds").folder / "a.txt").read_bytes() == b"a"
    stranger = Visitor(hub, "carol", reads.visitor.folder)
    assert "not in the authorized list" in stranger.clone("acme/birds", refused=True).said


def test_it_follows_a_new_name_and_not_a_new_owner(hub: TestHub, ci: Machine):
    here = ci.visitor.clone("acme/birds")
    fowl = RepoId(RepoKind.MODEL, "acme", "fowl")
    hub.rooms.repos.move(hub.actor("alice"), BIRDS, fowl)
    here.commit({"b.txt": "b"})
    here.git("push")
    hub.rooms.repos.move(hub.actor("alice"), fowl, RepoId(RepoKind.MODEL, "alice", "fowl"))
    here.git("fetch", refused=True)
    assert "Permission denied" in here.said


def test_a_removed_key_ends_its_links_passes_and_tickets_at_once(hub: TestHub, ci: Machine):
    """And those of a key that a person has, likewise: what was handed out names the key that was proven."""
    content = b"weights" * 1000
    with ci.by_http("upload") as http:
        sent = batch(http, "acme/birds", "upload", content).json()["objects"][0]["actions"]["upload"]["href"]
    with hub.client() as anyone:
        assert anyone.put(sent, content=content).status_code == 200
    ways = {"pass": lambda http: http.get("/acme/birds.git/info/lfs/locks", headers=shown)}
    with ci.by_http("upload") as http:
        shown = dict(http.headers)
        got = batch(http, "acme/birds", "download", content).json()["objects"][0]["actions"]["download"]["href"]
        more = batch(http, "acme/birds", "upload", b"more").json()["objects"][0]["actions"]["upload"]["href"]
        ticket = batch(http, "acme/birds", "upload", b"most", transfers=OFFER).json()["objects"][0]["actions"]["upload"]
    base, bearer = ticket["header"]["X-Xet-Cas-Url"], f"Bearer {ticket['header']['X-Xet-Access-Token']}"
    assert f"/xet/{ci.key.id}-e1" in base
    xet = {"Authorization": bearer}
    ways |= {
        "download": lambda http: http.get(got, headers={"Range": "bytes=0-9"}),
        "upload": lambda http: http.put(more, content=b"more"),
        "reconstruction": lambda http: http.get(f"{base}/v2/reconstructions/{'0' * 64}", headers=xet),
        "grant": lambda http: http.post(f"{base}/v1/xorb-grants/default/{'0' * 64}", json={"length": 3}, headers=xet),
        "shard": lambda http: http.post(f"{base}/v2/shards", content=b"x", headers=xet),
    }
    with hub.client() as anyone:
        granted = ways["grant"](anyone).json()["url"]
        ways["sending"] = lambda http: http.put(granted, content=b"abc")
        before = {name: way(anyone).status_code for name, way in ways.items()}
        assert not {401, 403} & set(before.values()), before
        assert anyone.get(got).content == content
        ci.remove_key()
        after = {name: way(anyone).status_code for name, way in ways.items()}
    assert set(after.values()) <= {401, 403}, after
    assert "Permission denied" in ci.visitor.ssh("git-upload-pack acme/birds")[1]


def test_links_of_a_persons_key_end_with_the_key(hub: TestHub, tmp_path: Path):
    alice = Visitor(hub, "alice", tmp_path)
    content = b"weights" * 1000
    with hub.client() as http, hub.client() as anyone:
        http.headers.update(json.loads(alice.ssh("git-lfs-authenticate acme/birds upload")[1])["header"])
        sent = batch(http, "acme/birds", "upload", content).json()["objects"][0]["actions"]["upload"]["href"]
        assert anyone.put(sent, content=content).status_code == 200
        link = batch(http, "acme/birds", "download", content).json()["objects"][0]["actions"]["download"]["href"]
        assert anyone.get(link).content == content
        hub.rooms.keys.remove(SYSTEM, alice.key.account_id, alice.key.id)
        assert anyone.get(link).status_code == 401


def test_the_native_client_uploads_by_the_ticket_of_a_key(hub: TestHub, ci: Machine, url: str, tmp_path: Path):
    path = some_file(tmp_path / "song", 1)
    with ci.by_http("upload") as http:
        ticket = batch(http, "acme/birds", "upload", path.read_bytes(), transfers=OFFER).json()
    header = ticket["objects"][0]["actions"]["upload"]["header"]
    order = {"url": header["X-Xet-Cas-Url"].replace("http://hub.test", url), "token": header["X-Xet-Access-Token"]}
    done = subprocess.run(
        [sys.executable, client.__file__, "send"],
        input=json.dumps({**order, "path": str(path)}),
        env={**os.environ, "HF_XET_CACHE": str(tmp_path / "cache"), "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    reader = hub.rooms.repos.reader(hub.actor("alice"), BIRDS)
    held = hub.rooms.objects.has(reader.repo, digest(path.read_bytes()))
    assert held is not None and held.xet_hash == json.loads(done.stdout)["hash"]
    with hub.rooms.db.read() as tx:
        assert {row[0] for row in tx.all("SELECT DISTINCT account_id FROM xet_holder")} == {ci.key.id}
