"""What mallory sends to the whole house: each gets a sentence in the client's shape, and leaves nothing half-written.

The fixture `hub` fails every test here that leaves a staging file, a queued job or anything that `freehold check`
minds. What is proved elsewhere, over HTTP against the whole house as well:

| input | test |
|--|--|
| a private repository, on every route | `protocols/test_everyone.py`, `protocols/lfs/test_threats.py` |
| a file or quota beyond the limits | `protocols/lfs/test_objects.py`, `protocols/xet/test_uploads.py` |
| a bad grant, a changed link | `protocols/xet/test_uploads.py`, `protocols/lfs/test_threats.py` |
| bytes of another SHA-256, through an LFS link | `protocols/lfs/test_threats.py` |
| a SHA-256 that a Xet upload only claimed | `protocols/xet/test_uploads.py` |
| a disk that is really full, under LFS | `protocols/lfs/test_full_disk.py` |
| a body that ends early, on a real socket | `asgi/test_server.py` |
| front matter that costs time or memory | `wire/test_cards.py`, `protocols/hub/test_validate.py` |
| a folder of 100,000 files | `core/repos/test_scale.py` |
| malformed NDJSON, line by line | `wire/hub/test_commit.py` |
"""

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import write_upload_shard
from freehold.wire.xet.xorb import encode_xorb
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import TestHub
from tests.kit.objectstores import ACCESS_KEY, SECRET_KEY, ObjectStore
from tests.kit.relay import Relay
from tests.kit.smalldisk import run_on_a_small_disk
from tests.protocols.hub.conftest import Asker
from tests.protocols.lfs.talk import URL, action, batch, download
from tests.protocols.xet.conftest import cas
from tests.stores.xet.conftest import file_of, layout_of, some_chunks

BIRDS = RepoId(RepoKind.MODEL, "alice", "birds")
SECRETS = ("/api/models/{}", "/api/models/{}/tree/main", "/{}/resolve/main/README.md", "/{}/raw/main/a", "/{}")
STALE = "The branch was updated since you opened this page. Please refresh and try again."


def refused(answer: httpx.Response, status: int, code: str | None = None) -> str:
    """The sentence with which it was refused."""
    assert answer.status_code == status, answer.text
    assert answer.headers.get("X-Error-Code") == code
    said = answer.json()
    assert (said.get("error") or said["message"]).encode("ascii", "replace").decode() == answer.headers[
        "X-Error-Message"
    ]
    return answer.headers["X-Error-Message"]


@pytest.fixture
def alice(hub: TestHub) -> Asker:
    """She owns alice/birds."""
    a_model(hub, files={"a.txt": b"hello", "b/c.txt": b"x"})
    return Asker(hub, hub.client("alice"))


@pytest.fixture
def mallory(hub: TestHub, alice: Asker) -> Asker:
    """He means harm."""
    return Asker(hub, hub.client("mallory"))


def tip(alice: Asker) -> str:
    return str(alice.get("models/alice/birds").json()["sha"])


@pytest.mark.parametrize("header", ["Bearer hf_nonsense", "Bearer ", "Basic !!!", "Digest x", "Bearer " + "x" * 9000])
def test_it_refuses_a_wrong_token(hub: TestHub, alice: Asker, header: str) -> None:
    with hub.client() as anyone:
        for path in ("/api/whoami-v2", "/api/models/alice/birds", "/alice/birds/resolve/main/a.txt"):
            answer = anyone.get(path, headers={"Authorization": header, "X-Amzn-Trace-Id": "trace-1"})
            assert refused(answer, 401) == "Invalid credentials in Authorization header"
            assert answer.headers["X-Request-Id"] == "trace-1"


def test_it_refuses_a_foreign_namespace(mallory: Asker) -> None:
    for owner in ("alice", "acme", "nobody-at-all"):
        sentence = refused(mallory.create("x", organization=owner), 403)
        assert owner in sentence
    assert refused(mallory.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "mallory/birds"}), 403)
    assert refused(mallory.post("models/alice/birds/duplicate", {"repository": "acme/birds"}), 403)


