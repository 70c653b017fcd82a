"""The seeds: each an advisory that another hub had to publish in 2026, and what the same attack gets here."""

import base64
import os
import re

import httpx
import pytest

from freehold.base.errors import Invalid, RepoNotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.deploy_keys import Owned
from freehold.wire.git.commands import parse_command
from tests.kit.builders import a_model
from tests.kit.issuer import Issuer
from tests.protocols.lfs.talk import POISON, URL, WEIGHTS, action, batch, digest, download, held, upload
from tests.protocols.oauth.test_exchange import HERE, JOB, exchange, trust
from tests.web.browsing import signed_in


@pytest.fixture
def secret(hub):
    """alice's private model, with weights in it."""
    repo_id = a_model(hub, "alice/secret", visibility="private")
    assert upload(hub.client("alice"), hub.client(), "alice/secret", WEIGHTS).status_code == 200
    return repo_id


def test_wrong_bytes_for_an_existing_foreign_oid_fail_and_do_not_link(hub, secret):
    """Gogs GHSA-6p9m-q3jp-47h4."""
    evil = a_model(hub, "mallory/evil")
    mallory, anyone = hub.client("mallory"), hub.client()
    href = action(batch(mallory, "mallory/evil", "upload", WEIGHTS), "upload")["href"].removeprefix(URL)
    assert anyone.put(href, content=POISON).status_code == 422
    assert anyone.put(href, content=b"").status_code == 400
    assert held(hub, evil, WEIGHTS) is None
    assert batch(mallory, "mallory/evil", "download", WEIGHTS).json()["objects"][0]["error"]["code"] == 404


def test_an_upload_cannot_overwrite_an_existing_object(hub, secret):
    """Gogs GHSA-cj4v-437j-jq4c: the hash is verified before anything is visible."""
    a_model(hub, "mallory/evil")
    href = action(batch(hub.client("mallory"), "mallory/evil", "upload", WEIGHTS), "upload")["href"]
    assert hub.client().put(href.removeprefix(URL), content=POISON).status_code == 422
    assert download(hub.client("alice"), hub.client(), "alice/secret", WEIGHTS).content == WEIGHTS


def test_a_batch_for_an_oid_that_is_elsewhere_asks_for_the_upload(hub, secret):
    """Gitea PR 38322: presence elsewhere neither shows nor saves the upload."""
    a_model(hub, "mallory/evil")
    answer = batch(hub.client("mallory"), "mallory/evil", "upload", WEIGHTS, POISON)
    first, second = answer.json()["objects"]
    assert first.keys() == second.keys()
    assert first["actions"].keys() == second["actions"].keys() == {"upload", "verify"}


@pytest.mark.parametrize("hub", [{"max_file_bytes": 200_000}], indirect=True)
def test_the_size_limit_holds_for_an_oid_that_is_elsewhere(hub, secret):
    a_model(hub, "mallory/evil")
    document = {"operation": "upload", "objects": [{"oid": digest(WEIGHTS), "size": 200_001}]}
    answer = hub.client("mallory").post("/mallory/evil.git/info/lfs/objects/batch", json=document)
    assert answer.json()["objects"][0]["error"]["code"] == 413


def test_basic_and_bearer_have_the_same_scope_at_lfs(hub, secret):
    """CVE-2026-28744."""
    for role, status in (("read", 403), ("write", 200)):
        token = hub.token("alice", role)
        basic = httpx.BasicAuth("anyone", token)
        client = hub.client()
        bearer = {"Authorization": f"Bearer {token}"}
        document = {"operation": "upload", "objects": [{"oid": digest(POISON), "size": len(POISON)}]}
        place = "/alice/secret.git/info/lfs/objects/batch"
        assert client.post(place, json=document, headers=bearer).status_code == status
        assert client.post(place, json=document, auth=basic).status_code == status


def test_a_lock_is_freed_only_in_its_own_repository(hub):
    """CVE-2026-20897."""
    a_model(hub, "acme/m", visibility="private")
    body = {"path": "a.bin", "ref": {"name": "refs/heads/main"}}
    lock = hub.client("bob").post("/acme/m.git/info/lfs/locks", json=body).json()["lock"]
    a_model(hub, "mallory/evil")
    answer = hub.client("mallory").post(f"/mallory/evil.git/info/lfs/locks/{lock['id']}/unlock", json={"force": True})
    assert answer.status_code == 404
    assert [one["id"] for one in hub.client("bob").get("/acme/m.git/info/lfs/locks").json()["locks"]] == [lock["id"]]


