"""A gated repository shows itself to everyone and its content to its owner's people only."""

import pytest

from freehold.base.errors import Gated
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import ANONYMOUS
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import TestHub


@pytest.fixture
def vault(hub: TestHub) -> RepoId:
    repo_id = RepoId(RepoKind.MODEL, "acme", "vault")
    a_model(hub, "acme/vault")
    a_commit(hub, repo_id, {"README.md": b"---\nlicense: mit\n---\n# Vault", "weights.bin": b"secret" * 100})
    hub.rooms.repos.admin(hub.actor("alice"), repo_id).update(gated="manual")
    return repo_id


@pytest.mark.parametrize("name", ["alice", "bob", "zoe", "admin"])
def test_it_opens_to_the_owners_people(hub: TestHub, vault: RepoId, name: str):
    reader = hub.rooms.repos.reader(hub.actor(name), vault)
    assert reader.open_bytes("main", "weights.bin").startswith(b"secret")


@pytest.mark.parametrize("name", ["carol", "mallory", None])
def test_it_shows_strangers_the_card_and_the_sizes_but_no_content(hub: TestHub, vault: RepoId, name: str | None):
    actor = hub.actor(name) if name else ANONYMOUS
    reader = hub.rooms.repos.reader(actor, vault)
    assert b"# Vault" in reader.open_bytes("main", "README.md")
    assert {entry.path: entry.size for entry in reader.tree()}["weights.bin"] == 600
    with pytest.raises(Gated):
        reader.open_bytes("main", "weights.bin")
    with pytest.raises(Gated):
        reader.compare("main", "main")


def test_it_says_so_in_the_clients_words(hub: TestHub, vault: RepoId):
    for who, status in ((None, 401), ("carol", 403)):
        answer = hub.client(who).get("/acme/vault/resolve/main/weights.bin")
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (status, "GatedRepo")
        assert hub.client(who).get("/api/models/acme/vault/xet-read-token/main").status_code == status
        assert hub.client(who).get("/api/models/acme/vault").json()["cardData"] == {"license": "mit"}


def test_it_lends_no_copy(hub: TestHub, vault: RepoId):
    answer = hub.client("carol").post("/api/models/acme/vault/duplicate", json={"repository": "carol/loot"})
    assert answer.status_code == 403


def test_a_copy_is_gated_as_what_it_was_copied_from(hub: TestHub, vault: RepoId):
    copy = hub.rooms.repos.duplicate(hub.actor("alice"), vault, RepoId(RepoKind.MODEL, "alice", "copy"))
    assert copy.gated == "manual"
    with pytest.raises(Gated):
        hub.rooms.repos.reader(hub.actor("carol"), copy.repo_id).open_bytes("main", "weights.bin")