@pytest.mark.parametrize("user", [None, "mallory"])
def test_it_refuses_strangers_a_private_repository_as_if_there_were_none(hub: TestHub, user: str | None) -> None:
    a_model(hub, "alice/secret", visibility="private", files={"README.md": b"secret"})
    changes = {"date", "x-request-id"}
    with hub.client(user) as client:
        for template in SECRETS:
            for method in ("GET", "HEAD"):
                hidden, absent = (
                    client.request(method, template.format(f"alice/{name}")) for name in ("secret", "absent")
                )
                assert hidden.status_code == absent.status_code == (404 if user else 401)
                assert hidden.text == absent.text
                assert [(k, v) for k, v in hidden.headers.items() if k not in changes] == [
                    (k, v) for k, v in absent.headers.items() if k not in changes
                ]


@pytest.mark.parametrize("name", ["a--b", "..", "a..b", "-a", "a.", "x.git", "x" * 97, "a b", "a/b/c", "ä", "a\0", ""])
def test_it_refuses_bad_names(alice: Asker, name: str) -> None:
    assert refused(alice.create(name), 400)
    moved = alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": f"alice/{name}"})
    assert refused(moved, 400)
    assert tip(alice)


PATHS = [
    "../up",
    "a/../../up",
    "/etc/passwd",
    "nul\0byte",
    ".git/config",
    "a/.GIT/x",
    "git~1/x",
    "a//b",
    "c:\\x",
    "x" * 256,
]


@pytest.mark.parametrize("path", PATHS)
def test_it_refuses_paths_that_climb_or_hide(alice: Asker, path: str) -> None:
    before = tip(alice)
    assert "Invalid path in repo" in refused(alice.commit("models/alice/birds", {"good.txt": b"1", path: b"2"}), 422)
    sample = {"files": [{"path": path, "size": 1, "sample": ""}]}
    assert "Invalid path in repo" in refused(alice.post("models/alice/birds/preupload/main", sample), 422)
    assert tip(alice) == before


@pytest.mark.parametrize("path", ["%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fhub.sqlite", "%252e%252e/x", "..%5cx"])
def test_it_refuses_to_read_outside_of_a_repository(alice: Asker, path: str) -> None:
    for way in ("resolve", "raw"):
        assert refused(alice.client.get(f"/alice/birds/{way}/main/{path}"), 404, "EntryNotFound")
    assert refused(alice.client.get("/alice/birds/resolve/main/a%00.txt"), 400)


def test_it_keeps_case_twins_apart(alice: Asker) -> None:
    alice.made(alice.commit("models/alice/birds", {"Read.txt": b"upper", "read.txt": b"lower"}))
    for name, content in (("Read.txt", b"upper"), ("read.txt", b"lower")):
        assert alice.client.get(f"/alice/birds/resolve/main/{name}").content == content
    assert refused(alice.create("BIRDS"), 409)


def test_it_refuses_more_operations_than_a_commit_may_hold(alice: Asker) -> None:
    before = tip(alice)
    line = json.dumps({"key": "deletedFile", "value": {"path": "a"}}).encode() + b"\n"
    body = b'{"key":"header","value":{"summary":"s"}}\n' + line * 100_001
    answer = alice.client.post("/api/models/alice/birds/commit/main", content=body)
    assert "split it into several" in refused(answer, 413)
    assert tip(alice) == before


def test_it_takes_a_card_with_five_megabytes_of_front_matter_as_text(alice: Asker) -> None:
    card = b"---\n" + b"a: [[[[b]]]]\n" * 400_000 + b"---\n# text\n"
    alice.made(alice.commit("models/alice/birds", {"README.md": card}))
    assert alice.get("models/alice/birds").json()["cardData"] == {}
    answer = alice.post("validate-yaml", {"content": card.decode(), "repoType": "model"})
    assert answer.status_code in {400, 413}
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"not json\n",
        b'{"key":"header","value":{"summary":"s"}}\n{"key":"file","value":{"path":"x","content":"@@@"}}\n',
        b'{"key":"header","value":{"summary":"s"}}\n{"key":"file","value":{"path":"x","content":"eA=="}}\n{"key":"fi',
        b'{"key":"header","value":{"summary":"s"}}\n{"key":"unknown","value":{}}\n',
        b"[" * 100_000,
    ],
)
def test_it_refuses_malformed_ndjson_and_writes_none_of_it(alice: Asker, body: bytes) -> None:
    before = tip(alice)
    answer = alice.client.post("/api/models/alice/birds/commit/main", content=body)
    assert "ine " in refused(answer, 400)
    assert tip(alice) == before


