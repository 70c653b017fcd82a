"""What somebody who means harm says to git's doors: each line of the list of threats to the git protocol, by name.

What the other tests hold already is not repeated: lines that are no lines (tests/wire/git), refs of the hub's own, a
race of pushes (test_git.py), a client's own ideas of the protocol (tests/protocols/git), git's share of the processor
(tests/stores/git/test_process.py).
"""

import hashlib
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.base.ids import RepoId
from freehold.core.repos.incoming import Incoming
from freehold.wire.git.objects import LINK, TREE, Node
from freehold.wire.git.pktline import FLUSH, line
from freehold.wire.git.push import NOTHING
from freehold.wire.lfs.pointer import Pointer, write_pointer
from tests.core.repos.test_pushing import Bundle
from tests.kit.builders import a_commit, a_model
from tests.kit.gitclient import Clone, address, clone
from tests.kit.hub import TestHub

SIDE = "refs/heads/side"
ID = hashlib.sha1(b"blob 1\0a").digest()


@pytest.fixture
def model(hub: TestHub) -> Iterator[RepoId]:
    """A repository of mallory's; nothing that is refused may change it or lie about afterwards."""
    made = a_model(hub, "mallory/m", files={"a.txt": b"a" * 3000})
    yield made
    assert list((hub.settings.data / "cache" / "git" / "scratch").glob("*")) == []


@pytest.fixture
def here(hub: TestHub, model: RepoId, tmp_path: Path) -> Iterator[Clone]:
    with hub.serve() as url:
        yield clone(address(url, model.path, hub.token("mallory")), tmp_path / "clone" / "work", user="mallory")


def refs(hub: TestHub, repo_id: RepoId) -> dict[str, str]:
    found = hub.rooms.repos.reader(hub.actor("alice"), repo_id).refs()
    return {ref.ref: ref.oid for ref in [*found.branches, *found.tags]}


def push(hub: TestHub, repo_id: RepoId, tip: str, pack: bytes, ref: str = SIDE) -> str:
    """Push by hand; what is answered. Fails if anything but `main` is there afterwards."""
    commands = line(f"{NOTHING} {tip} {ref}\0report-status".encode()) + FLUSH
    with hub.client(repo_id.namespace) as client:
        answer = client.post(f"/{repo_id.path}/git-receive-pack", content=commands + pack)
    assert set(refs(hub, repo_id)) == {"refs/heads/main"}
    return answer.text


def packed(*objects: tuple[int, bytes, bytes]) -> bytes:
    """A pack of (type, what stands between head and content, content)."""
    body = b"PACK" + (2).to_bytes(4, "big") + len(objects).to_bytes(4, "big")
    for kind, between, content in objects:
        size, head = len(content) >> 4, [kind << 4 | len(content) & 15]
        while size:
            head[-1] |= 128
            head.append(size & 127)
            size >>= 7
        body += bytes(head) + between + zlib.compress(content)
    return body + hashlib.sha1(body).digest()