def test_the_source_of_a_copy_must_be_open_to_whoever_copies(hub):
    """CVE-2026-28740: rights in one's own repository lend none to what it is filled from."""
    source = a_model(hub, files={"README.md": b"# Birds"})
    assert upload(hub.client("alice"), hub.client(), "alice/birds", WEIGHTS).status_code == 200
    hub.rooms.repos.admin(hub.actor("alice"), source).update(gated="manual")
    mine = a_model(hub, "mallory/evil")
    target = {"type": "model", "name": "mallory/evil"}
    body = {"target": target, "files": [{"sha": digest(WEIGHTS), "size": len(WEIGHTS)}]}
    with hub.client("mallory") as mallory:
        assert mallory.post("/api/models/alice/birds/duplicate", json={"repository": "mallory/loot"}).status_code == 403
        assert mallory.post("/api/models/alice/birds/lfs-files/duplicate", json=body).status_code in {400, 403}
    assert held(hub, mine, WEIGHTS) is None


def test_a_pass_for_one_repository_does_not_open_its_owners_others(hub, secret):
    """CVE-2026-28740: what stands for one repository has not its owner's view."""
    a_model(hub, "alice/birds")
    line = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + os.urandom(32)).decode()
    key = hub.rooms.keys.add(SYSTEM, hub.actor("alice").account_id, "", line, "write")
    shown = {"Authorization": f"Pass {hub.house.passes.make(key.id, '/alice/birds.git/info/lfs', may_write=True)}"}
    with hub.client() as client:
        assert client.get("/alice/birds.git/info/lfs/locks", headers=shown).status_code == 200
        for path in ("/alice/secret.git/info/lfs/locks", "/api/models/alice/secret", "/alice/birds", "/api/whoami-v2"):
            assert client.get(path, headers=shown).status_code == 401, path


def test_a_deploy_key_has_not_its_owners_view(hub, secret):
    """CVE-2026-28740: it opens one repository, and of its owner's others what anybody may see."""
    repo = hub.rooms.repos.admit(SYSTEM, a_model(hub, "alice/birds", visibility="private")).repo
    owned = Owned(repo.id, repo.owner_id, "alice/birds")
    line = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + os.urandom(32)).decode()
    key = hub.rooms.keys.identify(hub.rooms.keys.deploy.add(hub.actor("alice"), owned, "ci", line, "write").fingerprint)
    assert hub.rooms.repos.writer(key, repo.repo_id).right == Right.WRITE
    with pytest.raises(RepoNotFound):
        hub.rooms.repos.reader(key, RepoId(RepoKind.MODEL, "alice", "secret"))
    assert [one.name for one in hub.rooms.repos.owned_by(key, repo.owner_id)] == ["birds"]


def test_an_unknown_verb_is_refused_and_never_gets_credentials(hub, secret):
    """CVE-2026-58423: by SSH, in a batch, and below the locks."""
    for verb in ("", "verify", "UPLOAD", "admin"):
        with pytest.raises(Invalid):
            parse_command(f"git-lfs-authenticate alice/secret {verb}".strip())
    for command in ("git-lfs-transfer alice/secret upload", "git-upload-archive alice/secret", "git-lfs alice/secret"):
        with pytest.raises(Invalid):
            parse_command(command)
    with hub.client("alice") as alice:
        for operation in ("verify", "", "UPLOAD", "admin"):
            asked = {"operation": operation, "objects": []}
            assert alice.post("/alice/secret.git/info/lfs/objects/batch", json=asked).status_code == 400
        assert alice.post("/alice/secret.git/info/lfs/locks/nonsense/other", json={}).status_code == 404