def test_it_refuses_a_stale_parent_in_the_exact_words(hub: TestHub, alice: Asker) -> None:
    old = tip(alice)
    new = a_commit(hub, BIRDS, {"n": b"1"})
    assert refused(alice.commit("models/alice/birds", {"n": b"2"}, parent=old), 412) == STALE
    assert tip(alice) == new


def test_it_refuses_a_tampered_xorb(hub: TestHub, alice: Asker) -> None:
    body = bytearray(encode_xorb(some_chunks(3), Scheme.NONE))
    body[5000] ^= 1
    name = to_text(layout_of(some_chunks(3)).hash)
    answer = cas(hub, "alice").call("POST", f"/v1/xorbs/default/{name}", content=bytes(body))
    assert "send it again" in refused(answer, 400)


def test_it_refuses_an_lz4_bomb(hub: TestHub, alice: Asker) -> None:
    bomb = bytearray(encode_xorb([bytes(128 << 10)]))
    bomb[5:8] = (1000).to_bytes(3, "little")
    assert refused(cas(hub, "alice").call("POST", f"/v1/xorbs/default/{'0' * 64}", content=bytes(bomb)), 400)


def test_it_refuses_a_wrong_range_hash(hub: TestHub, alice: Asker) -> None:
    mine = cas(hub, "alice")
    layout = mine.send(some_chunks(4))
    shard = bytearray(write_upload_shard([file_of((layout, 0, layout.n))], []))
    proof = file_of((layout, 0, layout.n)).range_hashes
    assert proof is not None
    at = shard.index(proof)
    shard[at] ^= 1
    answer = mine.call("POST", "/v2/shards", content=bytes(shard))
    frame = json.loads(answer.text.splitlines()[-1])
    assert (frame["type"], frame["retryable"]) == ("error", False)
    assert frame["message"]
    assert refused(mine.call("POST", "/v1/shards", content=bytes(shard)), 400)


def test_it_refuses_a_shard_that_names_chunks_of_another_tenant(hub: TestHub, mallory: Asker) -> None:
    a_model(hub, "alice/secret", visibility="private")
    a_model(hub, "mallory/evil")
    cas(hub, "alice", "alice/secret").push(some_chunks(9))
    his = cas(hub, "mallory", "mallory/evil")
    stolen = his.register(file_of((layout_of(some_chunks(9)), 0, 5)))[-1]
    invented = cas(hub, "mallory", "mallory/evil").register(file_of((layout_of(some_chunks(8)), 0, 5)))[-1]
    assert stolen["type"] == "error"
    hashes = (to_text(layout_of(some_chunks(seed)).hash) for seed in (9, 8))
    assert stolen["message"].replace(next(hashes), "") == invented["message"].replace(next(hashes), "")


def test_it_refuses_a_wrong_sha256(hub: TestHub, alice: Asker) -> None:
    href = action(batch(alice.client, "alice/birds", "upload", b"right" * 100), "upload")["href"].removeprefix(URL)
    assert refused(hub.client().put(href, content=b"wrong" * 100), 422)
    line = {
        "key": "lfsFile",
        "value": {"path": "x.bin", "oid": hashlib.sha256(b"right" * 100).hexdigest(), "size": 500},
    }
    assert "Upload its content first" in refused(alice.commit("models/alice/birds", {}, line), 422)


@pytest.mark.parametrize("body", [b"right" * 101, b"right" * 99, b""])
def test_it_refuses_an_upload_longer_or_shorter_than_announced(hub: TestHub, alice: Asker, body: bytes) -> None:
    href = action(batch(alice.client, "alice/birds", "upload", b"right" * 100), "upload")["href"].removeprefix(URL)
    answer = hub.client().put(href, content=body)
    assert answer.status_code in {400, 413}
    assert answer.headers["X-Error-Message"]


@pytest.mark.parametrize("kind", ["lfs", "xorb", "commit"])
def test_it_drops_a_body_that_ends_early(hub: TestHub, alice: Asker, kind: str) -> None:
    content, before = os.urandom(300_000), tip(alice)
    digest = Sha256(hashlib.sha256(content).hexdigest())
    mine = cas(hub, "alice")
    with hub.serve() as url:
        href = action(batch(alice.client, "alice/birds", "upload", content), "upload")["href"].removeprefix(URL)
        path, method = {
            "lfs": (href, "PUT"),
            "xorb": (f"{urlsplit(mine.url).path}/v1/xorbs/default/{'0' * 64}", "POST"),
            "commit": ("/api/models/alice/birds/commit/main", "POST"),
        }[kind]
        token = mine.token if kind == "xorb" else hub.token("alice")
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 300000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 80)) as sock:
            sock.sendall(head.encode() + content[:150_000])
            sock.shutdown(socket.SHUT_WR)
            sock.settimeout(30)
            assert b" 200 " not in sock.recv(1000)[:20]
    assert tip(alice) == before
    assert hub.rooms.objects.has(hub.rooms.repos.reader(hub.actor("alice"), BIRDS).repo, digest) is None


