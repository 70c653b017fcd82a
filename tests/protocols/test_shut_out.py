"""What somebody began is not landed once they are shut out, or the repository held: not one of the ways in."""

import socket
import time
from collections.abc import Callable
from itertools import product
from urllib.parse import urlsplit

import pytest

from freehold.base.errors import BadCredentials, Disabled, Forbidden
from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.accounts.access import DISABLED, QUARANTINED
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.repos.bucket_batches import PutFile
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.requests import AddFile, CommitRequest
from freehold.stores.git.store import RefMove
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import write_upload_shard
from freehold.wire.xet.xorb import encode_xorb
from tests.kit.buckets import a_bucket, uploaded
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.protocols.lfs.talk import action, batch, digest
from tests.stores.xet.conftest import file_of, layout_of

BIRDS = RepoId(RepoKind.MODEL, "acme", "birds")
SHELF = RepoId(RepoKind.BUCKET, "acme", "shelf")
WEIGHTS = b"weights" * 50_000


def hold(how: str) -> Callable[[TestHub], None]:
    def happen(hub: TestHub) -> None:
        for repo in (BIRDS, SHELF):
            hub.rooms.repos.holds.put(SYSTEM, hub.rooms.repos.admit(SYSTEM, repo).repo, how, "It carries malware.")

    return happen


def demote(hub: TestHub) -> None:
    hub.rooms.people.set_member(SYSTEM, "acme", "bob", "read")


def expel(hub: TestHub) -> None:
    hub.rooms.people.set_member(SYSTEM, "acme", "bob", None)


def end_token(hub: TestHub) -> None:
    with hub.rooms.db.write() as tx:
        tx.run("DELETE FROM accounts_token WHERE account_id = :who", who=hub.actor("bob").account_id)


def close_account(hub: TestHub) -> None:
    hub.rooms.people.disable(SYSTEM, "bob")


HAPPENS = {
    "quarantined": hold(QUARANTINED), "disabled": hold(DISABLED), "demoted": demote, "expelled": expel,
    "token ended": end_token, "account closed": close_account,
}  # fmt: skip


@pytest.fixture
def acme(hub: TestHub) -> TestHub:
    """acme's model and bucket, in which bob writes; his token is known."""
    a_model(hub, "acme/birds", files={"a.txt": b"a"})
    a_bucket(hub, "acme/shelf")
    hub.token("bob")
    return hub


def bob(hub: TestHub) -> Actor:
    return hub.rooms.tokens.identify(hub.token("bob"))


def commit(hub: TestHub) -> Callable[[], object]:
    writer = hub.rooms.repos.writer(bob(hub), BIRDS)
    return lambda: writer.commit("main", CommitRequest("Harm", "", None, [AddFile("b.txt", b"b")]))


def propose(hub: TestHub) -> Callable[[], object]:
    writer = hub.rooms.repos.writer(bob(hub), BIRDS)
    return lambda: writer.commit("main", CommitRequest("Harm", "", None, [AddFile("b.txt", b"b")]), create_pr=True)


def branch(hub: TestHub) -> Callable[[], object]:
    writer = hub.rooms.repos.writer(bob(hub), BIRDS)
    return lambda: writer.create_branch("side")


def push(hub: TestHub) -> Callable[[], object]:
    writer = hub.rooms.repos.writer(bob(hub), BIRDS)
    tip = writer.advertised()["refs/heads/main"]

    def land() -> None:
        with writer.quarantine() as quarantine:
            refused = writer.receive(quarantine, [RefMove("refs/heads/side", None, tip)])
        if refused:
            raise Forbidden(refused["refs/heads/side"])

    return land


def large(hub: TestHub) -> Callable[[], object]:
    writer = hub.rooms.repos.writer(bob(hub), BIRDS)
    incoming = Incoming(hub.rooms.objects, writer.repo, Sha256(digest(WEIGHTS)), len(WEIGHTS), writer.permit)
    incoming.write(WEIGHTS)

    def land() -> None:
        with incoming:
            incoming.finish()

    return land


def shelve(hub: TestHub) -> Callable[[], object]:
    name = uploaded(hub, SHELF, WEIGHTS, "bob")
    writer = hub.rooms.repos.buckets.writer(bob(hub), SHELF)
    return lambda: writer.apply([PutFile("x", name, 1_000)])


WAYS = (commit, propose, branch, push, large, shelve)
CASES = [
    *product(("quarantined", "demoted"), WAYS),
    *product(("disabled", "expelled", "token ended", "account closed"), (commit,)),
]


