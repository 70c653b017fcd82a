"""Large contents of a repository: listed, lent to another, deleted with and without the past."""

from hashlib import sha256

import pytest

from freehold.base.errors import EntryNotFound, Forbidden
from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.requests import AddLarge, DeleteFile
from freehold.core.repos.writer import RepoWriter
from tests.core.repos.conftest import MODEL, Yard, add, asked

OTHER = RepoId(RepoKind.DATASET, "carol", "d")


def uploaded(writer: RepoWriter, content: bytes) -> Sha256:
    digest = Sha256(sha256(content).hexdigest())
    with Incoming(writer.shelves.objects, writer.repo, digest, len(content)) as incoming:
        incoming.write(content)
        incoming.finish()
    return digest


@pytest.fixture
def stocked(model: Yard) -> RepoWriter:
    """A history in which `w.bin` came, changed, and left one folder."""
    writer = model.repos.writer(model.alice, MODEL)
    one, two = uploaded(writer, b"one"), uploaded(writer, b"two")
    writer.commit("main", asked(AddLarge("w.bin", one), AddLarge("d/w.bin", one), add("keep", b"me"), summary="1"))
    writer.create_tag("v1", message="first")
    writer.commit("main", asked(AddLarge("w.bin", two), DeleteFile("d"), summary="2"))
    writer.create_branch("dev")
    return writer


def test_contents_are_listed_with_where_they_are(stocked: RepoWriter):
    listed = {one.sha256: (one.filename, one.ref, one.size) for one in stocked.objects()}
    one, two = sha256(b"one").hexdigest(), sha256(b"two").hexdigest()
    assert listed == {two: ("w.bin", "refs/heads/main", 3), one: ("w.bin", None, 3)}


def test_a_content_is_deleted_and_its_paths_stay(stocked: RepoWriter, model: Yard):
    two = Sha256(sha256(b"two").hexdigest())
    stocked.delete_objects([two])
    assert stocked.entry("main", "w.bin").large is not None
    with pytest.raises(EntryNotFound, match="never uploaded"):
        stocked.file("main", "w.bin")
    assert [one.sha256 for one in stocked.objects()] == [sha256(b"one").hexdigest()]


def test_history_is_rewritten_without_a_content(stocked: RepoWriter, model: Yard):
    one = Sha256(sha256(b"one").hexdigest())
    before = stocked.commits()
    stocked.delete_objects([one], rewrite_history=True)
    after = stocked.commits()
    assert [commit.title for commit in after] == [commit.title for commit in before]
    assert [commit.date_us for commit in after] == [commit.date_us for commit in before]
    assert set(model.files(rev="v1")) == {".gitattributes", "keep"}
    assert set(model.files()) == {".gitattributes", "keep", "w.bin"}
    assert after[-1] == before[-1], "what was not touched keeps its id"
    assert stocked.revision("dev").commit == after[0].oid
    assert model.run_git(stocked.repo.id, "fsck", "--strict", "--full", "--no-dangling") == ""
    assert model.run_git(stocked.repo.id, "tag", "-l", "--format=%(contents:subject)").strip() == "first"


def test_contents_are_lent_to_who_may_read_them(stocked: RepoWriter, model: Yard):
    one = Sha256(sha256(b"one").hexdigest())
    model.repos.create(model.carol, OTHER)
    target = model.repos.writer(model.carol, OTHER)
    failed = target.link_from(model.repos.reader(model.carol, MODEL), [one, Sha256("0" * 64)])
    assert [sha for sha, _ in failed] == ["0" * 64]
    target.commit("main", asked(AddLarge("x.bin", one)))
    file = target.file("main", "x.bin")
    assert target.read_range(file, 0, 3) == b"one"
    with pytest.raises(Forbidden):
        model.repos.writer(model.mallory, OTHER)


def test_a_pointer_to_a_strangers_content_reads_as_nothing(stocked: RepoWriter, model: Yard):
    """A pushed pointer may name any content: only what this repository holds is ever read."""
    model.repos.create(model.carol, OTHER)
    carol = model.repos.writer(model.carol, OTHER)
    one = uploaded(carol, b"mine")
    carol.commit("main", asked(AddLarge("x.bin", one)))
    carol.delete_objects([one])
    uploaded(stocked, b"mine")
    with pytest.raises(EntryNotFound):
        carol.file("main", "x.bin")
