"""A gate on every path that bytes can take: shut to strangers, open to whom it lets in, shut at once when that ends.

What somebody was given while they were in (links, access tokens) must not outlive their being let in.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.gates.gate import Policy, Reaccept
from freehold.core.repos.deciding import Decision
from freehold.wire.xet.hashes import to_text
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import URL, TestHub
from tests.kit.objectstores import ACCESS_KEY, SECRET_KEY, ObjectStore
from tests.protocols.hub.conftest import Asker
from tests.protocols.lfs.talk import action, ask
from tests.protocols.xet.conftest import cas
from tests.stores.xet.conftest import some_chunks

PLAIN = b"plain weights" * 1000
CARD = b"---\nlicense: mit\nbase_model: acme/parent\n---\n# Birds"
VAULT = RepoId(RepoKind.MODEL, "alice", "birds")


@dataclass
class Vault:
    """A gated model with a small file, a whole large file and a file of chunks, and carol, who may be let in."""

    hub: TestHub
    sha256: str = ""
    chunked: object = None

    def gate(self, gated: str) -> None:
        self.hub.rooms.repos.admin(self.hub.actor("alice"), VAULT).update(gated=gated)

    def build(self) -> None:
        files = {"README.md": CARD, "small.txt": b"small", "model.safetensors.index.json": b'{"weight_map": {}}'}
        a_model(self.hub, files=files)
        self.chunked = cas(self.hub, "alice").push(some_chunks(3))
        with self.hub.client("alice") as client:
            self.sha256 = Asker(self.hub, client).large("models/alice/birds", "plain.bin", PLAIN)
        self.gate("manual")

    @property
    def gating(self):
        return self.hub.rooms.gating

    def writer(self):
        return self.hub.rooms.repos.admin(self.hub.actor("alice"), VAULT)

    def decide(self, status: str) -> None:
        self.gating.keeper(self.writer()).decide(Decision(status), user="carol")

    def paths(self, user: str | None) -> dict[str, int]:
        """What each way in answers to `user`, who comes with nothing but their credential."""
        with self.hub.client(user) as client:
            tried = {
                "small": client.get("/alice/birds/resolve/main/small.txt"),
                "large": client.get("/alice/birds/resolve/main/plain.bin"),
                "head": client.head("/alice/birds/resolve/main/plain.bin"),
                "raw": client.get("/alice/birds/raw/main/small.txt"),
                "page": client.get("/alice/birds/blob/main/small.txt"),
                "headers": client.get("/api/models/alice/birds/safetensors-metadata/model.safetensors.index.json"),
                "commit": client.get(f"/alice/birds/commit/{self.tip()}"),
                "compare": client.get("/api/models/alice/birds/compare/main...main"),
                "auth-check": client.get("/api/models/alice/birds/auth-check"),
                "xet": client.get("/api/models/alice/birds/xet-read-token/main"),
                "lfs": self._batch(client),
                "git": client.get("/alice/birds/info/refs?service=git-upload-pack"),
                "duplicate": client.post("/api/models/alice/birds/duplicate", json={"repository": f"{user}/loot"}),
            }
        return {name: answer.status_code for name, answer in tried.items()}

    def tip(self) -> str:
        return str(self.hub.rooms.repos.reader(self.hub.actor("alice"), VAULT).commit_of())

    def parent(self) -> str:
        return str(self.hub.rooms.repos.reader(self.hub.actor("alice"), VAULT).commits(limit=2)[1].oid)

    def _batch(self, client: httpx.Client) -> httpx.Response:
        document = {"operation": "download", "objects": [{"oid": self.sha256, "size": len(PLAIN)}]}
        return ask(client, "alice/birds", document)

    def take_links(self, user: str) -> dict[str, Callable[[], int]]:
        """Every link and token that `user` is given now, each as a way to use it later."""
        mine = cas(self.hub, user, verb="read")
        ways: dict[str, Callable[[], httpx.Response]] = {}
        for version in ("v1", "v2"):
            path = f"/{version}/reconstructions/{to_text(self.chunked.hash)}"
            ways[f"token-{version}"] = lambda path=path: mine.call("GET", path)
            plan = mine.call("GET", path).json()
            for entry in [one for span in plan.get("xorbs", plan.get("fetch_info")).values() for one in span]:
                span = entry["url_range"] if version == "v1" else entry["ranges"][0]["bytes"]
                ways[f"xorb-{version}-{span['start']}"] = lambda entry=entry, span=span: self._fetch(entry["url"], span)
        with self.hub.client(user) as client:
            link = action(self._batch(client), "download")["href"]
        ways["lfs"] = lambda: self._get(link)
        return {name: lambda way=way: way().status_code for name, way in ways.items()}

    def _fetch(self, url: str, span: dict[str, int]) -> httpx.Response:
        return self._get(url, Range=f"bytes={span['start']}-{span['end']}")

    def _get(self, url: str, **headers: str) -> httpx.Response:
        assert url.startswith(URL), "a link to the store itself would outlive the right to it"
        with self.hub.client() as anyone:
            return anyone.get(url.removeprefix(URL), headers=headers)


@pytest.fixture
def vault(hub: TestHub) -> Iterator[Vault]:
    made = Vault(hub)
    made.build()
    yield made
    hub.work()


def test_strangers_are_kept_out_everywhere(vault: Vault):
    assert set(vault.paths(None).values()) == {401}
    assert set(vault.paths("mallory").values()) == {403}


def test_other_doors_keep_strangers_out_too(vault: Vault):
    for path in ("manifests/latest", f"blobs/sha256:{vault.sha256}"):
        for user in (None, "mallory"):
            with vault.hub.client(user) as client:
                assert client.get(f"/v2/alice/birds/{path}").status_code in (401, 403, 404)
    vault.gating.keeper(vault.writer()).let_in("carol")
    with vault.hub.client("carol") as client:
        blob = client.get(f"/v2/alice/birds/blobs/sha256:{vault.sha256}")
    link = blob.headers["location"]
    assert vault._get(link).content == PLAIN
    vault.decide("rejected")
    assert vault._get(link).status_code in (401, 403)


def test_whom_the_gate_lets_in_gets_everything(vault: Vault):
    vault.gating.keeper(vault.writer()).let_in("carol")
    assert set(vault.paths("carol").values()) == {200}
    assert all(way() in (200, 206) for way in vault.take_links("carol").values())
    assert set(vault.paths("mallory").values()) == {403}


def refused(ways: dict[str, Callable[[], int]]) -> bool:
    """Whether none of them opens anything; a link that is used without a credential is answered as to a stranger."""
    answers = {name: way() for name, way in ways.items()}
    assert len(answers) > 4
    return set(answers.values()) <= {401, 403}


def everything_ends(vault: Vault, end: Callable[[], None]) -> None:
    vault.gating.keeper(vault.writer()).let_in("carol")
    ways = vault.take_links("carol")
    assert {way() for way in ways.values()} <= {200, 206}
    end()
    assert refused(ways)
    assert set(vault.paths("carol").values()) == {403}


@pytest.mark.parametrize("status", ["rejected", "pending"])
def test_revocation_ends_every_path_at_once_links_included(vault: Vault, status: str):
    everything_ends(vault, lambda: vault.decide(status))


def test_suspension_ends_every_path_at_once_and_is_undone(vault: Vault):
    request = []

    def suspend() -> None:
        request.extend(vault.gating.keeper(vault.writer()).requests("accepted"))
        vault.gating.keeper(vault.writer()).suspend(request[0].id, "we look into something")

    everything_ends(vault, suspend)
    vault.gating.keeper(vault.writer()).resume(request[0].id)
    assert vault.paths("carol")["large"] == 200


def test_expiry_ends_every_path(vault: Vault):
    vault.gating.admin(vault.writer()).set_policy(Policy(days=1))
    # Links hold for hours, so they are taken shortly before the grant ends.
    vault.gating.keeper(vault.writer()).let_in("carol")
    vault.hub.clock.advance(86_400 - 600)
    ways = vault.take_links("carol")
    vault.hub.clock.advance(601)
    assert refused(ways)
    assert set(vault.paths("carol").values()) == {403}


def test_new_terms_end_every_path_where_the_owner_wants_them_agreed_to(vault: Vault):
    vault.gating.admin(vault.writer()).set_policy(Policy(Reaccept.NOW))

    def change() -> None:
        a_commit(vault.hub, VAULT, {"README.md": b"---\nextra_gated_prompt: Sing\n---\n"})
        vault.hub.work()

    everything_ends(vault, change)
    with vault.hub.client("carol") as client:
        said = client.get("/alice/birds/resolve/main/small.txt").json()["error"]
        assert said.startswith("The terms of model alice/birds have changed")
        assert client.post("/alice/birds/ask-access").status_code == 303
    assert vault.paths("carol")["large"] == 200


def test_new_terms_change_nothing_for_those_who_are_in_by_default(vault: Vault):
    vault.gating.keeper(vault.writer()).let_in("carol")
    a_commit(vault.hub, VAULT, {"README.md": b"---\nextra_gated_prompt: Sing\n---\n"})
    vault.hub.work()
    assert set(vault.paths("carol").values()) == {200}
    assert vault.gating.keeper(vault.writer()).version.version == 2


def test_what_is_fetched_under_a_grant_is_noted_and_nothing_else_is(vault: Vault):
    vault.gating.keeper(vault.writer()).let_in("carol")
    (request,) = vault.gating.keeper(vault.writer()).requests("accepted")

    def noted() -> set[tuple[str, str]]:
        return {(one.way, one.what) for one in vault.gating.keeper(vault.writer()).fetched(request.id)}

    with vault.hub.client("carol") as client:
        for path in ("resolve/main/README.md", "tree/main"):
            assert client.get(f"/alice/birds/{path}").status_code == 200
        assert client.head("/alice/birds/resolve/main/plain.bin").status_code == 200
    assert noted() == set()
    vault.paths("carol")
    vault.paths("bob")
    vault.paths("alice")
    for way in vault.take_links("carol").values():
        way()
    expected = {("file", "small.txt"), ("file", "plain.bin"), ("page", "small.txt"), ("lfs", vault.sha256)}
    expected |= {("compare", f"{vault.parent()}...{vault.tip()}"), ("headers", "model.safetensors.index.json")}
    expected |= {("xet", to_text(vault.chunked.hash)), ("copy", "carol/loot"), ("compare", "main...main")}
    assert noted() == expected
    vault.hub.clock.advance(86_400)
    vault.paths("carol")
    assert len(list(vault.gating.keeper(vault.writer()).fetched(request.id))) > len(expected)
    vault.decide("rejected")
    assert {one.name for one in vault.gating.keeper(vault.writer()).fetched(request.id)} == {"carol"}


def test_a_link_with_another_holder_is_no_link(vault: Vault):
    vault.gating.keeper(vault.writer()).let_in("carol")
    vault.gating.keeper(vault.writer()).let_in("mallory")
    mine, other = (cas(vault.hub, name, verb="read").plan(vault.chunked) for name in ("carol", "mallory"))
    (one,), (another,) = (next(iter(plan["xorbs"].values()))[:1] for plan in (mine, other))
    link, span = one["url"], one["ranges"][0]["bytes"]
    swapped = link.partition("&holder=")[0] + "&holder=" + another["url"].partition("&holder=")[2]
    assert vault._fetch(link, span).status_code == 206
    for changed in (swapped, link.partition("&holder=")[0], link + "x"):
        assert vault._fetch(changed, span).status_code == 403


def test_what_was_begun_may_be_finished_where_new_terms_count_from_the_next_download_on(vault: Vault):
    vault.gating.admin(vault.writer()).set_policy(Policy(Reaccept.NEXT))
    vault.gating.keeper(vault.writer()).let_in("carol")
    ways = vault.take_links("carol")
    vault.hub.clock.advance(1)
    a_commit(vault.hub, VAULT, {"README.md": CARD + b"Sing"})
    a_commit(vault.hub, VAULT, {"README.md": b"---\nextra_gated_prompt: Sing\n---\n"})
    vault.hub.work()
    assert set(vault.paths("carol").values()) == {403}
    assert {way() for way in ways.values()} <= {200, 206}
    vault.decide("rejected")
    assert refused(ways)


def test_links_of_the_time_before_the_gate_end_with_its_closing(vault: Vault):
    vault.gate("")
    ways = {**vault.take_links("carol"), **{f"open-{name}": way for name, way in vault.take_links("mallory").items()}}
    assert {way() for way in ways.values()} <= {200, 206}
    vault.gate("manual")
    assert refused(ways)
    vault.gating.keeper(vault.writer()).let_in("carol")
    assert set(vault.paths("carol").values()) == {200}


def test_links_to_a_repository_that_is_made_private_end_too(vault: Vault):
    vault.gate("")
    ways = vault.take_links("carol")
    vault.hub.rooms.repos.admin(vault.hub.actor("alice"), VAULT).update(visibility="private")
    answers = {way() for way in ways.values()}
    assert answers <= {401, 403, 404}


def test_card_licence_lineage_and_sizes_stay_readable(vault: Vault):
    for user in (None, "mallory"):
        with vault.hub.client(user) as client:
            said = client.get("/api/models/alice/birds", params={"blobs": "true"}).json()
            assert said["cardData"]["license"] == "mit"
            assert said["cardData"]["base_model"] == "acme/parent"
            assert {one["rfilename"]: one["size"] for one in said["siblings"]}["plain.bin"] == len(PLAIN)
            assert client.get("/alice/birds/resolve/main/README.md").content == CARD
            assert client.get("/api/models/alice/birds/tree/main").status_code == 200


@contextmanager
def on_a_store(tmp_path, database_url: str, storage: str) -> Iterator[Vault]:
    hub = TestHub(tmp_path, database=database_url, storage=storage, s3_access_key=ACCESS_KEY, s3_secret_key=SECRET_KEY)
    try:
        vault = Vault(hub)
        vault.build()
        yield vault
    finally:
        hub.work()
        hub.close()


@pytest.mark.services
def test_no_gated_byte_is_promised_by_a_store_that_clients_can_reach(tmp_path, database_url, object_store: ObjectStore):
    """A pre-signed link could not be called back."""
    with on_a_store(tmp_path, database_url, f"{object_store.fresh()}&redirect=1") as vault:
        everything_ends(vault, lambda: vault.decide("rejected"))


@pytest.mark.services
def test_a_store_keeps_no_promise_of_before_the_gate_for_longer_than_a_minute(
    tmp_path, database_url, object_store: ObjectStore
):
    with on_a_store(tmp_path, database_url, f"{object_store.fresh()}&redirect=1") as vault:
        vault.gate("")
        ways = vault.take_links("carol")
        assert {way() for way in ways.values()} <= {200, 206, 302}
        with vault.hub.client("carol") as client:
            led = client.get("/alice/birds/resolve/main/plain.bin").headers["location"]
        assert led.startswith(object_store.endpoint)
        assert "X-Amz-Expires=60&" in led
        vault.gate("manual")
        assert refused(ways)


def test_what_a_model_is_may_be_known_but_not_what_is_written_in_its_files(vault: Vault):
    files = {"config.json": b'{"model_type": "bert"}', "tokenizer_config.json": b'{"chat_template": "SECRET"}'}
    a_commit(vault.hub, VAULT, files)
    vault.hub.work()
    for user, knows in (("alice", True), ("mallory", False), (None, False)):
        with vault.hub.client(user) as client:
            said = client.get("/api/models/alice/birds").text
            assert '"model_type":"bert"' in said
            assert ("SECRET" in said) is knows


def test_an_owner_may_hide_card_licence_lineage_and_sizes_too(vault: Vault):
    vault.hub.rooms.repos.admin(vault.hub.actor("alice"), VAULT).update(gate_hides=True)
    vault.hub.work()
    tip, ways = vault.tip(), ("resolve/main/README.md", "tree/main", f"commits/{vault.tip()}", "commits/main")
    for user in (None, "mallory"):
        with vault.hub.client(user) as client:
            said = client.get("/api/models/alice/birds").json()
            assert {"cardData", "siblings", "tags", "usedStorage", "sha"}.isdisjoint(said)
            listed = client.get("/api/models", params={"full": "true", "cardData": "true", "filter": "license:mit"})
            assert listed.json() == []
            (line,) = client.get("/api/models", params={"full": "true", "search": "birds"}).json()
            assert (line["id"], {"cardData", "siblings", "tags", "sha"} & set(line)) == ("alice/birds", set())
            for way in ways:
                path = f"/alice/birds/{way}" if way.startswith("resolve") else f"/api/models/alice/birds/{way}"
                assert client.get(path).status_code in (401, 403), way
            page = client.get("/alice/birds")
            assert page.status_code == 200
            assert not any(word in page.text for word in (tip[:7], "small.txt", "plain.bin", "acme/parent"))
            assert "gate-heading" in page.text
            assert "<dt>Size" not in page.text
    with vault.hub.client("alice") as client:
        assert client.get("/api/models/alice/birds").json()["cardData"]["license"] == "mit"
    vault.gating.keeper(vault.writer()).let_in("carol")
    with vault.hub.client("carol") as client:
        assert client.get("/alice/birds/resolve/main/README.md").status_code == 200
