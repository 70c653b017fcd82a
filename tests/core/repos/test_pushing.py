"""Pushes whose packs are made by hand: what may come in, and what never does."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from freehold.base.errors import Forbidden, HubError, Unprocessable
from freehold.base.ids import Oid, Sha256
from freehold.core.accounts.actor import Actor
from freehold.core.repos.incoming import Incoming
from freehold.stores.git.store import RefMove
from freehold.wire.git.objects import FILE, TREE, CommitObject, Node, Person, encode_commit, encode_tag, encode_tree
from freehold.wire.git.pack import PackWriter
from freehold.wire.lfs.pointer import Pointer, write_pointer
from tests.core.repos.conftest import MODEL, Yard, add, asked

MAIN = "refs/heads/main"
SIDE = "refs/heads/side"
MALLORY = Person("Mallory", "mallory@hub.test", 0)


class Bundle:
    """Objects for one push."""

    def __init__(self) -> None:
        self.writer = PackWriter()

    def file(self, content: bytes) -> Node:
        return Node(FILE, self.writer.add("blob", content))

    def folder(self, entries: Mapping[bytes, Node]) -> Node:
        return Node(TREE, self.writer.add("tree", encode_tree(entries)))

    def commit(self, entries: Mapping[bytes, Node], parents: Sequence[Oid] = (), message: str = "Harm") -> Oid:
        tree = self.folder(entries).oid
        return self.writer.add_text(
            "commit", encode_commit(CommitObject(tree, tuple(parents), MALLORY, MALLORY, message))
        )


def push(yard: Yard, bundle: Bundle, *moves: RefMove, actor: Actor | None = None) -> dict[str, str]:
    """Push as a client would, with a file for the pack; what was refused."""
    writer = yard.repos.proposer(actor or yard.alice, MODEL)
    with writer.quarantine() as quarantine:
        quarantine.incoming.write_bytes(b"".join(bundle.writer.finish().pieces))
        with quarantine.incoming.open("rb") as pack:
            quarantine.index(pack)
        return writer.receive(quarantine, moves)


def packs(yard: Yard) -> int:
    return len(list(yard.git.blobs.keys("git")))


def test_a_push_lands_like_a_commit(model: Yard):
    bundle = Bundle()
    oid = bundle.commit({b"a.txt": bundle.file(b"a")})
    assert push(model, bundle, RefMove(SIDE, None, oid)) == {}
    assert model.files(rev="side") == {"a.txt": b"a"}
    writer = model.repos.writer(model.alice, MODEL)
    with model.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_audit WHERE action = 'push'") == 1
    jobs = iter(lambda: model.queue.claim(["commit.landed"]), None)
    assert writer.repo.id in [job.payload["repo_id"] for job in jobs]
    assert list(model.git.scratch.root.glob("*")) == []


def test_a_lost_race_is_refused_and_leaves_no_pack(model: Yard):
    writer = model.repos.writer(model.alice, MODEL)
    tip = writer.commit_of("main")
    bundle = Bundle()
    oid = bundle.commit({b"a": bundle.file(b"a")}, [tip])
    with writer.quarantine() as quarantine:
        quarantine.incoming.write_bytes(b"".join(bundle.writer.finish().pieces))
        with quarantine.incoming.open("rb") as pack:
            quarantine.index(pack)
        moves, before = [RefMove(MAIN, tip, oid)], writer.advertised()
        model.repos.writer(model.alice, MODEL).commit("main", asked(add("theirs")))
        count = packs(model)
        writer.advertised = lambda: before  # as if it had looked a moment earlier
        assert "moved meanwhile" in writer.receive(quarantine, moves)[MAIN]
    assert packs(model) == count and "theirs" in model.files()


def refused(model: Yard, bundle: Bundle, oid: Oid) -> str:
    before, count = model.repos.reader(model.alice, MODEL).refs(), packs(model)
    try:
        why = push(model, bundle, RefMove(SIDE, None, oid))[SIDE]
    except HubError as error:
        why = error.message
    assert model.repos.reader(model.alice, MODEL).refs() == before and packs(model) == count
    return why


@pytest.mark.parametrize("name", [b"..", b".", b".git", b".GIT", b"git~1", b"a\\b", b"a\nb", b"\xff", b"x" * 256])
def test_it_refuses_names_that_harm(model: Yard, name: bytes):
    bundle = Bundle()
    why = refused(model, bundle, bundle.commit({b"d": bundle.folder({name: bundle.file(b"a")})}))
    assert "Invalid path" in why or "git refuses" in why


def test_it_refuses_a_bad_name_in_a_commit_that_a_later_one_repairs(model: Yard):
    bundle = Bundle()
    first = bundle.commit({b"a\\b": bundle.file(b"a")})
    assert "Invalid path" in refused(model, bundle, bundle.commit({b"a": bundle.file(b"a")}, [first]))


def test_it_refuses_objects_that_are_not_there(model: Yard):
    bundle = Bundle()
    assert "git refuses" in refused(model, bundle, bundle.commit({b"a": Node(FILE, b"\1" * 20)}))
    bundle = Bundle()
    assert "git refuses" in refused(model, bundle, bundle.commit({}, [Oid("1" * 40)]))


def test_it_refuses_a_record_too_long_to_read(model: Yard):
    bundle = Bundle()
    assert "16777216" in refused(model, bundle, bundle.commit({}, message="x" * (16 << 20)))


def test_it_refuses_a_large_file_that_no_folder_names(model: Yard):
    bundle = Bundle()
    bundle.file(bytes(10 << 20))
    assert "git-lfs" in refused(model, bundle, bundle.commit({b"a": bundle.file(b"a")}))


@pytest.mark.parametrize(("is_here", "size"), [(True, 5), (True, 6), (False, 5)])
def test_a_pointer_must_be_true(model: Yard, is_here: bool, size: int):
    content = b"large"
    sha256 = Sha256(hashlib.sha256(content).hexdigest())
    writer = model.repos.writer(model.alice, MODEL)
    if is_here:
        with Incoming(writer.shelves.objects, writer.repo, sha256, len(content)) as incoming:
            incoming.write(content)
            incoming.finish()
    bundle = Bundle()
    oid = bundle.commit({b"m.bin": bundle.file(write_pointer(Pointer(sha256, size)))})
    if is_here and size == len(content):
        assert push(model, bundle, RefMove(SIDE, None, oid)) == {}
    else:
        assert "m.bin" in refused(model, bundle, oid)


def test_a_ref_stands_for_a_commit(model: Yard):
    bundle = Bundle()
    blob = bundle.file(b"a").oid
    commit = bundle.commit({})
    tag = bundle.writer.add_text("tag", encode_tag(commit, "v1", MALLORY, "First"))
    for name, oid in (("refs/tags/x", blob), (SIDE, tag), (SIDE, Oid("2" * 40))):
        assert "commit" in push(model, bundle, RefMove(name, None, oid))[name]
    assert push(model, bundle, RefMove("refs/tags/v1", None, tag)) == {}


def test_refs_that_cannot_stand_beside_each_other_move_neither(model: Yard):
    bundle = Bundle()
    oid = bundle.commit({})
    refusals = push(model, bundle, RefMove("refs/heads/a", None, oid), RefMove("refs/heads/a/b", None, oid))
    assert set(refusals) == {"refs/heads/a", "refs/heads/a/b"}


def test_carol_may_push_to_her_own_pull_request_only(model: Yard):
    bundle = Bundle()
    oid = bundle.commit({b"a": bundle.file(b"a")})
    with pytest.raises(Forbidden):
        push(model, bundle, RefMove(SIDE, None, oid), actor=model.carol)
    carol = model.repos.proposer(model.carol, MODEL)
    mine = carol.commit("main", asked(add("c")), create_pr=True)
    theirs = model.repos.writer(model.alice, MODEL).commit("main", asked(add("d")), create_pr=True)
    mine_ref, theirs_ref = f"refs/pr/{mine.pull_number}", f"refs/pr/{theirs.pull_number}"
    moves = [RefMove(mine_ref, mine.oid, oid), RefMove(theirs_ref, theirs.oid, oid), RefMove(SIDE, None, oid)]
    assert set(push(model, bundle, *moves, actor=model.carol)) == {theirs_ref, SIDE}
    assert model.repos.reader(model.alice, MODEL).commit_of(mine_ref) == oid
    for move in (RefMove(mine_ref, oid, None), RefMove("refs/pr/99", None, oid)):
        assert move.name in push(model, bundle, move, actor=model.carol)


def test_git_is_told_why_a_pack_is_no_pack(model: Yard, tmp_path: Path):
    writer = model.repos.writer(model.alice, MODEL)
    with writer.quarantine() as quarantine, pytest.raises(Unprocessable, match="git refuses what you pushed"):
        quarantine.incoming.write_bytes(b"PACK but no more")
        with quarantine.incoming.open("rb") as pack:
            quarantine.index(pack)