@pytest.mark.parametrize(("happens", "began"), CASES)
def test_what_was_begun_before_does_not_land(acme: TestHub, happens: str, began: Callable[..., Callable[[], object]]):
    land = began(acme)
    HAPPENS[happens](acme)
    before = facts(acme)
    with pytest.raises((Forbidden, Disabled, BadCredentials)):
        land()
    assert facts(acme) == before


@pytest.mark.parametrize("began", WAYS)
def test_what_was_begun_by_who_still_may_lands(acme: TestHub, began: Callable[..., Callable[[], object]]):
    land, before = began(acme), facts(acme)
    hold(QUARANTINED)(acme)
    for repo in (BIRDS, SHELF):
        acme.rooms.repos.holds.lift(SYSTEM, acme.rooms.repos.admit(SYSTEM, repo).repo, "A mistake.")
    land()
    assert facts(acme) != before


def facts(hub: TestHub) -> tuple[object, ...]:
    """What refs, contents and bucket files there are."""
    with hub.rooms.db.read() as tx:
        return (
            tx.all("SELECT repo_id, name, oid FROM git_ref ORDER BY 1, 2"),
            tx.all("SELECT repo_id, sha256 FROM repos_object ORDER BY 1, 2"),
            tx.all("SELECT bucket_id, path FROM repos_bucket_file ORDER BY 1, 2"),
            tx.all("SELECT * FROM xet_repo_file ORDER BY 1, 2"),
        )


def half(url: str, method: str, target: str, body: bytes, **headers: str) -> Callable[[], bytes]:
    """Send a request but for its last byte; what is returned sends that, too, and gives the answer."""
    host = urlsplit(url)
    sock = socket.create_connection((host.hostname or "", host.port or 80), timeout=30)
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host.netloc}", f"Content-Length: {len(body)}"]
    lines += ["Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
    sock.sendall("\r\n".join([*lines, "", ""]).encode() + body[:-1])
    time.sleep(1)  # so that the hub has looked at who comes

    def rest() -> bytes:
        with sock:
            sock.sendall(body[-1:])
            answer = b""
            while piece := sock.recv(65536):
                answer += piece
            return answer

    return rest


def by_lfs(hub: TestHub, url: str) -> Callable[[], bytes]:
    with hub.client("bob") as client:
        href = urlsplit(action(batch(client, "acme/birds", "upload", WEIGHTS), "upload")["href"])
    return half(url, "PUT", f"{href.path}?{href.query}", WEIGHTS)


def by_xet(hub: TestHub, url: str) -> Callable[[], bytes]:
    chunks = [WEIGHTS[at : at + 60_000] for at in range(0, len(WEIGHTS), 60_000)]
    layout = layout_of(chunks, Scheme.NONE)
    with hub.client("bob") as client:
        given = client.get("/api/models/acme/birds/xet-write-token/main").json()
    bearer, cas = {"Authorization": f"Bearer {given['accessToken']}"}, urlsplit(given["casUrl"]).path
    xorb = half(
        url, "POST", f"{cas}/v1/xorbs/default/{to_text(layout.hash)}", encode_xorb(chunks, Scheme.NONE), **bearer
    )
    assert b" 200 " in xorb()[:20]
    shard = write_upload_shard([file_of((layout, 0, layout.n), sha256=Sha256(digest(WEIGHTS)))], [layout])
    return half(url, "POST", f"{cas}/v2/shards", bytes(shard), **bearer)


@pytest.mark.parametrize("way", [by_lfs, by_xet])
@pytest.mark.parametrize("happens", ["quarantined", "demoted"])
def test_an_upload_that_is_on_its_way_does_not_arrive(
    acme: TestHub, happens: str, way: Callable[[TestHub, str], Callable[[], bytes]]
):
    with acme.serve() as url:
        rest = way(acme, url)
        HAPPENS[happens](acme)
        before = facts(acme)
        answer = rest()
        assert b'"result"' not in answer
        assert answer.split(b" ", 2)[1] in {b"401", b"403", b"404"} or b'"error"' in answer, answer
        assert facts(acme) == before


@pytest.mark.parametrize("way", [by_lfs, by_xet])
def test_an_upload_that_was_paused_arrives(acme: TestHub, way: Callable[[TestHub, str], Callable[[], bytes]]):
    with acme.serve() as url:
        rest, before = way(acme, url), facts(acme)
        assert b" 200 " in rest()[:20]
        assert facts(acme) != before