def number(value: int) -> bytes:
    """A number as deltas have it."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


# Fetching


def test_a_filter_that_names_a_file_of_rules_is_refused(here: Clone):
    there = Clone(here.folder.parent, "mallory")
    there.git("clone", "--filter=sparse:oid=main:a.txt", here.git("remote", "get-url", "origin"), "x", refused=True)
    assert "not supported" in there.said


@pytest.mark.parametrize("words", ["filter tree:99999999999999999999", "filter combine:" + "tree:1+" * 500, "filter x"])
def test_a_filter_out_of_bounds_gets_an_answer_and_no_more(hub: TestHub, model: RepoId, words: str):
    tip = refs(hub, model)["refs/heads/main"]
    asked = line(f"want {tip}\n".encode()) + line(f"{words}\n".encode()) + line(b"done\n")
    with hub.client() as client:
        answer = client.post(
            f"/{model.path}/git-upload-pack", content=line(b"command=fetch") + b"0001" + asked + FLUSH,
            headers={"Git-Protocol": "version=2"},
        )  # fmt: skip
    assert answer.status_code in (200, 400) and len(answer.content) < 10_000


@pytest.mark.parametrize(
    "words", ["deepen 99999999999", "deepen -1", "deepen-since 0", "deepen-not nothing", f"shallow {'1' * 40}"]
)
def test_shallow_abuse_gets_an_answer_and_no_more(hub: TestHub, model: RepoId, words: str):
    tip = refs(hub, model)["refs/heads/main"]
    asked = line(f"want {tip}\n".encode()) + line(f"{words}\n".encode()) + line(b"done\n")
    with hub.client() as client:
        answer = client.post(
            f"/{model.path}/git-upload-pack", content=line(b"command=fetch") + b"0001" + asked + FLUSH,
            headers={"Git-Protocol": "version=2"},
        )  # fmt: skip
    assert answer.status_code in (200, 400) and len(answer.content) < 10_000


# Packs


def test_a_delta_bomb_is_refused(hub: TestHub, model: RepoId):
    """Sixteen megabytes, copied again and again by a few bytes of delta: a gigabyte to whoever unpacks it."""
    base = b"\0" * (16 << 20)
    oid = hashlib.sha1(b"blob %d\0" % len(base) + base).digest()
    copies = 64
    delta = number(len(base)) + number(len(base) * copies)
    # A copy of 0xffffff bytes from the beginning (size in three bytes), and the one byte that is then missing.
    delta += (b"\xf0\xff\xff\xff" + b"\x90\x01") * copies
    begun = time.monotonic()
    said = push(hub, model, "1" * 40, packed((3, b"", base), (7, oid, delta)))
    assert "ng refs/heads/side" in said and time.monotonic() - begun < 60


def test_a_delta_that_promises_more_than_there_can_be_is_refused(hub: TestHub, model: RepoId):
    base = b"a" * 100
    oid = hashlib.sha1(b"blob 100\0" + base).digest()
    said = push(hub, model, "1" * 40, packed((3, b"", base), (7, oid, number(100) + number(1 << 50) + b"\x90\x64")))
    assert "git refuses what you pushed" in said


def test_a_chain_of_deltas_that_leads_to_itself_is_refused(hub: TestHub, model: RepoId):
    delta = number(1) + number(1) + b"\x90\x01"
    oids = [hashlib.sha1(b"%d" % n).digest() for n in range(2)]
    said = push(hub, model, "1" * 40, packed((7, oids[0], delta), (7, oids[1], delta)))
    assert "git refuses what you pushed" in said


def test_a_folder_with_a_million_entries_is_refused(hub: TestHub, model: RepoId):
    bundle = Bundle()
    node = bundle.file(b"")
    many = bundle.writer.add("tree", b"".join(b"100644 %07d\0" % n + node.id for n in range(700_000)))
    tip = bundle.commit({b"d": Node(TREE, many)})
    said = push(hub, model, tip, b"".join(bundle.writer.finish().pieces))
    assert "may have 16777216" in said


@pytest.mark.parametrize(
    "tree",
    [
        b"100644 b\0" + ID + b"100644 a\0" + ID, b"100644 a\0" + ID + b"100644 a\0" + ID,
        b"0100644 a\0" + ID, b"100644 \0" + ID, b"100644 a\0" + b"\0" * 20, b"100644 a/b\0" + ID,
        b"100644 .git\0" + ID, b"100644 a", b"garbage",
    ],
    ids=["unsorted", "twice", "padded", "nameless", "nothing", "slash", "dot-git", "cut", "garbage"],
)  # fmt: skip
def test_a_malformed_folder_is_refused(hub: TestHub, model: RepoId, tree: bytes):
    bundle = Bundle()
    assert bundle.file(b"a").id == ID
    broken = bundle.writer.add("tree", tree)
    text = f"tree {broken.hex()}\nauthor M <m@hub.test> 0 +0000\ncommitter M <m@hub.test> 0 +0000\n\nHarm"
    tip = bundle.writer.add_text("commit", text.encode())
    assert "ng refs/heads/side" in push(hub, model, tip, b"".join(bundle.writer.finish().pieces))


@pytest.mark.parametrize(
    "head",
    ["author M <m@hub.test> 0 +0000\n", "committer M <m@hub.test> 0 +0000\n",
     "author M m@hub.test 0\ncommitter M <> 0 +0\n",
     "author M <m> 99999999999999999999999 +0000\ncommitter M <m> 0 +0000\n", "parent 1234\n"],
    ids=["no-committer", "no-author", "no-address", "no-time", "no-parent"],
)  # fmt: skip
def test_a_malformed_commit_is_refused(hub: TestHub, model: RepoId, head: str):
    bundle = Bundle()
    tree = bundle.folder({b"a": bundle.file(b"a")}).oid
    tip = bundle.writer.add_text("commit", f"tree {tree}\n{head}\nHarm".encode())
    assert "ng refs/heads/side" in push(hub, model, tip, b"".join(bundle.writer.finish().pieces))


@pytest.mark.parametrize(
    "modules",
    [b'[submodule "../../x"]\n\tpath = a\n\turl = ./a\n', b'[submodule "a"]\n\tpath = -u./harm\n\turl = ./a\n',
     b'[submodule "a"]\n\tpath = a\n\turl = --upload-pack=touch\n',
     b'[submodule "a"]\n\tpath = a\n\turl = ./a\n\tupdate = !sh\n'],
    ids=["name", "path", "url", "update"],
)  # fmt: skip
def test_a_submodule_that_would_run_something_is_refused(hub: TestHub, model: RepoId, modules: bytes):
    bundle = Bundle()
    tip = bundle.commit({b".gitmodules": bundle.file(modules)})
    assert "git refuses what you pushed" in push(hub, model, tip, b"".join(bundle.writer.finish().pieces))


def test_rules_that_are_a_link_are_refused(hub: TestHub, model: RepoId):
    bundle = Bundle()
    tip = bundle.commit({b".gitmodules": Node(LINK, bundle.writer.add("blob", b"/etc/passwd"))})
    assert "git refuses what you pushed" in push(hub, model, tip, b"".join(bundle.writer.finish().pieces))


def test_a_link_is_kept_as_the_words_that_it_is_and_never_followed(hub: TestHub, here: Clone, model: RepoId):
    (here.folder / "harm").symlink_to("/etc/passwd")
    here.git("add", "harm")
    here.git("commit", "--quiet", "-m", "Link")
    here.git("push")
    with hub.client() as client:
        assert client.get(f"/{model.path}/resolve/main/harm").content == b"/etc/passwd"


# Refs


@pytest.mark.parametrize(
    "name",
    ["a\x01b", "a\x7fb", "a\x1b[2Jb", "a\nb", "a\tb", "a..b", "a b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b",
     "-a", "a.lock", ".a", "a/", "/a", "a//b", "a@{b", "@", "../../x", "x" * 300, "HEAD", "a" * 40],
)  # fmt: skip
def test_a_ref_with_a_name_that_harms_is_refused(hub: TestHub, model: RepoId, name: str):
    tip = refs(hub, model)["refs/heads/main"]
    assert "unpack ok\nok " not in push(hub, model, tip, packed(), f"refs/heads/{name}")


def test_forcing_a_branch_away_from_a_release_leaves_the_release(hub: TestHub, here: Clone, model: RepoId):
    released = here.commit({"a.txt": "released"})
    here.git("tag", "v1")
    here.git("push", "origin", "main", "v1")
    here.git("checkout", "--quiet", "--orphan", "other")
    here.commit({"a.txt": "other"})
    here.git("push", "--force", "origin", "other:main")
    hub.work()
    assert refs(hub, model)["refs/tags/v1"] == released
    with hub.client() as client:
        assert client.get(f"/{model.path}/resolve/v1/a.txt").text == "released"
        assert client.get(f"/{model.path}/resolve/{released}/a.txt").text == "released"
    assert here.git("fetch", "origin", "v1") == ""


# What the hub does not speak


def test_a_repository_with_sha_256_ids_is_told_so(here: Clone, tmp_path: Path):
    other = Clone(tmp_path / "sha256", "mallory")
    other.folder.mkdir()
    other.git("init", "--quiet", "--object-format=sha256")
    other.commit({"a": "a"})
    other.git("push", here.git("remote", "get-url", "origin"), "HEAD:refs/heads/x", refused=True)
    assert "does not support this repository's hash algorithm" in other.said


# Pointers


def test_a_file_of_more_than_a_kilobyte_is_no_pointer_however_it_begins(hub: TestHub, here: Clone, model: RepoId):
    text = write_pointer(Pointer(hashlib.sha256(b"x").hexdigest(), 5)) + b"x-more " + b"a" * 1000 + b"\n"
    here.commit({"long.bin": text})
    here.git("push")
    with hub.client() as client:
        assert client.get(f"/{model.path}/resolve/main/long.bin").content == text


def test_a_pointer_at_the_content_of_another_repository_is_refused_and_read_by_nobody(
    hub: TestHub, here: Clone, model: RepoId
):
    secret = b"weights " * 1000
    private = a_model(hub, "alice/secret", visibility="private")
    repo = hub.rooms.repos.writer(hub.actor("alice"), private).repo
    sha256 = hashlib.sha256(secret).hexdigest()
    with Incoming(hub.rooms.objects, repo, sha256, len(secret)) as incoming:
        incoming.write(secret)
        incoming.finish()
    a_commit(hub, private, {"w.bin": write_pointer(Pointer(sha256, len(secret)))})
    here.commit({"w.bin": write_pointer(Pointer(sha256, len(secret)))})
    here.git("push", refused=True)
    assert "does not hold" in here.said
    with hub.client("mallory") as client:
        assert client.get(f"/{model.path}/resolve/main/w.bin").status_code == 404
        batch = {"operation": "download", "objects": [{"oid": sha256, "size": len(secret)}]}
        answer = client.post(f"/{model.path}.git/info/lfs/objects/batch", json=batch).json()
        assert answer["objects"][0]["error"]["code"] == 404