@pytest.mark.parametrize("door", ["info/refs?service=git-receive-pack", "git-receive-pack"])
def test_basic_and_bearer_have_the_same_scope_at_git(hub, secret, door):
    """CVE-2026-28744: a token is judged as the token that it is, by whichever header it comes."""
    narrow = hub.narrow("alice", ("model", "alice/secret", ("repo.content.read",)))
    for token, may in ((hub.token("alice", "read"), False), (narrow, False), (hub.token("alice"), True)):
        basic = base64.b64encode(f"anyone:{token}".encode()).decode()
        with hub.client() as client:
            method = "GET" if "?" in door else "POST"
            answers = [
                client.request(
                    method, f"/alice/secret.git/{door}", headers={"Authorization": shown}, content=b""
                ).status_code
                for shown in (f"Bearer {token}", f"Basic {basic}")
            ]
        assert answers[0] == answers[1]
        assert (answers[0] == 403) is not may


def test_a_token_for_public_things_shows_no_private_ones_about_its_holder(hub, secret):
    """CVE-2026-24791; tests/protocols/test_narrow_tokens.py asks every route."""
    routes = {route.path for route in hub.house.routes if "GET" in (route.methods or ())}
    own = [path for path in routes if "{" not in path and re.search(r"settings|whoami|recent|notif|likes", path)]
    assert len(own) > 8
    with hub.client(token=hub.narrow("alice")) as client:
        for path in [*own, "/api/models?author=alice", "/alice", "/api/users/alice/overview", "/api/users/alice/likes"]:
            assert "secret" not in client.get(path).text, path


def test_what_was_told_is_looked_up_again_when_it_is_read(hub):
    """CVE-2026-20800: notices, activity, search, likes and collections forget with the right to see."""
    a_model(hub, "acme/hidden-owl", visibility="private", files={"README.md": b"# Owls"})
    with hub.client("zoe") as zoe, hub.client("bob") as bob:
        body = {"title": "Look at the hidden-owl", "description": "@zoe"}
        assert bob.post("/api/models/acme/hidden-owl/discussions", json=body).status_code == 200
        assert zoe.post("/api/models/acme/hidden-owl/like").status_code == 200
        made = zoe.post("/api/collections", json={"title": "Owls", "namespace": "zoe"}).json()["slug"]
        item = {"item": {"type": "model", "id": "acme/hidden-owl"}}
        assert zoe.post(f"/api/collections/{made}/items", json=item).status_code == 200
        hub.work()
        places = ["/api/models?search=hidden-owl", "/api/users/zoe/likes", f"/api/collections/{made}", "/",
                  "/models?search=hidden-owl", "/zoe", "/notifications", f"/collections/{made}",
                  "/api/recent-activity?limit=20&feedType=all"]  # fmt: skip
        page = signed_in(hub, "zoe")
        shown = [
            path
            for path in places
            if "hidden-owl" in (zoe.get(path).text + page.get(path).text).replace("search=hidden-owl", "")
        ]
        assert {"/notifications", "/api/users/zoe/likes", f"/api/collections/{made}"} <= set(shown)
        hub.rooms.people.set_member(SYSTEM, "acme", "zoe", None)
        for path in places:
            for answer in (zoe.get(path), page.get(path)):
                assert "hidden-owl" not in answer.text.replace("search=hidden-owl", "").replace(
                    'value="hidden-owl"', ""
                ), path


@pytest.mark.parametrize("hub", [{"outbound_networks": "127.0.0.0/8"}], indirect=True)
def test_an_exchanged_token_is_of_the_right_issuer_audience_repository_and_once(hub):
    """PyPI's trusted publishers; tests/protocols/oauth/test_exchange.py has every claim."""
    a_model(hub, visibility="private")
    with Issuer() as trusted, Issuer() as other:
        trust(hub, trusted)
        good = trusted.token(HERE, **JOB)
        wrong = [
            other.token(HERE, **JOB),  # another issuer
            trusted.token("https://elsewhere.example", **JOB),  # another audience
            trusted.token(HERE, **{**JOB, "project_id": 43}),  # of the same name, made anew by somebody else
            trusted.token(HERE, **{**JOB, "ref": "dev"}),  # another branch
        ]
        assert [exchange(hub, token).status_code for token in wrong] == [400] * 4
        assert [exchange(hub, good).status_code for _ in range(2)] == [200, 400]  # a replay
