"""Packs, judged by git itself."""

import subprocess
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.wire.git.objects import (
    EXECUTABLE,
    FILE,
    LINK,
    TREE,
    CommitObject,
    Node,
    Person,
    encode_commit,
    encode_tag,
    encode_tree,
    object_id,
    parse_commit,
    parse_tree,
)
from freehold.wire.git.pack import PackWriter, _offset_tables

PEOPLE = Person("alice", "alice@example.org", 1_700_000_000_000_000)
names = st.binary(min_size=1, max_size=12).filter(
    lambda n: (
        b"/" not in n and b"\0" not in n and n not in (b".", b"..") and not n.lower().startswith((b".git", b"git~"))
    )
)
nodes = st.builds(Node, st.sampled_from([FILE, EXECUTABLE, LINK, TREE]), st.binary(min_size=20, max_size=20))


def git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, input=stdin, check=True, capture_output=True).stdout


def packed(folder: Path, writer: PackWriter) -> Path:
    pack = writer.finish()
    path = folder / "pack-1.pack"
    path.write_bytes(b"".join(pack.pieces))
    path.with_suffix(".idx").write_bytes(pack.index)
    return path


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_git_computes_the_same_index(tmp_path: Path, bodies: list[bytes]):
    writer = PackWriter()
    ids = [writer.add("blob", body).hex() for body in bodies]
    path = packed(tmp_path, writer)
    git(tmp_path, "index-pack", "-o", str(tmp_path / "theirs.idx"), str(path))
    assert (tmp_path / "theirs.idx").read_bytes() == path.with_suffix(".idx").read_bytes()
    assert len(writer) == len(set(ids))
    for written in tmp_path.glob("theirs.*"):
        written.unlink()


def test_far_offsets_take_eight_bytes():
    near, far = _offset_tables([5, 1 << 31, (1 << 31) + 7])
    assert near == bytes.fromhex("000000058000000080000001")
    assert far == bytes.fromhex("00000000800000000000000080000007")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(names, nodes, max_size=12))
def test_a_tree_is_what_git_would_write(tmp_path: Path, entries: dict[bytes, Node]):
    if not (tmp_path / "HEAD").exists():
        git(tmp_path, "init", "--bare", "-q", ".")
    kinds = {TREE: b"tree"}
    lines = [
        b"%06o %s %s\t%s\0" % (n.mode, kinds.get(n.mode, b"blob"), n.oid.encode(), name) for name, n in entries.items()
    ]
    theirs = git(tmp_path, "mktree", "-z", "--missing", stdin=b"".join(lines)).decode().strip()
    body = encode_tree(entries)
    assert object_id("tree", body).hex() == theirs
    assert parse_tree(body) == entries


def test_git_finds_no_fault_in_a_whole_history(tmp_path: Path):
    git(tmp_path, "init", "--bare", "-q", ".")
    writer = PackWriter()
    blob = writer.add("blob", b"hello\n")
    inner = writer.add("tree", encode_tree({b"a": Node(FILE, blob), b"run": Node(EXECUTABLE, blob)}))
    root = writer.add(
        "tree", encode_tree({b"a": Node(TREE, inner), b"a.txt": Node(FILE, blob), b"a0": Node(LINK, blob)})
    )
    tree = root.hex()
    first = writer.add_text("commit", encode_commit(CommitObject(tree, (), PEOPLE, PEOPLE, "First")))
    mean = Person("<mallory>\nparent 0", "a@b>\n", 1_700_000_001_000_000, -90)
    second = writer.add_text("commit", encode_commit(CommitObject(tree, (first,), mean, PEOPLE, "Zwölf\n\nText")))
    tag = writer.add_text("tag", encode_tag(second, "v1", PEOPLE, "release"))
    packed(tmp_path / "objects" / "pack", writer)
    (tmp_path / "packed-refs").write_text(f"{second} refs/heads/main\n{tag} refs/tags/v1\n")
    report = subprocess.run(["git", "-C", str(tmp_path), "fsck", "--strict", "--full"], capture_output=True, check=True)
    assert report.stdout == b""
    assert git(tmp_path, "rev-parse", "v1^{commit}").decode().strip() == second


def test_a_commit_comes_back_as_it_went():
    commit = CommitObject("a" * 40, ("b" * 40,), PEOPLE, Person("B", "b@x", 5_000_000, -90), "Title\n\nText\n")
    assert parse_commit(encode_commit(commit)) == commit


def test_a_blob_has_gits_id():
    assert object_id("blob", b"hello\n").hex() == "ce013625030ba8dba906f756967f9e9ca394464a"