FULL_DISK = """
    import os, sys, traceback
    from pathlib import Path
    from tests.kit.builders import a_model
    from tests.kit.hub import TestHub
    from tests.protocols.hub.conftest import Asker
    from tests.protocols.xet.conftest import cas
    from tests.stores.xet.conftest import layout_of
    from freehold.asgi.logs import configure
    from freehold.wire.xet.hashes import to_text
    from freehold.wire.xet.xorb import encode_xorb

    configure("text")  # else every error's log line draws the contents of all variables, for minutes
    # A failed run would wait for the hub's threads for ever.
    sys.excepthook = lambda *error: (traceback.print_exception(*error), sys.stderr.flush(), os._exit(1))
    hub = TestHub(Path(sys.argv[1]))
    a_model(hub, files={"a.txt": b"hello"})
    alice = Asker(hub, hub.client("alice"))
    before = alice.get("models/alice/birds").json()["sha"]
    filler = Path(sys.argv[1]) / "filler"
    room = os.statvfs(sys.argv[1])
    filler.write_bytes(bytes(room.f_bavail * room.f_frsize - 3_000_000))

    chunks = [os.urandom(128 << 10) for _ in range(64)]
    path = f"/v1/xorbs/default/{to_text(layout_of(chunks).hash)}"
    answers = [
        cas(hub, "alice").call("POST", path, content=encode_xorb(chunks)),
        alice.commit("models/alice/birds", {"big.bin": os.urandom(9_000_000)}),
    ]
    for answer in answers:
        assert answer.status_code == 507, answer.text
        assert "free some space" in answer.headers["X-Error-Message"], answer.headers
        assert answer.headers["Retry-After"]
    assert alice.get("models/alice/birds").json()["sha"] == before
    assert alice.client.get("/alice/birds/resolve/main/a.txt").content == b"hello"

    filler.unlink()
    assert cas(hub, "alice").call("POST", path, content=encode_xorb(chunks)).status_code == 200
    alice.made(alice.commit("models/alice/birds", {"b.txt": b"works again"}))
    hub.close()
"""


def test_it_refuses_a_xorb_and_a_commit_when_the_disk_is_full(tmp_path: Path) -> None:
    run_on_a_small_disk(FULL_DISK, tmp_path / "disk")


class FrailLine(Relay):
    """A way to the object store that breaks every connection while it is `broken`."""

    broken = False

    def _count(self, counter: str, count: int) -> bool:
        return super()._count(counter, count) or self.broken


def test_it_refuses_an_upload_whose_store_fails_midway(tmp_path: Path, object_store: ObjectStore) -> None:
    """What was stored before stays, what came half is nowhere, and the same upload succeeds once the store is back."""
    direct, content = object_store.fresh(), os.urandom(24 << 20)
    with FrailLine(urlsplit(object_store.endpoint).port or 0) as line:
        through = direct.replace(object_store.endpoint, line.url)
        hub = TestHub(tmp_path, storage=through, s3_access_key=ACCESS_KEY, s3_secret_key=SECRET_KEY)
        a_model(hub, files={"a.txt": b"hello"})
        href = action(batch(hub.client("alice"), "alice/birds", "upload", content), "upload")["href"].removeprefix(URL)

        def breaking_off() -> Iterator[bytes]:
            yield content[: 16 << 20]
            line.broken = True
            yield content[16 << 20 :]

        with hub.serve() as url:
            headers = {"Content-Length": str(len(content))}
            failed = httpx.put(url + href, content=breaking_off(), headers=headers, timeout=120)
            assert refused(failed, 503)
            assert failed.headers["Retry-After"]
            line.broken = False
            assert httpx.put(url + href, content=content, timeout=120).status_code == 200
        assert download(hub.client("alice"), hub.client(), "alice/birds", content).content == content
        hub.close()
